"""`gongzhi load_calendar`: take the working calendar from a file."""

from datetime import date, time, timedelta
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils.timezone import now

from gongzhi.calendars import actions
from gongzhi.calendars.words import DayKind
from gongzhi.kernel.refusals import Refusal

Days = dict[date, tuple[DayKind, str]]


class Command(BaseCommand):
    """Loads all of the file or nothing of it."""

    help = "Load working spans, holidays and make-up workdays from config/calendar.yaml."

    def add_arguments(self, parser: CommandParser) -> None:
        """The file; config/calendar.yaml when not given."""
        parser.add_argument("file", nargs="?", default=settings.CONFIG_DIR / "calendar.yaml")

    def handle(self, *args: Any, **options: Any) -> None:
        """Say in one sentence what is wrong with a file that cannot be taken."""
        path = Path(options["file"])
        try:
            content = yaml.safe_load(path.read_text(encoding="utf-8"))
            spans = [(time.fromisoformat(b), time.fromisoformat(e)) for b, e in content["spans"]]
            years = {int(y): (_days(t), str(t["source"])) for y, t in content["years"].items()}
        except (OSError, yaml.YAMLError, KeyError, TypeError, ValueError, AttributeError) as error:
            raise CommandError(f"{path}：日历文件有误，未做任何更改：{error}") from error
        try:
            with transaction.atomic():
                actions.set_spans(by=None, spans=spans, at=now())
                for year, (days, source) in years.items():
                    actions.publish_year(by=None, year=year, days=days, source=source, at=now())
        except Refusal as refusal:
            raise CommandError(f"{path}：未做任何更改：{refusal.sentence}") from refusal
        self.stdout.write(f"已载入工作日历：{'、'.join(str(y) for y in years)} 年")


def _days(table: dict[str, Any]) -> Days:
    days: Days = {}
    for name, (first, last) in table["holidays"].items():
        for n in range((last - first).days + 1):
            days[first + timedelta(days=n)] = (DayKind.HOLIDAY, name)
    for name, listed in table["workdays"].items():
        days.update({day: (DayKind.WORKDAY, name) for day in listed})
    return days
