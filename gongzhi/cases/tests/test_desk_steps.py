"""The desk's buttons, pressed with and without htmx: what changes, what is said, what is kept."""

import json

import pytest

from conftest import GAS, LAMP, NOON, RUBBISH
from gongzhi.cases import actions
from gongzhi.cases.models import Case, Remark
from gongzhi.journal.models import Event

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
WAYS = pytest.mark.parametrize("headers", [{}, HTMX], ids=["plain", "htmx"])


@pytest.fixture
def press(as_):
    """`press(chen, case, "dispatch", to="p:3")`: the form sent as the page has it."""

    def send(person, case, verb, headers=HTMX, **fields):
        given = {"seen": case.version, **fields}
        return as_(person).post(f"/desk/cases/{case.pk}/{verb}/", given, headers=headers)

    return send


def dispatching(to, item=LAMP, grade="ordinary", text=""):
    kind = "p" if hasattr(to, "username") else "u"
    return {"to": f"{kind}:{to.pk}", "item": item, "grade": grade, "text": text}


def now(case):
    return Case.objects.get(pk=case.pk)


@WAYS
def test_dispatching_gives_it_away_and_shows_it_as_it_is_now(
    report, chen, li, press, headers, django_capture_on_commit_callbacks
):
    case = report()
    response = press(chen, case, "dispatch", headers, **dispatching(li, text="请今天去"))
    assert (now(case).status, now(case).handler) == ("dispatched", li)
    assert Remark.objects.get(kind="opinion").text == "请今天去"
    if headers:
        assert response.status_code == 200
        assert f'data-version="{now(case).version}"' in response.content.decode()
        said = json.loads(response["HX-Trigger-After-Swap"])
        assert said["desk:said"]["sentence"] == "已派给李强。"
        assert "desk:refresh" in said
    else:
        assert (response.status_code, response["Location"]) == (302, f"/desk/cases/{case.pk}/")


def test_the_plain_way_says_afterwards_what_was_done(report, chen, li, as_):
    case, browser = report(), as_(chen)
    fields = {"seen": 1, **dispatching(li)}
    page = browser.post(f"/desk/cases/{case.pk}/dispatch/", fields, follow=True).content.decode()
    assert "已派给李强。" in page


def test_another_item_and_grade_are_kept_with_the_dispatch(report, chen, lighting, press, item):
    case = report("路灯不亮")
    press(chen, case, "dispatch", **dispatching(lighting, item=RUBBISH, grade="serious"))
    case = now(case)
    assert (case.item.code, case.grade, case.unit) == (RUBBISH, "serious", lighting)
    events = Event.objects.filter(subject_id=case.pk).order_by("pk")
    assert [e.name for e in events] == ["cases.reported", "cases.classified", "cases.dispatched"]


def test_when_it_cannot_be_dispatched_the_item_does_not_change_either(report, chen, zhao, press):
    case = report("路灯不亮")
    response = press(chen, case, "dispatch", **dispatching(zhao, item=RUBBISH))
    assert response.status_code == 409
    assert response["HX-Retarget"] == "#notices"
    assert (now(case).item.code, now(case).version) == (LAMP, 1)


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"to": ""}, "请选择承办人或承办单位"),
        ({"to": "p:999999"}, "另选一个"),
        ({"to": "x:1"}, "另选一个"),
        ({"to": "p:1; drop table"}, "另选一个"),
        ({"item": "99999"}, "不在现行目录里"),
        ({"grade": ""}, "请选择紧急程度"),
        ({"seen": ""}, "请刷新后再试"),
        ({"text": "长" * 1001}, "请删减"),
    ],
)
def test_a_form_that_makes_no_sense_gets_a_sentence_and_changes_nothing(
    report, chen, li, press, fields, sentence
):
    case = report()
    response = press(chen, case, "dispatch", **{**dispatching(li), **fields})
    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert now(case).version == 1


