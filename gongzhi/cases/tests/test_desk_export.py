"""Taking a list out: as filtered, in a layout, harmless in a spreadsheet, and on record."""

import csv
import io
from datetime import timedelta

import pytest
from django.utils.timezone import now
from openpyxl import load_workbook

from gongzhi.cases import actions
from gongzhi.cases.models import FollowUp
from gongzhi.cases.words import DeclineGround, Source
from gongzhi.journal.models import Event
from gongzhi.sheets.kinds import LISTINGS
from gongzhi.sheets.models import Outgoing
from gongzhi.sheets.rules import harmless

pytestmark = pytest.mark.django_db
CASES, PICKED = "cases.cases", ("number", "text", "status", "area", "address", "handler")


def taken(browser, kind=CASES, query="", *, shape="csv", columns=PICKED, reason="周例会"):
    """The file of a list as filtered."""
    said = {"reason": reason, "shape": shape, **{f"column_{key}": "on" for key in columns}}
    answer = browser.post(f"/desk/tables/out/of/{kind}/?{query}", said)
    assert answer.status_code == 302, answer.text
    file = browser.get(f"{answer.url}file/")
    return b"".join(file.streaming_content)


def lines(content):
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "＝1",
        "\t=1",
        "\r=1",
        " =1",
        "\u3000=1",
        "=cmd|' /C calc'!A0",
    ],
)
def test_what_a_spreadsheet_would_run_is_made_text(text):
    assert harmless(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "路灯不亮", "3-1栋", "a=b", "1+1"])
def test_other_words_stay_as_they_are(text):
    assert harmless(text) == text


def test_the_inbox_leads_to_the_file_with_the_filters_it_has(report, chen, as_):
    gas, _lamp = report("楼道里有燃气味"), report()
    browser = as_(chen)
    page = browser.get("/desk/?tab=all&q=燃气").text
    way = "/desk/tables/out/of/cases.cases/?tab=all&amp;q=%E7%87%83%E6%B0%94"
    assert f'href="{way}"' in page
    form = browser.get(way.replace("&amp;", "&")).text
    assert "共 1 行" in form
    assert "全部、“燃气”" in form
    [row] = lines(taken(browser, query="tab=all&q=燃气"))
    assert row["编号"] == gas.number
    assert row["状态"] == "待受理"
    assert row["网格"] == "望湖社区第01网格"


def test_xlsx_holds_the_same_rows_in_the_order_of_the_list(report, chen, as_):
    cases = [report(f"第{n}盏路灯不亮") for n in range(3)]
    content = taken(as_(chen), query="tab=all&sort=oldest", shape="xlsx")
    sheet = load_workbook(io.BytesIO(content)).active
    found = [row[0] for row in sheet.iter_rows(values_only=True) if str(row[0]).startswith("GZ")]
    assert found == [case.number for case in cases]
    said = " ".join(str(cell) for row in sheet.iter_rows(values_only=True) for cell in row if cell)
    assert "陈静 " in said, "whose copy it is stands on the sheet"


def test_pdf_is_a_pdf(report, chen, as_):
    report()
    assert taken(as_(chen), shape="pdf").startswith(b"%PDF-")


def test_formulas_and_quotes_of_reporters_are_only_text(report, chen, as_):
    report('=HYPERLINK("http://x","点我")\n第二行,带逗号', address="@某地")
    [row] = lines(taken(as_(chen)))
    assert row["内容"] == '\'=HYPERLINK("http://x","点我")\n第二行,带逗号'
    assert row["地点"] == "'@某地"


def test_no_list_has_a_column_for_the_reporter():
    for listing in LISTINGS.values():
        if listing.name.startswith(("cases.", "disputes.", "whistles.")):
            assert not {"reporter", "contact_name", "contact_phone"} & {
                column.key for column in listing.columns
            }


def test_every_column_of_the_list_can_be_read(stage, chen, as_):
    case = stage("closed")
    keys = [column.key for column in LISTINGS[CASES].columns]
    [row] = lines(taken(as_(chen), query="tab=all", columns=keys))
    assert row["序号"] == "1"
    assert row["承办人"] == case.handler.name
    assert row["诉求性质"] == case.get_nature_display()
    assert row["办结时间"]


def test_foreign_cases_are_not_in_the_file(report, chen, as_):
    report(lng=117.316, lat=31.794)
    assert lines(taken(as_(chen), query="tab=all")) == []


def test_without_a_reason_nothing_leaves(report, chen, as_):
    report()
    said = {"reason": "", "shape": "csv", "column_number": "on"}
    answer = as_(chen).post(f"/desk/tables/out/of/{CASES}/", said)
    assert answer.status_code == 422
    assert "用途" in answer.text
    assert not Outgoing.objects.exists()


def test_who_took_it_out_is_on_record_but_not_what_they_searched(report, chen, as_):
    report()
    assert lines(taken(as_(chen), query="q=冯春兰")) == []
    event = Event.objects.get(name="sheets.list_asked")
    assert (event.by, event.facts["kind"], event.facts["rows"]) == (chen, CASES, 0)
    assert "冯春兰" not in str(event.facts)
    assert Event.objects.filter(name="sheets.list_taken", by=chen).exists()


def test_residents_take_out_nothing(report, wang, as_):
    report(by=wang)
    for kind in LISTINGS:
        assert as_(wang).get(f"/desk/tables/out/of/{kind}/").status_code in {403, 404}


def test_what_is_filtered_is_said_in_words(world, chen):
    said = LISTINGS[CASES].words(
        {
            "tab": "all",
            "area": "349901001001",
            "kind": "02",
            "status": "closed",
            "source": "hotline",
            "watched": "1",
            "q": "路灯",
        }
    )
    assert said == "全部、望湖社区、公共设施、已办结、12345热线、我关注的、“路灯”"


def test_visits_appeals_and_refusals_go_out_as_their_pages_show_them(stage, chen, as_):
    case = stage("closed", source="hotline", contact_phone="13812345678")
    FollowUp.objects.filter(case=case).update(begins_at=now() - timedelta(days=1))
    actions.turn_away(
        by=chen,
        ground=DeclineGround.BEYOND_DUTY,
        what="外地的事",
        answer="请打当地热线。",
        source=Source.HOTLINE,
        at=now(),
    )
    browser = as_(chen)
    page = browser.get("/desk/followups/").text
    assert "/desk/tables/out/of/cases.followups/" in page
    keys = ("kind", "number", "unit", "handler", "followup_due")
    [visit] = lines(taken(browser, "cases.followups", columns=keys))
    assert visit["编号"] == case.number
    page = browser.get("/desk/refusals/?days=365").text
    assert "/desk/tables/out/of/cases.refusals/?days=365" in page
    keys = ("ground", "what", "answer", "by", "number")
    rows = lines(taken(browser, "cases.refusals", "days=365", columns=keys))
    assert [(row["事项"], row["办理人"], row["编号"]) for row in rows] == [("外地的事", "陈静", "")]
