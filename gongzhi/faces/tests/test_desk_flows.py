"""Flows at the desk: everyone reads them, an administrator lets a version in after seeing it."""

import re
from pathlib import Path

import pytest
from django.urls import reverse

from gongzhi.flows import actions
from gongzhi.flows.models import FlowVersion

pytestmark = pytest.mark.django_db
FLOWS = Path(__file__).resolve().parents[3] / "config" / "flows"
STANDARD = (FLOWS / "standard.yaml").read_text(encoding="utf-8")


def send(browser, name, content):
    return browser.post(reverse(f"desk:{name}"), {"content": content}, follow=True)


def test_an_administrator_sees_what_changes_before_letting_it_in(as_, guan, calendar):
    browser = as_(guan)
    assert "全新的流程" in send(browser, "look_flow", STANDARD).content.decode()
    assert not FlowVersion.objects.exists()
    assert "第 1 版已启用" in send(browser, "load_flow", STANDARD).content.decode()
    newer = STANDARD.replace("name: 待受理", "name: 待接办")
    page = send(browser, "look_flow", newer).content.decode()
    assert "待接办（desk）" in page
    assert FlowVersion.objects.count() == 1
    send(browser, "load_flow", newer)
    assert FlowVersion.objects.get(active=True).number == 2


def test_versions_are_compared_and_an_earlier_one_comes_back(as_, guan, chen, calendar):
    browser = as_(guan)
    send(browser, "load_flow", STANDARD)
    send(browser, "load_flow", STANDARD.replace("name: 待受理", "name: 待接办"))
    old, new = FlowVersion.objects.order_by("number")
    page = as_(chen).get(f"/desk/flows/?version={new.pk}&with={old.pk}").content.decode()
    assert "与第 1 版的不同" in page
    assert "待接办" in page
    assert "检查并看改动" not in page
    back = browser.post(reverse("desk:activate_flow", args=[old.pk]), follow=True)
    assert "重新启用" in back.content.decode()
    old.refresh_from_db()
    assert old.active


@pytest.mark.parametrize("file", sorted(FLOWS.glob("*.yaml")), ids=lambda file: file.stem)
def test_every_flow_that_ships_can_be_read_in_words(as_, guan, chen, calendar, file):
    send(as_(guan), "load_flow", file.read_text(encoding="utf-8"))
    version = FlowVersion.objects.get()
    page = as_(chen).get(f"/desk/flows/?version={version.pk}")
    assert page.status_code == 200
    assert not set(actions.grades_of(version.content["kind"])) & set(clocks_said(page))


def clocks_said(page) -> list[str]:
    """The words of the clocks' table, so that a code among them is found."""
    return re.findall(r"[a-z_]+(?= \d)", page.content.decode().partition("时钟")[2])


def test_the_page_counts_the_cases_that_run_on_a_version(as_, guan, report):
    send(as_(guan), "load_flow", STANDARD)
    report()
    assert "1 件在办" in as_(guan).get("/desk/flows/").content.decode()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (STANDARD.replace("to: handled", "to: nowhere"), "没有 nowhere 这个状态"),
        (STANDARD.replace("who: work_cases", "who: magic", 1), "没有岗位能做 accept"),
        ("code: [", "行读不懂"),
        ("只是一句话", "名称: 值"),
        ("", "名称: 值"),
    ],
)
def test_a_broken_flow_is_shown_with_its_faults_and_what_was_typed(
    as_, guan, calendar, content, sentence
):
    for name in ("look_flow", "load_flow"):
        answer = send(as_(guan), name, content)
        assert answer.status_code == 422
        assert sentence in answer.content.decode()
    assert not FlowVersion.objects.exists()


def test_others_may_neither_look_through_nor_let_in(as_, chen, li, calendar):
    for who in (chen, li):
        for name in ("look_flow", "load_flow"):
            assert send(as_(who), name, STANDARD).status_code == 403
    assert not FlowVersion.objects.exists()
