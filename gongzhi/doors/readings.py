"""What another system sent, read by its layout into a report; whatever does not fit is said."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.timezone import get_current_timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from gongzhi.cases import rules
from gongzhi.cases.actions import NewReport
from gongzhi.cases.words import Source
from gongzhi.doors import layouts
from gongzhi.doors.layouts import Layout, Unfit
from gongzhi.doors.plain import plain
from gongzhi.doors.reports import key_of
from gongzhi.doors.whereabouts import Gazetteer, Whereabouts
from gongzhi.kernel.refusals import NotUnderstood
from gongzhi.kernel.sealed import blind_index

NUMBER_MOST = 120
YES = frozenset({"1", "true", "yes", "y", "是", "保密", "匿名"})
FAULTS = {
    "missing": gettext_noop("缺少“%(theirs)s”，请补上。"),
    "wrong_type": gettext_noop("“%(theirs)s”应是文字或数字。"),
    "unknown_code": gettext_noop("“%(theirs)s”没有“%(value)s”这个代码，请对照接入说明。"),
    "too_long": gettext_noop("“%(theirs)s”太长了。"),
    "bad_time": gettext_noop("“%(theirs)s”不是时间：%(value)s，应写成 2026-11-22 08:30:00。"),
    "bad_number": gettext_noop("“%(theirs)s”不是数字：%(value)s。"),
}


class UnknownCode(NotUnderstood):
    """A code that the layout's tables do not have."""


class NoPlace(NotUnderstood):
    """Neither a position nor an address nor an area."""


@dataclass(frozen=True)
class Reading:
    """Our fields of one message, and the report they make."""

    external_id: str
    fields: dict[str, str]
    new: NewReport
    sent_at: datetime | None
    due_at: datetime | None


def read_matter(
    sent: dict[str, Any],
    layout: Layout,
    *,
    door: str,
    source: Source,
    names: Gazetteer,
    issuer: str = "",
) -> Reading:
    """The report behind a message. NotUnderstood (422) names the other side's field."""
    try:
        fields = {ours: rules.clean(text) for ours, text in layout.read(sent).items()}
        return _reading(fields, layout, door, source, names, issuer)
    except Unfit as unfit:
        said = {"theirs": unfit.theirs, "value": unfit.value}
        refusal = UnknownCode if unfit.fault == "unknown_code" else NotUnderstood
        raise refusal(_(FAULTS[unfit.fault]) % said, field=unfit.theirs) from unfit


def _reading(
    fields: dict[str, str],
    layout: Layout,
    door: str,
    source: Source,
    names: Gazetteer,
    issuer: str,
) -> Reading:
    number = fields.get("external_id", "")
    if not number:
        raise Unfit("missing", "external_id", layout.theirs("external_id"))
    if len(number) > NUMBER_MOST:
        raise Unfit("too_long", "external_id", layout.theirs("external_id"))
    phone = fields.get("phone", "")
    secret = fields.get("confidential", "").lower() in YES
    component = _component(fields, layout, names)
    where, address = _where(fields, layout, names, known=bool(component))
    return Reading(
        external_id=number,
        fields=fields,
        new=NewReport(
            key=key_of(door, issuer, number),
            reporter_ref=_ref(door, issuer, phone, number),
            text=_text(fields),
            lng=where.lng,
            lat=where.lat,
            area=where.area,
            datum=fields.get("datum", "wgs84") if "lng" in fields else "wgs84",
            address=address,
            item_code=fields.get("item", ""),
            component=component,
            source=source,
            nature=rules.nature(fields.get("kind", "")),
            contact_name="" if secret else fields.get("name", "")[: rules.NAME_MOST],
            # Many sides send 138****6021: no reason to refuse the matter, and nothing to keep.
            contact_phone=phone if rules.is_phone(phone) and not secret else "",
        ),
        sent_at=_moment(fields, "sent_at", layout),
        due_at=_moment(fields, "due_at", layout),
    )


def _component(fields: dict[str, str], layout: Layout, names: Gazetteer) -> str:
    """The code of the city component it is about; UnknownCode for one that is not registered."""
    code = "".join(fields.get("component", "").split())
    if code and not names.has_component(code):
        theirs = layout.theirs("component")
        said = {"theirs": theirs, "value": code[:60]}
        raise UnknownCode(_("“%(theirs)s”没有登记过编号“%(value)s”的部件。") % said, field=theirs)
    return code


def _where(
    fields: dict[str, str], layout: Layout, names: Gazetteer, *, known: bool
) -> tuple[Whereabouts, str]:
    """The position as sent, else where the address says; and the address, cleared of mark-up.

    `known`: a component says where it is, better than the name of an estate could.
    """
    address = plain(fields.get("address", ""))
    if "lng" in fields or "lat" in fields:
        where = Whereabouts(_degrees(fields, "lng", layout), _degrees(fields, "lat", layout))
    elif known:
        where = Whereabouts()
    else:
        where = names.find(address, fields.get("area", ""))
    if where == Whereabouts() and not address and not known:
        theirs = layout.theirs("address")
        raise NoPlace(
            _("没有地点：请给出经纬度，或在“%(theirs)s”里写明地址。") % {"theirs": theirs},
            field=theirs,
        )
    return where, address


def _text(fields: dict[str, str]) -> str:
    """Title and words as one text, without mark-up; a picture stays where it is, as a link."""
    title, text = plain(fields.get("title", "")), plain(fields.get("text", ""))
    lines = [text] if not title or text.startswith(title) else [title, text]
    if (picture := fields.get("picture", "")).startswith(("http://", "https://")):
        lines.append(_("图片：%(url)s") % {"url": picture[:500]})
    return "\n".join(line for line in lines if line)


def _ref(door: str, issuer: str, phone: str, number: str) -> str:
    """Who reports: the same telephone is the same person; never the number itself."""
    return f"x:{door}:{blind_index(phone) or blind_index(f'{issuer}:{number}')}"


def _moment(fields: dict[str, str], ours: str, layout: Layout) -> datetime | None:
    text = fields.get(ours, "")
    try:
        return layouts.moment(text, get_current_timezone()) if text else None
    except (ValueError, OverflowError, OSError):
        raise Unfit("bad_time", ours, layout.theirs(ours), text) from None


def _degrees(fields: dict[str, str], ours: str, layout: Layout) -> float | None:
    text = fields.get(ours, "")
    try:
        return float(text) if text else None
    except ValueError:
        raise Unfit("bad_number", ours, layout.theirs(ours), text) from None
