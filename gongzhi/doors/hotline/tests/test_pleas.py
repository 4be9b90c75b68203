"""Receipt, return within two working days, one extension, and what the city decides on them."""

from datetime import timedelta

import pytest

from gongzhi.cases import actions as cases
from gongzhi.cases.models import Case
from gongzhi.cases.words import ReturnGround as CaseGround
from gongzhi.cases.words import Status
from gongzhi.doors.hotline import actions
from gongzhi.doors.hotline.actions import Decision
from gongzhi.doors.hotline.models import Order
from gongzhi.doors.hotline.words import About, Plea, ReturnGround
from gongzhi.doors.models import Answer
from gongzhi.doors.words import Told
from gongzhi.journal.models import Event
from gongzhi.journal.record import run_one
from gongzhi.kernel.refusals import NotAllowed, NotPossible, NotUnderstood

pytestmark = pytest.mark.django_db
REASON = "该路段由市政园林集团管养，不在本区范围。"


@pytest.fixture
def taken(taken_at_noon):
    """An order that came at NOON, a Wednesday."""
    return taken_at_noon


def told():
    return list(Answer.objects.order_by("pk").values_list("told", flat=True))


def errands(at):
    while run_one(at=at):
        pass


def test_the_clocks_of_an_order(taken, NOON):
    order = taken()
    assert order.receive_by == NOON + timedelta(hours=21)  # three hours today, one tomorrow at 8
    assert (order.return_by.day, order.due_at.day) == (6, 11)  # Friday; Wednesday next


class TestReceipt:
    def test_signing_for_it_tells_the_city_once(self, taken, sun, NOON):
        order = actions.receive(by=sun, order=taken(), at=NOON)
        assert order.received_at == NOON
        assert told() == [Told.ACCEPTED]
        with pytest.raises(NotPossible):
            actions.receive(by=sun, order=order, at=NOON)

    def test_dispatching_it_is_receiving_it(self, taken, chen, li, NOON):
        order = taken()
        cases.dispatch(by=chen, case=order.case, to=li, at=NOON)
        cases.dispatch(by=chen, case=order.case, to=li, at=NOON)
        errands(NOON)
        order.refresh_from_db()
        assert order.received_at == NOON
        assert told() == [Told.ACCEPTED]

    def test_dispatching_after_signing_tells_nothing_twice(self, taken, chen, li, NOON):
        order = taken()
        actions.receive(by=chen, order=order, at=NOON)
        cases.dispatch(by=chen, case=order.case, to=li, at=NOON)
        errands(NOON)
        assert told() == [Told.ACCEPTED]

    def test_only_who_dispatches_there_may(self, taken, gu, wang, NOON):
        for person in (gu, wang):
            with pytest.raises(NotAllowed):
                actions.receive(by=person, order=taken(), at=NOON)


class TestReturn:
    def ask(self, order, by, at, reason=REASON):
        return actions.ask_return(
            by=by, order=order, ground=ReturnGround.NOT_OUR_AREA, reason=reason, at=at
        )

    def test_the_city_is_asked_with_ground_and_reason(self, taken, chen, NOON):
        order = self.ask(taken(), chen, NOON)
        assert order.return_plea == Plea.ASKED
        event = Event.objects.get(name="hotline.return_asked")
        assert event.facts == {"ground": "not_our_area"}
        assert event.remark.text == REASON
        assert told() == [Told.RETURNED]

    def test_granted_it_ends_the_case_and_the_city_is_not_told_what_it_decided(
        self, taken, chen, NOON
    ):
        order = self.ask(taken(), chen, NOON)
        actions.decide(by=None, order=order, decision=Decision(About.RETURN, granted=True), at=NOON)
        errands(NOON)
        case = Case.objects.get()
        assert case.status == Status.DECLINED
        assert "退回市热线" in case.remarks.last().text
        assert told() == [Told.RETURNED]

    def test_the_case_tells_the_desk_all_of_it(self, taken, chen, as_, NOON):
        order = self.ask(taken(), chen, NOON)
        decision = Decision(About.RETURN, granted=False, opinion="属于你区。")
        actions.decide(by=None, order=order, decision=decision, at=NOON)
        page = as_(chen).get(f"/desk/cases/{order.case.pk}/").content.decode()
        assert "申请退回市热线" in page
        assert REASON in page
        assert "市热线不同意退回" in page
        assert REASON not in as_(None).get(f"/track/{order.case.number}/").content.decode()

    def test_refused_the_case_goes_on(self, taken, chen, li, NOON):
        order = self.ask(taken(), chen, NOON)
        decision = Decision(About.RETURN, granted=False, opinion="属于你区，请办理。")
        order = actions.decide(by=None, order=order, decision=decision, at=NOON)
        assert (order.return_plea, order.opinion) == (Plea.REFUSED, "属于你区，请办理。")
        cases.dispatch(by=chen, case=order.case, to=li, at=NOON)
        with pytest.raises(NotPossible, match="派出"):
            self.ask(order, chen, NOON)

    def test_granted_after_somebody_took_it_on_it_goes_on(self, taken, chen, li, NOON):
        order = self.ask(taken(), chen, NOON)
        cases.dispatch(by=chen, case=order.case, to=li, at=NOON)
        actions.decide(by=None, order=order, decision=Decision(About.RETURN, granted=True), at=NOON)
        assert Case.objects.get().status == Status.DISPATCHED

    def test_after_two_working_days_it_is_too_late(self, taken, chen, NOON):
        order = taken()
        with pytest.raises(NotPossible, match="超过退回期限"):
            self.ask(order, chen, order.return_by + timedelta(seconds=1))
        self.ask(order, chen, order.return_by)

    def test_only_once_and_with_words(self, taken, chen, NOON):
        order = taken()
        with pytest.raises(NotUnderstood):
            self.ask(order, chen, NOON, reason="不")
        self.ask(order, chen, NOON)
        with pytest.raises(NotPossible, match="申请过"):
            self.ask(order, chen, NOON)
        assert told() == [Told.RETURNED]

    def test_an_internal_return_is_no_return_to_the_city(self, taken, chen, li, NOON):
        order = taken()
        cases.dispatch(by=chen, case=order.case, to=li, at=NOON)
        case = order.case
        cases.return_to_sender(
            by=li, case=case, ground=CaseGround.PLACE_UNCLEAR, reason="找不到这个地方", at=NOON
        )
        errands(NOON)
        assert told() == [Told.ACCEPTED]
        case.refresh_from_db()
        order = Order.objects.get(pk=order.pk)
        self.ask(order, chen, NOON)
        assert told() == [Told.ACCEPTED, Told.RETURNED]


