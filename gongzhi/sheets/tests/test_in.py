"""Tables that come in: checked first, then written in one go or not at all."""

import io
from datetime import timedelta

import pytest
from openpyxl import load_workbook

from gongzhi.access.models import Unit
from gongzhi.journal.models import Event
from gongzhi.kernel.refusals import NotAllowed, NotPossible, NotUnderstood, Overtaken
from gongzhi.sheets import actions, chores, jobs, vault
from gongzhi.sheets.models import Incoming, Mapping
from gongzhi.sheets.tests.conftest import csv, xlsx
from gongzhi.sheets.words import Progress, Stage

pytestmark = pytest.mark.django_db
HEAD = ["店名", "单位名称", "电话"]
COLUMNS = {1: "name", 2: "phone"}


@pytest.fixture
def brought(intake, chen, NOON):
    """`brought(rows…)`: the file came in and its columns were named; not looked at yet."""

    def make(*rows, by=chen, columns=COLUMNS, content=b"", at=NOON):
        one = actions.bring(
            by=by, kind=intake.name, name="单位.csv", content=content or csv(HEAD, *rows),
            source="2026年3月清查", at=at,
        )  # fmt: skip
        if columns:
            one = actions.name_columns(by=by, incoming=one, columns=columns, at=at)
        return one

    return make


def worked(one, at):
    assert jobs.claim(one, at=at)
    jobs.run(one, at=at)
    one.refresh_from_db()
    return one


def test_a_good_file_is_checked_and_then_written(brought, chen, NOON):
    one = worked(brought(["", "甲店", "1"], ["", "乙店", "2"]), NOON)
    assert (one.stage, one.progress, one.rows, one.new, one.wrong) == ("checked", "done", 2, 2, 0)
    assert not Unit.objects.exists()
    one = worked(actions.apply(by=chen, incoming=one, at=NOON), NOON)
    assert (one.stage, one.new) == (Stage.APPLIED, 2)
    assert set(Unit.objects.values_list("name", flat=True)) == {"甲店", "乙店"}
    names = list(Event.objects.filter(kind="incoming").values_list("name", flat=True))
    assert names == [
        "sheets.table_brought", "sheets.columns_named", "sheets.apply_asked",
        "sheets.table_applied",
    ]  # fmt: skip


def test_the_same_file_twice_changes_nothing(brought, chen, NOON):
    for expected in ((2, 0), (0, 2)):
        one = worked(brought(["", "甲店", "1"], ["", "乙店", "2"]), NOON)
        one = worked(actions.apply(by=chen, incoming=one, at=NOON), NOON)
        assert (one.new, one.same) == expected
    assert Unit.objects.count() == 2


def test_a_file_with_a_fault_is_not_written_and_says_where(brought, chen, NOON):
    one = worked(brought(["", "甲店", "1"], ["", "坏店", "2"], ["", "", "3"]), NOON)
    assert one.wrong == 2
    with pytest.raises(NotPossible, match="错误"):
        actions.apply(by=chen, incoming=one, at=NOON)
    page = load_workbook(io.BytesIO(vault.content(one.marked))).active
    assert page["D1"].value == "检查结果"
    assert page["D2"].value is None
    assert "单位名称：名称不合格" in page["D3"].value
    assert page["B3"].fill.fgColor.rgb.endswith("FDD9D3")
    assert "不合格" in page["B3"].comment.text
    assert "必填" in page["D4"].value


def test_a_mild_fault_is_pointed_out_and_does_not_stop(brought, chen, NOON):
    one = worked(brought(["", "甲店", ""]), NOON)
    assert (one.wrong, one.mild) == (0, 1)
    assert one.marked
    actions.apply(by=chen, incoming=one, at=NOON)


def test_the_annotated_copy_can_be_corrected_and_brought_again(brought, intake, chen, NOON):
    head, rows = ["说明", "", ""], (["", "坏店", "1"], ["", "=1+1", "2"])
    one = worked(brought(content=xlsx(head, HEAD, *rows)), NOON)
    again = vault.content(one.marked)
    page = load_workbook(io.BytesIO(again)).active
    assert page["A1"].value == "说明"
    assert page["B3"].value == "坏店"
    assert page["B4"].data_type != "f"
    two = actions.bring(
        by=chen, kind=intake.name, name="改.xlsx", content=again, source="二次", at=NOON
    )
    assert two.heading_row == 2
    assert two.columns == {"1": "name", "2": "phone"}


