"""`python -m bench cases`: what a desk costs when five years of cases are there.

One PostgreSQL, filled to each size in turn (25 thousand, 250 thousand, 2.5 million, at half a
million cases a year); then the product's own pages, through its middleware, by dispatchers of the
district and of a sub-district and a community worker: the list's first page with every filter and
with several, a case, the intake of 32 reports, a dispatch, a merge of fifty. CPU of the server and
of its database backend, as the kernel counts it, summed for each request and brought to the pace
of the machine undisturbed; p50 and p95 in ms, the lesser of two passes some minutes apart.
"""

import argparse
import os
import random
import secrets
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, nullcontext
from importlib import import_module
from pathlib import Path
from uuid import uuid4

from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from bench.load import EAST, NORTH, SAID, SOUTH, WEST
from bench.printed import paper
from bench.processes import best_pace, pace

SIZES = {"25k": 25_000, "250k": 250_000, "2.5m": 2_500_000}
GOAL_MS = 100.0
DEAR_MS = 4.0  # a statement worth looking at
WARM = 3  # as often as a statement comes before PostgreSQL keeps its plan
PASSES = 2  # minutes apart, and the lesser counts: what else runs on the machine only adds
TOGETHER = 50  # cases merged at once
AT_ONCE = 32  # reports that the server gathers under as many clients
COLUMNS = (TextColumn("{task.description}"), BarColumn(36), TimeElapsedColumn())
WORDS = ("路灯", "垃圾 楼道", "漏水", "燃气", "井盖", "电动车 充电", "噪音", "恐龙", "张大爷")
Ask = Callable[["Desk"], None]
console = paper()


def main(arguments: list[str]) -> int:
    """Prints a table per size and one of them all; 1 when a goal was missed."""
    parser = argparse.ArgumentParser(prog="python -m bench cases", description=__doc__)
    parser.add_argument("--sizes", nargs="+", choices=list(SIZES), default=list(SIZES))
    parser.add_argument("--runs", type=int, default=40, help="of each question")
    parser.add_argument("--only", default="", help="questions with this in their name")
    parser.add_argument("--slow", action="store_true", help="print statements above 10 ms")
    options = parser.parse_args(arguments)
    found: dict[str, dict[str, tuple[float, float, float]]] = {}
    with ExitStack() as stack:
        _prepare(stack)
        from bench import cases_fill

        bar = stack.enter_context(Progress(*COLUMNS, console=console))
        cases_fill.settle(random.Random(3))
        for size in options.sizes:
            cases_fill.copy(SIZES[size], bar)
            found[size] = _measure(options, bar, size)
            console.print(table_of({size: found[size]}))
    console.print(table_of(found))
    return int(any(p95 > GOAL_MS for rows in found.values() for _p50, p95, _db in rows.values()))


def _prepare(stack: ExitStack) -> None:
    """A database of its own, migrated; its work all in one backend, so that it can be counted."""
    home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="gz-cases-")))
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tools"))
    import services

    for name in [name for name in os.environ if name.startswith("GONGZHI_")]:
        del os.environ[name]
    keys = ("SECRET_KEY", "SEAL_KEYS", "INDEX_KEY")
    os.environ |= {f"GONGZHI_{key}": secrets.token_urlsafe(48) for key in keys}
    os.environ |= stack.enter_context(services.postgresql(durable=True))
    os.environ |= {
        "GONGZHI_DATA": str(home), "GONGZHI_LOG": "ERROR", "GONGZHI_PLAIN_HTTP": "1",
        "GONGZHI_HOSTS": "testserver", "DJANGO_SETTINGS_MODULE": "gongzhi.project.settings",
    }  # fmt: skip
    (home / "static").mkdir()
    import django
    from django.core.management import call_command
    from django.db import connection

    django.setup()
    call_command("migrate", verbosity=0, interactive=False)
    call_command("collectstatic", verbosity=0, interactive=False)
    with connection.cursor() as cursor:
        name = connection.settings_dict["NAME"]
        for setting in ("max_parallel_workers_per_gather = 0", "jit = off"):
            cursor.execute(f'ALTER DATABASE "{name}" SET {setting}')
    connection.close()
    import_module("gongzhi.project.wsgi")  # the collector of garbage is set as in the server


# ── asking ───────────────────────────────────────────────────────────────────


