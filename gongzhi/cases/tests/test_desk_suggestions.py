"""Whom a case can be given to, who is the obvious one, and what is like it nearby."""

from datetime import timedelta

import pytest

from conftest import GAS, HERE, LAMP, NOON, RUBBISH
from gongzhi.access.models import Unit
from gongzhi.cases import actions, rules
from gongzhi.cases.models import Case
from gongzhi.cases.reads.handlers import groups_for, obvious, usual_time
from gongzhi.cases.reads.near import near, near_to

pytestmark = pytest.mark.django_db


def values(groups):
    return {choice.value: choice for group in groups for choice in group.choices}


def test_everyone_offered_can_be_given_the_case(report, chen, li, sun, zhao, wu, lighting):
    case = report()
    for value in values(groups_for(case, at=NOON)):
        kind, pk = value.split(":")
        to = {"p": type(chen), "u": Unit}[kind].objects.get(pk=pk)
        actions.dispatch(by=chen, case=Case.objects.get(pk=case.pk), to=to, at=NOON)
    assert set(values(groups_for(case, at=NOON))) == {
        f"p:{li.pk}",
        f"p:{sun.pk}",
        f"u:{lighting.pk}",
    }


def test_somebody_who_left_is_not_offered(report, li):
    type(li).objects.filter(pk=li.pk).update(is_active=False)
    assert f"p:{li.pk}" not in values(groups_for(report(), at=NOON))


def test_the_load_is_what_each_has_in_hand(stage, report, li, lighting):
    stage("dispatched"), stage("accepted"), stage("handled"), stage("dispatched", to=lighting)
    offered = values(groups_for(report(), at=NOON))
    assert offered[f"p:{li.pk}"].load == 2
    assert offered[f"u:{lighting.pk}"].load == 1


def test_what_is_late_and_what_each_of_a_unit_has_is_counted_too(stage, report, li, wu, lighting):
    """One case of the unit is in wu's hands, one waits for anybody of it; a month later both are
    past their time."""
    stage("accepted", to=lighting, by=wu), stage("dispatched", to=lighting), stage("dispatched")
    offered = values(groups_for(report(), at=NOON + timedelta(days=30)))
    unit = offered[f"u:{lighting.pk}"]
    assert (unit.load, unit.late, unit.each) == (2, 2, 2.0)
    assert [(m.name, m.load, m.late) for m in unit.members] == [(wu.name, 1, 1)]
    assert offered[f"p:{li.pk}"].late == 1
    assert values(groups_for(report(), at=NOON))[f"u:{lighting.pk}"].late == 0


def test_the_kind_that_leads_stands_first_and_then_who_has_least(
    stage, report, lighting, township, item
):
    """Among units of one area; the order is that of the list on the page."""
    Unit.objects.create(kind="gas_supply", name="滨河燃气站", area=township)
    busy = Unit.objects.create(kind="lighting", name="滨河路灯甲班", area=township)
    free = Unit.objects.create(kind="lighting", name="滨河路灯乙班", area=township)
    stage("dispatched", to=busy)
    groups = groups_for(report(), at=NOON, item=item(LAMP))
    found = [c.name for group in groups for c in group.choices if "滨河" in c.name]
    assert found == [free.name, busy.name, "滨河燃气站"]


def test_the_load_is_read_without_script(stage, report, chen, wu, lighting, as_):
    """In the choice itself, and person by person in a table below it."""
    stage("accepted", to=lighting, by=wu)
    page = as_(chen).get(f"/desk/cases/{report().pk}/").text
    option = page.split(f'value="u:{lighting.pk}"')[1].split("</option>")[0]
    assert "在办 1" in option
    table = page.split('id="loads"')[1].split("</details>")[0]
    assert wu.name in table


def test_a_matter_of_the_grid_goes_to_its_grid_worker(report, li, sun, item):
    assert obvious(groups_for(report(), at=NOON), item(RUBBISH)).value == f"p:{li.pk}"


def test_other_matters_go_to_the_nearest_unit_of_the_leading_kind(
    report, lighting, township, other_township, item
):
    near_unit = Unit.objects.create(kind="lighting", name="滨河街道路灯班", area=township)
    Unit.objects.create(kind="lighting", name="云岭街道路灯班", area=other_township)
    assert obvious(groups_for(report(), at=NOON), item(LAMP)).value == f"u:{near_unit.pk}"


