"""Whistles for pages: what stands, what was, who came."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from gongzhi.access.models import Person, Unit
from gongzhi.cases.models import Case
from gongzhi.catalogue.words import Evidence
from gongzhi.whistles import rules
from gongzhi.whistles.models import Called, Whistle, WhistleQuerySet
from gongzhi.whistles.words import Turnout


@dataclass(frozen=True)
class Tally:
    """How units answered over a span: called, came in time, late, absent; rate in percent."""

    name: str
    called: int
    on_site: int
    late: int
    absent: int

    @property
    def rate(self) -> int:
        """How many of a hundred came at all."""
        return rules.rate(self.on_site + self.late, self.called)


def whistles_of(person: Person) -> WhistleQuerySet:
    """Those the person may see, with what a row shows."""
    rows = Whistle.objects.visible_to(person).select_related(
        "case__area", "case__desk", "area", "by"
    )
    return rows.prefetch_related("called__unit", "called__whistle")


def called_of(person: Person, *, at: datetime) -> list[Called]:
    """What calls the person's units: still to come or not over for a day, soonest first."""
    units = [post.unit_id for post in person.held if post.unit_id]
    rows = Called.objects.filter(unit__in=units, whistle__called_off_at=None)
    rows = rows.filter(whistle__starts_at__gte=at - timedelta(days=1))
    rows = rows.exclude(whistle__case__complained_of__in=units)
    return list(rows.select_related("unit", "whistle__case__area").order_by("whistle__starts_at"))


def tallies(person: Person, *, since: datetime) -> list[Tally]:
    """Unit by unit how whistles that are over were answered, the least reliable first."""
    over = Whistle.objects.visible_to(person).filter(ended_at__gte=since)
    rows = Called.objects.filter(whistle__in=over.values("pk")).select_related("unit", "whistle")
    counts: dict[Unit, Counter[str]] = {}
    for called in rows:
        counts.setdefault(called.unit, Counter())[called.turnout.value] += 1
    found = [
        Tally(
            unit.name,
            sum(count.values()),
            count[Turnout.ON_SITE],
            count[Turnout.LATE],
            count[Turnout.ABSENT],
        )
        for unit, count in counts.items()
    ]
    return sorted(found, key=lambda tally: (tally.rate, -tally.called))


def units_for(case: Case) -> list[Unit]:
    """Whom the case can call: units of the areas above it, nearest first, without the recused."""
    chain = [area.pk for area in case.area.chain]
    units = Unit.objects.filter(area__in=chain).select_related("area")
    fit = [unit for unit in units if unit.pk != case.complained_of_id]
    return sorted(fit, key=lambda unit: (-len(unit.area.path), unit.name))


def shown_for(case: Case) -> list[str]:
    """What a meeting on site about a case has put on file: its minutes."""
    minuted = Whistle.objects.filter(case=case, minutes_at__isnull=False)
    return [Evidence.MINUTES.value] if minuted.exists() else []
