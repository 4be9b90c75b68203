"""What the guard knows, kept in a file, so that it need not hear ninety days again at each start.

The file stands for readings: all that were heard when it was written, told apart from those heard
later by their numbers. A start takes the file and hears the rest. A file that is torn, of another
make, too old or not of this database is thrown away, and everything is heard again.
"""

import json
import logging
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import inf
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from django.db.models import Max, Min
from numpy.lib.npyio import NpzFile

from gongzhi.care.models import Alert, Elder
from gongzhi.care.rules.clock import SilenceClock
from gongzhi.care.rules.doors import DoorWatch
from gongzhi.care.rules.electricity import Meter
from gongzhi.care.rules.homes import Homes
from gongzhi.sensing.models import Reading

log = logging.getLogger(__name__)

MAKE = "guard-1"  # another one is not read: raise it when the meaning of a column changes
KEPT_FOR = timedelta(days=7)
# Readings get their numbers before they are committed. So many numbers back nothing is under way.
MARGIN = 200_000
BACKLOG_MOST = 2_000_000  # numbers between the first reading unheard and the last: catch up first
AT_ONCE = 500
COLUMN = "clock."  # before the name of a column of the clock's memory
ROWS_AT_ONCE = 5000
REMEMBERED = timedelta(days=90)  # how far back the guard hears and learns when it begins

Numbers = npt.NDArray[np.int64]
Arrays = dict[str, npt.NDArray[Any]]


@dataclass
class Known:
    """Everything a guard keeps in memory, row by row of `elders`."""

    elders: Sequence[Elder]
    guarded: Sequence[bool]  # whether the row still guards its home
    clock: SilenceClock
    doors: DoorWatch
    meters: dict[int, Meter]  # by home
    usual: dict[int, float]  # events by device
    shares: list[float]


@dataclass
class Snapshot:
    """A file that was found good."""

    at: datetime
    arrays: Arrays
    facts: dict[str, Any]
    path: Path  # the clock's columns stay in the file: they are as large as the guard's memory

    def rows(self, elders: Sequence[Elder]) -> dict[int, int]:
        """Row of each elder here, by their row there: those whose settings are the same still."""
        kept = zip(self.arrays["home"].tolist(), self.arrays["revision"].tolist(), strict=True)
        place = {home: n for n, home in enumerate(kept)}
        keys = ((elder.home_id, elder.revision) for elder in elders)
        return {place[key]: n for n, key in enumerate(keys) if key in place}


# ── writing ───────────────────────────────────────────────────────────────────


def write(path: Path, known: Known, *, at: datetime) -> bool:
    """Put the file in place whole. False when too much is unheard to say where it stands."""
    low = _low()
    if low is None:
        return False
    n = len(known.elders)
    heard = np.fromiter(_heard_from(low), np.int64)
    arrays: Arrays = {COLUMN + k: v[:n] for k, v in known.clock.homes.columns().items()}
    arrays |= {
        "home": np.array(
            [e.home_id if g else -1 for e, g in zip(known.elders, known.guarded, strict=True)],
            np.int64,
        ),
        "revision": np.array([elder.revision for elder in known.elders], np.int64),
        "shares": np.array(known.shares[:n]),
        "heard": heard,
        "learnt": np.fromiter(_learnt(at), np.int64),
        "usual": np.array([*known.usual.items()], np.float64).reshape(-1, 2),
        **_doors(known, n),
        **_meters(known.meters),
    }
    facts = {
        "make": MAKE,
        "at": at.isoformat(),
        "day": known.clock.day,
        "floor": known.clock.floor,
        "levels": list(known.clock.homes.levels),
        "low": low,
        "last": _identity(int(heard[-1])) if len(heard) else None,
    }
    arrays["facts"] = np.frombuffer(json.dumps(facts).encode(), np.uint8)
    fresh = path.with_name(f".{path.name}.new")
    with fresh.open("wb") as out:
        np.savez(out, allow_pickle=False, **arrays)
    fresh.replace(path)
    return True


def _low() -> int | None:
    """The number below which every reading here was heard and no other can still appear."""
    last = Reading.objects.aggregate(last=Max("pk"))["last"] or 0
    first = Reading.objects.filter(taken=False).aggregate(first=Min("pk"))["first"] or last + 1
    return None if last - first > BACKLOG_MOST else max(first - MARGIN, 0)


def _heard_from(low: int) -> Iterator[int]:
    heard = Reading.objects.filter(taken=True, pk__gte=low).order_by("pk")
    return iter(heard.values_list("pk", flat=True).iterator(20_000))


def _learnt(at: datetime) -> Iterator[int]:
    done = Alert.objects.filter(learnt=True, closed_at__gte=at - REMEMBERED)
    return iter(done.values_list("pk", flat=True))


def _identity(number: int) -> list[object]:
    """What tells this reading from another that has its number in another database."""
    reading = Reading.objects.get(pk=number)
    return [number, reading.device_id, reading.key]


def _doors(known: Known, n: int) -> Arrays:
    doors = [known.doors.doors.get(row) for row in range(n)]
    told = [json.dumps(sorted(map(str, door.told))) if door else "[]" for door in doors]
    arrays: Arrays = {"door.told": np.array(told, np.str_)}
    for name in ("opened", "inside", "told_night"):
        arrays[f"door.{name}"] = np.array([getattr(d, name) if d else -inf for d in doors])
    for name in ("absent", "blind"):
        arrays[f"door.{name}"] = np.array([bool(d and getattr(d, name)) for d in doors])
    return arrays


