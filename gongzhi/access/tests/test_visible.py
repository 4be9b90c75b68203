"""Which cases a person sees: their own, their area's, their unit's, and no others."""

import pytest

from conftest import NOON
from gongzhi.cases import actions
from gongzhi.cases.models import Case

pytestmark = pytest.mark.django_db

EVERYONE = ["wang", "zhou", "li", "zhao", "sun", "chen", "gu", "he", "wu", "qian", "shen", "guan"]


@pytest.fixture
def cases(report, wang, zhou, he, li, lighting, request) -> dict[str, Case]:
    """Four cases: wang's in grid_1, zhou's in far_grid, one without a place, one of the unit."""
    far = {"lng": 117.316, "lat": 31.794}
    found = {
        "near": report(by=wang),
        "far": report(by=zhou, **far),
        "unplaced": report(by=None, lng=None, lat=None, reporter_ref="d:x"),
        "units": report(by=None, reporter_ref="d:x", **far),
    }
    actions.dispatch(by=he, case=found["units"], to=lighting, at=NOON)
    return found


@pytest.mark.parametrize(
    ("who", "sees"),
    [
        ("wang", "near"),
        ("zhou", "far"),
        ("li", "near"),
        ("zhao", "far units"),
        ("sun", "near"),
        ("chen", "near"),
        ("gu", "far units"),
        ("he", "near far unplaced units"),
        ("wu", "units"),
        ("qian", "near far unplaced units"),
        ("shen", "near far unplaced units"),
        ("guan", ""),
    ],
)
def test_everyone_sees_what_is_theirs(request, cases, who, sees):
    person = request.getfixturevalue(who)
    seen = set(Case.objects.visible_to(person))
    assert {name for name, case in cases.items() if case in seen} == set(sees.split())


def test_who_was_given_a_case_sees_it_wherever_they_moved(cases, chen, li, far_grid):
    actions.dispatch(by=chen, case=cases["near"], to=li, at=NOON)
    li.posts.update(area=far_grid)
    li = type(li).objects.get(pk=li.pk)
    assert cases["near"] in Case.objects.visible_to(li)


def test_joining_a_case_does_not_open_it(cases, zhou):
    case = cases["near"]
    actions.join(by=zhou, case=case, reporter_ref=f"p:{zhou.pk}", at=NOON)
    assert case not in Case.objects.visible_to(zhou)


def test_nobody_sees_a_case_twice(cases, somebody, grid_1, community):
    somebody("ma", "grid_worker", grid_1)
    ma = somebody("ma", "community_worker", community)
    assert Case.objects.visible_to(ma).count() == 1
