"""`gongzhi guard`: the guard on duty, until told to stop."""

import signal
import threading
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db import close_old_connections
from django.utils.timezone import now

from gongzhi.care.guarding import Guard
from gongzhi.care.models import Elder
from gongzhi.journal.record import run_one

HELP_FIRST = "care.raise_the_alert"  # before and beside the workers: a button waits for nothing
HEALTH_EVERY = 60  # seconds
ANEW_EVERY = 300  # seconds: enrolments, withdrawals and settings are taken up


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
        guard, known, looked, begun = None, "", 0.0, 0.0
        while not stop.is_set():
            at = now()
            if guard is None or at.timestamp() - begun > ANEW_EVERY:
                begun, settings = at.timestamp(), self._settings()
                if guard is None or settings != known:
                    guard, known = Guard(at=at), settings
            if at.timestamp() - looked > HEALTH_EVERY:
                guard.check_health(at=at)
                looked = at.timestamp()
            while run_one(at=now(), called=HELP_FIRST):
                pass
            guard.look(at=at)
            guard.climb(at=at)
            if options["once"]:
                return
            close_old_connections()
            stop.wait(options["pause"])

    def _settings(self) -> str:
        """What the guard is built from, as one string to compare."""
        rows = Elder.objects.order_by("pk").values_list("pk", "withdrawn_at", "sensitivity")
        return repr(list(rows))
