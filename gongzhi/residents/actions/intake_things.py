"""Taking in dwellings, organisations and components, many at once."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, models
from django.utils.translation import gettext as _

from gongzhi.access.checks import require
from gongzhi.access.models import Person
from gongzhi.access.roles import Can
from gongzhi.journal.record import record
from gongzhi.kernel.actions import action
from gongzhi.kernel.refusals import Overtaken
from gongzhi.places.models import Collection, Component, Dwelling, Stairwell
from gongzhi.places.rules import dwelling_code
from gongzhi.residents.actions.indexing import index
from gongzhi.residents.actions.intake import BATCH, refuse_faults
from gongzhi.residents.actions.tagging import retag
from gongzhi.residents.models import Organisation, Ownership, Resident
from gongzhi.residents.reads.plans_homes import DwellingPlan, plan_dwellings
from gongzhi.residents.reads.plans_things import plan_components, plan_organisations
from gongzhi.residents.record import changed, collection_for
from gongzhi.residents.rows import (
    Collected,
    NewComponent,
    NewDwelling,
    NewOrganisation,
    Plan,
)
from gongzhi.residents.words import Outcome, Subject


@action
def take_in_dwellings(
    *, by: Person, rows: Sequence[NewDwelling], collected: Collected, at: datetime
) -> list[DwellingPlan]:
    """Add the dwellings and what the rows say anew, with stairwells and owners; all, or BrokenRows.

    A dwelling whose address or grid changes takes the people who live there along. The same rows
    once more change nothing.
    """
    require(by, Can.TAKE_IN_TABLES, within=None)
    plans = plan_dwellings(by=by, rows=rows, at=at)
    refuse_faults(plans)
    owners = _new_owners(plans)
    if not owners and not any(p.outcome in {Outcome.NEW, Outcome.CHANGED} for p in plans):
        return plans
    collection = collection_for(by, collected)
    try:
        _make_stairwells(plans)
        _write(plans, Dwelling, Subject.DWELLING, collection, by=by, at=at)
        _write_owners(plans, owners, collection)
    except IntegrityError as error:
        raise Overtaken(_("同时有人登记了其中的房屋，请重新预检后再导入。")) from error
    _take_occupants_along(plans, at=at)
    _record("residents.dwellings_taken_in", plans, collection, by=by, at=at)
    return plans


@action
def take_in_organisations(
    *, by: Person, rows: Sequence[NewOrganisation], collected: Collected, at: datetime
) -> list[Plan]:
    """Add the organisations and what the rows say anew; all of them, or none with BrokenRows.

    The same rows once more change nothing.
    """
    require(by, Can.TAKE_IN_TABLES, within=None)
    plans = plan_organisations(by=by, rows=rows, at=at)
    return _taken_in(plans, Organisation, Subject.ORGANISATION, collected, by=by, at=at)


@action
def take_in_components(
    *, by: Person, rows: Sequence[NewComponent], collected: Collected, at: datetime
) -> list[Plan]:
    """Add the components and what the rows say anew; all of them, or none with BrokenRows.

    The same rows once more change nothing.
    """
    require(by, Can.TAKE_IN_TABLES, within=None)
    plans = plan_components(by=by, rows=rows, at=at)
    return _taken_in(plans, Component, Subject.COMPONENT, collected, by=by, at=at)


def _taken_in(
    plans: list[Plan],
    model: type[models.Model],
    subject: Subject,
    collected: Collected,
    *,
    by: Person,
    at: datetime,
) -> list[Plan]:
    refuse_faults(plans)
    if not any(p.outcome in {Outcome.NEW, Outcome.CHANGED} for p in plans):
        return plans
    collection = collection_for(by, collected)
    try:
        _write(plans, model, subject, collection, by=by, at=at)
    except IntegrityError as error:
        raise Overtaken(_("同时有人登记了其中的内容，请重新预检后再导入。")) from error
    _record(f"residents.{subject}s_taken_in", plans, collection, by=by, at=at)
    return plans


def _write(
    plans: Sequence[Plan],
    model: type[models.Model],
    subject: Subject,
    collection: Collection,
    *,
    by: Person,
    at: datetime,
) -> None:
    """Write new rows and changed fields of one kind of thing, with the history of the latter."""
    news = [p for p in plans if p.outcome == Outcome.NEW]
    made = model._default_manager.bulk_create(
        [model(**_given(p.values), collection=collection) for p in news], batch_size=BATCH
    )
    for plan, row in zip(news, made, strict=True):
        plan.pk = row.pk
    olds = {p.known_pk: p for p in plans if p.outcome == Outcome.CHANGED}
    if not olds:
        return
    changed(
        subject,
        [(pk, name, *pair) for pk, p in olds.items() for name, pair in p.changes.items()],
        by=by,
        at=at,
        collection=collection,
    )
    rows: list[Any] = list(model._default_manager.filter(pk__in=olds))
    fields = {"version", "collection"}
    for row in rows:
        for name, (_before, after) in olds[row.pk].changes.items():
            setattr(row, name, after)
            fields.add(name)
        row.version += 1
        row.collection = collection
    model._default_manager.bulk_update(rows, sorted(fields), batch_size=200)


def _given(values: dict[str, Any]) -> dict[str, Any]:
    """What is known; the rest keeps the column's default."""
    return {name: value for name, value in values.items() if value not in (None, "")}


