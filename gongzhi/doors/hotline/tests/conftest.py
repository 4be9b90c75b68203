"""Orders pushed by the city, and taken in."""

import pytest

from gongzhi.doors.hotline.models import Order


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
