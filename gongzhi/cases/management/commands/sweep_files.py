"""`gongzhi sweep_files`: remove stored files that no case points to."""

from datetime import timedelta
from itertools import islice
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils.timezone import now

from gongzhi.cases import files
from gongzhi.cases.models import Attachment


class Command(BaseCommand):
    """A file is stored before its case is; when the case is refused, the file stays behind."""

    help = "Remove stored photos and voice notes, older than a day, that belong to no case."

    def add_arguments(self, parser: CommandParser) -> None:
        """`--hours` a file may wait for its case."""
        parser.add_argument("--hours", type=float, default=24)

    def handle(self, *args: Any, **options: Any) -> None:
        """Look up the files in lots, so that a large store needs little memory."""
        removed = 0
        before = now() - timedelta(hours=options["hours"])
        old = files.older_than(before)
        while lot := list(islice(old, 500)):
            tokens = {token for token, _path in lot}
            wanted = set(
                Attachment.objects.filter(token__in=tokens).values_list("token", flat=True)
            )
            for token, path in lot:
                if token not in wanted or path.name.endswith(".part"):
                    path.unlink(missing_ok=True)
                    removed += 1
        self.stdout.write(f"已清理 {removed} 个无主文件")
