"""Our process is killed between their sending and our answer: nothing lost, nothing doubled.

Each door is asked three times for the same matter: killed before anything was done nothing is
there, killed after the commit everything is there and nobody was told, and sent once more it is the
same matter and the answer comes.
"""

import os
import subprocess
import sys
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils.timezone import now

from gongzhi.cases.models import Case
from gongzhi.doors.conftest import KEY
from gongzhi.doors.hotline import drops
from gongzhi.doors.hotline.fetching import fetch_some
from gongzhi.doors.hotline.tests.test_files import csv_of, read, row
from gongzhi.doors.models import Entry, Partner
from gongzhi.doors.phone.models import Call
from gongzhi.doors.tests.calls import HTTP, call_of, send, visitor
from gongzhi.doors.tests.faults import Fault, Way, shows
from gongzhi.doors.tests.outside import outside
from gongzhi.doors.wechat.models import Draft, Heard

pytestmark = pytest.mark.django_db(transaction=True)


def there() -> dict[Way, int]:
    """How many matters each door has kept."""
    return {
        **dict.fromkeys((Way.OPEN311, Way.PUSH, Way.HOOK, Way.QR), Case.objects.count()),
        Way.PHONE: Call.objects.count(),
        Way.WECHAT: Heard.objects.count(),
    }


def _shown(test):
    for way in HTTP:
        shows(way, Fault.KILLED)(test)
    return test


@_shown
@pytest.mark.slow
def test_of_every_door_a_process_is_killed_before_and_after_the_commit(everyone):
    database = str(connection.settings_dict["NAME"])
    connection.close()
    process = subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, "-m", "gongzhi.doors.tests.mortal_server", database],
        stdout=subprocess.PIPE, text=True,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "gongzhi.project.settings_test"},
    )  # fmt: skip
    try:
        url = f"http://127.0.0.1:{process.stdout.readline().strip()}"
        who = visitor(url, everyone)
        for way in HTTP:
            before = there()[way]
            lost = send(url, call_of(way, "77", who), X_Die="before")
            assert (lost, there()[way]) == ((0, ""), before), way
            lost = send(url, call_of(way, "77", who), X_Die="after")
            assert (lost, there()[way]) == ((0, ""), before + 1), way
            status, said = send(url, call_of(way, "77", who))
            assert status == (302 if way == Way.QR else 200), (way, said)
            assert said, way
            assert there()[way] == before + 1, way
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
    assert Case.objects.count() == 4
    assert Entry.objects.count() == 3  # that of the code is noted by the worker
    assert Draft.objects.get().text == "路灯不亮"


def die(where, nth, what, *args):
    """A process of ours works on the test's database and is killed at that call."""
    database = str(connection.settings_dict["NAME"])
    connection.close()
    ended = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-m", "gongzhi.doors.tests.mortal_command", database, where, str(nth),
         what, *args],
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "gongzhi.project.settings_test"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ended.returncode == 9, ended.stderr


@shows(Way.FILE, Fault.KILLED)
@pytest.mark.slow
def test_killed_in_the_middle_of_a_file_nothing_is_taken_and_again_it_is_whole(
    everyone, order, tmp_path
):
    rows = 5
    file = tmp_path / "orders.csv"
    file.write_bytes(csv_of(*[row(f"HF-{n}") for n in range(rows)]))
    # Once the rows are tried; the second time their cases are written and not yet committed.
    die("gongzhi.doors.hotline.actions:agreed", 2, "take_orders", str(file))
    assert not Case.objects.exists()
    assert not Entry.objects.exists()
    for made in (rows, 0):
        said = StringIO()
        call_command("take_orders", str(file), stdout=said)
        assert f"本次新增 {made} 件" in said.getvalue()
    assert Case.objects.count() == Entry.objects.count() == rows


@shows(Way.LIST, Fault.KILLED)
@pytest.mark.slow
def test_killed_before_the_receipt_of_a_list_the_city_gives_it_again_and_it_is_one_case(
    everyone, order, live_server
):
    with outside(
        "gongzhi.doors.hotline.simulator", "--key", KEY, "--target", live_server.url
    ) as city:
        Partner.objects.filter(code="hotline").update(url=city.url)
        number = city.control("order", order())["order_no"]
        fetch = "gongzhi.doors.hotline.fetching"
        die(f"{fetch}:call", 2, f"{fetch}:fetch_some")  # the list came, the receipt never went
        assert Case.objects.count() == 1
        assert city.control("book")["taken"] == []
        assert not fetch_some(now() + timedelta(minutes=2))
        assert Case.objects.count() == Entry.objects.count() == 1
        assert city.control("book")["taken"] == [number]


def test_a_file_taken_at_the_desk_is_whole_or_not_at_all_and_again_the_same(
    world, sun, NOON, monkeypatch
):
    rows = read(csv_of(*[row(f"HF-{n}") for n in range(4)]))
    drop = drops.put_down(by=sun, name="a.csv", rows=rows, at=NOON)
    monkeypatch.setattr(drops, "BATCH", 2)
    really, taken = drops.take_orders, []

    def die(**said):
        taken.append(said)
        if len(taken) > 3:  # two batches are tried, then the first of two is taken in
            raise KeyboardInterrupt
        return really(**said)

    monkeypatch.setattr(drops, "take_orders", die)
    with pytest.raises(KeyboardInterrupt):
        drops.take_up(by=sun, drop=drop, at=NOON)
    assert not Case.objects.exists()
    monkeypatch.setattr(drops, "take_orders", really)
    drop.refresh_from_db()
    assert drops.take_up(by=sun, drop=drop, at=NOON) == 4
    again = drops.put_down(by=sun, name="a.csv", rows=rows, at=NOON)
    assert drops.take_up(by=sun, drop=again, at=NOON) == 0
    assert Case.objects.count() == 4
