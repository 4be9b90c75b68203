"""The desk's pages of the hotline: only one's own areas, nothing typed is lost, figures add up."""

import io
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import load_workbook

from gongzhi.cases import actions as cases
from gongzhi.cases.models import Case
from gongzhi.doors.hotline import actions, reads
from gongzhi.doors.hotline.agreed import agreed
from gongzhi.doors.hotline.models import Drop, Order
from gongzhi.doors.hotline.sheets import read_table
from gongzhi.doors.hotline.tests.test_files import csv_of, row, xlsx_of
from gongzhi.doors.hotline.words import Plea
from gongzhi.doors.readings import read_matter
from gongzhi.doors.whereabouts import Gazetteer
from gongzhi.doors.words import Door

pytestmark = pytest.mark.django_db
DESK = "/desk/doors/hotline/"
FAR = {"lng": 117.3217, "lat": 31.7919}  # GCJ-02 in the other sub-district


@pytest.fixture
def take(world, order):
    """`take(at=…)`: an order that arrived then."""

    def one(*, at, **changes):
        reading = read_matter(
            order(**changes), agreed().layout, door=Door.HOTLINE, source="hotline",
            names=Gazetteer(),
        )  # fmt: skip
        [entered] = actions.take_orders(by=None, readings=[reading], partner=None, at=at)
        return Order.objects.get(entry=entered.entry)

    return one


@pytest.mark.parametrize("path", [DESK, DESK + "weekly/"])
def test_who_may_see_it(path, as_, world, chen, sun, li, qian, wang, wu, guan):
    for person, status in ((chen, 200), (sun, 200), (li, 200), (qian, 200)):
        assert as_(person).get(path).status_code == status
    for person in (wang, wu, guan):
        assert as_(person).get(path).status_code == 403
    assert as_(None).get(path).status_code == 302


def test_an_order_of_another_area_is_not_there(as_, take, chen, gu, NOON):
    one = take(at=NOON)
    assert one.number in as_(chen).get(DESK).content.decode()
    assert one.number not in as_(gu).get(DESK).content.decode()
    assert as_(gu).get(f"{DESK}{one.pk}/").status_code == 404
    assert as_(gu).post(f"{DESK}{one.pk}/receive/").status_code == 404


def test_the_list_by_state(as_, take, chen, NOON):
    new, received = take(at=NOON), take(at=NOON)
    actions.receive(by=chen, order=received, at=NOON)
    numbers = {
        state: [o.number for o in reads.orders(chen, state, at=NOON)]
        for state in ("open", "new", "late", "asked", "ended", "all")
    }
    assert numbers["new"] == [new.number]
    assert numbers["open"] == [new.number, received.number]
    assert numbers["late"] == numbers["asked"] == numbers["ended"] == []
    later = NOON + timedelta(days=30)
    assert reads.counts(chen, at=later) == {"open": 2, "new": 1, "late": 2, "asked": 0}
    assert as_(chen).get(DESK, {"state": "nonsense"}).status_code == 200


def test_the_list_costs_the_same_for_many(as_, take, chen, NOON, django_assert_max_num_queries):
    for _ in range(12):
        take(at=NOON)
    browser = as_(chen)
    with django_assert_max_num_queries(20):
        browser.get(DESK)


class TestOneOrder:
    def test_signing_for_it(self, as_, take, chen, NOON):
        one = take(at=NOON)
        browser = as_(chen)
        assert "签收" in browser.get(f"{DESK}{one.pk}/").content.decode()
        assert browser.post(f"{DESK}{one.pk}/receive/").status_code == 302
        one.refresh_from_db()
        assert one.received_at
        assert browser.post(f"{DESK}{one.pk}/receive/").status_code == 409

    def test_asking_for_a_return(self, as_, take, chen):
        from django.utils.timezone import now

        one = take(at=now())
        said = {"ground": "not_our_duty", "reason": "属于市级职责，请转办。"}
        assert as_(chen).post(f"{DESK}{one.pk}/return/", said).status_code == 302
        one.refresh_from_db()
        assert one.return_plea == Plea.ASKED

    def test_asking_for_more_days(self, as_, take, chen):
        from django.utils.timezone import now

        one = take(at=now())
        said = {"days": "3", "reason": "等待配件到货。"}
        assert as_(chen).post(f"{DESK}{one.pk}/extend/", said).status_code == 302
        one.refresh_from_db()
        assert (one.extension_plea, one.extension_days) == (Plea.ASKED, 3)

    @pytest.mark.parametrize(
        ("what", "said", "words"),
        [
            ("return", {"ground": "", "reason": "属于市级职责。"}, "选择退回的理由"),
            ("return", {"ground": "unclear", "reason": "不"}, "写明退回的理由"),
            ("extend", {"days": "99", "reason": "等待配件到货。"}, "1 到 10"),
            ("extend", {"days": "三", "reason": "等待配件到货。"}, "1 到 10"),
            ("extend", {"days": "3", "reason": ""}, "写明延期的理由"),
        ],
    )
    def test_what_is_wrong_is_said_and_what_was_typed_stays(
        self, as_, take, chen, what, said, words
    ):
        from django.utils.timezone import now

        one = take(at=now())
        answer = as_(chen).post(f"{DESK}{one.pk}/{what}/", said)
        assert answer.status_code == 422
        assert words in answer.content.decode()
        assert said["reason"] in answer.content.decode()

    def test_words_of_the_caller_are_shown_as_words(self, as_, take, chen, NOON):
        one = take(at=NOON, content="<img src=x onerror=alert(1)>路灯<script>alert(2)</script>不亮")
        page = as_(chen).get(f"{DESK}{one.pk}/").content.decode()
        assert "onerror" not in page
        assert "alert(2)" not in page


