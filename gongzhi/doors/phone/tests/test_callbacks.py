"""Whoever was missed or was promised it is called back: once, by one person, until it is done."""

from datetime import timedelta

import pytest
from django.utils.timezone import localtime, now

from gongzhi.doors import reads as board
from gongzhi.doors.phone import actions, reads
from gongzhi.doors.phone.actions.calls import report_of
from gongzhi.doors.phone.models import Call, Callback
from gongzhi.doors.phone.tests.conftest import CALLER
from gongzhi.doors.phone.words import Moment, Outcome, Result, Why
from gongzhi.doors.words import Door
from gongzhi.journal.models import Event
from gongzhi.kernel.refusals import NotAllowed, NotPossible, NotUnderstood, Overtaken

pytestmark = pytest.mark.django_db
LIST = "/desk/phone/callbacks/"


@pytest.fixture
def missed(ring, NOON):
    """A call nobody answered, and the callback it owes."""
    ring("c1", Moment.RINGING, Moment.MISSED)
    return Callback.objects.select_related("area", "call").get()


@pytest.fixture
def promised(ring, he, NOON):
    return actions.promise(
        by=he, call=ring(), due_at=NOON + timedelta(hours=2), about="问清楚后答复", at=NOON
    )


class TestMissed:
    def test_a_missed_call_is_owed_half_an_hour_later(self, missed, NOON):
        assert (missed.why, missed.owner, missed.caller) == (Why.MISSED, None, CALLER)
        assert missed.due_at == NOON + timedelta(minutes=30)
        assert Event.objects.filter(name="phone.callback_owed").count() == 1

    def test_told_twice_or_called_three_times_it_is_one(self, missed, ring):
        ring("c1", Moment.MISSED)
        ring("c2", Moment.RINGING, Moment.MISSED)
        ring("c3", Moment.RINGING, Moment.ENDED)
        assert Callback.objects.count() == 1

    def test_whoever_hides_their_number_cannot_be_called(self, ring):
        ring("c9", Moment.RINGING, Moment.MISSED, caller="")
        assert not Callback.objects.exists()

    def test_who_calls_again_and_is_answered_needs_none(self, missed, ring, NOON):
        ring("c2", Moment.RINGING, Moment.ANSWERED, at=NOON + timedelta(minutes=5))
        missed.refresh_from_db()
        assert (missed.outcome, missed.done_by) == (Outcome.CALLED_AGAIN, None)

    def test_news_of_an_earlier_call_that_come_late_change_nothing(self, missed, ring, NOON):
        before = NOON - timedelta(hours=1)
        ring("c0", Moment.RINGING, Moment.ANSWERED, Moment.ENDED, at=before)
        missed.refresh_from_db()
        assert missed.done_at is None

    def test_a_case_made_of_it_ends_it(self, missed, he, NOON):
        call = Call.objects.select_related("partner", "area").get(external_id="c1")
        new = report_of(
            call, text="路灯不亮", address="东门", lng=117.306, lat=31.792, item="", name="",
            phone=CALLER,
        )  # fmt: skip
        actions.take_down(by=he, call=call, new=new, at=NOON)
        missed.refresh_from_db()
        assert (missed.outcome, missed.done_by) == (Outcome.TALKED, he)


class TestPromised:
    def test_it_is_the_promisers_own_and_the_result_of_the_call(self, promised, he):
        assert (promised.owner, promised.why) == (he, Why.PROMISED)
        assert Call.objects.get().result == Result.CALLBACK

    @pytest.mark.parametrize(
        ("hours", "about", "words"),
        [(-1, "问清楚", "七天之内"), (200, "问清楚", "七天之内"), (1, "", "要说什么")],
    )
    def test_what_is_wrong_is_said_and_nothing_is_kept(self, ring, he, NOON, hours, about, words):
        due_at = NOON + timedelta(hours=hours)
        with pytest.raises(NotUnderstood, match=words):
            actions.promise(by=he, call=ring(), due_at=due_at, about=about, at=NOON)
        assert not Callback.objects.exists()
        assert Call.objects.get().result == ""

    def test_a_call_has_one_result_and_one_callback(self, promised, missed_call, he, NOON):
        for call in (Call.objects.get(external_id="c1"), missed_call):
            with pytest.raises(NotPossible):
                actions.promise(
                    by=he, call=call, due_at=NOON + timedelta(hours=1), about="再说", at=NOON
                )

    @pytest.fixture
    def missed_call(self, ring):
        return ring("c7", Moment.RINGING, Moment.MISSED, caller="13800000077")

    def test_on_the_screen_of_the_call(self, ring, he, as_):
        call, desk = ring(), as_(he)
        page = f"/desk/phone/{call.pk}/"
        assert "约好回电" in desk.get(page).content.decode()
        said = {"due_at": f"{localtime() + timedelta(hours=1):%Y-%m-%dT%H:%M}", "about": "问清楚"}
        wrong = desk.post(f"{page}callback/", {**said, "due_at": "明天"})
        assert (wrong.status_code, "问清楚" in wrong.content.decode()) == (422, True)
        assert desk.post(f"{page}callback/", said).status_code == 302
        assert Callback.objects.get().about == "问清楚"


