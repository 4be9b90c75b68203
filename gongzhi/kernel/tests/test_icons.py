"""Icons are the library's own, drawn once."""

import pytest
from django.template import Context, Template
from lucide import IconDoesNotExist
from lucide.templatetags.lucide import lucide as drawn

from gongzhi.kernel import icons


def rendered(text, **values):
    return Template("{% load lucide %}" + text).render(Context(values))


def test_an_icon_is_what_the_library_draws():
    for name in ("map-pin", "house", "shield-alert", "circle-question-mark"):
        expected = drawn(name, size=16, aria_hidden="true")
        assert rendered("{% lucide name size=16 aria_hidden='true' %}", name=name) == expected
        assert rendered("{% lucide name size=None %}", name=name) == drawn(name, size=None)


def test_the_second_time_nothing_is_drawn(monkeypatch):
    first = rendered("{% lucide name size=17 %}", name="house")
    monkeypatch.setattr(icons, "drawings", None)
    assert rendered("{% lucide name size=17 %}", name="house") == first


def test_an_attribute_cannot_break_out_of_its_quotes():
    assert "<b>" not in rendered("{% lucide 'house' label=said %}", said='"><b>')


def test_a_name_that_is_none_is_said():
    with pytest.raises(IconDoesNotExist):
        rendered("{% lucide 'no-such-icon' %}")