def test_nothing_is_written_when_it_breaks_in_the_middle(brought, chen, NOON):
    one = worked(brought(["", "甲店", "1"], ["", "乙店", "1"], ["", "爆", "1"]), NOON)
    one = worked(actions.apply(by=chen, incoming=one, at=NOON), NOON)
    assert (one.stage, one.progress) == (Stage.CHECKED, Progress.FAILED)
    assert "没有写入任何数据" in one.trouble
    assert not Unit.objects.exists()
    assert not Event.objects.filter(name="sheets.table_applied").exists()


def test_what_changed_since_the_check_stops_the_writing(brought, chen, NOON, monkeypatch, intake):
    one = worked(brought(["", "甲店", "1"]), NOON)
    one = actions.apply(by=chen, incoming=one, at=NOON)
    from gongzhi.sheets.kinds import Counts, Fault

    monkeypatch.setattr(
        "gongzhi.sheets.tests.conftest.Units.weigh",
        lambda self, entries: ([Fault(2, "name", "已有同名。")], Counts()),
    )
    one = worked(one, NOON)
    assert (one.stage, one.progress) == (Stage.CHECKED, Progress.FAILED)
    assert "重新检查" in one.trouble


def test_of_two_who_apply_the_second_is_told(brought, chen, NOON):
    one = worked(brought(["", "甲店", "1"]), NOON)
    actions.apply(by=chen, incoming=one, at=NOON)
    with pytest.raises(Overtaken):
        actions.apply(by=chen, incoming=one, at=NOON)


def test_work_is_claimed_once_and_again_when_its_worker_is_lost(brought, NOON):
    one = brought(["", "甲店", "1"])
    two = Incoming.objects.get(pk=one.pk)
    assert jobs.claim(one, at=NOON)
    assert not jobs.claim(two, at=NOON)
    assert jobs.claimed(at=NOON + timedelta(minutes=4)) is None
    assert jobs.claimed(at=NOON + timedelta(minutes=6)).pk == one.pk


def test_columns_are_remembered_for_the_next_file(brought, NOON, chen):
    brought(["甲店", "", "1"], columns={0: "name", 2: ""})
    again = brought(["甲店", "", "1"], columns=None)
    assert again.columns == {"0": "name"}
    assert Mapping.objects.get().headings == {"店名": "name", "单位名称": "", "电话": ""}


@pytest.mark.parametrize(
    ("columns", "words"),
    [({2: "phone"}, "单位名称"), ({0: "name", 1: "name"}, "选了两列"), ({0: "no"}, "不存在")],
)
def test_columns_that_do_not_do(brought, columns, words):
    with pytest.raises(NotUnderstood, match=words):
        brought(["", "甲店", "1"], columns=columns)
    assert not Mapping.objects.exists()


def test_who_may_not(brought, li, intake, NOON):
    with pytest.raises(NotAllowed):
        brought(["", "甲店", "1"], by=li)


def test_a_source_must_be_said(intake, chen, NOON):
    with pytest.raises(NotUnderstood) as told:
        actions.bring(
            by=chen, kind=intake.name, name="a", content=csv(HEAD, ["", "甲"]), source=" ", at=NOON
        )
    assert told.value.field == "source"


def test_a_dropped_file_and_an_old_one_are_removed(brought, chen, NOON):
    one = worked(brought(["", "坏", ""]), NOON)
    kept = vault.place(one.file)
    assert kept.exists()
    assert "甲店".encode() not in kept.read_bytes()  # sealed
    actions.drop(by=chen, incoming=one, at=NOON)
    assert chores.sweep_one(NOON)
    assert not chores.sweep_one(NOON)
    assert not kept.exists()
    one.refresh_from_db()
    assert (one.file, one.marked, one.faults) == ("", "", "")
    with pytest.raises(Overtaken):
        actions.drop(by=chen, incoming=one, at=NOON)


def test_a_file_without_rows_says_so(brought, NOON):
    one = worked(brought(), NOON)
    assert one.stage == Stage.MAPPING
    assert "没有数据" in one.trouble


def test_many_rows_tell_how_far_they_are(brought, NOON):
    seen = []
    one = brought(*[["", f"店{n}", "1"] for n in range(4500)])
    tell = jobs._tell

    def spy(work, done, **more):
        tell(work, done, **more)
        seen.append(Incoming.objects.get(pk=work.pk).done)

    jobs._tell = spy
    try:
        worked(one, NOON)
    finally:
        jobs._tell = tell
    assert seen == [2000, 4000, 4500]


@pytest.mark.parametrize("make", [csv, xlsx])
def test_how_long_a_file_is_is_known_before_it_is_read(brought, NOON, make):
    rows = [HEAD, *(["", f"店{n}", "1"] for n in range(30))]
    one = brought(content=make(["说明", "", ""], *rows))
    assert (one.rows, one.percent) == (30, 0)
