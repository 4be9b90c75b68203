"""People in tables: how their columns are called, and how a line becomes a person."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache

from django.db.models import TextChoices
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from gongzhi.access.models import Person
from gongzhi.access.roles import Can
from gongzhi.kernel import codes
from gongzhi.places.words import Purpose
from gongzhi.residents.actions import make_ready, take_in_people
from gongzhi.residents.reads.plans import Weighed, plan_people
from gongzhi.residents.rows import Collected, NewFact, NewPerson, Plan
from gongzhi.residents.tables.sitting import Grids, Sitting, Unread, Way
from gongzhi.residents.words import FactKind, Gender, HouseholdRole, IdKind, Residence
from gongzhi.sheets.kinds import Entry, Field, Intake
from gongzhi.sheets.words import Sort

BETWEEN = re.compile(r"[、,，;；/\s]+")
GRADED = re.compile(r"(.+?)[（(]?([1-4一二三四])级[)）]?")
NUMERALS = {"一": 1, "二": 2, "三": 3, "四": 4}
# What people write for a fact, beside its label.
SAID = {
    "党员": FactKind.PARTY_MEMBER,
    "中共党员": FactKind.PARTY_MEMBER,
    "退伍军人": FactKind.VETERAN,
    "退役军人": FactKind.VETERAN,
    "优抚": FactKind.HONOURED,
    "残疾": FactKind.DISABLED,
    "残疾人": FactKind.DISABLED,
    "低保户": FactKind.LOW_INCOME,
    "低保边缘户": FactKind.NEARLY_LOW,
    "特困": FactKind.DESTITUTE,
    "特困人员": FactKind.DESTITUTE,
    "留守儿童": FactKind.LEFT_BEHIND,
    "失独家庭": FactKind.LOST_CHILD,
    "慢性病": FactKind.CHRONIC,
    "志愿者": FactKind.VOLUNTEER,
}

FIELDS = (
    Field("name", gettext_lazy("姓名"), ("名字", "居民姓名"), required=True, example="王秀英"),
    Field(
        "id_number",
        gettext_lazy("证件号码"),
        ("身份证号", "身份证号码", "公民身份号码", "证件号", "身份证"),
        example="11010519491231002X",
        note=gettext_lazy("18位身份证号会核对校验位；没有的可以留空"),
    ),
    Field(
        "id_kind",
        gettext_lazy("证件类型"),
        ("证件种类",),
        example="居民身份证",
        note=gettext_lazy("不填为居民身份证"),
    ),
    Field("gender", gettext_lazy("性别"), example="女"),
    Field(
        "born",
        gettext_lazy("出生日期"),
        ("出生年月日", "生日", "出生"),
        sort=Sort.DATE,
        example="1949-12-31",
        note=gettext_lazy("有身份证号可以不填；填了会互相核对"),
    ),
    Field("ethnicity", gettext_lazy("民族"), example="汉族", longest=20),
    Field(
        "phones",
        gettext_lazy("联系电话"),
        ("电话", "手机", "手机号", "手机号码", "联系方式"),
        example="13800006021、62310021",
        note=gettext_lazy("可以有几个，用顿号隔开"),
    ),
    Field(
        "address",
        gettext_lazy("现住址"),
        ("地址", "居住地址", "住址", "家庭住址", "房屋地址"),
        example="望湖花园3栋2单元501",
        note=gettext_lazy("写到户；与房屋登记的地址一致，或填标准地址编码"),
    ),
    Field(
        "grid",
        gettext_lazy("所在网格"),
        ("网格", "网格名称", "网格编码"),
        example="望湖社区第03网格",
        note=gettext_lazy("地址没有登记时必填"),
    ),
    Field(
        "registered_address",
        gettext_lazy("户籍地址"),
        ("户口地址", "户籍地"),
        note=gettext_lazy("与现住址不同的填写"),
    ),
    Field("residence", gettext_lazy("人户关系"), ("人户情况", "居住类型"), example="人户一致"),
    Field("household", gettext_lazy("户号"), ("户口号", "户编号"), longest=32),
    Field("role", gettext_lazy("与户主关系"), ("家庭关系", "户主关系"), example="户主"),
    Field(
        "facts",
        gettext_lazy("情况"),
        ("人员情况", "特殊情况", "人员类别"),
        example="党员、残疾2级",
        note=gettext_lazy("几项用顿号隔开；标签由此自动得出"),
    ),
    Field("note", gettext_lazy("备注"), longest=500),
)


@lru_cache(maxsize=64)
def _by_label(among: type[TextChoices], _language: str | None) -> Mapping[str, str]:
    """Label → stored word; looked up once, since a file asks for it in every line."""
    return {str(one.label): str(one.value) for one in among}


def word(text: str, among: type[TextChoices]) -> str:
    """The stored word for a label; what is none stays as it is, for the check to name it."""
    if not text:
        return ""
    known = _by_label(among, get_language())
    return known.get(text) or known.get(text.removesuffix("性")) or text  # 女性 as well as 女


def facts_of(text: str) -> tuple[NewFact, ...]:
    """党员、残疾2级 as facts. Unread names what is none."""
    if not text:
        return ()
    found = []
    labels = _by_label(FactKind, get_language())
    for part in filter(None, BETWEEN.split(text)):
        graded = GRADED.fullmatch(part)
        name = graded[1] if graded else part
        kind = labels.get(name) or SAID.get(name)
        if kind is None:
            raise Unread(
                "facts",
                _("不认得“%(name)s”，可以写：%(labels)s。")
                % {"name": part[:20], "labels": "、".join(labels)},
            )
        grade = int(NUMERALS.get(graded[2], graded[2])) if graded else None
        found.append(NewFact(str(kind), grade))
    return tuple(found)


def read(entry: Entry, grids: Grids) -> NewPerson:
    """A line as a person."""
    text = entry.text
    return NewPerson(
        name=text("name"),
        id_number=text("id_number"),
        id_kind=word(
            text("id_kind").replace("身份证", "居民身份证").replace("居民居民", "居民"), IdKind
        ),
        gender=word(text("gender"), Gender),
        born=entry.day("born"),
        ethnicity=text("ethnicity"),
        phones=tuple(filter(None, BETWEEN.split(text("phones")))),
        address=text("address"),
        grid=grids.find(text("grid")),
        registered_address=text("registered_address"),
        residence=word(text("residence"), Residence),
        household=text("household"),
        role=word(text("role"), HouseholdRole),
        facts=facts_of(text("facts")),
        note=text("note"),
    )


def same(row: NewPerson) -> object:
    """Two lines with one ID number, or one name with one phone or address, are one person."""
    if number := codes.plain(row.id_number):
        return number
    return row.name, codes.plain(row.phones[0]) if row.phones else row.address


def _take(
    by: Person, rows: Sequence[NewPerson], collected: Collected, at: datetime, weighed: Weighed
) -> Sequence[Plan]:
    return take_in_people(by=by, rows=rows, collected=collected, at=at, weighed=weighed)


WAY = Way(
    read=read,
    same=same,
    plan=lambda by, rows, at: plan_people(by=by, rows=rows, at=at),
    take=_take,
    make_ready=make_ready,
    purpose=Purpose.COUNT,
)


def _begin(by: Person, at: datetime, source: str) -> Sitting[NewPerson]:
    return Sitting(WAY, by, at, source, Can.TAKE_IN_TABLES)


PEOPLE = Intake(
    name="residents.people",
    label=gettext_lazy("人员"),
    can=Can.TAKE_IN_TABLES,
    fields=FIELDS,
    begin=_begin,
    note=gettext_lazy("居民、流动人口，连同电话、户和情况"),
    icon="users",
)
