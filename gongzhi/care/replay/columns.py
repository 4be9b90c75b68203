"""Which column of a file is which, whatever it is called and wherever it stands."""

import re
from dataclasses import dataclass

_TIME = [
    "time",
    "timestamp",
    "datetime",
    "ts",
    "at",
    "when",
    "date_time",
    "event_time",
    "eventtime",
    "recorded_at",
    "时间",
]
_DATE = ["date", "day", "日期"]
_HOME = [
    "home",
    "home_id",
    "homeid",
    "house",
    "house_id",
    "household",
    "household_id",
    "flat",
    "subject",
    "resident",
    "user",
    "家庭",
    "户号",
    "住户",
]
_KIND = [
    "kind",
    "device",
    "device_kind",
    "device_type",
    "type",
    "sensor",
    "sensor_id",
    "sensor_type",
    "sensorid",
    "device_id",
    "location",
    "room",
    "place",
    "name",
    "entity",
    "设备",
    "类型",
    "位置",
]
_VALUE = [
    "value",
    "state",
    "message",
    "status",
    "reading",
    "event",
    "data",
    "kwh",
    "值",
    "状态",
    "读数",
]


@dataclass(frozen=True, slots=True)
class Columns:
    """Positions: of the time (one or two columns), the home, the kind (one or more), the value."""

    time: tuple[int, ...]
    home: int | None
    kind: tuple[int, ...]
    value: int | None
    header: bool

    @property
    def least(self) -> int:
        """How many columns a row must have; a missing value at the end is an empty one."""
        return max(*self.time, *self.kind, self.home or 0) + 1


def delimiter_of(line: str) -> str:
    """The character between columns, judged by the first line; a space when nothing else is."""
    counts = {mark: line.count(mark) for mark in ",;\t|"}
    best = max(counts, key=lambda mark: counts[mark])
    return best if counts[best] else " "


def find(first: list[str]) -> Columns:
    """The columns by their names in the first row, or by place when it has no names.

    Without names: time, home, kind, value; time, kind, value; or the laboratory's own
    `date time sensor value`. ValueError when neither works.
    """
    names = [re.sub(r"[\s\-]+", "_", name.strip().strip('"').lower()) for name in first]
    time = [n for n, name in enumerate(names) if name in _TIME]
    dates = [n for n, name in enumerate(names) if name in _DATE]
    kind = [n for n, name in enumerate(names) if name in _KIND]
    if (time or dates) and kind:
        both = (dates[0], time[0]) if dates and time else ((time or dates)[0],)
        home = next((n for n, name in enumerate(names) if name in _HOME), None)
        value = next((n for n, name in enumerate(names) if name in _VALUE), None)
        return Columns(both, home, tuple(kind), value, header=True)
    return _by_place(first)


def _by_place(first: list[str]) -> Columns:
    if len(first) >= 4 and _is_date(first[0]) and re.match(r"\d{1,2}:\d{2}", first[1]):
        return Columns((0, 1), None, (2,), 3, header=False)
    if len(first) >= 2 and re.match(r"\d", first[0]):
        if len(first) >= 4:
            return Columns((0,), 1, (2,), 3, header=False)
        return Columns((0,), None, (1,), 2 if len(first) > 2 else None, header=False)
    raise ValueError(", ".join(first[:8]))


def _is_date(text: str) -> bool:
    return re.fullmatch(r"\d{4}[-/]\d{1,2}[-/]\d{1,2}", text.strip()) is not None
