"""What is brought into the register: rows of people, homes, organisations and components.

Empty means "not known": it never wipes out what is already on record.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from gongzhi.kernel.refusals import NotUnderstood
from gongzhi.places.models import Area
from gongzhi.places.words import ComponentState, Purpose, Source
from gongzhi.residents.words import Outcome


@dataclass(frozen=True)
class Collected:
    """Where rows come from and what for; `at` is when they were collected, not when typed in."""

    source: Source
    purpose: Purpose
    at: datetime
    ref: str = ""  # a file's name, the number of a letter


@dataclass(frozen=True, slots=True)
class NewFact:
    """Something a department says of a person."""

    kind: str  # words.FactKind
    grade: int | None = None
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class NewPerson:
    """A person. Known again by ID number, else by name with a phone, else by name with address.

    `address` is looked up among the dwellings (their address or code); with `grid` given, an
    unknown one is kept as told. `phones` and `facts` are added to those on record.
    """

    name: str
    id_number: str = ""
    id_kind: str = ""  # words.IdKind; "" is an ID card
    gender: str = ""
    born: date | None = None
    ethnicity: str = ""
    phones: tuple[str, ...] = ()
    address: str = ""
    grid: Area | None = None
    registered_address: str = ""
    residence: str = ""  # words.Residence
    household: str = ""  # the household's number
    role: str = ""  # words.HouseholdRole
    facts: tuple[NewFact, ...] = ()
    note: str = ""


@dataclass(frozen=True)
class NewOwner:
    """Who owns or rents a dwelling: somebody already in the register, by ID number."""

    id_number: str
    kind: str = "owner"  # words.OwnershipKind
    parts: int = 1
    whole: int = 1


@dataclass(frozen=True)
class NewDwelling:
    """A dwelling of a building that exists; a stairwell that is missing is made.

    Known again by its place (building, stairwell, door) or by its code.
    """

    estate: str
    building: str
    name: str  # the number on the door
    stairwell: str = ""  # "" in a building with a single door
    code: str = ""  # standard address code; made when empty
    community: str = ""  # code or name; needed only where two estates are called alike
    grid: Area | None = None  # else the grid the building stands in
    floor: int | None = None
    square_metres: Decimal | None = None
    use: str = ""  # words.DwellingUse
    owners: tuple[NewOwner, ...] = ()


@dataclass(frozen=True)
class NewOrganisation:
    """An organisation; known again by credit code, else by name and address."""

    name: str
    kind: str = "shop"  # words.OrganisationKind
    credit_code: str = ""
    address: str = ""
    grid: Area | None = None  # else the one at the position
    lng: float | None = None  # WGS-84
    lat: float | None = None
    chief: str = ""
    phone: str = ""
    staff: int | None = None
    state: str = ""  # words.OrganisationState


@dataclass(frozen=True)
class NewComponent:
    """A city component, known again by its code of 16 characters (GB/T 30428)."""

    code: str
    name: str
    lng: float  # WGS-84
    lat: float
    grid: Area | None = None  # else the one at the position
    address: str = ""
    owner: str = ""
    keeper: str = ""
    state: str = ComponentState.INTACT


@dataclass(frozen=True)
class Problem:
    """What is wrong with one field of a row; a warning does not keep the row out."""

    field: str  # a field of the row's class
    sentence: str
    is_warning: bool = False


@dataclass
class Plan:
    """What taking in a row would do: nothing is written yet."""

    outcome: Outcome
    problems: list[Problem] = field(default_factory=list)
    pk: int | None = None  # of the row on record, when there is one
    changes: dict[str, tuple[object, object]] = field(default_factory=dict)

    values: dict[str, Any] = field(default_factory=dict)  # of a thing: what the row says

    @property
    def known_pk(self) -> int:
        """The row's key, once it is on record."""
        if self.pk is None:
            raise LookupError("this row is not on record")
        return self.pk

    @property
    def faults(self) -> list[Problem]:
        """The problems that keep the row out."""
        return [p for p in self.problems if not p.is_warning]


class BrokenRows(NotUnderstood):
    """Some rows cannot be taken in; nothing was. `faults`: the row's place in the list → why."""

    def __init__(self, sentence: str, faults: dict[int, list[Problem]]) -> None:
        super().__init__(sentence)
        self.faults = faults
