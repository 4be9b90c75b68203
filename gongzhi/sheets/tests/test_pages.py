"""The pages of tables: with and without script, one's own only."""

import csv as csv_module
import io
import threading

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import load_workbook

from gongzhi.access.models import Unit
from gongzhi.journal.models import Event
from gongzhi.sheets import chores, jobs
from gongzhi.sheets.kinds import LISTINGS
from gongzhi.sheets.models import Incoming, Layout, Outgoing
from gongzhi.sheets.ready import ready_layouts
from gongzhi.sheets.tests.conftest import csv, xlsx

pytestmark = pytest.mark.django_db
HEAD = ["名称", "电话", "成立日期"]


def upload(browser, content, name="单位.csv", source="清查"):
    sent = SimpleUploadedFile(name, content)
    return browser.post("/desk/tables/in/of/tests.units/", {"table": sent, "source": source})


def test_a_file_from_the_form_to_the_register(as_, chen, intake):
    browser = as_(chen)
    assert "下载模板" in browser.get("/desk/tables/in/of/tests.units/").text
    answer = upload(browser, csv(HEAD, ["甲店", "1", "2001-2-3"]))
    one = Incoming.objects.get()
    assert answer.url == f"/desk/tables/in/{one.pk}/"
    page = browser.get(answer.url).text
    assert 'value="name" selected' in page
    assert "甲店" in page
    columns = {"column_0": "name", "column_1": "phone", "column_2": "since"}
    checked = browser.post(f"{answer.url}columns/", columns, follow=True).text
    assert "没有错误，可以写入" in checked
    assert "全部写入（1 行）" in checked
    done = browser.post(f"{answer.url}apply/", follow=True).text
    assert "已全部写入" in done
    assert Unit.objects.get().name == "甲店"
    assert "单位.csv" in browser.get("/desk/tables/").text
    again = upload(browser, csv(HEAD, ["甲店", "1", "2001-2-3"]))
    assert "已在" in browser.get(again.url).text


def test_faults_stand_on_the_page_with_row_and_letter(as_, chen, intake):
    browser = as_(chen)
    url = upload(browser, xlsx(HEAD, ["坏店", "1", "56-1-1"], ["好店", "", ""])).url
    columns = {"column_0": "name", "column_1": "phone", "column_2": "since"}
    page = browser.post(f"{url}columns/", columns, follow=True).text
    assert "1 行有错" in page
    assert "全部写入" not in page
    assert "1956-02-03" in page
    marked = browser.get(f"{url}marked.xlsx")
    assert "%E6%A3%80%E6%9F%A5%E7%BB%93%E6%9E%9C" in marked["Content-Disposition"]
    sheet = load_workbook(io.BytesIO(b"".join(marked.streaming_content))).active
    assert "出生" not in str(sheet["D2"].value)
    assert "成立日期" in sheet["D2"].value
    assert 'select class="input" name="column_0"' in browser.get(f"{url}?columns=1").text
    assert browser.post(f"{url}apply/").status_code == 409


def test_bad_files_are_said_on_the_form(as_, chen, intake):
    browser = as_(chen)
    answer = upload(browser, b"%PDF-1.4")
    assert answer.status_code == 422
    assert "PDF" in answer.text
    assert 'value="清查"' in answer.text
    assert browser.post("/desk/tables/in/of/tests.units/", {"source": "x"}).status_code == 422
    assert not Incoming.objects.exists()


def test_a_file_too_large_is_said(as_, chen, intake, settings):
    settings.FILE_MOST_BYTES = 1000
    answer = upload(as_(chen), b"x" * 2000)
    assert answer.status_code == 413
    assert "分成几个文件" in answer.text


def test_columns_that_do_not_do_are_said_on_the_page(as_, chen, intake):
    browser = as_(chen)
    url = upload(browser, csv(HEAD, ["甲店", "1", ""])).url
    answer = browser.post(f"{url}columns/", {"column_1": "phone"})
    assert answer.status_code == 422
    assert "还没有指定“单位名称”" in answer.text


def test_the_template_is_read_back_by_us(as_, chen, intake):
    book = load_workbook(
        io.BytesIO(as_(chen).get("/desk/tables/in/of/tests.units/template.xlsx").content)
    )
    heads = [cell.value for cell in book.worksheets[0][1]]
    assert heads == ["单位名称*", "值班电话", "成立日期", "类别"]
    assert book.worksheets[0]["A2"].number_format == "@"
    assert book.worksheets[1]["D5"].value == "物业、商铺"


