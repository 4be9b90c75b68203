"""Generated homes: repeatable, in order, and alive in a way that looks like people."""

import io

import pytest
from django.core.management import call_command

from gongzhi.demo.homes import CONTACTS, draw_home, rows_of
from gongzhi.demo.lives import DAY, HOUR, Place

FIRST = 20_514


def rows(seed: int = 1, *, rich: bool = False, days: int = 30, heartbeats: bool = False):
    home = draw_home("h", seed, rich=rich, heartbeats=heartbeats)
    return home, list(rows_of(home, first_day=FIRST, days=days))


def test_the_same_seed_gives_the_same_home():
    assert rows(3)[1] == rows(3)[1]
    assert rows(3)[1] != rows(4)[1]


def test_rows_are_in_order_and_within_the_days_asked_for():
    _, said = rows()
    times = [row.at for row in said]
    assert times == sorted(times)
    assert times[0] >= FIRST * DAY
    assert times[-1] < (FIRST + 30) * DAY


def test_a_life_has_no_gaps_and_goes_to_bed_at_night():
    home, _ = rows()
    ends = [stay.end for stay in home.stays]
    starts = [stay.start for stay in home.stays]
    assert starts[1:] == pytest.approx(ends[:-1])
    at_three = [
        next(s.place for s in home.stays if s.start <= (FIRST + day) * DAY + 3 * HOUR < s.end)
        for day in range(1, 29)
    ]
    assert at_three.count(Place.BED) > 14


def test_contacts_only_or_motion_as_well_with_a_reading_a_day():
    _, few = rows()
    assert {row.kind for row in few} == {*CONTACTS, "meter"}
    assert sum(row.kind == "meter" for row in few) == 29
    _, many = rows(rich=True)
    assert {"motion_hall", "motion_bedroom", "motion_living"} <= {row.kind for row in many}
    assert len(many) > 5 * len(few)


def test_heartbeats_come_every_hour_from_each_device():
    _, said = rows(days=2, heartbeats=True)
    beats = [row for row in said if row.value == "heartbeat"]
    assert len(beats) == 2 * 24 * len(CONTACTS)


def test_the_command_writes_a_file_that_replay_reads(tmp_path):
    out, said = tmp_path / "homes.csv.gz", io.StringIO()
    call_command("generate_homes", homes=2, days=40, seed=5, out=out, stdout=said)
    assert "2 户" in said.getvalue()
    call_command("replay", str(out), inject=10, no_png=True)
