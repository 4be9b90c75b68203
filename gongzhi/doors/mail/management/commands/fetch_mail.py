"""`gongzhi fetch_mail`: fetch the mailboxes again and again, until told to stop."""

import logging
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import close_old_connections
from django.utils.timezone import now

from gongzhi.doors.mail.agreed import terms
from gongzhi.doors.mail.fetching import AWAY, fetch, fetch_due
from gongzhi.kernel.running import begin

log = logging.getLogger(__name__)


class Command(BaseCommand):
    """A process of its own, because a mail server may be slow; several may run side by side."""

    help = "Fetch letters from the mailboxes of config/doors/mail.yaml. Runs until stopped."

    def add_arguments(self, parser: CommandParser) -> None:
        """`--once` for tests and cron."""
        parser.add_argument("--once", action="store_true", help="fetch every mailbox now, then end")

    def handle(self, *args: Any, **options: Any) -> None:
        """Finish the batch in hand before stopping on SIGTERM or SIGINT."""
        stop = begin(self)
        if not terms().mailboxes:
            raise CommandError("没有配置信箱：请填写 config/doors/mail.yaml。")
        if options["once"]:
            self._once()
            return
        while not stop.is_set():
            try:
                fetch_due(now())
            except Exception:  # whatever it is, letters stay in the inbox and are tried again
                log.exception("fetching mail failed")
            close_old_connections()
            stop.wait(2)

    def _once(self) -> None:
        for box in terms().mailboxes.values():
            try:
                count = fetch(box, now())
            except AWAY as error:
                raise CommandError(f"{box.name}（{box.address}）：{error}") from error
            self.stdout.write(f"{box.name}：{count} 封")
