"""`gongzhi generate_homes`: a CSV of believable elders' homes, to replay and to measure with."""

import csv
import gzip
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import IO, Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from gongzhi.demo.homes import draw_home, rows_of


class Command(BaseCommand):
    """Generated and fictional: nobody's life is in it. The same seed gives the same file."""

    help = "Write generated homes as CSV (time, home, kind, value); needs no database."
    requires_migrations_checks = False
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """How many homes, for how long, with which sensors."""
        parser.add_argument("--homes", type=int, default=10)
        parser.add_argument("--days", type=int, default=90)
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--start", type=date.fromisoformat, default=date(2026, 3, 2))
        parser.add_argument("--rich", action="store_true", help="motion sensors in every room")
        parser.add_argument("--heartbeats", action="store_true", help="an hourly row per device")
        parser.add_argument("--out", type=Path, metavar="FILE", help="…csv or …csv.gz; else stdout")

    def handle(self, *args: Any, **options: Any) -> None:
        """Home after home, each in the order of time, so memory does not grow with their number."""
        first = (options["start"] - date(1970, 1, 1)).days
        rows = 0
        with _opened(options["out"]) as out:
            writer = csv.writer(out, lineterminator="\n")
            writer.writerow(["time", "home", "kind", "value"])
            for n in range(options["homes"]):
                home = draw_home(
                    f"home{n + 1:05d}",
                    options["seed"],
                    rich=options["rich"],
                    heartbeats=options["heartbeats"],
                )
                for row in rows_of(home, first_day=first, days=options["days"]):
                    at = datetime.fromtimestamp(int(row.at), UTC).strftime("%Y-%m-%d %H:%M:%S")
                    writer.writerow([at, row.home, row.kind, row.value])
                    rows += 1
        if options["out"]:
            said = _("已写入 %(rows)s 行、%(homes)d 户到 %(path)s（生成的虚构数据）")
            self.stdout.write(
                said % {"rows": f"{rows:,}", "homes": options["homes"], "path": options["out"]}
            )


@contextmanager
def _opened(path: Path | None) -> Iterator[IO[str]]:
    if path is None:
        yield sys.stdout
    elif path.suffix == ".gz":
        with gzip.open(path, "wt", encoding="utf-8", newline="") as out:
            yield out
    else:
        with path.open("w", encoding="utf-8", newline="") as out:
            yield out
