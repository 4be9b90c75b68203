"""`gongzhi tag_residents`: decide every rule of config/tags.yaml for everybody."""

from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError
from django.utils.timezone import now
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from gongzhi.residents.actions.tagging import retag_everybody
from gongzhi.residents.reads.tags import kinds


class Command(BaseCommand):
    """Writes differences only; running it twice changes nothing."""

    help = "Recompute the automatic tags of everybody in the register."

    def handle(self, *args: Any, **options: Any) -> None:
        """Exit with 1 when the file of tags is faulty; nothing has changed then."""
        try:
            ruled = sum(kind.rule is not None for kind in kinds().values())
        except (ImproperlyConfigured, OSError) as error:
            raise CommandError(str(error)) from error
        columns = (TextColumn("{task.description}"), BarColumn(36), TimeElapsedColumn())
        with Progress(*columns, disable=options["verbosity"] == 0) as bar:
            task = bar.add_task("标签 tags", total=ruled + 1)

            def told(name: str) -> None:
                bar.update(task, description=f"{name:<12}", advance=1)

            difference = retag_everybody(by=None, at=now(), told=told)
            bar.update(task, completed=ruled + 1)
        self.stdout.write(
            f"新增 {difference.added}，更新 {difference.changed}，移除 {difference.removed}。"
        )
