"""Everyone who may come in over HTTP, admitted under one key."""

import pytest

from gongzhi.doors import actions
from gongzhi.doors.conftest import KEY
from gongzhi.doors.qr.actions import Spot, make_codes
from gongzhi.doors.qr.words import Kind
from gongzhi.doors.words import Door

PER_MINUTE = 1_000_000


@pytest.fixture
def everyone(world, edition, sun, NOON):
    """Admits a partner for each door that has them; gives the token of a printed code."""
    for n, (code, door) in enumerate(
        (("app", Door.OPEN311), ("hotline", Door.HOTLINE), ("city_management", Door.WEBHOOK),
         ("exchange", Door.PHONE))
    ):  # fmt: skip
        partner = actions.admit(by=None, name=code, code=code, key=f"k{n}", door=door, at=NOON)
        partner.secret = KEY if partner.secret else ""
        partner.per_minute = PER_MINUTE
        if door == Door.OPEN311:
            from gongzhi.doors.models import digest_of

            partner.key_digest = digest_of(KEY)
        partner.save()
    spot = Spot(Kind.LAMP_POST, "路灯WH-0777", 117.306, 31.792)
    [code] = make_codes(by=sun, spots=[spot], item_code="02001", at=NOON)
    return code.token
