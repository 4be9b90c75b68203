"""Months as files: true, whole, without anything about people, and answered from."""

import json
from dataclasses import replace
from datetime import date, timedelta
from io import StringIO
from statistics import median

import pytest
from django.core.management import CommandError, call_command

from conftest import LAMP, NOON, RUBBISH
from gongzhi.cases import actions
from gongzhi.cases.models import Case
from gongzhi.insight import lake
from gongzhi.insight.models import Month
from gongzhi.insight.reactions import catch_up, write_month, write_one
from gongzhi.insight.reads import answers, history
from gongzhi.insight.reads.asked import Question
from gongzhi.insight.rules import Counts
from gongzhi.insight.words import By
from tests.settled import wait_until_settled

pytestmark = pytest.mark.django_db
JANUARY, MARCH = date(2026, 1, 1), date(2026, 3, 1)
FILES = ["2026-01.parquet", "2026-02.parquet", "2026-03.parquet"]  # February is empty


@pytest.fixture
def ask(district):
    """`ask(by=…)`: a question to everything in the spring of 2026."""

    def question(**given):
        return Question(**{"first": JANUARY, "last": date(2026, 4, 30), "area": district, **given})

    return question


def test_a_month_holds_its_cases_and_the_manifest_says_so(some, counted):
    counted()
    assert sorted(p.name for p in lake.folder().glob("*")) == FILES
    rows = lake.ask("SELECT case_id, status FROM cases ORDER BY 1", [JANUARY, MARCH])
    assert rows == list(Case.objects.order_by("pk").values_list("pk", "status"))
    said = json.loads((lake.folder().parent / "manifest.json").read_text())
    assert [said["files"][n]["rows"] for n in sorted(said["files"])] == [2, 0, 4]
    assert lake.faults() == []


def test_nothing_about_people_is_in_the_lake(some, counted):
    counted()
    shape = lake.ask("DESCRIBE cases", [JANUARY])
    assert {name: kind for name, kind, *_rest in shape} == dict(lake.COLUMNS)
    forbidden = {"text", "title", "address", "lng", "lat", "contact", "reporter", "handler", "by"}
    assert not [name for name in lake.COLUMNS if any(word in name for word in forbidden - {"by"})]
    case = some[0]
    words = [case.text, case.title, case.address, "王秀英", "13800006021", case.reporter_ref,
             case.secret, str(case.key)]  # fmt: skip
    cells = {
        str(value) for row in lake.ask("SELECT * FROM cases", [JANUARY, MARCH]) for value in row
    }
    content = b"".join(p.read_bytes() for p in lake.folder().glob("*.parquet"))
    for word in words:
        assert word not in cells
        assert word.encode() not in content


def test_times_are_local_and_empty_ones_are_empty(some, counted):
    counted()
    ((day, reported, handled, stars),) = lake.ask(
        "SELECT day, reported_at, handled_at, stars FROM cases WHERE status = 'reported'", [MARCH]
    )
    assert (day, reported, handled, stars) == (NOON.date(), NOON.replace(tzinfo=None), None, None)


@pytest.mark.django_db(transaction=True)  # PostgreSQL settles what is committed only
def test_a_late_step_writes_the_closed_month_anew(some, counted, he):
    counted()
    before = lake.manifest()
    case = some[1]
    assert case.reported_at.month == 1
    Case.objects.filter(pk=case.pk).update(stars=None)
    actions.rate(by=None, case=case, reporter_ref=case.reporter_ref, stars=2, text="", at=NOON)
    wait_until_settled()
    catch_up(NOON)
    assert not write_one(NOON + timedelta(minutes=1))  # not for each single step
    assert write_one(NOON + timedelta(hours=7))
    after = lake.manifest()
    assert after["2026-01.parquet"]["digest"] != before["2026-01.parquet"]["digest"]
    assert after["2026-03.parquet"] == before["2026-03.parquet"]
    rated = lake.ask("SELECT stars FROM cases WHERE case_id = ?", [JANUARY], [case.pk])
    assert rated == [(2,)]
    assert not write_one(NOON + timedelta(hours=14))


def test_two_workers_do_not_write_one_month_together(some, counted):
    counted()
    month = Month.objects.get(month=MARCH)
    Month.objects.filter(pk=MARCH).update(claimed_until=NOON + timedelta(minutes=5))
    assert not write_month(month, at=NOON)
    assert write_month(month, at=NOON + timedelta(minutes=6))


def test_a_write_that_fails_leaves_the_old_file(some, counted, monkeypatch):
    counted()
    before = lake.file_of(MARCH).read_bytes()

    def fails(*_given):
        raise OSError("disk full")

    monkeypatch.setattr(lake, "_sync", fails)
    with pytest.raises(OSError, match="disk full"):
        lake.write(MARCH, at=NOON)
    assert lake.file_of(MARCH).read_bytes() == before
    assert sorted(p.name for p in lake.folder().iterdir()) == FILES


