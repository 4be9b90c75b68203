"""`gongzhi admit_partner NAME`: give a program a key with which it may report."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils.timezone import now

from gongzhi.doors import actions
from gongzhi.doors.models import new_key


class Command(BaseCommand):
    """Prints the key once; only its fingerprint is kept."""

    help = "Let a program write through the doors and print its api_key."

    def add_arguments(self, parser: CommandParser) -> None:
        """The partner's name."""
        parser.add_argument("name")

    def handle(self, *args: Any, **options: Any) -> None:
        """Admit it and show the key."""
        key = new_key()
        actions.admit(by=None, name=options["name"], key=key, at=now())
        self.stdout.write(key)
