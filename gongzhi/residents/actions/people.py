"""Changing one person: corrections, moves, the end."""

from datetime import date, datetime

from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from gongzhi.access.checks import require
from gongzhi.access.models import Person
from gongzhi.access.roles import Can
from gongzhi.kernel.actions import action
from gongzhi.kernel.refusals import NotPossible, NotUnderstood
from gongzhi.places.models import Area, Dwelling
from gongzhi.residents.actions.editing import Changes, may_keep, tell, write
from gongzhi.residents.actions.indexing import index
from gongzhi.residents.actions.tagging import retag
from gongzhi.residents.models import Resident
from gongzhi.residents.reads.cleaning import Clean, Reader
from gongzhi.residents.record import collection_for
from gongzhi.residents.rows import Collected, NewPerson
from gongzhi.residents.words import LifeState

CORRECTABLE = (
    "name", "id_kind", "id_number", "gender", "born", "ethnicity", "registered_address",
    "residence", "role", "note",
)  # fmt: skip


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
