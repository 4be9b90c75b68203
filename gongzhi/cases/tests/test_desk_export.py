"""Taking a list out: as filtered, harmless in a spreadsheet, and on record."""

import csv
import io

import pytest

from gongzhi.journal.models import Event
from gongzhi.sheets.rules import harmless

pytestmark = pytest.mark.django_db


def rows_of(response):
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


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


def test_the_file_holds_the_list_as_filtered(report, chen, as_):
    gas, _lamp = report("楼道里有燃气味"), report()
    response = as_(chen).get("/desk/export.csv?q=燃气")
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert "attachment" in response["Content-Disposition"]
    rows = rows_of(response)
    assert [row["编号"] for row in rows] == [gas.number]
    assert rows[0]["状态"] == "待受理"
    assert rows[0]["网格"] == "望湖社区第01网格"


def test_formulas_and_quotes_of_reporters_are_only_text(report, chen, as_):
    report('=HYPERLINK("http://x","点我")\n第二行,带逗号', address="@某地")
    [row] = rows_of(as_(chen).get("/desk/export.csv"))
    assert row["内容"] == '\'=HYPERLINK("http://x","点我")\n第二行,带逗号'
    assert row["地点"] == "'@某地"


def test_names_and_numbers_of_reporters_stay_in_the_house(report, chen, as_):
    report(contact_name="冯春兰", contact_phone="10012345678")
    text = b"".join(as_(chen).get("/desk/export.csv").streaming_content).decode()
    assert "冯春兰" not in text
    assert "10012345678" not in text


def test_foreign_cases_are_not_in_the_file(report, chen, as_):
    report(lng=117.316, lat=31.794)
    assert rows_of(as_(chen).get("/desk/export.csv?tab=all")) == []


def test_who_took_it_out_is_on_record_but_not_what_they_searched(report, chen, as_):
    report(), report()
    assert rows_of(as_(chen).get("/desk/export.csv?tab=todo&due=week&q=冯春兰")) == []
    event = Event.objects.get(name="cases.list_exported")
    assert (event.by, event.kind, event.subject_id) == (chen, "person", chen.pk)
    assert event.facts == {"rows": 0, "filters": "due=week", "searched": True}
