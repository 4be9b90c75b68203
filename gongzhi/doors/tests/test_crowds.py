"""Ten thousand at once, by every way in: none lost, none doubled, and no query for each.

The suite makes smaller crowds; `python -m bench doors` makes them whole.
"""

import random
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections
from django.utils.timezone import now

from gongzhi.cases.models import Case
from gongzhi.doors.conftest import do_what_is_owed
from gongzhi.doors.hotline import drops
from gongzhi.doors.hotline.fetching import take_list
from gongzhi.doors.hotline.models import Order
from gongzhi.doors.hotline.sheets import read_table
from gongzhi.doors.hotline.tests.test_files import csv_of, row
from gongzhi.doors.models import Entry
from gongzhi.doors.phone.models import Call
from gongzhi.doors.tests.calls import call_of, send, visitor
from gongzhi.doors.tests.crowd import CALLS, MANY
from gongzhi.doors.tests.faults import Fault, Way, shows
from gongzhi.doors.words import Door

OVER_HTTP = (Way.OPEN311, Way.PUSH, Way.HOOK, Way.PHONE, Way.QR)


def _shown(test):
    for way in OVER_HTTP:
        shows(way, Fault.CROWD)(test)
    return test


@_shown
@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_calls_by_every_door_each_sent_twice_by_eight_at_once(everyone, live_server, settings):
    settings.REPORTS_PER_ADDRESS = settings.REPORTS_PER_REPORTER = 10**6
    sent = [(way, f"{n:09d}") for way in OVER_HTTP for n in range(CALLS)] * 2
    random.Random(7).shuffle(sent)

    who = visitor(live_server.url, everyone)

    def say(one):
        way, number = one
        return one, send(live_server.url, call_of(way, number, who))

    with ThreadPoolExecutor(8) as crowd:
        said = list(crowd.map(say, sent))
    connections.close_all()
    assert {status for (way, _n), (status, _text) in said if way != Way.QR} == {200}
    assert {status for (way, _n), (status, _text) in said if way == Way.QR} == {302}
    for door in (Door.OPEN311, Door.HOTLINE, Door.WEBHOOK):
        assert Entry.objects.filter(door=door).count() == CALLS
    assert Call.objects.count() == CALLS
    assert Case.objects.count() == 4 * CALLS
    open311 = {(n, text) for (way, n), (_status, text) in said if way == Way.OPEN311}
    assert len(open311) == CALLS  # both were given the same number
    do_what_is_owed(now())
    assert Entry.objects.filter(door=Door.QR).count() == CALLS


@shows(Way.LIST, Fault.CROWD)
@pytest.mark.django_db
def test_a_long_list_of_orders_and_the_same_again(
    world, city, order, django_assert_max_num_queries
):
    orders = [order() for _ in range(MANY)]
    with django_assert_max_num_queries(60 + MANY // 25):
        taken, refused = take_list(orders, city, now())
    assert (len(taken), refused) == (MANY, [])
    take_list(orders[::10], city, now())
    assert Case.objects.count() == Entry.objects.count() == Order.objects.count() == MANY


@shows(Way.FILE, Fault.CROWD, Fault.REPLAYED)
@pytest.mark.django_db
def test_a_long_file_of_orders_and_the_same_again(world, NOON, django_assert_max_num_queries):
    content = csv_of(*[row(f"HF-{n}", text=f"{n}号楼前路灯不亮") for n in range(MANY)])
    rows = read_table(content, known=drops.headings(), most=drops.BY_COMMAND)
    batches = 2 * MANY // drops.BATCH  # each tried and taken in: about thirty queries, however long
    with django_assert_max_num_queries(100 + 32 * batches):
        tried = drops.try_rows(rows, at=NOON)
        assert drops.take_all(tried, by=None, at=NOON) == MANY
    again = drops.try_rows(rows[::10], at=NOON)
    assert (again.fresh, again.known) == (0, MANY // 10)
    assert drops.take_all(again, by=None, at=NOON) == 0
    assert Case.objects.count() == Entry.objects.count() == Order.objects.count() == MANY
