"""Whatever a program, a careless one or a hostile one makes of a letter, its words come out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongzhi.doors.mail import rules
from gongzhi.doors.mail.letters import read_letter
from gongzhi.doors.tests.faults import Fault, Way, shows

OWN = frozenset({"quzhang@wanghu.example.cn"})
WORDS = "小区东门的路灯不亮，老人晚上不敢出门。"


def raw(body=b"", **headers):
    said = {"From": "a@b.example", "Subject": "hello", **headers}
    head = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in said.items())
    return head.encode("utf-8", "surrogateescape") + b"\r\n" + body


def read(*args, **kwargs):
    return read_letter(raw(*args, **kwargs), own=OWN)


@shows(Way.MAIL, Fault.ENCODING)
@pytest.mark.parametrize(
    ("claimed", "really"),
    [
        ("utf-8", "utf-8"), ("gb2312", "gb18030"), ("gbk", "gbk"), ("GB18030", "gb18030"),
        ("gb2312", "utf-8"), ("utf-8", "gb18030"), ("iso-8859-1", "gb18030"),
        ("us-ascii", "utf-8"), ("no-such-charset", "utf-8"), ("hz-gb-2312", "hz"),
        ("utf-16", "utf-16"), ('"gb2312"', "gbk"),
    ],
)  # fmt: skip
def test_what_the_words_are_counts_for_more_than_what_they_claim(claimed, really):
    letter = read(WORDS.encode(really), Content_Type=f"text/plain; charset={claimed}")
    assert letter.text == WORDS


def test_traditional_characters_in_big5():
    body = "路燈壞了".encode("big5")
    assert read(body, Content_Type="text/plain; charset=big5").text == "路燈壞了"


@pytest.mark.parametrize(
    "subject",
    [
        "=?utf-8?b?6Lev54Gv5LiN5Lqu?=",
        "=?gb18030?b?wre1xrK7wcE=?=",
        "=?utf-8?q?=E8=B7=AF=E7=81=AF=E4=B8=8D=E4=BA=AE?=",
        "路灯不亮",
        "路灯不亮".encode("gbk").decode("utf-8", "surrogateescape"),
    ],
)
def test_subjects_encoded_or_not(subject):
    assert read(b"x", Subject=subject).subject == "路灯不亮"


@shows(Way.MAIL, Fault.HTML)
def test_a_letter_of_mark_up_alone_gives_its_words():
    html = (
        "<html><head><style>p{color:red}</style></head><body><p>路灯坏了</p>"
        "<script>alert(1)</script><p>三盏</p><blockquote>旧信</blockquote></body></html>"
    )
    letter = read(html.encode(), Content_Type="text/html; charset=utf-8")
    assert letter.text.split() == ["路灯坏了", "三盏"]


@pytest.mark.parametrize(
    "quoted",
    [
        "------------------ 原始邮件 ------------------\n发件人: x@y.z\n旧信",
        "-----Original Message-----\nFrom: x@y.z\n旧信",
        "在 2026年3月4日，下午1:00，区长信箱 <x@y.z> 写道：\n> 旧信",
        'At 2026-03-04 13:00:00, "x" <x@y.z> wrote:\n>旧信',
        "On Wed, Mar 4, 2026 at 1:00 PM x <x@y.z> wrote:\n> 旧信",
        "________________________________\n发件人: x@y.z\n旧信",
        "发自我的iPhone\n\n> 旧信",
    ],
)
def test_quotations_are_cut(quoted):
    assert rules.new_words(f"今天又坏了。\n谢谢。\n\n{quoted}") == "今天又坏了。\n谢谢。"


def test_an_answer_written_below_the_quotation_is_kept():
    text = "在 2026年3月4日，区长信箱 <x@y.z> 写道：\n> 请问在哪里？\n在东门。"
    assert rules.new_words(text) == "在东门。"


def test_words_that_only_look_like_a_quotation_stay():
    text = "发件人不明的快递堆在楼道。\n-- 气温<5度时结冰\n>40 岁的人都说滑"
    assert "快递堆在楼道" in rules.new_words(text)


def test_the_subject_without_marks_of_answering_and_number():
    assert rules.bare_subject("Re: 回复：转发: 路灯 [GZ260304000001]") == "路灯"


def test_a_person_is_no_machine():
    assert read(b"x", Auto_Submitted="no", Subject="自动门坏了").automatic == ""
    assert read(b"x", Return_Path="<a@b.example>").automatic == ""


def test_two_letters_under_one_message_id_have_different_numbers():
    one, two = (read(body, Message_ID="<1@x>") for body in (b"a", b"b"))
    assert one.number != two.number
    assert len(read(b"a", Message_ID=f"<{'x' * 900}@x>").number) <= 120


def test_addresses_that_are_none():
    for bad in ("", "nobody", "<>", "a@b@c", "x" * 300 + "@y.example"):
        assert read(b"x", From=bad).sender == ""
    assert read(b"x", From="").automatic == "machine"


@shows(Way.MAIL, Fault.MALFORMED)
@given(st.binary(max_size=400))
def test_any_bytes_are_a_letter_or_refused(content):
    for one in (content, raw(content), raw(content, Content_Type="multipart/mixed; boundary=a")):
        try:
            letter = read_letter(one, own=OWN)
        except ValueError:
            continue
        assert len(letter.number) <= 120
        assert "\x00" not in letter.text + letter.subject + letter.name


@given(st.text(max_size=300))
def test_cutting_quotations_never_adds_words(text):
    said = rules.new_words(text)
    assert all(line in text for line in said.split("\n"))
