"""`gongzhi work`: do what is owed, until told to stop."""

import logging
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import Error, close_old_connections, connection
from django.utils.timezone import now

from gongzhi.journal.chores import Round
from gongzhi.journal.record import run_one
from gongzhi.kernel.running import begin

WAIT_AFTER_FAILURE = 1.0  # seconds
log = logging.getLogger(__name__)


class Command(BaseCommand):
    """Runs errands one after the other; several workers may run side by side."""

    help = "Do what is owed: messages, follow-ups. Runs until stopped; --drain stops when done."

    def add_arguments(self, parser: CommandParser) -> None:
        """`--drain` for tests and cron; `--pause` seconds between looks when idle."""
        parser.add_argument("--drain", action="store_true")
        parser.add_argument("--pause", type=float, default=0.3)

    def handle(self, *args: Any, **options: Any) -> None:
        """Finish the errand in hand before stopping on SIGTERM or SIGINT."""
        stop = begin(self)
        turn, drain = Round(), options["drain"]
        while not stop.is_set():
            try:
                errand_done = run_one(at=now())
                chores_done = turn.go(at=now())  # also while errands queue up: clocks do not wait
            except Error:
                if drain:
                    raise
                # It may be away for a moment, read-only or full; what was claimed comes up again.
                log.exception("the database does not answer, trying again")
                connection.close()
                stop.wait(WAIT_AFTER_FAILURE)
                continue
            if errand_done or chores_done:
                continue
            if drain:
                return
            close_old_connections()
            stop.wait(options["pause"])
