"""Everything on record about one person, home or organisation, as its page shows it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from django.db import models
from django.utils.timezone import localdate

from gongzhi.access.checks import may
from gongzhi.access.models import Person
from gongzhi.access.roles import Can
from gongzhi.kernel.sealed import masked_id, masked_phone
from gongzhi.places.models import Area, Component, Dwelling
from gongzhi.residents.models import (
    AccountLink,
    Change,
    Fact,
    Organisation,
    Ownership,
    Phone,
    Relation,
    Request,
    Resident,
    Tag,
    within_reach,
)
from gongzhi.residents.panels import Panel, panels_of
from gongzhi.residents.reads import tags
from gongzhi.residents.words import LifeState, Subject

HISTORY = 60
SECRET = {"id_number", "phone", "number", "note"}  # fields whose past is masked too


def age_on(born: date | None, today: date) -> int | None:
    """Full years."""
    if born is None:
        return None
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


@dataclass(frozen=True)
class TagLine:
    """A tag with its name and why somebody has it."""

    tag: Tag
    name: str
    reason: str
    is_key: bool


def tag_lines(held: Sequence[Tag]) -> list[TagLine]:
    """Tags in the order of the configuration."""
    kinds = tags.kinds()
    order = {code: n for n, code in enumerate(kinds)}
    lines = []
    for tag in sorted(held, key=lambda t: order.get(t.code, 99)):
        kind = kinds.get(tag.code)
        key = bool(kind and kind.key)
        lines.append(TagLine(tag, tags.name_of(tag.code), tags.reason_of(tag), key))
    return lines


@dataclass(frozen=True)
class Before:
    """One field of a row before and after, as it may be shown."""

    change: Change
    label: str
    before: str
    after: str


def history_of(
    subject: Subject, pk: int, model: type[Resident | Dwelling | Organisation | Component]
) -> list[Before]:
    """The changes of a row, newest first; numbers and remarks stay masked."""
    found = Change.objects.filter(subject=subject, subject_id=pk).order_by("-pk")
    changes = list(found.select_related("by", "collection")[:HISTORY])
    labels = {
        f.name: str(f.verbose_name) for f in model._meta.get_fields() if hasattr(f, "verbose_name")
    }
    names = _names_in(changes)
    return [
        Before(
            c,
            labels.get(c.field, c.field),
            _shown(model, c.field, c.before, names),
            _shown(model, c.field, c.after, names),
        )
        for c in changes
    ]


def _names_in(changes: Sequence[Change]) -> dict[tuple[str, str], str]:
    """The names behind keys of grids and homes that the changes mention."""
    said = {(c.field, value) for c in changes for value in (c.before, c.after) if value.isdecimal()}
    grids = [int(value) for field, value in said if field == "grid"]
    homes = [int(value) for field, value in said if field == "home"]
    names = {("grid", str(a.place)): a.name for a in Area.objects.filter(place__in=grids)}
    return names | {("home", str(d.pk)): d.address for d in Dwelling.objects.filter(pk__in=homes)}


def _shown(
    model: type[models.Model], field: str, value: str, names: dict[tuple[str, str], str]
) -> str:
    if not value:
        return ""
    if field in SECRET:
        return masked_phone(value) if field in {"phone", "number"} else masked_id(value)
    if (field, value) in names:
        return names[field, value]
    choices = next((f.flatchoices for f in model._meta.fields if f.name == field), [])
    return str(dict(choices).get(value, value))


class PersonFile:
    """One person, read part by part when the page shows it."""

    def __init__(self, resident: Resident, viewer: Person, at: datetime) -> None:
        self.resident, self.viewer, self.at = resident, viewer, at
        self.today = localdate(at)

    @property
    def age(self) -> int | None:
        """Full years today."""
        return age_on(self.resident.born, self.today)

    @property
    def id_masked(self) -> str:
        """The ID number with its middle hidden; empty when there is none."""
        return masked_id(self.resident.id_number) if self.resident.id_number else ""

    @cached_property
    def phones(self) -> list[tuple[Phone, str]]:
        """Each phone with its masked number."""
        return [(phone, masked_phone(phone.number)) for phone in self.resident.phones.all()]

    @cached_property
    def tags(self) -> list[TagLine]:
        """Tags with reasons."""
        return tag_lines(list(self.resident.tags.select_related("put_by")))

    @cached_property
    def facts(self) -> list[Fact]:
        """What departments say, with where it came from."""
        return list(self.resident.facts.select_related("collection").order_by("kind"))

    @cached_property
    def household(self) -> list[Resident]:
        """The others of the household, the head first."""
        if self.resident.household_id is None:
            return []
        others = Resident.objects.filter(household=self.resident.household_id)
        found = list(others.exclude(pk=self.resident.pk).exclude(state=LifeState.ERASED))
        return sorted(found, key=lambda r: (r.role != "head", r.pk))

    @cached_property
    def neighbours(self) -> list[Resident]:
        """Who else lives behind the same door, without the household."""
        if self.resident.home_id is None:
            return []
        others = Resident.objects.present().filter(home=self.resident.home_id)
        known = {r.pk for r in self.household}
        return [r for r in others.exclude(pk=self.resident.pk) if r.pk not in known]

    @cached_property
    def relations(self) -> list[Relation]:
        """Relations across households, to people the viewer may know of."""
        seen = within_reach(self.viewer, Can.SEE_REGISTER, "other__grid")
        return list(self.resident.relations.filter(seen).select_related("other"))

    @cached_property
    def homes(self) -> list[Ownership]:
        """What the person owns or rents, where the viewer may look."""
        seen = within_reach(self.viewer, Can.SEE_REGISTER, "dwelling__grid")
        return list(self.resident.ownerships.filter(seen).select_related("dwelling"))

    @cached_property
    def requests(self) -> list["RequestLine"]:
        """What the person asked of the register."""
        return request_lines(
            self.resident.requests.select_related("answered_by").order_by("-pk")[:10]
        )

    @cached_property
    def account(self) -> Person | None:
        """Whose account is linked with the person."""
        link = AccountLink.objects.filter(resident=self.resident).select_related("account").first()
        return link.account if link else None

    @cached_property
    def history(self) -> list[Before]:
        """What was changed, newest first."""
        return history_of(Subject.RESIDENT, self.resident.pk, Resident)

    @cached_property
    def panels(self) -> list[Panel]:
        """What the packages above say: cases, visits, services."""
        return panels_of(self.viewer, self.resident, at=self.at)

    def _may(self, can: Can) -> bool:
        return may(self.viewer, can, within=self.resident.grid)

    @property
    def may_reveal(self) -> bool:
        """Whether the viewer may see whole numbers here."""
        return self._may(Can.REVEAL_NUMBERS)

    @property
    def may_keep(self) -> bool:
        """Whether the viewer may correct what is on record here."""
        return self._may(Can.KEEP_REGISTER)

    @property
    def may_answer(self) -> bool:
        """Whether the viewer answers people's requests here."""
        return self._may(Can.ANSWER_REQUESTS)


@dataclass(frozen=True)
class Line:
    """One person in a list, masked; `one` has its phones and tags read."""

    one: Resident
    age: int | None
    number: str
    phone: str
    tags: list[TagLine]


def lines_of(people: Iterable[Resident], at: datetime) -> list[Line]:
    """People as lists show them."""
    today, lines = localdate(at), []
    for one in people:
        phones = list(one.phones.all())
        lines.append(
            Line(
                one,
                age_on(one.born, today),
                masked_id(one.id_number) if one.id_number else "",
                masked_phone(phones[0].number) if phones else "",
                tag_lines(list(one.tags.all())),
            )
        )
    return lines


@dataclass(frozen=True)
class RequestLine:
    """A person's request, with the name of the tag it may be about."""

    request: Request
    tag: str


def request_lines(found: Iterable[Request]) -> list[RequestLine]:
    """Requests as pages show them."""
    return [RequestLine(one, tags.name_of(one.tag) if one.tag else "") for one in found]
