"""Mark-up becomes lines; words in angle brackets that are none stay words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongzhi.doors.plain import plain


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        ("<p>路灯不亮</p><p>三天了</p>", "路灯不亮\n三天了"),
        ("路灯不亮<br>三天了<br/>请修", "路灯不亮\n三天了\n请修"),
        ("<div style='color:red'>垃圾&nbsp;成堆 &lt;急&gt;</div>", "垃圾 成堆 <急>"),
        ("<script>alert(1)</script>路灯", "路灯"),
        ("<b>路</b>灯<img src=x onerror=alert(1)>", "路灯"),
        ("气温<5度，水压>3", "气温<5度，水压>3"),
        ("3<4 且 <某小区> 东门", "3<4 且 <某小区> 东门"),
        ("<p>在<某小区>东门</p>", "在<某小区>东门"),
        ("<style>没有关上的标记", "<style>没有关上的标记"),
        ("", ""),
    ],
)
def test_what_is_left(sent, read):
    assert plain(sent) == read


@given(st.text())
def test_any_text_is_read(text):
    assert isinstance(plain(text), str)


@given(st.text(alphabet="路灯坏了，。0123456789\n <>=&", min_size=1))
def test_words_without_tags_come_back_as_they_are(text):
    assert plain(text) == text
