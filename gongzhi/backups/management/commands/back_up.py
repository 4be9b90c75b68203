"""`gongzhi back_up DIRECTORY`: one signed archive of database and stored files, while it runs."""

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.timezone import now
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

from gongzhi.backups.making import back_up, bytes_ahead, room_for
from gongzhi.backups.manifest import UnfitError


class Command(BaseCommand):
    """For a timer or by hand; ends with 1 and leaves nothing behind when it fails."""

    help = "Copy database and stored files into one signed archive, while everything runs."

    def add_arguments(self, parser: CommandParser) -> None:
        """The directory, best on another disk; `--keep` that many archives in it."""
        parser.add_argument("target", type=Path)
        parser.add_argument("--keep", type=int, default=0, help="newest archives to keep; 0 = all")

    def handle(self, *args: Any, **options: Any) -> None:
        """Say what was written, how much, and what is worth knowing about it."""
        target, keep = options["target"], options["keep"]
        if keep < 0:
            raise CommandError("--keep 不能是负数。")
        needed, free = room_for(target)
        if needed > free:
            raise CommandError(
                f"{target} 只剩 {free / 1e9:.1f} GB，备份最多需要 {needed / 1e9:.1f} GB，没有开始。"
            )
        with progress_bar() as bar:
            task = bar.add_task("备份", total=bytes_ahead())
            try:
                made = back_up(target, at=now(), keep=keep, progress=lambda n: bar.advance(task, n))
            except UnfitError as unfit:
                raise CommandError(str(unfit)) from unfit
        manifest = made.manifest
        rows = sum(manifest.counts.values())
        self.stdout.write(f"{made.path}")
        self.stdout.write(f"  {rows} 行、{manifest.files} 个文件，{made.path.stat().st_size} 字节")
        if manifest.extra:
            self.stdout.write(f"  另有 {manifest.extra} 组文件晚于数据库快照或还没有归属，一并存入")
        if manifest.missing:
            self.stderr.write(f"  {len(manifest.missing)} 组文件有记录而找不到，已列入清单")
        if made.forgotten:
            self.stdout.write(f"  已删除较早的备份：{'、'.join(made.forgotten)}")


def progress_bar() -> Progress:
    """Bytes done, and how long it will still take; silent where nobody looks."""
    columns = (
        TextColumn("{task.description}"), BarColumn(36), DownloadColumn(), TimeRemainingColumn(),
    )  # fmt: skip
    return Progress(*columns, disable=not sys.stderr.isatty())
