"""Homes, organisations and components as tables, as their pages list them; telephones masked."""

from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gongzhi.access.roles import Can
from gongzhi.kernel.sealed import masked_phone
from gongzhi.places.words import ComponentClass, ComponentState, DwellingUse
from gongzhi.residents.reads import things
from gongzhi.residents.words import OrganisationKind, OrganisationState
from gongzhi.sheets.columns import Record, Told, listed, place, running_number, told
from gongzhi.sheets.words import Sort


def _phone(record: Record) -> str:
    return masked_phone(record["phone"]) if record["phone"] else ""


def _odd(record: Record) -> str:
    return _("校验不符") if record["code_is_odd"] else ""


HOMES = (
    running_number(),
    told("address", gettext_lazy("地址"), sort=Sort.LONG),
    place("grid"),
    told("use", gettext_lazy("用途"), words=dict(DwellingUse.choices)),
    told("square_metres", gettext_lazy("建筑面积（平方米）"), sort=Sort.NUMBER),
    told("code", gettext_lazy("标准地址编码")),
    told("estate", gettext_lazy("小区"), "stairwell__building__estate__name", usual=False),
    told("building", gettext_lazy("楼栋"), "stairwell__building__name", usual=False),
    told("stairwell", gettext_lazy("单元"), "stairwell__name", usual=False),
    told("name", gettext_lazy("户室"), usual=False),
    told("floor", gettext_lazy("楼层"), sort=Sort.NUMBER, usual=False),
)
ORGANISATIONS = (
    running_number(),
    told("name", gettext_lazy("名称"), sort=Sort.LONG),
    told("kind", gettext_lazy("类型"), words=dict(OrganisationKind.choices)),
    told("credit_code", gettext_lazy("统一社会信用代码")),
    Told("odd", gettext_lazy("代码校验"), ("code_is_odd",), _odd, usual=False),
    told("address", gettext_lazy("地址"), sort=Sort.LONG),
    place("grid"),
    told("chief", gettext_lazy("负责人")),
    Told("phone_masked", gettext_lazy("电话（掩码）"), ("phone",), _phone, usual=False),
    told("staff", gettext_lazy("从业人数"), sort=Sort.NUMBER, usual=False),
    told("state", gettext_lazy("状态"), words=dict(OrganisationState.choices)),
)
COMPONENTS = (
    running_number(),
    told("name", gettext_lazy("名称")),
    told("code", gettext_lazy("编号")),
    told("kind", gettext_lazy("大类"), words=dict(ComponentClass.choices)),
    place("grid"),
    told("address", gettext_lazy("位置"), sort=Sort.LONG),
    told("owner", gettext_lazy("权属单位")),
    told("keeper", gettext_lazy("养护单位"), usual=False),
    told("state", gettext_lazy("状态"), words=dict(ComponentState.choices)),
    told("lng", gettext_lazy("经度"), sort=Sort.NUMBER, usual=False),
    told("lat", gettext_lazy("纬度"), sort=Sort.NUMBER, usual=False),
)


def _words(query: Mapping[str, str]) -> str:
    kinds, states = dict(ComponentClass.choices), dict(ComponentState.choices)
    said = [str(kinds.get(query.get("kind", ""), "")), str(states.get(query.get("state", ""), ""))]
    if line := things.line_in(query):
        said.append(f"“{line}”")
    return "、".join(filter(None, said))


HOME_LIST = listed(
    "residents.homes",
    gettext_lazy("房屋清单"),
    can=Can.TAKE_OUT_LISTS,
    columns=HOMES,
    found=lambda person, query, _at: things.homes(person, query),
    words=_words,
    back="register:homes",
)
ORGANISATION_LIST = listed(
    "residents.organisations",
    gettext_lazy("组织名录"),
    can=Can.TAKE_OUT_LISTS,
    columns=ORGANISATIONS,
    found=lambda person, query, _at: things.organisations(person, query),
    words=_words,
    back="register:organisations",
)
COMPONENT_LIST = listed(
    "residents.components",
    gettext_lazy("城市部件清单"),
    can=Can.SEE_CASES,  # things of the street; who may see cases there may see them
    columns=COMPONENTS,
    found=lambda person, query, _at: things.components(person, query),
    words=_words,
    back="register:components",
)
