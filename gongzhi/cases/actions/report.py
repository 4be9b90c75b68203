"""Taking in reports: many at once in one transaction, one as the case of many."""

import math
import secrets
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from gongzhi.access.models import Person
from gongzhi.calendars import reads as calendars
from gongzhi.cases import rules
from gongzhi.cases.dangers import Danger
from gongzhi.cases.files import StoredFile
from gongzhi.cases.models import Attachment, Case
from gongzhi.cases.reads.components import item_for
from gongzhi.cases.reads.desks import first_desk
from gongzhi.cases.reads.flows import first_flow
from gongzhi.cases.words import FileMoment, Nature, Source
from gongzhi.catalogue import reads as catalogue
from gongzhi.catalogue.models import Item
from gongzhi.journal.record import Happening, record_many
from gongzhi.kernel.actions import action
from gongzhi.kernel.refusals import NotUnderstood
from gongzhi.kernel.rows import insert_many, instance_of
from gongzhi.places import reads as places
from gongzhi.places.coordinates import Position, metres_between, to_wgs84
from gongzhi.places.models import Area, Component

NO_WORDS = "（见照片）"  # stored text of a report that is a photo alone
COMPONENT_WITHIN = 300  # metres between a report and the component it may be about


@dataclass(frozen=True)
class NewReport:
    """What arrives at a door, before anything was decided about it.

    `reporter_ref` is "p:<person pk>" or "d:<device fingerprint>"; `lng`, `lat` are in `datum`;
    `item_code` is the reporter's own choice of what it is, if they made one; `area` is where a
    report without a position belongs, when whoever hands it in knows; `via` names a printed code or
    the like by which the reporter came, and is kept in the record. `component` is the code of the
    city component it is about; a report without a position lies where that stands. `nature` is what
    the reporter wants; when nobody says, how the text begins decides. `confirmed` is False for
    forms filled in by somebody who was not yet told to call for help first: danger stops those.
    """

    key: UUID
    reporter_ref: str
    text: str
    person: Person | None = None
    lng: float | None = None
    lat: float | None = None
    datum: str = "wgs84"
    address: str = ""
    item_code: str = ""
    source: str = Source.POCKET
    contact_name: str = ""
    contact_phone: str = ""
    files: Sequence[StoredFile] = field(default_factory=tuple)
    area: Area | None = None
    via: str = ""
    component: str = ""
    nature: str = ""
    confirmed: bool = True


class Where(NamedTuple):
    """The position in WGS-84, if there is one, the area it lies in, and the thing it is about."""

    position: Position | None
    area: Area
    component: Component | None = None


class _Said(NamedTuple):
    """The words of a report, cleaned, and what the catalogue makes of them."""

    text: str
    suggestion: catalogue.Suggestion


_Dues = dict[tuple[int | None, str], datetime]  # by item and grade


class _Decided(NamedTuple):
    """A case as it will be written, with the rows that it points to."""

    row: dict[str, Any]
    by: Person | None
    area: Area
    desk: Area
    item: Item | None


@action
def report_many(*, by: Person | None, reports: Sequence[NewReport], at: datetime) -> list[Case]:
    """Take in reports, in the order given. One sent again gives back the case it made before.

    `by` is who hands the batch in: the reporter of a single report, the clerk or nobody for a
    batch of several. NotUnderstood (422) names what is wrong with the first report that cannot be
    taken; then nothing of the batch is kept.
    """
    drafts = {(r.reporter_ref, r.key): r for r in reports}
    known: dict[tuple[str, UUID], Case] = {}
    for _attempt in range(3):
        fresh = [r for identity, r in drafts.items() if identity not in known]
        try:
            with transaction.atomic():
                made = _write(fresh, by=by, at=at)
        except (IntegrityError, NotUnderstood) as refusal:
            # Perhaps one of them is here already: nearly none is, so only now is it worth looking.
            before, known = known, _already_here(drafts)
            if isinstance(refusal, NotUnderstood) and known.keys() == before.keys():
                raise
            continue
        known.update({(c.reporter_ref, c.key): c for c in made})
        return [known[r.reporter_ref, r.key] for r in reports]
    raise IntegrityError("the same reports kept arriving elsewhere")


def report(*, by: Person | None, new: NewReport, at: datetime) -> Case:
    """Take in one report; the phone may send it twice, the second is the same case."""
    return report_many(by=by, reports=[new], at=at)[0]


def _already_here(drafts: Mapping[tuple[str, UUID], NewReport]) -> dict[tuple[str, UUID], Case]:
    refs = {ref for ref, _key in drafts}
    keys = {key for _ref, key in drafts}
    cases = Case.objects.filter(reporter_ref__in=refs, key__in=keys)
    return {(c.reporter_ref, c.key): c for c in cases if (c.reporter_ref, c.key) in drafts}


