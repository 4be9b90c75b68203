"""`gongzhi guard`: the guard on duty, until told to stop."""

import signal
import threading
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db import close_old_connections
from django.utils.timezone import now

from gongzhi.care.guarding import Guard
from gongzhi.journal.record import run_one

HELP_FIRST = "care.raise_the_alert"  # before and beside the workers: a button waits for nothing
HEALTH_EVERY = 60  # seconds
KEEP_UP_EVERY = 5  # seconds: enrolments and settings are taken up, pages learn how homes stand


class Command(BaseCommand):
    """One process for all homes."""

    help = "Hear readings, raise alerts and climb their ladders. Runs until stopped."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """`--once` for tests and cron; `--pause` seconds between looks."""
        parser.add_argument("--once", action="store_true")
        parser.add_argument("--pause", type=float, default=0.5)

    def handle(self, *args: Any, **options: Any) -> None:
        """Finish the look in hand before stopping on SIGTERM or SIGINT."""
        stop = threading.Event()
        if threading.current_thread() is threading.main_thread():
            for sign in (signal.SIGTERM, signal.SIGINT):
                signal.signal(sign, lambda *_: stop.set())
        guard: Guard | None = None
        looked = kept_up = 0.0
        while not stop.is_set():
            at = now()
            if guard is None:
                guard = Guard(at=at)
            if at.timestamp() - looked > HEALTH_EVERY:
                guard.check_health(at=at)
                looked = at.timestamp()
            while run_one(at=now(), called=HELP_FIRST):
                pass
            guard.look(at=at)
            guard.climb(at=at)
            if at.timestamp() - kept_up > KEEP_UP_EVERY:
                kept_up = at.timestamp()
                if not guard.keep_up(at=at):
                    guard = None
                    continue
                guard.tell_standings(at=at)
            if options["once"]:
                return
            close_old_connections()
            stop.wait(options["pause"])