def test_when_nobody_fits_a_person_must_choose(report, li, item):
    groups = groups_for(report(), at=NOON)
    assert obvious(groups, item(GAS)) is None
    assert obvious(groups, None) is None


def test_the_usual_time_is_that_of_the_same_item(stage, item):
    for hours in (2, 4, 30):
        case = stage("closed")
        Case.objects.filter(pk=case.pk).update(handled_at=NOON + timedelta(hours=hours))
    later = NOON + timedelta(days=3)
    assert usual_time(item(LAMP), at=later) == timedelta(hours=4)
    assert usual_time(item(GAS), at=later) is None
    assert usual_time(item(LAMP), at=NOON + timedelta(days=300)) is None


def test_another_item_in_the_form_changes_who_is_suggested(report, chen, li, lighting, as_):
    case = report("说不清楚的事情一件")
    url = f"/desk/cases/{case.pk}/handlers/"
    for code, value in ((RUBBISH, f"p:{li.pk}"), (LAMP, f"u:{lighting.pk}")):
        page = as_(chen).get(url, {"item": code}).content.decode()
        assert f'value="{value}" selected' in page
    assert " selected" not in as_(chen).get(url, {"item": "nonsense"}).content.decode()


def test_like_words_near_by_are_shown_and_others_are_not(report, chen):
    case = report("路灯不亮，晚上看不见路")
    alike = report("路灯不亮了，晚上看不见", lng=HERE[0] + 0.0005)
    report("健身器材坏了一个")
    report("路灯不亮，晚上看不见路", lng=117.3115, lat=31.7975)  # half a kilometre away
    found = near(case, chen)
    assert [n.case for n in found] == [alike]
    assert 40 < found[0].metres < 60


def test_near_ones_are_only_those_one_may_see(report, gu, chen):
    border = {"lng": 117.3119, "lat": 31.792}
    case = report("路灯不亮，晚上看不见路", lng=117.3121, lat=31.792)
    report("路灯不亮，晚上看不见路", **border)
    assert near(case, gu) == []
    assert len(near_to(chen, "路灯不亮，晚上看不见路", 117.3121, 31.792, at=NOON)) == 1


def test_old_ones_are_not_near(report, chen):
    report("路灯不亮，晚上看不见路", at=NOON - timedelta(days=40))
    assert near(report("路灯不亮，晚上看不见路"), chen) == []


def test_a_case_without_a_position_has_none_near(report, he):
    report("路灯不亮")
    assert near(report("路灯不亮", lng=None, lat=None, address="某处"), he) == []


@pytest.mark.parametrize(
    ("one", "other", "least", "most"),
    [
        ("路灯不亮", "路灯不亮", 1, 1),
        ("路灯，不亮！", "路灯不亮", 1, 1),
        ("路灯不亮", "井盖破了", 0, 0),
        ("", "路灯不亮", 0, 0),
        ("灯", "灯", 0, 0),
        ("路灯不亮了", "路灯不亮", 0.8, 0.9),
    ],
)
def test_likeness_is_a_share_between_none_and_all(one, other, least, most):
    assert least <= rules.likeness(one, other) <= most
    assert rules.likeness(one, other) == rules.likeness(other, one)


def test_the_suggestion_says_that_it_is_the_machines(report, chen, as_):
    case = report("路灯不亮")
    page = as_(chen).get(f"/desk/cases/{case.pk}/").content.decode()
    assert "智能建议" in page
    assert "机器给出，请您判断" in page
    assert "路灯不亮" in page


def test_an_uncertain_suggestion_asks_for_a_person(report, chen, as_):
    case = report("说不清楚的事情一件")
    Case.objects.filter(pk=case.pk).update(suggestion={"certain": False, "candidates": []})
    page = as_(chen).get(f"/desk/cases/{case.pk}/").content.decode()
    assert "请人工判断" in page


@pytest.mark.parametrize("certain", [True, False])
def test_what_the_machine_is_certain_of_is_proposed_and_nothing_else(report, chen, as_, certain):
    case = report("说不清楚的事情一件")
    said = {"certain": certain, "candidates": [{"code": LAMP, "name": "路灯不亮", "share": 0.9}]}
    Case.objects.filter(pk=case.pk).update(suggestion=said, item=None)
    page = as_(chen).get(f"/desk/cases/{case.pk}/").content.decode()
    assert (f'value="{LAMP}" selected' in page) is certain
