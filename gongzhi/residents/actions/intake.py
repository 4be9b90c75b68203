"""Taking people in, many at once: an import, a district's hand-over, one door on a round.

Whatever can be done before the transaction is (`make_ready`), since everybody else waits for it on
SQLite; what is left is rows on their way into tables.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, connection
from django.utils.translation import gettext as _

from gongzhi.access.checks import require
from gongzhi.access.models import Person
from gongzhi.access.roles import Can
from gongzhi.journal.record import record
from gongzhi.kernel.actions import action
from gongzhi.kernel.refusals import Overtaken
from gongzhi.kernel.rows import insert_many
from gongzhi.kernel.sealed import sealed_ahead
from gongzhi.places.models import Collection
from gongzhi.residents.actions.indexing import Indexed, index, put_terms, terms_for
from gongzhi.residents.actions.tagging import retag
from gongzhi.residents.models import Fact, Household, Phone, Resident
from gongzhi.residents.reads.plans import PersonPlan, Ready, Weighed, households_of, plan_people
from gongzhi.residents.record import changed, collection_for, said_of
from gongzhi.residents.rows import BrokenRows, Collected, NewPerson, Plan
from gongzhi.residents.words import Outcome, Subject

BATCH = 2000


def refuse_faults(plans: Sequence[Plan]) -> None:
    """BrokenRows (422) when any row has a fault; then nothing of the list is taken in."""
    faults = {n: plan.faults for n, plan in enumerate(plans) if plan.problems and plan.faults}
    if faults:
        first, problems = next(iter(faults.items()))
        raise BrokenRows(
            _("有%(count)d行不能入库，全部未导入。第%(row)d行：%(why)s")
            % {"count": len(faults), "row": first + 1, "why": problems[0].sentence},
            faults,
        )


def make_ready(weighed: Weighed) -> None:
    """Seal, find the terms, look the households up: reads only, before anybody has to wait."""
    plans = [plan for plan in weighed.plans if isinstance(plan, PersonPlan)]
    for plan in plans:
        if plan.outcome == Outcome.NEW and plan.ready is None:
            plan.ready = _ready(plan)
    keys = [key for plan in plans for key in plan.keys]
    weighed.is_doubtful = len(keys) != len(set(keys))
    weighed.households = households_of(plans)


def _ready(plan: PersonPlan) -> Ready:
    clean = plan.clean
    known = Indexed(
        clean.name, clean.address, clean.place or 0, tuple(clean.phones.values()), clean.id_number
    )
    phones = {index: sealed_ahead(number) for index, number in clean.phones.items()}
    return Ready(sealed_ahead(clean.id_number), phones, terms_for(known))


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
    if weighed is None or len(weighed.plans) != len(rows) or not weighed.still_holds():
        weighed = Weighed.begin()
        weighed.plans += plan_people(by=by, rows=rows, at=at, can=can)
    plans = [plan for plan in weighed.plans if isinstance(plan, PersonPlan)]
    refuse_faults(plans)
    news = [p for p in plans if p.outcome == Outcome.NEW]
    olds = [p for p in plans if p.outcome == Outcome.CHANGED]
    if not news and not olds:
        return plans
    if weighed.households is None:
        make_ready(weighed)
    collection = collection_for(by, collected)
    try:
        households = _households(news + olds, weighed.households or {}, collection)
        for start in range(0, len(news), BATCH):
            _write_new(news[start : start + BATCH], collection.pk, households)
        _write_changed(olds, collection, households, by=by, at=at)
        _write_phones_and_facts(olds, collection, by=by, at=at)
    except IntegrityError as error:
        raise Overtaken(_("同时有人登记了其中的人员，请重新预检后再导入。")) from error
    index(p.known_pk for p in olds)
    left = [p.changes["home_id"][0] for p in olds if "home_id" in p.changes]
    touched = [p.known_pk for p in (*news, *olds)]
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


def _households(
    plans: Sequence[PersonPlan], known: dict[str, int], collection: Collection
) -> dict[str, int]:
    """The households named in the rows, by number; made where missing."""
    missing: dict[str, dict[str, Any]] = {}
    for clean in (plan.clean for plan in plans):
        if clean.household and clean.household not in known and clean.place is not None:
            missing.setdefault(
                clean.household,
                {
                    "number": clean.household,
                    "dwelling_id": clean.home.pk if clean.home else None,
                    "grid_id": clean.place,
                    "collection_id": collection.pk,
                },
            )
    rows = list(missing.values())
    made = [
        pk
        for start in range(0, len(rows), BATCH)
        for pk in insert_many(Household, rows[start : start + BATCH])
    ]
    return known | dict(zip(missing, made, strict=True))


def _write_new(plans: Sequence[PersonPlan], collection: int, households: dict[str, int]) -> None:
    """People with their phones, facts and terms."""
    pks = insert_many(Resident, [_row(plan, collection, households) for plan in plans])
    for plan, pk in zip(plans, pks, strict=True):
        plan.pk = pk
    insert_many(Phone, list(_phones(plans, collection)))
    insert_many(
        Fact,
        [
            {
                "resident_id": plan.pk, "kind": kind, "grade": fact.grade, "since": fact.since,
                "until": fact.until, "collection_id": collection,
            }
            for plan in plans
            for kind, fact in plan.new_facts.items()
        ],
    )  # fmt: skip
    put_terms([(plan.known_pk, plan.ready.terms) for plan in plans if plan.ready])


def _row(plan: PersonPlan, collection: int, households: dict[str, int]) -> dict[str, Any]:
    clean, ready = plan.clean, plan.ready
    return {
        "name": clean.name,
        "id_kind": clean.id_kind,
        "id_number": ready.id_number if ready else clean.id_number,
        "id_index": clean.id_index,
        "gender": clean.gender,
        "born": clean.born,
        "ethnicity": clean.ethnicity,
        "home_id": clean.home.pk if clean.home else None,
        "address": clean.address,
        "grid_id": clean.place,  # planned: a person without a place has a fault
        "registered_address": clean.registered_address,
        "residence": clean.residence,
        "household_id": households.get(clean.household),
        "role": clean.role,
        "note": clean.note,
        "collection_id": collection,
    }


def _phones(plans: Sequence[PersonPlan], collection: int) -> Iterator[dict[str, Any]]:
    for plan in plans:
        sealed = plan.ready.phones if plan.ready else plan.new_phones
        for order, index_ in enumerate(plan.new_phones, plan.phones_before):
            yield {
                "resident_id": plan.pk, "number": sealed[index_], "number_index": index_,
                "order": order, "collection_id": collection,
            }  # fmt: skip


def _write_changed(
    plans: Sequence[PersonPlan],
    collection: Collection,
    households: dict[str, int],
    *,
    by: Person,
    at: datetime,
) -> None:
    """What the rows say anew of people on record; Overtaken when somebody changed one since."""
    groups: dict[tuple[str, ...], list[list[Any]]] = defaultdict(list)
    for plan in plans:
        if plan.resident is None or not plan.changes:
            continue
        told = {name: after for name, (_before, after) in plan.changes.items()}
        if "household" in told:
            told["household"] = households[str(told["household"])]
        if "id_number" in told:
            told["id_index"] = plan.clean.id_index
        fields: dict[str, Any] = {
            name: Resident._meta.get_field(name.removesuffix("_id")) for name in told
        }
        columns = tuple(field.column for field in fields.values())
        values = [fields[n].get_db_prep_save(value, connection) for n, value in told.items()]
        groups[columns].append([*values, collection.pk, plan.pk, plan.resident.version])
    with connection.cursor() as cursor:
        for columns, rows in groups.items():
            marked = ", ".join(f"{column} = %s" for column in columns)
            cursor.executemany(
                f"UPDATE residents_resident SET {marked}, version = version + 1, "  # noqa: S608 - names come from the model; values are parameters
                "collection_id = %s WHERE id = %s AND version = %s",
                rows,
            )
            if cursor.rowcount != len(rows):
                raise Overtaken(_("同时有人改了其中的人员，请重新预检后再导入。"))
    past = [(p.known_pk, name, *pair) for p in plans for name, pair in p.changes.items()]
    changed(Subject.RESIDENT, past, by=by, at=at, collection=collection)


def _write_phones_and_facts(
    plans: Sequence[PersonPlan], collection: Collection, *, by: Person, at: datetime
) -> None:
    """New phones, and facts that are new or say more, of people on record; with their history."""
    insert_many(Phone, list(_phones(plans, collection.pk)))
    past = [(p.known_pk, "number", "", number) for p in plans for number in p.new_phones.values()]
    changed(Subject.PHONE, past, by=by, at=at, collection=collection)
    facts = [(p, kind, fact) for p in plans for kind, fact in p.new_facts.items()]
    Fact.objects.bulk_create(
        (
            Fact(
                resident_id=plan.known_pk,
                kind=kind,
                grade=fact.grade,
                since=fact.since,
                until=fact.until,
                collection=collection,
            )
            for plan, kind, fact in facts
        ),
        batch_size=BATCH,
        update_conflicts=True,
        update_fields=["grade", "since", "until", "collection"],
        unique_fields=["resident", "kind"],
    )
    said = [(p.known_pk, kind, p.facts_before[kind], said_of(fact)) for p, kind, fact in facts]
    changed(Subject.FACT, said, by=by, at=at, collection=collection)