def _meters(meters: dict[int, Meter]) -> Arrays:
    if not meters:
        return {}
    return {
        "meter.home": np.array([*meters], np.int64),
        "meter.kwh": np.stack([meter.kwh for meter in meters.values()]),
        "meter.scores": np.stack([meter.scores for meter in meters.values()]),
    }


# ── reading ───────────────────────────────────────────────────────────────────


def read(path: Path, *, levels: Sequence[float], at: datetime) -> Snapshot | None:
    """The file if it can be used; else it is thrown away and the log says why."""
    try:
        with path.open("rb") as raw, np.load(raw, allow_pickle=False) as file:
            small = [name for name in file.files if not name.startswith(COLUMN)]
            arrays: Arrays = {name: file[name] for name in small}
            facts = json.loads(bytes(arrays.pop("facts")))
            why = _wrong(facts, levels, at) or _other_columns(file, len(arrays["home"]), levels)
    except FileNotFoundError:
        return None
    except (OSError, EOFError, KeyError, ValueError, zipfile.BadZipFile) as error:
        why = repr(error)
    if why:
        log.warning("%s is not used, everything is heard again: %s", path.name, why)
        path.unlink(missing_ok=True)
        return None
    return Snapshot(datetime.fromisoformat(facts["at"]), arrays, facts, path)


def _wrong(facts: dict[str, Any], levels: Sequence[float], at: datetime) -> str:
    written = datetime.fromisoformat(facts["at"])
    if facts["make"] != MAKE or facts["levels"] != list(levels):
        return "of another make"
    if not timedelta(0) <= at - written <= KEPT_FOR:
        return f"written {written}"
    last = facts["last"]
    if last is None:
        return ""
    reading = Reading.objects.filter(pk=last[0], taken=True).first()
    if reading is None or [reading.pk, reading.device_id, reading.key] != last:
        return "not of this database as it is now"
    return ""


def _other_columns(file: NpzFile, n: int, levels: Sequence[float]) -> str:
    """Why the columns do not fit; reading each to its end checks its sum."""
    for name, column in Homes(1, tuple(levels)).columns().items():
        theirs = file[COLUMN + name]
        if theirs.dtype != column.dtype or theirs.shape != (n, *column.shape[1:]):
            return f"column {name} has changed"
    return ""


def restore(found: Snapshot, known: Known) -> list[int]:
    """Let a fresh guard know what the file knows. Gives the rows it says nothing of."""
    rows = found.rows(known.elders)
    theirs, ours = np.array([*rows], np.intp), np.array([*rows.values()], np.intp)
    # The guard alone writes the file, and it is just beginning: it is the one that was found good.
    with found.path.open("rb") as raw, np.load(raw, allow_pickle=False) as file:
        for name, column in known.clock.homes.columns().items():
            kept = file[COLUMN + name]
            for at in range(0, len(rows), ROWS_AT_ONCE):
                column[ours[at : at + ROWS_AT_ONCE]] = kept[theirs[at : at + ROWS_AT_ONCE]]
    known.clock.resume(day=found.facts["day"], floor=found.facts["floor"])
    for there, here in rows.items():
        known.shares[here] = float(found.arrays["shares"][there])
        _open(known.doors, here, found.arrays, there)
    for device, count in found.arrays["usual"].tolist():
        if int(device) in known.usual:
            known.usual[int(device)] = count
    for n, home in enumerate(found.arrays.get("meter.home", np.empty(0)).tolist()):
        if home in known.meters:
            known.meters[home].kwh = found.arrays["meter.kwh"][n].copy()
            known.meters[home].scores = found.arrays["meter.scores"][n].copy()
    told = set(rows.values())
    return [row for row in range(len(known.elders)) if row not in told]


def _open(doors: DoorWatch, row: int, arrays: Arrays, there: int) -> None:
    told = set(json.loads(str(arrays["door.told"][there])))
    given = {k: float(arrays[f"door.{k}"][there]) for k in ("opened", "inside", "told_night")}
    flags = {k: bool(arrays[f"door.{k}"][there]) for k in ("absent", "blind")}
    doors.resume(row, told=told, **given, **flags)


def readings_since(found: Snapshot, *, since: datetime, at: datetime) -> list[Reading]:
    """Those heard after the file was written, in the order of time."""
    heard = np.fromiter(_heard_from(found.facts["low"]), np.int64)
    rest = np.setdiff1d(heard, found.arrays["heard"], assume_unique=True).tolist()
    readings: list[Reading] = []
    for begin in range(0, len(rest), AT_ONCE):
        some = Reading.objects.filter(pk__in=rest[begin : begin + AT_ONCE])
        readings += some.filter(at__gte=since, at__lte=at)
    return sorted(readings, key=lambda reading: (reading.at, reading.pk))


def learnt_since(found: Snapshot, lessons: list[tuple[datetime, Alert]]) -> list[Any]:
    """Of these lessons those that were learnt after the file was written."""
    known = set(found.arrays["learnt"].tolist())
    return [(closed, alert) for closed, alert in lessons if alert.pk not in known]
