"""What tests of all doors use: signed calls, and work done as the worker does it."""

import json
import time
from collections.abc import Callable
from itertools import count
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils.timezone import now

from gongzhi.doors import actions, answers, signing
from gongzhi.doors.words import Door
from gongzhi.journal.record import run_one

KEY = "a-key-that-both-sides-know"
_numbers = count(1)


def do_what_is_owed(at: Any) -> None:
    """Errands and answers, as a worker does them."""
    while run_one(at=at):
        pass
    while answers.deliver_one(at):
        pass


@pytest.fixture
def work() -> Callable[[Any], None]:
    """`work(NOON)`: everything that is owed by then is done."""
    return do_what_is_owed


@pytest.fixture
def signed(client: Client) -> Callable[..., Any]:
    """`signed("/hooks/…", {...}, partner="city")`: a call as a partner signs it.

    `stamp`, `nonce`, `key`, `body` and `signature` spoil it.
    """

    def call(path: str, says: Any = None, *, partner: str, **spoilt: Any) -> Any:
        body = spoilt.get("body", json.dumps(says, ensure_ascii=False).encode())
        headers = signing.headers(
            spoilt.get("key", KEY),
            partner=partner,
            timestamp=spoilt.get("stamp", int(time.time())),
            nonce=spoilt.get("nonce", uuid4().hex),
            method="POST",
            path=path,
            body=body,
        )
        if "signature" in spoilt:
            headers[signing.SIGNATURE] = spoilt["signature"]
        return client.post(path, body, content_type="application/json", headers=headers)

    return call


@pytest.fixture
def city(db: None) -> Any:
    """The city's hotline as an admitted partner without an address."""
    return actions.admit(
        by=None, name="市12345热线", code="hotline", key=KEY, door=Door.HOTLINE, at=now()
    )


@pytest.fixture
def order() -> Callable[..., dict[str, Any]]:
    """`order(content="…")`: an order as the city sends it, each with its own number."""

    def make(**changes: Any) -> dict[str, Any]:
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
