"""A button pressed under load: broker, `listen` and `guard` as real processes."""

# ruff: noqa: S603 - starts our own commands, with arguments from here

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db.models import QuerySet
from django.utils.timezone import now

from gongzhi.care.models import GUARD, Contact, Duty, Elder, Step
from gongzhi.sensing.models import Device, Gateway, Home, Reading
from gongzhi.sensing.tests.test_broker import BROKER, ROOT, Broker, Sender, apart, listening

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not Path(BROKER).exists(), reason="no Mosquitto here: `make services`"),
]
RATE, SECONDS, PRESSES = 1000, 2, 5  # messages a second, for so long, buttons pressed meanwhile
IN_TIME = 5.0  # seconds from the press to the first call


def homes(area) -> None:
    """Homes with a fridge, a button and a daughter each."""
    at = now()
    call_command("load_calendar", verbosity=0)
    gateway = Gateway.objects.create(code="gw1", secret_hash="0" * 64)
    for n in range(PRESSES):
        home = Home.objects.create(code=f"H{n}", area=area)
        elder = Elder.objects.create(home=home, name="x", consented_at=at, consent_ref="1")
        Contact.objects.create(elder=elder, order=0, name="y", phone="10000000000", tie="child")
        for kind in ("fridge", "sos"):
            Device.objects.create(
                gateway=gateway, serial=f"{kind}{n}", home=home, kind=kind, seen_at=at
            )


@pytest.fixture
def running(transactional_db, grid_1, tmp_path) -> Iterator[Broker]:
    """A broker, the intake and the guard as processes on this test's database."""
    homes(grid_1)
    env = apart(tmp_path)
    broker = Broker(tmp_path)
    broker.start()
    guard = subprocess.Popen([sys.executable, str(ROOT / "manage.py"), "guard"], env=env, cwd=ROOT)
    intake = listening(broker, env)
    try:
        yield broker
    finally:
        for process in (intake, guard):
            process.terminate()
            process.communicate(timeout=30)
        broker.stop()


def wait_until(rows: QuerySet[Any], count: int, seconds: float) -> None:
    until = time.monotonic() + seconds
    while rows.count() < count and time.monotonic() < until:
        time.sleep(0.1)


def test_a_button_is_called_for_within_five_seconds_under_load(running):
    """1,000 messages a second; every button's first call within 5 s, nothing lost or doubled."""
    wait_until(Duty.objects.filter(name=GUARD), 1, 60)
    sender = Sender(running.port)
    pressed: dict[str, datetime] = {}
    began, sent = time.monotonic(), 0
    while sent < RATE * SECONDS:
        due = min(int((time.monotonic() - began) * RATE), RATE * SECONDS)
        for n in range(sent, due):
            told = json.dumps({"id": n, "what": "opened"}).encode()
            sender.client.publish(f"gongzhi/v1/gw1/fridge{n % PRESSES}", told, qos=1)
        sent = due
        press = len(pressed)
        if press < PRESSES and sent >= (press + 1) * RATE * SECONDS // (PRESSES + 1):
            pressed[f"H{press}"] = now()
            told = json.dumps({"id": f"p{press}", "what": "alarm"}).encode()
            sender.client.publish(f"gongzhi/v1/gw1/sos{press}", told, qos=1)
        time.sleep(0.005)
    called = Step.objects.filter(call="all_contacts").exclude(taken_at=None)
    wait_until(called, PRESSES, 20)
    wait_until(Reading.objects.all(), RATE * SECONDS + PRESSES, 30)
    sender.close()
    waits = [
        (step.taken_at - pressed[step.alert.elder.home.code]).total_seconds()
        for step in called.select_related("alert__elder__home")
    ]
    assert len(waits) == PRESSES
    assert max(waits) <= IN_TIME, waits
    kept = list(Reading.objects.values_list("key", flat=True))
    assert len(kept) == len(set(kept)) == RATE * SECONDS + PRESSES
    print("press to first call, seconds:", " ".join(f"{wait:.2f}" for wait in sorted(waits)))
