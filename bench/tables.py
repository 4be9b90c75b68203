"""Tables of the register, in and out: `python -m bench tables`.

A generated city, then each piece of work as the worker does it, in a process of its own so that
its memory can be told: 8,682 people as XLSX, a million rows as CSV, 100,000 rows read in (checked,
then written) from an XLSX and from a CSV. Beside each stands a floor of the same run: the bare
library on rows in memory.
Rounds are interleaved, medians are shown.

    python -m bench tables --people 58k --rounds 3
    python -m bench tables --database postgresql   # CPU then counts the server's work as well
"""

import argparse
import csv
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from io import BytesIO, StringIO
from itertools import cycle, islice
from pathlib import Path

from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from bench import register
from bench.printed import paper

XLSX_ROWS, CSV_ROWS, IMPORT_ROWS = 8_682, 1_000_000, 100_000
STEPS = ("xlsx", "csv", "import", "import_csv")
BROUGHT = ("brought.xlsx", "brought.csv")  # the table that is read in, beside the database
console = paper()


def main(arguments: list[str]) -> int:
    """Prints the table; 1 when a goal was missed."""
    parser = argparse.ArgumentParser(prog="bench tables", description=__doc__)
    parser.add_argument("--people", choices=list(register.SIZES), default="58k")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--share", type=float, default=1.0, help="of the usual number of rows")
    parser.add_argument("--data", type=Path, help="keep the database here, or use it")
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--step", choices=list(WORK), help="internal: one piece of work, as JSON")
    options = parser.parse_args(arguments)
    if options.step:
        with ExitStack() as stack:
            register.prepare(stack, options.data, options.database)
            print(json.dumps(WORK[options.step](options.share)))
        return 0
    with ExitStack() as stack:
        made = stack.enter_context(tempfile.TemporaryDirectory(prefix="gz-tables-"))
        home = options.data or Path(made)
        if options.database == "postgresql":
            os.environ |= register.cluster(stack)
        _fill(home, options)
        results = _rounds(home, options)
    lines = [line for step in STEPS for line in LINES[step](results[step])]
    console.print(_table(lines, options))
    return 1 if any(line[-1] == "missed" for line in lines) else 0


def _fill(home: Path, options: argparse.Namespace) -> None:
    command = [sys.executable, "-m", "bench", "register", "--size", options.people, "--fill-only"]
    command += ["--data", str(home), "--database", options.database]
    subprocess.run(command, check=True)


def _rounds(home: Path, options: argparse.Namespace) -> dict[str, list[dict[str, float]]]:
    command = [sys.executable, "-m", "bench", "tables", "--data", str(home)]
    command += ["--database", options.database, "--share", str(options.share), "--step"]
    subprocess.run([*command, "file"], check=True, stdout=subprocess.DEVNULL)
    rounds = options.rounds
    results: dict[str, list[dict[str, float]]] = {step: [] for step in STEPS}
    columns = (TextColumn("{task.description}"), BarColumn(36), TimeElapsedColumn())
    with Progress(*columns, console=console) as bar:
        task = bar.add_task("tables", total=rounds * len(STEPS))
        for number in range(rounds):
            for step in STEPS:
                bar.update(task, description=f"round {number + 1}: {step}")
                done = subprocess.run([*command, step], check=True, stdout=subprocess.PIPE)
                results[step].append(json.loads(done.stdout.splitlines()[-1]))
                bar.update(task, advance=1)
    return results


# ── the work, each in a process of its own ────────────────────────────────────

Measured = dict[str, float]


def _timed(call: Callable[[], object], name: str = "") -> Measured:
    clock, cpu = register.timed(call)
    return {f"{name}clock": clock, f"{name}cpu": cpu}


def _peak() -> float:
    """Megabytes (of a million bytes) that this process held at most."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6


def _held() -> float:
    """Megabytes that this process holds now: what the imports cost, before any work."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1e6


def _usual():
    """The list of people in its usual columns, with its reader."""
    from gongzhi.sheets.kinds import LISTINGS
    from gongzhi.sheets.writing import Column, Sheet

    listing = LISTINGS["residents.people"]
    columns = [Column(c.key, str(c.label), c.sort) for c in listing.columns if c.usual]
    return listing, Sheet(columns, title="居民名册", mark="bench")


