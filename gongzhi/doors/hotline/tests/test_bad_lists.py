"""Lists that the city hands out and files that clerks bring: what is wrong in them is said."""

import json
from datetime import timedelta

import pytest

from gongzhi.cases.models import Case
from gongzhi.doors import outward, watch
from gongzhi.doors.hotline import drops
from gongzhi.doors.hotline.fetching import fetch_some, take_list
from gongzhi.doors.hotline.tests.test_files import HEAD, csv_of, read, row, xlsx_of
from gongzhi.doors.models import Fetch, TurnedAway
from gongzhi.doors.tests.faults import Fault, Way, shows
from gongzhi.doors.words import Door, Trouble
from gongzhi.kernel.refusals import NotUnderstood, TooLarge

pytestmark = pytest.mark.django_db
NOWHERE = {"lng": None, "lat": None, "address": None}
IN_A_LIST = {  # what is changed in one of three orders, and words of the reason the city gets
    Fault.MALFORMED: [({"order_no": {"a": 1}}, "文字或数字"), ({"content": None}, "content")],
    Fault.OVERSIZED: [({"content": "长" * 9000}, "太长"), ({"order_no": "9" * 121}, "太长")],
    Fault.CODE: [({"category_code": "999999"}, "999999")],
    Fault.PLACE: [(NOWHERE, "没有地点"), ({"lng": 2.35, "lat": 48.85}, "本区以外")],
}


@shows(Way.LIST, *IN_A_LIST)
@pytest.mark.parametrize("spoilt", [s for some in IN_A_LIST.values() for s in some], ids=str)
def test_of_three_orders_the_bad_one_is_refused_with_its_reason(world, city, order, NOON, spoilt):
    changes, words = spoilt
    taken, refused = take_list([order(), order(**changes), order()], city, NOON)
    assert (len(taken), Case.objects.count()) == (2, 2)
    [one] = refused
    assert words in one["reason"]
    assert TurnedAway.objects.get().sentence == one["reason"]


@shows(Way.LIST, Fault.HTML)
def test_mark_up_in_a_list_becomes_words(world, city, order, NOON):
    take_list([order(title="", content="<p>路灯不亮</p><script>x()</script>")], city, NOON)
    assert Case.objects.get().text == "路灯不亮"


ANSWERS = {  # what the city's server answers instead of a list
    Fault.MALFORMED: b"<html>login</html>",
    Fault.ENCODING: '{"orders": [], "cursor": "路灯不亮"}'.encode("gb18030"),
    Fault.OVERSIZED: b" " * (outward.MOST + 1),
}


@shows(Way.LIST, Fault.AWAY, *ANSWERS)
@pytest.mark.parametrize("fault", ANSWERS)
def test_a_day_of_answers_that_are_no_list_raises_an_alarm_and_nothing_is_lost(
    world, city, order, NOON, monkeypatch, fault
):
    city.url = "https://city.example"
    city.save()
    said = {"answer": ANSWERS[fault]}

    class Answer:
        def read(self, most):
            return said["answer"][:most]

        def __enter__(self):
            return self

        def __exit__(self, *_):
            return None

    monkeypatch.setattr(outward._opener, "open", lambda *_args, **_more: Answer())
    for hour in range(24):
        assert not fetch_some(NOON + timedelta(hours=hour))
    assert Fetch.objects.get().failing_since == NOON
    assert (Door.HOTLINE, Trouble.FETCHING) in watch.troubles_at(NOON + timedelta(hours=24))
    said["answer"] = json.dumps({"orders": [order()], "cursor": "1", "more": False}).encode()
    fetch_some(NOON + timedelta(hours=24))
    assert Case.objects.count() == 1
    assert Fetch.objects.get().failing_since is None


IN_A_FILE = {  # rows, and words of what is said of the second
    Fault.MALFORMED: ([row("HF-1"), row("")], "缺少“工单编号”"),
    Fault.OVERSIZED: ([row("HF-1"), row("9" * 121)], "太长"),
    Fault.PLACE: ([row("HF-1"), row("HF-2", place="")], "没有地点"),
}


@shows(Way.FILE, *IN_A_FILE)
@pytest.mark.parametrize("fault", IN_A_FILE)
def test_the_bad_row_is_named_and_nothing_is_taken(world, NOON, fault):
    rows, words = IN_A_FILE[fault]
    tried = drops.try_rows(read(csv_of(*rows)), at=NOON)
    [wrong] = tried.faults
    assert wrong.row == 3
    assert words in wrong.sentence
    assert not Case.objects.exists()


@shows(Way.FILE, Fault.CODE)
def test_an_unknown_code_in_a_file_is_named(world, NOON):
    heading = next(n for n in drops.table_layout().fields["item"] if not n.isascii())
    content = csv_of([*row("HF-1"), "020101"], [*row("HF-2"), "9"], head=[*HEAD, heading])
    [wrong] = drops.try_rows(read(content), at=NOON).faults
    assert "“9”" in wrong.sentence
    assert heading in wrong.sentence


@shows(Way.FILE, Fault.ENCODING, Fault.OVERSIZED)
@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        (csv_of(row("HF-1"), encoding="gb18030"), None),
        (csv_of(row("HF-1"), encoding="utf-16"), None),
        (csv_of(row("HF-1")).replace("路".encode(), b"\xff\xfe"), NotUnderstood),
        (b"x" * (10 * 1024 * 1024 + 1), TooLarge),
    ],
    ids=["gb18030", "utf-16", "broken", "too large"],
)
def test_a_file_in_any_usual_encoding_is_read_and_any_other_refused(content, refusal):
    if refusal is None:
        assert read(content)[0].cells["诉求内容"].startswith("小区东门")
    else:
        with pytest.raises(refusal):
            read(content)


@shows(Way.FILE, Fault.HTML)
def test_mark_up_in_a_file_becomes_words(world, sun, NOON):
    cells = row("HF-1", text="<p>路灯<b>不亮</b></p><script>x()</script>")
    drop = drops.put_down(by=sun, name="a.xlsx", rows=read(xlsx_of(cells)), at=NOON)
    drops.take_up(by=sun, drop=drop, at=NOON)
    assert Case.objects.get().text == "路灯不亮"
