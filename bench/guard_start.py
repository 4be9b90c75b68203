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


Row = dict[str, object]

ROWS_AT_ONCE = 20_000
LIVES = 40
RECORD_DAYS = 10


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
    from gongzhi.sensing.models import Reading

    doors = register(homes)
    at = _now()
    readings = len(pour(Reading, _record(doors[:heard]), "readings to hear again"))
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
    pour(Reading, _since(doors, at), "readings since the file")
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


def _reading(device: int, key: str, at: datetime) -> Row:
    return {
        "device_id": device, "key": key, "at": at, "received_at": at, "what": "opened",
        "taken": True,
    }  # fmt: skip


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
        yield from (_reading(device, str(k), at) for device in doors[n::LIVES])


def _since(doors: Sequence[int], at: datetime) -> Iterator[Row]:
    for n, device in enumerate(doors):
        yield _reading(device, "new", at + timedelta(seconds=n % 3600))


def register(homes: int) -> list[int]:
    """Homes with a contact and a button each, and elders who consented; gives the contacts."""
    from django.core.management import call_command
    from django.utils.timezone import now

    from gongzhi.care.models import Elder
    from gongzhi.places.models import Area
    from gongzhi.sensing.models import Device, Gateway, Home

    at = now()
    call_command("load_calendar", verbosity=0)
    area = Area.objects.create(code="349901001001-01", name="grid", level="grid").pk
    gateway = Gateway.objects.create(code="gw", secret_hash="0" * 64).pk
    every = pour(Home, ({"area_id": area, "code": f"H{n}"} for n in range(homes)), "homes")
    elder = {"name": "x", "phone": "10000000000", "consented_at": at, "consent_ref": "1"}
    pour(Elder, (elder | {"home_id": home} for home in every), "elders")

    def devices(kind: str) -> Iterator[Row]:
        same = {"gateway_id": gateway, "kind": kind, "seen_at": at}
        return (same | {"serial": f"{kind}{n}", "home_id": home} for n, home in enumerate(every))

    pour(Device, devices("sos"), "buttons")
    return pour(Device, devices("fridge"), "contacts")


def pour(model: "type[Model]", rows: Iterable[Row], what: str) -> list[int]:
    """Write rows by the thousand, telling how far it is; their keys."""
    from django.db import transaction

    from gongzhi.kernel.rows import insert_many

    rows, keys, began = iter(rows), [], time.perf_counter()
    while some := list(islice(rows, ROWS_AT_ONCE)):
        with transaction.atomic():
            keys += insert_many(model, some)
        if len(keys) % (25 * ROWS_AT_ONCE) == 0:
            _say(f"{len(keys):,} {what}")
    _say(f"{len(keys):,} {what} written in {time.perf_counter() - began:.0f} s")
    return keys


def _say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)
