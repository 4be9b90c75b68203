"""The city as a partner, and orders as it writes them."""

from itertools import count

import pytest

from gongzhi.doors import actions
from gongzhi.doors.conftest import KEY
from gongzhi.doors.hotline.models import Order
from gongzhi.doors.words import Door

_numbers = count(1)


@pytest.fixture
def city(db, NOON):
    """The city's hotline as an admitted partner without an address."""
    return actions.admit(
        by=None, name="市12345热线", code="hotline", key=KEY, door=Door.HOTLINE, at=NOON
    )


@pytest.fixture
def order():
    """`order(content="…")`: an order as the city sends it, each with its own number."""

    def make(**changes):
        said = {
            "order_no": f"HF20260304{next(_numbers):04d}",
            "created_at": "2026-03-04 11:40:00",
            "title": "路灯不亮",
            "content": "市民来电反映：小区东门路灯不亮，晚上看不见路，请尽快维修。",
            "appeal_type": "投诉",
            "category_code": "020101",
            "caller": {"name": "张某某", "phone": "10012345678"},
            "address": "望湖花园东门",
            "lng": 117.3117,
            "lat": 31.7899,
            **changes,
        }
        return {name: value for name, value in said.items() if value is not None}

    return make


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
