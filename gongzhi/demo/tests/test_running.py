"""Several processes as one: none is left behind."""

import os
import signal
import socket
import sys
import threading
import time
from pathlib import Path

import pytest
from django.core.management import CommandError
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from gongzhi.demo.management.commands.demo import bring_up_to_date
from gongzhi.demo.ports import free_port
from gongzhi.demo.running import Fallen, Part, Tree

SLEEP = "import time; print('here', flush=True); time.sleep(60)"
CHILD = (
    "import subprocess, sys, time;"
    "c = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']);"
    "print(c.pid, flush=True); time.sleep(60)"
)
STUBBORN = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
    "print('here', flush=True); time.sleep(60)"
)


@pytest.fixture(autouse=True)
def _signals():
    before = {sign: signal.getsignal(sign) for sign in (signal.SIGINT, signal.SIGTERM)}
    yield
    for sign, how in before.items():
        signal.signal(sign, how)


def part(tmp_path: Path, name: str, code: str) -> Part:
    return Part(name, [sys.executable, "-c", code], tmp_path / f"{name}.log")


def said(one: Part) -> str:
    for _try in range(300):
        if one.log.exists() and one.log.read_text().endswith("\n"):
            return one.log.read_text().strip()
        time.sleep(0.02)
    raise AssertionError("it said nothing")


def ends(pid: int) -> bool:
    """Within two seconds."""
    deadline = time.monotonic() + 2
    while is_alive(pid) and time.monotonic() < deadline:
        time.sleep(0.02)
    return not is_alive(pid)


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    try:
        return Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z"
    except OSError:
        return False


def test_when_one_part_ends_the_others_end_and_its_last_words_are_kept(tmp_path):
    lasting = part(tmp_path, "lasting", CHILD)
    broken = part(tmp_path, "broken", "import time; time.sleep(.5); print('no disk'); exit(3)")
    with Tree([lasting, broken], dict(os.environ)) as tree:
        grandchild = int(said(lasting))
        with pytest.raises(Fallen) as fallen:
            tree.wait()
    assert (fallen.value.part.name, fallen.value.code) == ("broken", 3)
    assert fallen.value.last_lines() == "no disk"
    assert ends(grandchild)


def test_a_signal_ends_all_parts_also_a_stubborn_one(tmp_path, monkeypatch):
    monkeypatch.setattr("gongzhi.demo.running.GRACE", 0.5)
    stubborn = part(tmp_path, "stubborn", STUBBORN)
    with Tree([part(tmp_path, "kind", SLEEP), stubborn], dict(os.environ)) as tree:
        said(stubborn)
        threading.Timer(0.2, os.kill, [os.getpid(), signal.SIGTERM]).start()
        tree.wait()
        pids = [process.pid for _part, process in tree._running]
    assert all(ends(pid) for pid in pids)


def test_a_part_that_never_gets_ready_is_not_waited_for_for_ever(tmp_path):
    heard: list[str] = []
    url = f"http://127.0.0.1:{free_port(20_000)}/"
    with (
        Tree([part(tmp_path, "idle", SLEEP)], dict(os.environ)) as tree,
        pytest.raises(TimeoutError, match="refused"),
    ):
        tree.wait_until_ready(url, 0.5, say=heard.append, every=0.2)
    assert heard, "who waits is told for what"
    assert url in heard[0]


def test_waiting_ends_without_complaint_when_somebody_asks_to_stop(tmp_path):
    with Tree([part(tmp_path, "idle", SLEEP)], dict(os.environ)) as tree:
        threading.Timer(0.2, os.kill, [os.getpid(), signal.SIGTERM]).start()
        url = f"http://127.0.0.1:{free_port(20_000)}/"
        assert not tree.wait_until_ready(url, 20, say=pytest.fail)


def test_a_taken_port_is_passed_over():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert free_port(port) > port


@pytest.mark.django_db(transaction=True)
def test_a_demo_of_an_earlier_version_is_told_to_begin_anew():
    recorder = MigrationRecorder(connection)
    recorder.record_unapplied("visits", "0001_initial")  # as if its tables came some other way
    try:
        with pytest.raises(CommandError, match="make demo-fresh"):
            bring_up_to_date()
    finally:
        recorder.record_applied("visits", "0001_initial")
    bring_up_to_date()
