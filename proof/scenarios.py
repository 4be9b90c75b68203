"""The faults, each with what must hold after it."""

import asyncio
import random
import signal
import sqlite3
import subprocess
import threading
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from typing import NamedTuple

from proof.clients import Crowd
from proof.place import Place

PARTS = ("serve", "work", "hands")
GRACE = 90.0  # seconds in which everybody must have been answered after a fault
MUST_BE_NOTHING = (
    "lost", "doubled", "misnamed", "unowed", "undone", "twice", "untold", "faults",
)  # fmt: skip


@dataclass
class Tally:
    """What the rounds of one scenario showed, added up."""

    scenario: str
    database: str
    rounds: int = 0
    acknowledged: int = 0
    sent_again: int = 0
    given_up: int = 0
    refused: int = 0
    events: int = 0
    longest: float = 0.0
    errands: float = 0.0  # the longest time until nothing was owed any more
    wrong: dict[str, int] = field(default_factory=lambda: dict.fromkeys(MUST_BE_NOTHING, 0))
    found: list[str] = field(default_factory=list)
    note: str = ""
    skipped: str = ""

    @property
    def good(self) -> bool:
        """Whether nothing that must not be was seen."""
        return not any(self.wrong.values()) and not self.refused

    def add(self, crowd: Crowd, verdict: dict, errands: float) -> None:
        """One more round."""
        self.rounds += 1
        self.acknowledged += len(crowd.acknowledged)
        self.sent_again += crowd.sent_again
        self.given_up += crowd.given_up
        self.refused += crowd.refused
        self.events += verdict["events"]
        self.longest = max(self.longest, crowd.longest)
        self.errands = max(self.errands, errands)
        for name in MUST_BE_NOTHING:
            self.wrong[name] += verdict[name]
        self.found += verdict["found"]


def under_load(
    place: Place,
    tally: Tally,
    fault: Callable[[], None],
    *,
    before: float = 1.0,
    after: float = 1.0,
    answered: bool = True,
) -> Crowd:
    """Let 32 clients report, do the fault in between, then judge everything since.

    `fault` returns when what it broke is whole again. `answered` says whether all reports must be
    answered in the end, or clients may give up while the fault lasts (a full disk).
    """
    since = place.highest()
    place.busy()
    crowd = asyncio.run(_load(place, fault, before, after, answered))
    place.quiet()
    errands = place.wait_all_done()
    verdict = place.judge(crowd.acknowledged, since)
    for _again in range(2):
        if not verdict["undone"]:
            break
        # Chores of the worker, which may warn of a hundred cases at once, owe anew after the wait.
        errands = max(errands, place.wait_all_done())
        verdict = place.judge(crowd.acknowledged, since)
    tally.add(crowd, verdict, errands)
    return crowd


async def _load(
    place: Place, fault: Callable[[], None], before: float, after: float, answered: bool
) -> Crowd:
    crowd = Crowd(place.port)
    people = asyncio.create_task(crowd.run())
    await asyncio.sleep(random.uniform(0.2, before))
    await asyncio.to_thread(fault)
    await asyncio.sleep(random.uniform(0.2, after))
    crowd.stop.set()
    try:
        await asyncio.wait_for(asyncio.shield(people), GRACE if answered else 5)
    except TimeoutError:
        crowd.give_up.set()
        await people
    return crowd


# ── killing ──────────────────────────────────────────────────────────────────


class Bounds(NamedTuple):
    """How many kills, and after how many seconds no more begin; 0 = however long it takes."""

    rounds: int
    seconds: float = 0


def kills(place: Place, tally: Tally, bounds: Bounds, told: Callable[[str], None]) -> None:
    """SIGKILL of a random part at a random moment; the database is stopped as by a power cut."""
    until = time.monotonic() + bounds.seconds if bounds.seconds else float("inf")
    victims = ["serve", "work", "hands", *(["database"] * 2 if place.cluster else [])]
    for number in range(bounds.rounds):
        if time.monotonic() > until:
            break
        victim = random.choice(victims)
        told(f"{tally.database}: kill {number + 1}/{bounds.rounds}, {victim}")
        under_load(place, tally, lambda victim=victim: _kill(place, victim))
        place.look_after()
    killed = "serve, work, hands" + (", database" if place.cluster else "")
    fell = sum(place.fell.values())
    tally.note = f"{killed}; parts that fell by themselves: {fell}"


def _kill(place: Place, victim: str) -> None:
    if victim == "database":
        assert place.cluster
        place.cluster.stop(signal.SIGQUIT)
        time.sleep(random.uniform(0, 1.0))
        place.cluster.start()
    else:
        place.kill(victim)
        time.sleep(random.uniform(0, 0.5))
        place.start(victim)
    place.look_after()
    place.wait_ready()


def two_workers(place: Place, tally: Tally, told: Callable[[str], None]) -> None:
    """Two workers share what is owed; one of them is killed in the middle."""
    told(f"{tally.database}: two workers")
    place.start("work2")
    under_load(place, tally, lambda: time.sleep(2))

    def fault() -> None:
        time.sleep(1)
        place.kill("work2")

    place.wait_ready()
    under_load(place, tally, fault)
    tally.note = "work ×2 side by side, then one killed"


