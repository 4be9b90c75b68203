"""What somebody asks of the numbers, as far as they may ask it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from urllib.parse import urlencode

from django.db.models import Q
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from gongzhi.access.checks import inside
from gongzhi.access.models import Person, Unit
from gongzhi.access.roles import Can
from gongzhi.insight.rules import years_before
from gongzhi.insight.words import By, Span
from gongzhi.kernel.numbers import whole
from gongzhi.kernel.refusals import NotUnderstood
from gongzhi.places.models import Area
from gongzhi.places.words import Level

SEES = (Can.WATCH_WALL, Can.READ_RECORD)
YEARS_MOST = 20
ABOVE_GRIDS = (Level.DISTRICT, Level.TOWNSHIP, Level.COMMUNITY)


@dataclass(frozen=True)
class Question:
    """Days both included; `area` holds everything counted; "" and 0 ask for all."""

    first: date
    last: date
    area: Area
    item_class: str = ""
    unit: int = 0
    by: By = By.AREA

    def query(self, **changed: object) -> str:
        """The question as the page takes it, with something changed."""
        asked: dict[str, object] = {
            "from": self.first, "to": self.last, "area": self.area.code, "class": self.item_class,
            "unit": self.unit or "", "by": self.by.value, **changed,
        }  # fmt: skip
        return urlencode({key: str(value) for key, value in asked.items() if value})

    def over(self, first: date, last: date) -> "Question":
        """The same question for other days."""
        return replace(self, first=first, last=last)


def areas_for(person: Person) -> list[Area]:
    """The areas a person may ask for, from the widest down; grids are counted in communities."""
    held = Q()
    for can in SEES:
        held |= inside(person, can, "path")
    return list(Area.objects.filter(held, level__in=ABOVE_GRIDS).order_by("path"))


def units_for(area: Area) -> list[Unit]:
    """The units that may have handled cases there, by name."""
    above = [one.pk for one in area.chain]
    near = Q(area__path__startswith=area.path) | Q(area__in=above)
    return list(Unit.objects.filter(near).order_by("name"))


def asked(given: Mapping[str, str], areas: Sequence[Area], *, today: date) -> Question:
    """The question in a query string; NotUnderstood (422) says which part makes no sense.

    Without anything given: everything the person may see, the last thirty days, by area.
    """
    first, last = _span(given, today)
    code = given.get("area", "")
    area = next((one for one in areas if one.code == code), None) if code else areas[0]
    if area is None:
        raise NotUnderstood(_("没有这个区域，或者不在您的范围里，请重新选择。"), field="area")
    unit, by = given.get("unit", ""), given.get("by", "") or By.AREA.value
    if unit and whole(unit) is None:
        raise NotUnderstood(_("没有这个承办单位，请重新选择。"), field="unit")
    if by not in By.values:
        raise NotUnderstood(_("不能这样汇总，请重新选择。"), field="by")
    return Question(
        first=first,
        last=last,
        area=area,
        item_class=given.get("class", "")[:4],
        unit=int(unit or 0),
        by=By(by),
    )


def _span(given: Mapping[str, str], today: date) -> tuple[date, date]:
    if not given.get("from") and not given.get("to"):
        return span(Span.MONTH, today)
    first, last = _day(given.get("from", "")), _day(given.get("to", "")) or today
    if first is None:
        raise NotUnderstood(_("起始日期不对，请按“年-月-日”填写。"), field="from")
    if first > last:
        raise NotUnderstood(_("起始日期晚于结束日期，请调换。"), field="from")
    if first < years_before(today, YEARS_MOST):
        raise NotUnderstood(
            _("一次最多统计 %(most)s 年，请缩短时间段。") % {"most": YEARS_MOST}, field="from"
        )
    return first, min(last, today) if first <= today else last


def _day(text: str) -> date | None:
    try:
        return parse_date(text)
    except ValueError:  # well formed, and no day of the calendar
        return None


def span(which: Span, today: date) -> tuple[date, date]:
    """The days of a usual span, today included."""
    match which:
        case Span.MONTH:
            return today - timedelta(days=29), today
        case Span.QUARTER:
            return today - timedelta(days=89), today
        case Span.YEAR:
            return today.replace(month=1, day=1), today
        case Span.FIVE_YEARS:
            return years_before(today, 5) + timedelta(days=1), today