def _people(count: int) -> Iterator[list[object]]:
    """So many rows of the list, read as an export reads them; over again where there are fewer."""
    from django.utils.timezone import localdate

    from gongzhi.access.models import Person
    from gongzhi.residents.reads.search import Sought, every
    from gongzhi.residents.tables.lists import CHUNK
    from gongzhi.residents.tables.pieces import Reader

    person = Person.objects.get(username="city")
    _listing, sheet = _usual()
    reader = Reader(person, [c.key for c in sheet.columns], localdate())
    pks, number = cycle(every(person, Sought())), 0
    while number < count:
        some = list(islice(pks, min(CHUNK, count - number)))
        yield from reader.read(some, number)
        number += len(some)


def _xlsx(share: float) -> Measured:
    from gongzhi.sheets.writing import write_xlsx

    _listing, sheet = _usual()
    count = int(XLSX_ROWS * share)
    with tempfile.TemporaryDirectory() as out:
        done = _timed(lambda: write_xlsx(Path(out) / "a.xlsx", sheet, _people(count)))
        rows = list(_people(count))
        return done | _timed(lambda: write_xlsx(Path(out) / "b.xlsx", sheet, rows), "floor_")


def _csv(share: float) -> Measured:
    from gongzhi.sheets.writing import write_csv

    _listing, sheet = _usual()
    count = int(CSV_ROWS * share)
    base = _held()
    with tempfile.TemporaryDirectory() as out:
        path = Path(out) / "a.csv"
        done = {"base": base} | _timed(lambda: write_csv(path, sheet, _people(count)))
        done["peak"] = _peak()
        some = list(islice(_people(2000), 2000))

        def bare() -> None:
            with (Path(out) / "b.csv").open("w", encoding="utf-8", newline="") as file:
                csv.writer(file).writerows(islice(cycle(some), count))

        return done | _timed(bare, "floor_")


def _import(name: str) -> Measured:
    """Checked and written through the verbs and the worker's own work; then taken back."""
    from django.db import transaction

    from gongzhi.access.models import Person, Post
    from gongzhi.residents.models import Resident

    person = Person.objects.get(username="city")
    Post.objects.filter(person=person).update(role="community_worker")
    base = _held()
    content = _brought_file(name).read_bytes()

    def bare() -> None:
        rows = _bare_rows(name, content)
        some = Resident.objects.values().first()
        with transaction.atomic():
            fresh = (
                Resident(**{**some, "id": None, "id_index": None, "name": row[0]}) for row in rows
            )
            Resident.objects.bulk_create(fresh, batch_size=1000)
            transaction.set_rollback(True)

    with transaction.atomic():
        done = _brought(person, name, content)
        transaction.set_rollback(True)
    peak = _peak()
    return done | _timed(bare, "floor_") | {"base": base, "peak": peak}


def _bare_rows(name: str, content: bytes) -> list[list[object]]:
    from python_calamine import CalamineWorkbook

    if name.endswith("csv"):
        return list(csv.reader(StringIO(content.decode("utf-8-sig"))))
    return CalamineWorkbook.from_filelike(BytesIO(content)).get_sheet_by_index(0).to_python()


def _brought(person, name: str, content: bytes) -> Measured:
    from django.utils.timezone import now

    from gongzhi.sheets import actions, jobs

    one = actions.bring(
        by=person, kind="residents.people", name=name, content=content, source="x", at=now()
    )
    columns = {int(number): key for number, key in one.columns.items()}
    one = actions.name_columns(by=person, incoming=one, columns=columns, at=now())
    jobs.claim(one, at=now())
    done = _timed(lambda: jobs.run(one, at=now()), "check_")
    one.refresh_from_db()
    one = actions.apply(by=person, incoming=one, at=now())
    jobs.claim(one, at=now())
    with _write_timed() as held:
        done |= _timed(lambda: jobs.run(one, at=now()), "write_")
    done |= held
    one.refresh_from_db()
    if one.stage != "applied":
        raise RuntimeError(one.trouble)
    return done | {"rows": float(one.new)}


@contextmanager
def _write_timed() -> Iterator[Measured]:
    """How long the transaction holds the database: what everybody else may have to wait."""
    from gongzhi.residents.tables.sitting import Sitting

    held: Measured = {}
    write = Sitting.write

    def timed(sitting):
        counts = []
        held.update(_timed(lambda: counts.append(write(sitting)), "held_"))
        return counts[0]

    Sitting.write = timed
    yield held
    Sitting.write = write