def test_medians_are_the_medians_of_the_cases(some, counted, ask):
    counted()
    took = [
        (c.handled_at - c.reported_at).total_seconds()
        for c in Case.objects.exclude(handled_at=None)
    ]
    together = history.figures(ask())[history.TOTAL]
    assert together.took.half == timedelta(seconds=median(took))
    by_class = history.figures(ask(by=By.ITEM_CLASS))
    assert by_class["02"].took.half == timedelta(hours=1)
    assert by_class["01"].took.half == timedelta(hours=3)
    by_month = history.figures(ask(by=By.MONTH))
    assert by_month["2026-01"].took.half == timedelta(hours=48)
    assert len(history.figures(ask(by=By.UNIT))) == 3  # two and the total
    assert history.figures(ask(item_class="03"))[history.TOTAL].took.half is None
    assert history.figures(ask(first=date(2027, 1, 1), last=date(2027, 2, 1))) == {}


def test_items_are_counted_from_the_files(some, counted, ask):
    counted()
    found = history.figures(ask(by=By.ITEM))
    counts = found[RUBBISH].counts
    assert (counts.reported, counts.declined, counts.closed, counts.late) == (5, 1, 3, 1)
    assert counts.minutes == (3 + 93 + 2) * 60
    assert found[LAMP].counts.handled == 1


@pytest.mark.parametrize("by", By)
def test_the_lake_counts_long_spans_as_the_cells_count_short_ones(
    some, counted, ask, by, monkeypatch
):
    """Which of the two answers is a matter of speed, not of what the answer is."""
    counted()
    question = ask(by=by)
    assert answers.is_live(question)
    from_cells = answers.answer(question)
    monkeypatch.setattr(answers, "CELLS_MOST", 0)
    from_lake = answers.answer(question)
    assert not from_lake.live
    assert from_lake.total == replace(
        from_cells.total, counts=replace(from_cells.total.counts, ended=0)
    )
    assert from_lake.steps == [
        (begin, Counts(reported=c.reported, ended=c.ended)) for begin, c in from_cells.steps
    ]
    assert from_lake.lines == from_cells.lines


def test_what_was_closed_in_a_span_counts_whenever_it_was_reported(some, counted, ask, he):
    old = some[2]  # of yesterday
    for verb in (actions.approve, actions.close):
        verb(by=he, case=old, at=NOON + timedelta(days=30))
    counted()
    april = ask(first=date(2026, 4, 1), last=date(2026, 4, 30), by=By.ITEM)
    assert history.ended_by(april) == {LAMP: 1}
    assert history.by_day(april)[(NOON + timedelta(days=30)).date()].ended == 1


def test_areas_are_told_apart_right_below_the_one_asked_for(
    some, lived, counted, ask, township, community, grid_1, other_community
):
    lived(NOON, "reported", lng=117.308, lat=31.796)  # in the other community
    counted()
    total = history.TOTAL
    assert set(history.figures(ask(by=By.AREA))) == {total, township.code}
    below = history.figures(ask(by=By.AREA, area=township))
    assert set(below) == {total, community.code, other_community.code}
    assert below[other_community.code].counts.reported == 1
    assert set(history.figures(ask(by=By.AREA, area=community))) == {total, grid_1.code}


def test_what_comes_again_and_again_in_one_grid_is_named(lived, counted, ask, grid_1):
    for days in range(3):
        lived(NOON - timedelta(days=days), "reported")
    lived(NOON - timedelta(days=40), "reported")
    counted()
    (repeat,) = history.repeats(ask(last=NOON.date()))
    assert (repeat.area, repeat.item, repeat.count) == (grid_1.code, RUBBISH, 3)
    assert repeat.last == NOON.date()


def test_how_old_the_files_are_is_known_and_a_missing_one_too(some, counted, ask):
    catch_up(NOON)
    assert history.as_of(ask()) is None
    counted(NOON)
    assert history.as_of(ask()) == NOON


def test_the_command_writes_what_changed_and_finds_what_is_broken(some):
    out = StringIO()
    call_command("freeze_months", stdout=out)
    assert "3 个月、6 件" in out.getvalue()
    again = StringIO()
    call_command("freeze_months", stdout=again)
    assert "2026-01：" not in again.getvalue()
    content = bytearray(lake.file_of(JANUARY).read_bytes())
    content[len(content) // 2] ^= 1
    lake.file_of(JANUARY).write_bytes(bytes(content))
    with pytest.raises(CommandError, match=r"2026-01\.parquet"):
        call_command("freeze_months", check=True, stdout=StringIO())
    call_command("freeze_months", all=True, stdout=StringIO())
    call_command("freeze_months", check=True, stdout=StringIO())
    lake.file_of(JANUARY).unlink()
    call_command("freeze_months", stdout=StringIO())
    assert lake.file_of(JANUARY).exists()
