"""Calls and short messages: who is called, what a key means, who is told."""

from datetime import timedelta

import pytest

from gongzhi.care import actions
from gongzhi.care.models import Ring
from gongzhi.care.tests.guarded import HOUR, MINUTE, alarmed, climb
from gongzhi.care.words import CloseCode, Ground, Outcome
from gongzhi.messages.models import Text

pytestmark = pytest.mark.django_db


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


def test_the_worker_next_door_who_was_sent_may_go_and_others_may_not(
    make, somebody, grid_2, far_grid, li, as_, at
):
    from gongzhi.cases.reads.told import worded
    from gongzhi.journal.record import run_one
    from gongzhi.messages.models import Message as Told

    ma = somebody("ma", "grid_worker", grid_2, name="马超")
    stranger = somebody("lu", "grid_worker", far_grid, name="陆平")
    alert = alarmed(make(), at)
    task = f"/patrol/elders/{alert.pk}/"
    climb(at + 26 * MINUTE)  # their own grid's worker is asked first
    assert as_(ma).get(task).status_code == 404
    climb(at + 36 * MINUTE)  # nobody accepted: everyone of the community
    while run_one(at=at + 36 * MINUTE):
        pass
    assert as_(ma).get(task).status_code == 200
    assert as_(stranger).get(task).status_code == 404
    assert as_(ma).get("/patrol/elders/").content.decode().count(task) == 1
    assert as_(stranger).post(task + "accept/").status_code == 404
    assert as_(ma).post(task + "accept/").status_code == 302
    assert as_(li).post(task + "accept/").status_code == 409
    assert alert.elder.home.address in as_(ma).get(task).content.decode()
    assert as_(ma).post(task + "arrive/").status_code == 302
    said = {"code": CloseCode.TRUE_HELP, "note": "摔倒在厨房，已送医院"}
    assert as_(ma).post(task + "close/", said).status_code == 302
    alert.refresh_from_db()
    assert (alert.close_code, alert.worker, alert.closed_by) == (CloseCode.TRUE_HELP, ma, ma)
    assert as_(ma).get(task).status_code == 200  # the record of whoever went
    assert as_(ma).get(f"/desk/elders/{alert.elder.pk}/").status_code == 404
    knock = Told.objects.filter(to=ma, template="care/knock")
    assert worded(list(knock))[0].url == task


def test_who_was_sent_and_did_not_go_reads_that_it_is_over(make, somebody, grid_2, li, as_, at):
    from gongzhi.cases.reads.told import worded
    from gongzhi.journal.record import run_one
    from gongzhi.messages.models import Message as Told

    ma = somebody("ma", "grid_worker", grid_2, name="马超")
    alert = alarmed(make(), at)
    climb(at + 36 * MINUTE)
    while run_one(at=at + 36 * MINUTE):
        pass
    actions.close(by=li, alert=alert, code=CloseCode.FALSE_NORMAL, at=at + HOUR)
    assert as_(ma).get(f"/patrol/elders/{alert.pk}/").status_code == 404
    told = worded(list(Told.objects.filter(to=ma, template="care/knock")))[0]
    assert told.url == ""
    assert told.sentence.endswith("（已结束）")