class TestCallingBack:
    def test_of_two_who_take_it_on_the_second_is_told(self, missed, he, wen_or_gu, NOON):
        actions.take_on(by=he, callback=missed, at=NOON)
        with pytest.raises(Overtaken):
            actions.take_on(by=wen_or_gu, callback=missed, at=NOON)
        assert Callback.objects.get().owner == he

    @pytest.fixture
    def wen_or_gu(self, somebody, district):
        from gongzhi.access.roles import Role

        return somebody("gao", Role.DISPATCHER, district)

    def test_nobody_there_is_owed_again_and_may_be_given_up_after_three(self, missed, he, NOON):
        at = NOON
        with pytest.raises(NotPossible, match="至少打过3次"):
            actions.tell_outcome(by=he, callback=missed, outcome="given_up", note="", at=at)
        for n in range(3):
            at += timedelta(minutes=31)
            missed = actions.tell_outcome(by=he, callback=missed, outcome="nobody", note="", at=at)
            assert (missed.tries, missed.due_at) == (n + 1, at + timedelta(minutes=30))
        actions.tell_outcome(by=he, callback=missed, outcome="given_up", note="", at=at)
        missed.refresh_from_db()
        assert (missed.outcome, missed.done_by) == (Outcome.GIVEN_UP, he)

    def test_what_was_said_is_written_down_and_recorded_once(self, missed, he, NOON):
        with pytest.raises(NotUnderstood, match="说了什么"):
            actions.tell_outcome(by=he, callback=missed, outcome="talked", note="", at=NOON)
        stale = Callback.objects.select_related("area").get()
        actions.tell_outcome(by=he, callback=missed, outcome="talked", note="咨询", at=NOON)
        with pytest.raises(Overtaken):
            actions.tell_outcome(by=he, callback=stale, outcome="talked", note="又来", at=NOON)
        assert Event.objects.filter(name="phone.called_back").count() == 1
        assert Callback.objects.get().note == "咨询"

    def test_only_desks_of_the_area(self, missed, li, wang, NOON):
        for person in (li, wang):
            with pytest.raises(NotAllowed):
                actions.take_on(by=person, callback=missed, at=NOON)


class TestTheList:
    def test_what_runs_out_first_stands_on_top_and_late_ones_are_marked(
        self, missed, ring, he, as_
    ):
        ring("c2", Moment.RINGING, Moment.MISSED, caller="13800000002", at=now())
        page = as_(he).get(LIST).content.decode()
        assert page.index("138****0001") < page.index("138****0002")
        assert "1 个已超时" in page
        assert CALLER not in page
        assert "已超时" in as_(he).get("/desk/phone/").content.decode()
        line = next(line for line in board.board(at=now()) if line.door == Door.PHONE)
        assert (line.is_bad, "1个回电超时" in line.note) == (True, True)
        assert reads.callbacks_open(he, at=now()) == (2, 1)

    def test_taken_on_and_done_from_the_list(self, missed, he, as_):
        desk = as_(he)
        assert desk.post(f"{LIST}{missed.pk}/", {"step": "take"}).status_code == 302
        wrong = desk.post(f"{LIST}{missed.pk}/", {"step": "talked", "note": ""})
        assert (wrong.status_code, "说了什么" in wrong.content.decode()) == (422, True)
        said = {"step": "talked", "note": "咨询供热"}
        assert desk.post(f"{LIST}{missed.pk}/", said).status_code == 302
        assert "没有要回的电话" in desk.get(LIST).content.decode()
        assert "咨询供热" in desk.get(LIST + "?state=done").content.decode()

    def test_who_sees_it(self, ring, sun, gu, li, wang, as_):
        ring("c3", Moment.RINGING, Moment.MISSED, line="8880110", seat="")
        one = Callback.objects.get()
        assert "138****0001" in as_(sun).get(LIST).content.decode()
        assert "138****0001" not in as_(gu).get(LIST).content.decode()
        assert as_(gu).post(f"{LIST}{one.pk}/", {"step": "take"}).status_code == 404
        for person in (li, wang):
            assert as_(person).get(LIST).status_code == 403
        assert as_(None).get(LIST).status_code == 302
