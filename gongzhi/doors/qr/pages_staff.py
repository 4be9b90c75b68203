"""Making, printing and revoking codes at the desk."""

from typing import Any

import segno
from django.contrib import messages as notices
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongzhi.access.requests import PersonRequest, staff_with
from gongzhi.access.roles import Can
from gongzhi.catalogue.models import Item
from gongzhi.doors.qr import actions, reads
from gongzhi.doors.qr.actions import Spot
from gongzhi.doors.qr.models import Code
from gongzhi.doors.qr.words import Kind
from gongzhi.kernel.numbers import whole
from gongzhi.kernel.refusals import NotUnderstood
from gongzhi.places import reads as places
from gongzhi.places.coordinates import to_wgs84
from gongzhi.places.models import Estate
from gongzhi.places.words import Datum

ROWS = 50
OF_AN_ESTATE = (Kind.ESTATE, Kind.BUILDING, Kind.LIFT)


@never_cache
@staff_with(Can.DISPATCH_CASES)
@require_http_methods(["GET", "HEAD", "POST"])
def codes(request: PersonRequest) -> HttpResponse:
    """The codes of my areas, and making more; made ones go straight to the printer's page."""
    if request.method != "POST":
        return _codes(request)
    said = request.POST
    try:
        made = actions.make_codes(
            by=request.user, spots=_spots(request), item_code=said.get("item", ""), at=now()
        )
    except NotUnderstood as refusal:
        return _codes(request, refusal)
    ids = ",".join(str(code.pk) for code in made)
    return redirect(f"{reverse('qr_desk:sheet')}?ids={ids}")


def _codes(request: PersonRequest, refusal: NotUnderstood | None = None) -> HttpResponse:
    asked = request.GET
    revoked = asked.get("state") == "revoked"
    found = reads.codes(
        request.user,
        kind=asked.get("kind", ""),
        estate=asked.get("estate", ""),
        revoked=revoked,
    )
    page = Paginator(found, ROWS).get_page(asked.get("page"))
    items = Item.objects.filter(edition__active=True).order_by("code")
    names = dict(items.values_list("code", "name"))
    context: dict[str, Any] = {
        "page": page,
        "lines": [(line, names.get(line.code.item_code, "")) for line in reads.with_reports(page)],
        "revoked": revoked,
        "asked": asked,
        "estates": reads.estates(request.user),
        "items": items,
        "areas": reads.component_areas(request.user),
        "component_names": reads.component_names(),
        "kinds": Kind.choices,
        "datums": Datum.choices,
        "refusal": refusal,
        "typed": request.POST,
    }
    return render(request, "qr/codes.html", context, status=refusal.status if refusal else 200)


def _spots(request: PersonRequest) -> list[Spot]:
    said = request.POST
    if said.get("kind") not in Kind.values:
        raise NotUnderstood(_("请选择码贴在哪里。"), field="kind")
    kind = Kind(said["kind"])
    if kind == Kind.COMPONENT:
        return _registered(request)
    if kind not in OF_AN_ESTATE:
        return _typed(kind, said.get("spots", ""), said.get("datum") or Datum.WGS84)
    mine = {str(estate.pk): estate for estate in reads.estates(request.user)}
    estate: Estate | None = mine.get(said.get("estate", ""))
    if estate is None:
        raise NotUnderstood(_("请选择小区。"), field="estate")
    return reads.spots_of(estate, kind)


def _registered(request: PersonRequest) -> list[Spot]:
    """The component with the number typed, else all of one name within an area."""
    said = request.POST
    if number := said.get("number", "").strip():
        found = places.components_painted(number, None)
        if not found:
            raise NotUnderstood(
                _("没有登记编号为“%(number)s”的部件，请写全 16 位数字。") % {"number": number[:20]},
                field="number",
            )
        return [reads.spot_of(found[0])]
    mine = {area.code: area for area in reads.component_areas(request.user)}
    area = mine.get(said.get("area", ""))
    if area is None:
        raise NotUnderstood(_("请选择部件所在的社区或网格，或写一个部件的编号。"), field="area")
    if not said.get("name"):
        raise NotUnderstood(_("请选择部件名称。"), field="name")
    spots = reads.spots_of_components(area, said["name"], most=actions.AT_ONCE + 1)
    if not spots:
        raise NotUnderstood(
            _("%(area)s没有登记这种部件，请换一个区域或名称。") % {"area": area.name}, field="name"
        )
    return spots


def _typed(kind: Kind, text: str, datum: str) -> list[Spot]:
    """One spot a line: 路灯 WH-0123 117.306 31.792."""
    spots = []
    for number, line in enumerate(text.splitlines()[: actions.AT_ONCE + 1], start=1):
        parts = line.replace(",", " ").replace("，", " ").split()
        if not parts:
            continue
        try:
            lng, lat = to_wgs84(float(parts[-2]), float(parts[-1]), datum)
        except (IndexError, ValueError) as error:
            raise NotUnderstood(
                _("第%(n)s行没有看懂，应写成“名称 经度 纬度”，例如：路灯WH-0123 117.306 31.792")
                % {"n": number},
                field="spots",
            ) from error
        spots.append(Spot(kind, " ".join(parts[:-2]), lng, lat))
    return spots


@staff_with(Can.DISPATCH_CASES)
@require_POST
def revoke(request: PersonRequest, pk: int) -> HttpResponse:
    """Let one lead nowhere."""
    code = get_object_or_404(Code.objects.visible_to(request.user), pk=pk)
    actions.revoke(by=request.user, code=code, at=now())
    notices.success(request, _("已作废。再扫这个码会看到说明和普通上报入口。"))
    return redirect("qr_desk:codes")


@never_cache
@staff_with(Can.DISPATCH_CASES)
@require_safe
def sheet(request: PersonRequest) -> HttpResponse:
    """A printable sheet of live codes: those asked for by `ids`, else those of the list."""
    asked = request.GET
    found = reads.codes(
        request.user, kind=asked.get("kind", ""), estate=asked.get("estate", ""), revoked=False
    )
    ids = [pk for pk in map(whole, asked.get("ids", "").split(",")) if pk is not None]
    if ids:
        found = found.filter(pk__in=ids)
    some = sorted(found[: actions.AT_ONCE], key=lambda code: code.pk)
    names = dict(Item.objects.filter(edition__active=True).values_list("code", "name"))
    cards = [(code, picture(request, code), names.get(code.item_code, "")) for code in some]
    return render(request, "qr/sheet.html", {"cards": cards})


def picture(request: HttpRequest, code: Code) -> SafeString:
    """The code as SVG without any style in it, readable also when a quarter of it is scratched."""
    address = request.build_absolute_uri(reverse("qr:scan", args=[code.token]))
    drawn = segno.make(address, error="q", micro=False)
    svg = drawn.svg_inline(border=2, svgclass="qr", lineclass=None, omitsize=True)
    return mark_safe(svg)  # noqa: S308 - drawn by us out of an address of ours
