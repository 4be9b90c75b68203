"""What the entrance alone tells: out for too long, not opened for days, opened in the night.

Times are local seconds since 1970, limits are in hours.
"""

from dataclasses import dataclass, field
from heapq import heappop, heappush
from math import inf

from gongzhi.care.rules.ladder import Ground
from gongzhi.care.rules.rates import ENTRANCE
from gongzhi.care.rules.silence import DAY, HOUR

OUT_NOTICE, OUT_ALARM = 8.0, 10.0
UNOPENED = 72.0
NIGHT_FROM, NIGHT_UNTIL = 0.0, 5.0  # o'clock
ONCE_SECONDS = 3600  # one night notice an hour


@dataclass(frozen=True, slots=True)
class DoorSign:
    """Something the entrance of a home tells; `alarm` is false for a notice."""

    home: int
    ground: Ground
    at: float
    since: float
    alarm: bool = False


@dataclass
class Door:
    """One home's entrance.

    Where a few contacts are all there is, an evening at home after coming in looks like an outing:
    there only the silence clock speaks, and nobody is said to be out too long.
    """

    sees_inside: bool = True  # motion sensors: whoever comes home is noticed before long
    out_notice: float = OUT_NOTICE
    out_alarm: float = OUT_ALARM
    unopened: float = UNOPENED
    absent: bool = False
    blind: bool = False
    opened: float = -inf  # last entrance event
    inside: float = -inf  # last interior event
    told_night: float = -inf
    told: set[Ground | str] = field(default_factory=set)  # since the door was last opened


class DoorWatch:
    """Watches the entrances of many homes; driven like the silence clock."""

    def __init__(self) -> None:
        self.doors: dict[int, Door] = {}
        self._heap: list[tuple[float, int]] = []

    def watch(self, home: int, **settings: object) -> Door:
        """Begin to watch a home; settings as in Door."""
        door = self.doors[home] = Door(**settings)  # type: ignore[arg-type]
        return door

    def resume(self, home: int, *, told: set[str], **kept: float | bool) -> None:
        """Go on with a door as it was left; `kept` are fields of Door."""
        door = self.doors[home]
        door.told = set(told)
        for name, value in kept.items():
            setattr(door, name, value)
        if door.opened > -inf and (at := self._next(door)) < inf:
            heappush(self._heap, (at, home))

    def hear(self, home: int, at: float, kind: int) -> DoorSign | None:
        """A human event; gives a sign that it makes at once, if any."""
        door = self.doors.get(home)
        if door is None:
            return None
        if kind != ENTRANCE:
            door.inside = max(door.inside, at)
            return None
        fresh = door.opened == -inf or door.inside >= door.opened or door.told
        door.opened = max(door.opened, at)
        door.told.clear()
        if fresh:
            heappush(self._heap, (self._next(door), home))
        if door.absent:
            return DoorSign(home, Ground.INTRUSION, at, at)
        hour = at % DAY / HOUR
        if NIGHT_FROM <= hour < NIGHT_UNTIL and at - door.told_night > ONCE_SECONDS:
            door.told_night = at
            return DoorSign(home, Ground.NIGHT_DOOR, at, at)
        return None

    def due(self, now: float) -> list[DoorSign]:
        """Signs whose time has come by `now`."""
        found: list[DoorSign] = []
        while self._heap and self._heap[0][0] <= now:
            _, home = heappop(self._heap)
            door = self.doors[home]
            found += self._check(home, door, now)
            if (again := self._next(door)) < inf:
                heappush(self._heap, (max(again, now + 60), home))
        return found

    def _limits(self, door: Door) -> list[tuple[float, Ground | str]]:
        """The moments at which this door's present state becomes a sign, first to last."""
        limits: list[tuple[float, Ground | str]] = []
        if door.sees_inside and door.inside <= door.opened:
            limits.append((door.opened + door.out_notice * HOUR, Ground.OUT_TOO_LONG))
            limits.append((door.opened + door.out_alarm * HOUR, "out_alarm"))
        limits.append((door.opened + door.unopened * HOUR, Ground.UNOPENED))
        return sorted((at, what) for at, what in limits if what not in door.told)

    def _next(self, door: Door) -> float:
        limits = self._limits(door)
        return limits[0][0] if limits else inf

    def _check(self, home: int, door: Door, now: float) -> list[DoorSign]:
        found = []
        for at, what in self._limits(door):
            if at > now:
                break
            door.told.add(what)
            if door.absent or door.blind:
                continue
            alarm = what == "out_alarm"
            ground = Ground.OUT_TOO_LONG if alarm else Ground(what)
            found.append(DoorSign(home, ground, at, door.opened, alarm))
        return found
