"""Records as laboratories, gateways and offices hand them over; all say the same three days."""

import gzip
import zipfile
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from gongzhi.care.replay.reading import Options, Unreadable, read_files
from gongzhi.care.replay.roles import Role, ends_by_hand, known_role
from gongzhi.care.replay.times import Clockface, day_comes_first, written
from gongzhi.care.rules.rates import ENTRANCE
from gongzhi.care.tests.lives import MONDAY, usual_days

SHANGHAI = ZoneInfo("Asia/Shanghai")
EVENTS = usual_days(20)
TIMES = [at // 1 for at, _ in EVENTS]
KINDS = [kind for _, kind in EVENTS]


def told(at: float, pattern: str) -> str:
    return datetime.fromtimestamp(at, UTC).strftime(pattern)


def read(path, **given):
    return read_files([path], Options(zone=SHANGHAI, **given))


def holds(path, home: str | None = None, **given) -> None:
    """The file gives the three days, entrance and interior told apart, of one home."""
    library = read(path, **given)
    assert library.bad == 0, library.complaints
    [(name, _tape)] = library.tapes.items()
    assert home in (None, name)
    times, kinds = library.events_of(name)
    assert times.tolist() == pytest.approx(TIMES, abs=59)
    assert kinds.tolist() == KINDS


def name_of(kind: int) -> str:
    return "entrance" if kind == ENTRANCE else "fridge"


LAYOUTS = {
    "milan": ("%Y-%m-%d %H:%M:%S.000059", "{t}\t{c}\tON"),
    "annotated": ("%Y-%m-%d %H:%M:%S.000059", "{t}\t{c}\tON\tSleeping begin"),
    "spaces": ("%Y-%m-%d %H:%M:%S.5", "{t} {c} ON Sleeping begin"),
    "translated": ("%Y-%m-%d %H:%M:%S.123456", "{t}\t{c}\tIgnore\tIgnore\tOPEN\tControl4-Door"),
    "commas": ("%Y-%m-%d %H:%M:%S.123456", "{t},{c},ON,"),
    "two commas": ("%Y-%m-%d,%H:%M:%S.123456", "{t},{c},ON,Sleeping"),
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_laboratorys_own_layout(layout, tmp_path):
    """CASAS: date, time, sensor, value, and what follows: annotations, translations, types."""
    pattern, row = LAYOUTS[layout]
    codes = {0: ("M003", "M017", "M021"), ENTRANCE: ("D001",)}
    path = tmp_path / "hh101.rawdata.txt"
    lines = []
    for n, (at, kind) in enumerate(EVENTS):
        code = codes[kind][n % len(codes[kind])]
        lines.append(row.format(t=told(at, pattern), c=code))
        lines.append(row.format(t=told(at, pattern), c="T002").replace("ON", "21.5"))
    path.write_text("\n".join(lines), encoding="utf-8")
    holds(path, home="hh101")


NAMED = {  # {t} when, {c} number and {n} name of a sensor, {v} what it said, {y} its type
    "name": "{t}\t{n}\t{v}",
    "name and type": "{t} {n} {v} Control4-{y}",
    "number, name, type": "{t}\t{c}\t{n}\t{v}\tControl4-{y}",
    "number, nothing, type": "{t}\t{c}\tIgnore\tIgnore\t{v}\tControl4-{y}",
    "name, place, type, what was done": "{t}\t{n}\t{n}\t{v}\tControl4-{y}\tEnter_Home",
    "commas": "{t},{n},{v},Bed_Toilet_Transition",
    "headed": "{t},{c},{n},{v},Control4-{y}",
    "attributes": "{t},{c},{n},Ignore,{v},Control4-{y}",
}
SENSORS = (  # number, name, type, what it says and what it says a moment later
    ("M003", "BedroomABed", "Motion", "ON", "OFF"),
    ("MA015", "BathroomAArea", "MotionArea", "ON", "OFF"),
    ("M021", "MainEntryway", "Motion", "ON", "OFF"),
)
DOOR = ("D001", "MainDoor", "Door", "OPEN", "CLOSE")
BESIDE = (
    ("T102", "MainDoor", "Temperature", "21.5"),
    ("LS005", "KitchenALight", "LightSensor", "38"),
    ("BATP012", "BedroomABed", "BatteryPercent", "95"),
    ("SYS001", "SystemMode", "System", "ON"),
)


@pytest.mark.parametrize("layout", NAMED)
def test_sensors_named_after_their_places(layout, tmp_path):
    """Half of the rows are thermometers and batteries; an `OFF` of a motion sensor is nobody."""
    heads = {
        "headed": "datetime,sensor,location,state,type",
        "attributes": "timestamp,SensorID,Attribute1,Attribute2,Value,SensorType",
    }
    lines = [heads[layout]] if layout in heads else []
    for n, (at, kind) in enumerate(EVENTS):
        code, name, type_, begin, end = DOOR if kind == ENTRANCE else SENSORS[n % 3]
        rows = [(code, name, type_, begin), (code, name, type_, end), *BESIDE]
        if layout in ("name", "commas"):
            rows.remove(BESIDE[2])  # 95 under the name of a bed says nothing of what it is
            rows.remove(BESIDE[3])
        for late, (c, n_, y, v) in enumerate(rows):
            when = told(at + late, "%Y-%m-%d %H:%M:%S.5")
            lines.append(NAMED[layout].format(t=when, c=c, n=n_, v=v, y=y))
    path = tmp_path / "hh101.txt"
    path.write_text("\n".join(lines), encoding="utf-8")
    library = read(path)
    assert (list(library.tapes), library.bad) == (["hh101"], 0)
    times, kinds = library.events_of("hh101")
    opened = [at for at, kind in zip(times.tolist(), kinds.tolist(), strict=True) if kind]
    inside = [at for at, kind in zip(times.tolist(), kinds.tolist(), strict=True) if not kind]
    entrances = [at // 1 for at, kind in EVENTS if kind == ENTRANCE]
    assert [at // 1 for at in opened[::2]] == entrances
    assert len(opened) == 2 * len(entrances)  # opened and closed
    assert len(inside) == len(EVENTS) - len(entrances)
    assert len(library.alive_of("hh101")) > 0.98 * len(EVENTS) * (len(rows) - 2)


def test_homes_with_short_names_are_no_sensors(tmp_path):
    """P01 may be a participant; a sensor hangs in one place, a home has several kinds."""
    path = tmp_path / "all.csv"
    rows = [
        f"{written(at)},P{n % 3:02},{name_of(kind)},OPEN" for n, (at, kind) in enumerate(EVENTS)
    ]
    path.write_text("\n".join(rows), encoding="utf-8")
    assert sorted(read(path).tapes) == ["P00", "P01", "P02"]


def test_three_contacts_of_a_home_with_many_sensors(tmp_path):
    """`--only` knows the door to the outside and the refrigerator by any name, and no motion."""
    path = tmp_path / "tm004.txt"
    names = (
        "MainDoor",
        "GarageDoor",
        "KitchenARefrigerator",
        "BathroomADoor",
        "BathroomAArea",
        "BedroomABed",
        "motion_bathroom",
    )
    rows = []
    for n, (at, _kind) in enumerate(EVENTS):
        rows.append(f"{told(at, '%Y-%m-%d %H:%M:%S.5')}\t{names[n % len(names)]}\tOPEN")
    path.write_text("\n".join(rows), encoding="utf-8")
    asked = frozenset({"entrance", "fridge", "bathroom", "window"})
    library = read(path, only=asked)
    used = {kind.name: kind.role for kind in library.kinds.values() if kind.role <= Role.ENTRANCE}
    assert used == {
        "MainDoor": Role.ENTRANCE,
        "GarageDoor": Role.ENTRANCE,
        "KitchenARefrigerator": Role.INTERIOR,
        "BathroomADoor": Role.INTERIOR,
    }
    assert asked - library.found == {"window"}
    more = read(path, only=frozenset({"entrance", "motion_bathroom", "bedroomabed"}))
    assert {k.name for k in more.kinds.values() if k.role <= Role.ENTRANCE} == {
        "MainDoor",
        "GarageDoor",
        "motion_bathroom",
        "BedroomABed",
    }


@pytest.mark.parametrize(
    ("name", "role", "value", "by_hand"),
    [
        ("D001", Role.ENTRANCE, "CLOSE", True),
        ("BathroomADoor", Role.INTERIOR, "OFF", True),
        ("fridge", Role.INTERIOR, "0", True),
        ("M017", Role.INTERIOR, "OFF", False),
        ("motion_hall", Role.INTERIOR, "0", False),
        ("KitchenARefrigerator", Role.INTERIOR, "OFF", False),  # a motion sensor looks at it
        ("客厅人体红外", Role.INTERIOR, "无人", False),
    ],
)
def test_whose_doing_the_end_of_a_state_is(name, role, value, by_hand):
    assert ends_by_hand(name, role, value) is by_hand


WRITINGS = {
    "seconds": ("%Y-%m-%d %H:%M:%S", ""),
    "slashes": ("%Y/%m/%d %H:%M:%S", ""),
    "office": ("%Y/%-m/%-d %-H:%M", ""),
    "chinese": ("%Y年%-m月%-d日 %H:%M:%S", ""),
    "compact": ("%Y%m%d%H%M%S", ""),
    "iso basic": ("%Y%m%dT%H%M%S", ""),
    "british": ("%d/%m/%Y %H:%M:%S", ""),
    "american": ("%m/%d/%Y %I:%M:%S %p", ""),
    "german": ("%d.%m.%Y %H:%M:%S", ""),
    "comma": ("%Y-%m-%d %H:%M:%S,250", ""),
    "offset": ("%Y-%m-%d %H:%M:%S +0800", ""),
}


@pytest.mark.parametrize("writing", WRITINGS)
def test_times_in_every_usual_writing(writing, tmp_path):
    pattern, _none = WRITINGS[writing]
    path = tmp_path / "h.csv"
    rows = [f'"{told(at, pattern)}";h1;{name_of(kind)};OPEN' for at, kind in EVENTS]
    path.write_text("\n".join(["time;home;kind;value", *rows]), encoding="utf-8")
    holds(path, home="h1")


def test_times_of_another_zone_are_moved_and_utc_may_be_a_word():
    clock = Clockface(SHANGHAI)
    noon = MONDAY * 86400 + 12 * 3600
    assert clock.read(written(noon - 8 * 3600) + " UTC") == noon
    assert clock.read(str(int(noon) - 8 * 3600)) == noon
    assert clock.read(str((int(noon) - 8 * 3600) * 1000)) == noon


def test_whether_the_day_stands_first_is_told_by_what_changes():
    assert day_comes_first(["13/3/2026 08:00"])
    assert not day_comes_first(["3/13/2026 08:00"])
    assert day_comes_first([f"{day}/3/2026" for day in range(1, 9)])
    assert not day_comes_first([f"3/{day}/2026" for day in range(1, 9)])
    assert not day_comes_first(["2026-03-04"])


HEADERS = {
    "plain": "time,home,device kind,value",
    "capitals": "Timestamp,HouseID,Sensor Type,State",
    "elders": "event_time,elder_id,sensor,sensor_value",
    "chinese": "发生时间,户号,设备类型,状态",
    "ids beside": "time,home,device_id,location,value",
    "another time": "whatever,home,kind,value",
}


@pytest.mark.parametrize("header", HEADERS)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_headers_by_many_names_in_many_encodings(header, encoding, tmp_path):
    names = HEADERS[header].split(",")
    rows = ["# a remark of whoever wrote it", ",".join(names), ",,,,"]
    for n, (at, kind) in enumerate(EVENTS):
        row = [written(at), "h1", name_of(kind), "打开"]
        if "device_id" in names:
            row.insert(2, f"sensor-{n % 3}")
        rows.append(",".join(row))
    path = tmp_path / "h.csv"
    path.write_text("\r\n".join(rows), encoding=encoding)
    holds(path, home="h1")


def test_names_of_columns_can_be_given(tmp_path):
    path = tmp_path / "h.csv"
    rows = [f"{name_of(kind)},x,{written(at)},1" for at, kind in EVENTS]
    path.write_text("\n".join(["wo,wer,wann,was", *rows]), encoding="utf-8")
    with pytest.raises(Unreadable, match=r"h.csv"):
        read(path)
    holds(path, home="x", named={"time": "wann", "home": "wer", "kind": "wo", "value": "was"})
    with pytest.raises(Unreadable, match=r"'ort' among: wo, wer, wann, was"):
        read(path, named={"time": "wann", "kind": "ort"})


def test_a_file_of_meter_readings_needs_no_kind(tmp_path):
    path = tmp_path / "use.csv"
    path.write_text("date,household,kWh\n2026-03-04,h1,5.25\n2026-03-05,h1,4.75\n")
    library = read(path)
    assert [value for _at, value in library.tapes["h1"].meter] == [5.25, 4.75]


def test_folders_zips_and_packed_files_are_opened(tmp_path):
    rows = "\n".join(f"{written(at)} {name_of(kind)} OPEN" for at, kind in EVENTS)
    for home in ("a", "b"):
        (tmp_path / home).mkdir()
        (tmp_path / home / "data.txt").write_text(rows)
    with zipfile.ZipFile(tmp_path / "c.zip", "w") as archive:
        archive.writestr("c.txt", rows)
    (tmp_path / "d.txt.gz").write_bytes(gzip.compress(rows.encode()))
    library = read(tmp_path)
    assert sorted(library.tapes) == ["a/data", "b/data", "c", "d"]
    for home in library.tapes:
        assert library.events_of(home)[0].tolist() == TIMES


def test_exact_duplicates_and_any_order_change_nothing(tmp_path):
    path = tmp_path / "h.csv"
    rows = [f"{written(at)},h1,{name_of(kind)},OPEN" for at, kind in EVENTS]
    path.write_text("\n".join(["time,home,kind,value", *reversed(rows), *rows]))
    times = read(path).events_of("h1")[0]
    assert sorted(set(times.tolist())) == TIMES
    assert times.tolist() == sorted(times.tolist())


def test_which_columns_are_missing_is_said(tmp_path):
    path = tmp_path / "h.csv"
    path.write_text("time,home,colour\n2026-03-04 12:00:00,h1,red\n")
    with pytest.raises(Unreadable, match="kind of device among: time, home, colour"):
        read(path)


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("D003 BathroomDoor", Role.INTERIOR),
        ("D001 MainDoor", Role.ENTRANCE),
        ("D001 Ignore Control4-Door", Role.ENTRANCE),
        ("M003 Ignore Control4-Motion", Role.INTERIOR),
        ("BATP012 Ignore Control4-BatteryPercent", Role.ALIVE),
        ("LS008 Kitchen", Role.ALIVE),
        ("M010 MainEntryway", Role.INTERIOR),
        ("MainEntryway", Role.INTERIOR),
        ("EntrywayADoor", Role.ENTRANCE),
        ("BathroomALight", Role.ALIVE),
        ("BedroomABed Control4-BatteryVoltage", Role.ALIVE),
        ("KitchenA Control4-Radio", Role.ALIVE),
        ("LL005", Role.ALIVE),
        ("SystemMode", Role.ALIVE),
        ("sensor-7", None),
    ],
)
def test_a_name_with_what_it_is(name, role):
    assert known_role(name) == role
