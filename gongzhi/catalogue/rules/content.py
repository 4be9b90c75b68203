"""The catalogue's files as checked content: all of it is right, or every fault is told."""

import hashlib
import json
import re
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, field

from yaml.nodes import Node

from gongzhi.catalogue.rules.grading import CALLS, WORST_FIRST, Emergency, Sign, Signs
from gongzhi.catalogue.rules.nodes import Fault, Reader

GRADES_FILE, UNITS_FILE = "grades.yaml", "units.yaml"
TIERS = ("grid", "community", "township", "district")
LIMIT_UNITS = ("h", "wh", "wd", "d")
LONGEST_LIMIT = 400
USUAL_RADIUS, WIDEST_RADIUS = 300, 2000
LONGEST_WAIT = 90
EVIDENCE = (
    "photo_before",
    "photo_after",
    "text",
    "agreement",
    "notice",
    "receipt",
    "visit_record",
    "test_report",
    "minutes",
    "posting",
)

_CLASS_KEYS = ("code", "name", "icon", "about", "items")
_ITEM_KEYS = (
    "code",
    "name",
    "synonyms",
    "grade",
    "tier",
    "lead",
    "assists",
    "stages",
    "evidence",
    "closing",
    "check",
)
_ITEM_MAY = ("hints", "emergency", "radius", "ask_again", "flow", "skips_levels")
_KIND = re.compile(r"[a-z][a-z0-9_]{1,38}")


@dataclass(frozen=True)
class Stage:
    """A step of the handling with its limit; the last one is the promise to the reporter."""

    name: str
    limit: int
    unit: str


@dataclass(frozen=True)
class Item:
    """One matter, as written in a class file."""

    code: str
    name: str
    synonyms: tuple[str, ...]
    hints: tuple[str, ...]
    grade: str
    tier: str
    lead: str
    assists: tuple[str, ...]
    stages: tuple[Stage, ...]
    evidence: tuple[str, ...]
    closing: str
    check: bool
    emergency: Emergency | None
    radius: int = USUAL_RADIUS  # metres within which like reports may be the same matter
    ask_again: int = 0  # days after the end until the reporter is asked once more; 0 = never
    flow: str = ""
    skips_levels: bool = False


@dataclass(frozen=True)
class ItemClass:
    """A class with its items."""

    code: str
    name: str
    icon: str
    about: str
    items: tuple[Item, ...]


@dataclass(frozen=True)
class UnitKind:
    """A kind of unit that may lead or assist."""

    code: str
    name: str
    tier: str


@dataclass(frozen=True)
class Content:
    """A whole catalogue."""

    classes: tuple[ItemClass, ...]
    units: tuple[UnitKind, ...]
    signs: Signs

    @property
    def items(self) -> list[Item]:
        """The items of all classes, in order."""
        return [item for each in self.classes for item in each.items]

    @property
    def digest(self) -> str:
        """SHA-256 of what it says; comments and layout of the files do not count."""
        said = json.dumps(asdict(self), ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(said.encode()).hexdigest()


@dataclass
class _Reading:
    """What was met so far: codes and where, kinds of unit, and what may be used."""

    icons: Collection[str]
    units: set[str] = field(default_factory=set)
    codes: dict[str, str] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)


def read(files: Mapping[str, str], icons: Collection[str]) -> tuple[Content | None, list[Fault]]:
    """The content of the files (name → text), or None with all faults in order of file and line.

    `icons` are the icon names that can be drawn.
    """
    reading = _Reading(icons)
    missing = [name for name in (UNITS_FILE, GRADES_FILE) if name not in files]
    reading.faults += [Fault(name, 0, "缺少这个文件") for name in missing]
    units = _units(files.get(UNITS_FILE), reading)
    signs = _signs(files.get(GRADES_FILE), reading)
    names = sorted(set(files) - {UNITS_FILE, GRADES_FILE})
    if not names:
        reading.faults.append(Fault("目录", 0, "没有任何大类文件（如 01.yaml）"))
    classes = [_class(name, files[name], reading) for name in names]
    if reading.faults:
        return None, sorted(reading.faults)
    return Content(tuple(c for c in classes if c), units, signs), []


def _units(text: str | None, reading: _Reading) -> tuple[UnitKind, ...]:
    reader = Reader(UNITS_FILE, reading.faults)
    kinds: list[UnitKind] = []
    for node in reader.sequence(reader.top(text), "单位种类") if text is not None else ():
        got = reader.mapping(node, "单位种类", ("code", "name", "tier"))
        code = reader.text(got.get("code"), "单位代码", 40)
        if code and not _KIND.fullmatch(code):
            reader.fault(node, f"单位代码“{code}”应由小写字母、数字和下划线组成")
        if code in reading.units:
            reader.fault(node, f"单位代码“{code}”写了两次")
        reading.units.add(code)
        name = reader.text(got.get("name"), "单位名称", 40)
        kinds.append(UnitKind(code, name, reader.one_of(got.get("tier"), "层级", TIERS)))
    return tuple(kinds)


def _signs(text: str | None, reading: _Reading) -> Signs:
    reader = Reader(GRADES_FILE, reading.faults)
    top = reader.top(text) if text is not None else None
    if top is None:
        return Signs()
    got = reader.mapping(top, "分级规则", ("negations", "supposed", "signs"))
    signs = [_sign(node, reader) for node in reader.sequence(got.get("signs"), "signs")]
    order = [WORST_FIRST.index(sign.grade) for sign in signs if sign.grade in WORST_FIRST]
    if order != sorted(order):
        reader.fault(got["signs"], "signs 要从最紧急的写起：urgent 在前，serious 在后")
    return Signs(
        tuple(signs),
        tuple(reader.texts(got.get("negations"), "negations", most=10)),
        tuple(reader.texts(got.get("supposed"), "supposed", most=10)),
    )


