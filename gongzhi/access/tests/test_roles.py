"""Who may do what where: the whole table, role by role and area by area."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, transaction

from gongzhi.access.checks import may, person_or_none, require, scope
from gongzhi.access.models import Person, Post
from gongzhi.access.roles import ALLOWED, STAFF, Can, Role
from gongzhi.kernel.refusals import NotAllowed

pytestmark = pytest.mark.django_db

# Written out once more on purpose: a change of roles.py must be made here too, by somebody awake.
TABLE = {
    "resident": "report",
    "grid_worker": "report see reporter work guard look keep visit",
    "community_worker": (
        "report see reporter dispatch work check guard wall look keep reveal in out answer "
        "arrange visit"
    ),
    "dispatcher": (
        "report see reporter dispatch check supervise guard wall look keep reveal in out arrange"
    ),
    "unit_staff": "report work",
    "leader": "see supervise instruct wall",
    "auditor": "see record look",
    "administrator": "accounts content",
}
SHORT = {
    "report": Can.REPORT_CASES,
    "see": Can.SEE_CASES,
    "reporter": Can.SEE_REPORTER,
    "dispatch": Can.DISPATCH_CASES,
    "work": Can.WORK_CASES,
    "check": Can.CHECK_CASES,
    "supervise": Can.SUPERVISE,
    "instruct": Can.INSTRUCT,
    "guard": Can.GUARD_ELDERS,
    "wall": Can.WATCH_WALL,
    "look": Can.SEE_REGISTER,
    "keep": Can.KEEP_REGISTER,
    "reveal": Can.REVEAL_NUMBERS,
    "in": Can.TAKE_IN_TABLES,
    "out": Can.TAKE_OUT_LISTS,
    "answer": Can.ANSWER_REQUESTS,
    "arrange": Can.ARRANGE_VISITS,
    "visit": Can.VISIT_HOMES,
    "record": Can.READ_RECORD,
    "accounts": Can.MANAGE_ACCOUNTS,
    "content": Can.MANAGE_CONTENT,
}


def test_the_table_names_every_role_and_every_ability():
    assert set(TABLE) == set(Role) == set(ALLOWED)
    assert set(SHORT.values()) == set(Can)
    assert set(STAFF) == set(Role) - {Role.RESIDENT}


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("can", list(Can))
def test_a_post_allows_exactly_what_the_table_says_in_its_area_and_below(
    role, can, somebody, township, grid_1, community, far_grid, district, lighting
):
    unit = lighting if role == Role.UNIT_STAFF else None
    person = somebody("somebody", role, township, unit=unit)
    allowed = can in {SHORT[word] for word in TABLE[role].split()}
    for below in (township, community, grid_1):
        assert may(person, can, within=below) is allowed
    for elsewhere in (far_grid, district):
        assert may(person, can, within=elsewhere) is False
    assert may(person, can, within=None) is allowed
    assert scope(person, can) == ([township.path] if allowed else [])


def test_several_posts_add_up(somebody, grid_1, other_township, far_grid):
    somebody("ma", Role.GRID_WORKER, grid_1)
    ma = somebody("ma", Role.DISPATCHER, other_township)
    assert may(ma, Can.WORK_CASES, within=grid_1)
    assert not may(ma, Can.WORK_CASES, within=far_grid)
    assert may(ma, Can.DISPATCH_CASES, within=far_grid)
    assert not may(ma, Can.DISPATCH_CASES, within=grid_1)


def test_an_area_whose_code_begins_alike_is_another_area(somebody, district):
    from gongzhi.places.models import Area

    one = Area.objects.create(code="349901009", name="一", level="township", parent=district)
    alike = Area.objects.create(code="3499010091", name="二", level="township", parent=district)
    person = somebody("somebody", Role.DISPATCHER, one)
    assert may(person, Can.DISPATCH_CASES, within=one)
    assert not may(person, Can.DISPATCH_CASES, within=alike)


def test_without_a_post_or_with_a_closed_account_nothing_is_allowed(chen, grid_1):
    nobody = Person.objects.create_user("nobody", "无名")
    assert not any(may(nobody, can, within=None) for can in Can)
    chen.is_active = False
    assert not any(may(chen, can, within=grid_1) for can in Can)


def test_what_is_not_allowed_is_refused_with_its_name(li, grid_1):
    require(li, Can.WORK_CASES, within=grid_1)
    with pytest.raises(NotAllowed, match="派遣与不予受理"):
        require(li, Can.DISPATCH_CASES, within=grid_1)


def test_a_stranger_is_nobody(li):
    assert person_or_none(AnonymousUser()) is None
    assert person_or_none(None) is None
    assert person_or_none(li) == li


def test_unit_staff_must_have_a_unit_and_a_post_is_held_once(li, grid_1):
    with pytest.raises(IntegrityError), transaction.atomic():
        Post.objects.create(person=li, role=Role.UNIT_STAFF, area=grid_1)
    with pytest.raises(IntegrityError), transaction.atomic():
        Post.objects.create(person=li, role=Role.GRID_WORKER, area=grid_1)


def test_a_persons_place_is_named_by_the_post_that_works(somebody, grid_1, lighting, district):
    assert somebody("a", Role.RESIDENT, grid_1).post_name == "第01网格 居民"
    assert somebody("a", Role.GRID_WORKER, grid_1).post_name == "第01网格 网格员"
    staff = somebody("b", Role.UNIT_STAFF, district, unit=lighting)
    assert staff.post_name == "望湖区路灯管理所 承办单位人员"
    assert not staff.is_resident_only
    assert Person.objects.create_user("c", "丙").is_resident_only
