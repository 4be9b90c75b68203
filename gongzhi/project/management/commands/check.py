"""`gongzhi check`: Django's own check; with `--ledger` also of what is on record and owed."""

from typing import Any

from django.core.management import call_command
from django.core.management.base import CommandError, CommandParser
from django.core.management.commands.check import Command as DjangosCheck

from gongzhi.cases.reads.twice import reported_twice
from gongzhi.journal.owing import owing


class Command(DjangosCheck):
    """Settings and code as always; `--ledger` reads the database, changes nothing, and ends with 1
    when journal and cases disagree, something is owed that was not done, or a report is there
    twice.
    """

    def add_arguments(self, parser: CommandParser) -> None:
        """What Django's takes, and `--ledger`."""
        super().add_arguments(parser)
        parser.add_argument(
            "--ledger", action="store_true", help="Hold every case against its record as well."
        )

    def handle(self, *app_labels: Any, **options: Any) -> None:
        """First Django's checks, which end with 1 by themselves; then the ledger, if asked for."""
        ledger = options.pop("ledger")
        super().handle(*app_labels, **options)
        if ledger:
            self._ledger()

    def _ledger(self) -> None:
        faults = []
        try:
            call_command("check_ledger", quiet=True, stdout=self.stdout)
        except CommandError as error:
            faults.append(str(error))
        owed = owing()
        self.stdout.write(f"应办事项 {owed.waiting} 项未办，其中 {owed.stuck} 项多次失败")
        if owed.waiting:
            faults.append(f"有 {owed.waiting} 项应办事项还没有办完。")
        if owed.doubled:
            faults.append(f"有 {owed.doubled} 项应办事项登记了两次。")
        if twice := reported_twice():
            faults.append(f"有 {twice} 份上报被登记了两次。")
        if faults:
            raise CommandError("\n".join(faults), returncode=1)
