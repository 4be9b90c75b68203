"""Dwellings, organisations and city components in tables."""

from datetime import datetime
from decimal import Decimal, InvalidOperation

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gongzhi.access.models import Person
from gongzhi.access.roles import Can
from gongzhi.kernel import codes
from gongzhi.places.coordinates import to_wgs84
from gongzhi.places.words import ComponentState, Datum, DwellingUse, Purpose
from gongzhi.residents.actions import (
    take_in_components,
    take_in_dwellings,
    take_in_organisations,
)
from gongzhi.residents.reads.plans_homes import plan_dwellings
from gongzhi.residents.reads.plans_things import plan_components, plan_organisations
from gongzhi.residents.rows import NewComponent, NewDwelling, NewOrganisation, NewOwner
from gongzhi.residents.tables.people import BETWEEN, word
from gongzhi.residents.tables.sitting import Grids, R, Sitting, Unread, Way
from gongzhi.residents.words import OrganisationKind, OrganisationState
from gongzhi.sheets.kinds import Entry, Field, Intake
from gongzhi.sheets.words import Sort

DATUMS = {
    "": Datum.WGS84,
    "WGS84": Datum.WGS84,
    "CGCS2000": Datum.WGS84,
    "GCJ02": Datum.GCJ02,
    "高德": Datum.GCJ02,
    "BD09": Datum.BD09,
    "百度": Datum.BD09,
}
LNG = Field(
    "lng", gettext_lazy("经度"), ("X", "x坐标", "lon"), sort=Sort.NUMBER, example="117.306112"
)
LAT = Field("lat", gettext_lazy("纬度"), ("Y", "y坐标"), sort=Sort.NUMBER, example="31.792008")
DATUM = Field(
    "datum",
    gettext_lazy("坐标系"),
    ("坐标类型",),
    example="WGS84",
    note=gettext_lazy("WGS84、GCJ02（高德）或 BD09（百度）；不填为 WGS84"),
)
GRID = Field(
    "grid",
    gettext_lazy("所在网格"),
    ("网格", "网格名称", "网格编码"),
    note=gettext_lazy("有坐标可以不填"),
)


def whole(entry: Entry, key: str) -> int | None:
    """A field as a whole number. Unread for anything else."""
    text = entry.text(key)
    if not text:
        return None
    try:
        return int(text)
    except ValueError as error:
        raise Unread(key, _("“%(text)s”不是整数。") % {"text": text[:20]}) from error


def number(entry: Entry, key: str) -> Decimal | None:
    """A field as a number. Unread for anything else."""
    text = entry.text(key).replace(",", "")
    if not text:
        return None
    try:
        found = Decimal(text)
    except InvalidOperation as error:
        raise Unread(key, _("“%(text)s”不是数字。") % {"text": text[:20]}) from error
    if not found.is_finite():
        raise Unread(key, _("“%(text)s”不是数字。") % {"text": text[:20]})
    return found


def position(entry: Entry) -> tuple[float, float] | None:
    """The position in WGS-84; None without one. Unread for half of one or an unknown system."""
    lng, lat = number(entry, "lng"), number(entry, "lat")
    if lng is None and lat is None:
        return None
    if lng is None or lat is None:
        raise Unread("lat" if lat is None else "lng", _("经度和纬度要一起填写。"))
    said = entry.text("datum").upper().replace("-", "").removesuffix("坐标系")
    if said not in DATUMS:
        raise Unread("datum", _("坐标系可以写 WGS84、GCJ02 或 BD09。"))
    if not (-180 <= lng <= 180 and -90 <= lat <= 90):
        raise Unread("lng", _("坐标超出范围，请核对经度和纬度有没有填反。"))
    east, north = to_wgs84(float(lng), float(lat), DATUMS[said])
    return round(east, 6), round(north, 6)


def _dwelling(entry: Entry, grids: Grids) -> NewDwelling:
    text = entry.text
    owners = tuple(
        NewOwner(part, "owner") for part in BETWEEN.split(text("owners")) if part
    ) + tuple(NewOwner(part, "tenant") for part in BETWEEN.split(text("tenants")) if part)
    return NewDwelling(
        estate=text("estate"),
        building=text("building"),
        stairwell=text("stairwell"),
        name=text("name"),
        code=text("code"),
        community=text("community"),
        grid=grids.find(text("grid")),
        floor=whole(entry, "floor"),
        square_metres=number(entry, "square_metres"),
        use=word(text("use"), DwellingUse),
        owners=owners,
    )


def _organisation(entry: Entry, grids: Grids) -> NewOrganisation:
    text, at = entry.text, position(entry)
    return NewOrganisation(
        name=text("name"),
        kind=word(text("kind"), OrganisationKind) or OrganisationKind.SHOP,
        credit_code=text("credit_code"),
        address=text("address"),
        grid=grids.find(text("grid")),
        lng=at[0] if at else None,
        lat=at[1] if at else None,
        chief=text("chief"),
        phone=text("phone"),
        staff=whole(entry, "staff"),
        state=word(text("state"), OrganisationState),
    )


def _component(entry: Entry, grids: Grids) -> NewComponent:
    text, at = entry.text, position(entry)
    if at is None:
        raise Unread("lng", _("请填写经度和纬度。"))
    return NewComponent(
        code=text("code"),
        name=text("name"),
        lng=at[0],
        lat=at[1],
        grid=grids.find(text("grid")),
        address=text("address"),
        owner=text("owner"),
        keeper=text("keeper"),
        state=word(text("state"), ComponentState) or ComponentState.INTACT,
    )


