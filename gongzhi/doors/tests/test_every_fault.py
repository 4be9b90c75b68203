"""Every way in meets every fault, or says why it cannot: no cell of the table is empty."""

import pytest

from gongzhi.doors.tests import faults
from gongzhi.doors.tests.faults import MEANINGLESS, SHOWN, Fault, Way
from gongzhi.doors.words import Door


@pytest.mark.parametrize("way", Way)
def test_no_cell_is_missing(way):
    faults.load()
    missing = [f for f in Fault if (way, f) not in MEANINGLESS and not SHOWN.get((way, f))]
    assert missing == [], faults.table()


def test_what_is_said_to_have_no_meaning_is_not_tested_all_the_same():
    faults.load()
    assert [cell for cell in MEANINGLESS if SHOWN.get(cell)] == []
    assert all(len(why) > 10 for why in MEANINGLESS.values())


def test_every_door_is_a_way_in():
    ways = {
        Door.OPEN311: Way.OPEN311, Door.HOTLINE: Way.PUSH, Door.MAILBOX: Way.MAIL,
        Door.WECHAT: Way.WECHAT, Door.WEBHOOK: Way.HOOK, Door.QR: Way.QR, Door.PHONE: Way.PHONE,
    }  # fmt: skip
    assert set(ways) == set(Door)


def test_the_page_of_them_is_fresh():
    faults.load()
    assert faults.PAGE.read_text(encoding="utf-8") == faults.page(), (
        "run python -m gongzhi.doors.tests.faults --write"
    )
