"""`gongzhi freeze_months`: write the months to the lake now, or check what lies there."""

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.timezone import now
from rich.progress import Progress

from gongzhi.insight import lake
from gongzhi.insight.reactions import catch_up, months_there_are, write_month


class Command(BaseCommand):
    """The worker does the same by and by; safe beside it."""

    help = "Write months in which something happened to Parquet; --all writes every month anew."

    def add_arguments(self, parser: CommandParser) -> None:
        """`--all` after a loss of files; `--check` compares files and manifest only."""
        parser.add_argument("--all", action="store_true", help="every month, changed or not")
        parser.add_argument("--check", action="store_true", help="change nothing, compare sums")

    def handle(self, *args: Any, **options: Any) -> None:
        """Say which months were written and how large they are."""
        if not options["check"]:
            self._write(everything=options["all"])
        wrong = lake.faults()
        if wrong:
            raise CommandError("与清单不符的文件：" + "、".join(wrong) + "。请用 --all 重新写出。")
        said = lake.manifest()
        rows, size = sum(m["rows"] for m in said.values()), sum(m["size"] for m in said.values())
        self.stdout.write(f"{len(said)} 个月、{rows} 件、{size} 字节，校验和一致")

    def _write(self, *, everything: bool) -> None:
        at = now()
        catch_up(at)
        months = months_there_are()
        due = [m for m in months if everything or m.touch > m.written_touch or not _is_there(m)]
        with Progress(disable=not sys.stderr.isatty()) as bar:
            for month in bar.track(due, description="写出月份"):
                if not write_month(month, at=at):
                    self.stderr.write(f"{month}：另一个进程正在写")
                    continue
                month.refresh_from_db()
                self.stdout.write(f"{month}：{month.rows} 件，{month.size} 字节")


def _is_there(month: Any) -> bool:
    return lake.file_of(month.month).exists()
