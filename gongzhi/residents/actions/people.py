"""Changing one person: corrections, moves, the end; phones, facts and relations."""

from datetime import date, datetime

from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from gongzhi.access.checks import require
from gongzhi.access.models import Person
from gongzhi.access.roles import Can
from gongzhi.kernel.actions import action
from gongzhi.kernel.refusals import NotPossible, NotUnderstood
from gongzhi.places.models import Area, Collection, Dwelling
from gongzhi.residents.actions.editing import Changes, may_keep, tell, write
from gongzhi.residents.actions.indexing import index
from gongzhi.residents.actions.tagging import retag
from gongzhi.residents.models import Fact, Phone, Relation, Resident
from gongzhi.residents.reads.cleaning import Clean, Reader
from gongzhi.residents.record import changed, collection_for
from gongzhi.residents.rows import Collected, NewFact, NewPerson
from gongzhi.residents.words import LifeState, RelationKind, Subject

CORRECTABLE = (
    "name", "id_kind", "id_number", "gender", "born", "ethnicity", "registered_address",
    "residence", "role", "note",
)  # fmt: skip
PHONES_MOST = 10
WAY_BACK = {
    RelationKind.SPOUSE: RelationKind.SPOUSE,
    RelationKind.PARENT: RelationKind.CHILD,
    RelationKind.CHILD: RelationKind.PARENT,
    RelationKind.GUARDIAN: RelationKind.WARD,
    RelationKind.WARD: RelationKind.GUARDIAN,
    RelationKind.CARER: RelationKind.CARED_FOR,
    RelationKind.CARED_FOR: RelationKind.CARER,
    RelationKind.RELATIVE: RelationKind.RELATIVE,
}


@action
def correct(
    *,
    by: Person,
    resident: Resident,
    seen: int,
    fields: dict[str, object],
    collected: Collected,
    at: datetime,
) -> Resident:
    """Set the fields (of CORRECTABLE, empty clears) and keep what was before, sealed.

    `seen` is the version the person looked at: Overtaken when somebody changed it since. The same
    values again change nothing. NotUnderstood names the faulty field.
    """
    may_keep(by, resident)
    if strange := fields.keys() - set(CORRECTABLE):
        raise NotUnderstood(
            _("不能这样更正：%(fields)s。") % {"fields": "、".join(sorted(strange))}
        )
    clean = _cleaned(resident, fields, localdate(at))
    told = {*fields, *({"born", "gender"} if fields.get("id_number") else ())}
    changes: Changes = {
        name: (getattr(resident, name), getattr(clean, name))
        for name in CORRECTABLE
        if name in told and getattr(clean, name) != getattr(resident, name)
    }
    if not changes:
        return resident
    derived = {"id_index": clean.id_index} if "id_number" in changes else {}
    collection = collection_for(by, collected)
    write(resident, changes, seen=seen, by=by, at=at, collection=collection, derived=derived)
    if {"name", "id_number"} & changes.keys():
        index([resident.pk])
    if "born" in changes:
        retag([resident.pk], at=at)
    tell("corrected", resident, by=by, at=at, fields=sorted(changes))
    return resident


def _cleaned(resident: Resident, fields: dict[str, object], today: date) -> Clean:
    """The person as they would be; NotUnderstood at the first fault."""
    now = {name: getattr(resident, name) for name in CORRECTABLE} | fields
    if fields.get("id_number"):  # birth date and gender follow from the number
        now |= {"born": fields.get("born"), "gender": fields.get("gender", "")}
    reader = Reader(NewPerson(**now), today)
    clean = reader.read()
    if fault := next((p for p in reader.problems if not p.is_warning), None):
        raise NotUnderstood(fault.sentence, field=fault.field)
    return clean