@WAYS
def test_who_was_overtaken_sees_what_the_other_did_and_keeps_their_words(
    report, chen, he, li, lighting, press, headers
):
    case = report()
    actions.dispatch(by=he, case=Case.objects.get(pk=case.pk), to=lighting, at=NOON)
    response = press(chen, case, "dispatch", headers, **dispatching(li, text="请李强今天去"))
    content = response.content.decode()
    assert response.status_code == 409
    assert "HX-Retarget" not in response
    assert "有人先一步处理了" in content
    assert "请李强今天去" in content
    assert "望湖区路灯管理所" in content
    assert now(case).unit == lighting
    assert ("<html" in content) is not bool(headers)


def test_classifying_alone_moves_the_deadline_and_not_the_case(report, chen, press):
    case = report("说不清楚的事情一件")
    response = press(chen, case, "classify", item=GAS, grade="urgent")
    assert response.status_code == 200
    assert (now(case).status, now(case).item.code, now(case).grade) == ("reported", GAS, "urgent")
    assert now(case).due_at < case.due_at


def test_an_unplaced_case_is_put_into_its_grid(report, he, press, grid_1):
    case = report(lng=None, lat=None, address="望湖花园")
    assert press(he, case, "place", area=grid_1.code).status_code == 200
    assert now(case).area == grid_1


def test_one_cannot_put_a_case_where_one_is_not_the_dispatcher(report, chen, press, far_grid):
    case = report()
    assert press(chen, case, "place", area=far_grid.code).status_code == 403
    assert now(case).version == 1


def test_declining_needs_a_ground_and_an_answer(report, chen, press):
    case = report()
    assert press(chen, case, "decline", ground="", text="不归我们管。").status_code == 422
    assert press(chen, case, "decline", ground="repeated", text="不").status_code == 422
    assert press(chen, case, "decline", ground="repeated", text="已答复过。").status_code == 200
    assert now(case).status == "declined"


@WAYS
def test_one_press_checks_and_closes(stage, chen, press, headers):
    case = stage("handled")
    press(chen, case, "finish", headers, text="现场看过，亮了")
    assert now(case).status == "closed"
    names = Event.objects.filter(subject_id=case.pk).order_by("pk").values_list("name", flat=True)
    assert list(names)[-2:] == ["cases.checked", "cases.closed"]
    assert Remark.objects.get(kind="check").text == "现场看过，亮了"


def test_checking_and_closing_can_be_two_presses(stage, chen, press):
    case = stage("handled")
    press(chen, case, "approve")
    assert now(case).status == "checked"
    press(chen, now(case), "close")
    assert now(case).status == "closed"


def test_rework_needs_a_reason(stage, chen, li, press):
    case = stage("handled")
    assert press(chen, case, "rework", text="没").status_code == 422
    assert press(chen, case, "rework", text="灯还是不亮").status_code == 200
    assert (now(case).status, now(case).handler) == ("accepted", li)


def test_a_button_pressed_twice_does_its_work_once(stage, chen, press):
    case = stage("handled")
    assert press(chen, case, "finish").status_code == 200
    assert press(chen, case, "finish").status_code == 409
    assert Event.objects.filter(subject_id=case.pk, name="cases.closed").count() == 1


def test_a_leader_is_refused_by_the_server_too(report, qian, li, press):
    case = report()
    assert press(qian, case, "dispatch", **dispatching(li)).status_code == 403
    assert now(case).version == 1


def test_steps_are_not_taken_by_links(report, chen, as_):
    case = report()
    for verb in ("dispatch", "finish", "reveal"):
        assert as_(chen).get(f"/desk/cases/{case.pk}/{verb}/").status_code == 405


def test_without_the_forms_token_nothing_is_taken(report, chen, li, as_):
    case, browser = report(), as_(chen, enforce_csrf_checks=True)
    fields = {"seen": 1, **dispatching(li)}
    assert browser.post(f"/desk/cases/{case.pk}/dispatch/", fields).status_code == 403
    assert now(case).status == "reported"