DWELLING_WAY = Way(
    read=_dwelling,
    same=lambda row: (row.community, row.estate, row.building, row.stairwell, row.name),
    plan=lambda by, rows, at: plan_dwellings(by=by, rows=rows, at=at),
    take=lambda by, rows, collected, at, _weighed: take_in_dwellings(
        by=by, rows=rows, collected=collected, at=at
    ),
    purpose=Purpose.COUNT,
)
ORGANISATION_WAY = Way(
    read=_organisation,
    same=lambda row: codes.plain(row.credit_code) or (row.name, row.address),
    plan=lambda by, rows, at: plan_organisations(by=by, rows=rows, at=at),
    take=lambda by, rows, collected, at, _weighed: take_in_organisations(
        by=by, rows=rows, collected=collected, at=at
    ),
    purpose=Purpose.SERVICE,
)
COMPONENT_WAY = Way(
    read=_component,
    same=lambda row: row.code,
    plan=lambda by, rows, at: plan_components(by=by, rows=rows, at=at),
    take=lambda by, rows, collected, at, _weighed: take_in_components(
        by=by, rows=rows, collected=collected, at=at
    ),
    purpose=Purpose.UPKEEP,
)


def _sitting(way: Way[R], by: Person, at: datetime, source: str) -> Sitting[R]:
    return Sitting(way, by, at, source, Can.TAKE_IN_TABLES)


DWELLINGS = Intake(
    name="residents.dwellings",
    label=gettext_lazy("房屋"),
    can=Can.TAKE_IN_TABLES,
    fields=(
        Field("estate", gettext_lazy("小区"), ("小区名称",), required=True, example="望湖花园"),
        Field("building", gettext_lazy("楼栋"), ("栋", "楼号", "幢"), required=True, example="3栋"),
        Field("stairwell", gettext_lazy("单元"), ("单元号",), example="2单元"),
        Field(
            "name", gettext_lazy("户室"), ("室", "房号", "门牌", "户号室号"), required=True,
            example="501", longest=20,
        ),
        Field("code", gettext_lazy("标准地址编码"), ("地址编码",), longest=40),
        Field("community", gettext_lazy("社区"), note=gettext_lazy("有同名小区时填写")),
        Field("grid", gettext_lazy("所在网格"), ("网格", "网格名称"),
              note=gettext_lazy("不填时按楼栋位置归入")),
        Field("floor", gettext_lazy("楼层"), ("所在层",), sort=Sort.NUMBER, example="5"),
        Field("square_metres", gettext_lazy("建筑面积"), ("面积",), sort=Sort.NUMBER,
              example="88.60"),
        Field("use", gettext_lazy("用途"), ("房屋用途",), example="自住"),
        Field("owners", gettext_lazy("产权人证件号码"), ("产权人", "房主证件号码"),
              note=gettext_lazy("先导入人员；几人共有用顿号隔开")),
        Field("tenants", gettext_lazy("承租人证件号码"), ("承租人",)),
    ),
    begin=lambda by, at, source: _sitting(DWELLING_WAY, by, at, source),
    note=gettext_lazy("小区、楼栋、单元到户，连同产权和承租"),
    icon="house",
)  # fmt: skip

ORGANISATIONS = Intake(
    name="residents.organisations",
    label=gettext_lazy("组织"),
    can=Can.TAKE_IN_TABLES,
    fields=(
        Field("name", gettext_lazy("名称"), ("单位名称", "企业名称", "商户名称"), required=True,
              example="望湖便民超市"),
        Field("kind", gettext_lazy("类型"), ("单位类型",), example="商户"),
        Field("credit_code", gettext_lazy("统一社会信用代码"), ("信用代码", "社会信用代码"),
              example="91350100M000100Y43", note=gettext_lazy("校验不符只提醒，不拦截")),
        Field("address", gettext_lazy("地址"), ("经营地址", "单位地址"), longest=160),
        GRID, LNG, LAT, DATUM,
        Field("chief", gettext_lazy("负责人"), ("法定代表人", "法人", "联系人"), longest=60),
        Field("phone", gettext_lazy("联系电话"), ("电话", "手机")),
        Field("staff", gettext_lazy("从业人数"), ("员工数",), sort=Sort.NUMBER, example="6"),
        Field("state", gettext_lazy("状态"), ("经营状态",), example="存续"),
    ),
    begin=lambda by, at, source: _sitting(ORGANISATION_WAY, by, at, source),
    note=gettext_lazy("商户、企业、机构和社会组织"),
    icon="store",
)  # fmt: skip

COMPONENTS = Intake(
    name="residents.components",
    label=gettext_lazy("部件"),
    can=Can.TAKE_IN_TABLES,
    fields=(
        Field("code", gettext_lazy("部件标识码"), ("部件编码", "编码"), required=True,
              example="3499010101200001", note=gettext_lazy("16位：县级代码、大类、小类、顺序号")),
        Field("name", gettext_lazy("部件名称"), ("名称",), required=True, example="路灯"),
        LNG, LAT, DATUM, GRID,
        Field("address", gettext_lazy("位置描述"), ("位置", "地址"), longest=160),
        Field("owner", gettext_lazy("权属单位"), ("产权单位",), longest=80),
        Field("keeper", gettext_lazy("养护单位"), ("管养单位", "维护单位"), longest=80),
        Field("state", gettext_lazy("状态"), example="完好"),
    ),
    begin=lambda by, at, source: _sitting(COMPONENT_WAY, by, at, source),
    note=gettext_lazy("路灯、井盖、健身器材等城市部件（GB/T 30428）"),
    icon="lamp",
)  # fmt: skip
