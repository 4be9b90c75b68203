"""What reporters and others waiting do after the report: join, add, rate."""

import pytest

from conftest import NOON
from gongzhi.cases import actions
from gongzhi.cases.models import Case, Claimant
from gongzhi.journal.models import Event
from gongzhi.kernel.refusals import NotPossible, NotUnderstood, Overtaken
from gongzhi.kernel.tests.threads import at_once

pytestmark = pytest.mark.django_db


def ref(person) -> str:
    return f"p:{person.pk}"


# ── me too ────────────────────────────────────────────────────────────────


def test_saying_me_too_makes_one_more_who_hears_what_happens(stage, zhou, chen, li, told):
    case = stage("reported")
    actions.join(by=zhou, case=case, reporter_ref=ref(zhou), at=NOON)
    assert case.joined == 1
    told()
    actions.dispatch(by=chen, case=case, to=li, at=NOON)
    assert ("zhou", "cases/news") in told()


def test_saying_it_twice_counts_once(stage, zhou):
    case = stage("reported")
    for _twice in range(2):
        actions.join(by=zhou, case=case, reporter_ref=ref(zhou), at=NOON)
    assert (case.joined, Claimant.objects.count()) == (1, 1)
    assert Event.objects.filter(name="cases.joined").count() == 1


def test_the_reporter_cannot_join_their_own_case(stage, wang):
    case = stage("reported")
    actions.join(by=wang, case=case, reporter_ref=ref(wang), at=NOON)
    assert case.joined == 0


def test_a_stranger_can_join_with_a_device_alone(stage):
    case = stage("reported")
    actions.join(by=None, case=case, reporter_ref="d:other", at=NOON)
    assert Claimant.objects.get().person is None


@pytest.mark.parametrize("status", ["closed", "declined"])
def test_an_ended_case_cannot_be_joined(stage, zhou, status):
    with pytest.raises(NotPossible, match="重新反映"):
        actions.join(by=zhou, case=stage(status), reporter_ref=ref(zhou), at=NOON)


@pytest.mark.django_db(transaction=True)
def test_many_who_join_at_once_are_all_counted_and_each_once(stage):
    case = stage("reported")
    refs = ["d:1", "d:2", "d:3", "d:1", "d:2", "d:3"]

    def join(reporter_ref: str) -> Case:
        mine = Case.objects.get(pk=case.pk)
        return actions.join(by=None, case=mine, reporter_ref=reporter_ref, at=NOON)

    answers = at_once(*[lambda one=one: join(one) for one in refs])
    assert all(isinstance(answer, Case) for answer in answers), answers
    assert (Case.objects.get().joined, Claimant.objects.count()) == (3, 3)


# ── more words ────────────────────────────────────────────────────────────


def test_the_reporter_can_add_something(stage, wang, told):
    case = stage("accepted")
    told()
    actions.supplement(by=wang, case=case, reporter_ref=ref(wang), text="是3栋东边那盏", at=NOON)
    event = Event.objects.get(name="cases.supplemented")
    assert (event.by, event.remark.text) == (wang, "是3栋东边那盏")
    assert event.facts == {}
    assert told() == {("li", "cases/supplemented")}, "whose turn it is needs to know"


def test_what_is_added_before_dispatch_reaches_the_desk(stage, wang, chen, told):
    case = stage("reported")
    told()
    actions.supplement(by=wang, case=case, reporter_ref=ref(wang), text="是3栋东边那盏", at=NOON)
    assert told() == {("chen", "cases/supplemented_at_desk")}


@pytest.mark.parametrize("text", ["", " ", "\n\n", "\x00", "\u200b\u200b"])
def test_nothing_is_not_added(stage, wang, text):
    with pytest.raises(NotUnderstood, match="补充的情况"):
        actions.supplement(
            by=wang, case=stage("reported"), reporter_ref=ref(wang), text=text, at=NOON
        )
    assert not Event.objects.filter(name="cases.supplemented").exists()


def test_a_very_long_addition_is_refused_and_nothing_recorded(stage, wang):
    with pytest.raises(NotUnderstood, match="最多 1000 字"):
        actions.supplement(
            by=wang, case=stage("reported"), reporter_ref=ref(wang), text="长" * 1001, at=NOON
        )
    assert not Event.objects.filter(name="cases.supplemented").exists()


def test_nobody_else_can_add_or_rate(stage, zhou, li):
    case = stage("closed")
    for by in (zhou, li, None):
        theirs = ref(by) if by else "d:other"
        with pytest.raises(NotPossible, match="反映人本人"):
            actions.supplement(by=by, case=case, reporter_ref=theirs, text="我也说两句", at=NOON)
        with pytest.raises(NotPossible, match="反映人本人"):
            actions.rate(by=by, case=case, reporter_ref=theirs, stars=1, text="", at=NOON)


def test_an_ended_case_takes_no_more_words(stage, wang):
    with pytest.raises(NotPossible, match="重新反映"):
        actions.supplement(
            by=wang, case=stage("closed"), reporter_ref=ref(wang), text="还是不亮", at=NOON
        )


# ── stars ─────────────────────────────────────────────────────────────────


def rate(case: Case, by, stars: int, text: str = "") -> Case:
    return actions.rate(by=by, case=case, reporter_ref=ref(by), stars=stars, text=text, at=NOON)


def test_a_closed_case_is_rated_once(stage, wang):
    case = rate(stage("closed"), wang, 5, "很快就亮了，谢谢")
    assert case.stars == 5
    event = Event.objects.get(name="cases.rated")
    assert (event.facts, event.remark.text) == ({"stars": 5}, "很快就亮了，谢谢")
    assert rate(case, wang, 5).stars == 5, "pressing twice does no harm"
    assert Event.objects.filter(name="cases.rated").count() == 1
    with pytest.raises(NotPossible, match="已经评价过"):
        rate(case, wang, 1)


@pytest.mark.parametrize("stars", [0, 6, -1, 100])
def test_there_are_one_to_five_stars(stage, wang, stars):
    with pytest.raises(NotUnderstood, match="一到五颗星"):
        rate(stage("closed"), wang, stars)


@pytest.mark.parametrize(
    "status", ["reported", "dispatched", "accepted", "handled", "checked", "declined"]
)
def test_what_is_not_closed_cannot_be_rated(stage, wang, status):
    with pytest.raises(NotPossible, match="办结以后"):
        rate(stage(status), wang, 5)


def test_two_ratings_from_two_tabs_keep_the_first(stage, wang):
    case = stage("closed")
    other_tab = Case.objects.get(pk=case.pk)
    rate(case, wang, 2)
    with pytest.raises(Overtaken):
        rate(other_tab, wang, 5)
    assert Case.objects.get().stars == 2


@pytest.mark.django_db(transaction=True)
def test_a_double_tap_rates_once(stage, wang):
    case = stage("closed")
    tabs = [Case.objects.get(pk=case.pk) for _ in range(4)]
    at_once(*[lambda tab=tab: rate(tab, wang, 4) for tab in tabs])
    assert Case.objects.get().stars == 4
    assert Event.objects.filter(name="cases.rated").count() == 1
