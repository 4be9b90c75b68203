"""A call pops its caller's record at the seat, is taken down once, and has one result."""

from datetime import timedelta

import pytest
from django.utils.timezone import now

from gongzhi.cases import actions as cases
from gongzhi.cases.models import Case, Remark
from gongzhi.doors import reads as board
from gongzhi.doors.conftest import do_what_is_owed
from gongzhi.doors.models import Entry, TurnedAway
from gongzhi.doors.phone import actions, reads
from gongzhi.doors.phone.actions.calls import report_of
from gongzhi.doors.phone.models import Call, Seat
from gongzhi.doors.phone.tests.conftest import CALLER
from gongzhi.doors.phone.words import Moment, Result
from gongzhi.doors.tests.crowd import MANY
from gongzhi.doors.tests.faults import Fault, Way, shows
from gongzhi.doors.words import Door
from gongzhi.journal.models import Event
from gongzhi.kernel.refusals import NotAllowed, NotPossible
from gongzhi.kernel.sealed import blind_index

pytestmark = pytest.mark.django_db


def typed(**changes):
    return {
        "text": "小区东门的路灯不亮", "address": "望湖花园东门", "contact_name": "陈芳",
        "lng": "117.306", "lat": "31.792", **changes,
    }  # fmt: skip


def new_report(call, **changes):
    fields = {
        "text": "小区东门的路灯不亮", "address": "望湖花园东门", "lng": 117.306, "lat": 31.792,
        "item": "", "name": "陈芳", "phone": CALLER, **changes,
    }  # fmt: skip
    return report_of(call, **fields)


# ── what the phone system tells ───────────────────────────────────────────────


def test_moments_in_any_order_and_twice_give_the_same_call(ring, NOON):
    late = NOON + timedelta(seconds=40)
    ring("c1", Moment.ENDED, at=late)
    ring("c1", Moment.ANSWERED, at=NOON + timedelta(seconds=9))
    ring("c1", Moment.RINGING, at=NOON)
    call = ring("c1", Moment.ANSWERED, Moment.ENDED, at=late)
    assert Call.objects.count() == 1
    assert (call.rang_at, call.ended_at) == (NOON, late)
    assert call.answered_at == NOON + timedelta(seconds=9)
    assert call.caller_index == blind_index(CALLER)


