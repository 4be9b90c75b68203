"""The contract with the city, over HTTP with its simulator: nothing lost, nothing doubled."""

from datetime import timedelta

import pytest
from django.utils.timezone import now

from gongzhi.cases import actions as cases
from gongzhi.cases.models import Case
from gongzhi.doors.conftest import KEY, do_what_is_owed
from gongzhi.doors.hotline import actions
from gongzhi.doors.hotline.fetching import fetch_some
from gongzhi.doors.hotline.models import Order
from gongzhi.doors.hotline.words import Plea, ReturnGround
from gongzhi.doors.models import Answer, Fetch, TurnedAway
from gongzhi.doors.tests.faults import Fault, Way, shows
from gongzhi.doors.tests.outside import eventually, outside
from gongzhi.doors.words import Delivery, Told

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
SIMULATOR = "gongzhi.doors.hotline.simulator"


@pytest.fixture
def simulator(world, city, live_server, tmp_path):
    """The city's side with an order book on disk, pushing to our live server."""
    target = ("--key", KEY, "--target", live_server.url, "--book", str(tmp_path / "book.json"))
    with outside(SIMULATOR, *target) as program:
        city.url = program.url
        city.save()
        yield program


def said_of(simulator, order):
    """What the city's book says was answered for an order, in the order of our answers."""
    answers = simulator.control("book")["answers"].values()
    mine = [a for a in answers if a["order_no"] == order["order_no"]]
    return sorted(mine, key=lambda a: a["answer_id"])


def solve(case, dispatcher, handler, checker, at):
    """Dispatched, accepted, handled, checked, closed."""
    cases.dispatch(by=dispatcher, case=case, to=handler, at=at)
    cases.accept(by=handler, case=case, at=at)
    cases.handle(by=handler, case=case, note="更换灯泡三只，已恢复照明。", at=at)
    cases.approve(by=checker, case=case, at=at)
    cases.close(by=checker, case=case, at=at)


class TestPushed:
    def test_an_order_is_pushed_handled_and_answered(self, simulator, order, chen, li, sun, as_):
        said = simulator.control("order", order(category_code="030301"))
        answer = simulator.control("push", {"order": said})
        assert (answer["status"], answer["said"]["code"]) == (200, 0)
        case, at = Case.objects.get(), now()
        solve(case, chen, li, sun, at)
        cases.rate(by=None, case=case, reporter_ref=case.reporter_ref, stars=5, text="快", at=at)
        do_what_is_owed(at)
        accepted, result, rating = said_of(simulator, said)
        assert (accepted["action"], result["action"], rating["action"]) == (
            "accept", "result", "satisfaction",
        )  # fmt: skip
        assert result["result"] == "更换灯泡三只，已恢复照明。"
        assert result["case_no"] == case.number
        assert (rating["stars"], rating["comment"]) == (5, "快")
        assert set(Answer.objects.values_list("state", flat=True)) == {Delivery.SENT}

    def test_our_answer_is_lost_on_the_way_and_the_city_sends_again(self, simulator, order):
        said = simulator.control("order", order())
        first = simulator.control("push", {"order": said})
        again = simulator.control("push", {"order": said})
        assert (first["said"]["data"]["created"], again["said"]["data"]["created"]) == (True, False)
        assert Case.objects.count() == Order.objects.count() == 1

    def test_the_city_learns_what_is_wrong(self, simulator, order):
        bad = simulator.control("push", {"order": order(category_code="9")})
        late = simulator.control("push", {"order": order(), "faults": {"timestamp": 1_700_000_000}})
        forged = simulator.control("push", {"order": order(), "faults": {"signature": "00"}})
        assert [bad["status"], late["status"], forged["status"]] == [422, 401, 401]
        assert "“9”" in bad["said"]["message"]
        assert not Case.objects.exists()


class TestByHand:
    """A person plays the city at its page."""

    def test_an_order_is_sent_down_and_what_the_district_says_is_shown(self, simulator):
        typed = {"content": "路灯不亮，请维修", "address": "望湖花园东门"}
        page = simulator.play("order", category_code="020101", **typed)
        assert Case.objects.get().number in page
        assert "没有“9”这个代码" in simulator.play("order", category_code="9", **typed)

    def test_a_plea_of_the_district_is_answered(self, simulator, order, chen):
        said = simulator.control("order", order())
        simulator.control("push", {"order": said})
        ours = Order.objects.get()
        actions.ask_extension(by=chen, order=ours, days=3, reason="配件到货需三天", at=now())
        do_what_is_owed(now())
        answer = {"order_no": said["order_no"], "about": "extension", "granted": "yes"}
        page = simulator.play("decide", opinion="同意", **answer)
        assert "延期 3 个工作日" in page
        ours.refresh_from_db()
        assert (ours.extension_plea, ours.opinion) == (Plea.GRANTED, "同意")


