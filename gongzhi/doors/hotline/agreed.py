"""What was agreed with the city: config/doors/hotline.yaml, and the partner that speaks for it."""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

import yaml
from django.conf import settings
from django.utils.timezone import localtime

from gongzhi.calendars import reads as calendars
from gongzhi.calendars import rules as calendar_rules
from gongzhi.doors.layouts import Layout
from gongzhi.doors.models import Partner
from gongzhi.doors.words import Door


@dataclass(frozen=True)
class Agreed:
    """The file, read once."""

    layout: Layout
    clocks: dict[str, Any]
    fetch: dict[str, Any]
    answers: dict[str, Any]

    def limit(self, clock: str, start: datetime) -> datetime:
        """When the clock `receive`, `handle` or `return` that began at `start` runs out."""
        limit = self.clocks[clock]
        calendar = calendars.in_force()
        return calendar_rules.due(localtime(start), limit["limit"], limit["unit"], calendar)

    def extended(self, due_at: datetime, days: int) -> datetime:
        """The deadline after so many working days more."""
        return calendar_rules.due(localtime(due_at), days, "wd", calendars.in_force())

    def days_between(self, before: datetime, after: datetime, *, most: int) -> int:
        """How many whole working days a deadline was moved by, up to so many."""
        fitting = [n for n in range(1, most + 1) if self.extended(before, n) <= after]
        return max(fitting, default=0)


@lru_cache(maxsize=1)
def agreed() -> Agreed:
    """What was agreed. ValueError when the file names fields there are not."""
    path = settings.CONFIG_DIR / "doors" / "hotline.yaml"
    words: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return Agreed(
        layout=Layout.from_file(words),
        clocks=words["clocks"],
        fetch=words.get("fetch") or {},
        answers=words["answers"],
    )


def city() -> Partner | None:
    """The partner that speaks for the city's hotline, if one was admitted."""
    return Partner.objects.filter(door=Door.HOTLINE, active=True).order_by("pk").first()
