"""Times as files write them, read as the wall clock in the home: local seconds since 1970."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

_EPOCH = date(1970, 1, 1).toordinal()


class Clockface:
    """Reads times; `zone` is where the homes are, for times that are given in UTC or as epochs."""

    def __init__(self, zone: ZoneInfo) -> None:
        self.zone = zone
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
            return self._epoch(float(text))
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

    def _iso(self, text: str) -> float:
        read = datetime.fromisoformat(text.replace("/", "-"))
        offset = read.utcoffset()
        if offset is None or offset.total_seconds():
            return _seconds(read.replace(tzinfo=None))
        return self._local(read)

    def _local(self, moment: datetime) -> float:
        self.from_utc = True
        return _seconds(moment.astimezone(self.zone).replace(tzinfo=None))


def _seconds(wall: datetime) -> float:
    return (wall.toordinal() - _EPOCH) * 86400 + (
        wall.hour * 3600 + wall.minute * 60 + wall.second + wall.microsecond / 1e6
    )


def written(at: float) -> str:
    """Local seconds as `2026-03-04 12:00:00`."""
    wall = datetime.fromtimestamp(at, UTC)
    return wall.strftime("%Y-%m-%d %H:%M:%S")
