"""`python -m bench insight`: questions over five years, from cells, lake and live tables.

Invents cases by the database itself (2.5 million unless told otherwise) on the product's schema,
lets the product count and write them as it always does, then asks each question both ways in the
same run: medians of several runs, after one that warms up. Every phase shows how far it is.
"""

import argparse
import os
import secrets
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

from rich.progress import Progress
from rich.table import Table

from bench.printed import paper

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tools"))
import services  # noqa: E402

YEARS = 5
CHUNK = 100_000
MEDIAN_BY_UNIT = {
    "postgresql": (
        "SELECT unit_id, percentile_cont(0.5) WITHIN GROUP (ORDER BY handled_at - reported_at)"
        " FROM cases_case WHERE handled_at IS NOT NULL GROUP BY unit_id"
    ),
    "sqlite": (
        "SELECT unit_id, avg(t) FROM (SELECT unit_id, t,"
        " row_number() OVER (PARTITION BY unit_id ORDER BY t) AS n,"
        " count(*) OVER (PARTITION BY unit_id) AS c FROM ("
        " SELECT unit_id, julianday(handled_at) - julianday(reported_at) AS t"
        " FROM cases_case WHERE handled_at IS NOT NULL))"
        " WHERE n IN ((c + 1) / 2, (c + 2) / 2) GROUP BY unit_id"
    ),
}
STREET_BY_CLASS = (
    "SELECT a.parent_id, i.item_class_id, count(*) FROM cases_case c"
    " JOIN places_area a ON a.id = c.area_id JOIN catalogue_item i ON i.id = c.item_id"
    " GROUP BY 1, 2"
)
BY_ITEM = "SELECT item_id, count(*), count(handled_at) FROM cases_case GROUP BY item_id"
DAYS_OF_30 = (
    "SELECT date(reported_at), a.parent_id, count(*) FROM cases_case c"
    " JOIN places_area a ON a.id = c.area_id WHERE reported_at >= %s GROUP BY 1, 2"
)
REPEATS = (
    "SELECT area_id, item_id, count(*) FROM cases_case WHERE reported_at >= %s"
    " GROUP BY 1, 2 HAVING count(*) >= 3 ORDER BY 3 DESC LIMIT 10"
)


def main(words: list[str] | None = None) -> int:
    """Fill, count, write and ask, on one database."""
    parser = argparse.ArgumentParser(prog="python -m bench insight", description=__doc__)
    parser.add_argument("--cases", type=int, default=2_500_000)
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--runs", type=int, default=5)
    given = parser.parse_args(words)
    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="gz-bench-")))
        reach = {}
        if given.database == "postgresql":
            reach = stack.enter_context(services.postgresql(durable=True))
        _settings(home, reach)
        _measure(given.cases, given.runs, home)
    return 0


def _settings(home: Path, reach: dict[str, str]) -> None:
    for name in [name for name in os.environ if name.startswith("GONGZHI_")]:
        del os.environ[name]
    keys = ("SECRET_KEY", "SEAL_KEYS", "INDEX_KEY")
    os.environ.update({f"GONGZHI_{key}": secrets.token_urlsafe(48) for key in keys})
    os.environ.update(reach)
    os.environ.update(
        GONGZHI_DATA=str(home), GONGZHI_LOG="ERROR",
        DJANGO_SETTINGS_MODULE="gongzhi.project.settings",
    )  # fmt: skip
    import django

    django.setup()


