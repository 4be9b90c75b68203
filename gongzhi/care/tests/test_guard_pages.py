"""The guard's pages: who may see what, what is shown, what is kept of every look."""

from datetime import timedelta

import pytest
from django.utils.timezone import now

from gongzhi.access.models import Person
from gongzhi.care import actions
from gongzhi.care.models import Alert, Elder, FamilyLink, Ring, Standing
from gongzhi.care.reads.board import board, lines
from gongzhi.care.reads.family import band
from gongzhi.care.words import CloseCode, Ground, Mood, Outcome, Sensitivity, Tie
from gongzhi.journal.models import Event
from gongzhi.messages.models import Text
from gongzhi.sensing import actions as sensing
from gongzhi.sensing.models import Device
from gongzhi.sensing.words import DeviceKind, Upkeep

pytestmark = pytest.mark.django_db
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


@pytest.fixture
def at():
    return now()


@pytest.fixture
def make(world, grid_1, li, at):
    """`make("H001")`: an elder with two relatives, in grid_1."""

    def enrol(code: str = "H001", area=grid_1, by=li, **given) -> Elder:
        home = sensing.register_home(
            by=None, code=code, area=area, address="望湖花园3栋2单元501", at=at
        )
        facts = {"name": "王秀英", "phone": "10000000001", "shares_with_family": True, **given}
        elder = actions.enrol(
            by=by, home=home, consented_by="self", consent_ref="2026-017", at=at, **facts
        )
        for n, tie in enumerate((Tie.CHILD, Tie.RELATIVE)):
            phone = f"1000000010{n}"
            actions.add_contact(by=by, elder=elder, name=f"亲属{n}", phone=phone, tie=tie, at=at)
        return elder

    return enrol


def stands(elder: Elder, at, *, silent: float, left: float, share=1.0, days=30) -> None:
    """The guard has written that the home is silent for so many hours, with so many left."""
    Standing.objects.update_or_create(
        elder=elder,
        defaults={
            "last_at": at - timedelta(hours=silent),
            "notice_at": at + timedelta(hours=left - 0.5),
            "alarm_at": at + timedelta(hours=left),
            "share": share,
            "days": days,
            "line": [9.5] * 24,
            "updated_at": at,
        },
    )


def alarmed(elder: Elder, at, ground=Ground.SILENCE, **given) -> Alert:
    alert = actions.raise_alert(by=None, elder=elder, ground=ground, at=at, **given)
    assert alert is not None
    return alert


def climb(at) -> None:
    for step in actions.due_steps(at=at):
        actions.take_step(by=None, step=step, at=at)


# ── the board ─────────────────────────────────────────────────────────────


def test_the_board_puts_the_most_worrying_first(make, li, at):
    fine, quiet, blind, away, notice, alarm, new = (make(f"H{n}") for n in range(7))
    stands(fine, at, silent=1, left=9)
    stands(quiet, at, silent=6, left=1)
    stands(blind, at, silent=20, left=-3, share=0)
    stands(away, at, silent=20, left=3)
    stands(notice, at, silent=6, left=2.5)
    stands(alarm, at, silent=12, left=-1)
    stands(new, at, silent=1, left=9, days=3)
    actions.begin_absence(
        by=li, elder=away, begins_at=at - HOUR, ends_at=at + 48 * HOUR, at=at - HOUR
    )
    alarmed(notice, at, is_notice=True)
    alarmed(alarm, at)
    found = lines(board(li, at=at), at=at)
    assert [line.elder.pk for line in found] == [
        e.pk for e in (alarm, notice, blind, quiet, fine, new, away)
    ]
    assert [line.mood for line in found] == [
        Mood.ALARM, Mood.NOTICE, Mood.BLIND, Mood.QUIET, Mood.FINE, Mood.NEW, Mood.AWAY,
    ]  # fmt: skip


