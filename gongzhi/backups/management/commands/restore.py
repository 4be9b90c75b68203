"""`gongzhi restore ARCHIVE`: bring a copy back, or say why not; nothing is ever half done."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.timezone import now

from gongzhi.backups.management.commands.back_up import progress_bar
from gongzhi.backups.manifest import Manifest, UnfitError, migrations_now
from gongzhi.backups.restoring import differences, look_through, restore
from gongzhi.cases.ledger import compare


class Command(BaseCommand):
    """Into an empty place, unless told otherwise; then counts and the ledger are checked."""

    help = "Bring back an archive made by back_up. Refuses a torn, changed or foreign one."

    def add_arguments(self, parser: CommandParser) -> None:
        """`--check` reads and compares only; `--over` replaces what is there."""
        parser.add_argument("archive", type=Path)
        parser.add_argument("--check", action="store_true", help="read through, change nothing")
        parser.add_argument("--over", action="store_true", help="put aside what is there already")

    def handle(self, *args: Any, **options: Any) -> None:
        """Twice through the archive: once to check it, once to unpack it."""
        archive: Path = options["archive"]
        size = archive.stat().st_size if archive.exists() else 0
        try:
            with progress_bar() as bar:
                task = bar.add_task("恢复", total=size if options["check"] else 2 * size)
                if options["check"]:
                    manifest = look_through(archive, lambda n: bar.advance(task, n))
                    self._describe(manifest)
                    return
                done = restore(
                    archive,
                    at=now(),
                    over=options["over"],
                    progress=lambda n: bar.advance(task, n),
                )
        except UnfitError as unfit:
            raise CommandError(str(unfit)) from unfit
        self._describe(done.manifest)
        for path in done.aside:
            self.stdout.write(f"  原有数据改名为 {path}，确认无误后可以删除")
        self._prove(done.manifest)

    def _describe(self, manifest: Manifest) -> None:
        self.stdout.write(
            f"{manifest.made_at} 的备份，{manifest.database}："
            f"{sum(manifest.counts.values())} 行、{manifest.files} 个文件，签名和校验和一致"
        )
        if manifest.missing:
            self.stdout.write(f"  备份时有 {len(manifest.missing)} 组文件已经找不到")

    def _prove(self, manifest: Manifest) -> None:
        """What was promised about the archive must be true of the database now."""
        if wrong := differences(manifest):
            raise CommandError("恢复后行数不符：" + "；".join(wrong))
        self.stdout.write("  各表行数与清单一致")
        if migrations_now() != dict(manifest.migrations):
            raise CommandError("恢复后的数据库版本与清单不符。")
        ledger = compare()
        if not ledger.agrees:
            raise CommandError(
                f"数据已恢复，但日志与案件有 {sum(ledger.faults.values())} 处不符，"
                "请运行 gongzhi check_ledger 查看。"
            )
        self.stdout.write(f"  {ledger.cases} 件案件与日志一致")
        self.stdout.write("请接着运行 gongzhi migrate，再启动服务。")