def _brought_file(name: str) -> Path:
    return Path(os.environ["GONGZHI_DATA"]) / name


def _file(share: float) -> Measured:
    """A table of new people behind known doors, as XLSX and CSV, made in a process of its own."""
    from bench.city import TODAY
    from gongzhi.demo.families import Families
    from gongzhi.kernel.codes import id_check
    from gongzhi.places.models import Dwelling
    from gongzhi.sheets.writing import Column, Sheet, write_csv, write_xlsx

    heads = ["姓名", "身份证号", "出生日期", "性别", "联系电话", "现住址", "户号", "情况"]
    families, rows, count = Families(99, TODAY), [], int(IMPORT_ROWS * share)
    doors = cycle(Dwelling.objects.order_by("pk").values_list("address", flat=True)[:40_000])
    while len(rows) < count:
        door, household = next(doors), f"N{len(rows):07d}"
        for one in families.household():
            front = f"{int(one.id_number[:6]) + 50}{one.id_number[6:17]}"
            fact = "党员" if one.facts and one.facts[0][0] == "party_member" else ""
            rows.append(
                [one.name, front + id_check(front), one.born, "女" if one.female else "男",
                 "、".join(one.phones), door, household, fact]
            )  # fmt: skip
    sheet = Sheet([Column(h, h, "date" if h == "出生日期" else "text") for h in heads], "人员")
    for name, write in zip(BROUGHT, (write_xlsx, write_csv), strict=True):
        write(_brought_file(name), sheet, rows[:count])
    return {}


WORK: dict[str, Callable[[float], Measured]] = {
    "file": _file, "xlsx": _xlsx, "csv": _csv,
    "import": lambda _share: _import("brought.xlsx"),
    "import_csv": lambda _share: _import("brought.csv"),
}  # fmt: skip


# ── the table ─────────────────────────────────────────────────────────────────

Line = tuple[str, str, str, str, str, str]  # what, clock, CPU, floor's CPU, peak, verdict


def _line(
    what: str, found: list[Measured], name: str, verdict: Callable[[Callable[[str], float]], bool]
) -> Line:
    def of(key: str) -> float:
        return statistics.median(one[key] for one in found)

    peak = f"{of('peak'):.0f} ({of('base'):.0f})" if "peak" in found[0] else ""
    return (
        what, f"{of(f'{name}clock'):.1f}", f"{of(f'{name}cpu'):.1f}", f"{of('floor_cpu'):.1f}",
        peak, "ok" if verdict(of) else "missed",
    )  # fmt: skip


def _import_lines(shape: str, found: list[Measured]) -> list[Line]:
    def together(of: Callable[[str], float]) -> bool:
        return of("check_cpu") + of("write_cpu") < 60

    return [
        _line(f"100,000 rows of {shape} checked", found, "check_", lambda of: of("check_cpu") < 60),
        _line("the same written (goal 60 s CPU together)", found, "write_", together),
        _line("of it the database is held (others wait at most 20 s)", found, "held_",
              lambda of: of("held_cpu") < 20),
    ]  # fmt: skip


LINES: dict[str, Callable[[list[Measured]], list[Line]]] = {
    "xlsx": lambda found: [
        _line("8,682 people as XLSX (goal 2 s)", found, "", lambda of: of("cpu") <= 2)
    ],
    "csv": lambda found: [
        _line(
            "1,000,000 rows as CSV (goal 20 s, 200 MB)", found, "",
            lambda of: of("cpu") <= 20 and of("peak") <= 200,
        )
    ],
    "import": lambda found: _import_lines("XLSX", found),
    "import_csv": lambda found: _import_lines("CSV", found),
}  # fmt: skip


def _table(lines: list[Line], options: argparse.Namespace) -> Table:
    load = os.getloadavg()[0]
    title = f"Tables over {options.people} people on {options.database}, "
    title += f"medians of {options.rounds}, load {load:.1f}"
    if options.share != 1:
        title += f"; {options.share:g} of the rows, goals in proportion are not drawn"
    table = Table(title=title)
    for heading in ("what", "clock s", "CPU s", "floor CPU s", "peak (base) MB", "goal, by CPU"):
        table.add_column(heading, justify="left" if heading in {"what"} else "right")
    for line in lines:
        table.add_row(*line)
    return table
