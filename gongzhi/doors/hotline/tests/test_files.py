"""Files of orders as clerks have them: tried row by row, taken in whole, and the same once only."""

import io
import zipfile
from datetime import datetime, timedelta

import pytest
from django.core.management import CommandError, call_command
from openpyxl import Workbook, load_workbook

from gongzhi.cases.models import Case
from gongzhi.doors.hotline import drops
from gongzhi.doors.hotline.drops import forget_files
from gongzhi.doors.hotline.models import Drop, Order
from gongzhi.doors.hotline.sheets import read_table, template
from gongzhi.doors.models import Entry
from gongzhi.kernel.refusals import NotAllowed, NotPossible, NotUnderstood, TooLarge

pytestmark = pytest.mark.django_db
HEAD = ["工单编号", "来电时间", "诉求内容", "事发地点", "联系电话", "经度", "纬度"]


def row(number, text="小区东门路灯不亮，请维修", place="望湖花园东门", **more):
    return [
        number, more.get("at", "2026/3/4 11:40"), text, place, more.get("phone", "10012345678"),
        more.get("lng", ""), more.get("lat", ""),
    ]  # fmt: skip


def csv_of(*rows, head=HEAD, encoding="utf-8-sig", between=","):
    lines = [between.join(str(cell) for cell in cells) for cells in (head, *rows)]
    return "\r\n".join(lines).encode(encoding)


def xlsx_of(*rows, head=HEAD, above=()):
    book = Workbook()
    for cells in (*above, head, *rows):
        book.active.append(cells)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def read(content, most=100):
    return read_table(content, known=drops.headings(), most=most)


class TestReading:
    @pytest.mark.parametrize(
        "content",
        [
            csv_of(row("HF-1")),
            csv_of(row("HF-1"), encoding="utf-8"),
            csv_of(row("HF-1"), encoding="gb18030"),
            csv_of(row("HF-1"), between="\t"),
            csv_of(row("HF-1"), between=";"),
            xlsx_of(row("HF-1")),
            xlsx_of(row("HF-1"), above=[["市12345热线工单导出"], []]),
        ],
    )
    def test_every_way_of_saving_gives_the_same_rows(self, content):
        [one] = read(content)
        assert one.cells["工单编号"] == "HF-1"
        assert one.cells["诉求内容"] == "小区东门路灯不亮，请维修"
        assert "经度" not in one.cells

    def test_dates_and_numbers_of_cells_become_text(self):
        cells = row(20260304001, at=datetime(2026, 3, 4, 11, 40), lng=117.3063, lat=31.79)
        [one] = read(xlsx_of(cells))
        assert one.cells["工单编号"] == "20260304001"
        assert one.cells["来电时间"] == "2026-03-04 11:40:00"
        assert one.cells["经度"] == "117.3063"

    def test_rows_keep_their_numbers_over_empty_ones(self):
        rows = read(xlsx_of(row("HF-1"), [], row("HF-2"), above=[["导出"]]))
        assert [(r.number, r.cells["工单编号"]) for r in rows] == [(3, "HF-1"), (5, "HF-2")]

    def test_line_breaks_and_commas_inside_quotes(self):
        content = csv_of(["HF-1", "", '"路灯不亮，\n三天了"', "东门", "", "", ""])
        assert read(content)[0].cells["诉求内容"] == "路灯不亮，\n三天了"

    @pytest.mark.parametrize(
        ("content", "words"),
        [
            (b"", "空的"),
            (b"  \r\n ", "空的"),
            (b"\xd0\xcf\x11\xe0" + b"\0" * 100, "旧版"),
            (b"PK\x03\x04 and nothing else", "坏了"),
            (b"\xff\xd8\xff\xe0" + bytes(range(256)), "图片"),
            ("工单编号,诉求内容\n1,\x00".encode(), "不是表格"),
            ("姓名,年龄\n张三,30".encode(), "没有找到表头"),
            ("工单编号,工单编号,诉求内容\n1,2,3".encode(), "两次"),
            (xlsx_of(row(20260304001000017)), "已被 Excel 改动"),
        ],
    )
    def test_what_is_no_table_is_said(self, content, words):
        with pytest.raises(NotUnderstood, match=words):
            read(content)

    def test_bounds(self):
        with pytest.raises(TooLarge, match="最多2行"):
            read(csv_of(*[row(f"HF-{n}") for n in range(3)]), most=2)
        with pytest.raises(TooLarge, match="10MB"):
            read(b"x" * (10 * 1024 * 1024 + 1))

    def test_a_file_that_unpacks_into_a_giant_is_left_packed(self):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
            for n in range(31):
                packed.writestr(f"xl/{n}.xml", b"0" * 10 * 1024 * 1024)
        with pytest.raises(TooLarge, match="展开"):
            read(out.getvalue())

    def test_a_zip_that_is_no_workbook(self):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as packed:
            packed.writestr("hello.txt", "hello")
        with pytest.raises(NotUnderstood, match="不是 Excel 表格"):
            read(out.getvalue())

    def test_entities_that_would_fill_the_memory(self):
        good = xlsx_of(row("HF-1"))
        bomb = '<?xml version="1.0"?><!DOCTYPE s [<!ENTITY a "' + "a" * 1000 + '">'
        for n in range(1, 9):
            before = "a" if n == 1 else f"a{n - 1}"
            bomb += f'<!ENTITY a{n} "' + f"&{before};" * 10 + '">'
        bomb += "]><worksheet><sheetData><row><c><v>&a8;</v></c></row></sheetData></worksheet>"
        out = io.BytesIO()
        with zipfile.ZipFile(io.BytesIO(good)) as old, zipfile.ZipFile(out, "w") as new:
            for name in old.namelist():
                new.writestr(name, bomb if "sheet1" in name else old.read(name))
        with pytest.raises(NotUnderstood):
            read(out.getvalue())

    def test_rows_typed_into_the_template_are_text(self):
        """Excel rounds a number of 16 digits to fifteen; a component's code would be another's."""
        sheet = load_workbook(io.BytesIO(template(HEAD, row("HF-1")))).active
        assert {sheet.column_dimensions[c].number_format for c in "AG"} == {"@"}

    def test_the_template_can_be_read_again(self):
        content = template(HEAD, row("HF-1"))
        assert read(content)[0].cells["工单编号"] == "HF-1"


