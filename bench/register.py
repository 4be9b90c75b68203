"""The register at 58 thousand, 580 thousand and 5.8 million people: `python -m bench register`.

Fills a database with a generated city, then measures the product's own reads and verbs: look-ups
through `residents.reads.search` as a page makes them (people, grids, phones and tags read), the
full recompute of all tags, and the tags of 1,000 people who changed.

    python -m bench register --size 58k --database sqlite
    python -m bench register --size 5.8m --database sqlite --data DIR   # filled once, kept
"""

import argparse
import os
import random
import resource
import secrets
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from bench.bare import bare_tables
from bench.printed import paper
from bench.processes import cpu_seconds

SIZES = {"5.8k": 5_800, "58k": 58_000, "580k": 580_000, "5.8m": 5_800_000}
LOOKUPS = 200
GOAL_MS = 20.0
TABLES = (
    "residents_resident", "residents_phone", "residents_fact", "residents_household",
    "residents_findable", "places_dwelling",
)  # fmt: skip
Line = tuple[str, str, str, str]  # what, by the clock, CPU, verdict
console = paper()


def main(arguments: list[str]) -> int:
    """Prints the table; 1 when a goal at this size was missed."""
    parser = argparse.ArgumentParser(prog="bench register", description=__doc__)
    parser.add_argument("--size", choices=list(SIZES), default="58k")
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    kept = "keep the database (PostgreSQL: its keys) here, or use it; GONGZHI_PG_* names a cluster"
    parser.add_argument("--data", type=Path, help=kept)
    parser.add_argument("--lookups", type=int, default=LOOKUPS)
    parser.add_argument("--fill-only", action="store_true", help="fill, decide tags, and end")
    options = parser.parse_args(arguments)
    with ExitStack() as stack:
        prepare(stack, options.data, options.database)
        people = SIZES[options.size]
        from gongzhi.residents.models import Resident

        rows: list[Line] = []
        if not Resident.objects.exists():
            rows += _fill(people)
        if options.fill_only:
            _decide_tags()
            return 0
        rows += _measure(options.lookups)
        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6
        rows.append(("most memory of this process, MB", f"{most:.0f}", "", ""))
        console.print(_table(options, Resident.objects.count(), rows))
    return 0 if all(verdict != "missed" for _what, _value, _cpu, verdict in rows) else 1


def prepare(stack: ExitStack, data: Path | None, database: str) -> None:
    """A database of its own, migrated; kept where `data` says."""
    home = data or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="gz-reg-")))
    home.mkdir(parents=True, exist_ok=True)
    keys = home / "keys"
    if not keys.exists():
        keys.write_text("\n".join(secrets.token_urlsafe(40) for _ in range(3)))
    secret, sealing, index = keys.read_text().split("\n")
    os.environ |= {
        "GONGZHI_DATA": str(home),
        "GONGZHI_SECRET_KEY": secret,
        "GONGZHI_SEAL_KEYS": sealing,
        "GONGZHI_INDEX_KEY": index,
        "DJANGO_SETTINGS_MODULE": "gongzhi.project.settings",
    }
    if database == "postgresql":
        os.environ |= cluster(stack)
    import django
    from django.core.management import call_command
    from django.db import connection

    django.setup()
    call_command("migrate", verbosity=0, interactive=False)
    if database == "postgresql":  # a server of this size gets more than the default
        _tune(connection)


def cluster(stack: ExitStack) -> dict[str, str]:
    """The environment of a cluster of our own, or of the one that GONGZHI_PG_* names already."""
    if os.environ.get("GONGZHI_PG_NAME"):
        return {}
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tools"))
    import services

    return dict(stack.enter_context(services.postgresql(durable=True, buffers="2GB")))


def _tune(connection) -> None:
    with connection.cursor() as cursor:
        for setting in ("maintenance_work_mem = '1GB'", "work_mem = '64MB'", "jit = off"):
            cursor.execute(f"ALTER DATABASE {connection.settings_dict['NAME']} SET {setting}")
    connection.close()


# ── filling ───────────────────────────────────────────────────────────────────


def _fill(people: int) -> list[Line]:
    """The generated city: seconds and bytes it took."""
    from bench.city import build

    began, spent = time.perf_counter(), _cpu()
    columns = (TextColumn("{task.description}"), BarColumn(36), TimeElapsedColumn())
    with Progress(*columns, console=console) as bar:
        task = bar.add_task("people", total=people)
        with bare_tables(TABLES):
            build(people, lambda n: bar.update(task, completed=n))
            bar.update(task, description="indexes", completed=people)
            _make_searchable()
        _look_closely()
    seconds, spent = time.perf_counter() - began, _cpu() - spent
    return [("filling and indexing, s", f"{seconds:.0f}", f"{spent:.0f} s", ""),
            ("size, MB", f"{_size():.0f}", "", "")]  # fmt: skip


def _size() -> float:
    from django.conf import settings
    from django.db import connection

    if connection.vendor == "sqlite":
        return Path(settings.DATABASES["default"]["NAME"]).stat().st_size / 1e6
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database())")
        return cursor.fetchone()[0] / 1e6


