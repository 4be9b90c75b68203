"""What taking in rows of people would do, without doing it: the dry run of an import."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from gongzhi.access.models import Person
from gongzhi.access.roles import Can
from gongzhi.journal.models import Event
from gongzhi.kernel.sealed import Sealed
from gongzhi.places.models import Collection
from gongzhi.residents.models import Fact, Household, Phone, Resident
from gongzhi.residents.models.reach import Span, spans_of
from gongzhi.residents.reads.cleaning import COMPARED, Clean, Reader
from gongzhi.residents.reads.homes import homes_told
from gongzhi.residents.record import said_of
from gongzhi.residents.rows import NewFact, NewPerson, Plan
from gongzhi.residents.words import LifeState, Outcome

CHUNK = 2000

Key = tuple[object, ...]


@dataclass(slots=True)
class Ready:
    """What of a new person's rows is made before the transaction that writes them."""

    id_number: Sealed
    phones: dict[UUID, Sealed]
    terms: str


@dataclass
class PersonPlan(Plan):
    """What would become of one row of a person."""

    clean: Clean = field(default_factory=Clean)
    new_phones: dict[UUID, str] = field(default_factory=dict)
    phones_before: int = 0
    new_facts: dict[str, NewFact] = field(default_factory=dict)
    facts_before: dict[str, str] = field(default_factory=dict)  # as `record.said_of` says them
    resident: Resident | None = None
    ready: Ready | None = None  # of somebody new

    @property
    def keys(self) -> list[Key]:
        """By what the person is known again within one list."""
        return _keys(self.clean)


def inside(place: int | None, spans: Iterable[Span]) -> bool:
    """Whether a place number lies in one of the spans."""
    return place is not None and any(first <= place <= last for first, last in spans)


@dataclass
class Weighed:
    """Plans made before the transaction that writes them, so that others wait less long for it.

    They hold as long as nobody changed the register since `begin`: whatever changes it leaves a
    collection, erasure an event. Counted, since keys do not appear in their order on PostgreSQL.
    """

    mark: tuple[int, int]
    plans: list[Plan] = field(default_factory=list)
    households: dict[str, int] | None = None  # number → key; None until all is made ready
    is_doubtful: bool = False  # two plans are of one person

    @classmethod
    def begin(cls) -> "Weighed":
        """Nothing is planned yet; from now on changes of the register are noticed."""
        return cls(cls._mark())

    def still_holds(self) -> bool:
        """Whether the register is as it was. True also promises that no two plans are of one."""
        return not self.is_doubtful and self.mark == self._mark()

    @staticmethod
    def _mark() -> tuple[int, int]:
        erased = Event.objects.filter(name="residents.erased")
        return Collection.objects.count(), erased.count()


def plan_people(
    *, by: Person, rows: Sequence[NewPerson], at: datetime, can: Can = Can.TAKE_IN_TABLES
) -> list[PersonPlan]:
    """A plan per row, in order. Nothing is written; the problems say what keeps a row out.

    Two rows about one person in the same list are a fault of the second.
    """
    spans = spans_of(by, can)
    seen: dict[Key, int] = {}
    plans: list[PersonPlan] = []
    for start in range(0, len(rows), CHUNK):
        plans += _planned(rows[start : start + CHUNK], spans, at, seen, start)
    return plans


def _planned(
    rows: Sequence[NewPerson], spans: list[Span], at: datetime, seen: dict[Key, int], start: int
) -> list[PersonPlan]:
    today = localdate(at)
    readers = [Reader(row, today) for row in rows]
    for reader in readers:
        reader.read()
    _find_homes(readers)
    for number, reader in enumerate(readers, start + 1):
        _check_place(reader, spans)
        for key in _keys(reader.clean):
            first = seen.setdefault(key, number)
            if first != number:
                reader.fault("name", _("与第%(n)d行是同一个人，请只保留一行。") % {"n": first})
                break
    known = _Known([reader.clean for reader in readers])
    return [_plan_of(reader, known, spans) for reader in readers]


def _find_homes(readers: list[Reader]) -> None:
    """Look all addresses up at once, by address or by standard code."""
    homes = homes_told(r.clean.address for r in readers)
    for reader in readers:
        reader.clean.home = homes.get(reader.clean.address)


def _check_place(reader: Reader, spans: list[Span]) -> None:
    clean, row = reader.clean, reader.row
    if clean.home:
        clean.address, clean.place = clean.home.address, clean.home.grid_id
    elif row.grid is not None:
        clean.place = row.grid.place
        if clean.address:
            reader.warn("address", _("标准地址库里没有这个地址，将按所填文字登记。"))
    elif clean.address:
        reader.fault("address", _("标准地址库里没有这个地址，请改正地址，或填写所在网格。"))
        return
    if clean.place is not None and not inside(clean.place, spans):
        reader.fault("address", _("这个地址不在您的辖区。"))


def _keys(clean: Clean) -> list[Key]:
    """By what a person is known again within one list."""
    if clean.id_index:
        return [(clean.id_index,)]
    if not clean.name:
        return []
    return [(clean.name, phone) for phone in clean.phones] or [(clean.name, clean.address)]