@shows(Way.PHONE, Fault.CROWD)
def test_ten_thousand_moments_at_once(world, exchange_partner, NOON, django_assert_max_num_queries):
    told = [
        actions.Told(f"c{n // 2}", (Moment.RINGING, Moment.ANSWERED)[n % 2], NOON, CALLER, "12319")
        for n in range(MANY)
    ]
    with django_assert_max_num_queries(20 + MANY // 50):
        actions.note_many(by=None, told=told, partner=exchange_partner, at=NOON)
    assert Call.objects.count() == MANY // 2


BAD = {
    "no number": ({"event": "ringing"}, 422, "call_id"),
    "unknown event": ({"call_id": "1", "event": "exploded"}, 422, "event"),
    "long number": ({"call_id": "1" * 81, "event": "ringing"}, 422, "call_id"),
    "a list": ({"call_id": ["1"], "event": "ringing"}, 422, "call_id"),
    "no time": ({"call_id": "1", "event": "ringing", "at": "yesterday"}, 422, "at"),
    "last year": ({"call_id": "1", "event": "ringing", "at": "2020-01-01 08:00:00"}, 422, "at"),
}


@shows(Way.PHONE, Fault.MALFORMED, Fault.OVERSIZED, Fault.CODE)
@pytest.mark.parametrize("fault", BAD)
def test_what_cannot_be_understood_is_said_in_the_channels_form(
    world, exchange_partner, signed, fault
):
    said, status, field = BAD[fault]
    answer = signed("/hooks/phone/calls", said, partner="exchange")
    assert answer.status_code == status
    assert answer.json()["ok"] is False
    assert answer.json()["error"]["field"] == field
    assert not Call.objects.exists()
    assert TurnedAway.objects.filter(door=Door.PHONE).count() == 1


SPOILT = {
    "wrong signature": ({"signature": "0" * 64}, 401),
    "old timestamp": ({"stamp": 1_600_000_000}, 401),
    "wrong encoding": ({"body": '{"call_id": "路灯"}'.encode("gb18030")}, 422),
    "no json": ({"body": b"<call/>"}, 422),
    "oversized": ({"body": b'{"a":"' + b"x" * 300_000 + b'"}'}, 413),
}


@shows(Way.PHONE, Fault.MALFORMED, Fault.OVERSIZED, Fault.SIGNATURE, Fault.OLD, Fault.ENCODING)
@pytest.mark.parametrize("fault", SPOILT)
def test_what_is_not_the_phone_systems_is_turned_away(world, exchange_partner, signed, fault):
    spoilt, status = SPOILT[fault]
    said = {"call_id": "1", "event": "ringing"}
    answer = signed("/hooks/phone/calls", said, partner="exchange", **spoilt)
    assert (answer.status_code, answer.json()["ok"]) == (status, False)
    assert not Call.objects.exists()


@shows(Way.PHONE, Fault.REPLAYED, Fault.HTML)
def test_played_again_it_is_refused_and_sent_again_it_is_the_same(world, exchange_partner, signed):
    said = {"call_id": "1", "event": "ringing", "caller": "<b>13800000001</b>"}
    nonce = "a-nonce-of-sixteen-letters"
    assert signed("/hooks/phone/calls", said, partner="exchange", nonce=nonce).status_code == 200
    again = signed("/hooks/phone/calls", said, partner="exchange", nonce=nonce)
    assert (again.status_code, again.json()["error"]["code"]) == (409, "played_again")
    assert signed("/hooks/phone/calls", said, partner="exchange").status_code == 200
    assert Call.objects.get().caller == ""  # mark-up is no number


# ── the desk ──────────────────────────────────────────────────────────────────


def test_a_call_pops_the_callers_record(ring, report, wang, he, as_):
    wang.phone = CALLER
    wang.save()
    own = report(text="楼道堆物", by=wang)
    earlier = report(text="井盖破了", reporter_ref=f"c:{blind_index(CALLER)}")
    ordered = report(text="噪音扰民", reporter_ref=f"x:hotline:{blind_index(CALLER)}")
    report(text="别人的事")
    desk = as_(he)
    assert desk.get("/desk/phone/now/").status_code == 204
    assert desk.post("/desk/phone/seat/", {"seat": "801"}).status_code == 302
    call = ring()
    call.rang_at = now()
    call.save()
    popped = desk.get("/desk/phone/now/", headers={"HX-Request": "true"})
    assert popped["HX-Redirect"] == f"/desk/phone/{call.pk}/"
    page = desk.get(popped["HX-Redirect"]).content.decode()
    for case in (own, earlier, ordered):
        assert case.number in page
    assert "别人的事" not in page
    assert CALLER not in page
    assert "138****0001" in page
    assert call.agent == he or Call.objects.get().agent == he


def test_whoever_sits_down_later_has_the_seat(ring, he, gu, NOON):
    actions.sit_down(by=he, number="801", at=NOON)
    actions.sit_down(by=gu, number="801", at=NOON)
    actions.sit_down(by=gu, number="802", at=NOON)
    assert list(Seat.objects.values_list("number", "person")) == [("802", gu.pk)]


def test_one_screen_makes_a_case_with_the_caller_as_its_reporter(ring, he, as_, grid_1):
    call = ring()
    answer = as_(he).post(f"/desk/phone/{call.pk}/case/", typed())
    assert answer.status_code == 302
    case = Case.objects.get()
    assert (case.source, case.area, case.contact_phone) == ("phone", grid_1, CALLER)
    assert case.reporter_ref == f"c:{blind_index(CALLER)}"
    entry = Entry.objects.get()
    assert (entry.door, entry.issuer, entry.external_id) == (Door.PHONE, "exchange", "c1")
    call.refresh_from_db()
    assert (call.result, call.case, call.agent) == (Result.CASE, case, he)


def test_pressed_twice_it_is_one_case_and_another_desk_is_told(ring, he, gu, chen, NOON):
    call = ring()
    first = actions.take_down(by=he, call=call, new=new_report(call), at=NOON)
    again = actions.take_down(by=he, call=call, new=new_report(call), at=NOON)
    assert first == again
    assert Case.objects.count() == 1
    with pytest.raises(NotPossible, match="已经登记过结果"):
        actions.conclude(by=he, call=call, result="wrong", note="", at=NOON)


@shows(Way.PHONE, Fault.PLACE)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(ring, he, as_):
    call = ring()
    answer = as_(he).post(f"/desk/phone/{call.pk}/case/", typed(text="", address="东门口"))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "请写下发生了什么" in page
    assert "东门口" in page
    outside = as_(he).post(f"/desk/phone/{call.pk}/case/", typed(lng="100", lat="30"))
    assert outside.status_code == 422
    assert "本区以外" in outside.content.decode()
    assert not Case.objects.exists()
    call.refresh_from_db()
    assert call.result == ""  # rolled back with the case


def test_what_the_caller_adds_joins_their_own_case_only(ring, report, he, as_):
    own = report(text="井盖破了", reporter_ref=f"c:{blind_index(CALLER)}")
    foreign = report(text="别人的事")
    call, desk = ring(), as_(he)
    other = desk.post(f"/desk/phone/{call.pk}/add/", {"case": foreign.pk, "text": "还没修"})
    assert other.status_code == 409
    done = desk.post(f"/desk/phone/{call.pk}/add/", {"case": own.pk, "text": "还没修"})
    assert done.status_code == 302
    assert Remark.objects.get(case=own, kind="supplement").text == "还没修"
    assert desk.post(f"/desk/phone/{call.pk}/add/", {"case": "x"}).status_code == 404


def test_a_call_without_a_case_has_a_result(ring, he, as_):
    call, desk = ring(), as_(he)
    assert desk.post(f"/desk/phone/{call.pk}/result/", {"result": "case"}).status_code == 422
    said = {"result": "answered", "note": "咨询公交"}
    assert desk.post(f"/desk/phone/{call.pk}/result/", said).status_code == 302
    call.refresh_from_db()
    assert (call.result, call.note) == (Result.ANSWERED, "咨询公交")
    assert Event.objects.filter(name="phone.concluded").exists()


def test_a_line_of_a_community_is_seen_by_its_desks_alone(ring, sun, gu, li, as_):
    call = ring(line="8880110", seat="")
    assert as_(sun).get(f"/desk/phone/{call.pk}/").status_code == 200
    assert as_(gu).get(f"/desk/phone/{call.pk}/").status_code == 404
    assert as_(li).get(f"/desk/phone/{call.pk}/").status_code == 403
    with pytest.raises(NotAllowed):
        actions.conclude(by=gu, call=call, result="wrong", note="", at=call.rang_at)


def test_whoever_it_rings_at_may_take_it_down_wherever_the_line_belongs(ring, sun, gu, as_, NOON):
    actions.sit_down(by=sun, number="801", at=NOON)
    call = ring()  # the district's line; sun keeps the desk of one community
    assert as_(gu).post(f"/desk/phone/{call.pk}/case/", typed()).status_code == 404
    far = typed(lng="117.3184", lat="31.7925")  # in the other sub-district
    answer = as_(sun).post(f"/desk/phone/{call.pk}/case/", far)
    assert answer.status_code == 302
    page = as_(sun).get(answer["Location"]).content.decode()
    call.refresh_from_db()
    assert (call.result, call.agent) == (Result.CASE, sun)
    # The caller is told number and code; the case itself is the other community's to open.
    assert call.case is not None
    assert call.case.number in page
    assert call.case.secret in page
    for told in (page, as_(sun).get("/desk/phone/").content.decode()):
        assert f"/desk/cases/{call.case.pk}/" not in told
    other = ring("c2")
    actions.conclude(by=sun, call=other, result="answered", note="", at=NOON)
    with pytest.raises(NotAllowed):
        actions.conclude(by=gu, call=ring("c3"), result="answered", note="", at=NOON)


@pytest.mark.parametrize(
    ("line", "result", "maps"), [("12319", "", 1), ("96345", "", 0), ("12319", "wrong", 0)]
)
def test_the_script_that_draws_a_map_comes_only_with_one(ring, he, as_, NOON, line, result, maps):
    call = ring(line=line)
    if result:
        actions.conclude(by=he, call=call, result=result, note="", at=NOON)
    page = as_(he).get(f"/desk/phone/{call.pk}/").content.decode()
    assert page.count('id="pick"') == page.count("faces/work/pick") == maps


def test_service_levels_stand_on_the_desk_and_the_channel_board(ring, he, guan, as_):
    at = now()
    for n, wait in enumerate((5, 14, 30, None)):
        ring(f"c{n}", Moment.RINGING, at=at)
        if wait:
            ring(f"c{n}", Moment.ANSWERED, at=at + timedelta(seconds=wait))
        ring(f"c{n}", Moment.ENDED if wait else Moment.MISSED, at=at + timedelta(minutes=1))
    page = as_(he).get("/desk/phone/").content.decode()
    assert "75%" in page
    assert "66%" in page
    line = next(line for line in board.board(at=at) if line.door == Door.PHONE)
    assert line.note == "接通率 75%，15 秒内接听 66%"
    assert line.is_bad
    assert "接通率 75%" in as_(guan).get("/desk/doors/").content.decode()
    assert reads.levels_of(Call.objects.none()).is_good


def test_while_no_call_was_taken_there_is_no_rate_of_quick_answers(ring, he):
    at = now()
    ring("c1", Moment.RINGING, at=at)
    ring("c1", Moment.MISSED, at=at + timedelta(minutes=1))
    line = next(line for line in board.board(at=at) if line.door == Door.PHONE)
    assert line.note == "接通率 0%，15 秒内接听 —"


# ── with the phone system itself ──────────────────────────────────────────────


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_district_that_was_away_is_told_everything_in_order(exchange, exchange_partner):
    down = exchange.control("call", {"event": "ringing", "caller": CALLER, "line": "12319"})
    assert down["told"][0]["status"] == 200
    exchange_partner.active = False
    exchange_partner.save()
    number = down["call_id"]
    refused = exchange.control("call", {"call_id": number, "event": "answered"})
    assert refused["told"][0]["status"] == 401
    exchange_partner.active = True
    exchange_partner.save()
    exchange.control("call", {"call_id": number, "event": "answered", "seat": "801"})
    exchange.control("call", {"call_id": number, "event": "ended"})
    call = Call.objects.get()
    assert call.answered_at
    assert call.ended_at


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_the_caller_hears_the_end_by_text_message(exchange, settings, he, chen):
    from gongzhi.cases.words import DeclineGround
    from gongzhi.doors.conftest import KEY
    from gongzhi.doors.tests.outside import outside

    with outside("gongzhi.doors.sms_simulator", "--key", KEY) as gateway:
        settings.SMS_URL, settings.SMS_KEY = gateway.url, KEY
        told = {"event": "answered", "caller": CALLER, "line": "12319", "seat": "801"}
        exchange.control("call", told)
        call = Call.objects.select_related("partner", "area").get()
        case = actions.take_down(by=he, call=call, new=new_report(call), at=now())
        why = "该处为单位内部道路。"
        cases.decline(by=chen, case=case, ground=DeclineGround.BEYOND_DUTY, answer=why, at=now())
        do_what_is_owed(now())
        [message] = gateway.control("messages").values()
    assert message["to"] == CALLER
    assert why in message["text"]
