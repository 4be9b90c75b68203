"""`gongzhi check_ledger`: does every case stand where its record says?"""

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from gongzhi.cases.ledger import Ledger, compare, highest
from gongzhi.cases.words import Fault


class Command(BaseCommand):
    """Changes nothing; may run beside everything else. Ends with 1 when anything disagrees."""

    help = "Recompute every case from its events and compare. Ends with 1 on any difference."

    def add_arguments(self, parser: CommandParser) -> None:
        """`--quiet` for scripts: no bar, the result in one line."""
        parser.add_argument("--quiet", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Say what was compared, and each kind of fault with its number and some examples."""
        quiet = options["quiet"] or not sys.stderr.isatty()
        bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(36),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            disable=quiet,
        )
        with bar:
            task = bar.add_task("核对日志与案件", total=highest())
            ledger = compare(lambda n: bar.advance(task, n))
        self._say(ledger)
        if not ledger.agrees:
            raise CommandError(f"日志与案件有 {sum(ledger.faults.values())} 处不符。", returncode=1)

    def _say(self, ledger: Ledger) -> None:
        self.stdout.write(f"核对 {ledger.cases} 件案件、{ledger.events} 条日志")
        if ledger.stale:
            self.stdout.write(f"其中 {ledger.stale} 件的时限定于工作日历改变之前，未按新日历重算")
        for fault, count in sorted(ledger.faults.items()):
            self.stdout.write(f"{Fault(fault).label}：{count}")
        for found in ledger.found:
            self.stdout.write(
                f"  案件 {found.case} {found.fault.label}："
                f"存 {found.stored}，按日志应为 {found.told}"
            )
        if ledger.agrees:
            self.stdout.write("日志与案件一致")
