"""The worker looks after its chores in turn, and one that fails does not stop the others."""

from datetime import UTC, datetime, timedelta

import pytest

from gongzhi.journal.chores import MOST_IN_A_ROW, Chore, Round, chore

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def round_of(**looks):
    return Round({name: Chore(name, look, MINUTE) for name, look in looks.items()})


def test_a_chore_is_repeated_while_it_has_work_and_then_rests():
    left, seen = [3], []

    def look(at):
        seen.append(at)
        left[0] -= 1
        return left[0] >= 0

    turn = round_of(sweep=look)
    assert turn.go(at=NOON)
    assert len(seen) == 4
    assert not turn.go(at=NOON + MINUTE / 2)
    assert len(seen) == 4
    assert not turn.go(at=NOON + MINUTE)
    assert len(seen) == 5


def test_a_clock_that_was_set_back_does_not_keep_a_chore_waiting():
    seen = []
    turn = round_of(sweep=lambda at: bool(seen.append(at)))
    turn.go(at=NOON + timedelta(hours=26))
    turn.go(at=NOON)
    turn.go(at=NOON + MINUTE / 2)
    assert seen == [NOON + timedelta(hours=26), NOON]


def test_no_chore_keeps_the_others_waiting():
    seen = []
    turn = round_of(endless=lambda at: True, other=lambda at: bool(seen.append(at)))
    assert turn.go(at=NOON)
    assert len(seen) == 1
    assert MOST_IN_A_ROW < 1000


def test_a_failing_chore_is_logged_and_the_others_go_on(caplog):
    def fail(at):
        raise OSError("partner down")

    seen = []
    turn = round_of(failing=fail, other=lambda at: bool(seen.append(at)))
    turn.go(at=NOON)
    assert seen == [NOON]
    assert "chore failing failed" in caplog.text


def test_two_chores_cannot_have_one_name():
    chore("tests.only", every=MINUTE)(lambda at: False)
    with pytest.raises(RuntimeError, match="two chores"):
        chore("tests.only", every=MINUTE)(lambda at: False)
