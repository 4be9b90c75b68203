"""The phone system as a partner, and as a program of its own."""

import pytest

from gongzhi.doors import actions as doors
from gongzhi.doors.conftest import KEY
from gongzhi.doors.phone import actions
from gongzhi.doors.phone.models import Call
from gongzhi.doors.phone.words import Moment
from gongzhi.doors.tests.outside import outside
from gongzhi.doors.words import Door

CALLER = "13800000001"


@pytest.fixture
def exchange_partner(db, NOON):
    """The phone system as an admitted partner."""
    return doors.admit(by=None, name="话务系统", code="exchange", key=KEY, door=Door.PHONE, at=NOON)


@pytest.fixture
def exchange(world, live_server, exchange_partner):
    """The phone system itself."""
    args = ("--key", KEY, "--target", live_server.url)
    with outside("gongzhi.doors.phone.simulator", *args) as program:
        yield program


@pytest.fixture
def ring(world, exchange_partner, NOON):
    """`ring("c1")`: a call that was answered at seat 801; any field may be given."""

    def happen(number="c1", *moments, caller=CALLER, line="12319", seat="801", at=None):
        told = [
            actions.Told(number, moment, at or NOON, caller=caller, line=line, seat=seat)
            for moment in moments or (Moment.RINGING, Moment.ANSWERED)
        ]
        for one in told:
            actions.note_many(by=None, told=[one], partner=exchange_partner, at=at or NOON)
        return Call.objects.select_related("partner", "area").get(external_id=number)

    return happen
