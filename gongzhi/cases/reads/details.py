"""What a line of the record says beside its title: unit, desk, what was asked, result."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from gongzhi.access.models import Unit
from gongzhi.cases.models import Assist, Supervision
from gongzhi.cases.words import SupervisionKind
from gongzhi.journal.models import Event
from gongzhi.places.models import Area

Told = Callable[[Sequence[Event]], Mapping[int, str]]

# What other packages tell of the steps that they record about a case, for staff.
ELSEWHERE: list[Told] = []


def details(events: Sequence[Event]) -> dict[int, str]:
    """Event → its detail; asks the database only for steps that have one."""
    found: dict[int, str] = {}
    for told in (_assists, _supervisions, _desks, _rulings, _answers, *ELSEWHERE):
        found |= told(events)
    return found


def named(events: Sequence[Event], *names: str) -> list[Event]:
    """The events of these names."""
    return [event for event in events if event.name in names]


def _keys(events: Sequence[Event], fact: str) -> set[Any]:
    return {event.facts[fact] for event in events if fact in event.facts}


def _assists(events: Sequence[Event]) -> dict[int, str]:
    own = named(events, "cases.assist_asked", "cases.assist_answered", "cases.assist_withdrawn")
    keys = _keys(own, "assist")
    known = Assist.objects.select_related("unit").in_bulk(keys) if keys else {}
    found = {}
    for event in own:
        if assist := known.get(event.facts.get("assist")):
            said = {
                "cases.assist_asked": _("请%(unit)s：%(text)s") % _said(assist, assist.asked),
                "cases.assist_answered": _("%(unit)s：%(text)s") % _said(assist, assist.answer),
            }
            found[event.pk] = said.get(event.name, assist.unit.name)
    return found


def _said(assist: Assist, text: str) -> dict[str, str]:
    return {"unit": assist.unit.name, "text": text}


def _supervisions(events: Sequence[Event]) -> dict[int, str]:
    own = named(events, "cases.supervised", "cases.supervision_answered")
    keys = _keys(own, "supervision")
    known = Supervision.objects.in_bulk(keys) if keys else {}
    found = {}
    for event in own:
        if pressed := known.get(event.facts.get("supervision")):
            asked = event.name == "cases.supervised"
            kind = SupervisionKind(pressed.kind).label
            text = pressed.text if asked else pressed.answer
            found[event.pk] = _("%(kind)s：%(text)s") % {"kind": kind, "text": text}
    return found


def _desks(events: Sequence[Event]) -> dict[int, str]:
    own = named(events, "cases.sent_up", "cases.sent_down")
    codes = _keys(own, "desk")
    names = dict(Area.objects.filter(code__in=codes).values_list("code", "name")) if codes else {}
    return {
        event.pk: _("转%(desk)s。") % {"desk": names[event.facts["desk"]]}
        for event in own
        if event.facts.get("desk") in names
    }


def _rulings(events: Sequence[Event]) -> dict[int, str]:
    own = named(events, "cases.arbitrated")
    units = Unit.objects.in_bulk(_keys(own, "unit")) if own else {}
    return {
        event.pk: _("由%(unit)s承办，不得再退回。") % {"unit": units[event.facts["unit"]].name}
        for event in own
        if event.facts.get("unit") in units
    }


def _answers(events: Sequence[Event]) -> dict[int, str]:
    found = {}
    for event in named(events, "cases.rated"):
        solved = {True: _("，问题已解决"), False: _("，问题没有解决")}
        stars = _("%(n)s 星") % {"n": event.facts.get("stars", "")}
        found[event.pk] = stars + solved.get(event.facts.get("solved"), "") + _("。")
    for event in named(events, "cases.exclusion_decided"):
        granted = event.facts.get("granted")
        found[event.pk] = _("同意，不计入三率。") if granted else _("不同意，照常计入三率。")
    return found