@action
def move(
    *,
    by: Person,
    resident: Resident,
    seen: int,
    home: Dwelling | None,
    collected: Collected,
    at: datetime,
    address: str = "",
    grid: Area | None = None,
) -> Resident:
    """The person lives in another home, or at an address outside the list of homes, in a grid.

    Who moved out and is seen again is back on record. Overtaken when somebody changed the person
    since version `seen`; moving where they already live changes nothing.
    """
    may_keep(by, resident)
    where = home.grid if home else grid
    if where is None or (home is None and not address.strip()):
        raise NotUnderstood(_("请选择房屋，或填写地址和所在网格。"), field="address")
    require(by, Can.KEEP_REGISTER, within=where)
    if resident.state == LifeState.DECEASED:
        raise NotPossible(_("此人已登记死亡，请先更正后再登记住址。"))
    after = {
        "home_id": home.pk if home else None,
        "address": home.address if home else " ".join(address.split())[:160],
        "grid_id": where.place,
        "state": LifeState.PRESENT.value,
    }
    changes: Changes = {
        name: (getattr(resident, name), value)
        for name, value in after.items()
        if getattr(resident, name) != value
    }
    if not changes:
        return resident
    left = resident.home_id
    collection = collection_for(by, collected)
    derived = {"state_since": localdate(at)} if "state" in changes else {}
    write(resident, changes, seen=seen, by=by, at=at, collection=collection, derived=derived)
    index([resident.pk])
    retag([resident.pk], at=at, homes=[left] if left else [])
    tell("moved", resident, by=by, at=at)
    return resident


@action
def mark_gone(
    *,
    by: Person,
    resident: Resident,
    seen: int,
    state: LifeState,
    since: date,
    collected: Collected,
    at: datetime,
) -> Resident:
    """The person moved out or died on that day: tags by rules go, the record stays.

    NotPossible when already so; Overtaken when somebody changed the person since version `seen`.
    """
    may_keep(by, resident)
    if state not in {LifeState.MOVED_OUT, LifeState.DECEASED}:
        raise NotUnderstood(_("只能登记迁出或死亡。"), field="state")
    if since > localdate(at):
        raise NotUnderstood(_("日期不能晚于今天。"), field="since")
    if resident.state == state:
        raise NotPossible(_("此人已登记为“%(state)s”。") % {"state": state.label})
    changes: Changes = {
        "state": (resident.state, state.value),
        "state_since": (resident.state_since, since),
    }
    collection = collection_for(by, collected)
    write(resident, changes, seen=seen, by=by, at=at, collection=collection)
    retag([resident.pk], at=at, homes=[resident.home_id] if resident.home_id else [])
    name = "died" if state == LifeState.DECEASED else "moved_out"
    tell(name, resident, by=by, at=at)
    return resident


@action
def add_phone(
    *,
    by: Person,
    resident: Resident,
    number: str,
    collected: Collected,
    at: datetime,
    remark: str = "",
) -> Phone:
    """One more phone, called after those on record; the same number again changes nothing."""
    may_keep(by, resident)
    reader = Reader(NewPerson(name=resident.name, phones=(number,)), localdate(at))
    clean = reader.read()
    if not clean.phones:
        fault = reader.problems[0].sentence if reader.problems else _("请填写电话。")
        raise NotUnderstood(fault, field="number")
    number_index, number = next(iter(clean.phones.items()))
    known = resident.phones.filter(number_index=number_index).first()
    if known is not None:
        return known
    count = resident.phones.count()
    if count >= PHONES_MOST:
        raise NotPossible(_("最多登记%(n)d个电话，请先删去不用的。") % {"n": PHONES_MOST})
    collection = collection_for(by, collected)
    phone = Phone.objects.create(
        resident=resident,
        number=number,
        number_index=number_index,
        order=count,
        remark=remark.strip()[:40],
        collection=collection,
    )
    _changed(Subject.PHONE, resident, "number", "", number, by, at, collection)
    index([resident.pk])
    tell("phone_added", resident, by=by, at=at)
    return phone


