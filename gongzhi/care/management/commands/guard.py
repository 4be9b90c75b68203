"""`gongzhi guard`: the guard on duty, until told to stop."""

import logging
import time
from argparse import ArgumentParser
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import OperationalError, close_old_connections
from django.utils.timezone import now

from gongzhi.care.guarding import Guard
from gongzhi.journal.record import run_one
from gongzhi.kernel.running import begin

HELP_FIRST = "care.raise_the_alert"  # before and beside the workers: a button waits for nothing
HEALTH_EVERY = 60  # seconds
MEMORY = "guard.npz"  # in GONGZHI_DATA: what is known, so that the next start takes seconds
MEMORY_FIRST, MEMORY_EVERY = 60, 900  # seconds
MEMORY_SHARE = 50  # it may take no more than a fiftieth of the time
KEEP_UP_EVERY = 5  # seconds: enrolments and settings are taken up, pages learn how homes stand

log = logging.getLogger(__name__)


class Command(BaseCommand):
    """One process for all homes."""

    help = "Hear readings, raise alerts and climb their ladders. Runs until stopped."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """`--once` for tests and cron; `--pause` seconds between looks."""
        parser.add_argument("--once", action="store_true")
        parser.add_argument("--pause", type=float, default=0.5)

    def handle(self, *args: Any, **options: Any) -> None:
        """Finish the look in hand before stopping on SIGTERM or SIGINT."""
        stop = begin(self)
        duty = Duty(Path(settings.DATA_DIR) / MEMORY)
        while not stop.is_set():
            try:
                duty.round(at=now())
            except OperationalError:
                # Somebody else writes at length, or the database is away: what was half learnt is
                # thrown away and built again from the record, as after a restart.
                if options["once"]:
                    raise
                log.exception("the database does not answer, the guard begins again")
                duty.guard = None
            if options["once"]:
                return
            close_old_connections()
            stop.wait(options["pause"])
        duty.leave(at=now())


class Duty:
    """A guard and when its rounds do what; a new one is built when it has no place left."""

    def __init__(self, memory: Path) -> None:
        self.memory = memory
        self.guard: Guard | None = None
        self.looked = self.kept_up = 0.0
        self.memory_due = time.monotonic() + MEMORY_FIRST

    def round(self, *, at: datetime) -> None:
        """Everything that is due, a button before all else."""
        guard = self.guard = self.guard or Guard(at=at, memory=self.memory)
        if at.timestamp() - self.looked > HEALTH_EVERY:
            guard.check_health(at=at)
            self.looked = at.timestamp()
        while run_one(at=now(), called=HELP_FIRST):
            pass
        guard.look(at=at)
        if time.monotonic() >= self.memory_due:
            began = time.monotonic()
            guard.keep_memory(at=at)
            spent = time.monotonic() - began
            self.memory_due = time.monotonic() + max(MEMORY_EVERY, MEMORY_SHARE * spent)
        guard.climb(at=at)
        if at.timestamp() - self.kept_up > KEEP_UP_EVERY:
            self.kept_up = at.timestamp()
            if guard.keep_up(at=at):
                guard.tell_standings(at=at)
            else:
                self.guard = None

    def leave(self, *, at: datetime) -> None:
        """Keep what is known for whoever comes next."""
        if self.guard is not None:
            self.guard.look(at=at)
            self.guard.keep_memory(at=at)