def test_the_board_shows_masked_names_and_no_address(
    make, as_, li, at, django_assert_max_num_queries
):
    elders = [make(f"H{n}") for n in range(5)]
    for elder in elders:
        stands(elder, at, silent=2, left=7)
    client = as_(li)
    client.get("/desk/elders/")
    with django_assert_max_num_queries(26):
        page = client.get("/desk/elders/").content.decode()
    assert "王**" in page
    assert "王秀英" not in page
    assert "501" not in page
    assert "守护程序没有在运行" in page  # nobody has seen the guard at work
    phone = client.get("/patrol/elders/").content.decode()
    assert "王**" in phone
    assert "501" not in phone


def test_who_guards_elsewhere_finds_nothing_and_who_guards_nowhere_is_sent_away(
    make, as_, zhao, wang, shen
):
    elder = make()
    alert = alarmed(elder, now())
    for path in (f"/desk/elders/{elder.pk}/", f"/desk/elders/alerts/{alert.pk}/",
                 f"/patrol/elders/{alert.pk}/"):  # fmt: skip
        assert as_(zhao).get(path).status_code == 404
        assert as_(wang).get(path).status_code == 403
        assert as_(shen).get(path).status_code == 403
    assert "王**" not in as_(zhao).get("/desk/elders/").content.decode()


def test_every_look_at_an_elder_and_an_alert_is_kept(make, as_, li, sun, at):
    elder = make()
    alert = alarmed(elder, at)
    as_(li).get(f"/desk/elders/{elder.pk}/")
    as_(sun).get(f"/desk/elders/alerts/{alert.pk}/")
    as_(li).get(f"/patrol/elders/{alert.pk}/")
    looks = Event.objects.filter(name="care.viewed", kind="elder", subject_id=elder.pk)
    assert [(e.by, e.facts["what"]) for e in looks.order_by("id")] == [
        (li, "elder"), (sun, "alert"), (li, "alert"),
    ]  # fmt: skip
    page = as_(sun).get(f"/desk/elders/{elder.pk}/").content.decode()
    assert "李强" in page


# ── the doorstep ──────────────────────────────────────────────────────────


def test_the_address_is_shown_to_whoever_goes_and_while_it_is_open_only(make, as_, li, sun, at):
    alert = alarmed(make(), at)
    path = f"/patrol/elders/{alert.pk}/"
    assert "501" not in as_(li).get(path).content.decode()
    as_(li).post(f"{path}accept/")
    assert "501" in as_(li).get(path).content.decode()
    assert "501" not in as_(sun).get(path).content.decode()
    as_(li).post(f"{path}arrive/")
    refused = as_(li).post(f"{path}close/", {"code": "true_help", "note": ""})
    assert refused.status_code == 422
    assert "请写明" in refused.content.decode()
    as_(li).post(f"{path}close/", {"code": "true_help", "note": "扶起送医"})
    alert.refresh_from_db()
    assert (alert.close_code, alert.note) == (CloseCode.TRUE_HELP, "扶起送医")
    assert "501" not in as_(li).get(path).content.decode()
    seen = Event.objects.filter(name="care.viewed", facts__what="address")
    assert {event.by for event in seen} == {li}


def test_what_the_system_finds_itself_nobody_may_say(make, as_, li, at):
    alert = alarmed(make(), at)
    for code in ("late_data", "withdrawn", "", "nonsense"):
        answer = as_(li).post(f"/patrol/elders/{alert.pk}/close/", {"code": code})
        assert answer.status_code == 422
    alert.refresh_from_db()
    assert alert.closed_at is None


def test_grid_workers_cannot_reveal_and_clerks_need_a_reason(make, as_, li, sun, at):
    elder = make()
    path = f"/desk/elders/{elder.pk}/reveal/"
    assert as_(li).post(path, {"ground": "visit"}).status_code == 403
    assert as_(sun).post(path, {"ground": ""}).status_code == 422
    page = as_(sun).post(path, {"ground": "call"}).content.decode()
    assert "10000000001" in page
    assert "501" in page
    assert Event.objects.filter(name="care.viewed", facts__ground="call", by=sun).count() == 1


# ── calls ─────────────────────────────────────────────────────────────────