def _sign(node: Node, reader: Reader) -> Sign:
    got = reader.mapping(node, "一组说法", ("grade", "words"), ("unless", "emergency"))
    return Sign(
        reader.one_of(got.get("grade"), "级别", WORST_FIRST),
        tuple(reader.texts(got.get("words"), "words", least=1, most=20)),
        tuple(reader.texts(got.get("unless"), "unless", most=20)),
        _emergency(got.get("emergency"), reader),
    )


def _emergency(node: Node | None, reader: Reader) -> Emergency | None:
    if node is None or node.tag.endswith(":null"):
        return None
    got = reader.mapping(node, "emergency", ("call", "notice"))
    call = reader.one_of(got.get("call"), "紧急电话", CALLS)
    return Emergency(call, reader.text(got.get("notice"), "紧急提示"))


def _class(name: str, text: str, reading: _Reading) -> ItemClass | None:
    reader = Reader(name, reading.faults)
    top = reader.top(text)
    if top is None:
        return None
    got = reader.mapping(top, "大类", _CLASS_KEYS)
    code = reader.text(got.get("code"), "大类代码", 4)
    if code and not re.fullmatch(r"[0-9]{2}", code):
        reader.fault(got["code"], f"大类代码“{code}”应是两位数字")
    _once(code, got.get("code"), reader, reading)
    icon = reader.text(got.get("icon"), "图标", 40)
    if icon and icon not in reading.icons:
        reader.fault(got["icon"], f"没有名为“{icon}”的图标")
    nodes = reader.sequence(got.get("items"), "items")
    if "items" in got and not nodes:
        reader.fault(got["items"], "大类里没有任何事项")
    items = [_item(node, code, reader, reading) for node in nodes]
    return ItemClass(
        code,
        reader.text(got.get("name"), "大类名称", 30),
        icon,
        reader.text(got.get("about"), "大类说明"),
        tuple(items),
    )


def _item(node: Node, class_code: str, reader: Reader, reading: _Reading) -> Item:
    got = reader.mapping(node, "事项", _ITEM_KEYS, _ITEM_MAY)
    code = reader.text(got.get("code"), "事项代码", 8)
    if code and not re.fullmatch(r"[0-9]{5}", code):
        reader.fault(got["code"], f"事项代码“{code}”应是五位数字")
    elif code and not code.startswith(class_code):
        reader.fault(got["code"], f"事项代码“{code}”应以大类代码“{class_code}”开头")
    _once(code, got.get("code"), reader, reading)
    stages = tuple(_stage(s, reader) for s in reader.sequence(got.get("stages"), "stages"))
    if "stages" in got and not stages:
        reader.fault(got["stages"], "stages 至少要有一个阶段，最后一个是办结时限")
    return Item(
        code=code,
        name=reader.text(got.get("name"), "事项名称", 60),
        synonyms=tuple(reader.texts(got.get("synonyms"), "synonyms", least=1)),
        hints=tuple(reader.texts(got.get("hints"), "hints")),
        grade=reader.one_of(got.get("grade"), "级别", WORST_FIRST),
        tier=reader.one_of(got.get("tier"), "层级", TIERS),
        lead=_unit(got.get("lead"), "主办单位", reader, reading),
        assists=tuple(
            _unit(assist, "协办单位", reader, reading)
            for assist in reader.sequence(got.get("assists"), "assists")
        ),
        stages=stages,
        evidence=tuple(
            reader.one_of(kind, "结案材料", EVIDENCE)
            for kind in reader.sequence(got.get("evidence"), "evidence")
        ),
        closing=reader.text(got.get("closing"), "结案标准"),
        check=reader.truth(got.get("check"), "check"),
        emergency=_emergency(got.get("emergency"), reader),
        radius=_if_said(
            got.get("radius"), "同一事项的距离", 20, WIDEST_RADIUS, USUAL_RADIUS, reader
        ),
        ask_again=_if_said(got.get("ask_again"), "办结后再问的天数", 1, LONGEST_WAIT, 0, reader),
        flow=reader.text(got["flow"], "流程", 30) if "flow" in got else "",
        skips_levels="skips_levels" in got and reader.truth(got["skips_levels"], "skips_levels"),
    )


def _if_said(
    node: Node | None, what: str, least: int, most: int, usual: int, reader: Reader
) -> int:
    return usual if node is None else reader.number(node, what, least, most)


def _stage(node: Node, reader: Reader) -> Stage:
    got = reader.mapping(node, "阶段", ("name", "limit", "unit"))
    return Stage(
        reader.text(got.get("name"), "阶段名称", 20),
        reader.number(got.get("limit"), "时限", 1, LONGEST_LIMIT),
        reader.one_of(got.get("unit"), "时限单位", LIMIT_UNITS),
    )


def _unit(node: Node | None, what: str, reader: Reader, reading: _Reading) -> str:
    code = reader.text(node, what, 40)
    if code and code not in reading.units:
        reader.fault(node, f"{what}“{code}”不在 {UNITS_FILE} 里")
    return code


def _once(code: str, node: Node | None, reader: Reader, reading: _Reading) -> None:
    if code in reading.codes:
        reader.fault(node, f"代码“{code}”重复，已在 {reading.codes[code]} 用过")
    elif code and node is not None:
        reading.codes[code] = f"{reader.file} 第 {node.start_mark.line + 1} 行"