def test_progress_is_asked_for_by_htmx_and_by_hand(as_, chen, intake, NOON):
    browser = as_(chen)
    url = upload(browser, csv(HEAD, ["甲店", "1", ""])).url
    one = Incoming.objects.get()
    Incoming.objects.update(stage="checking", progress="running", rows=100, done=40)
    page = browser.get(url).text
    assert 'hx-trigger="every 1s"' in page
    assert "40 / 100 行" in page
    assert "http-equiv" in page
    part = browser.get(url, headers={"HX-Request": "true"}).text
    assert part.startswith("<div id=")
    assert browser.post(f"{url}columns/", {"column_0": "name"}).status_code == 409
    assert one.pk


def test_nobody_else_sees_my_tables(as_, chen, he, intake, listing):
    url = upload(as_(chen), csv(HEAD, ["甲店", "1", ""])).url
    for address in (url, f"{url}marked.xlsx"):
        assert as_(he).get(address).status_code == 404
    out = ask(as_(chen)).url
    assert as_(he).get(out).status_code == 404
    assert as_(he).get(f"{out}file/").status_code == 404


def test_who_may_not(as_, li, wang, intake, listing):
    for person in (li, wang):
        assert as_(person).get("/desk/tables/in/of/tests.units/").status_code == 403
        assert as_(person).get("/desk/tables/out/of/tests.units/").status_code == 403
    assert as_(li).get("/desk/tables/in/of/no.such/").status_code == 404
    assert as_(li).get("/desk/tables/out/of/no.such/").status_code == 404
    assert as_(li).get("/desk/tables/ledger/").status_code == 403


def ask(browser, query="", **given):
    said = {
        "column_name": "on", "place_name": "2", "title_name": "名称", "column_phone": "on",
        "place_phone": "1", "title_phone": "", "title": "我的单位", "shape": "csv",
        "reason": "核对", **given,
    }  # fmt: skip
    return browser.post(f"/desk/tables/out/of/tests.units/{query}", said)


def test_a_list_from_the_form_to_the_file(as_, chen, shen, listing, township):
    Unit.objects.create(kind="shop", name="甲店", phone="123", area=township)
    Unit.objects.create(kind="shop", name="乙店", area=township)
    browser = as_(chen)
    form = browser.get("/desk/tables/out/of/tests.units/?q=甲").text
    assert "共 1 行" in form
    assert "名称含“甲”" in form
    answer = ask(browser, "?q=甲")
    page = browser.get(answer.url).text
    assert "已生成" in page
    sent = browser.get(f"{answer.url}file/")
    content = b"".join(sent.streaming_content)
    assert len(content) == int(sent["Content-Length"])
    lines = list(csv_module.reader(io.StringIO(content.decode("utf-8-sig"))))
    assert lines == [["电话", "名称"], ["123", "甲店"]]
    assert Event.objects.filter(name="sheets.list_taken", by=chen).count() == 1
    ledger = as_(shen).get("/desk/tables/ledger/").text
    assert "核对" in ledger
    assert "电话、名称" in ledger
    assert "导出台账" in as_(shen).get("/desk/tables/").text


def test_the_printable_page(as_, chen, listing, township):
    Unit.objects.create(kind="shop", name="<b>甲店", phone="123", area=township)
    browser = as_(chen)
    url = ask(browser, shape="print", signature="审核人：").url
    assert "打开打印页面" in browser.get(url).text
    page = browser.get(f"{url}file/").text
    assert '<th scope="col">名称</th>' in page
    assert "&lt;b&gt;甲店" in page
    assert "审核人：" in page
    assert page.count(chen.name) >= 7


def test_a_layout_is_kept_chosen_and_removed(as_, chen, listing):
    browser = as_(chen)
    kept = ask(browser, "?q=甲", keep="1", layout_name="民政", title_phone="号码")
    layout = Layout.objects.get()
    assert (
        kept.url == f"{reverse('tables:ask', args=['tests.units'])}?q=%E7%94%B2&layout={layout.pk}"
    )
    page = browser.get(kept.url).text
    assert 'value="号码"' in page
    assert 'value="我的单位"' in page
    assert not Outgoing.objects.exists()
    assert browser.post(f"/desk/tables/layouts/{layout.pk}/remove/").status_code == 302
    assert not Layout.objects.exists()