def test_each_call_has_its_short_message_and_says_no_full_name(make, at):
    elder = make()
    alert = alarmed(elder, at)
    climb(at + 16 * MINUTE)
    rings = Ring.objects.filter(step__alert=alert)
    assert [r.phone for r in rings] == ["10000000001", "10000000001", "10000000100", "10000000101"]
    texts = Text.objects.filter(about=f"alert:{alert.pk}")
    assert texts.count() == 4
    assert "王秀英" not in "".join([t.words for t in texts] + [r.words for r in rings])


def test_nobody_picks_up_and_the_rung_says_so(make, at, settings):
    alert = alarmed(make(), at)
    climb(at)
    later = at + timedelta(seconds=settings.RING_SECONDS + 1)
    for ring in actions.unanswered(at=later):
        actions.ring_out(by=None, ring=ring, at=later)
    step = alert.steps.first()
    assert (step.outcome, step.rings.get().outcome) == (Outcome.NO_ANSWER, Outcome.NO_ANSWER)
    assert actions.unanswered(at=later + HOUR) == []


def test_two_presses_for_help_and_everybody_is_called_at_once(make, at):
    alert = alarmed(make(), at)
    climb(at)
    ring = Ring.objects.get()
    actions.press(by=None, ring=ring, key="2", at=at + MINUTE)
    due = [step.call for step in actions.due_steps(at=at + MINUTE)]
    assert due == ["elder", "contact", "contact", "grid_worker"]
    alert.refresh_from_db()
    assert alert.closed_at is None


def test_a_contact_who_goes_does_not_end_it_and_one_who_knows_does(make, at):
    alert = alarmed(make(), at)
    climb(at + 16 * MINUTE)
    daughter, brother = Ring.objects.filter(party="contact").order_by("pk")
    actions.press(by=None, ring=daughter, key="2", at=at + 16 * MINUTE)
    alert.refresh_from_db()
    assert alert.closed_at is None
    assert daughter.step.outcome in {"calling", "coming"}
    actions.press(by=None, ring=brother, key="1", at=at + 17 * MINUTE)
    alert.refresh_from_db()
    assert alert.close_code == CloseCode.FALSE_NORMAL


def test_the_simulated_phones_ring_on_the_page_and_not_with_a_real_line(
    make, as_, li, zhao, at, settings
):
    alert = alarmed(make(), at)
    climb(at)
    ring = Ring.objects.get()
    page = as_(li).get("/desk/elders/phones/").content.decode()
    assert "正在响铃" in page
    assert "10000000001" not in page
    assert as_(zhao).post(f"/desk/elders/phones/{ring.pk}/press/", {"key": "1"}).status_code == 404
    assert as_(li).post(f"/desk/elders/phones/{ring.pk}/press/", {"key": "9"}).status_code == 422
    as_(li).post(f"/desk/elders/phones/{ring.pk}/press/", {"key": "1"})
    alert.refresh_from_db()
    assert alert.close_code == CloseCode.FALSE_NORMAL
    assert as_(li).post(f"/desk/elders/phones/{ring.pk}/press/", {"key": "1"}).status_code == 409
    settings.VOICE = "somewhere.SipLine"
    assert as_(li).get("/desk/elders/phones/").status_code == 404


def test_short_messages_are_sent_by_the_worker_and_tried_again(make, at, monkeypatch):
    from gongzhi.messages.chores import send_one
    from gongzhi.messages.sms.simulator import Simulator

    alarmed(make(), at)
    climb(at)

    def down(self, **given):
        raise OSError("no provider")

    with monkeypatch.context() as patch:
        patch.setattr(Simulator, "send", down)
        assert send_one(at + MINUTE)
    text = Text.objects.get()
    assert (text.sent_at, text.tries) == (None, 1)
    assert not send_one(at + MINUTE)  # not at once again
    assert send_one(at + 2 * MINUTE)
    text.refresh_from_db()
    assert text.sent_at == at + 2 * MINUTE
    assert not send_one(at + HOUR)


# ── the family ────────────────────────────────────────────────────────────


