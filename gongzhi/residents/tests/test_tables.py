"""Tables of the register: bad ones are told line by line, good ones go in once, lists come out."""

import io
import threading
from datetime import date

import pytest
from django.db import connections
from openpyxl import load_workbook

from gongzhi.access.roles import Role
from gongzhi.kernel import codes
from gongzhi.places.models import Component, Dwelling
from gongzhi.residents.models import Organisation, Resident
from gongzhi.residents.tables import lists
from gongzhi.residents.tables.people import WAY, facts_of, word
from gongzhi.residents.tables.sitting import Unread
from gongzhi.residents.tests.conftest import LI, WANG
from gongzhi.residents.words import Gender
from gongzhi.sheets import actions, jobs, vault
from gongzhi.sheets.kinds import INTAKES, LISTINGS
from gongzhi.sheets.rules import guessed
from gongzhi.sheets.tests.conftest import csv, xlsx
from gongzhi.sheets.words import Shape
from gongzhi.sheets.writing import Column, Sheet

pytestmark = pytest.mark.django_db
HEAD = ["姓名*", "身份证号", "性别", "出生年月日", "手机号", "家庭住址", "网格", "人员类别"]
NUMBER = "34012319560203031"
ZHANG = [
    "张建国", NUMBER + codes.id_check(NUMBER), "", "", "13800001111", "望湖花园3栋2单元501室", "",
    "党员",
]  # fmt: skip
HOME = "望湖花园3栋2单元502室"


def bring(kind, content, by, at):
    """The file checked, its columns as they were guessed."""
    one = actions.bring(by=by, kind=kind, name="表.csv", content=content, source="登记", at=at)
    columns = {int(n): key for n, key in one.columns.items()}
    one = actions.name_columns(by=by, incoming=one, columns=columns, at=at)
    return worked(one, at)


def worked(one, at):
    assert jobs.claim(one, at=at)
    jobs.run(one, at=at)
    one.refresh_from_db()
    return one


def faults(one):
    import json

    return {(row, key): sentence for row, key, sentence, _mild in json.loads(one.faults)}


def test_people_go_in_and_the_same_file_changes_nothing(home, sun, NOON):
    content = csv(HEAD, ZHANG, ["李四", "", "女", "1990/1/2", "13912340000", HOME, "", "残疾2级"])
    one = bring("residents.people", content, sun, NOON)
    assert (one.wrong, one.new) == (0, 2), one.faults
    one = worked(actions.apply(by=sun, incoming=one, at=NOON), NOON)
    assert one.stage == "applied", one.trouble
    zhang, li = Resident.objects.order_by("pk")
    assert (zhang.born.isoformat(), zhang.gender) == ("1956-02-03", "male")
    assert li.facts.get().grade == 2
    again = bring("residents.people", content, sun, NOON)
    assert (again.new, again.changed, again.same) == (0, 0, 2)
    applied = worked(actions.apply(by=sun, incoming=again, at=NOON), NOON)
    assert (applied.new, applied.changed, applied.same) == (0, 0, 2)
    assert Resident.objects.count() == 2


def test_every_wrong_line_is_told_with_its_cell(home, sun, NOON):
    rows = [
        ["张三", "340123195602030310", "", "", "", HOME, "", ""],  # check digit
        ["王秀英", "11010519491231002X", "", "1950-01-01", "", HOME, "", ""],  # born
        ["李四", "", "", "", "13912340000", "无此小区9栋", "", ""],
        ["李四", "", "男男", "", "123", HOME, "", ""],
        ["赵六", "", "", "", "", "", "没有的网格", ""],
        ["孙七", "", "", "", "13912349999", HOME, "", "不存在"],
        ["孙八", "", "", "", "13912349999", HOME, "", ""],
        ["孙八", "", "", "", "13912349999", HOME, "", ""],
    ]
    one = bring("residents.people", csv(HEAD, *rows), sun, NOON)
    found = faults(one)
    assert one.wrong == 7
    assert "校验" in found[2, "id_number"]
    assert "1949-12-31" in found[3, "born"]
    assert "标准地址库" in found[4, "address"]
    assert (5, "gender") in found
    assert (5, "phones") in found
    assert "没有的网格" in found[6, "grid"]
    assert "不存在" in found[7, "facts"]
    assert "第8行" in found[9, ""]
    assert not Resident.objects.exists()
    page = load_workbook(io.BytesIO(vault.content(one.marked))).active
    assert "证件号码：" in page["I2"].value