def _record(
    name: str, plans: Sequence[Plan], collection: Collection, *, by: Person, at: datetime
) -> None:
    record(
        name,
        about=collection,
        by=by,
        at=at,
        area_path=by.held[0].area.path,
        new=sum(p.outcome == Outcome.NEW for p in plans),
        changed=sum(p.outcome == Outcome.CHANGED for p in plans),
    )


def _make_stairwells(plans: Sequence[DwellingPlan]) -> None:
    """Make missing stairwells, and give new dwellings their stairwell and code."""
    missing: dict[tuple[int, str], Stairwell] = {}
    for plan in plans:
        if plan.building and plan.values["stairwell_id"] is None:
            key = (plan.building.pk, plan.stairwell)
            missing.setdefault(key, Stairwell(building=plan.building, name=plan.stairwell))
    Stairwell.objects.bulk_create(missing.values(), batch_size=BATCH)
    for plan in plans:
        if plan.building is None or plan.outcome == Outcome.SAME:
            continue
        values = plan.values
        if values["stairwell_id"] is None:
            values["stairwell_id"] = missing[plan.building.pk, plan.stairwell].pk
        if plan.outcome == Outcome.NEW and not values["code"]:
            community = plan.building.estate.area.place or 0
            values["code"] = dwelling_code(community, values["stairwell_id"], values["name"])


def _new_owners(plans: Sequence[DwellingPlan]) -> set[tuple[int | None, int, str]]:
    """(dwelling, resident, kind) told in the rows and not on record; None for a new dwelling."""
    told = {(p.pk, pk, owner.kind) for p in plans for owner, pk in p.owners}
    known = Ownership.objects.filter(dwelling__in={pk for pk, _r, _k in told if pk})
    return told - set(known.values_list("dwelling", "resident", "kind"))


def _write_owners(
    plans: Sequence[DwellingPlan],
    new: set[tuple[int | None, int, str]],
    collection: Collection,
) -> None:
    fresh = {p.pk for p in plans if p.outcome == Outcome.NEW}
    Ownership.objects.bulk_create(
        (
            Ownership(
                dwelling_id=p.known_pk,
                resident_id=pk,
                kind=owner.kind,
                parts=owner.parts,
                whole=owner.whole,
                collection=collection,
            )
            for p in plans
            for owner, pk in p.owners
            if p.pk in fresh or (p.pk, pk, owner.kind) in new
        ),
        batch_size=BATCH,
        ignore_conflicts=True,
    )


def _take_occupants_along(plans: Sequence[DwellingPlan], *, at: datetime) -> None:
    moved = {p.known_pk: p for p in plans if {"address", "grid_id"} & p.changes.keys()}
    if not moved:
        return
    people = list(Resident.objects.filter(home__in=moved).defer("id_number", "note"))
    for person in people:
        values = moved[person.home_id or 0].values
        person.address, person.grid_id = values["address"], values["grid_id"]
    Resident.objects.bulk_update(people, ["address", "grid"], batch_size=200)
    index(person.pk for person in people)
    retag((person.pk for person in people), at=at)
