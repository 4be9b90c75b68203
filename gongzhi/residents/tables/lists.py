"""The list of people as it can be taken out: read in pieces, each column only when it is asked."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from itertools import islice
from typing import Any

from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gongzhi.access.models import Person
from gongzhi.access.roles import Can
from gongzhi.kernel.sealed import masked_id, masked_phone
from gongzhi.places.models import Area
from gongzhi.residents.models import Phone, Resident, Tag
from gongzhi.residents.models.reach import spans_of
from gongzhi.residents.reads import search, selecting, tags
from gongzhi.residents.reads.plans import inside
from gongzhi.residents.reads.search import Sought
from gongzhi.residents.rules import selection
from gongzhi.residents.words import Gender, HouseholdRole, LifeState, Residence
from gongzhi.sheets.kinds import ListColumn, Listing
from gongzhi.sheets.words import Sort
from gongzhi.sheets.writing import Row, Value

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

# Column of the list → column of the row that it needs.
NEEDS = {
    "name": "name",
    "gender": "gender",
    "age": "born",
    "born": "born",
    "id_masked": "id_number",
    "id_number": "id_number",
    "address": "address",
    "household": "household__number",
    "role": "role",
    "registered_address": "registered_address",
    "residence": "residence",
    "ethnicity": "ethnicity",
    "state": "state",
}

Record = Mapping[str, Any]


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
    reader = _Reader(person, keys, localdate(at))
    number = 0
    while some := list(islice(pks, CHUNK)):
        for row in reader.read(some, number):
            number += 1
            yield row


class _Reader:
    """Reads pieces of the list with the columns that were asked for."""

    def __init__(self, person: Person, keys: Sequence[str], today: date) -> None:
        self.keys, self.today = keys, today
        self.whole = spans_of(person, Can.REVEAL_NUMBERS)
        self.columns = sorted({"pk", "grid_id", *(NEEDS[k] for k in keys if k in NEEDS)})
        self.grids = _grid_names() if "grid" in keys else {}
        said = _said()
        self.say = {key: said.get(key) or _plain(key) for key in keys if key in NEEDS}
        self.names = {code: kind.name for code, kind in tags.kinds().items()}

    def read(self, pks: Sequence[int], number: int) -> Iterator[list[Value]]:
        """One piece, in the order of `pks`; `number` were read before."""
        found: dict[int, Record] = {
            record["pk"]: record
            for record in Resident.objects.filter(pk__in=pks).values(*self.columns)
        }
        phones = self._phones(pks) if {"phone", "phone_masked"} & set(self.keys) else {}
        tagged = self._tags(pks) if {"tags", "reasons"} & set(self.keys) else {}
        for pk in pks:
            if (record := found.get(pk)) is None:
                continue
            number += 1
            beside = {
                "number": number,
                **self._said_of(tagged.get(pk, [])),
                "grid": self.grids.get(record["grid_id"], ""),
                "sign": "",
                **self._numbers(record, phones.get(pk, "")),
            }
            yield [
                beside[key] if key in beside else self.say[key](record, self.today)
                for key in self.keys
            ]

    def _numbers(self, record: Record, phone: str) -> dict[str, Value]:
        whole = record.get("id_number", "")
        may = bool(self.whole) and inside(record["grid_id"], self.whole)
        masked = masked_id(whole) if whole else ""
        hidden = masked_phone(phone) if phone else ""
        return {
            "id_masked": masked,
            "id_number": whole if may else masked,
            "phone_masked": hidden,
            "phone": phone if may else hidden,
        }

    def _phones(self, pks: Sequence[int]) -> dict[int, str]:
        found: dict[int, str] = {}
        numbers = Phone.objects.filter(resident__in=pks).order_by("-order", "-pk")
        for pk, phone in numbers.values_list("resident", "number"):
            found[pk] = phone
        return found

    def _tags(self, pks: Sequence[int]) -> dict[int, list[Tag]]:
        found: dict[int, list[Tag]] = defaultdict(list)
        for tag in Tag.objects.filter(resident__in=pks).order_by("code"):
            found[tag.resident_id].append(tag)
        return found

    def _said_of(self, held: Sequence[Tag]) -> dict[str, Value]:
        """The names of tags, and why somebody has them, where that was asked."""
        said: dict[str, Value] = {}
        if "tags" in self.keys:
            said["tags"] = "、".join(self.names.get(tag.code, tag.code) for tag in held)
        if "reasons" in self.keys:
            said["reasons"] = "；".join(
                f"{self.names.get(tag.code, tag.code)}：{tags.reason_of(tag, today=self.today)}"
                for tag in held
            )
        return said


def _grid_names() -> dict[int | None, str]:
    areas = Area.objects.select_related("parent").defer("polygon", "parent__polygon")
    return {a.place: (a.parent.name if a.parent else "") + a.name for a in areas}


def age_on(born: date | None, today: date) -> int | None:
    """Full years."""
    if born is None:
        return None
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def _label(choices: Any, key: str) -> Callable[[Record, date], Value]:
    labels = {one.value: str(one.label) for one in choices}
    return lambda record, _today: labels.get(record[key], "")


def _plain(key: str) -> Callable[[Record, date], Value]:
    column = NEEDS[key]
    return lambda record, _today: record[column] or ""


def _said() -> dict[str, Callable[[Record, date], Value]]:
    """How values of columns are said, in the language of now."""
    return {
        "age": lambda record, today: age_on(record["born"], today),
        "born": lambda record, _today: record["born"],
        "gender": _label(Gender, "gender"),
        "role": _label(HouseholdRole, "role"),
        "residence": _label(Residence, "residence"),
        "state": _label(LifeState, "state"),
    }


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
