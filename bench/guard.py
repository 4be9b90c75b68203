"""What the guard costs and what it finds: 100,000 homes, an event, a night, an outage, the goals.

python bench/guard.py cost            # memory, µs per event, nights of 100,000 homes
python bench/guard.py outage          # 24 h outage of devices and gateways: no silence alarm
python bench/guard.py goals [CSV …]   # the goals table, on generated homes or on files
python bench/guard.py start           # how long the guard takes to begin, see guard_start
"""

import argparse
import os
import random
import resource
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gongzhi.project.settings")

from gongzhi.care.rules import tail
from gongzhi.care.rules.clock import SilenceClock
from gongzhi.care.rules.homes import Homes
from gongzhi.care.rules.rates import ENTRANCE, HIT, INTERIOR, KIND, SLOTS
from gongzhi.care.rules.silence import DAY, HOUR
from gongzhi.demo.homes import draw_home, rows_of

FIRST = 20_500
GOALS = {"event": 20.0, "night": 60.0, "memory": 1024.0, "start": 120.0}


def megabytes() -> float:
    """The most memory this process ever held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def human_events(
    name: str, *, days: int, rich: bool = False, seed: int = 11
) -> list[tuple[float, int]]:
    """A generated home's events as (time, kind)."""
    home = draw_home(name, seed, rich=rich)
    rows = rows_of(home, first_day=FIRST, days=days)
    return [
        (row.at, ENTRANCE if row.kind == "entrance" else INTERIOR)
        for row in rows
        if row.kind != "meter"
    ]


def grown_clock(homes: int, model: int) -> SilenceClock:
    """A clock of many homes that have each learnt 60 days: `model` generated lives, repeated."""
    big = Homes(homes)
    small = grow(big, homes, model)
    clock = SilenceClock(big, first_day=small.day)
    big.armed[:] = np.inf
    for home in range(homes):
        clock._arm(home)
    return clock


def grow(big: Homes, homes: int, model: int) -> SilenceClock:
    """Let the first homes of `big` be `model` generated lives over and over; gives these."""
    lives = [human_events(f"b{n}", days=61, rich=n % 4 == 0) for n in range(model)]
    small = SilenceClock(Homes(model), first_day=FIRST)
    for at, kind, home in sorted(
        (at, kind, n) for n, life in enumerate(lives) for at, kind in life
    ):
        small.advance(at)
        small.hear(home, at, kind)
    small.advance((FIRST + 61) * DAY + 3 * HOUR + 1)
    turn = np.arange(homes) % model
    for name, column in small.homes.columns().items():
        wide = getattr(big, name)
        for at in range(0, homes, 5000):  # in pieces: no second copy of everything
            wide[at : min(at + 5000, homes)] = column[turn[at : at + 5000]]
    return small


