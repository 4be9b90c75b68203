"""`gongzhi index_residents`: write anew the terms by which people in the register are found."""

from typing import Any

from django.core.management.base import BaseCommand
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from gongzhi.residents.actions.indexing import index_everybody
from gongzhi.residents.models import Findable


class Command(BaseCommand):
    """Writes differences only, batch by batch: interrupted, it is simply run again."""

    help = "Write anew the terms by which residents are found, after an upgrade that has new ones."

    def handle(self, *args: Any, **options: Any) -> None:
        """May run beside the product."""
        looked = written = 0
        text = TextColumn("{task.description}")
        columns = (text, BarColumn(36), MofNCompleteColumn(), TimeRemainingColumn())
        with Progress(*columns, disable=options["verbosity"] == 0) as bar:
            task = bar.add_task("检索词 terms", total=Findable.objects.count())

            def told(people: int, differing: int) -> None:
                nonlocal looked, written
                looked, written = looked + people, written + differing
                bar.advance(task, people)

            index_everybody(told)
        self.stdout.write(f"查了 {looked} 人的检索词，重写了 {written} 人的。")
