"""Times as files write them, read as the wall clock in the home: local seconds since 1970."""

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

_EPOCH = date(1970, 1, 1).toordinal()
# 2026-3-4 8:05, 4.3.2026 08:05:00, 3/4/2026 8:05 PM; a comma may stand before the fraction.
_LOOSE = re.compile(
    r"(\d{1,4})[-/.年](\d{1,2})[-/.月](\d{1,4})日?"
    r"(?:[T ]+(\d{1,2})[:.时](\d{1,2})(?:[:.分](\d{1,2}(?:[.,]\d+)?)秒?)?分?)?"
    r" *(am|pm|上午|下午)?",
    re.IGNORECASE,
)
_DIGITS = re.compile(r"((?:19|20)\d{2})([01]\d)([0-3]\d)[T_ ]?(?:(\d{2})(\d{2})(\d{2})?)?")


class Clockface:
    """Reads times; `zone` is where the homes are, for times that are given in UTC or as epochs."""

    def __init__(self, zone: ZoneInfo, *, day_first: bool = False) -> None:
        self.zone = zone
        self.day_first = day_first  # whether 3/4/2026 is the third of April
        self.from_utc = False  # whether any time had to be moved into the zone
        self._days: dict[str, int] = {}

    def read(self, text: str) -> float:
        """Local seconds. ValueError when it is no time.

        A time without a zone, or with an offset that is not zero, is taken as the home's wall
        clock as it is written; `Z`, `+00:00` and epochs (s, ms, µs or ns) are moved to the zone.
        """
        text = text.strip().strip('"')
        if len(text) >= 19 and text[4] == "-" and text[13] == ":":
            rest = text[17:]
            if rest.replace(".", "", 1).isdigit():
                return self._plain(text, rest)
        if text.replace(".", "", 1).isdigit():
            packed = _DIGITS.fullmatch(text)
            return _at(*packed.groups()) if packed else self._epoch(float(text))
        loose = _LOOSE.fullmatch(text) or _DIGITS.fullmatch(text)
        if loose is not None:
            return self._loose(loose)
        return self._iso(text)

    def _plain(self, text: str, seconds: str) -> float:
        day = text[:10]
        midnight = self._days.get(day)
        if midnight is None:
            midnight = (date.fromisoformat(day).toordinal() - _EPOCH) * 86400
            self._days[day] = midnight
        hour, minute, second = int(text[11:13]), int(text[14:16]), float(seconds)
        if hour > 23 or minute > 59 or second >= 61:
            raise ValueError(f"no time of day: {text[11:]}")
        return midnight + hour * 3600 + minute * 60 + second

    def _epoch(self, number: float) -> float:
        for least, unit in ((1e17, 1e9), (1e14, 1e6), (1e11, 1e3)):
            if number >= least:
                number /= unit
                break
        if not 1e8 <= number < 1e10:
            raise ValueError("a number that is no epoch time")
        return self._local(datetime.fromtimestamp(number, UTC))

    def _loose(self, found: "re.Match[str]") -> float:
        if found.re is _DIGITS:
            return _at(*found.groups())
        year, month, day, hour, minute, second, half = found.groups()
        if len(year) < 3:  # the year stands last
            year, month, day = day, year, month
            if (self.day_first and int(day) <= 12) or int(month) > 12:
                month, day = day, month
        if half is not None and hour is not None:
            hour = str(int(hour) % 12 + (12 if half.lower() in ("pm", "下午") else 0))
        return _at(year, month, day, hour, minute, second)

    def _iso(self, text: str) -> float:
        text = re.sub(r" ?(UTC|GMT)$", "+00:00", text.replace("/", "-").replace(",", "."))
        read = datetime.fromisoformat(re.sub(r" (?=[+-]\d\d:?\d\d$)", "", text))
        offset = read.utcoffset()
        if offset is None or offset.total_seconds():
            return _seconds(read.replace(tzinfo=None))
        return self._local(read)

    def _local(self, moment: datetime) -> float:
        self.from_utc = True
        return _seconds(moment.astimezone(self.zone).replace(tzinfo=None))


def day_comes_first(texts: Iterable[str]) -> bool:
    """Whether dates with the year at their end begin with the day: it changes more often."""
    firsts, seconds = set[int](), set[int]()
    for text in texts:
        found = re.match(r'["\s]*(\d{1,2})[-/.](\d{1,2})[-/.]\d{4}', text)
        if found is not None:
            firsts.add(int(found[1]))
            seconds.add(int(found[2]))
    return bool(firsts) and (
        max(firsts) > 12 or (max(seconds) <= 12 and len(firsts) > len(seconds))
    )


def is_time(text: str) -> bool:
    """Whether a cell says a moment, the day with it."""
    try:
        Clockface(ZoneInfo("UTC")).read(text)
    except (ValueError, OverflowError):
        return False
    return True


def _at(
    year: str,
    month: str,
    day: str,
    hour: str | None = None,
    minute: str | None = None,
    second: str | None = None,
) -> float:
    midnight = (date(int(year), int(month), int(day)).toordinal() - _EPOCH) * 86400
    clock = int(hour or 0), int(minute or 0), float((second or "0").replace(",", "."))
    if clock[0] > 23 or clock[1] > 59 or clock[2] >= 61:
        raise ValueError(f"no time of day: {hour}:{minute}:{second}")
    return midnight + clock[0] * 3600 + clock[1] * 60 + clock[2]


def _seconds(wall: datetime) -> float:
    return (wall.toordinal() - _EPOCH) * 86400 + (
        wall.hour * 3600 + wall.minute * 60 + wall.second + wall.microsecond / 1e6
    )


def written(at: float) -> str:
    """Local seconds as `2026-03-04 12:00:00`."""
    wall = datetime.fromtimestamp(at, UTC)
    return wall.strftime("%Y-%m-%d %H:%M:%S")