class Desk:
    """People at their desks, and the values that they choose among."""

    def __init__(self) -> None:
        from django.test import Client

        from gongzhi.access.models import Person
        from gongzhi.cases.words import Nature, Source, Status
        from gongzhi.catalogue.models import ItemClass
        from gongzhi.places.models import Area

        self.rng = random.Random(11)
        self.browsers = {}
        for username in ("quji01", "diaodu01", "shequ01"):
            browser = self.browsers[username] = Client()
            browser.force_login(Person.objects.get(username=username))
        self.values = {
            "area": list(Area.objects.exclude(level="district").values_list("code", flat=True)),
            "kind": list(ItemClass.objects.values_list("code", flat=True)),
            "status": list(Status.values),
            "source": list(Source.values),
            "nature": list(Nature.values),
            "q": list(WORDS),
            "due": ["late", "soon", "today", "week"],
            "sort": ["newest", "oldest"],
            "watched": ["1"],
        }

    def get(self, path: str, by: str = "", **query: str) -> None:
        """One page, by somebody; anything but 200 is a mistake of this file."""
        browser = self.browsers[by or self.rng.choice(list(self.browsers))]
        answer = browser.get(path, query)
        assert answer.status_code == 200, (path, query, answer.status_code)

    def post(self, path: str, said: dict[str, object]) -> str:
        """One button, pressed by the dispatcher of the district; gives the page behind it."""
        answer = self.browsers["quji01"].post(path, said, headers={"HX-Request": "true"})
        page = answer.content.decode()
        assert answer.status_code == 200, (path, said, answer.status_code, page[:400])
        return page

    def take_in(self, new: list) -> None:
        """Reports of strangers, by the verb that every door calls."""
        from django.utils.timezone import now

        from gongzhi.cases.actions import report_many

        report_many(by=None, reports=new, at=now())

    def some(self, *keys: str) -> dict[str, str]:
        """A value for each of these filters."""
        return {key: self.rng.choice(self.values[key]) for key in keys}


def _questions() -> Iterator[tuple[str, Ask]]:
    for tab in ("todo", "doing", "late", "urgent", "later", "done", "all"):
        yield f"list, {tab}", lambda d, tab=tab: d.get("/desk/", tab=tab)
    for key in ("area", "kind", "status", "source", "nature", "q", "due", "sort", "watched"):
        for tab in ("todo", "all"):
            yield (
                f"list, {tab}, {key}",
                lambda d, key=key, tab=tab: d.get("/desk/", tab=tab, **d.some(key)),
            )
    pairs = (("area", "kind"), ("q", "source"), ("area", "kind", "source", "nature"))
    for keys in (*pairs, ("area", "kind", "status", "source", "nature", "q", "sort")):
        for tab in ("done", "all"):
            yield (
                f"list, {tab}, {' + '.join(keys)}",
                lambda d, keys=keys, tab=tab: d.get("/desk/", tab=tab, **d.some(*keys)),
            )
    yield "a case, open", lambda d: d.get(f"/desk/cases/{_open_case(d).pk}/", by="quji01")
    yield "a case, any", lambda d: d.get(f"/desk/cases/{_any_case(d)}/", by="quji01")
    yield "cases that may be the same", _same
    yield "figures above the list", lambda d: d.get("/desk/figures/")
    yield "points on the map", lambda d: d.get("/desk/points.json")
    yield f"intake of {AT_ONCE} reports in one transaction", _intake
    yield "dispatch", _dispatch
    yield f"merge of {TOGETHER}", _merge


def _open_case(desk: Desk):
    from gongzhi.cases.models import Case

    return desk.rng.choice(list(Case.objects.filter(status="reported").order_by("-pk")[:200]))


