"""Making printed codes, counting scans and revoking what was torn off or moved."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F
from django.utils.translation import gettext as _

from gongzhi.access.checks import require
from gongzhi.access.models import Person
from gongzhi.access.roles import Can
from gongzhi.cases import rules
from gongzhi.catalogue import reads as catalogue
from gongzhi.doors.qr.models import Code
from gongzhi.doors.qr.words import Kind
from gongzhi.journal.record import record
from gongzhi.kernel.actions import action
from gongzhi.kernel.refusals import NotPossible, NotUnderstood
from gongzhi.places import reads as places
from gongzhi.places.coordinates import checked
from gongzhi.places.models import Area, Component, Estate
from gongzhi.places.words import ComponentState

AT_ONCE = 300
LABEL_MOST = 80


@dataclass(frozen=True)
class Spot:
    """A place that gets a code; position in WGS-84. `component` is what the code hangs on."""

    kind: Kind
    label: str
    lng: float
    lat: float
    estate: Estate | None = None
    component: Component | None = None


@action
def make_codes(*, by: Person, spots: Sequence[Spot], item_code: str, at: datetime) -> list[Code]:
    """A code for each spot, in their order; a spot that has one with this item keeps it."""
    if not spots:
        raise NotUnderstood(_("没有可以做码的地点，请检查所选小区的楼栋资料。"), field="spots")
    if len(spots) > AT_ONCE:
        raise NotUnderstood(
            _("一次最多做%(most)s个码，请分几次，或选小一点的区域。") % {"most": AT_ONCE},
            field="spots",
        )
    if item_code and catalogue.item(item_code) is None:
        raise NotUnderstood(_("所选的事项不存在，请重新选择或留空。"), field="item")
    return [_code(spot, item_code, by, at) for spot in spots]


def _code(spot: Spot, item_code: str, by: Person, at: datetime) -> Code:
    label = _label(spot)
    area, lng, lat = _where(spot, label)
    require(by, Can.DISPATCH_CASES, within=area)
    place = {"area": area, "kind": spot.kind, "label": label}
    known_by = {"component": spot.component, **({} if spot.component else place)}
    code, new = Code.objects.get_or_create(
        **known_by,
        item_code=item_code,
        revoked_at=None,
        defaults={
            **place,
            "token": secrets.token_urlsafe(12),
            "estate": spot.estate,
            "lng": lng,
            "lat": lat,
            "made_by": by,
            "made_at": at,
        },
    )
    if new:
        on = {"component": spot.component.code} if spot.component else {}
        record("qr.made", about=code, by=by, at=at, area_path=area.path, item=item_code, **on)
    return code


def _label(spot: Spot) -> str:
    label = rules.clean(spot.label)
    if not 2 <= len(label) <= LABEL_MOST:
        raise NotUnderstood(
            _("地点应是 2 到 %(most)s 个字：%(label)s") % {"most": LABEL_MOST, "label": label[:20]},
            field="spots",
        )
    return label


def _where(spot: Spot, label: str) -> tuple[Area, float, float]:
    """The area, longitude and latitude; a component lies in the grid it is registered in."""
    if spot.component:
        if spot.component.state == ComponentState.RETIRED:
            raise NotUnderstood(
                _("“%(label)s”已停用，不能做码。") % {"label": label}, field="spots"
            )
        return spot.component.grid, spot.component.lng, spot.component.lat
    try:
        lng, lat = checked(spot.lng, spot.lat)
    except ValueError as error:
        raise NotUnderstood(f"{label}：{error}", field="spots") from error
    area = places.area_at(lng, lat)
    if area is None:
        raise NotUnderstood(
            _("“%(label)s”的位置在本区以外，请核对。") % {"label": label}, field="spots"
        )
    return area, lng, lat


@action
def revoke(*, by: Person, code: Code, at: datetime) -> Code:
    """Let the code lead nowhere from now on; a new one may be made for the place."""
    require(by, Can.DISPATCH_CASES, within=code.area)
    if not Code.objects.filter(pk=code.pk, revoked_at=None).update(revoked_at=at):
        raise NotPossible(_("这个码已经作废了。"))
    record("qr.revoked", about=code, by=by, at=at, area_path=code.area.path)
    code.refresh_from_db()
    return code


@action
def count_scan(*, by: Person | None, code: Code, at: datetime) -> None:
    """One scan more. Kept as a number only: who scans is nobody's business."""
    Code.objects.filter(pk=code.pk).update(scans=F("scans") + 1)