class TestTrying:
    def tried(self, *rows, at):
        return drops.try_rows(read(csv_of(*rows)), at=at)

    def test_trying_says_what_would_be_and_keeps_nothing(self, world, NOON):
        tried = self.tried(row("HF-1"), row("HF-2"), at=NOON)
        assert (tried.fresh, tried.known, tried.faults) == (2, 0, [])
        assert not Case.objects.exists()

    def test_every_wrong_row_is_named(self, world, NOON):
        tried = self.tried(
            row("HF-1"),
            row(""),
            row("HF-3", text=""),
            row("HF-4", place=""),
            row("HF-5", lng="2.35", lat="48.85"),
            row("HF-6", at="昨天"),
            row("HF-1"),
            at=NOON,
        )
        said = {fault.row: fault.sentence for fault in tried.faults}
        assert sorted(said) == [3, 4, 5, 6, 7, 8]
        assert "缺少“工单编号”" in said[3]
        assert "缺少“诉求内容”" in said[4]
        assert "没有地点" in said[5]
        assert "本区以外" in said[6]
        assert "“来电时间”不是时间" in said[7]
        assert [fault.number for fault in tried.faults] == [
            "", "HF-3", "HF-4", "HF-5", "HF-6", "HF-1",
        ]  # fmt: skip
        assert "第2行" in said[8]
        assert not Case.objects.exists()

    def test_with_a_fault_nothing_is_taken(self, world, NOON):
        tried = self.tried(row("HF-1"), row("HF-2", text=""), at=NOON)
        with pytest.raises(NotPossible):
            drops.take_all(tried, by=None, at=NOON)
        assert not Case.objects.exists()

    def test_several_batches_of_orders_are_one_go(self, world, NOON):
        rows = [row(f"HF-{n}", text=f"{n}号楼前路灯不亮") for n in range(600)]
        tried = drops.try_rows(read(csv_of(*rows), most=600), at=NOON)
        assert drops.take_all(tried, by=None, at=NOON) == 600
        assert Case.objects.count() == Entry.objects.count() == Order.objects.count() == 600
        again = drops.try_rows(read(csv_of(*rows), most=600), at=NOON)
        assert (again.fresh, again.known) == (0, 600)
        assert drops.take_all(again, by=None, at=NOON) == 0


class TestTheCommand:
    @pytest.fixture
    def file(self, tmp_path):
        def write(content):
            path = tmp_path / "orders"
            path.write_bytes(content)
            return str(path)

        return write

    def test_takes_in_and_the_same_file_again_changes_nothing(self, world, file, capsys):
        path = file(csv_of(row("HF-1"), row("HF-2"), encoding="gb18030"))
        call_command("take_orders", path, "--dry-run")
        assert not Case.objects.exists()
        call_command("take_orders", path)
        call_command("take_orders", path)
        assert Case.objects.count() == 2
        assert "可导入 0 件，已有 2 件；本次新增 0 件" in capsys.readouterr().out

    def test_says_every_fault_and_takes_nothing(self, world, file, capsys):
        with pytest.raises(CommandError, match="有 2 行要改"):
            call_command("take_orders", file(csv_of(row("HF-1"), row("HF-2", text=""), row(""))))
        said = capsys.readouterr().err
        assert "第3行" in said
        assert "第4行" in said
        assert not Case.objects.exists()

    @pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"\xff\xfe\x00"])
    def test_what_is_no_file_of_orders(self, world, file, content):
        with pytest.raises(CommandError):
            call_command("take_orders", file(content))

    def test_no_such_file(self, world):
        with pytest.raises(CommandError):
            call_command("take_orders", "/nowhere/orders.csv")


class TestPutDown:
    def put(self, by, at, *rows):
        return drops.put_down(by=by, name="导出.csv", rows=read(csv_of(*rows)), at=at)

    def test_it_is_taken_in_once_by_whoever_put_it_down(self, world, sun, chen, NOON):
        drop = self.put(sun, NOON, row("HF-1"))
        with pytest.raises(NotPossible):
            drops.take_up(by=chen, drop=drop, at=NOON)
        assert drops.take_up(by=sun, drop=drop, at=NOON) == 1
        with pytest.raises(NotPossible):
            drops.take_up(by=sun, drop=drop, at=NOON)
        assert Case.objects.count() == 1
        assert Drop.objects.get().rows == ""

    def test_residents_and_units_may_not(self, world, wang, wu, NOON):
        for person in (wang, wu):
            with pytest.raises(NotAllowed):
                self.put(person, NOON, row("HF-1"))

    def test_names_and_numbers_lie_sealed(self, world, sun, NOON):
        from django.db import connection

        self.put(sun, NOON, row("HF-1"))
        with connection.cursor() as cursor:
            cursor.execute("SELECT rows FROM hotline_drop")
            [kept] = cursor.fetchone()
        assert "10012345678" not in kept

    def test_what_nobody_says_yes_to_is_forgotten(self, world, sun, NOON):
        self.put(sun, NOON, row("HF-1"))
        forget_files(NOON + timedelta(hours=23))
        assert Drop.objects.exists()
        forget_files(NOON + timedelta(hours=25))
        assert not Drop.objects.exists()