def _measure(count: int, runs: int, home: Path) -> None:
    from django.core.management import call_command
    from django.db import connection

    from gongzhi.insight import lake
    from gongzhi.insight.models import DayCell

    console = paper()
    quiet = not sys.stdout.isatty()
    with open(os.devnull, "w") as nowhere:
        for command in ("migrate", "load_calendar", "load_catalogue"):
            call_command(command, verbosity=0, stdout=nowhere)
    began = time.monotonic()
    _fill(count, quiet)
    console.print(f"{count} cases invented in {time.monotonic() - began:.0f} s")
    counted = _follow(quiet)
    console.print(
        f"{DayCell.objects.count()} cells of {counted.days} days in {counted.seconds:.0f} s"
    )
    began = time.monotonic()
    with open(os.devnull, "w") as nowhere:
        call_command("freeze_months", stdout=nowhere)
    size = sum(path.stat().st_size for path in lake.folder().glob("*.parquet"))
    seconds = time.monotonic() - began
    months = len(list(lake.folder().glob("*.parquet")))
    console.print(f"{months} months, {size / 1e6:.1f} MB of Parquet in {seconds:.0f} s")
    console.print(_ask(connection.vendor, runs, count))


# ── cases by the database itself ─────────────────────────────────────────────


def _fill(count: int, quiet: bool) -> None:
    """Copy one case reported by the product's own verb, with other days, places and ends."""
    from uuid import uuid4

    from django.db import connection
    from django.utils.timezone import now

    from gongzhi.access.models import Unit
    from gongzhi.cases import actions
    from gongzhi.cases.models import Case
    from gongzhi.catalogue.models import Item
    from gongzhi.demo.places import settle
    from gongzhi.demo.town import draw
    from gongzhi.insight.models import Follower, TouchedDay
    from gongzhi.places.models import Area

    settle(draw())
    grids = list(Area.objects.grids())
    district = Area.objects.get(level="district")
    for number in range(40):
        Unit.objects.create(kind="bench", name=f"unit {number}", area=district)
    new = actions.NewReport(
        key=uuid4(), reporter_ref="d:bench", text="小区门口一堆垃圾没人扫", area=grids[0]
    )
    pattern = actions.report(by=None, new=new, at=now())
    with connection.cursor() as cursor:
        for name, rows in (
            ("grid", grids),
            ("item", Item.objects.all()),
            ("unit", Unit.objects.filter(kind="bench")),
        ):
            cursor.execute(f"CREATE TEMPORARY TABLE pick_{name} (k integer PRIMARY KEY, id bigint)")
            cursor.executemany(
                f"INSERT INTO pick_{name} VALUES (%s, %s)",
                [(k, row.pk) for k, row in enumerate(rows)],
            )
        columns = [
            field.column
            for field in Case._meta.concrete_fields
            if not field.primary_key and not field.generated
        ]
        quoted = ", ".join(f'"{c}"' for c in columns)
        values = _VALUES[connection.vendor]
        chosen = ", ".join(values.get(c, f't."{c}"') for c in columns)
        sql = f"INSERT INTO cases_case ({quoted}) {_FROM[connection.vendor].format(chosen=chosen)}"
        indexes = _without_indexes(cursor, connection.vendor)
        with Progress(disable=quiet) as bar:
            task = bar.add_task("cases", total=count)
            for begin in range(0, count, CHUNK):
                some = min(CHUNK, count - begin)
                cursor.execute(sql, _given(begin, some, pattern.pk, len(grids), connection.vendor))
                bar.advance(task, some)
        for index in indexes:
            cursor.execute(index)
        cursor.execute("ANALYZE")
    Follower.objects.all().delete()
    TouchedDay.objects.all().delete()


def _without_indexes(cursor, vendor: str) -> list[str]:
    """Drop the plain indexes of cases for the filling; gives what makes them again."""
    if vendor == "sqlite":
        cursor.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
            " AND tbl_name = 'cases_case' AND sql NOT LIKE '%UNIQUE%'"
        )
    else:
        cursor.execute(
            "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'cases_case'"
            " AND indexdef NOT LIKE '%UNIQUE%'"
        )
    found = cursor.fetchall()
    for name, _sql in found:
        cursor.execute(f'DROP INDEX "{name}"')
    return [sql for _name, sql in found]


