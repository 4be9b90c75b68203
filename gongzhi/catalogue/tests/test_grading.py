"""Grade first: what was said, what was denied and what was only feared."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gongzhi.catalogue.rules.grading import WORST_FIRST, Emergency, Sign, Signs, grade, worse
from gongzhi.catalogue.tests import shipped

CALL = Emergency("119", "请拨打 119。")
SIGNS = Signs(
    (Sign("urgent", ("着火", "冒烟"), ("烧烤",), CALL), Sign("serious", ("摔倒",))),
    ("没有", "不", "没"),
    ("怕", "万一"),
)


def test_the_gravest_sign_decides():
    found = grade("有人摔倒，厨房着火了", SIGNS)
    assert (found.grade, found.word, found.emergency) == ("urgent", "着火", CALL)


def test_a_text_without_signs_has_no_grade_of_its_own():
    assert grade("路灯不亮", SIGNS) is None


@pytest.mark.parametrize("text", ["没有着火", "打不着火", "烧烤摊冒烟", "没着火就好"])
def test_denied_or_explained_signs_do_not_count(text):
    assert grade(text, SIGNS) is None


@pytest.mark.parametrize("text", ["怕着火", "万一哪天着火怎么办"])
def test_what_is_only_feared_is_serious_and_calls_nobody(text):
    found = grade(text, SIGNS)
    assert (found.grade, found.feared, found.emergency) == ("serious", True, None)
    assert found.because == "担心“着火”"


def test_fear_ends_at_the_next_pause():
    assert grade("我怕，着火了", SIGNS).grade == "urgent"


def test_one_denial_does_not_hide_what_is_said_later():
    assert grade("昨天没有着火，今天真的着火", SIGNS).grade == "urgent"


@pytest.mark.parametrize(
    ("text", "expected", "call"),
    [
        ("楼道有燃气味", "urgent", "119"),
        ("车库里冒烟了", "urgent", "119"),
        ("有人触电倒地", "urgent", "120"),
        ("有人受伤了", "urgent", "120"),
        ("我被困在电梯里", "urgent", "119"),
        ("对门男的持刀追人", "urgent", "110"),
        ("孩子走失了", "urgent", "110"),
        ("路口出车祸了", "urgent", "122"),
        ("孩子被狗咬了", "serious", "120"),
        ("老人在台阶上摔倒", "serious", None),
    ],
)
def test_the_shipped_signs_grade_what_a_dispatcher_would(text, expected, call):
    found = grade(text, shipped.catalogue().signs)
    assert found.grade == expected
    assert (found.emergency.call if found.emergency else None) == call


@pytest.mark.parametrize(
    "text",
    [
        "热水器打不着火",
        "没有人受伤",
        "家里很贫困",
        "烧烤摊冒烟呛人",
        "清明节有人烧纸冒烟",
        "灯杆被车撞倒了",
        "路灯不亮",
        "建议装红绿灯，怕出车祸",
    ],
)
def test_the_shipped_signs_do_not_cry_wolf(text):
    found = grade(text, shipped.catalogue().signs)
    assert found is None or found.grade != "urgent"


@settings(deadline=None)
@given(st.text(max_size=300))
def test_any_text_has_a_known_grade_or_none(text):
    found = grade(text, shipped.catalogue().signs)
    assert found is None or found.grade in WORST_FIRST


@settings(deadline=None)
@given(st.sampled_from(WORST_FIRST), st.sampled_from(WORST_FIRST))
def test_the_worse_of_two_grades_is_one_of_them_and_never_the_milder(one, other):
    worst = worse(one, other)
    assert worst in (one, other)
    assert WORST_FIRST.index(worst) == min(WORST_FIRST.index(one), WORST_FIRST.index(other))
