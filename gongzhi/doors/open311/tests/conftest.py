"""A program that may write, and what it reports."""

import pytest

from gongzhi.doors import actions

KEY = "a-key-for-tests"
ROOT = "/open311/v2"


@pytest.fixture
def partner(NOON):
    return actions.admit(by=None, name="城管系统", key=KEY, at=NOON)


@pytest.fixture
def place():
    return {"lat": "31.792", "long": "117.306"}


@pytest.fixture
def some_code(edition):
    return edition.items.order_by("code").first().code
