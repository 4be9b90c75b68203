"""Elders to test with, in the first grid."""

import pytest
from django.utils.timezone import now

from gongzhi.care import actions
from gongzhi.care.models import Elder
from gongzhi.care.words import Tie
from gongzhi.sensing import actions as sensing


@pytest.fixture
def at():
    return now()


@pytest.fixture
def make(world, grid_1, li, at):
    """`make("H001")`: an elder with two relatives, in grid_1."""

    def enrol(code: str = "H001", area=grid_1, by=li, **given) -> Elder:
        home = sensing.register_home(
            by=None, code=code, area=area, address="望湖花园3栋2单元501", at=at
        )
        facts = {"name": "王秀英", "phone": "10000000001", "shares_with_family": True, **given}
        elder = actions.enrol(
            by=by, home=home, consented_by="self", consent_ref="2026-017", at=at, **facts
        )
        for n, tie in enumerate((Tie.CHILD, Tie.RELATIVE)):
            phone = f"1000000010{n}"
            actions.add_contact(by=by, elder=elder, name=f"亲属{n}", phone=phone, tie=tie, at=at)
        return elder

    return enrol
