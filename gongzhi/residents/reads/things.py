"""Homes, organisations and components as their pages list them, by what is asked in the address."""

from collections.abc import Mapping

from django.db.models import Q, QuerySet

from gongzhi.access.models import Person
from gongzhi.access.roles import Can
from gongzhi.places.models import Component, Dwelling
from gongzhi.places.words import ComponentClass, ComponentState
from gongzhi.residents.models import Organisation, within_reach

LONGEST = 60  # characters of a piece of a name or an address


def line_in(query: Mapping[str, str]) -> str:
    """What stands in the box of the page."""
    return " ".join(query.get("q", "").split())[:LONGEST]


def homes(person: Person, query: Mapping[str, str]) -> QuerySet[Dwelling]:
    """Dwellings within reach, by a piece of their address or their whole code."""
    found = Dwelling.objects.filter(within_reach(person, Can.SEE_REGISTER))
    if text := line_in(query):
        found = found.filter(Q(address__contains=text) | Q(code=text))
    return found.order_by("address", "pk")


def organisations(person: Person, query: Mapping[str, str]) -> QuerySet[Organisation]:
    """Organisations within reach, by a piece of their name or their whole credit code."""
    found: QuerySet[Organisation] = Organisation.objects.visible_to(person)
    if text := line_in(query):
        found = found.filter(Q(name__contains=text) | Q(credit_code=text.upper()))
    return found.order_by("name", "pk")


def seen_components(person: Person) -> QuerySet[Component]:
    """Components where the person may look into the register or at cases."""
    return Component.objects.filter(
        within_reach(person, Can.SEE_REGISTER) | within_reach(person, Can.SEE_CASES)
    )


def components(person: Person, query: Mapping[str, str]) -> QuerySet[Component]:
    """Of these by the end of their code, a piece of their name or place, class and state."""
    found = seen_components(person)
    if text := line_in(query):
        found = found.filter(
            Q(code__endswith=text) | Q(name__contains=text) | Q(address__contains=text)
        )
    if (kind := query.get("kind", "")) in ComponentClass.values:
        found = found.filter(kind=kind)
    if (state := query.get("state", "")) in ComponentState.values:
        found = found.filter(state=state)
    return found.order_by("code")
