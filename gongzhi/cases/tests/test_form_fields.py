"""Fields that a flow adds to the forms of its steps: shown, asked for, kept, read by staff."""

import re

import pytest
from django.urls import reverse

from conftest import LAMP
from gongzhi.cases import actions
from gongzhi.cases.actions.many import Doing, do_to_each
from gongzhi.cases.models import Case, Filled
from gongzhi.cases.reads.tracking import timeline
from gongzhi.cases.tests.test_flows import let_in, move_of, photo
from gongzhi.cases.tests.uploads import photo as pixels
from gongzhi.cases.tests.uploads import upload
from gongzhi.cases.words import Act, ReturnGround
from gongzhi.catalogue.words import Grade
from gongzhi.journal.models import Event
from gongzhi.kernel.refusals import NotUnderstood, Overtaken

pytestmark = pytest.mark.django_db

DONE = "换了灯泡，亮了。"
COST = {"key": "cost", "name": "费用", "kind": "number", "unit": "元", "required": True}
SEEN = {"key": "on_site", "name": "到场核查", "kind": "yes_no", "required": True}


def asking(verb, *asks):
    return let_in(lambda d: move_of(d, verb).update(asks=list(asks)))


def handled(case, by, at, **answers):
    return actions.handle(by=by, case=case, note=DONE, files=[photo()], answers=answers, at=at)


def test_the_answers_are_kept_and_read_beside_the_words_by_staff_alone(stage, li, NOON):
    case = handled(stage("accepted"), li, NOON, way="repaired", recurs="no")
    kept = Filled.objects.get()
    assert (kept.case, kept.event.name, kept.verb) == (case, "cases.handled", "handle")
    assert kept.answers == {"way": "repaired", "recurs": "no"}
    told = [step.text for step in timeline(case, for_staff=True)]
    assert told[-1] == f"{DONE}\n处置方式：维修更换；容易反复：否。"
    assert timeline(case)[-1].text == DONE


def test_nothing_is_kept_when_nothing_was_filled_in(stage, li, NOON):
    handled(stage("accepted"), li, NOON)
    assert not Filled.objects.exists()


def test_an_answer_that_does_not_fit_changes_nothing(stage, li, NOON):
    case = stage("accepted")
    with pytest.raises(NotUnderstood, match="从列出的里面选") as wrong:
        handled(case, li, NOON, way="burnt")
    assert wrong.value.field == "a-handle-way"
    assert Case.objects.get().status == "accepted"
    assert not Filled.objects.exists()


def test_a_case_is_asked_what_the_version_it_began_with_asks(report, sun, li, NOON):
    let_in()
    old = report(item_code=LAMP)
    asking("accept", COST)
    new = report(item_code=LAMP)
    for case in (old, new):
        actions.dispatch(by=sun, case=case, to=li, at=NOON)
    actions.accept(by=li, case=old, at=NOON)
    with pytest.raises(NotUnderstood, match="请填写“费用”"):
        actions.accept(by=li, case=new, at=NOON)
    actions.accept(by=li, case=new, answers={"cost": "35.50"}, at=NOON)
    let_in(lambda d: move_of(d, "accept").update(asks=[{**COST, "name": "工钱"}]))
    assert timeline(new, for_staff=True)[-1].text == "费用：35.5 元。"


def test_a_third_return_keeps_what_the_form_of_a_return_asked(report, sun, li, NOON):
    asking("return_to_sender", COST)
    case = report(item_code=LAMP)
    for n in range(3):
        actions.dispatch(by=sun, case=case, to=li, at=NOON)
        actions.return_to_sender(
            by=li, case=case, ground=ReturnGround.PLACE_UNCLEAR, reason="找不到说的地方",
            answers={"cost": str(n)}, at=NOON,
        )  # fmt: skip
    assert case.status == "arbitration"
    assert set(Filled.objects.values_list("verb", flat=True)) == {"return_to_sender"}
    assert timeline(case, for_staff=True)[-1].text.endswith("费用：2 元。")


def test_of_two_who_fill_in_one_form_only_the_first_is_kept(stage, li, NOON):
    case = stage("accepted")
    stale = Case.objects.get(pk=case.pk)
    handled(case, li, NOON, way="repaired")
    with pytest.raises(Overtaken):
        actions.handle(
            by=li, case=stale, note=DONE, answers={"way": "other"}, at=NOON, seen=stale.version - 1
        )
    assert Filled.objects.get().answers == {"way": "repaired"}


