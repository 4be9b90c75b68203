"""Many threads' single writes become few plural ones, and each gets its own answer."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, connections

from gongzhi.kernel.gather import Gather


def noting(batches, *, seconds):
    """A slow write that notes how many came together, and answers each with itself."""

    def write(items):
        batches.append(len(items))
        time.sleep(seconds)
        return items

    return write


def test_each_gets_its_own_answer_and_batches_form_behind_a_slow_write():
    batches = []

    def write(items):
        batches.append(len(items))
        time.sleep(0.005)
        return [item * 2 for item in items]

    gather = Gather(write)
    with ThreadPoolExecutor(16) as pool:
        assert list(pool.map(gather.submit, range(400))) == [n * 2 for n in range(400)]
    assert sum(batches) == 400
    assert len(batches) < 200


def test_a_lone_client_is_written_at_once_and_alone():
    batches = []
    gather = Gather(lambda items: batches.append(len(items)) or items)
    assert [gather.submit(n) for n in range(5)] == list(range(5))
    assert batches == [1] * 5


def test_a_bad_item_fails_alone():
    gate = threading.Event()

    def write(items):
        gate.wait(5)
        if "bad" in items:
            raise ValueError("bad item")
        return [item.upper() for item in items]

    gather = Gather(write)
    with ThreadPoolExecutor(8) as pool:
        jobs = {text: pool.submit(gather.submit, text) for text in ("a", "b", "bad", "c")}
        time.sleep(0.05)
        gate.set()
        assert [jobs[text].result(5) for text in ("a", "b", "c")] == ["A", "B", "C"]
        with pytest.raises(ValueError, match="bad item"):
            jobs["bad"].result(5)


def test_what_fails_together_is_tried_again_by_its_owner():
    """So that each is refused in the language of whoever asked, on a connection of their own."""
    gate, writers = threading.Event(), {}

    def write(items):
        gate.wait(5)
        if len(items) > 1:
            raise ValueError("one of them is bad")
        writers[items[0]] = threading.current_thread().name
        return items

    gather = Gather(write)

    def bring(item):
        return gather.submit(item), threading.current_thread().name

    with ThreadPoolExecutor(6) as pool:
        jobs = [pool.submit(bring, n) for n in range(6)]
        time.sleep(0.05)
        gate.set()
        brought = {job.result(5)[0]: job.result(5)[1] for job in jobs}
    assert writers == brought
    assert gather.failed >= 1


def test_a_batch_is_bounded():
    batches = []
    gather = Gather(noting(batches, seconds=0.01), most=3)
    with ThreadPoolExecutor(20) as pool:
        list(pool.map(gather.submit, range(20)))
    assert max(batches) <= 3
    assert sum(batches) == 20


def test_the_pen_is_put_down_after_a_failure():
    def write(items):
        raise OSError("disk full")

    gather = Gather(write)
    for _ in range(3):
        with pytest.raises(OSError, match="disk full"):
            gather.submit("x")


def test_with_company_one_thread_writes_and_goes_home_when_nobody_waits():
    writers: set[str] = set()

    def write(items):
        writers.add(threading.current_thread().name)
        time.sleep(0.005)
        return items

    def waits_for_work():
        return any(thread.name == "gather" for thread in threading.enumerate())

    gather = Gather(write, idle=0.05)
    for _again in range(2):  # once gone, it comes again
        writers.clear()
        with ThreadPoolExecutor(16, "client") as pool:
            assert list(pool.map(gather.submit, range(200))) == list(range(200))
        assert "gather" in writers
        assert len(writers) <= 2  # the first comer, alone as yet, wrote for itself
        for _try in range(200):
            if not waits_for_work():
                break
            time.sleep(0.01)
        assert not waits_for_work()


def test_those_who_were_answered_together_are_written_together_when_they_come_again():
    batches = []
    gather = Gather(
        noting(batches, seconds=0.002), reunion=5.0
    )  # long enough that only the last of them ends the wait

    def client(n):
        for _turn in range(10):
            gather.submit(n)
            time.sleep(0.001 * n)

    began = time.monotonic()
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(client, range(6)))
    assert sum(batches) == 60
    assert batches.count(6) >= 5  # it took two to find company, and at last some stay away
    assert time.monotonic() - began < 60


def test_who_does_not_come_again_holds_nobody_up_for_long():
    gather = Gather(lambda items: time.sleep(0.002) or items, reunion=0.05)
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(gather.submit, range(8))) == list(range(8))
    began = time.monotonic()
    assert gather.submit("late") == "late"
    assert time.monotonic() - began < 2


@pytest.mark.django_db(transaction=True)
def test_the_writer_leaves_no_connection_behind():
    links = []

    def write(items):
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        if threading.current_thread().name == "gather":
            links.append(connections["default"])
        else:
            connection.close()
        time.sleep(0.005)
        return items

    gather = Gather(write, idle=0.05)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(gather.submit, range(40)))
    assert links
    for _try in range(500):
        if links[0].connection is None:
            break
        time.sleep(0.01)
    assert links[0].connection is None
