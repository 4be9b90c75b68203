"""Orders pushed by the city, and taken in."""

import pytest

from gongzhi.doors.hotline import actions
from gongzhi.doors.hotline.agreed import agreed
from gongzhi.doors.hotline.models import Order
from gongzhi.doors.readings import read_matter
from gongzhi.doors.whereabouts import Gazetteer
from gongzhi.doors.words import Door


@pytest.fixture
def push(signed, city):
    """`push(order())`: the answer to an order pushed by the city."""

    def send(said=None, **spoilt):
        return signed("/hooks/hotline/orders", said, partner="hotline", **spoilt)

    return send


@pytest.fixture
def taken(world, push, order):
    """`taken()`: an order that was pushed and taken in."""

    def take(**changes):
        answer = push(order(**changes))
        assert answer.status_code == 200, answer.json()
        return Order.objects.get(entry__external_id=answer.json()["data"]["order_no"])

    return take


@pytest.fixture
def taken_at_noon(world, city, order, NOON):
    """`taken_at_noon()`: an order taken in at NOON, from a city that has an address."""
    city.url = "http://127.0.0.1:1"
    city.save()

    def take(**changes):
        reading = read_matter(
            order(**changes), agreed().layout, door=Door.HOTLINE, source="hotline",
            names=Gazetteer(),
        )  # fmt: skip
        [one] = actions.take_orders(by=None, readings=[reading], partner=city, at=NOON)
        return Order.objects.get(entry=one.entry)

    return take
