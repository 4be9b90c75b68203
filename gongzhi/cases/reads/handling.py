"""What the desk shows beside the flow: other desks, who helps, clocks, pressing, precedents."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.db.models import Q, QuerySet
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from gongzhi.access.models import Unit
from gongzhi.calendars import reads as calendars
from gongzhi.calendars.clocks import State
from gongzhi.cases.models import Assist, Case, Extension, Precedent, Supervision
from gongzhi.cases.reads.clocks import (
    Record,
    flow_clocks,
    handling_clock,
    level_clock,
    stage_clocks,
)
from gongzhi.cases.reads.desks import desks_above
from gongzhi.cases.reads.handlers import units_about
from gongzhi.places.models import Area
from gongzhi.places.words import Level

LOOKS = {  # a clock's state as the chips of the desk colour it
    State.RUNNING: "doing",
    State.NEARLY_DUE: "todo",
    State.OVERDUE: "new",
    State.PAUSED: "off",
    State.MET: "done",
    State.MET_LATE: "todo",
}


@dataclass(frozen=True)
class ClockFace:
    """One clock as a line: its name, when it is over, and how it stands."""

    name: str
    due_at: datetime
    state: str
    look: str


@dataclass
class Handling:
    """Everything beside the flow of one case; each part is read when a template asks for it."""

    case: Case
    at: datetime
    record: Record

    @cached_property
    def clocks(self) -> list[ClockFace]:
        """The desk's, the flow's, the stages' and the promised clock."""
        case, record = self.case, self.record
        named = [
            (_("%(desk)s调度") % {"desk": case.desk.name}, level_clock(case, record)),
            *((clock.name, clock) for clock in flow_clocks(case, record)),
            *((clock.name, clock) for clock in stage_clocks(case, record)),
            (_("办结"), handling_clock(case, record)),
        ]
        calendar, at = calendars.in_force(), localtime(self.at)
        faces = []
        for name, clock in named:
            state = clock.state(calendar, at)
            faces.append(ClockFace(name, clock.due(calendar, at), _said(state), LOOKS[state]))
        return faces

    @cached_property
    def assists(self) -> Sequence[Assist]:
        """Units that were asked to help, in the order of asking."""
        return list(self.case.assists.all())

    @cached_property
    def asked_extension(self) -> Extension | None:
        """The request for more time that waits for an answer."""
        return next((one for one in self.case.extensions.all() if one.granted is None), None)

    @cached_property
    def supervisions(self) -> Sequence[Supervision]:
        """How the case was pressed for."""
        return list(self.case.supervisions.select_related("by", "answered_by"))

    @cached_property
    def desks_below(self) -> QuerySet[Area]:
        """Desks to which the case can be handed down."""
        below = Q(path__startswith=self.case.desk.path) & Q(
            level__in=(Level.TOWNSHIP, Level.COMMUNITY)
        )
        of_the_place = Q(code__in=[area.code for area in self.case.area.chain])
        if self.case.area.level not in (Level.GRID, Level.COMMUNITY):
            of_the_place |= Q(path__startswith=self.case.area.path)
        if not (self.case.item and self.case.item.skips_levels):
            step = {Level.DISTRICT: Level.TOWNSHIP}.get(Level(self.case.desk.level))
            below &= Q(level=step or Level.COMMUNITY)
        return Area.objects.filter(below & of_the_place).exclude(pk=self.case.desk_id)

    @cached_property
    def desks_above(self) -> Sequence[Area]:
        """Desks to which the case can be sent up; several where the catalogue lets it skip one."""
        return desks_above(self.case)

    @cached_property
    def units(self) -> Sequence[Unit]:
        """Units that answer for the place, nearest first."""
        return units_about(self.case)

    @cached_property
    def precedents(self) -> Sequence[Precedent]:
        """Rulings on the same item in the areas above the case, newest first."""
        if self.case.item is None:
            return []
        chain = [area.pk for area in self.case.area.chain]
        same = Precedent.objects.filter(item_code=self.case.item.code, area__in=chain)
        return list(same.select_related("unit", "area").exclude(case=self.case)[:3])


def _said(state: State) -> str:
    return {
        State.RUNNING: _("计时中"),
        State.NEARLY_DUE: _("快到时限"),
        State.OVERDUE: _("已超时"),
        State.PAUSED: _("已暂停"),
        State.MET: _("按时"),
        State.MET_LATE: _("超时完成"),
    }[state]
