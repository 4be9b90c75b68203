"""How long the guard takes to begin: from the record heard again, and from its file.

`python -m bench guard start --homes N [--heard M]`: M of the N homes have a record of ten days that
is heard again. Then the file of N homes that have learnt 60 days is written, and a process of its
own begins from it, with one reading of each home on top; its memory is the guard's. The record is
that of 40 generated lives over and over; elders, homes and two devices each come from the database.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from bench.guard import FIRST, GOALS, grow, human_events, megabytes, show
from gongzhi.care.rules.silence import DAY, HOUR

if TYPE_CHECKING:
    from django.db.models import Model


Row = tuple[object, ...]

ROWS_AT_ONCE = 20_000
LIVES = 40
RECORD_DAYS = 10
FIELDS = ("device", "key", "at", "received_at")


def start(homes: int, *, heard: int) -> bool:
    """Fill a database of its own and measure; whether the file is fast enough."""
    with tempfile.TemporaryDirectory() as room:
        os.environ["GONGZHI_DATA"], os.environ["GONGZHI_DEMO"] = room, "1"
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        return _start(homes, min(heard, homes), Path(room) / "guard.npz")


def _start(homes: int, heard: int, memory: Path) -> bool:
    from gongzhi.care.guarding import Guard

    doors = register(homes)
    at = _now()
    readings = pour(_reading(), FIELDS, _record(doors[:heard]), "readings to hear again")
    began = time.perf_counter()
    guard = Guard(at=at)
    scratch = time.perf_counter() - began
    _say(f"heard again in {scratch:.0f} s")
    grown = grow(guard.clock.homes, homes, LIVES)
    guard.clock.resume(day=grown.day, floor=grown.floor)
    guard.memory, guard._standing = memory, []  # homes without a record are silent, of course
    began = time.perf_counter()
    guard.keep_memory(at=at)
    written = time.perf_counter() - began
    del guard, grown
    pour(_reading(), FIELDS, _since(doors, at), "readings since the file")
    loaded, room = _begun_apart()
    show([
        (f"{heard:,} of {homes:,} homes, {readings:,} readings heard again, s", scratch, None),
        (f"file of {homes:,} homes, MB", memory.stat().st_size / 2**20, None),
        ("written in, s", written, None),
        (f"begun from the file and {homes:,} readings since, s", loaded, "start"),
        ("  the process that began so, MB at most", room, None),
    ])  # fmt: skip
    return loaded <= GOALS["start"]


def _begun_apart() -> tuple[float, float]:
    """A guard that begins from the file in a process of its own: seconds, megabytes."""
    ran = subprocess.run(
        [sys.executable, "-m", "bench", "guard", "begin"],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).resolve().parent.parent,
    )
    seconds, room = json.loads(ran.stdout.splitlines()[-1])
    return seconds, room


def begin() -> int:
    """What the process does that `_begun_apart` starts; the database is that of its environment."""
    import django

    django.setup()
    from django.conf import settings

    from gongzhi.care.guarding import Guard

    memory = Path(settings.DATA_DIR) / "guard.npz"
    began = time.perf_counter()
    guard: Guard = Guard(at=_now() + timedelta(hours=1), memory=memory)
    seconds = time.perf_counter() - began
    if not memory.exists() or guard.clock.homes.valid_days[0] < 50:
        raise SystemExit("the file was not used")
    print(json.dumps([seconds, megabytes()]))
    return 0


def _now() -> datetime:
    from gongzhi.care.times import moment

    return moment((FIRST + 61) * DAY + 4 * HOUR)


def _reading() -> "Model":
    from gongzhi.sensing.models import Reading

    return Reading(what="opened", taken=True)


def _record(doors: Sequence[int]) -> Iterator[Row]:
    """Ten days of readings in the order of time, as they come in."""
    from gongzhi.care.times import moment

    begins = (FIRST + 61 - RECORD_DAYS) * DAY
    lives = [
        [t for t, _kind in human_events(f"b{n}", days=61) if t >= begins] for n in range(LIVES)
    ]
    ordered = sorted((t, n) for n, life in enumerate(lives) for t in life)
    for k, (second, n) in enumerate(ordered):
        at = moment(second)
        yield from ((device, k, at, at) for device in doors[n::LIVES])


def _since(doors: Sequence[int], at: datetime) -> Iterator[Row]:
    for n, device in enumerate(doors):
        heard = at + timedelta(seconds=n % 3600)
        yield device, "new", heard, heard


def register(homes: int) -> list[int]:
    """Homes with a contact and a button each, and elders who consented; gives the contacts."""
    from django.core.management import call_command
    from django.utils.timezone import now

    from gongzhi.care.models import Elder
    from gongzhi.places.models import Area
    from gongzhi.sensing.models import Device, Gateway, Home

    at = now()
    call_command("load_calendar", verbosity=0)
    area = Area.objects.create(code="349901001001-01", name="grid", level="grid")
    gateway = Gateway.objects.create(code="gw", secret_hash="0" * 64)
    every = range(1, homes + 1)
    pour(Home(area=area), ("id", "code"), ((n, f"H{n - 1}") for n in every), "homes")
    elder = Elder(name="x", phone="10000000000", consented_at=at, consent_ref="1")
    pour(elder, ("home",), ((n,) for n in every), "elders")
    contact = Device(gateway=gateway, kind="fridge", seen_at=at)
    button = Device(gateway=gateway, kind="sos", seen_at=at)
    fields = ("id", "serial", "home")
    pour(contact, fields, ((n, f"fridge{n - 1}", n) for n in every), "contacts")
    pour(button, fields, ((homes + n, f"sos{n - 1}", n) for n in every), "buttons")
    return list(every)


def pour(like: "Model", names: Sequence[str], rows: Iterable[Row], what: str) -> int:
    """Write rows that are like that one but for the named fields; how many they were.

    `bulk_create` prepares every field of every row and builds its statement anew for every few
    hundred: at some millions of rows that is most of the time.
    """
    from django.db import connection, transaction

    meta = like._meta
    fields = [f for f in meta.concrete_fields if not f.primary_key or f.name in names]
    sql = 'INSERT INTO "{}" ({}) VALUES ({})'.format(
        meta.db_table,
        ", ".join(f'"{field.column}"' for field in fields),
        ", ".join(["%s"] * len(fields)),
    )
    same = [
        None if f.name in names else f.get_db_prep_save(f.pre_save(like, True), connection)
        for f in fields
    ]
    places = [(next(n for n, f in enumerate(fields) if f.name == name)) for name in names]
    adapt = connection.ops.adapt_datetimefield_value
    rows, count, began = iter(rows), 0, time.perf_counter()
    while some := list(islice(rows, ROWS_AT_ONCE)):
        values = []
        for row in some:
            line = same.copy()
            for place, cell in zip(places, row, strict=True):
                line[place] = adapt(cell) if isinstance(cell, datetime) else cell
            values.append(line)
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.executemany(sql, values)
        count += len(some)
        if count % (25 * ROWS_AT_ONCE) == 0:
            _say(f"{count:,} {what}")
    _say(f"{count:,} {what} written in {time.perf_counter() - began:.0f} s")
    return count


def _say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)