def _write(fresh: Sequence[NewReport], *, by: Person | None, at: datetime) -> list[Case]:
    if not fresh:
        return []
    _require_unused(fresh)
    dues: _Dues = {}
    placed = _placed(fresh)
    decided = [
        _decided(new, where, said, dues, at=at)
        for new, where, said in zip(fresh, placed, _heard(fresh), strict=True)
    ]
    cases = _kept(decided)
    Attachment.objects.bulk_create(
        Attachment(
            case=case,
            moment=FileMoment.REPORT,
            by=new.person,
            at=at,
            **stored.as_fields(),
        )
        for case, new in zip(cases, fresh, strict=True)
        for stored in new.files
    )
    record_many(
        Happening(
            "cases.reported",
            case,
            new.person or by,
            at,
            case.area.path,
            {
                "source": case.source,
                "grade": case.grade,
                "item": case.item and case.item.code,
                **({"nature": case.nature} if case.nature != Nature.REPORT else {}),
                **({"via": new.via} if new.via else {}),
                **({"component": new.component} if new.component else {}),
            },
        )
        for case, new in zip(cases, fresh, strict=True)
    )
    return cases


def _kept(decided: Sequence[_Decided]) -> list[Case]:
    """The cases, written."""
    pks = insert_many(Case, [one.row for one in decided])
    return [
        instance_of(
            Case, pk, one.row, reported_by=one.by, area=one.area, desk=one.desk, item=one.item
        )
        for pk, one in zip(pks, decided, strict=True)
    ]


def _require_unused(fresh: Sequence[NewReport]) -> None:
    """A stored file shows one matter; a form sent twice under another key must not share it."""
    tokens = [stored.token for new in fresh for stored in new.files]
    if tokens and (
        len(set(tokens)) < len(tokens) or Attachment.objects.filter(token__in=tokens).exists()
    ):
        raise NotUnderstood(_("这些照片已经随另一件反映提交过了，请重新选择。"), field="photos")


def _heard(fresh: Sequence[NewReport]) -> list[_Said]:
    texts = [_text_of(new) for new in fresh]
    return [_Said(*said) for said in zip(texts, catalogue.suggest_many(texts), strict=True)]


def _decided(new: NewReport, where: Where, said: _Said, dues: _Dues, *, at: datetime) -> _Decided:
    """A case graded, classed and given a deadline; not yet written.

    `dues` remembers for one batch, whose reports all begin at `at`, what is due when.
    """
    text, suggestion = said
    if suggestion.emergency and not new.confirmed:
        raise Danger(suggestion.emergency)
    item = _item_of(new, certain=suggestion.certain, best=suggestion.candidates)
    if item is None and where.component:
        item = item_for(where.component)
    # A reporter who picks a grave matter may describe it mildly, and the other way round.
    grade = rules.graver(suggestion.grade, item.grade) if item else suggestion.grade
    name, phone = _contact_of(new)
    promise = (item.pk if item else None, grade)
    due_at = dues.get(promise) or dues.setdefault(promise, due_of(item, grade, at))
    desk = first_desk(where.area, item)
    row = {
        "key": new.key,
        "reporter_ref": new.reporter_ref,
        "reported_by_id": new.person and new.person.pk,
        "contact_name": name,
        "contact_phone": phone,
        "secret": f"{secrets.randbelow(10**8):08d}",
        "source": new.source,
        "nature": new.nature or rules.nature_of(text),
        "title": rules.title(text),
        "text": text,
        "area_id": where.area.pk,
        "desk_id": desk.pk,
        "desk_since": at,
        "lng": where.position and round(where.position[0], 6),
        "lat": where.position and round(where.position[1], 6),
        "address": _address_of(new) or (where.component.address if where.component else ""),
        "component_id": where.component and where.component.pk,
        "item_id": item and item.pk,
        "grade": grade,
        "flow_id": first_flow(item),
        "suggestion": catalogue.as_json(suggestion),
        "reported_at": at,
        "due_at": due_at,
        "warn_at": rules.warning(at, due_at),
    }
    return _Decided(row, new.person, where.area, desk, item)


def due_of(item: Item | None, grade: str, start: datetime) -> datetime:
    """The promised time of a case of this item and grade that began at `start`."""
    return rules.due(
        localtime(start),
        grade=grade,
        item_grade=item.grade if item else None,
        limit=rules.handling_limit(item.stages) if item else None,
        calendar=calendars.in_force(),
    )


