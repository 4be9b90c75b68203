"""What taking in rows of organisations and components would do, without doing it."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from gongzhi.access.models import Person
from gongzhi.access.roles import Can
from gongzhi.kernel import codes
from gongzhi.kernel.sealed import blind_uuid
from gongzhi.places.models import Area, Component
from gongzhi.places.reads import areas_at
from gongzhi.places.rules import component_code
from gongzhi.places.words import ComponentState
from gongzhi.residents.models import Organisation
from gongzhi.residents.models.reach import Span, spans_of
from gongzhi.residents.reads.cleaning import PHONE
from gongzhi.residents.reads.plans import inside
from gongzhi.residents.rows import NewComponent, NewOrganisation, Plan, Problem
from gongzhi.residents.words import OrganisationKind, OrganisationState, Outcome

CHUNK = 2000
ON_EARTH = ((-180, 180), (-90, 90))


def differences(row: models.Model, told: dict[str, Any]) -> dict[str, tuple[object, object]]:
    """Field → (on record, told) where something is told and it differs."""
    return {
        name: (getattr(row, name), after)
        for name, after in told.items()
        if after not in (None, "") and getattr(row, name) != after
    }


def plan_organisations(*, by: Person, rows: Sequence[NewOrganisation], at: datetime) -> list[Plan]:
    """A plan per row, in order. A credit code that fails its check is a warning only."""
    spans = spans_of(by, Can.TAKE_IN_TABLES)
    plans: list[Plan] = []
    seen: dict[object, int] = {}
    for start in range(0, len(rows), CHUNK):
        chunk = rows[start : start + CHUNK]
        told = [_organisation(row) for row in chunk]
        grids = _grids([(row.grid, row.lng, row.lat) for row in chunk])
        coded = Organisation.objects.filter(
            credit_code__in=[v["credit_code"] for v, _p in told if v["credit_code"]]
        )
        named = Organisation.objects.filter(name__in={v["name"] for v, _p in told})
        by_code = {o.credit_code: o for o in coded}
        by_name = {(o.name, o.address): o for o in named}
        for n, ((values, problems), grid) in enumerate(zip(told, grids, strict=True), start + 1):
            values["grid_id"] = grid.place if grid else None
            code = values["credit_code"]
            key = code or (values["name"], values["address"])
            known = by_code.get(code) if code else None
            if known is None:
                known = by_name.get((values["name"], values["address"]))
                if known is not None and code and known.credit_code:
                    known = None  # two firms of one name at one address
            plans.append(_plan(values, problems, known, spans, seen.setdefault(key, n), n))
    return plans


def plan_components(*, by: Person, rows: Sequence[NewComponent], at: datetime) -> list[Plan]:
    """A plan per row, in order; a component's class is taken from its code, never from a name."""
    spans = spans_of(by, Can.TAKE_IN_TABLES)
    plans: list[Plan] = []
    seen: dict[object, int] = {}
    for start in range(0, len(rows), CHUNK):
        chunk = rows[start : start + CHUNK]
        told = [_component(row) for row in chunk]
        grids = _grids([(row.grid, row.lng, row.lat) for row in chunk])
        found = Component.objects.filter(code__in=[values["code"] for values, _p in told])
        known = {c.code: c for c in found}
        for n, ((values, problems), grid) in enumerate(zip(told, grids, strict=True), start + 1):
            values["grid_id"] = grid.place if grid else None
            code = values["code"]
            plans.append(
                _plan(values, problems, known.get(code), spans, seen.setdefault(code, n), n)
            )
    return plans


def _plan(
    values: dict[str, Any],
    problems: list[Problem],
    known: Organisation | Component | None,
    spans: list[Span],
    first: int,
    number: int,
) -> Plan:
    plan = Plan(Outcome.NEW, problems, values=values)
    if first != number:
        sentence = _("与第%(n)d行是同一条，请只保留一行。") % {"n": first}
        problems.append(Problem("name", sentence))
    if values["grid_id"] is None and known is None:
        problems.append(Problem("grid", _("请填写位置或所在网格。")))
    elif values["grid_id"] is not None and not inside(values["grid_id"], spans):
        problems.append(Problem("grid", _("这个位置不在您的辖区。")))
    if known is not None:
        if not inside(known.grid_id, spans):
            problems.append(Problem("name", _("它登记在其他辖区，请联系上级办理。")))
        plan.pk, plan.changes = known.pk, differences(known, values)
        plan.outcome = Outcome.CHANGED if plan.changes else Outcome.SAME
    if plan.faults:
        plan.outcome = Outcome.REFUSED
    return plan