class TestAFile:
    def post(self, browser, content, name="orders.csv"):
        return browser.post(DESK + "files/", {"file": SimpleUploadedFile(name, content)})

    def test_tried_then_taken(self, as_, world, sun):
        browser = as_(sun)
        page = self.post(browser, csv_of(row("HF-1"), row("HF-2")))
        assert page.status_code == 200
        assert "导入 2 件" in page.content.decode()
        assert not Case.objects.exists()
        drop = Drop.objects.get()
        assert browser.post(f"{DESK}files/{drop.pk}/take/").status_code == 302
        assert Case.objects.count() == 2
        assert browser.post(f"{DESK}files/{drop.pk}/take/").status_code == 409
        again = self.post(browser, xlsx_of(row("HF-1"), row("HF-2")), "orders.xlsx")
        assert "都已经导入过" in again.content.decode()

    def test_every_wrong_row_is_shown(self, as_, world, sun):
        page = self.post(as_(sun), csv_of(row("HF-1"), row("HF-2", text=""), row("HF-3", place="")))
        assert page.status_code == 422
        said = page.content.decode()
        assert "有 2 行要改" in said
        assert "没有地点" in said
        assert not Drop.objects.exists()

    @pytest.mark.parametrize(
        ("content", "words"),
        [(b"", "空的"), (b"PK\x03\x04", "坏了"), (b"a,b\n1,2", "没有找到表头")],
    )
    def test_what_is_no_table(self, as_, world, sun, content, words):
        answer = self.post(as_(sun), content)
        assert answer.status_code == 422
        assert words in answer.content.decode()

    def test_no_file(self, as_, world, sun):
        assert as_(sun).post(DESK + "files/").status_code == 422

    def test_another_persons_file_is_not_there(self, as_, world, sun, chen):
        self.post(as_(sun), csv_of(row("HF-1")))
        drop = Drop.objects.get()
        assert as_(chen).post(f"{DESK}files/{drop.pk}/take/").status_code == 404

    def test_the_template_can_be_filled_and_read(self, as_, world, sun):
        answer = as_(sun).get(DESK + "files/template/")
        rows = read_table(answer.content, known=["工单编号", "诉求内容"], most=10)
        assert rows[0].cells["工单编号"] == "HF20260304000123"


class TestTheWeek:
    """Monday 2 March to Sunday 8 March 2026; NOON is Wednesday the 4th."""

    def table(self, person, day, at):
        rows = reads.weekly(person, day, at=at)
        return {row.unit: tuple(vars(row).values())[1:] for row in rows}

    def taken(self, browser, shape):
        """The table of that week as its page takes it out."""
        way = "/desk/tables/out/of/hotline.week/?week=2026-03-06"
        assert way in browser.get(DESK + "weekly/?week=2026-03-06").text
        columns = ("unit", "arrived", "handled", "unanswered", "received_late", "redone")
        asked = {"reason": "周例会", "shape": shape, **{f"column_{key}": "on" for key in columns}}
        return b"".join(browser.get(browser.post(way, asked).url + "file/").streaming_content)

    def test_each_figure(self, take, chen, he, li, sun, lighting, wu, NOON):
        monday = (NOON - timedelta(days=2)).date()
        handled = take(at=NOON, category_code="030301")
        cases.dispatch(by=chen, case=handled.case, to=li, at=NOON)
        cases.accept(by=li, case=handled.case, at=NOON)
        cases.handle(by=li, case=handled.case, note="已疏通消防通道。", at=NOON)
        cases.rework(by=sun, case=handled.case, reason="仍有车辆堵着", at=NOON)
        cases.handle(by=li, case=handled.case, note="已疏通消防通道。", at=NOON)
        cases.approve(by=sun, case=handled.case, at=NOON)
        cases.close(by=sun, case=handled.case, at=NOON)
        Order.objects.filter(pk=handled.pk).update(received_at=NOON)
        late = take(at=NOON, deadline="2026-03-05 12:00:00", **FAR)
        cases.dispatch(by=he, case=late.case, to=lighting, at=NOON + timedelta(days=1))
        Order.objects.filter(pk=late.pk).update(received_at=NOON + timedelta(days=1))
        take(at=NOON + timedelta(days=1), redo_of=late.number)
        sunday = NOON + timedelta(days=4)
        # arrived, handled, unanswered, received late, redone
        assert self.table(he, monday, sunday) == {
            "望湖社区": (2, 1, 0, 1, 1),
            "望湖区路灯管理所": (1, 0, 1, 1, 1),
            "合计": (3, 1, 1, 2, 2),
        }
        assert self.table(he, monday - timedelta(days=7), sunday) == {}
        assert "望湖区路灯管理所" not in self.table(chen, monday, sunday)

    def test_as_csv_and_without_formulas(self, as_, take, chen, he, NOON, lighting):
        lighting.name = "=1+1"
        lighting.save()
        one = take(at=NOON)
        cases.dispatch(by=he, case=one.case, to=lighting, at=NOON)
        assert "'=1+1,1,0" in self.taken(as_(he), "csv").decode("utf-8-sig")
        assert as_(he).get(DESK + "weekly/?week=someday").status_code == 200

    def test_as_excel_with_who_took_it_out(self, as_, take, chen, he, NOON, lighting):
        one = take(at=NOON)
        cases.dispatch(by=he, case=one.case, to=lighting, at=NOON)
        sheet = load_workbook(io.BytesIO(self.taken(as_(he), "xlsx"))).active
        rows = [tuple(cell.value for cell in line) for line in sheet.iter_rows()]
        assert ("单位", "收到", "办结", "超期未答复", "签收超时", "重办") in rows
        assert any(row[:2] == (lighting.name, 1) for row in rows)
        assert any(he.name in str(cell) for row in rows for cell in row)