def _text_of(new: NewReport) -> str:
    text = rules.clean(new.text)
    if len(text) > rules.TEXT_MOST:
        raise NotUnderstood(
            _("内容最多 %(most)s 字，现在有 %(now)s 字，请删减后再提交。")
            % {"most": rules.TEXT_MOST, "now": len(text)},
            field="text",
        )
    if rules.says_something(text):
        return text
    if new.files:
        return text or NO_WORDS
    raise NotUnderstood(_("请写下发生了什么，至少两个字；也可以只拍一张照片。"), field="text")


def _address_of(new: NewReport) -> str:
    address = rules.clean(new.address)
    if len(address) > rules.ADDRESS_MOST:
        raise NotUnderstood(
            _("地点最多 %(most)s 字，请写得简短些。") % {"most": rules.ADDRESS_MOST},
            field="address",
        )
    return address


def _contact_of(new: NewReport) -> tuple[str, str]:
    """Name and phone as they will be sealed; both may be empty."""
    name = rules.clean(new.contact_name)
    phone = unicodedata.normalize("NFKC", rules.clean(new.contact_phone))  # １３８ is 138
    if len(name) > rules.NAME_MOST:
        raise NotUnderstood(_("称呼最多 %(most)s 字。") % {"most": rules.NAME_MOST}, field="name")
    if phone and not rules.is_phone(phone):
        raise NotUnderstood(_("电话号码好像不对，请检查，或者留空。"), field="phone")
    return name, phone


def _placed(fresh: Sequence[NewReport]) -> list[Where]:
    """Where each report lies; without a position the area it names, else the whole district."""
    components = _components_of(fresh)
    positions = [_position_of(new, components.get(new.component)) for new in fresh]
    areas = iter(places.areas_at([p for p in positions if p is not None]))
    nowhere = any(p is None and new.area is None for p, new in zip(positions, fresh, strict=True))
    district = places.district() if nowhere else None  # one row for all of them, read once
    placed = []
    for new, position in zip(fresh, positions, strict=True):
        area = new.area or district if position is None else next(areas)
        if area is None:
            raise NotUnderstood(
                _("这个位置在本区以外，我们办不了。请在地图上重新选点，或去掉定位只写地址。"),
                field="place",
            )
        placed.append(Where(position, area, components.get(new.component)))
    return placed


def _components_of(fresh: Sequence[NewReport]) -> dict[str, Component]:
    """The components that reports name, by code; most name none, and then nothing is asked."""
    codes = {new.component for new in fresh if new.component}
    found = {c.code: c for c in Component.objects.filter(code__in=codes)} if codes else {}
    if missing := codes - found.keys():
        raise NotUnderstood(
            _("没有找到编号“%(code)s”的公共设施。请核对 16 位编号，或不填。")
            % {"code": min(missing)[:20]},
            field="component",
        )
    return found


def _position_of(new: NewReport, component: Component | None) -> Position | None:
    """The position in WGS-84, else the component's; None when only an address was given."""
    if component is None:
        return _own_position_of(new)
    stands = (component.lng, component.lat)
    if new.lng is None and new.lat is None:
        return stands
    position = _own_position_of(new)
    if position and (metres := metres_between(position, stands)) > COMPONENT_WITHIN:
        raise NotUnderstood(
            _("所选的设施离您定的位置有 %(m)s 米，请重新选择设施，或重新定位。")
            % {"m": round(metres)},
            field="component",
        )
    return position


def _own_position_of(new: NewReport) -> Position | None:
    if (new.lng is None) != (new.lat is None):
        raise NotUnderstood(_("位置不完整，请重新定位，或去掉定位只写地址。"), field="place")
    if new.lng is None or new.lat is None:
        if not rules.clean(new.address) and new.area is None:
            raise NotUnderstood(_("请写明地点，或点“定位”、在地图上选点。"), field="place")
        return None
    if not (math.isfinite(new.lng) and math.isfinite(new.lat)):
        raise NotUnderstood(_("位置不是有效的经纬度，请重新定位。"), field="place")
    try:
        return to_wgs84(new.lng, new.lat, new.datum)
    except ValueError as error:
        raise NotUnderstood(str(error), field="place") from error


def _item_of(new: NewReport, *, certain: bool, best: Sequence[catalogue.Candidate]) -> Item | None:
    """The reporter's own choice, else the scorer's when it is certain, else a person decides."""
    if new.item_code:
        item = catalogue.item(new.item_code)
        if item is None:
            raise NotUnderstood(_("所选的事项不存在，请重新选择或留空。"), field="item")
        return item
    return catalogue.item(best[0].code) if certain and best else None