class TestExtension:
    def ask(self, order, by, at, days=10):
        return actions.ask_extension(by=by, order=order, days=days, reason="等待配件到货", at=at)

    def test_granted_it_moves_the_deadline_by_working_days(self, taken, chen, NOON):
        order = self.ask(taken(), chen, NOON)
        assert told() == [Told.EXTENSION]
        order = actions.decide(
            by=None, order=order, decision=Decision(About.EXTENSION, granted=True), at=NOON
        )
        assert (order.due_at.month, order.due_at.day) == (3, 25)

    def test_the_citys_own_date_counts(self, taken, chen, NOON):
        order = self.ask(taken(), chen, NOON)
        day = NOON + timedelta(days=9)
        decision = Decision(About.EXTENSION, granted=True, due_at=day)
        order = actions.decide(by=None, order=order, decision=decision, at=NOON)
        assert order.due_at == day

    @pytest.mark.parametrize("days", [0, 11, -1])
    def test_ten_days_at_most(self, taken, chen, NOON, days):
        with pytest.raises(NotUnderstood):
            self.ask(taken(), chen, NOON, days=days)

    def test_once_in_time_and_while_open(self, taken, chen, NOON):
        order = taken()
        with pytest.raises(NotPossible, match="超过办结期限"):
            self.ask(order, chen, order.due_at + timedelta(seconds=1))
        self.ask(order, chen, NOON)
        with pytest.raises(NotPossible, match="申请过"):
            self.ask(order, chen, NOON)


class TestDecisionsOfTheCity:
    def test_by_signed_call_and_the_same_again_changes_nothing(self, taken, chen, signed, NOON):
        order = TestExtension().ask(taken(), chen, NOON)
        said = {"order_no": order.number, "about": "extension", "granted": True}
        for _ in range(2):
            answer = signed("/hooks/hotline/decisions", said, partner="hotline")
            assert answer.json()["code"] == 0, answer.json()
        assert Event.objects.filter(name="hotline.extension_granted").count() == 1

    @pytest.mark.parametrize(
        ("changes", "status", "words"),
        [
            ({"order_no": "HF-0"}, 404, "没有编号"),
            ({"order_no": None}, 404, "没有编号"),
            ({"about": "colour"}, 422, "about"),
            ({"granted": "yes"}, 422, "granted"),
            ({"deadline": "某天"}, 422, "不是时间"),
            ({"about": "return"}, 409, "没有待答复"),
        ],
    )
    def test_what_is_wrong_is_said(self, taken, chen, signed, NOON, changes, status, words):
        order = TestExtension().ask(taken(), chen, NOON)
        said = {"order_no": order.number, "about": "extension", "granted": True, **changes}
        answer = signed("/hooks/hotline/decisions", said, partner="hotline")
        assert answer.status_code == status
        assert words in answer.json()["message"]

    def test_the_other_decision_afterwards_is_too_late(self, taken, chen, NOON):
        order = TestExtension().ask(taken(), chen, NOON)
        actions.decide(
            by=None, order=order, decision=Decision(About.EXTENSION, granted=True), at=NOON
        )
        with pytest.raises(NotPossible):
            actions.decide(
                by=None, order=order, decision=Decision(About.EXTENSION, granted=False), at=NOON
            )
