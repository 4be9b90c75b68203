"""`gongzhi load_flows`: put the flows of config/flows in force."""

from pathlib import Path
from typing import Any

import yaml
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils.timezone import now

from gongzhi.flows import actions, files, reads
from gongzhi.flows.models import FlowVersion
from gongzhi.flows.rules import difference
from gongzhi.kernel.refusals import NotUnderstood


class Command(BaseCommand):
    """Loads all files of the folder or none of them, and says what each changes."""

    help = "Load flows from a folder; running cases stay on the version they began with."

    def add_arguments(self, parser: CommandParser) -> None:
        """The folder; config/flows when not given."""
        parser.add_argument("folder", nargs="?", default=settings.CONFIG_DIR / "flows")

    def handle(self, *args: Any, **options: Any) -> None:
        """Show the difference to the version in force, line by line."""
        folder = Path(options["folder"])
        with transaction.atomic():
            for path in sorted(folder.glob("*.yaml")):
                self._load(path)

    def _load(self, path: Path) -> None:
        try:
            content, lines = files.read(path.read_text(encoding="utf-8"))
            before = FlowVersion.objects.filter(code=content.get("code"), active=True).first()
            after = actions.load(by=None, content=content, at=now(), lines=lines)
        except yaml.YAMLError as error:
            raise CommandError(f"{path.name}：无法读懂，未做任何更改：{error}") from error
        except (NotUnderstood, AttributeError) as error:
            raise CommandError(f"{path.name}：{error}") from error
        if before is not None and before.pk == after.pk:
            self.stdout.write(f"{after}：没有变化")
            return
        self.stdout.write(f"{after}：已启用")
        if before is not None:
            for change in difference(reads.of_version(before.pk), reads.of_version(after.pk)):
                shown = " ⇒ ".join(x for x in (change.before, change.after) if x)
                self.stdout.write(f"  {change.sign} {change.kind} {change.name}：{shown}")