@pytest.fixture
def link(make, sun, at):
    """An elder, the daughter's link and its secret."""
    elder = make()
    found, secret = actions.make_link(by=sun, contact=elder.contacts.first(), at=at)
    return elder, found, secret


def test_the_family_needs_link_and_tail_and_sees_bands_and_no_openings(link, client, at):
    elder, found, secret = link
    path = f"/family/{secret}/"
    asked = client.get(path).content.decode()
    assert "王秀英" not in asked
    assert client.post(path, {"tail": "9999"}).status_code == 422
    assert client.post(path, {"tail": ""}).status_code == 422
    stands(elder, at, silent=3, left=6)
    page = client.post(path, {"tail": "0100"}, follow=True).content.decode()
    assert "六小时内" in page
    assert f"{(at - 3 * HOUR):%H:%M}" not in page
    assert "望湖花园" not in page
    assert "<script" not in page
    found.refresh_from_db()
    assert found.seen_at is not None
    look = Event.objects.get(name="care.viewed", facts__what="family")
    assert (look.by, look.facts["contact"]) == (None, found.contact_id)


def test_guessing_the_tail_is_stopped(link, client):
    _elder, _found, secret = link
    for _try in range(5):
        assert client.post(f"/family/{secret}/", {"tail": "0000"}).status_code == 422
    assert client.post(f"/family/{secret}/", {"tail": "0100"}).status_code == 429


def test_a_revoked_an_expired_or_an_older_link_opens_nothing(link, client, sun, at):
    elder, _found, secret = link
    client.post(f"/family/{secret}/", {"tail": "0100"})
    assert client.get(f"/family/{secret}/").status_code == 200
    _new, fresh = actions.make_link(by=sun, contact=elder.contacts.first(), at=at)
    assert client.get(f"/family/{secret}/").status_code == 404
    FamilyLink.objects.filter(revoked_at=None).update(expires_at=at - MINUTE)
    assert client.get(f"/family/{fresh}/").status_code == 404
    assert client.get("/family/short/").status_code == 404


def test_the_elder_takes_the_family_consent_back_and_every_link_is_dead(link, client, sun, at):
    elder, _found, secret = link
    client.post(f"/family/{secret}/", {"tail": "0100"})
    actions.set_family_consent(by=sun, elder=elder, agrees=False, at=at)
    assert client.get(f"/family/{secret}/").status_code == 404
    from gongzhi.kernel.refusals import NotPossible

    with pytest.raises(NotPossible):
        actions.make_link(by=sun, contact=elder.contacts.first(), at=at)


def test_an_account_with_the_contacts_number_sees_the_elder(make, as_, wang, zhou, at):
    elder = make()
    wang.phone = "10000000101"
    wang.save()
    person = Person.objects.get(pk=wang.pk)
    stands(elder, at, silent=1, left=8)
    assert "王秀英" in as_(person).get("/family/").content.decode()
    assert "王秀英" not in as_(zhou).get("/family/").content.decode()
    contact = elder.contacts.last()
    assert as_(person).get(f"/family/with/{contact.pk}/").status_code == 200
    assert as_(zhou).get(f"/family/with/{contact.pk}/").status_code == 404


@pytest.mark.parametrize("hours", [0.5, 3, 30, 60])
def test_bands_are_no_finer_than_hours(hours, at):
    words = band(at - timedelta(hours=hours), at=at)
    assert not any(c.isdigit() for c in words)


# ── settings ──────────────────────────────────────────────────────────────


def test_contacts_keep_their_order_and_one_can_be_put_first(make, li, at):
    elder = make()
    facts = {"name": "邻居", "phone": "10000000102", "tie": Tie.NEIGHBOUR}
    actions.add_contact(by=li, elder=elder, at=at, **facts)
    actions.call_first(by=li, contact=elder.contacts.order_by("order").last(), at=at)
    assert [c.phone[-3:] for c in elder.contacts.all()] == ["102", "100", "101"]
    actions.remove_contact(by=li, contact=elder.contacts.first(), at=at)
    assert [c.phone[-3:] for c in elder.contacts.all()] == ["100", "101"]
    alarmed(elder, at)
    climb(at + 16 * MINUTE)
    called = Ring.objects.filter(party="contact").order_by("pk")
    assert [ring.phone[-3:] for ring in called] == ["100", "101"]


