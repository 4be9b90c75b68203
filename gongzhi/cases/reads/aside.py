"""What the desk shows of a case among colleagues: who has it open, who watches, when to put off."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import cached_property

from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from gongzhi.access.models import Person
from gongzhi.calendars import reads as calendars
from gongzhi.cases import rules
from gongzhi.cases.models import Appeal, Case, FollowUp, Presence
from gongzhi.cases.reads.colleagues import colleagues_of
from gongzhi.cases.reads.lists import TODO
from gongzhi.cases.reads.repeats import Repeats, repeats_of
from gongzhi.cases.reads.replies import Offered, replies_for

MORNING = time(9)


def others_with(case: Case, person: Person, at: datetime) -> list[Presence]:
    """Who else opened the case within the last minutes, the latest first."""
    rows = Presence.objects.filter(case=case, at__gt=at - rules.PRESENCE_LASTS).exclude(
        person=person
    )
    return list(rows.select_related("person").order_by("-at")[:5])


@dataclass
class Aside:
    """Everything beside the flow among colleagues; each part is read when a template asks."""

    case: Case
    person: Person
    at: datetime
    counted: Repeats | None = None  # its repeats, where the list has them already

    @cached_property
    def others(self) -> list[Presence]:
        """Who else has it open."""
        return others_with(self.case, self.person, self.at)

    @cached_property
    def repeats(self) -> Repeats:
        """How often person, place and matter came before."""
        return self.counted or repeats_of([self.case], at=self.at)[self.case.pk]

    @cached_property
    def merged(self) -> Sequence[Case]:
        """Cases that are handled with this one."""
        return list(self.case.merged.select_related("area")) if self.repeats.merged else []

    @cached_property
    def watched(self) -> bool:
        """Whether the person watches it."""
        return self.person.pk in self._watchers

    @cached_property
    def _watchers(self) -> set[int]:
        return set(self.case.watches.values_list("person", flat=True))

    @property
    def watcher_count(self) -> int:
        """How many watch it."""
        return len(self._watchers)

    @cached_property
    def colleagues(self) -> list[Person]:
        """Who can be told of it in a note."""
        return [p for p in colleagues_of(self.case) if p.pk != self.person.pk]

    @cached_property
    def replies(self) -> dict[str, list[Offered]]:
        """Reply templates by use, filled for this case."""
        return replies_for(self.case, self.person)

    @property
    def may_snooze(self) -> bool:
        """Whether the desk has something to do that could wait."""
        return self.case.status in TODO

    @property
    def is_asleep(self) -> bool:
        """Whether it is put off now."""
        until = self.case.snoozed_until
        late = self.case.handled_at is None and self.case.due_at <= self.at
        return until is not None and until > self.at and not late

    @property
    def moments(self) -> list[tuple[str, datetime]]:
        """To when it can be put off, each before the time promised runs out."""
        case, local = self.case, localtime(self.at)
        offered = [
            (_("1 小时后"), local + timedelta(hours=1)),
            (_("下个工作日早上"), self._morning(1)),
            (_("三个工作日后"), self._morning(3)),
        ]
        return [(name, at) for name, at in offered if case.handled_at or at <= case.due_at]

    def _morning(self, workdays: int) -> datetime:
        calendar, day = calendars.in_force(), localtime(self.at)
        while workdays:
            day += timedelta(days=1)
            workdays -= calendar.is_working(day.date())
        return day.replace(hour=MORNING.hour, minute=0, second=0, microsecond=0)

    @cached_property
    def followups(self) -> Sequence[FollowUp]:
        """How the reporter was asked after the end, and what is still owed."""
        if self._never_ended:
            return []
        return list(self.case.followups.filter(dropped_at=None).select_related("by"))

    @cached_property
    def appeals(self) -> Sequence[Appeal]:
        """How the reporter objected, and what was decided."""
        if self._never_ended:
            return []
        return list(self.case.appeals.select_related("desk", "decided_by"))

    @property
    def _never_ended(self) -> bool:
        """Nobody is asked about, or objects to, what was never called done."""
        return self.case.is_open and not self.case.reopened
