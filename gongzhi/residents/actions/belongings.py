"""What belongs to one person: phones, facts that departments say, relations to others."""

from datetime import datetime

from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from gongzhi.access.models import Person
from gongzhi.kernel.actions import action
from gongzhi.kernel.refusals import NotPossible, NotUnderstood, Overtaken
from gongzhi.residents.actions.editing import may_keep, tell
from gongzhi.residents.actions.indexing import index
from gongzhi.residents.actions.tagging import retag
from gongzhi.residents.models import Fact, Phone, Relation, Resident
from gongzhi.residents.reads.cleaning import Reader
from gongzhi.residents.record import changed, collection_for, said_of, told_of
from gongzhi.residents.rows import Collected, NewFact, NewPerson
from gongzhi.residents.words import RelationKind, Subject

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
    past = [(resident.pk, "number", "", number)]
    changed(Subject.PHONE, past, by=by, at=at, collection=collection)
    index([resident.pk])
    tell("phone_added", resident, by=by, at=at)
    return phone


@action
def remove_phone(
    *, by: Person, resident: Resident, phone: Phone, collected: Collected, at: datetime
) -> None:
    """The phone is not theirs any more; it stays in the history, sealed. Again: Overtaken."""
    may_keep(by, resident)
    gone, _rows = resident.phones.filter(pk=phone.pk).delete()
    if not gone:
        raise Overtaken(_("这个电话刚才已被删去。"))
    past = [(resident.pk, "number", phone.number, "")]
    changed(Subject.PHONE, past, by=by, at=at, collection=collection_for(by, collected))
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
        raise NotUnderstood(fault.sentence, field="until" if fact.until else "kind")
    known = resident.facts.filter(kind=fact.kind).first()
    before = said_of(known) if known else ""
    after = said_of(fact)
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
    past = [(resident.pk, fact.kind, before, after)]
    changed(Subject.FACT, past, by=by, at=at, collection=collection)
    retag([resident.pk], at=at)
    tell("fact_set", resident, by=by, at=at, kind=fact.kind)
    return row


@action
def drop_fact(
    *, by: Person, resident: Resident, fact: Fact, collected: Collected, at: datetime
) -> None:
    """The fact was wrong or is over; tags that rest on it go, the history keeps it.

    `fact` is what the person looked at: Overtaken when somebody dropped or changed it since.
    """
    may_keep(by, resident)
    seen = resident.facts.filter(pk=fact.pk, collection=fact.collection_id)
    gone, _rows = seen.delete()
    if not gone:
        raise Overtaken(_("刚才有人改过或删去了这项情况，请看看后再决定。"))
    past = [(resident.pk, fact.kind, said_of(fact), "")]
    changed(Subject.FACT, past, by=by, at=at, collection=collection_for(by, collected))
    retag([resident.pk], at=at)
    tell("fact_dropped", resident, by=by, at=at, kind=fact.kind)


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
    known = resident.relations.filter(other=other, kind=kind).first()
    if known is not None:
        return known
    collection = collection_for(by, collected)
    row = Relation.objects.create(resident=resident, other=other, kind=kind, collection=collection)
    past = [(resident.pk, "relation", "", told_of(kind, other.pk))]
    if back := WAY_BACK.get(kind):
        _back, made = Relation.objects.get_or_create(
            resident=other, other=resident, kind=back, defaults={"collection": collection}
        )
        past += [(other.pk, "relation", "", told_of(back, resident.pk))] * made
    changed(Subject.RELATION, past, by=by, at=at, collection=collection)
    tell("related", resident, by=by, at=at, other=other.pk, kind=kind.value)
    return row


@action
def unrelate(
    *, by: Person, resident: Resident, relation: Relation, collected: Collected, at: datetime
) -> None:
    """They are not that to each other, both ways. Again: Overtaken."""
    may_keep(by, resident)
    gone, _rows = resident.relations.filter(pk=relation.pk).delete()
    if not gone:
        raise Overtaken(_("这条关系刚才已被删去。"))
    kind, other = RelationKind(relation.kind), relation.other_id
    past = [(resident.pk, "relation", told_of(kind, other), "")]
    if back := WAY_BACK.get(kind):
        theirs = Relation.objects.filter(resident=other, other=resident, kind=back)
        gone, _rows = theirs.delete()
        past += [(other, "relation", told_of(back, resident.pk), "")] * bool(gone)
    changed(Subject.RELATION, past, by=by, at=at, collection=collection_for(by, collected))
    tell("unrelated", resident, by=by, at=at, other=other, kind=kind.value)
