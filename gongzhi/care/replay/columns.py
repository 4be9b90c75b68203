"""Which column of a file is which, whatever it is called and wherever it stands."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from gongzhi.care.replay.roles import ON_OFF, TYPED, is_code, known_role
from gongzhi.care.replay.times import is_time


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


_TIME = _names(
    "time timestamp datetime ts at when date_time event_time eventtime recorded_at local_time"
    " localtime time_stamp epoch unix unixtime unix_time timestamp_ms time_ms start start_time"
    " starttime begin created_at occurred_at received_at 时间 发生时间 上报时间 记录时间 采集时间"
    " 开始时间"
)
_DATE = frozenset(["date", "day", "日期"])
_HOME = _names(
    "home home_id homeid house house_id houseid household household_id flat apartment subject"
    " subject_id resident resident_id user user_id userid elder elder_id person person_id patient"
    " participant participant_id pid testbed site site_id home_code family 家庭 家庭编号 户号 住户"
    " 户 老人 老人编号"
)
_IDS = _names("device_id deviceid sensor_id sensorid entity entity_id id serial 设备编号")
_KIND = _names(
    "kind device device_kind devicekind device_type devicetype type sensor sensor_type sensortype"
    " sensor_name sensorname device_name location room place name attribute1 attribute2"
    " 设备 设备类型 类型 位置 传感器 设备名称"
)
_VALUE = _names(
    "value val state message status reading event data kwh sensor_value sensorvalue sensor_state"
    " action on_off energy consumption 值 状态 读数 用电量 电量 事件"
)
_METERED = frozenset(["kwh", "energy", "consumption", "用电量", "电量"])
SURE = 0.8  # of the rows looked at, for a column to be what it seems to be


@dataclass(frozen=True, slots=True)
class Columns:
    """Positions: of the time (one or two columns), the home, the kind (one or more), the value.

    `told` are those of the kind that say what a device is rather than which one it is; `always`
    is the kind of a file that has no column for it.
    """

    time: tuple[int, ...]
    home: int | None
    kind: tuple[int, ...]
    value: int | None
    header: bool
    told: tuple[int, ...] = ()
    always: str = ""


def delimiter_of(line: str) -> str:
    """The character between columns, judged by the first line; a space when nothing else is."""
    counts = {mark: line.count(mark) for mark in ",;\t|"}
    best = max(counts, key=lambda mark: counts[mark])
    return best if counts[best] else " "


def find(rows: Sequence[list[str]], named: dict[str, str] | None = None) -> Columns:
    """The columns by their names in the first row, or by what the first rows hold.

    Without names: time, home, kind, value in this order, any of them but time and kind left out;
    or the laboratories' own `date time sensor value …`. `named` gives the names of this file for
    time, home, kind, value. ValueError, saying what was found, when nothing fits.
    """
    first = rows[0]
    names = [re.sub(r"[\s\-]+", "_", name.strip().strip('"').lower()) for name in first]
    if named:
        return _by_given(names, named)
    if any(map(is_time, first)):  # the first row holds data already
        return _by_content(rows)
    return _by_name(names, rows[1:]) or _by_content(rows)


def _by_given(names: list[str], named: dict[str, str]) -> Columns:
    def place(what: str) -> int | None:
        if what not in named:
            return None
        if named[what].lower() not in names:
            raise ValueError(f"no column {named[what]!r} among: {', '.join(names[:20])}")
        return names.index(named[what].lower())

    time, kind = place("time"), place("kind")
    if time is None:
        raise ValueError("name at least the column of the time")
    always = "" if kind is not None else named.get("value", "device")
    kinds = () if kind is None else (kind,)
    return Columns(
        (time,), place("home"), kinds, place("value"), header=True, told=kinds, always=always
    )


def _by_name(names: list[str], rows: Sequence[list[str]]) -> Columns | None:
    time = [n for n, name in enumerate(names) if name in _TIME]
    dates = [n for n, name in enumerate(names) if name in _DATE]
    told = tuple(n for n, name in enumerate(names) if name in _KIND)
    kind = tuple(n for n, name in enumerate(names) if name in _KIND or name in _IDS)
    value = next((n for n, name in enumerate(names) if name in _VALUE), None)
    home = next((n for n, name in enumerate(names) if name in _HOME), None)
    metered = value is not None and names[value] in _METERED and not kind
    if not (time or dates or kind or home is not None) or not any(map(str.strip, names)):
        return None
    if not time and not dates:
        time = [n for n in range(len(names)) if _mostly(rows, n, is_time)][:1]
    if not (time or dates) or not (kind or metered):
        lacks = "time" if kind or metered else "kind of device"
        raise ValueError(f"no column for the {lacks} among: {', '.join(names[:20])}")
    both = (dates[0], time[0]) if dates and time else ((time or dates)[0],)
    if len(both) == 2 and _mostly(rows, both[1], is_time):
        both = both[1:]  # the time says the date as well
    always = names[value] if metered and value is not None else ""
    return Columns(both, home, kind, value, header=True, told=told or kind, always=always)


def _by_content(rows: Sequence[list[str]]) -> Columns:
    """For files without names."""
    first, wide = rows[0], max(len(row) for row in rows)
    at = next((n for n in range(min(2, len(first))) if is_time(first[n])), None)
    time: tuple[int, ...]
    if len(first) > 2 and _is_date(first[0]) and re.match(r"\d{1,2}:\d{2}", first[1]):
        time, rest = (0, 1), list(range(2, wide))
    elif at is not None:
        time, rest = (at,), [n for n in range(wide) if n != at]
    else:
        raise ValueError(f"no time in the first row: {', '.join(first[:8])}")
    if not rest:
        raise ValueError("only a time in each row")
    place = _value_place(rows, rest)
    before = rest if place is None else rest[:place]
    value = None if place is None else rest[place]
    behind = () if place is None else tuple(n for n in rest[place + 1 :] if _types(rows, n))
    if len(before) > 1 and not _names_sensors(rows, *before[:2]):
        return _told(Columns(time, before[0], (*before[1:], *behind), value, header=False))
    return _told(Columns(time, None, (*before, *behind), value, header=False))


def _told(columns: Columns) -> Columns:
    return replace(columns, told=columns.kind)


def _value_place(rows: Sequence[list[str]], rest: list[int]) -> int | None:
    """Which of the columns after the time says ON, OFF, OPEN … or else a number.

    Where thermometers stand between the motion sensors, words and numbers share the column.
    """

    def says(cell: str) -> bool:
        return cell.strip().lower() in ON_OFF

    for place in range(1, len(rest)):
        column = rest[place]
        some = any(says(row[column]) for row in rows if len(row) > column)
        if some and _mostly(rows, column, lambda cell: says(cell) or is_number(cell)):
            return place
    numbers = [p for p in range(1, len(rest)) if _mostly(rows, rest[p], is_number)]
    if 2 in numbers:
        return 2
    if numbers:
        return numbers[0]
    return None if len(rest) == 1 else min(len(rest) - 1, 2)


def _types(rows: Sequence[list[str]], column: int) -> bool:
    """Whether a column says what sort of sensor spoke (Control4-Door), not what somebody did."""
    return _mostly(rows, column, lambda cell: TYPED.fullmatch(cell.strip()) is not None)


def _names_sensors(rows: Sequence[list[str]], column: int, beside: int) -> bool:
    """Whether a column holds names of sensors (M003, BathroomADoor), no homes, then.

    A sensor hangs in one place: beside its name always stands the same. A home has several kinds.
    """
    pairs = {(r[column].strip(), r[beside].strip()) for r in rows if len(r) > max(column, beside)}
    names = {name for name, _place in pairs}
    sure = SURE * len(names)
    if len(names) <= 2 or _share(names, is_code) < sure > _share(names, _is_known):
        return False
    places = {place for _name, place in pairs}
    one_place = len(pairs) <= len(names) * 1.2
    nothing = places <= {"Ignore", "ignore", "", "None", "none"}
    return nothing or (one_place and len(places) > 1) or not any(map(_is_known, places))


def _is_known(name: str) -> bool:
    return known_role(name) is not None


def _share(names: Iterable[str], fits: Callable[[str], bool]) -> int:
    return sum(map(fits, names))


def _mostly(rows: Sequence[list[str]], column: int, fits: Callable[[str], bool]) -> bool:
    cells = [row[column] for row in rows if len(row) > column]
    return bool(cells) and sum(bool(fits(cell)) for cell in cells) >= SURE * len(rows)


def is_number(text: str) -> bool:
    """Whether a cell can be read as a number."""
    try:
        float(text)
    except ValueError:
        return False
    return True


def _is_date(text: str) -> bool:
    return re.fullmatch(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}", text.strip()) is not None
