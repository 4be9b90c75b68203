"""Everything on record about one person, home or organisation, as its page shows it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from django.utils.timezone import localdate

from gongzhi.access.checks import may
from gongzhi.access.models import Person
from gongzhi.access.roles import Can
from gongzhi.kernel.sealed import masked_id, masked_phone
from gongzhi.residents.models import (
    AccountLink,
    Fact,
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
from gongzhi.residents.reads.history import Before, history_of_person
from gongzhi.residents.words import LifeState


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
        return history_of_person(self.resident, self.viewer)

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