class TestFetched:
    def fetch(self, at):
        while fetch_some(at):
            pass

    def test_what_the_list_holds_becomes_cases_and_is_acknowledged(self, simulator, order):
        orders = [simulator.control("order", order()) for _ in range(3)]
        self.fetch(now())
        assert Case.objects.count() == 3
        book = simulator.control("book")
        assert book["taken"] == sorted(o["order_no"] for o in orders)
        assert Fetch.objects.get().cursor == "3"
        self.fetch(now() + timedelta(minutes=2))
        assert Case.objects.count() == 3

    def test_page_after_page(self, simulator, order, monkeypatch):
        from gongzhi.doors.hotline.agreed import agreed

        monkeypatch.setitem(agreed().fetch, "most", 2)
        for _ in range(5):
            simulator.control("order", order())
        self.fetch(now())
        assert Case.objects.count() == 5

    @shows(Way.LIST, Fault.CODE)
    def test_one_bad_order_does_not_hold_up_the_others(self, simulator, order):
        good = simulator.control("order", order())
        unknown = simulator.control("order", order(category_code="9"))
        away = simulator.control("order", order(lng=2.35, lat=48.85))
        last = simulator.control("order", order())
        self.fetch(now())
        book = simulator.control("book")
        assert book["taken"] == sorted([good["order_no"], last["order_no"]])
        assert "“9”" in book["refused"][unknown["order_no"]]
        assert "本区以外" in book["refused"][away["order_no"]]
        assert TurnedAway.objects.count() == 2

    @shows(Way.LIST, Fault.REPLAYED)
    def test_what_was_pushed_as_well_is_one_case(self, simulator, order):
        said = simulator.control("order", order())
        simulator.control("push", {"order": said})
        self.fetch(now())
        assert Case.objects.count() == 1
        assert simulator.control("book")["taken"] == [said["order_no"]]

    def test_a_city_that_is_down_is_asked_again(self, simulator, order):
        said, at = simulator.control("order", order()), now()
        simulator.control("mood", {"mood": "down"})
        self.fetch(at)
        self.fetch(at + timedelta(minutes=2))
        row = Fetch.objects.get()
        assert row.failing_since == at
        assert "503" in row.last_error
        simulator.control("mood", {"mood": "well"})
        self.fetch(at + timedelta(minutes=4))
        row.refresh_from_db()
        assert row.failing_since is None
        assert simulator.control("book")["taken"] == [said["order_no"]]

    def test_the_city_dies_with_our_receipt_in_hand(self, simulator, order):
        said, at = simulator.control("order", order()), now()
        simulator.control("mood", {"mood": "dying"})
        self.fetch(at)
        assert eventually(lambda: simulator.process.poll() is not None)
        assert Fetch.objects.get().cursor == ""
        simulator.stop()
        simulator.start()
        self.fetch(at + timedelta(minutes=2))
        assert Case.objects.count() == 1
        assert simulator.control("book")["taken"] == [said["order_no"]]

    @shows(Way.LIST, Fault.MALFORMED)
    def test_a_list_that_is_none_changes_nothing(self, simulator, order, monkeypatch):
        from gongzhi.doors.hotline import fetching

        for answer in ({}, {"orders": 1, "cursor": "1"}, {"orders": [], "cursor": None}):
            monkeypatch.setattr(fetching, "call", lambda *_, answer=answer: answer)
            Fetch.objects.all().delete()
            assert not fetch_some(now())
            assert Fetch.objects.get().failing_since

    @shows(Way.LIST, Fault.MALFORMED)
    def test_things_that_are_no_orders_are_refused(self, simulator, city):
        from gongzhi.doors.hotline.fetching import take_list

        taken, refused = take_list(["text", None, {}, {"order_no": []}], city, now())
        assert taken == []
        assert len(refused) == 4


