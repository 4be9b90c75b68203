"""A letter that names no place is taken all the same, and its writer is asked for one."""

import pytest
from django.utils.timezone import now

from gongzhi.cases.models import Case
from gongzhi.doors.mail.actions import take_letters
from gongzhi.doors.mail.agreed import Mailbox, Server
from gongzhi.doors.mail.letters import read_letter
from gongzhi.doors.mail.sending import _text
from gongzhi.doors.models import Answer
from gongzhi.doors.tests.faults import Fault, Way, shows
from gongzhi.doors.words import Told
from gongzhi.journal.models import Event

pytestmark = pytest.mark.django_db
HERE = Server("127.0.0.1", 1, "no", "")
HTML = "<p>东门路灯不亮</p><script>alert(1)</script><blockquote>旧话</blockquote>"


def taken(mark, body, kind="text/plain", charset="utf-8"):
    """The letter as it is taken in by a mailbox of the whole district."""
    raw = (
        f"From: a@mail.example.com\r\nMessage-ID: <{mark}@m>\r\nSubject: a\r\n"
        f"Content-Type: {kind}; charset={charset}\r\n\r\n"
    ).encode() + body.encode(charset)
    box = Mailbox("district", "区长信箱", "box@wanghu.example.cn", HERE, HERE)
    take_letters(by=None, letters=[read_letter(raw, own=())], mailbox=box, at=now())
    return Case.objects.get()


@shows(Way.MAIL, Fault.PLACE)
def test_without_a_place_it_lies_at_the_district_and_the_writer_is_asked(world, district):
    case = taken("1", "垃圾没有人收，三天了。")
    assert (case.area, case.lng) == (district, None)
    entry = case.entries.get()
    receipt = Answer(entry=entry, event=Event.objects.first(), told=Told.RECEIVED)
    assert "没有写明具体地点" in _text(receipt)


@shows(Way.MAIL, Fault.HTML)
def test_mark_up_becomes_words_and_nothing_is_run(world):
    assert taken("1", HTML, kind="text/html").text == "a\n东门路灯不亮"


@shows(Way.MAIL, Fault.ENCODING)
@pytest.mark.parametrize("charset", ["gb18030", "big5", "utf-16", "iso-2022-jp"])
def test_words_in_any_encoding_are_read(world, charset):
    assert "東門路燈不亮" in taken("1", "東門路燈不亮", charset=charset).text