@action
def remove_phone(
    *, by: Person, resident: Resident, phone: Phone, collected: Collected, at: datetime
) -> None:
    """The phone is not theirs any more; it stays in the history, sealed."""
    may_keep(by, resident)
    gone, _rows = resident.phones.filter(pk=phone.pk).delete()
    if not gone:
        raise NotPossible(_("这个电话已经删去了。"))
    collection = collection_for(by, collected)
    _changed(Subject.PHONE, resident, "number", phone.number, "", by, at, collection)
    index([resident.pk])
    tell("phone_removed", resident, by=by, at=at)


@action
def set_fact(
    *, by: Person, resident: Resident, fact: NewFact, collected: Collected, at: datetime
) -> Fact:
    """The fact holds, with this grade and time; what was said before goes into the history."""
    may_keep(by, resident)
    reader = Reader(NewPerson(name=resident.name, facts=(fact,)), localdate(at))
    reader.read()
    if fault := next((p for p in reader.problems if p.field == "facts"), None):
        raise NotUnderstood(fault.sentence, field="kind")
    known = resident.facts.filter(kind=fact.kind).first()
    before = _said(known) if known else ""
    after = _said(fact)
    if known and before == after:
        return known
    collection = collection_for(by, collected)
    row, _made = Fact.objects.update_or_create(
        resident=resident,
        kind=fact.kind,
        defaults={
            "grade": fact.grade,
            "since": fact.since,
            "until": fact.until,
            "collection": collection,
        },
    )
    _changed(Subject.FACT, resident, fact.kind, before, after, by, at, collection)
    retag([resident.pk], at=at)
    tell("fact_set", resident, by=by, at=at, kind=fact.kind)
    return row


@action
def drop_fact(
    *, by: Person, resident: Resident, kind: str, collected: Collected, at: datetime
) -> None:
    """The fact was wrong or is over; tags that rest on it go, the history keeps it."""
    may_keep(by, resident)
    known = resident.facts.filter(kind=kind).first()
    if known is None:
        raise NotPossible(_("没有登记这项情况，可能刚被别人删去。"))
    known.delete()
    collection = collection_for(by, collected)
    _changed(Subject.FACT, resident, kind, _said(known), "", by, at, collection)
    retag([resident.pk], at=at)
    tell("fact_dropped", resident, by=by, at=at, kind=kind)


def _said(fact: Fact | NewFact) -> str:
    return f"{fact.grade or ''};{fact.since or ''};{fact.until or ''}"


@action
def relate(
    *,
    by: Person,
    resident: Resident,
    other: Resident,
    kind: RelationKind,
    collected: Collected,
    at: datetime,
) -> Relation:
    """`other` is that to the person, and the person the reverse to them; again changes nothing."""
    may_keep(by, resident)
    if other.pk == resident.pk:
        raise NotUnderstood(_("不能登记为自己的亲属。"), field="other")
    collection = collection_for(by, collected)
    row, made = Relation.objects.get_or_create(
        resident=resident, other=other, kind=kind, defaults={"collection": collection}
    )
    if back := WAY_BACK.get(kind):
        Relation.objects.get_or_create(
            resident=other, other=resident, kind=back, defaults={"collection": collection}
        )
    if made:
        tell("related", resident, by=by, at=at, other=other.pk, kind=kind.value)
    else:
        collection.delete()
    return row


@action
def unrelate(*, by: Person, resident: Resident, relation: Relation, at: datetime) -> None:
    """They are not that to each other, both ways."""
    may_keep(by, resident)
    gone, _rows = resident.relations.filter(pk=relation.pk).delete()
    if not gone:
        raise NotPossible(_("这条关系已经删去了。"))
    kind = RelationKind(relation.kind)
    if back := WAY_BACK.get(kind):
        Relation.objects.filter(resident=relation.other_id, other=resident, kind=back).delete()
    tell("unrelated", resident, by=by, at=at, other=relation.other_id, kind=kind.value)


def _changed(
    subject: Subject,
    resident: Resident,
    field: str,
    before: str,
    after: str,
    by: Person,
    at: datetime,
    collection: Collection,
) -> None:
    changed(subject, [(resident.pk, field, before, after)], by=by, at=at, collection=collection)
