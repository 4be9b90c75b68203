"""Screens that watch the live stream: how long from the answer of a report to the last of them."""

import asyncio
import json
import resource
import signal
import statistics
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from random import Random

from bench import load
from bench.processes import cpu_seconds
from bench.product import MANAGE, Product, free_port, wait_for

# A dispatcher of the whole district, and a session for them, as signing in would make it.
SIGN_IN = """
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from gongzhi.access.models import Person, Post
from gongzhi.access.roles import Role
from gongzhi.places.reads import district
person, _new = Person.objects.get_or_create(username="watcher", defaults={"name": "watcher"})
Post.objects.get_or_create(person=person, role=Role.DISPATCHER, area=district())
store = SessionStore()
store[SESSION_KEY] = str(person.pk)
store[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
store[HASH_SESSION_KEY] = person.get_session_auth_hash()
store.create()
print("session", store.session_key)
"""


@dataclass
class Seen:
    """What the screens saw: milliseconds from answer to arrival, CPU µs per event and screen."""

    lags: list[float] = field(default_factory=list)
    missed: int = 0
    doubled: int = 0
    cpu: float = 0.0

    def percentile(self, share: float) -> float:
        """The lag that so many of the arrivals stayed below."""
        return sorted(self.lags)[min(len(self.lags) - 1, int(len(self.lags) * share))]

    @property
    def p50(self) -> float:
        return statistics.median(self.lags)


@contextmanager
def live(product: Product) -> Iterator[tuple[int, int]]:
    """The product's live stream as a process of its own; its port and process."""
    port = free_port()
    log = product.data / "live.log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            [*MANAGE, "live", "--port", str(port)], env=product.env, stdout=out, stderr=out
        )
    try:
        wait_for(port, "/healthz", log, process)
        yield port, process.pid
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)


def session_of(product: Product) -> str:
    """The session key of somebody who may see every case."""
    said = subprocess.run(
        [*MANAGE, "shell", "-c", SIGN_IN], env=product.env, check=True, capture_output=True
    )
    line = next(li for li in said.stdout.decode().splitlines() if li.startswith("session "))
    return line.split()[1]


def watch(product: Product, *, screens: int, reports: int, every: float) -> Seen:
    """`reports` handed in one by one, `every` so many seconds, before so many screens."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < screens + 200:
        resource.setrlimit(resource.RLIMIT_NOFILE, (screens + 200, max(hard, screens + 200)))
    with live(product) as (port, pid):
        return asyncio.run(_watch(product, port, pid, session_of(product), screens, reports, every))


async def _watch(
    product: Product, port: int, pid: int, session: str, screens: int, reports: int, every: float
) -> Seen:
    seen, arrived = Seen(), [dict[int, float]() for _number in range(screens)]
    ready = asyncio.Semaphore(0)
    watchers = [asyncio.create_task(_screen(port, session, mine, ready, seen)) for mine in arrived]
    for _number in range(screens):
        await asyncio.wait_for(ready.acquire(), 60)
    cpu = cpu_seconds(pid)
    answered = await _hand_in(product, reports, every)
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline and any(len(mine) < reports for mine in arrived):
        await asyncio.sleep(0.05)
    seen.cpu = (cpu_seconds(pid) - cpu) * 1e6 / (reports * screens)
    for task in watchers:
        task.cancel()
    await asyncio.gather(*watchers, return_exceptions=True)
    for mine in arrived:
        seen.lags += [(mine[pk] - at) * 1000 for pk, at in answered.items() if pk in mine]
        seen.missed += sum(pk not in mine for pk in answered)
    return seen


async def _screen(
    port: int, session: str, arrived: dict[int, float], ready: asyncio.Semaphore, seen: Seen
) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(
        f"GET /live/ HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: sessionid={session}\r\n\r\n".encode()
    )
    async for line in reader:
        if line.startswith(b"event: hello"):
            ready.release()
        elif line.startswith(b'data: {"name"'):
            pk = json.loads(line[6:])["id"]
            seen.doubled += pk in arrived
            arrived.setdefault(pk, time.perf_counter())
    writer.close()


async def _hand_in(product: Product, reports: int, every: float) -> dict[int, float]:
    """The cases, by pk, with the moment at which each was answered."""
    rng, answered = Random(7), dict[int, float]()
    reader, writer = await asyncio.open_connection("127.0.0.1", product.port)
    for _number in range(reports):
        writer.write(load.request(rng))
        status, body = await load.answered(reader)
        if status != 201:
            raise RuntimeError(body.decode())
        answered[int(json.loads(body)["number"][8:])] = time.perf_counter()
        await asyncio.sleep(every * rng.uniform(0.5, 1.5))
    writer.close()
    return answered
