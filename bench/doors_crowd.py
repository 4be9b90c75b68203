"""Ten thousand calls to each door that is entered over HTTP, by eight at once, each sent twice.

The product as it runs in production, with its worker, on SQLite and on PostgreSQL: calls are
shuffled across the doors, so that both of a pair meet each other as they like. Afterwards every
call must be there once. Prints what was answered, how fast, and what was kept.
"""

import argparse
import json
import os
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from rich.progress import track
from rich.table import Table

from bench.printed import paper
from bench.processes import cpu_seconds
from bench.product import MANAGE, Product, started

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tools"))
import services

CLIENTS = 8
KEPT_AS = {"OPEN311": "open311", "PUSH": "hotline", "HOOK": "webhook", "PHONE": "phone", "QR": "qr"}
ADMIT = """
from django.utils.timezone import now
from gongzhi.access.models import Person, Post
from gongzhi.doors import actions
from gongzhi.doors.conftest import KEY
from gongzhi.doors.models import digest_of
from gongzhi.doors.qr.actions import Spot, make_codes
from gongzhi.doors.qr.words import Kind
from gongzhi.doors.words import Door
from gongzhi.places.models import Area
for code, door in (("app", Door.OPEN311), ("hotline", Door.HOTLINE),
                   ("city_management", Door.WEBHOOK), ("exchange", Door.PHONE)):
    partner = actions.admit(by=None, name=code, code=code, key="of " + code, door=door, at=now())
    partner.secret = KEY if partner.secret else ""
    partner.key_digest = digest_of(KEY if door == Door.OPEN311 else code)
    partner.per_minute = 10**6
    partner.save()
clerk = Person.objects.create_user("codes", "张码")
Post.objects.create(person=clerk, role="dispatcher", area=Area.objects.get(level="district"))
[code] = make_codes(by=clerk, spots=[Spot(Kind.LAMP_POST, "路灯WH-0777", 117.306, 31.792)],
                    item_code="02001", at=now())
print(code.token)
"""
KEPT = """
import json
from django.db.models import Count
from gongzhi.cases.models import Case
from gongzhi.doors.models import Entry
from gongzhi.doors.phone.models import Call
from gongzhi.journal.models import Event
kept = dict(Entry.objects.values_list("door").annotate(n=Count("pk")).order_by())
by_code = Event.objects.filter(name="cases.reported", facts__has_key="via")  # noted by the worker
kept |= {"qr": by_code.count(), "phone": Call.objects.count(), "cases": Case.objects.count()}
print(json.dumps(kept))
"""


def main(argv: list[str]) -> int:
    """1 when a call was refused, lost or doubled."""
    parser = argparse.ArgumentParser(prog="python -m bench doors", description=__doc__)
    parser.add_argument("--calls", type=int, default=10_000, help="to each door")
    parser.add_argument("--database", choices=["SQLite", "PostgreSQL"], action="append")
    options = parser.parse_args(argv)
    console, wrong = paper(), 0
    for name in options.database or ["SQLite", "PostgreSQL"]:
        with ExitStack() as stack:
            reach = {}
            if name == "PostgreSQL":
                reach = stack.enter_context(services.postgresql(durable=True))
            product = stack.enter_context(started(name, reach, None, pages=True))
            code = _shell(product, ADMIT)
            stack.enter_context(_worker(product))
            said, seconds, cpu = _sent(product, options.calls, code)
            kept: dict[str, int] = json.loads(_shell(product, KEPT))
        table, faults = _judged(name, said, kept, options.calls, seconds, cpu)
        console.print(table)
        wrong += faults
    return int(wrong > 0)


def _shell(product: Product, code: str) -> str:
    done = subprocess.run(
        [*MANAGE, "shell", "-v", "0", "-c", code],
        env=product.env, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(done.stderr[-3000:])
    return done.stdout.strip().splitlines()[-1]


@contextmanager
def _worker(product: Product) -> Iterator[None]:
    with (product.data / "work.log").open("wb") as log:
        worker = subprocess.Popen([*MANAGE, "work"], env=product.env, stdout=log, stderr=log)
    try:
        yield
    finally:
        worker.terminate()
        worker.wait(30)


def _sent(product: Product, calls: int, code: str) -> tuple[list[Any], float, float]:
    """((way, number), (status, answer)) of each call; seconds; CPU seconds of the server."""
    _settle_django(product)
    from gongzhi.doors.tests.calls import call_of, send, visitor
    from gongzhi.doors.tests.faults import Way

    url = f"http://127.0.0.1:{product.port}"
    who = visitor(url, code)
    ways = (Way.OPEN311, Way.PUSH, Way.HOOK, Way.PHONE, Way.QR)
    sent = [(way, f"{n:09d}") for way in ways for n in range(calls)] * 2
    random.Random(7).shuffle(sent)

    def say(one: tuple[Any, str]) -> Any:
        return one, send(url, call_of(*one, who))

    began, before = time.monotonic(), cpu_seconds(product.pid)
    with ThreadPoolExecutor(CLIENTS) as crowd:
        said = list(track(crowd.map(say, sent), f"{product.name}, calls", total=len(sent)))
    return said, time.monotonic() - began, cpu_seconds(product.pid) - before


def _settle_django(product: Product) -> None:
    """The modules of the tests that make calls want settings; they open no database here."""
    os.environ |= product.env | {"DJANGO_SETTINGS_MODULE": "gongzhi.project.settings"}
    import django

    django.setup()


def _judged(
    name: str, said: list[Any], kept: dict[str, int], calls: int, seconds: float, cpu: float
) -> tuple[Table, int]:
    """A line for each door; how many lines say something wrong."""
    table = Table(
        title=f"{name}: {len(said):,} calls by {CLIENTS} at once in {seconds:.0f} s,"
        f" {cpu / len(said) * 1e3:.1f} ms CPU of the server each; {kept['cases']:,} cases"
    )
    for heading in ("door", "calls", "answers", "kept", ""):
        table.add_column(heading)
    wrong = 0
    for way in dict.fromkeys(way for (way, _number), _answer in said):
        answers = Counter(status for (one, _n), (status, _text) in said if one == way)
        there = kept.get(KEPT_AS[way.name], 0)
        right = there == calls and answers.keys() <= {200, 302}
        wrong += not right
        table.add_row(
            way.value, f"{2 * calls:,}", str(dict(answers)), f"{there:,}", "" if right else "!"
        )
    wrong += kept["cases"] != 4 * calls
    return table, wrong
