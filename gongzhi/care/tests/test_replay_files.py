"""Records as laboratories, gateways and offices hand them over; all say the same three days."""

import gzip
import zipfile
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from gongzhi.care.replay.reading import Options, Unreadable, read_files
from gongzhi.care.replay.roles import Role, known_role
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
        ("sensor-7", None),
    ],
)
def test_a_name_with_what_it_is(name, role):
    assert known_role(name) == role
