"""Who is proposed and why, and how a risk is weighed."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongzhi.disputes import rules
from gongzhi.disputes.rules import Candidate
from gongzhi.disputes.words import Kind, Risk, Status

KINDS = st.lists(st.sampled_from(Kind.values), max_size=3, unique=True).map(tuple)
CANDIDATES = st.lists(
    st.builds(
        Candidate,
        pk=st.integers(1, 999),
        covers=st.booleans(),
        depth=st.integers(1, 5),
        highest=st.sampled_from(rules.RISKS),
        kinds=KINDS,
        load=st.integers(0, 8),
        most=st.integers(1, 8),
        settled=st.integers(0, 9),
        ended=st.integers(9, 20),
    ),
    max_size=12,
    unique_by=lambda c: c.pk,
)


def one(pk=1, **more):
    given = {"covers": True, "depth": 3, "highest": "medium", "kinds": (), "load": 1, "most": 6}
    return Candidate(pk=pk, **{**given, **more})


@given(CANDIDATES, st.sampled_from(Kind.values), st.sampled_from(rules.RISKS))
def test_nobody_is_proposed_who_may_not_take_it(candidates, kind, risk):
    fit = {c.pk for c in candidates if c.covers and c.load < c.most}
    fit &= {c.pk for c in candidates if rules.RISKS.index(c.highest) >= rules.RISKS.index(risk)}
    proposals = rules.propose(candidates, kind=kind, risk=risk)
    assert {p.pk for p in proposals} <= fit
    assert len(proposals) == min(len(fit), rules.PROPOSED)
    assert all(p.reasons for p in proposals)
    assert [p.score for p in proposals] == sorted((p.score for p in proposals), reverse=True)


@given(st.integers(0, 4), st.sampled_from(Kind.values))
def test_of_two_alike_the_one_with_less_in_hand_comes_first(load, kind):
    order = rules.propose([one(1, load=load + 1), one(2, load=load)], kind=kind, risk="low")
    assert [p.pk for p in order] == [2, 1]


def test_the_skilled_come_before_the_general_and_the_near_before_the_far():
    skilled, general = one(1, kinds=("family",)), one(2)
    assert rules.propose([general, skilled], kind="family", risk="low")[0].pk == 1
    near, far = one(1, depth=4), one(2, depth=2)
    assert rules.propose([far, near], kind="other", risk="low")[0].pk == 1


@given(st.lists(st.sampled_from([*rules.GRAVE, *rules.WORRYING])))
def test_more_signs_never_make_a_risk_smaller(signs):
    less = rules.RISKS.index(rules.risk_of(signs[:-1]))
    assert rules.RISKS.index(rules.risk_of(signs)) >= less


@pytest.mark.parametrize(
    ("signs", "risk"),
    [
        ([], "low"),
        (["money"], "low"),
        (["money", "money"], "low"),
        (["money", "repeated"], "medium"),
        (["violence"], "high"),
    ],
)
def test_what_signs_amount_to(signs, risk):
    assert rules.risk_of(signs) == risk


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("邻里漏水纠纷", "neighbours"),
        ("婚姻家庭纠纷", "family"),
        ("民间借贷纠纷", "consumer"),
        ("打架斗殴与治安纠纷", "damage"),
        ("路灯不亮", "other"),
    ],
)
def test_the_class_follows_from_the_item(name, kind):
    assert rules.kind_of(name) == kind


@given(st.integers(-400, 400))
def test_a_follow_up_lies_between_tomorrow_and_half_a_year(days):
    today = date(2026, 3, 4)
    assert rules.follow_up_is_fit(today + timedelta(days=days), today) == (1 <= days <= 180)


def test_words_and_rules_agree():
    assert set(rules.RISKS) == set(Risk.values)
    assert set(Status.values) > rules.ENDED
    assert {after for ways in rules.LEADS_TO.values() for after in ways} <= set(Status.values)
    assert {kind for _word, kind in rules.KIND_BY_WORD} <= set(Kind.values)
