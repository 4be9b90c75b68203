"""A door that stands still is noticed, told once, and the alarm ends by itself."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongzhi.cases import actions as cases
from gongzhi.doors import actions as doors
from gongzhi.doors import answers
from gongzhi.doors.models import Answer, Entry, Fetch, Stoppage
from gongzhi.doors.stops import is_silent
from gongzhi.doors.watch import watch
from gongzhi.doors.words import Delivery, Door, Told, Trouble
from gongzhi.journal.models import Event
from gongzhi.messages.models import Message

counts = st.lists(st.integers(0, 50), min_size=4, max_size=4)


@given(st.integers(1, 100), counts)
def test_a_door_by_which_something_came_is_not_silent(now, before):
    assert not is_silent(now, before)


@given(counts)
def test_silence_is_remarkable_only_where_much_usually_comes(before):
    silent = is_silent(0, before)
    if sum(before) < 12 or sum(c > 0 for c in before) < 3:
        assert not silent
    if min(before) >= 3:
        assert silent


def test_a_new_door_is_not_silent():
    assert not is_silent(0, [])
    assert not is_silent(0, [0, 0, 0, 0])


@pytest.mark.django_db
class TestWatch:
    @pytest.fixture
    def came(self, report, NOON):
        case = report()

        def at(*moments):
            made = Entry.objects.count()
            Entry.objects.bulk_create(
                Entry(case=case, door=Door.HOTLINE, external_id=f"HF-{made + n}", at=moment)
                for n, moment in enumerate(moments)
            )

        return at

    def test_a_busy_door_that_falls_silent(self, came, work, guan, chen, as_, NOON):
        for week in range(1, 5):
            came(*[NOON - timedelta(weeks=week, minutes=20 * n) for n in range(5)])
        came(NOON - timedelta(hours=3))
        watch(NOON)
        watch(NOON + timedelta(minutes=1))
        stoppage = Stoppage.objects.get()
        assert (stoppage.door, stoppage.trouble) == (Door.HOTLINE, Trouble.SILENT)
        assert stoppage.since == NOON - timedelta(hours=3)
        work(NOON + timedelta(minutes=1))
        [message] = Message.objects.filter(template__startswith="doors/")
        assert (message.to, message.template) == (guan, "doors/stopped")
        assert "平时有来件，现在没有" in as_(guan).get("/desk/doors/").content.decode()
        page = as_(guan).get("/desk/messages/").content.decode()
        assert "渠道“12345 热线”异常" in page
        assert "/desk/doors/" in page
        came(NOON + timedelta(minutes=2))
        watch(NOON + timedelta(minutes=3))
        stoppage.refresh_from_db()
        assert stoppage.ended_at == NOON + timedelta(minutes=3)
        assert Event.objects.filter(name="doors.resumed").count() == 1
        watch(NOON + timedelta(minutes=4))
        assert Stoppage.objects.count() == 1

    def test_a_quiet_night_is_no_alarm(self, came, NOON):
        for week in range(1, 5):
            came(*[NOON - timedelta(weeks=week, minutes=20 * n) for n in range(5)])
        watch(NOON + timedelta(hours=12))
        assert not Stoppage.objects.exists()

    def test_fetching_that_fails_for_ten_minutes(self, db, NOON):
        Fetch.objects.create(door=Door.HOTLINE, not_before=NOON, failing_since=NOON)
        watch(NOON + timedelta(minutes=9))
        assert not Stoppage.objects.exists()
        watch(NOON + timedelta(minutes=10))
        assert Stoppage.objects.get().trouble == Trouble.FETCHING
        Fetch.objects.update(failing_since=None)
        watch(NOON + timedelta(minutes=11))
        assert Stoppage.objects.get().ended_at

    def test_answers_that_do_not_get_through(self, came, chen, li, work, monkeypatch, NOON):
        def down(answer):
            raise answers.Unreachable("nobody there")

        monkeypatch.setitem(
            answers.BACK, Door.HOTLINE, answers.Back(frozenset({Told.ACCEPTED}), down)
        )
        came(NOON)
        cases.dispatch(by=chen, case=Entry.objects.get().case, to=li, at=NOON)
        work(NOON)
        assert Answer.objects.get().tries == 1
        watch(NOON + timedelta(minutes=29))
        assert not Stoppage.objects.exists()
        watch(NOON + timedelta(minutes=31))
        assert Stoppage.objects.get().trouble == Trouble.SENDING

    @pytest.fixture
    def refused(self, came, chen, li, monkeypatch, work, NOON):
        """An answer that its partner refuses, until it was given up."""

        def no(answer):
            raise answers.Refused("422 unknown field")

        monkeypatch.setitem(
            answers.BACK, Door.HOTLINE, answers.Back(frozenset({Told.ACCEPTED}), no)
        )
        came(NOON)
        cases.dispatch(by=chen, case=Entry.objects.get().case, to=li, at=NOON)
        for hours in range(answers.MOST_REFUSALS + 1):
            work(NOON + timedelta(hours=2 * hours))
        return Answer.objects.get()

    def test_giving_up_is_told_to_the_desk_and_is_no_recovery(
        self, refused, came, chen, as_, work, NOON
    ):
        late = NOON + timedelta(days=1)
        assert refused.state == Delivery.DEAD
        [message] = Message.objects.filter(template="doors/undelivered")
        assert message.to == chen
        page = as_(chen).get("/desk/messages/").content.decode()
        assert f"{refused.entry.case.number} 的答复（已受理）经“12345 热线”送不到对方" in page
        assert "/desk/doors/answers/" in page
        watch(late)
        assert Stoppage.objects.get(ended_at=None).trouble == Trouble.SENDING
        doors.tell_otherwise(by=chen, answer=refused, how="called", at=late)
        watch(late + timedelta(minutes=1))
        assert not Stoppage.objects.filter(ended_at=None).exists()

    def test_one_refused_among_many_taken_is_no_stopped_door(self, refused, NOON):
        Answer.objects.create(
            entry=refused.entry, event=Event.objects.first(), told=Told.CLOSED,
            state=Delivery.SENT, sent_at=NOON + timedelta(hours=1), not_before=NOON,
        )  # fmt: skip
        watch(NOON + timedelta(days=1))
        assert not Stoppage.objects.exists()
