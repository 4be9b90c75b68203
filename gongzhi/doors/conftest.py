"""What tests of all doors use: signed calls, and work done as the worker does it."""

import json
import time
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from gongzhi.doors import answers, signing
from gongzhi.journal.record import run_one

KEY = "a-key-that-both-sides-know"


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
