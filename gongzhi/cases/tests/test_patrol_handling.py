"""The phone's forms beside the flow: help answered, time asked for, pressing answered, sent up."""

import re

import pytest
from django.urls import reverse
from django.utils.timezone import now

from gongzhi.cases import actions
from gongzhi.cases.models import Assist, Case, Extension, Supervision
from gongzhi.cases.tests.uploads import photo, upload
from gongzhi.cases.words import SupervisionKind
from gongzhi.kernel.refusals import Overtaken

pytestmark = pytest.mark.django_db
WORDS = "配件明天到货，后天装好。"


@pytest.fixture
def case(stage):
    made = stage("accepted")
    Case.objects.filter(pk=made.pk).update(due_at=now().replace(year=now().year + 1))
    return Case.objects.get(pk=made.pk)


def press(browser, case, name, **fields):
    data = {"text": WORDS, "seen": case.version, **fields}
    return browser.post(reverse(f"patrol:{name}", args=[case.pk]), data, follow=True)


def test_an_assisting_unit_finds_the_case_in_its_list_and_answers(
    as_, case, chen, wu, lighting, NOON
):
    asked = actions.ask_assist(by=chen, case=case, units=[lighting], asked="请查产权", at=NOON)[0]
    assert case.title in as_(wu).get(reverse("patrol:work")).content.decode()
    assert "请查产权" in as_(wu).get(reverse("patrol:case", args=[case.pk])).content.decode()
    press(as_(wu), case, "answer_assist", assist=asked.pk)
    assert Assist.objects.get().answer == WORDS
    assert case.title not in as_(wu).get(reverse("patrol:work")).content.decode()


def test_the_handler_answers_who_presses(as_, case, chen, li, NOON):
    card = actions.supervise(
        by=chen, case=case, kind=SupervisionKind.YELLOW, text="三天没有进展", at=NOON
    )
    page = as_(li).get(reverse("patrol:case", args=[case.pk])).content.decode()
    assert "三天没有进展" in page
    press(as_(li), case, "answer_supervision", supervision=card.pk)
    assert Supervision.objects.get().answer == WORDS


def test_the_handler_asks_for_time_once(as_, case, li):
    press(as_(li), case, "ask_extension", days=3)
    assert Extension.objects.get().days == 3
    page = as_(li).get(reverse("patrol:case", args=[case.pk])).content.decode()
    assert "申请延期" not in page.replace("申请延期</b>", "")


def test_the_handler_sends_up_what_cannot_be_solved(as_, case, li, township):
    assert (
        "已上报滨河街道"
        in press(as_(li), case, "send_up", photos=[upload(photo())]).content.decode()
    )
    case.refresh_from_db()
    assert (case.desk, case.handler) == (township, None)


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("ask_extension", {"days": "soon"}),
        ("ask_extension", {"days": 40}),
        ("send_up", {"text": " "}),
        ("answer_assist", {"assist": ""}),
    ],
)
def test_what_is_missing_is_said(as_, case, li, name, fields):
    assert press(as_(li), case, name, **fields).status_code == 422


def test_what_was_typed_stays_in_its_form_and_in_no_other(as_, case, li):
    """The days are too many: the reason stays, and the other fields for words are empty."""
    page = press(as_(li), case, "ask_extension", days=40).content.decode()
    assert 'value="40"' in page
    assert re.search(rf'id="why"[^>]*>{WORDS}</textarea>', page)
    assert page.count(WORDS) == 1


def test_who_was_overtaken_sends_words_and_photo_again_without_typing(as_, case, li, township):
    """Somebody changed the case; the form is still there, with the version that is there now."""
    seen, browser = case.version, as_(li)
    Case.objects.filter(pk=case.pk).update(version=seen + 1)
    answer = press(browser, case, "send_up", photos=[upload(photo())])
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "您刚才写的还在下面" in page
    assert re.search(rf'id="up"[^>]*>{WORDS}</textarea>', page)
    assert "刚才的 1 张照片已经收到" in page
    kept = re.findall(r'name="kept" value="([^"]+)"', page)
    assert len(kept) == 1
    case.refresh_from_db()
    press(browser, case, "send_up", kept=kept[0])
    case.refresh_from_db()
    assert case.desk == township
    assert case.files.count() == 1


def test_words_for_a_form_that_is_gone_stand_beside_the_sentence(as_, case, li, sun, NOON):
    """The desk has taken the case back meanwhile, and it is no longer in hand."""
    Case.objects.filter(pk=case.pk).update(handler=sun, version=case.version + 1)
    answer = press(as_(li), case, "handle", note=WORDS, photos=[upload(photo())])
    page = answer.content.decode()
    assert (answer.status_code, "提交处置结果" in page) == (403, False)
    assert f"<blockquote>{WORDS}</blockquote>" in page


def test_words_for_a_case_out_of_sight_are_not_lost_either(as_, case, li, chen, monkeypatch):
    """It was taken away between the look at it and the step."""

    def taken(**_said):
        Case.objects.update(area=chen.held[0].area, handler=chen)
        raise Overtaken("有人先一步处理了。")

    monkeypatch.setattr(actions, "contact", taken)
    answer = press(as_(li), case, "contact")
    assert answer.status_code == 409
    assert f"<blockquote>{WORDS}</blockquote>" in answer.content.decode()


def test_others_things_are_not_there(as_, case, stage, li, chen, lighting, NOON):
    other = stage("accepted")
    asked = actions.ask_assist(by=chen, case=other, units=[lighting], asked="请查产权", at=NOON)[0]
    assert press(as_(li), case, "answer_assist", assist=asked.pk).status_code == 404
