"""The clocks of a case, put together from the record alone."""

from datetime import datetime

from django.utils.timezone import localtime

from gongzhi.calendars import reads as calendars
from gongzhi.calendars.clocks import Clock, Limit, Pause
from gongzhi.cases import rules
from gongzhi.cases.models import Case
from gongzhi.journal.models import Event


def pauses_of(case: Case) -> list[Pause]:
    """The case's pauses, in order; one that still lasts has no end."""
    events = Event.objects.filter(
        kind="case", subject_id=case.pk, name__in=("cases.paused", "cases.resumed")
    ).order_by("pk")
    pauses: list[Pause] = []
    for event in events:
        if event.name == "cases.paused":
            pauses.append(Pause(localtime(event.at), str(event.facts["ground"])))
        elif pauses:
            pauses[-1] = Pause(pauses[-1].begun, pauses[-1].ground, localtime(event.at))
    return pauses


def handling_clock(case: Case) -> Clock:
    """The clock promised to the reporter: from the report until it is handled."""
    start = localtime(case.reported_at)
    limit = rules.limit_for(
        start,
        grade=case.grade,
        item_grade=case.item.grade if case.item else None,
        limit=rules.handling_limit(case.item.stages) if case.item else None,
        calendar=calendars.in_force(),
    )
    granted = case.extensions.filter(granted=True).values_list("days", flat=True)
    return Clock(
        "handling",
        start,
        Limit(*limit),
        pauses=pauses_of(case),
        granted=[Limit(days, "wd") for days in granted],
        stopped=_local(case.handled_at or case.ended_at),
    )


def stage_clocks(case: Case) -> list[Clock]:
    """The item's earlier stages, side by side from the report, e.g. 停工 4 wh before 拆除 20 wd."""
    if case.item is None:
        return []
    return [
        Clock(
            str(stage["name"]),
            localtime(case.reported_at),
            Limit(int(stage["limit"]), str(stage["unit"])),
            pauses=pauses_of(case),
            stopped=_local(case.handled_at or case.ended_at),
        )
        for stage in case.item.stages[:-1]
    ]


def level_clock(case: Case) -> Clock:
    """How long the desk that has the case may keep it before somebody works on it."""
    limits = rules.LEVEL_LIMITS.get(case.desk.level, rules.LEVEL_LIMITS["township"])
    waiting = case.status in {"reported", "returned", "arbitration"}
    stopped = None if waiting else _local(case.dispatched_at or case.ended_at or case.desk_since)
    return Clock(
        "level",
        localtime(case.desk_since),
        Limit(*limits[case.grade]),
        pauses=pauses_of(case),
        stopped=stopped,
    )


def clocks_of(case: Case) -> list[Clock]:
    """Every clock that runs on the case itself; assists and supervision carry their own."""
    return [level_clock(case), *stage_clocks(case), handling_clock(case)]


def _local(at: datetime | None) -> datetime | None:
    return localtime(at) if at else None
