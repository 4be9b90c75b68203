"""The desk's buttons beside the flow, pressed as a browser presses them."""

import pytest
from django.urls import reverse

from conftest import GAS, LAMP
from gongzhi.cases import actions
from gongzhi.cases.models import Assist, Case, Extension, Supervision
from gongzhi.cases.tests.uploads import photo, upload

pytestmark = pytest.mark.django_db
WHY = "需要更多力量才能解决。"


def press(browser, case, name, **fields):
    case.refresh_from_db()
    data = {"seen": case.version, "text": WHY, **fields}
    return browser.post(reverse(f"staff:{name}", args=[case.pk]), data, follow=True)


def test_a_case_goes_up_and_down_the_ladder(as_, report, chen, he, community, township):
    case = report(item_code=GAS)
    refused = press(as_(chen), case, "send_up")
    assert (refused.status_code, "佐证材料" in refused.content.decode()) == (422, True)
    sent = press(as_(chen), case, "send_up", photos=[upload(photo())])
    assert "已上报望湖区" in sent.content.decode()
    page = as_(he).get(reverse("staff:case", args=[case.pk])).content.decode()
    offered = page.partition('id="s-send_down"')[2].partition("</select>")[0]
    assert township.name in offered
    assert community.name not in offered
    page = press(as_(he), case, "send_down", desk=township.code).content.decode()
    case.refresh_from_db()
    assert case.desk == township
    assert "已下派滨河街道" in page


def test_help_is_asked_for_shown_and_withdrawn(as_, report, chen, lighting):
    case = report(item_code=LAMP)
    page = press(as_(chen), case, "ask_assist", units=[lighting.pk]).content.decode()
    assert lighting.name in page
    assist = Assist.objects.get()
    press(as_(chen), case, "withdraw_assist", assist=assist.pk)
    assist.refresh_from_db()
    assert not assist.is_owed


def test_time_is_paused_resumed_and_extended(as_, stage, chen, li, NOON):
    case = stage("accepted")
    press(as_(chen), case, "pause", ground="weather")
    case.refresh_from_db()
    assert case.paused_at
    assert "恢复计时" in press(as_(chen), case, "resume").content.decode()
    asked = actions.ask_extension(by=li, case=case, days=2, reason=WHY, at=NOON)
    press(as_(chen), case, "decide_extension", extension=asked.pk, granted="yes")
    assert Extension.objects.get().granted


def test_a_card_is_sent_and_shown(as_, stage, chen):
    case = stage("accepted")
    page = press(as_(chen), case, "supervise", kind="yellow").content.decode()
    assert Supervision.objects.get().kind == "yellow"
    assert "黄牌督办" in page


def test_two_of_one_matter_are_merged_and_split(as_, report, chen, zhou):
    parent, case = report(), report(by=zhou)
    assert parent.number in press(as_(chen), case, "merge", parent=parent.number).content.decode()
    case.refresh_from_db()
    assert case.parent == parent
    assert case.number in as_(chen).get(reverse("staff:case", args=[parent.pk])).content.decode()
    press(as_(chen), case, "split")
    case.refresh_from_db()
    assert case.parent is None


def test_who_is_complained_of_is_recused(as_, report, chen, lighting):
    case = report()
    press(as_(chen), case, "name_complained_of", unit=lighting.pk)
    case.refresh_from_db()
    assert case.complained_of == lighting


def test_the_third_return_is_ruled_upon(as_, stage, he, lighting):
    case = stage("arbitration")
    page = press(as_(he), case, "arbitrate", unit=lighting.pk).content.decode()
    case.refresh_from_db()
    assert (case.unit, case.is_bound) == (lighting, True)
    assert "不能再退回" in page


@pytest.mark.parametrize(
    ("name", "fields", "sentence"),
    [
        ("ask_assist", {}, "请选择单位"),
        ("pause", {"ground": "boredom"}, ""),
        ("merge", {"parent": "GZ000000999999"}, "没有这个编号"),
        ("send_down", {"desk": "nowhere"}, ""),
        ("supervise", {}, "请选择督办的方式"),
        ("arbitrate", {}, "请选择单位"),
    ],
)
def test_what_is_missing_is_said_and_nothing_changes(as_, report, chen, name, fields, sentence):
    case = report(item_code=GAS)
    before = Case.objects.values().get()
    answer = press(as_(chen), case, name, **fields)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert Case.objects.values().get() == before


@pytest.mark.parametrize("name", ["send_up", "pause", "supervise", "merge", "split"])
def test_a_foreign_case_is_not_there(as_, report, gu, name):
    assert press(as_(gu), report(), name).status_code == 404