class _Known:
    """Who of the people in some rows is on record, read in a few queries."""

    def __init__(self, cleans: list[Clean]) -> None:
        by_id = _light().in_bulk([c.id_index for c in cleans if c.id_index], field_name="id_index")
        found = {r.pk: r for r in by_id.values()}
        owners = _owners({phone for c in cleans for phone in c.phones})
        near = _neighbours(cleans)
        for resident in (*owners.values(), *near.values()):
            found.setdefault(resident.pk, resident)
        self.by_id = {index: found[r.pk] for index, r in by_id.items()}
        self.by_phone = {key: found[r.pk] for key, r in owners.items()}
        self.by_address = {key: found[r.pk] for key, r in near.items()}
        self.phones: dict[int, set[UUID]] = {pk: set() for pk in found}
        self.facts: dict[int, dict[str, Fact]] = {pk: {} for pk in found}
        for pk, index in Phone.objects.filter(resident__in=found).values_list(
            "resident", "number_index"
        ):
            self.phones[pk].add(index)
        for fact in Fact.objects.filter(resident__in=found):
            self.facts[fact.resident_id][fact.kind] = fact

    def find(self, clean: Clean) -> Resident | None:
        """The person on record whom the row is about.

        A row with an ID number may also be about somebody whose number nobody knew so far.
        """
        if clean.id_index and (found := self.by_id.get(clean.id_index)):
            return found
        maybe = [self.by_phone.get((clean.name, phone)) for phone in clean.phones]
        maybe.append(self.by_address.get((clean.name, clean.address)))
        return next((r for r in maybe if r and not (clean.id_index and r.id_index)), None)


def _light() -> QuerySet[Resident]:
    """People with their households, without columns that cost an unsealing."""
    return Resident.objects.select_related("household").defer("id_number", "note")


def _owners(phones: set[UUID]) -> dict[Key, Resident]:
    """People by name and phone."""
    found = Phone.objects.filter(number_index__in=phones).values_list("resident", "number_index")
    people = _light().in_bulk({pk for pk, _index in found})
    return {(people[pk].name, index): people[pk] for pk, index in found}


def _neighbours(cleans: list[Clean]) -> dict[Key, Resident]:
    """People by name and address, looked for by home or, without one, in the grid."""
    wanted = {(c.name, c.address) for c in cleans if c.address}
    homes = {c.home.pk for c in cleans if c.home}
    loose = [c for c in cleans if not c.home and c.address and c.place is not None]
    near = [Resident.objects.filter(home__in=homes)]
    if loose:
        where = {c.place for c in loose}
        near.append(Resident.objects.filter(grid__in=where, name__in={c.name for c in loose}))
    rows = [row for found in near for row in found.values_list("pk", "name", "address").iterator()]
    keys = {(name, address): pk for pk, name, address in rows if (name, address) in wanted}
    people = _light().in_bulk(keys.values())
    return {key: people[pk] for key, pk in keys.items()}


def _plan_of(reader: Reader, known: _Known, spans: list[Span]) -> PersonPlan:
    clean = reader.clean
    resident = known.find(clean)
    if resident is None:
        if clean.place is None and not any(p.field == "address" for p in reader.problems):
            reader.fault("address", _("请填写地址或所在网格。"))
        plan = PersonPlan(Outcome.NEW, reader.problems, clean=clean)
        plan.new_phones, plan.new_facts = clean.phones, clean.facts
    else:
        _check_known(reader, resident, spans)
        plan = PersonPlan(Outcome.SAME, reader.problems, resident.pk, clean=clean)
        plan.resident = resident
        plan.changes = changes_of(resident, clean)
        phones, facts = known.phones[resident.pk], known.facts[resident.pk]
        plan.new_phones = {i: n for i, n in clean.phones.items() if i not in phones}
        plan.phones_before = len(phones)
        for kind, told in clean.facts.items():
            old = facts.get(kind)
            if (fact := _more(told, old)) is not None:
                plan.new_facts[kind] = fact
                plan.facts_before[kind] = said_of(old) if old else ""
        if plan.changes or plan.new_phones or plan.new_facts:
            plan.outcome = Outcome.CHANGED
    if plan.faults:
        plan.outcome = Outcome.REFUSED
    return plan


def _check_known(reader: Reader, resident: Resident, spans: list[Span]) -> None:
    if not inside(resident.grid_id, spans):
        reader.fault("id_number", _("此人登记在其他辖区，请联系上级办理转入。"))
    if resident.name != reader.clean.name:
        reader.warn("name", _("同一证件号登记的姓名不同，请核对后再导入。"))
    if resident.state != LifeState.PRESENT:
        reader.warn(
            "name", _("此人已登记为“%(state)s”。") % {"state": resident.get_state_display()}
        )


def changes_of(resident: Resident, clean: Clean) -> dict[str, tuple[object, object]]:
    """Field → (before, after) for what the row says and the register does not."""
    changes: dict[str, tuple[object, object]] = {}
    for name, told in COMPARED.items():
        after, before = told(clean), getattr(resident, name)
        if after not in (None, "") and after != before:
            changes[name] = (before, after)
    if "address" in changes and clean.home is None and resident.home_id is not None:
        changes["home_id"] = (resident.home_id, None)
    if clean.id_number and resident.id_index is None:
        changes["id_number"] = ("", clean.id_number)
    number = resident.household.number if resident.household else ""
    if clean.household and clean.household != number:
        changes["household"] = (number, clean.household)
    return changes


def _more(new: NewFact, old: Fact | None) -> NewFact | None:
    """The fact with what both say, empty meaning "not known"; None when that is on record."""
    if old is None:
        return new
    whole = NewFact(
        new.kind, old.grade if new.grade is None else new.grade,
        new.since or old.since, new.until or old.until,
    )  # fmt: skip
    return None if said_of(whole) == said_of(old) else whole


def households_of(plans: Iterable[PersonPlan]) -> dict[str, int]:
    """The keys of the households on record that the rows name, by number."""
    numbers = sorted({p.clean.household for p in plans} - {""})
    found: dict[str, int] = {}
    for start in range(0, len(numbers), CHUNK):
        some = Household.objects.filter(number__in=numbers[start : start + CHUNK])
        found |= dict(some.values_list("number", "pk"))
    return found
