"""Service orders: only to vetted providers, done once, asked about afterwards."""

import pytest

from gongzhi.doors.phone import actions
from gongzhi.doors.phone.models import Provider, ServiceOrder
from gongzhi.doors.phone.words import OrderState, Result
from gongzhi.journal.models import Event
from gongzhi.kernel.refusals import NotAllowed, NotPossible, NotUnderstood, Overtaken

pytestmark = pytest.mark.django_db


@pytest.fixture
def plumber(world, he, district, NOON):
    return actions.vet_provider(
        by=he, name="惠民水电", phone="0551-6000001", kinds=["plumbing"], area=district, at=NOON
    )


@pytest.fixture
def order(ring, plumber, he, NOON):
    call = ring(line="96345")
    wish = actions.Wish("plumbing", "厨房水管漏水", "望湖花园3栋501", "陈芳", "13800000001")
    return actions.place_order(by=he, call=call, wish=wish, provider=plumber, at=NOON)


def test_an_order_goes_from_the_call_to_the_household_and_back(ring, plumber, he, as_):
    call, desk = ring(line="96345"), as_(he)
    page = desk.get(f"/desk/phone/{call.pk}/").content.decode()
    assert "惠民水电" in page
    said = {
        "kind": "plumbing", "provider": plumber.pk, "text": "厨房水管漏水",
        "address": "望湖花园3栋501", "contact_name": "陈芳",
    }  # fmt: skip
    assert desk.post(f"/desk/phone/{call.pk}/order/", said).status_code == 302
    order = ServiceOrder.objects.get()
    assert (order.state, order.contact_phone) == (OrderState.PLACED, "13800000001")
    call.refresh_from_db()
    assert call.result == Result.SERVICE
    assert "厨房水管漏水" in desk.get("/desk/phone/orders/").content.decode()
    assert desk.post(f"/desk/phone/orders/{order.pk}/", {"step": "done"}).status_code == 302
    bare = {"satisfaction": "unsatisfied"}
    assert desk.post(f"/desk/phone/orders/{order.pk}/", bare).status_code == 422
    rated = {"satisfaction": "satisfied", "note": "来得快"}
    assert desk.post(f"/desk/phone/orders/{order.pk}/", rated).status_code == 302
    order.refresh_from_db()
    assert (order.state, order.satisfaction) == (OrderState.RATED, "satisfied")
    assert "1/1" in desk.get("/desk/phone/providers/").content.decode()
    events = Event.objects.filter(name__startswith="phone.order").order_by("pk")
    told = events.values_list("name", flat=True)
    assert list(told) == ["phone.order_placed", "phone.order_done", "phone.order_rated"]


def test_ordered_twice_in_a_call_it_is_one_order(order, plumber, he, NOON):
    wish = actions.Wish("plumbing", "同一件", "望湖花园3栋501")
    again = actions.place_order(by=he, call=order.call, wish=wish, provider=plumber, at=NOON)
    assert again == order
    assert ServiceOrder.objects.count() == 1


def test_of_two_who_finish_an_order_the_second_is_told(order, he, NOON):
    actions.finish_order(by=he, order=order, note="", at=NOON)
    with pytest.raises(Overtaken):
        actions.cancel_order(by=he, order=order, note="", at=NOON)


def test_only_a_vetted_active_provider_of_that_kind_gets_an_order(ring, plumber, he, NOON):
    call = ring(line="96345")
    with pytest.raises(NotPossible, match="另选一家"):
        actions.place_order(
            by=he, call=call, wish=actions.Wish("lock", "", "3栋"), provider=plumber, at=NOON
        )
    actions.stop_provider(by=he, provider=plumber, at=NOON)
    with pytest.raises(NotPossible):
        actions.place_order(
            by=he, call=call, wish=actions.Wish("plumbing", "", "3栋"), provider=plumber, at=NOON
        )
    assert not ServiceOrder.objects.exists()


def test_an_order_without_an_address_is_not_placed(ring, plumber, he, NOON):
    with pytest.raises(NotUnderstood, match="上门地址"):
        actions.place_order(
            by=he, call=ring(), wish=actions.Wish("plumbing", "x", " "), provider=plumber, at=NOON
        )


def test_vetting_says_what_is_missing_and_who_may(world, he, gu, wang, district, as_, NOON):
    desk = as_(he)
    for said, words in (
        ({"name": "x", "phone": "1", "kinds": "plumbing"}, "名称"),
        ({"name": "惠民水电", "phone": "call me", "kinds": "plumbing"}, "电话"),
        ({"name": "惠民水电", "phone": "0551-6000001"}, "至少选择一种"),
    ):
        answer = desk.post("/desk/phone/providers/", said)
        assert answer.status_code == 422
        assert words in answer.content.decode()
    good = {"name": "惠民水电", "phone": "0551-6000001", "kinds": ["plumbing", "lock"]}
    assert desk.post("/desk/phone/providers/", good).status_code == 302
    assert Provider.objects.get().kinds == ["lock", "plumbing"]
    with pytest.raises(NotAllowed):
        actions.vet_provider(
            by=gu, name="别家", phone="0551-6000002", kinds=["lock"], area=district, at=NOON
        )
    assert as_(wang).get("/desk/phone/providers/").status_code == 403


def test_households_of_another_desk_are_not_shown(order, gu, as_):
    assert "望湖花园" not in as_(gu).get("/desk/phone/orders/").content.decode()
    assert as_(gu).post(f"/desk/phone/orders/{order.pk}/", {"step": "done"}).status_code == 404
