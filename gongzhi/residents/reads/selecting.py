"""A choice on the map as the reads take it, and how many people, homes and tags it holds."""

from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from gongzhi.access.models import Person
from gongzhi.access.roles import Can
from gongzhi.places import drawn
from gongzhi.places.models import Area, Building, Dwelling, Estate
from gongzhi.residents.models import Resident, Tag, within_reach
from gongzhi.residents.models.reach import Span, meeting, spans_of
from gongzhi.residents.reads import tags
from gongzhi.residents.rules.selection import Selection

DOTS = 3000  # buildings on a map at once


@dataclass(frozen=True)
class Selected:
    """The spans of whole areas and the buildings that were chosen; either is enough."""

    spans: tuple[Span, ...] = ()
    buildings: tuple[int, ...] = ()

    def people(self) -> Q:
        """As a filter on people; their homes decide, since nobody has another position."""
        held = Q(pk__in=[])
        for first, last in self.spans:
            held |= Q(grid__gte=first, grid__lte=last)
        if self.buildings:
            held |= Q(home__in=homes_of(self.buildings).values("pk"))
        return held


def homes_of(buildings: tuple[int, ...]) -> QuerySet[Dwelling]:
    """The dwellings of these buildings."""
    return Dwelling.objects.filter(stairwell__building__in=buildings)


def resolved(person: Person, selection: Selection) -> Selected:
    """What the choice means for the person; NotUnderstood for a drawing that means nothing.

    Grids and estates outside of their reach are left out, as if they were not there.
    """
    spans = spans_of(person, Can.SEE_REGISTER)
    chosen = Area.objects.filter(code__in=selection.grids, place__isnull=False).defer("polygon")
    wholes = [part for area in chosen for part in meeting(spans, area.span)]
    buildings: set[int] = set()
    if selection.draw:
        buildings.update(drawn.buildings_in(drawn.outline_of(selection.draw)))
    if selection.estates:
        inside = Building.objects.filter(estate__in=selection.estates)
        buildings.update(inside.values_list("pk", flat=True))
    return Selected(tuple(sorted(set(wholes))), tuple(sorted(buildings)))


@dataclass(frozen=True)
class Summary:
    """What a choice holds: people (with all chosen tags), their homes and buildings, tags."""

    people: int
    homes: int
    buildings: int
    counts: dict[str, int]
    homeless: int  # people within reach whose home is not on record: no drawing can hold them


def people_in(
    person: Person, selection: Selection, chosen: tuple[str, ...] = ()
) -> QuerySet[Resident]:
    """The people present in the choice whom the person may know of, with all these tags."""
    selected = resolved(person, selection)
    found = Resident.objects.present()
    if selected.buildings:  # whole areas lie in reach already; said twice, SQLite walks the wider
        found = found.visible_to(person)
    found = found.filter(selected.people())
    for code in chosen:
        found = found.filter(pk__in=Tag.objects.filter(code=code).values("resident"))
    return found


def summary(person: Person, selection: Selection, chosen: tuple[str, ...] = ()) -> Summary:
    """Four questions to the database, however many people there are."""
    found = people_in(person, selection, chosen)
    numbers = found.aggregate(
        people=Count("pk"),
        homes=Count("home", distinct=True),
        buildings=Count("home__stairwell__building", distinct=True),
    )
    homeless = 0
    if selection.draw or selection.estates:
        seen = Resident.objects.visible_to(person).present()
        homeless = seen.filter(home=None).count()
    return Summary(**numbers, counts=counts(person, selection), homeless=homeless)


def counts(person: Person, selection: Selection) -> dict[str, int]:
    """How many people of the choice have each tag."""
    selected = resolved(person, selection)
    if not selected.buildings:  # the index on tags answers by itself
        return tags.counts_within(selected.spans)
    reach = within_reach(person, Can.SEE_REGISTER, "place")
    held = Q(pk__in=[])
    for first, last in selected.spans:
        held |= Q(place__gte=first, place__lte=last)
    people = Resident.objects.present().filter(home__in=homes_of(selected.buildings).values("pk"))
    held |= Q(resident__in=people.values("pk"))
    rows = Tag.objects.filter(reach & held).values_list("code").annotate(n=Count("pk"))
    return dict(rows.order_by("code"))


def dots(person: Person, selection: Selection, chosen: tuple[str, ...] = ()) -> list[list[object]]:
    """[lng, lat, name, people] per building of the choice: homes, never somebody's whereabouts."""
    rows = (
        people_in(person, selection, chosen)
        .filter(home__isnull=False)
        .values_list(
            "home__stairwell__building__lng",
            "home__stairwell__building__lat",
            "home__stairwell__building__estate__name",
            "home__stairwell__building__name",
        )
        .annotate(n=Count("pk"))
        .order_by("-n")[:DOTS]
    )
    return [
        [round(lng, 6), round(lat, 6), f"{estate}{name}", n] for lng, lat, estate, name, n in rows
    ]


def words(selection: Selection) -> list[str]:
    """The choice in words, for heads of papers and chips."""
    said = [_("地图上画的范围")] if selection.draw else []
    areas = Area.objects.filter(code__in=selection.grids).select_related("parent")
    for area in areas.defer("polygon", "parent__polygon").order_by("path"):
        said.append((area.parent.name if area.parent else "") + area.name)
    names = Estate.objects.filter(pk__in=selection.estates).order_by("pk")
    return said + list(names.values_list("name", flat=True))