def layouts_file(settings, tmp_path, text):
    settings.CONFIG_DIR = tmp_path
    (tmp_path / "layouts.yaml").write_text(text, encoding="utf-8")


def test_a_ready_made_layout_is_offered_and_can_be_kept_as_ones_own(
    as_, chen, listing, settings, tmp_path
):
    layouts_file(
        settings, tmp_path,
        "layouts: [{list: tests.units, name: 民政台账, title: 单位台账, signature: 填表人：,"
        " columns: [[n, 编号], [phone, 值班], name]}, {list: tests.units, name: 乙, columns: [n]}]",
    )  # fmt: skip
    browser = as_(chen)
    assert "乙" in browser.get("/desk/tables/out/of/tests.units/").text
    page = browser.get("/desk/tables/out/of/tests.units/", {"ready": "民政台账"}).text
    assert 'value="单位台账"' in page
    assert 'value="填表人："' in page
    assert page.index('value="编号"') < page.index('value="值班"') < page.index('value="单位名称"')
    assert not Layout.objects.exists()
    ask(browser, keep="1", layout_name="民政台账", title_n="编号")
    assert Layout.objects.get().name == "民政台账"


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("[]", "layouts"),
        ("layouts: [{list: tests.units}]", "name"),
        ("layouts: [{list: tests.units, name: 甲, colums: [n]}]", "colums"),
        ("layouts: [{list: no.such, name: 甲, columns: [n]}]", "no.such"),
        ("layouts: [{list: tests.units, name: 甲, columns: [没有]}]", "没有"),
        ("layouts: [{list: tests.units, name: 甲}]", "一列"),
        (
            "layouts: [{list: tests.units, name: 甲, columns: [n], title: " + "长" * 61 + "}]",
            "title",
        ),
        ("layouts: [", "layouts.yaml"),
    ],
)
def test_a_faulty_file_of_layouts_says_what_is_wrong(listing, settings, tmp_path, text, fault):
    layouts_file(settings, tmp_path, text)
    with pytest.raises(ImproperlyConfigured, match=fault):
        ready_layouts(listing)


def test_the_ready_made_layouts_of_the_product_are_sound():
    (civil, round_) = ready_layouts(LISTINGS["residents.people"])
    assert civil.name == "民政台账"
    assert round_.columns[-1] == ["sign", "走访情况及签名"]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"reason": ""}, "用途"),
        ({"shape": "doc"}, "格式"),
        ({"title_phone": "名称"}, "两列都叫"),
        ({"keep": "1"}, "名字"),
    ],
)
def test_what_does_not_do_is_said_and_what_was_typed_stays(as_, chen, listing, given, words):
    answer = ask(as_(chen), **given)
    assert answer.status_code == 422
    assert words in answer.text
    assert 'value="我的单位"' in answer.text


def test_a_long_list_waits_for_the_worker(as_, chen, listing, township, monkeypatch):
    monkeypatch.setattr("gongzhi.sheets.pages_staff.AT_ONCE", 0)
    Unit.objects.create(kind="shop", name="甲店", area=township)
    browser = as_(chen)
    url = ask(browser).url
    page = browser.get(url).text
    assert "排队中" in page
    assert 'hx-trigger="every 1s"' in page
    assert browser.get(f"{url}file/").status_code == 409
    one = Outgoing.objects.get()
    assert jobs.claim(one, at=one.begun_at)
    jobs.run(one, at=one.begun_at)
    part = browser.get(url, headers={"HX-Request": "true"}).text
    assert "已生成" in part
    assert "hx-trigger" not in part


@pytest.mark.django_db(transaction=True)
def test_the_worker_begins_it_in_a_thread_of_its_own(
    as_, chen, listing, township, NOON, monkeypatch
):
    monkeypatch.setattr("gongzhi.sheets.pages_staff.AT_ONCE", -1)
    ask(as_(chen))
    assert chores.begin_one(NOON)
    for thread in threading.enumerate():
        if thread.name == "tables":
            thread.join(20)
    assert Outgoing.objects.get().progress == "done"
    assert not chores.begin_one(NOON)
