"""Replay: files as they come, the same alarms as live, and honest figures."""

import gzip
import io
import json
import random
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st

from gongzhi.care.replay.figures import figures, mean_at
from gongzhi.care.replay.reading import Options, Unreadable, read_files
from gongzhi.care.replay.roles import Role, meaning, role_of
from gongzhi.care.replay.running import Collapse, Runner, blind_spells, levels, outings
from gongzhi.care.replay.times import Clockface, written
from gongzhi.care.rules.rates import ENTRANCE, INTERIOR
from gongzhi.care.rules.silence import DAY, HOUR
from gongzhi.care.tests.lives import MONDAY, played, usual_days

SHANGHAI = ZoneInfo("Asia/Shanghai")
OPTIONS = Options(zone=SHANGHAI)


def text_of(events, home="h1") -> list[str]:
    """Rows of a plain file."""
    names = {INTERIOR: "fridge", ENTRANCE: "front_door"}
    return [f"{written(at)},{home},{names[kind]},OPEN" for at, kind in events]


@pytest.fixture
def file(tmp_path):
    """`file("name.csv", lines)`: a file with these lines."""

    def write(name: str, lines: list[str]):
        path = tmp_path / name
        path.write_text("\n".join(lines), encoding="utf-8")
        return path

    return write


# ── names, values, times ──────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("entrance", Role.ENTRANCE),
        ("FrontDoor", Role.ENTRANCE),
        ("back_door", Role.ENTRANCE),
        ("OutsideDoor", Role.ENTRANCE),
        ("door", Role.ENTRANCE),
        ("D002", Role.ENTRANCE),
        ("Frontdoor", Role.ENTRANCE),
        ("入户门磁", Role.ENTRANCE),
        ("fridge", Role.INTERIOR),
        ("Fridge door", Role.INTERIOR),
        ("BathroomDoor", Role.INTERIOR),
        ("Hall-Bedroom door", Role.INTERIOR),
        ("M017", Role.INTERIOR),
        ("MA015", Role.INTERIOR),
        ("motion_kitchen", Role.INTERIOR),
        ("entrance motion", Role.INTERIOR),
        ("bed pressure", Role.INTERIOR),
        ("冰箱门", Role.INTERIOR),
        ("whatever", Role.INTERIOR),
        ("T003", Role.ALIVE),
        ("temperature", Role.ALIVE),
        ("BATV014", Role.ALIVE),
        ("LS008", Role.ALIVE),
        ("light_kitchen", Role.ALIVE),
        ("battery", Role.ALIVE),
        ("heartbeat", Role.ALIVE),
        ("meter", Role.METER),
        ("electricity", Role.METER),
        ("sos", Role.SOS),
        ("smoke", Role.SOS),
    ],
)
def test_a_device_is_known_by_its_name(name, role):
    assert role_of(name) == role


@pytest.mark.parametrize("value", ["ON", "open", "1", "TRUE", "", "0.7", "Opened", "打开"])
def test_a_value_that_is_an_event(value):
    assert meaning(value) == "on"


@pytest.mark.parametrize("value", ["OFF", "closed", "CLOSE", "0", "0.0", "false", "absent"])
def test_a_value_that_is_the_end_of_one(value):
    assert meaning(value) == "off"


def test_values_that_say_nothing_or_only_that_the_device_lives():
    assert meaning("unavailable") is None
    assert meaning("heartbeat") == "alive"


@given(st.integers(946_684_800, 1_900_000_000))
def test_a_time_reads_the_same_in_every_way_of_writing_it(second):
    """As the wall clock of a home in Shanghai, eight hours before UTC."""
    clock = Clockface(SHANGHAI)
    local = second + 8 * 3600
    plain = written(local)
    assert clock.read(plain) == local
    assert clock.read(plain.replace(" ", "T")) == local
    assert clock.read(plain.replace("-", "/")) == local
    assert clock.read(plain + "+08:00") == local
    assert clock.read(plain + "-07:00") == local  # the wall clock there, as it was written
    assert clock.read(plain + ".250") == local + 0.25
    for epoch in (str(second), f"{second}000", f"{second}000000", f"{second}.0"):
        assert clock.read(epoch) == local
    assert clock.read(written(second) + "Z") == local
    assert clock.read(written(second) + "+00:00") == local