def test_nothing_is_kept_when_the_answers_cannot_be_written(stage, li, NOON, monkeypatch):
    def broken(**_fields):
        raise OSError("disk full")

    case = stage("accepted")
    monkeypatch.setattr(Filled.objects, "create", broken)
    with pytest.raises(OSError, match="disk full"):
        handled(case, li, NOON, way="repaired")
    assert Case.objects.get().status == "accepted"
    assert not Event.objects.filter(name="cases.handled").exists()


def test_many_at_once_leave_a_case_whose_step_asks_for_more_to_be_opened(report, stage, chen, NOON):
    asking("approve", SEEN)
    case = stage("handled")
    (said,) = do_to_each(
        by=chen, cases=[(case, case.version)], doings=[Doing(Act.FINISH)], at=NOON, for_real=True
    )
    assert (said.done, said.sentence) == (False, "请选择“到场核查”。")


# ── pages ─────────────────────────────────────────────────────────────────


def test_the_phone_asks_and_keeps_what_was_typed_when_it_refuses(as_, stage, li):
    case, browser = stage("accepted"), as_(li)
    page = browser.get(reverse("patrol:case", args=[case.pk])).content.decode()
    assert '<label for="a-handle-way">处置方式' in page
    assert "现场清理" in page
    data = {"seen": case.version, "note": DONE, "a-handle-way": "repaired", "a-handle-recurs": "?"}
    shown = {"photos": upload(pixels())}
    refused = browser.post(reverse("patrol:handle", args=[case.pk]), data | shown)
    page = refused.content.decode()
    assert refused.status_code == 422
    assert '<option value="repaired" selected>' in page
    assert re.search(r'id="a-handle-recurs"[^>]*aria-invalid="true"', page)
    assert 'href="#a-handle-recurs"' in page
    data |= {"a-handle-recurs": "yes", "seen": Case.objects.get().version}
    kept = re.search(r'name="kept" value="([^"]*)"', page)
    browser.post(reverse("patrol:handle", args=[case.pk]), data | {"kept": kept[1]})
    assert Filled.objects.get().answers == {"way": "repaired", "recurs": "yes"}


def test_the_desk_asks_for_checking_and_closing_in_one_form(as_, stage, chen):
    def change(content):
        move_of(content, "approve").update(asks=[SEEN])
        move_of(content, "close").update(asks=[COST])
        move_of(content, "rework").update(asks=[{"key": "day", "name": "返工期限", "kind": "date"}])

    let_in(change)
    case, browser = stage("handled"), as_(chen)
    page = browser.get(reverse("staff:case", args=[case.pk])).content.decode()
    assert "费用（元）" in page
    assert "退回返工时填写" in page
    data = {"seen": case.version, "text": "现场看过。", "a-close-cost": "120"}
    refused = browser.post(reverse("staff:finish", args=[case.pk]), data)
    assert refused.status_code == 422
    assert "请选择“到场核查”" in refused.content.decode()
    assert Case.objects.get().status == "handled"
    browser.post(reverse("staff:finish", args=[case.pk]), {**data, "a-approve-on_site": "yes"})
    assert Case.objects.get().status == "closed"
    assert dict(Filled.objects.values_list("verb", "answers")) == {
        "approve": {"on_site": "yes"},
        "close": {"cost": "120"},
    }


def test_who_was_overtaken_finds_what_was_typed_still_in_the_form(as_, report, chen, sun, NOON):
    asking("dispatch", {**COST, "required": False})
    case = report(item_code=LAMP)
    seen = case.version
    actions.classify(by=sun, case=case, item=case.item, grade=Grade.URGENT, at=NOON)
    data = {"seen": seen, "text": "", "item": LAMP, "grade": "ordinary", "a-dispatch-cost": "77"}
    answer = as_(chen).post(
        reverse("staff:dispatch", args=[case.pk]), {**data, "to": f"p:{sun.pk}"}
    )
    assert answer.status_code == 409
    assert re.search(r'id="a-dispatch-cost"[^>]*value="77"', answer.content.decode())


def test_every_form_of_the_desk_shows_its_fields(as_, report, stage, chen, sun):
    def change(content):
        for verb in ("dispatch", "decline", "send_up", "send_down", "arbitrate"):
            move_of(content, verb).update(asks=[COST])

    let_in(change)
    case = report(item_code=LAMP)
    page = as_(sun).get(reverse("staff:case", args=[case.pk])).content.decode()
    for verb in ("dispatch", "decline", "send_up"):
        assert f'id="a-{verb}-cost"' in page
