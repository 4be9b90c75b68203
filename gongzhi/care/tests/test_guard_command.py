"""The guard's own process: it outlives a database that does not answer for a while."""

import pytest
from django.core.management import call_command
from django.db import OperationalError

from gongzhi.care.management.commands import guard

pytestmark = pytest.mark.django_db


def test_a_database_that_is_locked_makes_the_guard_begin_again(monkeypatch, caplog):
    built = []

    class Waits:
        def __init__(self, *, at, memory):
            built.append(at)

        def check_health(self, *, at):
            pass

        def look(self, *, at):
            raise OperationalError("database is locked") if len(built) == 1 else KeyboardInterrupt

    monkeypatch.setattr(guard, "Guard", Waits)
    monkeypatch.setattr(guard, "close_old_connections", lambda: None)  # the test's own
    with pytest.raises(KeyboardInterrupt):
        call_command("guard", pause=0)
    assert len(built) == 2
    assert "begins again" in caplog.text
    built.clear()
    with pytest.raises(OperationalError):
        call_command("guard", once=True)