def _grids(told: Sequence[tuple[Area | None, float | None, float | None]]) -> list[Area | None]:
    """The grid of each row: as told, else where it stands."""
    points = [
        (lng, lat)
        for grid, lng, lat in told
        if grid is None and lng is not None and lat is not None and _on_earth(lng, lat)
    ]
    found = dict(zip(points, areas_at(points), strict=True)) if points else {}
    return [
        grid or (found.get((lng, lat)) if lng is not None and lat is not None else None)
        for grid, lng, lat in told
    ]


def _on_earth(lng: float, lat: float) -> bool:
    return all(
        low <= value <= high for value, (low, high) in zip((lng, lat), ON_EARTH, strict=True)
    )


def _short(problems: list[Problem], name: str, text: str, most: int) -> str:
    text = " ".join(text.replace("\x00", "").split())
    if len(text) > most:
        problems.append(
            Problem(name, _("最多%(most)d个字，现在是%(n)d个。") % {"most": most, "n": len(text)})
        )
    return text[:most]


def _organisation(row: NewOrganisation) -> tuple[dict[str, Any], list[Problem]]:
    problems: list[Problem] = []
    name = _short(problems, "name", row.name, 120)
    if not name:
        problems.append(Problem("name", _("请填写名称。")))
    if row.kind not in OrganisationKind.values:
        problems.append(Problem("kind", _("没有这种组织类型。")))
    if row.state and row.state not in OrganisationState.values:
        problems.append(Problem("state", _("没有这种状态。")))
    code = codes.plain(row.credit_code)
    odd = codes.credit_code_problems(code) if code else []
    problems += [Problem("credit_code", sentence, is_warning=True) for sentence in odd]
    if len(code) > 18:
        problems.append(Problem("credit_code", _("统一社会信用代码最多18位。")))
    phone = codes.plain(row.phone).removeprefix("+86")
    if phone and not PHONE.fullmatch(phone):
        problems.append(Problem("phone", _("电话的位数不对。")))
    if row.staff is not None and not 0 <= row.staff <= 1_000_000:
        problems.append(Problem("staff", _("从业人数不合理，请核对。")))
    _position(problems, row.lng, row.lat)
    values = {
        "name": name,
        "kind": row.kind,
        "credit_code": code or None,
        "code_is_odd": bool(odd),
        "address": _short(problems, "address", row.address, 160),
        "lng": row.lng,
        "lat": row.lat,
        "chief": _short(problems, "chief", row.chief, 60),
        "phone": phone,
        "phone_index": blind_uuid(phone),
        "staff": row.staff,
        "state": row.state,
    }
    return values, problems


def _component(row: NewComponent) -> tuple[dict[str, Any], list[Problem]]:
    problems: list[Problem] = []
    code, kind = re.sub(r"\s", "", row.code), ""
    try:
        kind = component_code(code).kind
    except ValueError:
        sentence = _("部件标识码应为16位：县级代码6位、大类01至05、小类3位、顺序号5位。")
        problems.append(Problem("code", sentence))
    name = _short(problems, "name", row.name, 60)
    if not name:
        problems.append(Problem("name", _("请填写名称。")))
    if row.state not in ComponentState.values:
        problems.append(Problem("state", _("没有这种状态。")))
    _position(problems, row.lng, row.lat)
    values = {
        "code": code[:16],
        "kind": kind,
        "name": name,
        "lng": row.lng,
        "lat": row.lat,
        "address": _short(problems, "address", row.address, 160),
        "owner": _short(problems, "owner", row.owner, 80),
        "keeper": _short(problems, "keeper", row.keeper, 80),
        "state": row.state,
    }
    return values, problems


def _position(problems: list[Problem], lng: float | None, lat: float | None) -> None:
    if (lng is None) != (lat is None):
        problems.append(Problem("lng", _("经度和纬度要一起填写。")))
    elif lng is not None and lat is not None and not _on_earth(lng, lat):
        problems.append(Problem("lng", _("经纬度超出了范围，请核对是否写反。")))