@pytest.mark.parametrize(
    "text", ["", "yesterday", "2026-13-01 00:00:00", "2026-03-01 25:00:00", "7"]
)
def test_what_is_no_time_is_refused(text):
    with pytest.raises(ValueError, match=r".*"):
        Clockface(SHANGHAI).read(text)


# ── files ─────────────────────────────────────────────────────────────────

EVENTS = usual_days(3)
EXPECTED = [at // 1 for at, _ in EVENTS]


def times_in(path, **given) -> list[float]:
    library = read_files([path], Options(zone=SHANGHAI, **given))
    assert len(library.tapes) == 1
    return library.events_of(next(iter(library.tapes)))[0].tolist()


def test_columns_may_have_any_order_and_name(file):
    rows = [row.split(",") for row in text_of(EVENTS)]
    one = file("a.csv", ["time,home,kind,value", *(",".join(row) for row in rows)])
    two = file(
        "b.csv",
        ["state;household;sensor;Timestamp", *(f"{v};{h};{k};{t}" for t, h, k, v in rows)],
    )
    three = file("c.txt", [f"{t}\t{h}\t{k}\t{v}" for t, h, k, v in rows])
    four = file("d.txt", [f"{t}.0 {k} {v}" for t, h, k, v in rows])
    for path in (one, two, three, four):
        assert times_in(path) == EXPECTED


def test_the_order_of_rows_does_not_matter_and_a_file_may_be_packed(file, tmp_path):
    rows = text_of(EVENTS)
    random.Random(1).shuffle(rows)
    packed = tmp_path / "e.csv.gz"
    packed.write_bytes(gzip.compress("\n".join(["time,home,kind,value", *rows]).encode()))
    assert times_in(packed) == EXPECTED


def test_homes_are_told_apart_and_without_a_column_the_file_is_the_home(file):
    both = file("f.csv", ["time,home,kind,value", *text_of(EVENTS), *text_of(EVENTS, "h2")])
    assert sorted(read_files([both], OPTIONS).tapes) == ["h1", "h2"]
    alone = file("flat7.csv", ["time,kind,value", "2026-03-02 10:00:00,fridge,OPEN"])
    assert list(read_files([alone], OPTIONS).tapes) == ["flat7"]


def test_bad_rows_are_counted_with_their_numbers_up_to_a_share(file):
    good = text_of(usual_days(4))
    path = file(
        "g.csv", ["time,home,kind,value", *good[:20], "not a time,h1,fridge,OPEN", *good[20:]]
    )
    library = read_files([path], OPTIONS)
    assert library.bad == 1
    assert library.complaints[0].startswith("g.csv:22 ")
    with pytest.raises(Unreadable, match=r"g.csv: 1/"):
        read_files([path], Options(zone=SHANGHAI, most_bad=0.001))


@pytest.mark.parametrize("lines", [[], ["hello"], ["a,b,c", "1,2,3"], ["time,home,kind,value"]])
def test_a_file_that_is_no_record_is_refused(file, lines):
    with pytest.raises(Unreadable):
        read_files([file("h.csv", lines)], OPTIONS)


def test_only_changes_of_a_sampled_contact_are_events(file):
    """A door that stands open and is asked every minute is nobody's activity."""
    rows = ["time,home,kind,value"]
    for minute in range(600):
        state = 1 if 200 <= minute < 400 else 0
        rows.append(f"{written(MONDAY * DAY + minute * 60)},h,fridge,{state}")
    assert [(at - MONDAY * DAY) / 60 for at in times_in(file("i.csv", rows))] == [200, 400]


def test_a_contact_that_only_says_open_is_heard_every_time(file):
    rows = ["time,home,kind,value", *text_of(EVENTS)]
    assert len(times_in(file("j.csv", rows))) == len(EVENTS)


def test_measurements_are_no_people(file):
    rows = ["time,home,kind,value", *text_of(EVENTS)]
    rows += [f"{written(MONDAY * DAY + n * 600)},h1,stove_1,{20 + n / 7:.2f}" for n in range(60)]
    rows += [f"{written(MONDAY * DAY + n * 600)},h1,T001,{20 + n / 7:.2f}" for n in range(60)]
    assert times_in(file("k.csv", rows)) == EXPECTED


def test_only_some_kinds_can_be_asked_for_and_roles_given_by_hand(file):
    path = file("l.csv", ["time,home,kind,value", *text_of(EVENTS)])
    assert len(times_in(path, only=frozenset({"front"}))) == 6
    library = read_files([path], Options(zone=SHANGHAI, roles={"fridge": Role.ENTRANCE}))
    assert library.events_of("h1")[1].tolist() == [ENTRANCE] * len(EVENTS)


# ── running ───────────────────────────────────────────────────────────────


def runner_of(events, alive=(), **given) -> Runner:
    times = np.array([at for at, _ in events])
    kinds = np.array([kind for _, kind in events], np.uint8)
    return Runner("h", times, kinds, np.array(alive, np.float64), **given)


LONG_LIFE = usual_days(60, seed=4)


def cut(events, since: float, until: float):
    """The same life without what happened in between."""
    return [event for event in events if not since < event[0] < until]


def test_a_replay_raises_what_the_live_clock_raises():
    events = cut(LONG_LIFE, (MONDAY + 40) * DAY + 8.7 * HOUR, (MONDAY + 40) * DAY + 20.8 * HOUR)
    _, live = played(events)
    run = runner_of(events, warm_up=0).go([])
    for level, r in enumerate((2.0, 0.5)):
        place = levels().index(r)
        replayed = [j.alarm.at for j in run.judged if j.alarm.level == place]
        assert replayed == [alarm.at for alarm in live if alarm.level == level]
    assert any(alarm.level == 1 for alarm in live)


def test_collapses_are_found_and_do_not_disturb_the_record():
    runner = runner_of(LONG_LIFE)
    moments = runner.draw_moments(40, random.Random(1))
    run = runner.go(moments)
    undisturbed = runner_of(LONG_LIFE).go([])
    assert [j.alarm for j in run.judged] == [j.alarm for j in undisturbed.judged]
    at_alarm = levels().index(0.5)
    hours = [collapse.hours[at_alarm] for collapse in run.collapses]
    assert len(hours) == 40
    assert 0 < np.nanmin(hours) <= np.nanmax(hours) < 24
    for collapse in run.collapses:  # a more sensitive level is never slower
        assert list(collapse.hours) == sorted(collapse.hours)


def test_the_same_seed_gives_the_same_collapses_and_they_happen_at_home():
    runner = runner_of(LONG_LIFE)
    moments = runner.draw_moments(200, random.Random(7))
    assert moments == runner_of(LONG_LIFE).draw_moments(200, random.Random(7))
    away = outings(runner.times, runner.kinds)
    assert len(away) == 60
    assert not [m for m in moments if any(begin < m < end for begin, end in away)]
    assert min(moments) >= runner.run.counted_from


def test_a_silence_of_days_still_raises_but_is_told_apart():
    """Nobody can tell a journey from a hole in the record, nor either from a collapse."""
    events = cut(LONG_LIFE, (MONDAY + 45) * DAY, (MONDAY + 49) * DAY)
    run = runner_of(events).go([])
    alarm = [j for j in run.judged if j.alarm.level == levels().index(0.5)]
    assert [j.long for j in alarm] == [True]
    found = figures("contacts", [run]).alarm
    assert (found.alarms, found.alarms_long, found.a_month) == (1, 1, 0)
    assert found.a_month_all > 0
    assert figures("contacts", [run]).home_months < run.days / 30.44


def test_where_other_rows_show_that_the_record_stood_still_nothing_is_raised():
    since, until = (MONDAY + 45) * DAY, (MONDAY + 47) * DAY
    alive = [MONDAY * DAY + n * 600.0 for n in range(60 * 144)]
    alive = [at for at in alive if not since < at < until]
    events = cut(LONG_LIFE, since, until)
    assert len(blind_spells(np.array([at for at, _ in events]), np.array(alive))) == 1
    run = runner_of(events, alive).go([])
    assert [j for j in run.judged if j.alarm.level == levels().index(0.5)] == []
    assert run.blind_seconds > DAY


def test_people_who_are_silent_while_the_thermometer_speaks_are_not_blind():
    since, until = (MONDAY + 45) * DAY, (MONDAY + 47) * DAY
    alive = [MONDAY * DAY + n * 600.0 for n in range(60 * 144)]
    run = runner_of(cut(LONG_LIFE, since, until), alive).go([])
    assert [j for j in run.judged if j.alarm.level == levels().index(0.5)]


def test_the_latency_at_a_rate_lies_between_its_neighbours():
    run = runner_of(LONG_LIFE)
    found = figures("rich", [run.go(run.draw_moments(60, random.Random(1)))])
    by_rate = sorted((level.a_day, level.mean) for level in found.levels)
    middle = (by_rate[0][0] + by_rate[-1][0]) / 2
    mean, reached = mean_at(found.levels, middle)
    assert reached
    assert by_rate[-1][1] <= mean <= by_rate[0][1]
    assert mean_at([], 0.09) == (None, False)


def test_a_silence_that_was_known_before_the_collapse_tells_no_time_to_find_it():
    run = runner_of(LONG_LIFE).go([])
    hours = [0.0] * (len(levels()) - 2) + [3.0, float("nan")]
    run.collapses = [Collapse(run.ends, run.ends - HOUR, tuple(hours))] * 2
    found = figures("contacts", [run]).levels
    assert [(level.found, level.missed) for level in found[-3:]] == [(0, 0), (2, 0), (0, 2)]
    assert found[-2].mean == 3.0


def test_rest_days_are_weekends_unless_a_calendar_is_given():
    assert not runner_of(EVENTS).clock.rest(MONDAY)
    assert runner_of(EVENTS).clock.rest(MONDAY + 5)
    assert runner_of(EVENTS, rest=lambda _day: True).clock.rest(MONDAY)


# ── the command ───────────────────────────────────────────────────────────


def test_the_command_prints_the_goals_draws_the_curve_and_gives_json(file, tmp_path):
    lines = ["time,home,kind,value"]
    for n in range(3):
        lines += text_of(usual_days(50, seed=n), f"home{n}")
    lines += [f"{written((MONDAY + n) * DAY + 600)},home0,meter,{4 + n % 3}" for n in range(50)]
    lines += [f"{written((MONDAY + 30) * DAY)},home1,sos,1", "oops,home1,fridge,1"]
    path, png, out = file("all.csv", lines), tmp_path / "curve.png", io.StringIO()
    call_command("replay", str(path), inject=30, seed=2, png=png, json=True, stdout=out)
    told = json.loads(out.getvalue())
    group = told["groups"][0]
    assert told["homes"] == 3
    assert told["bad_rows"] == 1
    assert told["pass_through"] == {"sos": 1}
    assert told["meters"]["homes"] == 1
    assert group["outfit"] == "contacts"
    assert group["collapses"] + group["already_alarmed"] == 30
    assert group["home_months"] == pytest.approx(3 * (50 - 50 / 3) / 30.44, rel=0.05)
    assert len(told["collapses"]) == group["collapses"]
    assert png.read_bytes().startswith(b"\x89PNG")


def test_the_table_states_how_many_home_months_it_saw(file, capsys):
    path = file("one.csv", ["time,home,kind,value", *text_of(usual_days(45))])
    call_command("replay", str(path), no_png=True)
    said = capsys.readouterr().out
    assert "共观察 1.0 户月" in said
    assert "误报" in said
    call_command("replay", str(path), no_png=True, only="entrance,fridge,window")
    said = capsys.readouterr().out
    assert "没有设备符合 --only 的：window" in said
    assert "共观察 1.0 户月" in said


@pytest.mark.parametrize("lines", [["nonsense"], ["time,home,kind,value", *text_of(EVENTS)[:5]]])
def test_the_command_says_what_is_wrong(file, lines):
    with pytest.raises(CommandError, match=r"时间、家庭|至少50条"):
        call_command("replay", str(file("bad.csv", lines)), no_png=True)


def test_times_that_are_not_those_of_the_home_are_pointed_out(file, capsys):
    """A record of an American home written in UTC and read as local: quiet at noon."""
    shifted = [(at + 9 * HOUR, kind) for at, kind in usual_days(45)]
    path = file("utc.csv", ["time,home,kind,value", *text_of(shifted)])
    call_command("replay", str(path), no_png=True)
    assert "--zone" in capsys.readouterr().out
    call_command("replay", str(file("ok.csv", text_of(usual_days(45)))), no_png=True)
    assert "--zone" not in capsys.readouterr().out


def test_the_command_says_when_a_file_is_not_there(tmp_path):
    with pytest.raises(CommandError, match="找不到"):
        call_command("replay", str(tmp_path / "none.csv"))
