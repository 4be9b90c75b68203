"""`gongzhi admit_partner NAME`: give a program a key with which it may report."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.timezone import now

from gongzhi.doors import actions
from gongzhi.doors.models import new_key
from gongzhi.doors.words import Door
from gongzhi.kernel.refusals import Refusal


class Command(BaseCommand):
    """Prints the key once; a new one is given by admitting the same name again."""

    help = "Let a program write through a door and print its code and key."

    def add_arguments(self, parser: CommandParser) -> None:
        """Name, door, the code it signs with, and the address its answers go to."""
        parser.add_argument("name")
        parser.add_argument("--door", choices=Door.values, default=Door.OPEN311.value)
        parser.add_argument("--code", default="")
        parser.add_argument("--url", default="")
        parser.add_argument("--key", default="", help="a key both sides agreed on already")

    def handle(self, *args: Any, **options: Any) -> None:
        """Admit it and show the key."""
        key = options["key"] or new_key()
        try:
            partner = actions.admit(
                by=None,
                name=options["name"],
                key=key,
                door=options["door"],
                code=options["code"],
                url=options["url"],
                at=now(),
            )
        except Refusal as refusal:
            raise CommandError(refusal.sentence) from refusal
        if partner.secret:
            self.stderr.write(f"code {partner.code}")
        self.stdout.write(key)