class TestAnswered:
    @pytest.fixture
    def pushed(self, simulator, order):
        said = simulator.control("order", order())
        simulator.control("push", {"order": said})
        return said

    @shows(Way.PUSH, Fault.AWAY)
    def test_a_city_that_is_down_for_a_day_hears_everything_in_the_end(
        self, simulator, pushed, order, chen, li, sun
    ):
        other = simulator.control("order", order())
        simulator.control("push", {"order": other})
        simulator.control("mood", {"mood": "down"})
        at = now()
        first, second = Case.objects.order_by("pk")
        cases.dispatch(by=chen, case=first, to=li, at=at)
        cases.dispatch(by=chen, case=second, to=li, at=at)
        for hour in range(25):
            do_what_is_owed(at + timedelta(hours=hour))
        assert set(Answer.objects.values_list("state", flat=True)) == {Delivery.OWED}
        simulator.control("mood", {"mood": "well"})
        do_what_is_owed(at + timedelta(hours=27))
        for one in (pushed, other):
            assert [a["action"] for a in said_of(simulator, one)] == ["accept"]

    @pytest.mark.parametrize("mood", ["hang_up", "forgetful"])
    def test_a_line_that_drops_loses_and_doubles_nothing(self, simulator, pushed, chen, li, mood):
        at = now()
        cases.dispatch(by=chen, case=Case.objects.get(), to=li, at=at)
        simulator.control("mood", {"mood": mood, "times": 1})
        do_what_is_owed(at)
        assert Answer.objects.get().state == Delivery.OWED
        do_what_is_owed(at + timedelta(minutes=1))
        assert Answer.objects.get().state == Delivery.SENT
        assert len(said_of(simulator, pushed)) == 1

    def test_a_city_that_dies_with_our_answer_in_hand(self, simulator, pushed, chen, li):
        at = now()
        cases.dispatch(by=chen, case=Case.objects.get(), to=li, at=at)
        simulator.control("mood", {"mood": "dying"})
        do_what_is_owed(at)
        assert eventually(lambda: simulator.process.poll() is not None)
        assert Answer.objects.get().state == Delivery.OWED
        simulator.stop()
        simulator.start()
        do_what_is_owed(at + timedelta(minutes=1))
        assert Answer.objects.get().state == Delivery.SENT
        assert [a["action"] for a in said_of(simulator, pushed)] == ["accept"]

    def test_we_die_after_sending_and_send_the_same_again(
        self, simulator, pushed, chen, li, monkeypatch
    ):
        from gongzhi.doors import answers

        at = now()
        cases.dispatch(by=chen, case=Case.objects.get(), to=li, at=at)
        back = answers.BACK["hotline"]

        def send_and_die(answer):
            back.send(answer)
            raise SystemExit

        monkeypatch.setitem(answers.BACK, "hotline", answers.Back(back.wants, send_and_die))
        with pytest.raises(SystemExit):
            do_what_is_owed(at)
        monkeypatch.undo()
        do_what_is_owed(at + timedelta(minutes=1))
        assert Answer.objects.get().state == Delivery.SENT
        assert len(said_of(simulator, pushed)) == 1

    def test_a_city_that_says_no_is_left_to_a_person(self, simulator, pushed, chen, li):
        at = now()
        cases.dispatch(by=chen, case=Case.objects.get(), to=li, at=at)
        simulator.control("mood", {"mood": "refusing"})
        for hour in range(10):
            do_what_is_owed(at + timedelta(hours=hour))
        answer = Answer.objects.get()
        assert answer.state == Delivery.DEAD
        assert "格式不符" in answer.last_error

    def test_return_and_extension_go_out_and_decisions_come_in(self, simulator, pushed, chen):
        at, order = now(), Order.objects.get()
        actions.ask_extension(by=chen, order=order, days=5, reason="等待配件到货", at=at)
        actions.ask_return(
            by=chen, order=order, ground=ReturnGround.NOT_OUR_DUTY, reason="属市级职责", at=at
        )
        do_what_is_owed(at)
        extend, back = said_of(simulator, pushed)
        assert (extend["action"], extend["days"], extend["opinion"]) == (
            "extend", 5, "等待配件到货",
        )  # fmt: skip
        assert (back["action"], back["ground"], back["opinion"]) == ("return", "01", "属市级职责")
        answer = simulator.control(
            "decide", {"order_no": order.number, "about": "return", "granted": True}
        )
        assert answer["status"] == 200
        order.refresh_from_db()
        assert order.return_plea == Plea.GRANTED
        assert Case.objects.get().status == "declined"

    def test_an_answer_is_sent_after_the_one_before(self, simulator, order, chen, li, sun):
        at, said = now(), simulator.control("order", order(category_code="030301"))
        simulator.control("push", {"order": said})
        solve(Case.objects.get(), chen, li, sun, at)
        simulator.control("mood", {"mood": "down", "times": 1})
        do_what_is_owed(at)
        assert said_of(simulator, said) == []
        do_what_is_owed(at + timedelta(minutes=1))
        assert [a["action"] for a in said_of(simulator, said)] == ["accept", "result"]
        assert not Answer.objects.exclude(state=Delivery.SENT, told__in=Told.values).exists()
