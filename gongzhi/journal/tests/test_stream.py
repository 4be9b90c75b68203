"""Readers of the stream miss nothing, whatever order transactions end in."""

import threading

import pytest
from django.db import connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from conftest import NOON
from gongzhi.journal import stream
from gongzhi.journal.record import record
from gongzhi.journal.stream import Cursor, cursor_from
from tests.settled import wait_until_settled


def happen(about) -> int:
    with transaction.atomic():
        return record("tests.happened", about=about, by=None, at=NOON).pk


@given(st.integers(0, 2**63 - 1), st.integers(0, 2**63 - 1))
def test_a_cursor_survives_the_wire(xact, pk):
    assert cursor_from(str(Cursor(xact, pk))) == Cursor(xact, pk)


@given(st.text(max_size=60))
def test_whatever_comes_for_a_cursor_is_read_or_ignored(text):
    read = cursor_from(text)
    assert read is None or (read.xact >= 0 and read.id >= 0)


@pytest.mark.parametrize("text", ["", "-", "1-", "-1", "1-2-3", "a-b", "1 -2", "²-1", "-1--1"])
def test_anything_but_two_numbers_is_no_cursor(text):
    assert cursor_from(text) is None


@pytest.mark.django_db(transaction=True)
def test_a_reader_gets_each_event_once_and_in_order(district):
    start = stream.now_at()
    made = [happen(district) for _ in range(5)]
    wait_until_settled()
    seen, cursor = [], start
    while lot := stream.after(cursor, most=2):
        seen += [event.pk for event in lot]
        cursor = stream.place_of(lot[-1])
    assert seen == made
    assert stream.after(stream.now_at()) == []


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_an_event_committed_late_is_not_skipped(district):
    """The first writer takes the smaller number and commits last; no reader may pass it by."""
    if connection.vendor != "postgresql":
        pytest.skip("only PostgreSQL has several writers at once")
    written, may_commit = threading.Event(), threading.Event()
    late: list[int] = []

    def slow_writer() -> None:
        try:
            with transaction.atomic():
                event = record("tests.happened", about=district, by=None, at=NOON)
                late.append(event.pk)
                written.set()
                may_commit.wait(10)
        finally:
            connection.close()

    start = stream.now_at()
    thread = threading.Thread(target=slow_writer)
    thread.start()
    written.wait(10)
    early = happen(district)
    before = [event.pk for event in stream.after(start)]
    may_commit.set()
    thread.join(10)
    wait_until_settled()
    assert early not in before, "something smaller could still come"
    assert {event.pk for event in stream.after(start)} == {early, *late}