def _given(begin: int, some: int, pattern: int, grids: int, vendor: str) -> dict[str, object]:
    from gongzhi.access.models import Unit
    from gongzhi.catalogue.models import Item

    return {
        "first": begin + 1,
        "last": begin + some,
        "span": int(timedelta(days=365 * YEARS).total_seconds()),
        "grids": grids,
        "items": Item.objects.count(),
        "units": Unit.objects.filter(kind="bench").count(),
        "pattern": pattern,
    }


# ago: seconds before now; took: seconds until handled; fate: of a hundred.
_FROM = {
    "sqlite": (
        "WITH RECURSIVE n(i) AS (SELECT %(first)s UNION ALL SELECT i + 1 FROM n"
        " WHERE i < %(last)s), r AS MATERIALIZED (SELECT i, abs(random()) %% %(span)s AS ago,"
        " 600 + abs(random()) %% 400000 AS took, abs(random()) %% 100 AS fate,"
        " abs(random()) %% %(grids)s AS g, abs(random()) %% %(items)s AS m,"
        " abs(random()) %% %(units)s AS u FROM n)"
        " SELECT {chosen} FROM r JOIN cases_case t ON t.id = %(pattern)s"
        " JOIN pick_grid pg ON pg.k = r.g JOIN pick_item pi ON pi.k = r.m"
        " JOIN pick_unit pu ON pu.k = r.u"
    ),
    "postgresql": (
        "WITH r AS MATERIALIZED (SELECT i, floor(random() * %(span)s)::int AS ago,"
        " 600 + floor(random() * 400000)::int AS took, floor(random() * 100)::int AS fate,"
        " floor(random() * %(grids)s)::int AS g, floor(random() * %(items)s)::int AS m,"
        " floor(random() * %(units)s)::int AS u"
        " FROM generate_series(%(first)s::int, %(last)s::int) AS i)"
        " SELECT {chosen} FROM r JOIN cases_case t ON t.id = %(pattern)s"
        " JOIN pick_grid pg ON pg.k = r.g JOIN pick_item pi ON pi.k = r.m"
        " JOIN pick_unit pu ON pu.k = r.u"
    ),
}
_VALUES = {
    "sqlite": {
        "key": "lower(hex(randomblob(16)))",
        "reporter_ref": "'d:' || lower(hex(randomblob(32)))",
        "area_id": "pg.id",
        "item_id": "pi.id",
        "unit_id": "pu.id",
        "status": "CASE WHEN r.fate < 3 THEN 'declined' WHEN r.fate < 5 THEN 'accepted'"
        " ELSE 'closed' END",
        "reported_at": "datetime('now', (-r.ago) || ' seconds')",
        "due_at": "datetime('now', (-(r.ago - 260000)) || ' seconds')",
        "dispatched_at": "datetime('now', (-(r.ago - 600)) || ' seconds')",
        "handled_at": "CASE WHEN r.fate >= 5 THEN"
        " datetime('now', (-(r.ago - r.took)) || ' seconds') END",
        "ended_at": "CASE WHEN r.fate >= 5 THEN"
        " datetime('now', (-(r.ago - r.took - 3600)) || ' seconds') END",
        "warn_at": "NULL",
        "stars": "CASE WHEN r.fate >= 60 THEN 1 + r.fate %% 5 END",
    },
    "postgresql": {
        "key": "gen_random_uuid()",
        "reporter_ref": "'d:' || md5(random()::text) || md5(random()::text)",
        "area_id": "pg.id",
        "item_id": "pi.id",
        "unit_id": "pu.id",
        "status": "CASE WHEN r.fate < 3 THEN 'declined' WHEN r.fate < 5 THEN 'accepted'"
        " ELSE 'closed' END",
        "reported_at": "now() - make_interval(secs => r.ago)",
        "due_at": "now() - make_interval(secs => r.ago - 260000)",
        "dispatched_at": "now() - make_interval(secs => r.ago - 600)",
        "handled_at": "CASE WHEN r.fate >= 5 THEN"
        " now() - make_interval(secs => r.ago - r.took) END",
        "ended_at": "CASE WHEN r.fate >= 5 THEN"
        " now() - make_interval(secs => r.ago - r.took - 3600) END",
        "warn_at": "NULL",
        "stars": "CASE WHEN r.fate >= 60 THEN 1 + r.fate %% 5 END",
    },
}


