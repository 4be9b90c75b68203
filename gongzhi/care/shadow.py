"""Shadow mode: the own record through the very code that guards, as `replay` does it."""

import csv
import gzip
import io
import json
import tempfile
from datetime import datetime, timedelta
from pathlib import Path

from django.core.management import CommandError, call_command
from django.utils.timezone import localtime

from gongzhi.care.models import Elder, ShadowRun
from gongzhi.sensing.models import Reading
from gongzhi.sensing.words import What

KEPT = ("groups", "meters", "homes", "rows", "pass_through")
VALUES = {"opened": "OPEN", "closed": "CLOSED", "moved": "ON", "alarm": "ALARM"}


def replayed(run: ShadowRun, *, at: datetime) -> dict[str, object]:
    """The figures of the run. CommandError when the record is too short to say anything."""
    with tempfile.TemporaryDirectory(prefix="gz-shadow-") as room:
        path = Path(room) / "record.csv.gz"
        if not write_record(run.area_path, path, since=at - timedelta(days=run.days), until=at):
            raise CommandError("没有可以回放的记录。")
        out = io.StringIO()
        call_command(
            "replay",
            str(path),
            inject=run.inject,
            seed=run.seed,
            json=True,
            no_png=True,
            calendar=True,  # as the guard on duty does
            stdout=out,
        )
    found = json.loads(out.getvalue())
    return {name: _plain(found.get(name)) for name in KEPT}


def _plain(value: object) -> object:
    """The same without "not a number", which no database keeps as JSON."""
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return None if isinstance(value, float) and value != value else value


def write_record(area_path: str, path: Path, *, since: datetime, until: datetime) -> int:
    """The readings of guarded homes in the area as CSV; homes are numbered, nobody is named."""
    homes = Elder.objects.guarded().filter(home__area__path__startswith=area_path)
    numbers = {pk: f"h{n:05d}" for n, pk in enumerate(homes.values_list("home_id", flat=True), 1)}
    rows = Reading.objects.filter(device__home__in=list(numbers), at__gte=since, at__lte=until)
    fields = rows.order_by("at").values_list(
        "at", "device__home_id", "device__kind", "what", "value"
    )
    written = 0
    with gzip.open(path, "wt", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(["time", "home", "kind", "value"])
        for moment, home, kind, what, value in fields.iterator(5000):
            said = value if what == What.KWH else VALUES.get(what, what)
            writer.writerow([f"{localtime(moment):%Y-%m-%d %H:%M:%S}", numbers[home], kind, said])
            written += 1
    return written
