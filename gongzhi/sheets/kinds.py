"""What can be read in and what can be written out; packages above add theirs when they start."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Protocol, TypeAlias
from urllib.parse import urlencode

from django.urls import NoReverseMatch, reverse

from gongzhi.access.checks import may
from gongzhi.access.models import Person
from gongzhi.access.roles import Can
from gongzhi.sheets.words import Sort
from gongzhi.sheets.writing import Row

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

Words: TypeAlias = "_StrOrPromise"  # a text, or a lazy translation of it


@dataclass(frozen=True)
class Field:
    """One field of what can be read in; `synonyms` are other headings people use for it."""

    key: str
    label: Words
    synonyms: tuple[str, ...] = ()
    required: bool = False
    sort: str = Sort.TEXT
    example: str = ""
    note: Words = ""
    longest: int = 200
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Entry:
    """One line as it was understood: its number in the file, and what each field says."""

    row: int
    values: Mapping[str, str | date]

    def text(self, key: str) -> str:
        """The field as text; empty when the line does not have it."""
        value = self.values.get(key, "")
        return value if isinstance(value, str) else value.isoformat()

    def day(self, key: str) -> date | None:
        """The field as a day, for fields of that sort."""
        value = self.values.get(key)
        return value if isinstance(value, date) else None


@dataclass(frozen=True)
class Fault:
    """What is wrong with a line, and in which field of it ("" for the line as a whole).

    The sentence says what to do about it. A `mild` one is pointed out and does not stop the file.
    """

    row: int
    key: str
    sentence: str
    mild: bool = False


@dataclass
class Counts:
    """How many lines are new, change what is known, or say what is known already."""

    new: int = 0
    changed: int = 0
    same: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        """Both together."""
        return Counts(self.new + other.new, self.changed + other.changed, self.same + other.same)


class Sitting(Protocol):
    """One file on its way in; it may remember lines, to find the same thing twice in a file."""

    def weigh(self, entries: Sequence[Entry]) -> tuple[list[Fault], Counts]:
        """What is wrong with the lines and what they would do. Reads only."""

    def look(self, entries: Sequence[Entry]) -> list[Fault]:
        """What else is wrong with lines of which a field could not be read, so that people hear
        of everything at once. They are not remembered."""

    def prepare(self) -> None:
        """Do beforehand what `write` needs, reading only: others wait while `write` is at work."""

    def write(self) -> Counts:
        """Write everything that was weighed. Called once, in a transaction of the caller."""


@dataclass(frozen=True)
class Intake:
    """A kind of thing that can be read in from a table."""

    name: str  # stored: "residents.people"
    label: Words
    can: Can
    fields: Sequence[Field]
    begin: Callable[[Person, datetime, str], Sitting]  # by, at, source in words
    note: Words = ""
    icon: str = "table"

    def field(self, key: str) -> Field:
        """The field of that key. KeyError when there is none."""
        return next(one for one in self.fields if one.key == key)

    @property
    def names(self) -> dict[str, list[str]]:
        """What each field may be called in a heading."""
        return {f.key: [str(f.label), *f.synonyms] for f in self.fields}


@dataclass(frozen=True)
class ListColumn:
    """A column that a list can show; `usual` ones are in the layout nobody has changed."""

    key: str
    label: Words
    sort: str = Sort.TEXT
    usual: bool = True


@dataclass(frozen=True)
class Listing:
    """A list that can be taken out as it is filtered.

    `rows` gives the values of the asked columns, in their order, one row at a time; what the person
    may not see is not among them. `words` says the filters in words, for the head of the paper.
    """

    name: str
    label: Words
    can: Can
    columns: Sequence[ListColumn]
    rows: Callable[[Person, Mapping[str, str], Sequence[str], datetime], Iterable[Row]]
    count: Callable[[Person, Mapping[str, str], datetime], int]
    words: Callable[[Mapping[str, str]], str] = field(default=lambda _query: "")
    back: str = ""  # the name of the page on which the list stands
    back_of: str = ""  # the filter that is an argument of that page's address

    def page(self, query: Mapping[str, str]) -> str:
        """The address of the page on which the list stands, filtered like it."""
        rest = dict(query)
        given = [rest.pop(self.back_of, "")] if self.back_of else []
        try:
            page = reverse(self.back, args=given)
        except NoReverseMatch:  # somebody made an address that no page of ours has
            return reverse("tables:all")
        return page + (f"?{urlencode(rest)}" if rest else "")

    def column(self, key: str) -> ListColumn | None:
        """The column of that key, if there is one."""
        return next((one for one in self.columns if one.key == key), None)


INTAKES: dict[str, Intake] = {}
LISTINGS: dict[str, Listing] = {}


def takes_in(*intakes: Intake) -> None:
    """Let these kinds of things be read in."""
    INTAKES.update({one.name: one for one in intakes})


def writes_out(*listings: Listing) -> None:
    """Let these lists be taken out."""
    LISTINGS.update({one.name: one for one in listings})


def intakes_of(person: Person) -> list[Intake]:
    """What the person may read in somewhere."""
    return [one for one in INTAKES.values() if may(person, one.can, within=None)]
