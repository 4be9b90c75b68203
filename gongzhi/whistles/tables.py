"""Whistles as a table: a line per unit that was called, and whether it came."""

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gongzhi.access.models import Person
from gongzhi.access.roles import Can
from gongzhi.cases.tables.columns import named, of_case
from gongzhi.sheets.columns import Record, Told, listed, running_number, told
from gongzhi.sheets.words import Sort
from gongzhi.whistles import rules
from gongzhi.whistles.models import Called, Whistle
from gongzhi.whistles.words import Turnout

NEEDED = ("acknowledged_at", "signed_at", "whistle__starts_at", "whistle__ended_at")


def _turnout(record: Record) -> str:
    if record["whistle__called_off_at"]:
        return _("已取消")
    said = rules.turnout(
        acknowledged=record["acknowledged_at"] is not None,
        signed_at=record["signed_at"],
        starts_at=record["whistle__starts_at"],
        over=record["whistle__ended_at"] is not None,
    )
    return str(Turnout(said).label)


def _late(record: Record) -> int | None:
    signed = record["signed_at"]
    return rules.minutes_late(signed, record["whistle__starts_at"]) if signed else None


COLUMNS = (
    running_number(),
    told("starts_at", gettext_lazy("集合时间"), "whistle__starts_at"),
    told("place", gettext_lazy("集合地点"), "whistle__place", sort=Sort.LONG),
    told("reason", gettext_lazy("召集事由"), "whistle__reason", sort=Sort.LONG),
    *named(of_case("whistle__case__"), "number", "title"),
    told("unit", gettext_lazy("单位"), "unit__name"),
    Told("turnout", gettext_lazy("到场情况"), (*NEEDED, "whistle__called_off_at"), _turnout),
    told("signed_at", gettext_lazy("签到时间")),
    Told(
        "late",
        gettext_lazy("迟到（分钟）"),
        ("signed_at", "whistle__starts_at"),
        _late,
        Sort.NUMBER,
    ),
    told("signed_by", gettext_lazy("签到人"), "signed_by__name", usual=False),
    told("by", gettext_lazy("召集人"), "whistle__by__name", usual=False),
    told("ended_at", gettext_lazy("结束时间"), "whistle__ended_at", usual=False),
)


def called(person: Person) -> QuerySet[Called]:
    """Every unit that whistles called which the person may see; the latest first."""
    seen = Whistle.objects.visible_to(person)
    return Called.objects.filter(whistle__in=seen.values("pk")).order_by(
        "-whistle__starts_at", "-whistle", "pk"
    )


WHISTLE_LIST = listed(
    "whistles.called",
    gettext_lazy("吹哨报到台账"),
    can=Can.SEE_CASES,
    columns=COLUMNS,
    found=lambda person, _query, _at: called(person),
    back="whistles:list",
)