# ── a disk that is slow, full or closed ──────────────────────────────────────


def slow_disk(place: Place, tally: Tally, told: Callable[[str], None]) -> None:
    """Everything that writes waits for seconds.

    No device-mapper here that could delay a disk: on PostgreSQL all its processes are stopped and
    let go on, on SQLite another process holds the write lock. Both look to the product like it.
    """
    told(f"{tally.database}: slow disk")

    def fault() -> None:
        for seconds in (1.0, 3.0, 0.5):
            if place.cluster:
                place.cluster.freeze(seconds)
            else:
                _hold_lock(place, seconds)
            time.sleep(0.5)

    under_load(place, tally, fault)
    tally.note = "writes held up for 1 s, 3 s, 0.5 s (" + (
        "database processes stopped)" if place.cluster else "write lock held by another process)"
    )


def _hold_lock(place: Place, seconds: float) -> None:
    path = place.data / "gongzhi.sqlite3"
    with closing(sqlite3.connect(path, timeout=20, isolation_level=None)) as link:
        link.execute("BEGIN IMMEDIATE")
        time.sleep(seconds)
        link.execute("ROLLBACK")


def full_disk(place: Place, tally: Tally, told: Callable[[str], None]) -> None:
    """The small disk under the database is filled to the last byte, and freed again."""
    told(f"{tally.database}: disk full")
    ballast = (place.cluster.home if place.cluster else place.data) / "ballast"
    seen: dict[str, int] = {}

    def fault() -> None:
        _fill(ballast)
        time.sleep(4)
        if place.cluster and not place.cluster.alive():
            seen["database fell"] = 1
        ballast.unlink()
        if place.cluster and not place.cluster.alive():
            place.cluster.start()
        place.look_after()
        place.wait_ready()

    crowd = under_load(place, tally, fault)
    tally.note = f"full for 4 s, {crowd.sent_again} reports unanswered meanwhile and sent again" + (
        "; the database stopped itself and recovered" if seen else ""
    )


def _fill(path) -> None:
    block = b"\0" * 65536
    with path.open("wb", buffering=0) as out:
        try:
            while True:
                out.write(block)
        except OSError:
            pass
        try:
            while True:
                out.write(block[:512])
        except OSError:
            return


def read_only(place: Place, tally: Tally, told: Callable[[str], None]) -> None:
    """The database takes questions but no changes for a while."""
    told(f"{tally.database}: read-only")

    def fault() -> None:
        if place.cluster:
            cluster = place.cluster
            cluster.ask("template1", "ALTER SYSTEM SET default_transaction_read_only = on")
            cluster.ask("template1", "SELECT pg_reload_conf()")
            time.sleep(3)
            cluster.ask("template1", "SET default_transaction_read_only = off")
            _writable_again(cluster)
        else:
            _closed_mount(place)
        place.look_after()
        place.wait_ready()

    under_load(place, tally, fault)
    tally.note = "no writes for 3 s (" + (
        "default_transaction_read_only)" if place.cluster else "read-only mount under the server)"
    )


def _writable_again(cluster) -> None:
    import psycopg

    with psycopg.connect(
        host=str(cluster.home), user="gongzhi", dbname="template1", autocommit=True
    ) as link:
        link.execute("SET default_transaction_read_only = off")
        link.execute("ALTER SYSTEM RESET default_transaction_read_only")
        link.execute("SELECT pg_reload_conf()")


def _closed_mount(place: Place) -> None:
    """All parts are started again on a read-only mount of the same directory, then set free."""
    for part in PARTS:
        place.kill(part, signal.SIGTERM)
    mount = ["mount", "--bind", str(place.data), str(place.data)]
    subprocess.run(mount, check=True)
    try:
        subprocess.run(["mount", "-o", "remount,ro,bind", str(place.data)], check=True)
        for part in PARTS:
            place.start(part)
        time.sleep(6)
        for part in PARTS:
            place.kill(part, signal.SIGTERM)
    finally:
        subprocess.run(["umount", str(place.data)], check=True)
    place.fell.clear()  # that they could not start there is right
    for part in PARTS:
        place.start(part)


# ── the clock ────────────────────────────────────────────────────────────────


def clock_jump(place: Place, tally: Tally, told: Callable[[str], None]) -> None:
    """The server's clock runs ahead by 26 hours, is set right, then lies 26 hours behind."""
    told(f"{tally.database}: clock jump")
    for hours in (26.0, -26.0):

        def fault(hours: float = hours) -> None:
            place.kill("serve")
            place.start("serve", hours=hours)
            place.wait_ready()
            time.sleep(1.5)
            place.kill("serve")
            place.start("serve")
            place.wait_ready()

        under_load(place, tally, fault)
    jumping = threading.Event()
    jumping.set()

    def worker() -> None:
        place.kill("work")
        place.start("work", hours=26)
        time.sleep(3)
        place.kill("work")
        place.start("work")

    under_load(place, tally, worker)
    tally.note = "server ±26 h, worker +26 h, by the seam django.utils.timezone.now"