def test_everything_wrong_with_a_line_is_told_at_once(home, sun, NOON):
    rows = [
        ["张三", "340123195602030310", "", "1.2.3", "123", "无此小区9栋", "", "富豪"],
        ["李四", "", "", "不详", "13912340000", HOME, "没有的网格", ""],
        ["", "", "", "", "456", HOME, "", ""],
    ]
    one = bring("residents.people", csv(HEAD, *rows), sun, NOON)
    assert set(faults(one)) == {
        (2, "born"), (2, "facts"), (2, "id_number"), (2, "phones"), (2, "address"),
        (3, "born"), (3, "grid"), (4, "name"), (4, "phones"),
    }  # fmt: skip
    assert (one.wrong, one.new) == (3, 0)
    assert not Resident.objects.exists()


def test_of_a_position_only_what_is_wrong_is_told(home, sun, NOON):
    head = ["部件标识码", "部件名称", "经度", "纬度"]
    one = bring("residents.components", csv(head, ["x", "灯", "117.3", "北"]), sun, NOON)
    assert set(faults(one)) == {(2, "lat")}


def test_lines_of_another_area_are_refused(home, somebody, other_community, grid_3, NOON):
    ma = somebody("ma", Role.COMMUNITY_WORKER, other_community, name="马超")
    one = bring("residents.people", csv(HEAD, ZHANG), ma, NOON)
    assert "不在您的辖区" in faults(one)[2, "address"]


def test_dwellings_organisations_and_components(home, sun, NOON):
    files = {
        "residents.dwellings": (
            ["小区", "楼栋", "单元", "室", "面积", "房屋用途"],
            [["望湖花园", "3栋", "2单元", "601", "88.6", "出租"]],
        ),
        "residents.organisations": (
            ["单位名称", "类型", "统一社会信用代码", "经度", "纬度", "坐标系"],
            [["望湖超市", "商户", "91350100M000100Y43", "117.3115", "31.7901", "GCJ02"]],
        ),
        "residents.components": (
            ["部件标识码", "部件名称", "经度", "纬度", "养护单位"],
            [["3499010101200001", "路灯", "117.306", "31.792", "路灯所"]],
        ),
    }
    for kind, (head, rows) in files.items():
        one = bring(kind, xlsx(head, *rows), sun, NOON)
        assert (one.wrong, one.new) == (0, 1), (kind, one.faults)
        one = worked(actions.apply(by=sun, incoming=one, at=NOON), NOON)
        assert one.stage == "applied", one.trouble
        again = bring(kind, xlsx(head, *rows), sun, NOON)
        assert again.same == 1, kind
    assert Dwelling.objects.get(name="601").use == "let"
    shop = Organisation.objects.get()
    assert (round(shop.lng, 3), round(shop.lat, 3)) == (117.306, 31.792)
    assert Component.objects.get().keeper == "路灯所"


@pytest.mark.django_db(transaction=True)
def test_others_report_while_a_table_comes_in(home, sun, wang, report, NOON, monkeypatch):
    """Nobody waits while the rows are weighed and made ready; while they are written, one waits
    one's turn and is not turned away."""
    told, waiting = [], []

    def reports(text):
        """Somebody reports, over a connection of their own."""

        def run():
            try:
                told.append(report(text, by=wang).status)
            finally:
                connections.close_all()

        thread = threading.Thread(target=run)
        thread.start()
        return thread

    def ready(weighed):
        reports("路灯不亮了").join(15)
        assert told == ["reported"], "whoever reports has to wait before anything is written"
        make_ready(weighed)

    def take(*asked):
        waiting.append(reports("井盖破了一块"))
        return written(*asked)

    make_ready, written = WAY.make_ready, WAY.take
    one = bring("residents.people", csv(HEAD, ZHANG), sun, NOON)
    one = actions.apply(by=sun, incoming=one, at=NOON)
    monkeypatch.setattr(WAY, "make_ready", ready)
    monkeypatch.setattr(WAY, "take", take)
    one = worked(one, NOON)
    assert one.stage == "applied", one.trouble
    waiting[0].join(30)
    assert told == ["reported", "reported"]


