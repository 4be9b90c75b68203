"""Against a real Mosquitto: nothing lost and nothing doubled, whatever is killed meanwhile."""

# ruff: noqa: S603, S607 - starts the broker and our own commands, with arguments from here

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import paho.mqtt.client as mqtt
import pytest
from django.db import connection
from paho.mqtt.enums import CallbackAPIVersion

from conftest import NOON
from gongzhi.sensing import actions
from gongzhi.sensing.intake import Intake
from gongzhi.sensing.models import Device, Reading
from gongzhi.sensing.words import DeviceKind

ROOT = Path(__file__).resolve().parents[3]
BROKER = shutil.which("mosquitto") or "/usr/sbin/mosquitto"
pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.slow,
    pytest.mark.skipif(not Path(BROKER).exists(), reason="no Mosquitto here: `make services`"),
]


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


class Broker:
    """A Mosquitto of our own, with the settings of config/mosquitto.conf that matter."""

    def __init__(self, room: Path, *, password: str = "") -> None:
        self.port = free_port()
        self.conf = room / "mosquitto.conf"
        ours = (ROOT / "config/mosquitto.conf").read_text(encoding="utf-8")
        kept = [line for line in ours.splitlines() if line.startswith(("max_", "message_size"))]
        lines = [
            *kept,
            f"listener {self.port} 127.0.0.1",
            "persistence true",
            f"persistence_location {room}/",
            "autosave_interval 1",
            "user root",
            f"allow_anonymous {'false' if password else 'true'}",
        ]
        if password:
            subprocess.run(
                ["mosquitto_passwd", "-b", "-c", str(room / "passwords"), "gw", password],
                check=True,
            )
            lines.append(f"password_file {room / 'passwords'}")
        self.conf.write_text("\n".join(lines), encoding="utf-8")
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.process = subprocess.Popen(
            [BROKER, "-c", str(self.conf)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        until = time.monotonic() + 10
        while time.monotonic() < until:
            with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 0.2):
                return
            time.sleep(0.05)
        raise RuntimeError("Mosquitto did not start")

    def save(self) -> None:
        """Let the broker write what it holds to its disk, and wait until it has."""
        assert self.process is not None
        kept = self.conf.parent / "mosquitto.db"
        before = kept.stat().st_mtime_ns if kept.exists() else 0
        time.sleep(0.05)  # so that the new time differs
        self.process.send_signal(signal.SIGUSR1)
        until = time.monotonic() + 20
        while not kept.exists() or kept.stat().st_mtime_ns == before:
            assert time.monotonic() < until, "Mosquitto did not save"
            time.sleep(0.05)

    def stop(self, sign: int = signal.SIGTERM) -> None:
        if self.process is not None:
            self.process.send_signal(sign)
            self.process.wait(10)


@pytest.fixture
def broker(tmp_path) -> Iterator[Broker]:
    running = Broker(tmp_path)
    running.start()
    yield running
    running.stop()


@pytest.fixture
def door(grid_1) -> Device:
    """The only known device: gw1/door."""
    gateway, _secret = actions.register_gateway(by=None, code="gw1", at=NOON)
    home = actions.register_home(by=None, code="H001", area=grid_1, at=NOON)
    return actions.register_device(
        by=None, gateway=gateway, serial="door", home=home, kind=DeviceKind.ENTRANCE, at=NOON
    )


def payload(key: int | str) -> bytes:
    return json.dumps({"id": str(key), "what": "opened"}).encode()


class Sender:
    """A gateway: sends with QoS 1 and waits until the broker has everything."""

    def __init__(self, port: int) -> None:
        self.client = mqtt.Client(CallbackAPIVersion.VERSION2)
        self.client.max_queued_messages_set(0)
        self.client.max_inflight_messages_set(1000)
        self.client.reconnect_delay_set(1, 1)
        self.client.connect("127.0.0.1", port)
        self.client.loop_start()

    def send(self, keys, topic: str = "gongzhi/v1/gw1/door") -> None:
        until = time.monotonic() + 20
        while not self.client.is_connected() and time.monotonic() < until:
            time.sleep(0.05)
        sent = [self.client.publish(topic, payload(key), qos=1) for key in keys]
        for info in sent:
            info.wait_for_publish(30)

    def raw(self, topic: str, content: bytes) -> None:
        self.client.publish(topic, content, qos=1).wait_for_publish(10)

    def close(self) -> None:
        self.client.disconnect()
        self.client.loop_stop()


def listen(broker: Broker, *, until_rows: int, seconds: float = 30, **given) -> Intake:
    """Listen in this process until so many readings are kept."""
    intake = Intake("127.0.0.1", broker.port, **given)
    end = time.monotonic() + seconds
    intake.run(lambda: Reading.objects.count() >= until_rows or time.monotonic() > end)
    return intake


def subscribed(broker: Broker) -> None:
    """The intake's session exists at the broker, so nothing sent from now on passes it by."""
    listen(broker, until_rows=10**9, seconds=1.5)


def test_a_burst_arrives_whole_and_duplicates_once(broker, door):
    subscribed(broker)
    sender = Sender(broker.port)
    sender.send([*range(3000), *range(500)])  # far beyond Mosquitto's default queue of 1000
    intake = listen(broker, until_rows=3000)
    sender.close()
    assert Reading.objects.count() == 3000
    assert intake.counts.messages >= 3000
    assert intake.counts.garbled == 0


def test_rubbish_is_let_go_and_the_rest_kept(broker, door):
    subscribed(broker)
    sender = Sender(broker.port)
    sender.raw("gongzhi/v1/gw1/door", b"{not json")
    sender.raw("gongzhi/v1/gw1/door", b"")
    sender.raw("gongzhi/v1/gw1/window", payload("a"))
    sender.raw("gongzhi/v1/nobody/door", payload("b"))
    sender.raw("gongzhi/v1/gw1/door/more", payload("c"))
    sender.send(["good"])
    intake = listen(broker, until_rows=1)
    sender.close()
    assert [reading.key for reading in Reading.objects.all()] == ["good"]
    assert (intake.counts.garbled, intake.counts.unknown) == (2, 2)


def test_a_payload_of_a_megabyte_is_refused_by_the_broker(broker, door):
    subscribed(broker)
    big = mqtt.Client(CallbackAPIVersion.VERSION2)
    big.connect("127.0.0.1", broker.port)
    big.publish("gongzhi/v1/gw1/door", b" " * 1_000_000, qos=1)
    for _ in range(20):
        big.loop(0.05)
    sender = Sender(broker.port)
    sender.send(["after"])
    listen(broker, until_rows=1)
    sender.close()
    assert [reading.key for reading in Reading.objects.all()] == ["after"]


def test_a_broker_killed_and_started_again_loses_nothing_it_had_confirmed(broker, door):
    subscribed(broker)
    sender = Sender(broker.port)
    sender.send(range(400))
    broker.save()
    broker.stop(signal.SIGKILL)
    broker.start()
    sender.send(range(400, 800))
    listen(broker, until_rows=800)
    sender.close()
    assert Reading.objects.count() == 800


def test_while_the_database_is_away_nothing_is_acknowledged(broker, door, monkeypatch):
    from django.db import OperationalError

    from gongzhi.sensing import intake as module

    subscribed(broker)
    sender = Sender(broker.port)
    sender.send(range(50))
    real, tries = module.take_readings, []

    def away_twice(**given):
        tries.append(1)
        if len(tries) <= 2:
            raise OperationalError("database is away")
        return real(**given)

    monkeypatch.setattr(module, "take_readings", away_twice)
    monkeypatch.setattr(module, "RETRY_SECONDS", 0.05)
    listen(broker, until_rows=50)
    sender.close()
    assert Reading.objects.count() == 50
    assert len(tries) > 2


def test_wrong_credentials_are_turned_away(tmp_path, door):
    guarded = Broker(tmp_path, password="right")
    guarded.start()
    try:
        wrong = listen(guarded, until_rows=1, seconds=2, username="gw", password="wrong")
        assert wrong.counts.messages == 0
        right = listen(guarded, until_rows=1, seconds=1.5, username="gw", password="right")
        assert right.counts.messages == 0  # let in, but nothing was sent
        client = mqtt.Client(CallbackAPIVersion.VERSION2)
        client.username_pw_set("gw", "right")
        client.connect("127.0.0.1", guarded.port)
        client.loop_start()
        client.publish("gongzhi/v1/gw1/door", payload("x"), qos=1).wait_for_publish(10)
        listen(guarded, until_rows=1, username="gw", password="right")
        client.disconnect()
        client.loop_stop()
    finally:
        guarded.stop()
    assert Reading.objects.count() == 1


def apart(room: Path) -> dict[str, str]:
    """What our own processes need to work on this test's database."""
    data = room / "data"
    data.mkdir()
    env = {**os.environ, "GONGZHI_DATA": str(data), "GONGZHI_DEMO": "1", "PYTHONUNBUFFERED": "1"}
    env["DJANGO_SETTINGS_MODULE"] = "gongzhi.project.settings"
    name = str(connection.settings_dict["NAME"])
    if connection.vendor == "sqlite":
        (data / "gongzhi.sqlite3").symlink_to(name)
    else:
        env["GONGZHI_PG_NAME"] = name
    return env


def listening(broker: Broker, env: dict[str, str]) -> subprocess.Popen[bytes]:
    """`gongzhi listen` as a process of its own, subscribed."""
    command = [sys.executable, str(ROOT / "manage.py"), "listen", "--port", str(broker.port)]
    started = subprocess.Popen(command, env=env, cwd=ROOT, stdout=subprocess.PIPE)
    assert started.stdout is not None
    assert b"listening" in started.stdout.readline()
    return started


def test_a_consumer_killed_in_the_middle_of_a_batch_loses_and_doubles_nothing(
    broker, door, tmp_path
):
    """`gongzhi listen` killed with SIGKILL twice while a batch is under way."""
    env = apart(tmp_path)
    running = listening(broker, env)
    sender = Sender(broker.port)
    sent = 0
    for _ in range(2):
        sender.send(range(sent, sent + 1000))
        sent += 1000
        wait_for(sent - 950, 30)
        running.kill()
        running.communicate()
        running = listening(broker, env)
    wait_for(sent, 40)
    running.terminate()
    running.communicate(timeout=20)
    sender.close()
    assert sorted(int(key) for key in Reading.objects.values_list("key", flat=True)) == [
        *range(sent)
    ]


def wait_for(count: int, seconds: float) -> None:
    """Until so many readings are kept, or the time is over."""
    until = time.monotonic() + seconds
    while Reading.objects.count() < count and time.monotonic() < until:
        time.sleep(0.02)
