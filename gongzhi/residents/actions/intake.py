"""Taking people in, many at once: an import, a district's hand-over, one door on a round."""

from collections.abc import Sequence
from datetime import datetime

from django.db import IntegrityError
from django.utils.translation import gettext as _

from gongzhi.access.checks import require
from gongzhi.access.models import Person
from gongzhi.access.roles import Can
from gongzhi.journal.record import record
from gongzhi.kernel.actions import action
from gongzhi.kernel.refusals import Overtaken
from gongzhi.places.models import Collection
from gongzhi.residents.actions.indexing import Indexed, index, index_known
from gongzhi.residents.actions.tagging import retag
from gongzhi.residents.models import Fact, Household, Phone, Resident
from gongzhi.residents.reads.plans import PersonPlan, Weighed, households_of, plan_people
from gongzhi.residents.record import changed, collection_for
from gongzhi.residents.rows import BrokenRows, Collected, NewPerson, Plan
from gongzhi.residents.words import Outcome, Subject

BATCH = 1000


def refuse_faults(plans: Sequence[Plan]) -> None:
    """BrokenRows (422) when any row has a fault; then nothing of the list is taken in."""
    faults = {n: plan.faults for n, plan in enumerate(plans) if plan.faults}
    if faults:
        first, problems = next(iter(faults.items()))
        raise BrokenRows(
            _("有%(count)d行不能入库，全部未导入。第%(row)d行：%(why)s")
            % {"count": len(faults), "row": first + 1, "why": problems[0].sentence},
            faults,
        )


@action
def take_in_people(
    *,
    by: Person,
    rows: Sequence[NewPerson],
    collected: Collected,
    at: datetime,
    can: Can = Can.TAKE_IN_TABLES,
    weighed: Weighed | None = None,
) -> list[PersonPlan]:
    """Add the people of the rows and what they say anew; all of them, or none with BrokenRows.

    The same rows once more change nothing and leave no trace. Every changed field keeps its former
    value, sealed, with who, when and from which source. Gives what became of each row, in order.
    `weighed` are plans of these very rows; they are used when the register is still as it was.
    """
    require(by, can, within=None)
    plans = _plans(by, rows, at, can, weighed)
    refuse_faults(plans)
    news = [p for p in plans if p.outcome == Outcome.NEW]
    olds = [p for p in plans if p.outcome == Outcome.CHANGED]
    if not news and not olds:
        return plans
    collection = collection_for(by, collected)
    try:
        households = _households([*news, *olds], collection)
        _write_new(news, collection, households)
        _write_changed(olds, collection, households, by=by, at=at)
        _write_phones_and_facts([*news, *olds], collection)
    except IntegrityError as error:
        raise Overtaken(_("同时有人登记了其中的人员，请重新预检后再导入。")) from error
    touched = [p.known_pk for p in (*news, *olds)]
    _index_new(news)
    index(p.known_pk for p in olds)
    left = [p.changes["home_id"][0] for p in olds if "home_id" in p.changes]
    retag(touched, at=at, homes=[pk for pk in left if isinstance(pk, int)])
    record(
        "residents.people_taken_in",
        about=collection,
        by=by,
        at=at,
        area_path=by.held[0].area.path,
        new=len(news),
        changed=len(olds),
    )
    return plans


def _plans(
    by: Person, rows: Sequence[NewPerson], at: datetime, can: Can, weighed: Weighed | None
) -> list[PersonPlan]:
    if weighed is not None and len(weighed.plans) == len(rows) and weighed.still_holds():
        return [plan for plan in weighed.plans if isinstance(plan, PersonPlan)]
    return plan_people(by=by, rows=rows, at=at, can=can)


def _households(plans: Sequence[PersonPlan], collection: Collection) -> dict[str, Household]:
    """The households named in the rows, made where missing."""
    known = households_of(plans)
    missing: dict[str, Household] = {}
    for plan in plans:
        clean = plan.clean
        if clean.household and clean.household not in known and clean.place is not None:
            missing.setdefault(
                clean.household,
                Household(
                    number=clean.household,
                    dwelling=clean.home,
                    grid_id=clean.place,
                    collection=collection,
                ),
            )
    Household.objects.bulk_create(missing.values(), batch_size=BATCH)
    return {**known, **missing}


def _write_new(
    plans: Sequence[PersonPlan], collection: Collection, households: dict[str, Household]
) -> None:
    people = [
        Resident(
            name=c.name,
            id_kind=c.id_kind,
            id_number=c.id_number,
            id_index=c.id_index,
            gender=c.gender,
            born=c.born,
            ethnicity=c.ethnicity,
            home=c.home,
            address=c.home.address if c.home else c.address,
            grid_id=c.place or 0,  # planned: a person without a place has a fault
            registered_address=c.registered_address,
            residence=c.residence,
            household=households.get(c.household),
            role=c.role,
            note=c.note,
            collection=collection,
        )
        for c in (plan.clean for plan in plans)
    ]
    for plan, person in zip(
        plans, Resident.objects.bulk_create(people, batch_size=BATCH), strict=True
    ):
        plan.pk = person.pk


def _index_new(plans: Sequence[PersonPlan]) -> None:
    """The terms of those who are new, from what was just written: nothing need be read again."""
    index_known(
        (
            plan.known_pk,
            Indexed(c.name, c.home.address if c.home else c.address, c.place or 0,
                    tuple(c.phones.values()), c.id_number),
        )
        for plan, c in ((plan, plan.clean) for plan in plans)
    )  # fmt: skip


def _write_changed(
    plans: Sequence[PersonPlan],
    collection: Collection,
    households: dict[str, Household],
    *,
    by: Person,
    at: datetime,
) -> None:
    fields: set[str] = set()
    people = []
    for plan in plans:
        person = plan.resident
        if person is None or not plan.changes:
            continue
        for name, (_before, after) in plan.changes.items():
            setattr(person, name, households.get(str(after)) if name == "household" else after)
        if "id_number" in plan.changes:
            person.id_index = plan.clean.id_index
            fields.add("id_index")
        person.version += 1
        person.collection = collection
        fields |= plan.changes.keys()
        people.append(person)
    if not people:
        return
    changed(
        Subject.RESIDENT,
        [(p.pk, name, *pair) for p in plans if p.pk for name, pair in p.changes.items()],
        by=by,
        at=at,
        collection=collection,
    )
    Resident.objects.bulk_update(people, sorted({*fields, "version", "collection"}), batch_size=200)


def _write_phones_and_facts(plans: Sequence[PersonPlan], collection: Collection) -> None:
    Phone.objects.bulk_create(
        (
            Phone(
                resident_id=p.known_pk,
                number=number,
                number_index=index,
                order=order,
                collection=collection,
            )
            for p in plans
            for order, (index, number) in enumerate(p.new_phones.items())
        ),
        batch_size=BATCH,
    )
    Fact.objects.bulk_create(
        (
            Fact(
                resident_id=p.known_pk,
                kind=kind,
                grade=fact.grade,
                since=fact.since,
                until=fact.until,
                collection=collection,
            )
            for p in plans
            for kind, fact in p.new_facts.items()
        ),
        batch_size=BATCH,
        update_conflicts=True,
        update_fields=["grade", "since", "until", "collection"],
        unique_fields=["resident", "kind"],
    )
