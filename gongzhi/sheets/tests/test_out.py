"""Lists that leave the house: asked for with a reason, in one's own layout, on record."""

import io
from datetime import timedelta

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader

from gongzhi.access.models import Unit
from gongzhi.journal.models import Event
from gongzhi.kernel.refusals import NotAllowed, NotPossible, NotUnderstood, TooLarge
from gongzhi.sheets import actions, chores, jobs, vault
from gongzhi.sheets.actions.take import MOST
from gongzhi.sheets.models import Layout, Outgoing
from gongzhi.sheets.words import Progress, Shape
from gongzhi.sheets.writing import Column, Sheet

pytestmark = pytest.mark.django_db
SHEET = Sheet(
    [Column("phone", "号码"), Column("name", "名称", "long")], "单位表", footer="滨河街道"
)


@pytest.fixture
def units(township):
    Unit.objects.bulk_create(
        Unit(kind="shop", name=f"{n}号店", phone="=1", area=township) for n in range(3)
    )


@pytest.fixture
def asked(listing, chen, NOON, units):
    """`asked(Shape.CSV)`: the list was asked for and written."""

    def make(shape=Shape.XLSX, by=chen, reason="季度核对", query=None, run=True, sheet=SHEET):
        new = actions.NewList(listing, query or {}, shape, sheet, reason)
        one = actions.ask_for(by=by, new=new, at=NOON)
        if run:
            assert jobs.claim(one, at=NOON)
            jobs.run(one, at=NOON)
            one.refresh_from_db()
        return one

    return make


def test_a_list_as_filtered_in_the_asked_layout(asked, chen):
    one = asked(query={"q": "1号"})
    assert (one.progress, one.rows, one.done) == (Progress.DONE, 1, 1)
    page = load_workbook(io.BytesIO(vault.content(one.file))).active
    assert [cell.value for cell in page[3]] == ["号码", "名称"]
    assert [cell.value for cell in page[4]] == ["=1", "1号店"]
    assert page["A4"].data_type == "s"
    assert f"编号{one.pk}" in page["A2"].value
    assert chen.name in page["A2"].value
    assert one.file_name.startswith(f"单位表_{chen.name}_20260304")


def test_csv_and_pdf(asked):
    content = vault.content(asked(Shape.CSV).file).decode("utf-8-sig")
    assert content.splitlines()[:2] == ["号码,名称", "'=1,0号店"]
    pages = PdfReader(io.BytesIO(vault.content(asked(Shape.PDF).file))).pages
    assert "2号店" in pages[0].extract_text()
    assert "滨河街道" in pages[0].extract_text()


def test_it_is_on_record_without_what_was_searched_for(asked, chen):
    one = asked(query={"q": "1号"})
    event = Event.objects.get(name="sheets.list_asked")
    assert event.by == chen
    assert event.facts == {
        "kind": "tests.units", "shape": "xlsx", "rows": 1, "columns": ["phone", "name"],
    }  # fmt: skip
    assert one.reason == "季度核对"
    raw = Outgoing.objects.filter(pk=one.pk).extra(select={"raw": "query"}).values_list("raw")
    assert "1号" not in raw[0][0]


@pytest.mark.parametrize("reason", ["", " ", "因", "长" * 201])
def test_a_reason_must_be_given(asked, reason):
    with pytest.raises(NotUnderstood) as told:
        asked(reason=reason)
    assert told.value.field == "reason"
    assert not Outgoing.objects.exists()


def test_who_may_not(asked, li):
    with pytest.raises(NotAllowed):
        asked(by=li)


def test_a_pdf_has_an_end(asked, monkeypatch):
    monkeypatch.setitem(MOST, Shape.PDF, 2)
    with pytest.raises(TooLarge, match="最多2行"):
        asked(Shape.PDF)


def test_each_download_is_on_record_and_only_while_it_is_kept(asked, chen, NOON):
    one = asked()
    actions.take(by=chen, outgoing=one, at=NOON)
    one.refresh_from_db()
    assert one.taken == 1
    assert Event.objects.filter(name="sheets.list_taken").count() == 1
    with pytest.raises(NotPossible, match="过保存期"):
        actions.take(by=chen, outgoing=one, at=NOON + timedelta(days=4))
    with pytest.raises(NotPossible, match="没有准备好"):
        actions.take(by=chen, outgoing=asked(run=False), at=NOON)


def test_files_past_their_time_are_removed_and_the_ledger_stays(asked, NOON):
    one = asked(query={"q": "号"})
    later = NOON + timedelta(days=4)
    assert vault.place(one.file).exists()
    assert chores.sweep_one(later)
    assert not vault.place(one.file).exists()
    one.refresh_from_db()
    assert (one.file, one.query, one.reason) == ("", "", "季度核对")
    assert not chores.sweep_one(later)


def test_one_who_left_gets_nothing_any_more(asked, chen, NOON):
    one = asked(run=False)
    chen.is_active = False
    chen.save()
    one = Outgoing.objects.get(pk=one.pk)
    jobs.claim(one, at=NOON)
    jobs.run(one, at=NOON)
    one.refresh_from_db()
    assert one.progress == Progress.FAILED
    assert one.file == ""


def test_a_list_that_breaks_leaves_no_file(asked, listing, NOON, monkeypatch):
    one = asked(run=False)

    def broken(path, sheet, rows):
        path.write_text("half of it")
        raise RuntimeError("disk")

    monkeypatch.setitem(jobs.WRITERS, Shape.XLSX, broken)
    before = set(vault.place("x").parent.iterdir())
    jobs.claim(one, at=NOON)
    jobs.run(one, at=NOON)
    one.refresh_from_db()
    assert one.progress == Progress.FAILED
    assert set(vault.place("x").parent.iterdir()) == before


class TestLayouts:
    def test_kept_and_replaced_under_its_name(self, listing, chen, NOON):
        for title in ("甲", "乙"):
            sheet = Sheet(SHEET.columns, title, landscape=False)
            actions.keep_layout(by=chen, listing=listing, name="民政", sheet=sheet, at=NOON)
        layout = Layout.objects.get()
        assert (layout.title, layout.landscape) == ("乙", False)
        assert layout.columns == [["phone", "号码"], ["name", "名称"]]

    def test_a_name_and_an_end(self, listing, chen, NOON, monkeypatch):
        keep = actions.keep_layout
        with pytest.raises(NotUnderstood):
            keep(by=chen, listing=listing, name=" ", sheet=SHEET, at=NOON)
        monkeypatch.setattr("gongzhi.sheets.actions.layouts.MOST", 1)
        keep(by=chen, listing=listing, name="一", sheet=SHEET, at=NOON)
        with pytest.raises(NotPossible):
            keep(by=chen, listing=listing, name="二", sheet=SHEET, at=NOON)

    def test_removed(self, listing, chen, NOON):
        layout = actions.keep_layout(by=chen, listing=listing, name="一", sheet=SHEET, at=NOON)
        actions.remove_layout(by=chen, layout=layout, at=NOON)
        assert not Layout.objects.exists()


@pytest.mark.parametrize("size", [0, 1, vault.PIECE - 1, vault.PIECE, vault.PIECE + 1])
def test_a_kept_file_comes_out_as_it_went_in(size):
    content = bytes(n % 251 for n in range(size))
    name = vault.keep(content)
    assert vault.content(name) == content
    vault.forget(name)
    vault.forget(name)
    with pytest.raises(FileNotFoundError):
        vault.content(name)
