"""A button pressed under load: broker, `listen` and `guard` as real processes."""

# ruff: noqa: S603 - starts our own commands, with arguments from here

import json
import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gongzhi.sensing.tests.test_broker import BROKER, ROOT, Broker, Sender

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not Path(BROKER).exists(), reason="no Mosquitto here: `make services`"),
]
RATE, SECONDS, PRESSES = 1000, 3, 8  # messages a second, for so long, buttons pressed meanwhile
IN_TIME = 5.0  # seconds from the press to the first call
SET_UP = f"""
from django.core.management import call_command
from django.utils.timezone import now
from gongzhi.care.models import Contact, Elder
from gongzhi.places.models import Area
from gongzhi.sensing.models import Device, Gateway, Home
at = now()
call_command("load_calendar", verbosity=0)
area = Area.objects.create(code="1", name="x", level="grid")
gateway = Gateway.objects.create(code="gw1", secret_hash="0" * 64)
for n in range({PRESSES}):
    home = Home.objects.create(code=f"H{{n}}", area=area)
    elder = Elder.objects.create(home=home, name="x", consented_at=at, consent_ref="1")
    Contact.objects.create(elder=elder, order=0, name="y", phone="10000000000", tie="child")
    for kind in ("fridge", "sos"):
        Device.objects.create(
            gateway=gateway, serial=f"{{kind}}{{n}}", home=home, kind=kind, seen_at=at
        )
"""


@pytest.fixture
def running(tmp_path) -> Iterator[tuple[Broker, Path]]:
    """A broker, the intake and the guard on a database of their own."""
    env = {**os.environ, "GONGZHI_DATA": str(tmp_path / "data"), "GONGZHI_DEMO": "1"}
    env.pop("GONGZHI_PG_NAME", None)
    env |= {"DJANGO_SETTINGS_MODULE": "gongzhi.project.settings", "PYTHONUNBUFFERED": "1"}
    (tmp_path / "data").mkdir()
    manage = [sys.executable, str(ROOT / "manage.py")]
    subprocess.run([*manage, "migrate", "-v0"], env=env, check=True, cwd=ROOT)
    subprocess.run([*manage, "shell", "-c", SET_UP], env=env, check=True, cwd=ROOT)
    broker = Broker(tmp_path)
    broker.start()
    listening = [*manage, "listen", "--port", str(broker.port)]
    intake = subprocess.Popen(listening, env=env, cwd=ROOT, stdout=subprocess.PIPE)
    guard = subprocess.Popen([*manage, "guard"], env=env, cwd=ROOT)
    try:
        assert intake.stdout is not None
        assert b"listening" in intake.stdout.readline()
        yield broker, tmp_path / "data" / "gongzhi.sqlite3"
    finally:
        for process in (intake, guard):
            process.terminate()
            process.communicate(timeout=30)
        broker.stop()


def rows(database: Path, query: str) -> list[tuple]:
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=10) as connection:
        return connection.execute(query).fetchall()


def wait_until(database: Path, query: str, count: int, seconds: float) -> None:
    until = time.monotonic() + seconds
    while len(rows(database, query)) < count and time.monotonic() < until:
        time.sleep(0.1)


def test_a_button_is_called_for_within_five_seconds_under_load(running):
    """1,000 messages a second; every button's first call within 5 s, nothing lost or doubled."""
    broker, database = running
    on_duty = "select 1 from care_duty where name = 'guard'"
    wait_until(database, on_duty, 1, 30)
    sender = Sender(broker.port)
    pressed: dict[int, datetime] = {}
    began, sent = time.monotonic(), 0
    while sent < RATE * SECONDS:
        due = min(int((time.monotonic() - began) * RATE), RATE * SECONDS)
        for n in range(sent, due):
            told = json.dumps({"id": n, "what": "opened"}).encode()
            sender.client.publish(f"gongzhi/v1/gw1/fridge{n % PRESSES}", told, qos=1)
        sent = due
        press = len(pressed)
        if press < PRESSES and sent >= (press + 1) * RATE * SECONDS // (PRESSES + 1):
            pressed[press] = datetime.now(UTC)
            told = json.dumps({"id": f"p{press}", "what": "alarm"}).encode()
            sender.client.publish(f"gongzhi/v1/gw1/sos{press}", told, qos=1)
        time.sleep(0.005)
    called = (
        "select e.home_id, s.taken_at from care_step s join care_alert a on a.id = s.alert_id "
        "join care_elder e on e.id = a.elder_id where s.call = 'all_contacts' "
        "and s.taken_at is not null order by e.home_id"
    )
    wait_until(database, called, PRESSES, 20)
    wait_until(database, "select id from sensing_reading", RATE * SECONDS + PRESSES, 30)
    sender.close()
    waits = [
        (datetime.fromisoformat(taken).replace(tzinfo=UTC) - pressed[n]).total_seconds()
        for n, (_home, taken) in enumerate(rows(database, called))
    ]
    assert len(waits) == PRESSES
    assert max(waits) <= IN_TIME, waits
    kept = [key for (key,) in rows(database, "select key from sensing_reading")]
    assert len(kept) == len(set(kept)) == RATE * SECONDS + PRESSES
    print("press to first call, seconds:", " ".join(f"{wait:.2f}" for wait in sorted(waits)))