def _make_searchable() -> None:
    """What lies beside the bare tables and is made from their rows."""
    from django.db import connection

    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO residents_findable_fts(residents_findable_fts) VALUES ('rebuild')"
            )


def _look_closely() -> None:
    """PostgreSQL estimates rare words well only when it has looked at many."""
    from django.db import connection

    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(
                "ALTER INDEX residents_findable_terms ALTER COLUMN 1 SET STATISTICS 1000"
            )
            cursor.execute("ANALYZE residents_findable")


# ── measuring ─────────────────────────────────────────────────────────────────


def _measure(lookups: int) -> list[Line]:
    from django.utils.timezone import now

    from gongzhi.residents.actions.tagging import retag_everybody
    from gongzhi.residents.models import Tag

    rows = []
    columns = (TextColumn("{task.description}"), BarColumn(36), TimeElapsedColumn())
    with Progress(*columns, console=console) as bar:
        task = bar.add_task("tags", total=4)
        if not Tag.objects.exists():
            seconds, cpu = timed(lambda: retag_everybody(by=None, at=now()))
            rows.append((f"all tags for everybody, first time ({Tag.objects.count():,} put), s",
                         f"{seconds:.1f}", f"{cpu:.1f} s", _verdict(seconds, 60)))  # fmt: skip
            _look_again()
        bar.update(task, advance=1)
        seconds, cpu = timed(lambda: retag_everybody(by=None, at=now()))
        rows.append(("all tags again, nothing to write, s", f"{seconds:.1f}", f"{cpu:.1f} s",
                     _verdict(seconds, 60)))  # fmt: skip
        bar.update(task, advance=1)
        seconds, cpu = sorted(_change_some() for _ in range(3))[1]
        rows.append(("tags of 1,000 who changed, s", f"{seconds:.2f}", f"{cpu:.2f} s",
                     _verdict(seconds, 0.5)))  # fmt: skip
        bar.update(task, advance=1, description="look-ups")
        rows += _lookups(lookups)
        rows += _choices(max(lookups // 5, 10))
        bar.update(task, advance=1)
    return rows


def _decide_tags() -> None:
    from django.utils.timezone import now

    from gongzhi.residents.actions.tagging import retag_everybody
    from gongzhi.residents.models import Tag

    if not Tag.objects.exists():
        retag_everybody(by=None, at=now())
        _look_again()


def _look_again() -> None:
    """Statistics of the tags, for both planners."""
    from django.db import connection

    with connection.cursor() as cursor:
        sqlite = connection.vendor == "sqlite"
        cursor.execute("ANALYZE residents_tag" if sqlite else "VACUUM ANALYZE residents_tag")


def _cpu() -> float:
    """CPU seconds so far of this process and of its PostgreSQL backend."""
    from django.db import connection

    own = time.process_time()
    if connection.vendor == "postgresql":
        connection.ensure_connection()
        return own + cpu_seconds(connection.connection.info.backend_pid)
    return own


def timed(call: Callable[[], object]) -> tuple[float, float]:
    """Seconds by the clock, and of CPU."""
    began, spent = time.perf_counter(), _cpu()
    call()
    return time.perf_counter() - began, _cpu() - spent


def _verdict(value: float, goal: float) -> str:
    return "ok" if value <= goal else "missed"


def _change_some() -> tuple[float, float]:
    """1,000 people anywhere change age, home or facts; the time is that of deciding their tags."""
    from django.db import transaction
    from django.utils.timezone import now

    from gongzhi.residents.actions.tagging import retag
    from gongzhi.residents.models import Fact, Resident

    highest = Resident.objects.order_by("-pk").values_list("pk", flat=True)[0]
    chosen = random.sample(range(1, highest + 1), 1000)
    with transaction.atomic():
        Resident.objects.filter(pk__in=chosen[:500]).update(born="1944-05-06")
        Fact.objects.filter(resident__in=chosen[500:]).delete()
        Resident.objects.filter(pk__in=chosen[900:]).update(home=None)
        taken = timed(lambda: retag(chosen, at=now()))
        transaction.set_rollback(True)  # the register stays as it was filled
        return taken


def _lookups(count: int) -> list[Line]:
    """p50, p95, p99 of each kind of question, by somebody who sees all and by a grid worker."""
    from gongzhi.access.models import Person
    from gongzhi.residents.reads.search import search

    rng = random.Random(7)
    everything = Person.objects.get(username="city")
    grid_worker = Person.objects.get(username="grid")
    rows = []
    for what, person, soughts in _questions(rng, count, everything, grid_worker):
        for sought in soughts[: max(len(soughts) // 5, 1)]:  # a database at work is warm
            search(person, sought)
        times, hits, spent = [], 0, _cpu()
        for sought in soughts:
            began = time.perf_counter()
            found = search(person, sought)
            times.append((time.perf_counter() - began) * 1000)
            hits += len(found.people)
        spent = (_cpu() - spent) / len(soughts) * 1000
        times.sort()
        p50, p95, p99 = (times[min(int(len(times) * q), len(times) - 1)] for q in (0.5, 0.95, 0.99))
        rows.append((f"{what} ({hits / len(soughts):.1f} found), p50/p95/p99 ms",
                     f"{p50:.1f} / {p95:.1f} / {p99:.1f}", f"{spent:.1f} ms",
                     _verdict(p95, GOAL_MS)))  # fmt: skip
    return rows


MAP_GOAL_MS = 100.0


def _choices(count: int) -> list[Line]:
    """The map: people, homes and counts by tag of one grid, and of the buildings of one estate."""
    from gongzhi.access.models import Person
    from gongzhi.places.models import Area, Estate
    from gongzhi.residents.reads import selecting
    from gongzhi.residents.reads.search import Sought, search
    from gongzhi.residents.rules.selection import Selection

    everything = Person.objects.get(username="city")
    grids = Area.objects.filter(level="grid").order_by("?").values_list("code", flat=True)[:count]
    estates = Estate.objects.order_by("?").values_list("pk", flat=True)[:count]
    by_grid = [Selection(grids=(code,)) for code in grids]
    by_homes = [Selection(estates=(pk,)) for pk in estates]
    asked = {
        "map: figures of a grid": (selecting.summary, by_grid),
        "map: figures of an estate's buildings": (selecting.summary, by_homes),
        "map: the list of those buildings, page 1": (
            lambda person, choice: search(person, Sought(within=choice)), by_homes,
        ),
    }  # fmt: skip
    rows = []
    for what, (ask, choices) in asked.items():
        ask(everything, choices[0])
        took = [timed(lambda ask=ask, one=one: ask(everything, one)) for one in choices]
        times = sorted(seconds * 1000 for seconds, _spent in took)
        p50, p95 = (times[min(int(len(times) * q), len(times) - 1)] for q in (0.5, 0.95))
        spent = sum(cpu for _seconds, cpu in took) / len(took) * 1000
        rows.append((f"{what}, p50/p95 ms", f"{p50:.1f} / {p95:.1f}", f"{spent:.1f} ms",
                     _verdict(p95, MAP_GOAL_MS)))  # fmt: skip
    return rows


def _questions(rng: random.Random, count: int, everything, grid_worker) -> Iterator[tuple]:
    from gongzhi.places.models import Area
    from gongzhi.residents.models import Phone, Resident
    from gongzhi.residents.reads.search import Sought

    highest = Resident.objects.order_by("-pk").values_list("pk", flat=True)[0]
    people = list(
        Resident.objects.filter(pk__in=rng.sample(range(1, highest + 1), min(3 * count, highest)))
        .filter(state="present", home__isnull=False)
        .select_related("home__stairwell__building__estate")
    )[:count]
    phones = [p.number for p in Phone.objects.filter(resident__in=people)][:count]
    grids = list(Area.objects.filter(level="grid").order_by("?")[:count])
    tags = ["aged", "living_alone", "empty_nest", "party_member", "disabled", "left_behind"]

    def fragment(person) -> str:
        stairwell = person.home.stairwell
        building = stairwell.building
        estate = building.estate.name
        return rng.choice(
            [f"{estate[1:]}{building.name}", f"{estate}{building.name}{stairwell.name}",
             f"{estate[:3]}{building.name}{person.home.name}", f"{building.name}{person.home.name}",
             estate[-3:]]
        )  # fmt: skip

    def pair(name: str) -> str:
        at = rng.randrange(max(len(name) - 1, 1))
        return name[at : at + 2]

    def asked(lines) -> list[Sought]:
        return [Sought(line) for line in lines]

    yield "ID number", everything, asked(p.id_number for p in people)
    yield "phone", everything, asked(phones)
    yield "two characters of a name", everything, asked(pair(p.name) for p in people)
    yield "one character of a name", everything, asked(rng.choice(p.name) for p in people)
    yield "piece of an address", everything, asked(fragment(p) for p in people)
    yield "phone tail", everything, asked(number[-4:] for number in phones)
    yield (
        "pinyin initials",
        everything,
        asked(rng.choice(["wjg", "lxy", "zw", "cmh"]) for _ in people),
    )
    yield "name and address", everything, asked(f"{p.name[:2]} {fragment(p)}" for p in people)
    yield "name and tag", everything, asked(f"{pair(p.name)} #{rng.choice(tags)}" for p in people)
    yield (
        "grid and tag, page 1",
        everything,
        [Sought("", area=rng.choice(grids), tags=(rng.choice(tags),)) for _ in people],
    )
    yield "tag everywhere, page 1", everything, asked(f"#{rng.choice(tags)}" for _ in people)
    yield "a grid worker's one character", grid_worker, asked(p.name[0] for p in people)
    yield "a grid worker's own list", grid_worker, asked("" for _ in people)


def _table(options: argparse.Namespace, people: int, rows: list[Line]) -> Table:
    table = Table(title=f"{people:,} people on {options.database}, load {os.getloadavg()[0]:.1f}")
    for heading in ("what", "measured", "CPU", "goal"):
        table.add_column(heading, justify="right" if heading in {"measured", "CPU"} else "left")
    for row in rows:
        table.add_row(*row)
    return table
