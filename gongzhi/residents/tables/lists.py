"""The list of people as it can be taken out: read in pieces, each column only when it is asked."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice

from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gongzhi.access.models import Person
from gongzhi.access.roles import Can
from gongzhi.places.models import Area
from gongzhi.residents.reads import search, selecting, tags
from gongzhi.residents.reads.search import Sought
from gongzhi.residents.rules import selection
from gongzhi.residents.tables.pieces import Reader
from gongzhi.sheets.kinds import ListColumn, Listing
from gongzhi.sheets.words import Sort
from gongzhi.sheets.writing import Row

CHUNK = 2000
MANY = 10_000_000

COLUMNS = (
    ListColumn("number", gettext_lazy("序号"), Sort.NUMBER),
    ListColumn("name", gettext_lazy("姓名")),
    ListColumn("gender", gettext_lazy("性别")),
    ListColumn("age", gettext_lazy("年龄"), Sort.NUMBER),
    ListColumn("born", gettext_lazy("出生日期"), Sort.DATE, usual=False),
    ListColumn("id_masked", gettext_lazy("证件号码（掩码）")),
    ListColumn("phone_masked", gettext_lazy("电话（掩码）")),
    ListColumn("address", gettext_lazy("现住址"), Sort.LONG),
    ListColumn("grid", gettext_lazy("网格"), usual=True),
    ListColumn("tags", gettext_lazy("标签"), Sort.LONG),
    ListColumn("reasons", gettext_lazy("标签理由"), Sort.LONG, usual=False),
    ListColumn("household", gettext_lazy("户号"), usual=False),
    ListColumn("role", gettext_lazy("与户主关系"), usual=False),
    ListColumn("registered_address", gettext_lazy("户籍地址"), Sort.LONG, usual=False),
    ListColumn("residence", gettext_lazy("人户关系"), usual=False),
    ListColumn("ethnicity", gettext_lazy("民族"), usual=False),
    ListColumn("state", gettext_lazy("状态"), usual=False),
    # Whole numbers only where the person may see them; the ledger of exports names the columns.
    ListColumn("id_number", gettext_lazy("证件号码（完整）"), usual=False),
    ListColumn("phone", gettext_lazy("电话（完整）"), usual=False),
    ListColumn("sign", gettext_lazy("签名"), usual=False),
)


def sought_in(query: Mapping[str, str], person: Person) -> Sought:
    """The filters of an address: q, area (a code), tag (codes, comma between), gone."""
    area = Area.objects.filter(code=query.get("area", "")[:20]).first()
    known = tags.kinds()
    chosen = tuple(code for code in query.get("tag", "").split(",") if code in known)
    return Sought(
        line=query.get("q", "")[:60],
        area=area,
        tags=chosen,
        gone_too=query.get("gone") == "1",
        within=selection.read(query),
    )


def words(query: Mapping[str, str]) -> str:
    """The filters in words."""
    said = []
    if area := Area.objects.filter(code=query.get("area", "")[:20]).first():
        said.append(area.name)
    said += selecting.words(selection.read(query))
    said += [tags.name_of(code) for code in query.get("tag", "").split(",") if code in tags.kinds()]
    if line := query.get("q", "").strip():
        said.append(f"“{line}”")
    if query.get("gone") == "1":
        said.append(_("含迁出和死亡"))
    return "、".join(said)


def count(person: Person, query: Mapping[str, str], at: datetime) -> int:
    """How many people the list has."""
    return search.count(person, sought_in(query, person), most=MANY)


def rows(
    person: Person, query: Mapping[str, str], keys: Sequence[str], at: datetime
) -> Iterator[Row]:
    """The people found, in the order of the list; asked columns only."""
    pks = iter(search.every(person, sought_in(query, person)))
    reader = Reader(person, keys, localdate(at))
    number = 0
    while some := list(islice(pks, CHUNK)):
        piece = list(reader.read(some, number))
        number += len(piece)
        yield from piece


PEOPLE_LIST = Listing(
    name="residents.people",
    label=gettext_lazy("居民名册"),
    can=Can.TAKE_OUT_LISTS,
    columns=COLUMNS,
    rows=rows,
    count=count,
    words=words,
    back="register:people",
)
