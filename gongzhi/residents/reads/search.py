"""The one box: a clerk's line of words, and lists narrowed by area, tags and state."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from django.db.models import Q, prefetch_related_objects

from gongzhi.access.models import Person
from gongzhi.access.roles import Can
from gongzhi.kernel.sealed import blind_index, blind_uuid
from gongzhi.places.models import Area
from gongzhi.residents import finding
from gongzhi.residents.models import Phone, Resident
from gongzhi.residents.models.reach import meeting, spans_of
from gongzhi.residents.reads import selecting, tags
from gongzhi.residents.rules.selection import EVERYWHERE, Selection
from gongzhi.residents.rules.terms import Question, understood
from gongzhi.residents.words import LifeState

PAGE = 20
COUNTED = 1000  # a clerk needs "more than 1,000", not 413,207; counting all would read all
HERE = (LifeState.PRESENT.value,)
ALL = (LifeState.PRESENT.value, LifeState.MOVED_OUT.value, LifeState.DECEASED.value)


@dataclass(frozen=True)
class Sought:
    """What somebody looks for: a line as typed, and filters chosen beside it."""

    line: str = ""
    area: Area | None = None
    tags: tuple[str, ...] = ()
    gone_too: bool = False  # also who moved out or died
    within: Selection = EVERYWHERE  # what was chosen on the map


@dataclass
class Found:
    """One page of people, with grid, phones and tags read; `question` is how it was understood."""

    people: list[Resident] = field(default_factory=list)
    question: Question = field(default_factory=Question)
    has_more: bool = False
    page: int = 1


def search(person: Person, sought: Sought, *, page: int = 1, size: int = PAGE) -> Found:
    """The page of people the line is about, among those the person may know of.

    Words are joined by "and": part of a name, pinyin initials, four digits of a phone or ID
    number, a piece of an address, a tag's name, an area's name; whole numbers find one person.
    """
    question, bounds = _understood(person, sought)
    pks = _pks(person, question, bounds, limit=size + 1, offset=(page - 1) * size)
    return Found(people_of(pks[:size]), question, len(pks) > size, page)


def count(person: Person, sought: Sought, *, most: int = COUNTED) -> int:
    """How many there are, counted up to `most`; that many means "or more"."""
    question, bounds = _understood(person, sought)
    if bounds is None or question.id_number or question.phone:
        return len(_pks(person, question, bounds, limit=most, offset=0))
    return finding.count(question, bounds, most=most)


def every(person: Person, sought: Sought) -> Sequence[int]:
    """The keys of all people found, for exports and tasks, in the order of the list."""
    question, bounds = _understood(person, sought)
    return _pks(person, question, bounds, limit=None, offset=0)


def people_of(pks: Sequence[int]) -> list[Resident]:
    """The people with these keys, in this order, with what a row of a list shows."""
    rows = Resident.objects.for_lists().in_bulk(pks)
    people = [rows[pk] for pk in pks if pk in rows]
    prefetch_related_objects(people, "phones", "tags")
    return people


def _understood(person: Person, sought: Sought) -> tuple[Question, finding.Bounds | None]:
    """The line read, and where to look; None where nothing of the line makes sense."""
    line, area = _without_area(person, sought)
    question = understood(line, blind=blind_index, tags=tags.names())
    if question.unread and not (question.words or question.tags):
        return question, None
    spans = spans_of(person, Can.SEE_REGISTER)
    if area is not None:
        spans = meeting(spans, area.span)
    bounds = finding.Bounds(tuple(spans), sought.tags, ALL if sought.gone_too else HERE)
    if sought.within:
        bounds = _narrowed(bounds, selecting.resolved(person, sought.within))
    return question, bounds


def _without_area(person: Person, sought: Sought) -> tuple[str, Area | None]:
    """The line after a word that is the name of an area was taken out of it, and that area."""
    words, area = sought.line.split(), sought.area
    if area is None and words:
        spans = spans_of(person, Can.SEE_REGISTER)
        named = Area.objects.filter(Q(name__in=words) | Q(code__in=words)).defer("polygon")
        inside = [a for a in named if a.place is not None and meeting(spans, a.span)]
        if len(inside) == 1:
            area = inside[0]
            words = [w for w in words if w not in {area.name, area.code}]
    return " ".join(words), area


def _pks(
    person: Person,
    question: Question,
    bounds: finding.Bounds | None,
    *,
    limit: int | None,
    offset: int,
) -> Sequence[int]:
    if bounds is None:
        return []
    if question.id_number or question.phone:
        return _by_number(person, question) if offset == 0 else []
    return finding.pks(question, bounds, limit=limit, offset=offset)


def _narrowed(bounds: finding.Bounds, selected: selecting.Selected) -> finding.Bounds:
    """Whole grids alone only narrow the spans; buildings are a condition of their own."""
    if selected.buildings:
        return replace(bounds, wholes=selected.spans, buildings=selected.buildings)
    spans = {part for whole in selected.spans for part in meeting(list(bounds.spans), whole)}
    return replace(bounds, spans=tuple(sorted(spans)))


def _by_number(person: Person, question: Question) -> list[int]:
    """Whole numbers find people whatever their state: the clerk has the card in hand."""
    seen = Resident.objects.visible_to(person)
    if question.id_number:
        seen = seen.filter(id_index=blind_uuid(question.id_number))
    if index := blind_uuid(question.phone):
        owners = Phone.objects.filter(number_index=index)
        seen = seen.filter(pk__in=list(owners.values_list("resident", flat=True)))
    return list(seen.order_by("pk").values_list("pk", flat=True))