def cost(homes: int) -> bool:
    """Memory, events and nights."""
    empty = megabytes()
    clock = grown_clock(homes, 40)
    grown = megabytes()
    midnight = clock.day * DAY
    one_day = [
        (at % DAY, kind, n)
        for n in range(40)
        for at, kind in human_events(f"b{n}", days=1, rich=n % 4 == 0)
    ]
    rng = random.Random(1)
    count = 0
    heard = [rng.sample(range(homes // 40), 60) for _ in range(40)]  # which homes live this day
    stream = sorted(
        (midnight + 3.1 * HOUR + second * 0.85, kind, n + 40 * which)
        for second, kind, n in one_day
        for which in heard[n]
    )
    clock._heap.clear()  # the others would all be found silent
    clock.homes.armed[:] = np.inf
    began = time.process_time()
    for at, kind, home in stream:
        if clock.next_due() <= at:
            clock.due(at)
        clock.hear(home, at, kind)
        count += 1
    event = (time.process_time() - began) / count * 1e6
    slots = clock.homes.slots[:, :SLOTS]
    slots[:] = np.where(np.random.default_rng(1).random(SLOTS) < 0.6, HIT, 0).astype(np.uint8)
    slots[:, ::7] |= KIND
    clock.due(clock.night_at)
    nights = []
    for _ in range(8):
        began = time.perf_counter()
        clock.night()
        nights.append(time.perf_counter() - began)
    rows = [
        ("bytes a home", clock.homes.bytes_per_home(), None),
        (
            f"memory of {homes:,} homes, MB (of which interpreter {empty:.0f})",
            megabytes(),
            "memory",
        ),
        ("memory before the night, MB", grown, None),
        (f"µs an event ({count:,} events)", event, "event"),
        (f"night of {homes:,} homes, s (slowest of 8)", max(nights), "night"),
    ]
    return show(rows)


def show(rows: list[tuple[str, float, str | None]]) -> bool:
    """Print the rows with their goals; whether all are met."""
    met = True
    for name, value, goal in rows:
        bound = GOALS.get(goal or "")
        met &= bound is None or value <= bound
        print(f"{name:<60}{value:>12,.2f}" + (f"   ≤ {bound:g}" if bound else ""))
    return met


def outage(homes: int) -> bool:
    """A day without a word from homes whose people are well: blind, hence no silence alarm.

    Each home's gateway falls silent at a random moment; health finds it after four hourly
    heartbeats and dates it back to the last one. Then everything comes back. A second run keeps
    one contact of three (the busiest) silent instead. Counted are alarms that the same home on
    the same day does not raise without the outage.
    """
    rng = random.Random(5)
    more = {"gateway": 0, "one device": 0}
    usually = 0
    for n in range(homes):
        home = draw_home(f"o{n}", 23, rich=False)
        rows = [r for r in rows_of(home, first_day=FIRST, days=46) if r.kind != "meter"]
        began = (FIRST + 44) * DAY + rng.uniform(0, 20) * HOUR
        usual = {k: sum(r.kind == k for r in rows) for k in {r.kind for r in rows}}
        busiest = max(usual, key=lambda k: usual[k])
        without = _day_with(rows, set(), 1.0, began)
        usually += len(without)
        for what in more:
            lost = set(usual) if what == "gateway" else {busiest}
            share = 1 - sum(usual[k] for k in lost) / sum(usual.values())
            more[what] += len(_day_with(rows, lost, share, began) - without)
    print(
        f"{homes} homes; silence alarms in 28 h without an outage: {usually}; more with one:", more
    )
    return more["gateway"] == 0


def _day_with(rows: list, lost: set[str], share: float, began: float) -> set[float]:
    """The last events before alarms in the 24 h of the outage and the 4 h after it."""
    clock = SilenceClock(Homes(1), first_day=FIRST)
    ended, stop = began + 24 * HOUR, began + 28 * HOUR
    beats = [began - 0.4 * HOUR + n * HOUR for n in range(28)]
    marks = [(at, "beat") for at in beats if not lost or not began <= at < ended]
    if lost:
        marks += [(began + 4 * HOUR, "found"), (ended, "back")]
    marks.sort()
    found = []
    for row in [r for r in rows if r.at < stop]:
        while marks and marks[0][0] <= row.at:
            at, what = marks.pop(0)
            found += clock.advance(at)
            if what == "beat":
                clock.beat(0, at, HOUR)
            elif what == "back":
                clock.set_share(0, at, 1)
            else:
                clock.set_share(0, began, share)
                clock.beat(0, at, 24 * HOUR)  # of the devices that are left
        found += clock.advance(row.at)
        if not (row.kind in lost and began <= row.at < ended):
            clock.hear(0, row.at, ENTRANCE if row.kind == "entrance" else INTERIOR)
    case = len(clock.homes.levels) - 1
    return {a.since for a in found if a.level == case and began <= a.at < stop}


def goals(files: list[Path], inject: int) -> None:
    """The goals table: of the files given, else of generated homes of both outfits."""
    import tempfile

    import django
    from django.core.management import call_command

    django.setup()
    if files:
        call_command("replay", *map(str, files), inject=inject, no_png=True)
        return
    with tempfile.TemporaryDirectory() as room:
        for rich, homes in ((False, 40), (True, 20)):
            out = Path(room) / f"{'rich' if rich else 'contacts'}.csv.gz"
            call_command("generate_homes", homes=homes, days=150, seed=1, rich=rich, out=out)
            call_command("replay", str(out), inject=inject, no_png=True)


def intake(homes: int) -> bool:
    """1,000 messages a second for 20 s into a fresh database, a button pressed every 0.2 s.

    Beside the intake run what runs in production: a worker for errands and the guard's own, as
    threads of this process, which is worse than processes of their own.
    """
    import tempfile

    with tempfile.TemporaryDirectory() as room:
        os.environ["GONGZHI_DATA"], os.environ["GONGZHI_DEMO"] = room, "1"
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        return _intake(homes)


def _intake(homes: int) -> bool:
    import threading
    from datetime import timedelta

    from django.utils.timezone import now

    from bench import guard_start
    from gongzhi.care.models import Step
    from gongzhi.journal.record import run_one
    from gongzhi.sensing.models import Reading
    from gongzhi.sensing.words import What

    guard_start.register(homes)
    stop = threading.Event()

    def errands(called: str) -> None:
        while not stop.is_set():
            if not run_one(at=now(), called=called):
                stop.wait(0.3)

    helpers = [threading.Thread(target=errands, args=(c,)) for c in ("", "care.raise_the_alert")]
    for helper in helpers:
        helper.start()
    sent, spent = _messages_for_20_seconds(homes)
    time.sleep(3)
    stop.set()
    for helper in helpers:
        helper.join()
    first = Step.objects.exclude(taken_at=None).filter(order=0, call="all_contacts")
    waits = sorted((s.taken_at - s.alert.raised_at) / timedelta(seconds=1) for s in first)
    pressed = Reading.objects.filter(what=What.ALARM).count()
    print(
        f"kept {Reading.objects.count():,} of {sent:,}; {spent / sent * 1e6:.0f} µs CPU a message"
    )
    p99 = waits[int(len(waits) * 0.99)]
    print(f"SOS pressed {pressed}, called {len(waits)}; to the first call: p99 {p99:.2f} s")
    return Reading.objects.count() == sent and len(waits) == pressed and p99 <= 5


def _messages_for_20_seconds(homes: int) -> tuple[int, float]:
    """1,000 messages a second, in batches of what came meanwhile; how many, and CPU seconds."""
    from django.utils.timezone import now

    from gongzhi.sensing.actions import take_readings
    from gongzhi.sensing.wire import Message
    from gongzhi.sensing.words import What

    began, sent, spent = time.perf_counter(), 0, 0.0
    while (passed := time.perf_counter() - began) < 20:
        batch = []
        for n in range(sent, min(int(passed * 1000), sent + 500)):
            helps = n % 200 == 0
            home = n // 200 if helps else n
            kind, what = ("sos", What.ALARM) if helps else ("fridge", What.OPENED)
            batch.append(Message("gw", f"{kind}{home % homes}", str(n), now(), what))
        sent += len(batch)
        before = time.thread_time()
        take_readings(by=None, messages=batch, at=now())
        spent += time.thread_time() - before
        time.sleep(0.02)
    return sent, spent


def main(argv: list[str] | None = None) -> int:
    """Run what was asked for; 1 when a goal of cost, outage, intake or start is missed."""
    from bench import guard_start

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=["cost", "outage", "goals", "intake", "start", "begin"])
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--homes", type=int, default=0)
    parser.add_argument("--inject", type=int, default=600)
    parser.add_argument("--heard", type=int, default=1000, help="start: homes with a record")
    given = parser.parse_args(argv)
    if given.what == "begin":
        return guard_start.begin()
    if given.what == "goals":
        goals(given.files, given.inject)
        return 0
    measures: dict[str, tuple[Callable[[int], bool], int]] = {
        "cost": (cost, 100_000),
        "outage": (outage, 100),
        "intake": (intake, 697),
        "start": (partial(guard_start.start, heard=given.heard), 1000),
    }
    what, homes = measures[given.what]
    met = what(given.homes or homes)
    print("goals met" if met else "GOALS MISSED", f"(tail needs {tail.DAYS_NEEDED} days)")
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