def _any_case(desk: Desk) -> int:
    from gongzhi.cases.models import Case

    newest = Case.objects.order_by("-pk").values_list("pk", flat=True)[0]
    return desk.rng.randint(newest // 2, newest)


def _same(desk: Desk) -> None:
    desk.get(f"/desk/cases/{_open_case(desk).pk}/same/", by="quji01")


def _intake(desk: Desk) -> None:
    """As many reports as the server writes together when 32 clients wait for their answers."""
    from gongzhi.cases.actions import NewReport

    rng = desk.rng
    desk.take_in(
        [
            NewReport(
                key=uuid4(),
                reporter_ref=f"d:{rng.randbytes(16).hex()}",
                text=f"{rng.randint(1, 99)}栋{rng.choice(SAID)}",
                lng=round(rng.uniform(WEST, EAST), 6),
                lat=round(rng.uniform(SOUTH, NORTH), 6),
            )
            for _number in range(AT_ONCE)
        ]
    )


def _dispatch(desk: Desk) -> None:
    """The item and grade as they are, to the unit or person the page would offer first."""
    case = _open_case(desk)
    said = {
        "item": case.item.code if case.item else "010101", "grade": case.grade,
        "to": _someone(desk, case), "text": "请今天到现场处理。", "seen": case.version,
    }  # fmt: skip
    desk.post(f"/desk/cases/{case.pk}/dispatch/", said)
    case.refresh_from_db()
    assert case.status == "dispatched", case.status


def _someone(desk: Desk, case) -> str:
    from gongzhi.access.models import Post

    post = Post.objects.filter(role="grid_worker", area=case.area, person__is_active=True).first()
    return f"p:{post.person_id}"


def _merge(desk: Desk) -> None:
    """Fifty and their parent, out of those that lie at the desk."""
    from gongzhi.cases.models import Case

    found = list(
        Case.objects.filter(status__in=("reported", "accepted"), parent=None, merged=None)
        .order_by("pk")
        .values_list("pk", "version")[: TOGETHER + 1]
    )
    said = {"what": "merge", "step": "do", "text": "同一处积水", "parent": found[0][0]}
    page = desk.post("/desk/many/", {**said, "case": [f"{pk}:{v}" for pk, v in found]})
    merged = Case.objects.filter(parent=found[0][0]).count()
    assert merged == TOGETHER, (merged, page[:2000])


# ── measuring ────────────────────────────────────────────────────────────────


def _measure(
    options: argparse.Namespace, bar: Progress, size: str
) -> dict[str, tuple[float, float, float]]:
    """Question → p50 and p95 of CPU in all, p95 of the database's part; milliseconds."""
    desk, found = Desk(), {}
    for username in [*desk.browsers] * WARM:  # a desk that has been open since the morning
        desk.get("/desk/", by=username)
    asked = [(name, ask) for name, ask in _questions() if options.only in name]
    task = bar.add_task(f"{size}: questions", total=PASSES * len(asked))
    for name, ask in asked * PASSES:
        desk.rng.seed(name)
        few = name.startswith("merge")
        for _warm in range(1 if few else WARM):
            ask(desk)
        runs = max(options.runs // 4, 5) if few else options.runs
        spent = sorted(_spent(desk, ask, options.slow) for _run in range(runs))
        database = sorted(part for _all, part in spent)
        at = min(int(runs * 0.95), runs - 1)
        now = (spent[runs // 2][0], spent[at][0], database[at])
        found[name] = min(now, found.get(name, now), key=lambda figures: figures[1])
        bar.advance(task)
    return found


def _spent(desk: Desk, ask: Ask, slow: bool) -> tuple[float, float]:
    """CPU of the requests that the question makes, and of the database in it; milliseconds.

    As much as they would take at the machine's own best pace: what else runs on it slows every
    instruction down, and differently from one second to the next.
    """
    total = database = 0.0

    def metered(send):
        def run(*args, **kwargs):
            nonlocal total, database
            before = pace()
            server, backend = time.process_time_ns(), _backend()
            answer = send(*args, **kwargs)
            server, backend = time.process_time_ns() - server, _backend() - backend
            now = min(2 * best_pace() / (before + pace()), 1.0)
            total += (server + backend) / 1e6 * now
            database += backend / 1e6 * now
            return answer

        return run

    kept, take_in = {name: (b.get, b.post) for name, b in desk.browsers.items()}, desk.take_in
    try:
        desk.take_in = metered(take_in)
        for browser in desk.browsers.values():
            browser.get, browser.post = metered(browser.get), metered(browser.post)
        with _told() if slow else nullcontext():
            ask(desk)
    finally:
        desk.take_in = take_in
        for name, browser in desk.browsers.items():
            browser.get, browser.post = kept[name]
    return total, database


def _told():
    """Statements that cost the database more than some milliseconds of CPU, printed."""
    from django.db import connection

    def tell(execute, sql, params, many, context):
        began = _backend()
        try:
            return execute(sql, params, many, context)
        finally:
            if (took := (_backend() - began) / 1e6) > DEAR_MS:
                console.print(f"{took:.0f} ms: {sql[:1500]} {str(params)[:300]}", markup=False)

    return connection.execute_wrapper(tell)


def _backend() -> int:
    """Nanoseconds of CPU that the connection's backend has taken."""
    from django.db import connection

    connection.ensure_connection()
    pid = connection.connection.info.backend_pid
    return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0])


def table_of(found: dict[str, dict[str, tuple[float, float, float]]]) -> Table:
    """Questions down, sizes across."""
    table = Table(
        title="CPU of server and database per request, p50 / p95 ms (database p95), where a million"
        f" additions in Python take {best_pace():.0f} ms; load {os.getloadavg()[0]:.1f}"
    )
    table.add_column("question")
    for size in found:
        table.add_column(f"{SIZES[size]:,}", justify="right")
    for name in next(iter(found.values())):
        cells = []
        for rows in found.values():
            p50, p95, database = rows[name]
            mark = " !" if p95 > GOAL_MS else ""
            cells.append(f"{p50:.0f} / {p95:.0f} ({database:.0f}){mark}")
        table.add_row(name, *cells)
    return table