@pytest.mark.parametrize(
    ("row", "key"),
    [
        (["x", "灯", "117.306", ""], "lat"),
        (["x", "灯", "", ""], "lng"),
        (["x", "灯", "31.79", "117.306"], "lng"),
        (["x", "灯", "东边", "31.79"], "lng"),
        (["短", "灯", "117.306", "31.792"], "code"),
    ],
)
def test_positions_that_are_none(home, sun, NOON, row, key):
    head = ["部件标识码", "部件名称", "经度", "纬度"]
    one = bring("residents.components", csv(head, row), sun, NOON)
    assert (2, key) in faults(one)


def test_what_the_templates_ask_for_is_understood_by_us(home, sun, NOON):
    for kind in ("residents.people", "residents.organisations", "residents.components"):
        intake = INTAKES[kind]
        heads = [str(f.label) for f in intake.fields]
        assert len(guessed(heads, intake.names)) == len(heads)
    example = {str(f.label): f.example for f in INTAKES["residents.people"].fields}
    example |= {"现住址": HOME, "所在网格": "第01网格"}
    one = bring("residents.people", csv(list(example), list(example.values())), sun, NOON)
    assert (one.wrong, one.new) == (0, 1), one.faults


def test_facts_as_people_write_them():
    kinds = [(fact.kind, fact.grade) for fact in facts_of("中共党员，残疾（二级）；低保 志愿者")]
    assert kinds == [
        ("party_member", None), ("disabled", 2), ("low_income", None), ("volunteer", None),
    ]  # fmt: skip
    with pytest.raises(Unread, match="富豪"):
        facts_of("富豪")
    assert [word(said, Gender) for said in ("女性", "男", "?")] == ["female", "male", "?"]


class TestList:
    @pytest.fixture
    def people(self, take):
        take(WANG, LI)

    def rows(self, by, NOON, *keys, **query):
        return [list(row) for row in lists.rows(by, query, keys, NOON)]

    def test_asked_columns_in_their_order(self, people, sun, NOON):
        found = self.rows(sun, NOON, "name", "number", "age", "id_masked", "phone_masked", "sign")
        assert found[0] == ["王秀英", 1, 76, "1****************X", "138****6021", ""]
        assert found[1] == ["李四", 2, None, "", "139****0000", ""]
        assert self.rows(sun, NOON, "born") == [[date(1949, 12, 31)], [None]]

    def test_tags_with_their_reasons(self, people, sun, NOON):
        found = self.rows(sun, NOON, "name", "tags", "reasons")
        assert found[0] == ["王秀英", "独居老人、党员", found[0][2]]
        assert "党员：有党员登记" in found[0][2]
        assert "独居老人：1949年12月31日出生，已满60周岁，现住址只登记1人" in found[0][2]
        assert found[1] == ["李四", "", ""]

    def test_whole_numbers_only_for_those_who_may_reveal_them(self, people, sun, li, NOON):
        assert self.rows(sun, NOON, "id_number", "phone")[0] == [
            "11010519491231002X", "13812346021",
        ]  # fmt: skip
        assert self.rows(li, NOON, "id_number", "phone")[0] == [
            "1****************X", "138****6021",
        ]  # fmt: skip

    def test_as_filtered_and_within_reach(self, people, sun, zhao, NOON):
        assert self.rows(sun, NOON, "name", q="秀英") == [["王秀英"]]
        assert self.rows(sun, NOON, "name", tag="aged") == []
        assert self.rows(zhao, NOON, "name") == []
        assert lists.count(sun, {"q": "李四"}, NOON) == 1
        assert "“李四”" in lists.words({"q": "李四", "gone": "1"})

    def test_every_column_can_be_written(self, people, sun, NOON):
        listing = LISTINGS["residents.people"]
        columns = [Column(c.key, str(c.label), c.sort) for c in listing.columns]
        new = actions.NewList(listing, {}, Shape.XLSX, Sheet(columns, "名册"), "核对名册")
        one = worked(actions.ask_for(by=sun, new=new, at=NOON), NOON)
        assert one.progress == "done", one.trouble
        page = load_workbook(io.BytesIO(vault.content(one.file))).active
        values = {c.title: cell.value for c, cell in zip(columns, page[4], strict=False) if c}
        assert values["姓名"] == "王秀英", values
