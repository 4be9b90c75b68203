"""`gongzhi take_orders FILE`: take in a table of the city's orders, whole or not at all."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.timezone import now
from django.utils.translation import gettext as _

from gongzhi.doors.hotline import drops
from gongzhi.kernel.refusals import Refusal


class Command(BaseCommand):
    """The same file twice changes nothing: an order is known by its number."""

    help = "Take in 12345 orders from an XLSX or CSV file; --dry-run only says what is wrong."

    def add_arguments(self, parser: CommandParser) -> None:
        """The file, and whether to try only."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--dry-run", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Say every fault with its row; exit with an error and nothing taken when there is one."""
        at = now()
        try:
            content = options["file"].read_bytes()
            tried = drops.try_rows(drops.rows_of(content, most=drops.BY_COMMAND), at=at)
        except OSError as error:
            raise CommandError(str(error)) from error
        except Refusal as refusal:
            raise CommandError(refusal.sentence) from refusal
        for fault in tried.faults:
            self.stderr.write(
                _("第%(row)s行 %(number)s：%(what)s")
                % {"row": fault.row, "number": fault.number, "what": fault.sentence}
            )
        if tried.faults:
            raise CommandError(_("有 %(n)s 行要改，一行也没有导入。") % {"n": len(tried.faults)})
        made = 0 if options["dry_run"] else drops.take_all(tried, by=None, at=at)
        said = _("可导入 %(fresh)s 件，已有 %(known)s 件；本次新增 %(made)s 件。")
        self.stdout.write(said % {"fresh": tried.fresh, "known": tried.known, "made": made})
