"""Where a person's posts let them look: spans of place numbers, so that one index serves all."""

from django.db.models import Q

from gongzhi.access.models import Person
from gongzhi.access.roles import ALLOWED, Can, Role

Span = tuple[int, int]


def spans_of(person: Person, can: Can) -> list[Span]:
    """The place numbers of the areas where the person may do it; empty when nowhere.

    In order, without areas that lie in another; each is exactly one area with all below it.
    """
    if not person.is_active:
        return []
    areas = {post.area for post in person.held if can in ALLOWED[Role(post.role)]}
    kept: list[Span] = []
    for first, last in sorted((area.span for area in areas), key=lambda s: (s[0], -s[1])):
        if not kept or last > kept[-1][1]:
            kept.append((first, last))
    return kept


def meeting(spans: list[Span], chosen: Span) -> list[Span]:
    """The parts of the spans that lie in the chosen area, or the area where it lies in a span."""
    return [
        inner
        for span in spans
        for inner, outer in ((span, chosen), (chosen, span))
        if outer[0] <= inner[0] and inner[1] <= outer[1]
    ][: len(spans)]


def within_reach(person: Person, can: Can, to_grid: str = "grid") -> Q:
    """The rows whose grid lies where the person may do it; `to_grid` is the way to their grid."""
    held = Q(pk__in=[])
    for first, last in spans_of(person, can):
        held |= Q(**{f"{to_grid}__gte": first, f"{to_grid}__lte": last})
    return held