# ── counting as the worker does ──────────────────────────────────────────────


class _Counted:
    days = 0
    seconds = 0.0


def _follow(quiet: bool) -> _Counted:
    from django.utils.timezone import now

    from gongzhi.insight.models import TouchedDay
    from gongzhi.insight.reactions import follow, recount

    counted, began = _Counted(), time.monotonic()
    while follow(now()):
        pass
    counted.days = TouchedDay.objects.count()
    with Progress(disable=quiet) as bar:
        task = bar.add_task("days", total=counted.days)
        while recount(now()):
            bar.update(task, completed=counted.days - TouchedDay.objects.count())
    counted.seconds = time.monotonic() - began
    return counted


# ── asking both ways ─────────────────────────────────────────────────────────


def _ask(vendor: str, runs: int, count: int) -> Table:
    from django.db import connection
    from django.utils.timezone import localdate, now

    from gongzhi.insight.reads import answers, cells, history
    from gongzhi.insight.reads.asked import Question, span
    from gongzhi.insight.words import By, Span
    from gongzhi.places.models import Area

    district, today = Area.objects.get(level="district"), localdate()
    years = Question(*span(Span.FIVE_YEARS, today), area=district)
    month = Question(*span(Span.MONTH, today), area=district)

    def live(sql: str, *values: object) -> Callable[[], object]:
        def run() -> object:
            with connection.cursor() as cursor:
                cursor.execute(sql, values or None)
                return cursor.fetchall()

        return run

    def by(question: Question, way: By) -> Question:
        return Question(question.first, question.last, question.area, by=way)

    pairs: list[tuple[str, str, Callable[[], object], Callable[[], object]]] = [
        ("counts, median and 0.9 of handling by unit, 5 years", "lake",
         lambda: history.figures(by(years, By.UNIT)), live(MEDIAN_BY_UNIT[vendor])),
        ("the same by item, 5 years", "lake",
         lambda: history.figures(by(years, By.ITEM)), live(BY_ITEM)),
        ("the whole page but repeats, 5 years by class", "lake",
         lambda: answers.answer(by(years, By.ITEM_CLASS)), live(STREET_BY_CLASS)),
        ("the whole page but repeats, 30 days by class", "cells, lake",
         lambda: answers.answer(by(month, By.ITEM_CLASS)),
         live(DAYS_OF_30, now() - timedelta(days=30))),
        ("every day, 30 days", "cells",
         lambda: cells.by_day(month), live(DAYS_OF_30, now() - timedelta(days=30))),
        ("repeats, 14 days", "lake",
         lambda: history.repeats(month), live(REPEATS, now() - timedelta(days=14))),
    ]  # fmt: skip
    table = Table(title=f"{count} cases on {vendor}, median of {runs} runs, ms")
    for heading in ("question", "asked of", "beside", "live tables", "ratio"):
        table.add_column(
            heading, justify="left" if heading in {"question", "asked of"} else "right"
        )
    for name, where, beside, tables in pairs:
        quick, slow = _median(beside, runs), _median(tables, max(runs // 2, 1))
        table.add_row(name, where, f"{quick:.0f}", f"{slow:.0f}", f"{slow / quick:.0f} ×")
    return table


def _median(question: Callable[[], object], runs: int) -> float:
    question()
    times = []
    for _run in range(runs):
        began = time.perf_counter()
        if not question():
            raise AssertionError("the question found nothing")
        times.append((time.perf_counter() - began) * 1000)
    return statistics.median(times)


if __name__ == "__main__":
    sys.exit(main())
