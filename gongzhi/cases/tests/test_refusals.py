"""Six classes of refusals: answered and counted without the whole form; danger stops every form."""

from uuid import uuid4

import pytest
from django.db import connection
from django.urls import reverse
from django.utils.timezone import now

from conftest import HERE, NOON
from gongzhi.cases import actions
from gongzhi.cases.models import Case, TurnedAway
from gongzhi.cases.words import DeclineGround, Source
from gongzhi.journal.models import Event
from gongzhi.kernel.refusals import NotAllowed, NotUnderstood

pytestmark = pytest.mark.django_db
GAS = "楼道里闻到煤气味，很浓"
ANSWER = "已说明不属于受理范围，请走诉讼程序。"


def turn(by, **more):
    given = {
        "ground": DeclineGround.IN_PROCEEDINGS,
        "what": "邻居打官司的事",
        "answer": ANSWER,
        "source": Source.HOTLINE,
        "at": NOON,
    }
    return actions.turn_away(by=by, **{**given, **more})


@pytest.mark.parametrize("ground", DeclineGround)
def test_each_of_the_six_is_answered_and_counted_without_a_case(world, chen, report, ground):
    before = report() if ground == DeclineGround.REPEATED else None
    row = turn(chen, ground=ground, case=before)
    assert (row.ground, row.answer, row.case) == (ground, ANSWER, before)
    event = Event.objects.get(name="cases.turned_away")
    assert event.facts == {"ground": ground.value, "source": "hotline"}
    assert Case.objects.count() == bool(before)


def test_what_it_was_about_is_sealed(world, chen):
    turn(chen, what="张三欠我钱")
    with connection.cursor() as cursor:
        cursor.execute("SELECT what FROM cases_turnedaway")
        assert "张三" not in cursor.fetchone()[0]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"what": " "}, "什么事"),
        ({"answer": ""}, "怎样答复"),
        ({"what": "长" * 201}, "太长"),
        ({"ground": DeclineGround.REPEATED}, "案件编号"),
    ],
)
def test_a_refusal_without_answer_or_reason_is_none(world, chen, change, sentence):
    with pytest.raises(NotUnderstood, match=sentence):
        turn(chen, **change)
    assert not TurnedAway.objects.exists()


@pytest.mark.parametrize("who", ["wang", "li", "wu", "qian", "shen", "guan"])
def test_only_a_desk_refuses(request, world, who):
    with pytest.raises(NotAllowed):
        turn(request.getfixturevalue(who))


# ── danger stops the form ─────────────────────────────────────────────────


def send(browser, **more):
    data = {"key": str(uuid4()), "text": GAS, "lng": HERE[0], "lat": HERE[1], **more}
    return browser.post(reverse("pocket:report"), data)


def test_the_residents_form_stops_shows_the_number_and_goes_on_when_safe(as_, world):
    stranger, key = as_(None), str(uuid4())
    stopped = send(stranger, key=key)
    page = stopped.content.decode()
    assert stopped.status_code == 422
    assert 'href="tel:119"' in page
    assert GAS in page
    assert 'name="safe"' in page
    assert not Case.objects.exists()
    row = TurnedAway.objects.get()
    assert (row.ground, row.call, row.what, row.by) == ("emergency", "119", "", None)
    assert send(stranger, key=key, safe="1").status_code == 302
    assert Case.objects.get().grade == "urgent"


def test_the_desks_form_stops_too_until_the_caller_was_told(as_, world, chen):
    url, key = reverse("staff:register"), str(uuid4())
    data = {"key": key, "source": "hotline", "text": GAS, "address": "望湖花园3栋"}
    stopped = as_(chen).post(url, data)
    assert (stopped.status_code, "tel:119" in stopped.content.decode()) == (422, True)
    assert not Case.objects.exists()
    assert TurnedAway.objects.get().by == chen
    assert as_(chen).post(url, {**data, "safe": "1"}).status_code == 201
    assert Case.objects.get().grade == "urgent"


def test_an_app_that_asks_first_is_stopped_with_the_number(client, world):
    body = {"key": str(uuid4()), "text": GAS, "lng": HERE[0], "lat": HERE[1], "confirmed": False}
    headers = {"X-Device-Token": "a" * 40}
    given = {"content_type": "application/json", "headers": headers}
    answer = client.post("/api/v1/reports", body, **given)
    assert answer.status_code == 422
    assert "119" in answer.content.decode()
    assert not Case.objects.exists()
    taken = client.post("/api/v1/reports", {**body, "confirmed": True}, **given)
    assert taken.status_code == 201
    assert taken.json()["emergency"]["call"] == "119"


# ── the page ──────────────────────────────────────────────────────────────


def test_refused_in_one_short_form_and_counted_with_declined_cases(as_, report, chen, sun):
    url, desk = reverse("staff:refusals"), as_(chen)
    nothing = desk.get(url).content.decode()
    assert ("<td>—</td>" in nothing, "0%" in nothing) == (True, False)
    case = report()
    ground = DeclineGround.BEYOND_DUTY
    actions.decline(by=chen, case=case, ground=ground, answer=ANSWER, at=NOON)
    Case.objects.update(ended_at=now())
    data = {"ground": "beyond_duty", "source": "visit", "what": "私人借款", "answer": ANSWER}
    page = desk.post(url, data, follow=True).content.decode()
    assert "已记录并计数" in page
    assert '<td class="mono" id="total">2</td>' in page
    assert "私人借款" in page
    repeated = desk.post(url, {**data, "ground": "repeated"})
    assert (repeated.status_code, "案件编号" in repeated.content.decode()) == (422, True)
    named = desk.post(url, {**data, "ground": "repeated", "number": case.number}, follow=True)
    assert case.number in named.content.decode()
    assert desk.post(url, {**data, "ground": "repeated", "number": "GZ1"}).status_code == 422
    assert desk.post(url, {**data, "ground": "boredom"}).status_code == 422


def test_another_sub_district_does_not_read_them(as_, world, chen, gu):
    turn(chen, what="只归滨河街道", at=now())
    assert "只归滨河街道" in as_(chen).get(reverse("staff:refusals")).content.decode()
    assert "只归滨河街道" not in as_(gu).get(reverse("staff:refusals")).content.decode()
