"""The options of selects: each value once, escaped, and the one picked marked."""

from django.template import Context, Template
from django.utils.translation import gettext_lazy

from gongzhi.cases.words import PauseGround
from gongzhi.places.models import Area


def shown(call: str, **context) -> str:
    return Template("{% load faces %}{% options " + call + " %}").render(Context(context))


def test_pairs_and_the_one_picked():
    html = shown("pairs picked", pairs=[("a", "甲"), ("b", "乙")], picked="b")
    assert html == '<option value="a">甲</option><option value="b" selected>乙</option>'


def test_rows_are_read_by_their_number_or_by_another_key():
    rows = [Area(pk=7, code="349901", name="望湖区"), Area(pk=8, code="349902", name="南湖区")]
    assert shown("rows '7'", rows=rows).count("selected") == 1
    assert '<option value="349902" selected>南湖区</option>' in shown(
        'rows picked key="code"', rows=rows, picked="349902"
    )


def test_nothing_picked_marks_nothing():
    assert "selected" not in shown("pairs typed.kind", pairs=PauseGround.choices, typed={})
    assert "selected" not in shown("pairs picked", pairs=[("None", "无")], picked=None)


def test_what_people_wrote_is_escaped_and_words_are_translated_when_shown():
    pairs = [('"><script>', "<b>甲</b>"), ("c", gettext_lazy("取消"))]
    html = shown("pairs", pairs=pairs)
    assert "<script>" not in html
    assert "<b>" not in html
    assert "&quot;&gt;" in html
    assert ">取消</option>" in html
