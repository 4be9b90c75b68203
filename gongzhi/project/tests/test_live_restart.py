"""The real process of the live stream is killed while reports come in: no gap, no double."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import contextmanager

import pytest
from django.conf import settings
from django.db import connection

from gongzhi.journal.models import Event

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

PATIENCE = 300.0  # seconds; a busy machine may take long to start a process


class Watcher(threading.Thread):
    """A screen as a browser is one: comes back with the last id it saw, until told to stop."""

    def __init__(self, port: int, session: str) -> None:
        super().__init__(daemon=True)
        self.port, self.session = port, session
        self.last, self.heard, self.hellos, self.resets = "", [], 0, 0
        self.stop = threading.Event()

    def run(self) -> None:
        while not self.stop.is_set():
            try:
                self._listen()
            except (OSError, http.client.HTTPException):
                time.sleep(0.1)

    def _listen(self) -> None:
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            headers = {"Cookie": f"{settings.SESSION_COOKIE_NAME}={self.session}"}
            if self.last:
                headers["Last-Event-ID"] = self.last
            link.request("GET", "/live/", headers=headers)
            answer = link.getresponse()
            if answer.status == 200:
                self._take(answer)
        finally:
            link.close()

    def _take(self, answer: http.client.HTTPResponse) -> None:
        event: dict[str, str] = {}
        while not self.stop.is_set() and (line := answer.readline()):
            name, _, value = line.decode().rstrip("\n").partition(": ")
            if name:
                event[name] = value
                continue
            self.last = event.get("id", self.last)
            self.hellos += event.get("event") == "hello"
            self.resets += event.get("event") == "reset"
            if "cases.reported" in event.get("data", ""):
                self.heard.append(event["id"])
            event = {}

    def until(self, true) -> None:
        deadline = time.monotonic() + PATIENCE
        while not true():
            assert time.monotonic() < deadline, (self.hellos, self.heard)
            time.sleep(0.02)


@pytest.fixture
def place(tmp_path):
    """The environment in which `gongzhi live` meets the database of this test."""
    name = str(connection.settings_dict["NAME"])
    env = {**os.environ, "GONGZHI_DATA": str(tmp_path), "GONGZHI_LOG": "ERROR"}
    env["DJANGO_SETTINGS_MODULE"] = "gongzhi.project.settings"
    if connection.vendor == "sqlite":
        (tmp_path / "gongzhi.sqlite3").symlink_to(name)
    else:
        env["GONGZHI_PG_NAME"] = name
    return env


@contextmanager
def live(env, port):
    """`gongzhi live`, the very command; killed at the end as if the machine had lost its mind."""
    command = [sys.executable, str(settings.ROOT / "manage.py"), "live", "--port", str(port)]
    process = subprocess.Popen(command, env=env, cwd=settings.ROOT)  # noqa: S603 - our own command
    try:
        yield process
    finally:
        process.send_signal(signal.SIGKILL)  # the supervisor alone: its worker has to follow
        process.wait()


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def children_of(pid: int) -> list[int]:
    with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as listed:
        return [int(one) for one in listed.read().split()]


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells children of their parent")
def test_a_killed_stream_comes_back_without_gap_or_double(report, qian, as_, place):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    watcher = Watcher(port, as_(qian).cookies[settings.SESSION_COOKIE_NAME].value)
    with live(place, port) as first:
        watcher.start()
        watcher.until(lambda: watcher.hellos == 1)
        for _ in range(5):
            report()
        watcher.until(lambda: len(watcher.heard) == 5)
        workers = children_of(first.pid)
        assert workers
        report()  # perhaps told, perhaps not, when the blow falls
    deadline = time.monotonic() + 5
    while any(os.path.exists(f"/proc/{pid}") for pid in workers) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not any(os.path.exists(f"/proc/{pid}") for pid in workers)
    assert not listens(port)
    for _ in range(5):
        report()  # while nobody serves the stream
    with live(place, port):
        for _ in range(5):
            report()  # while it starts
        watcher.until(lambda: watcher.hellos == 2)
        report()
        events = Event.objects.filter(name="cases.reported").count()
        watcher.until(lambda: len(watcher.heard) >= events)
        time.sleep(0.5)  # a double would have come by now
        watcher.stop.set()
    watcher.join(PATIENCE)
    assert events == 17
    assert len(watcher.heard) == len(set(watcher.heard)) == events
    assert watcher.resets == 0