def test_a_sensitivity_ends_by_itself_and_says_why(make, li, at):
    from gongzhi.care.chores import end_one_setting

    elder = make()
    actions.set_sensitivity(
        by=li,
        elder=elder,
        sensitivity=Sensitivity.HIGH,
        reason="刚刚出院",
        expires_at=at + HOUR,
        at=at,
    )
    assert not end_one_setting(at)
    assert end_one_setting(at + 2 * HOUR)
    elder.refresh_from_db()
    assert (elder.sensitivity, elder.sensitivity_until) == ("low", None)
    assert [c.reason for c in elder.changes.all()] == ["期限已到，恢复为低", "刚刚出院"]


def test_the_desk_page_of_settings_works_without_a_script(make, as_, sun, at):
    elder = make()
    client, path = as_(sun), f"/desk/elders/{elder.pk}/"
    bad = client.post(f"{path}sensitivity/", {"sensitivity": "high", "reason": "x"})
    assert bad.status_code == 422
    client.post(f"{path}sensitivity/", {"sensitivity": "high", "reason": "近日跌倒过"})
    assert (
        client.post(f"{path}contacts/", {"name": "", "phone": "1", "tie": "child"}).status_code
        == 422
    )
    client.post(f"{path}contacts/", {"name": "外甥", "phone": "100 0000 0199", "tie": "relative"})
    bad = client.post(f"{path}absence/", {"begins_at": "2026-13-01T00:00", "ends_at": ""})
    assert bad.status_code == 422
    local = (at + 8 * HOUR).strftime("%Y-%m-%dT%H:%M")
    until = (at + 60 * HOUR).strftime("%Y-%m-%dT%H:%M")
    client.post(f"{path}absence/", {"begins_at": local, "ends_at": until})
    assert client.post(f"{path}withdraw/", {}).status_code == 422
    elder.refresh_from_db()
    assert elder.sensitivity == "high"
    assert elder.contacts.count() == 3
    assert elder.absences.count() == 1
    assert client.post(f"{path}withdraw/", {"sure": "yes"}).status_code == 302
    assert not Elder.objects.guarded().exists()


def test_enrolment_asks_for_the_consent_and_takes_all_or_nothing(world, as_, li, grid_1, far_grid):
    client = as_(li)
    typed = {
        "code": "H077", "area": grid_1.code, "address": "3栋501", "name": "赵奶奶",
        "phone": "10000000077", "consented_by": "self", "consent_ref": "", "told": "on",
        "contact_name_0": "女儿", "contact_phone_0": "10000000078", "contact_tie_0": "child",
    }  # fmt: skip
    assert client.get("/desk/elders/new/").status_code == 200
    refused = client.post("/desk/elders/new/", typed)
    assert refused.status_code == 422
    assert "没有单独同意书不能守护" in refused.content.decode()
    wrong = {**typed, "consent_ref": "7", "area": far_grid.code}
    assert client.post("/desk/elders/new/", wrong).status_code == 422
    short = {**typed, "consent_ref": "7", "contact_phone_0": "12"}
    assert client.post("/desk/elders/new/", short).status_code == 422
    assert not Elder.objects.exists()
    assert client.post("/desk/elders/new/", {**typed, "consent_ref": "7"}).status_code == 302
    elder = Elder.objects.get()
    assert (elder.name, elder.shares_with_family, elder.contacts.count()) == ("赵奶奶", False, 1)
    again = client.post("/desk/elders/new/", {**typed, "consent_ref": "8"})
    assert again.status_code == 409


# ── devices ───────────────────────────────────────────────────────────────


