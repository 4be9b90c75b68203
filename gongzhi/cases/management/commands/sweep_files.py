"""`gongzhi sweep_files`: remove stored files that no case points to."""

from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils.timezone import now

from gongzhi.cases.sweeping import WAITS, sweep


class Command(BaseCommand):
    """A file is stored before its case is; when the case is refused, the file stays behind."""

    help = "Remove stored photos and voice notes, older than a day, that belong to no case."

    def add_arguments(self, parser: CommandParser) -> None:
        """`--hours` a file may wait for its case."""
        parser.add_argument("--hours", type=float, default=WAITS / timedelta(hours=1))

    def handle(self, *args: Any, **options: Any) -> None:
        """Do now what the worker does every few hours."""
        removed = sweep(written_before=now() - timedelta(hours=options["hours"]))
        self.stdout.write(f"已清理 {removed} 个无主文件")