def test_the_device_register_shows_orphans_and_says_who_keeps_what(
    make, as_, li, zhao, lighting, at
):
    elder = make()
    client = as_(li)
    made = client.post("/desk/devices/gateways/", {"code": "gw-9"}).content.decode()
    assert "只显示这一次" in made
    assert client.post("/desk/devices/gateways/", {"code": "gw-9"}).status_code == 422
    assert client.post("/desk/devices/gateways/", {"code": "坏 编号"}).status_code == 422
    typed = {
        "gateway": "gw-9",
        "serial": "door",
        "home": "H001",
        "kind": "entrance",
        "period": "3600",
    }
    assert client.post("/desk/devices/add/", {**typed, "home": "H404"}).status_code == 422
    assert client.post("/desk/devices/add/", typed).status_code == 302
    assert client.post("/desk/devices/add/", typed).status_code == 422  # registered already
    device = Device.objects.get()
    assert device.home == elder.home
    assert "无人维护" in client.get("/desk/devices/?show=orphan").content.decode()
    answer = client.post(
        f"/desk/devices/{device.pk}/", {"owner": str(lighting.pk), "upkeep": "repair"}
    )
    assert answer.status_code == 302
    device.refresh_from_db()
    assert (device.owner, device.upkeep) == (lighting, Upkeep.REPAIR)
    path = f"/desk/devices/{device.pk}/"
    assert as_(zhao).post(path, {"owner": "", "upkeep": "retired"}).status_code == 404
    assert client.post(path, {"owner": "x", "upkeep": "retired"}).status_code == 422
    assert "H001" not in as_(zhao).get("/desk/devices/?q=door").content.decode()


def test_a_retired_device_says_nothing_any_more(make, li, at):
    from gongzhi.sensing.wire import Message
    from gongzhi.sensing.words import What

    elder = make()
    gateway, _secret = sensing.register_gateway(by=None, code="gw1", at=at)
    device = sensing.register_device(
        by=None, gateway=gateway, serial="door", home=elder.home, kind=DeviceKind.ENTRANCE, at=at
    )
    sensing.keep_up_device(by=li, device=device, owner=None, upkeep=Upkeep.RETIRED, at=at)
    said = Message("gw1", "door", "1", at, What.OPENED)
    assert sensing.take_readings(by=None, messages=[said], at=at).unknown == 1


def test_raw_readings_are_forgotten_after_ninety_days(make, at):
    from gongzhi.sensing.chores import forget_some
    from gongzhi.sensing.models import Reading

    elder = make()
    gateway, _secret = sensing.register_gateway(by=None, code="gw1", at=at)
    device = sensing.register_device(
        by=None, gateway=gateway, serial="door", home=elder.home, kind=DeviceKind.ENTRANCE, at=at
    )
    Reading.objects.bulk_create(
        Reading(device=device, key=str(n), at=at - timedelta(days=n), received_at=at, what="opened")
        for n in range(0, 120, 10)
    )
    while forget_some(at):
        pass
    assert sorted((at - r.at).days for r in Reading.objects.all()) == list(range(0, 91, 10))


def test_the_duty_desk_is_told_to_call_119_and_the_case_says_how_it_ended(make, li, sun, chen, at):
    from gongzhi.cases.models import Case, Remark
    from gongzhi.cases.reads.told import worded
    from gongzhi.journal.record import run_one
    from gongzhi.messages.models import Message as Told

    alert = alarmed(make(), at, ground=Ground.GAS)
    climb(at)
    while run_one(at=at):
        pass
    duty = Told.objects.filter(template="care/duty")
    assert {message.to for message in duty} == {sun, chen}
    told = worded(list(duty.filter(to=sun)))
    assert "119" in told[0].sentence
    assert told[0].url == f"/desk/elders/alerts/{alert.pk}/"
    knock = worded(list(Told.objects.filter(template="care/knock", to=li)))
    assert knock[0].url == f"/patrol/elders/{alert.pk}/"
    actions.close(by=sun, alert=alert, code=CloseCode.FALSE_NORMAL, at=at + HOUR)
    while run_one(at=at + HOUR):
        pass
    said = Remark.objects.filter(case=Case.objects.get()).values_list("text", flat=True)
    assert any("误报" in text for text in said)
