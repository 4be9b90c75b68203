"""Up and down the ladder, one level at a time, each with reason, clock and list of its own."""

import secrets
from datetime import timedelta

import pytest

from conftest import FIRE_ROUTE, GAS, LAMP, NOON
from gongzhi.calendars import reads as calendars
from gongzhi.calendars.clocks import State
from gongzhi.cases import actions
from gongzhi.cases.files import StoredFile
from gongzhi.cases.models import Case
from gongzhi.cases.reads.clocks import level_clock
from gongzhi.journal.models import Event
from gongzhi.kernel.refusals import NotAllowed, NotPossible, NotUnderstood

pytestmark = pytest.mark.django_db


def shown():
    return StoredFile(secrets.token_urlsafe(32), "photo", "image/jpeg", size=1)


WHY = "需要开挖路面，社区没有施工队伍。"


@pytest.fixture
def lamp(report, wang):
    return report(text="路灯不亮", by=wang, item_code=LAMP)


def test_a_new_case_lies_on_the_desk_of_its_tier(report, wang, community, township):
    assert report(by=wang, item_code=LAMP).desk == community
    assert report(by=wang, item_code=FIRE_ROUTE).desk == community
    assert report(by=wang, item_code=GAS).desk == township


def test_an_unplaced_case_lies_on_the_districts_desk(report, wang, district):
    assert report(by=wang, lng=None, lat=None, address="菜场东门").desk == district


def test_the_community_sends_up_what_it_cannot_solve(lamp, sun, chen, township):
    actions.send_up(by=sun, case=lamp, reason=WHY, files=[shown()], at=NOON)
    assert (lamp.desk, lamp.status, lamp.desk_since) == (township, "reported", NOON)
    event = Event.objects.get(name="cases.sent_up")
    assert event.facts["desk"] == township.code
    assert event.remark.text == WHY
    with pytest.raises(NotAllowed):
        actions.dispatch(by=sun, case=lamp, to=sun, at=NOON)


def test_the_handler_may_send_up_what_they_were_given(lamp, sun, li, township):
    actions.dispatch(by=sun, case=lamp, to=li, at=NOON)
    actions.accept(by=li, case=lamp, at=NOON)
    actions.send_up(by=li, case=lamp, reason=WHY, files=[shown()], at=NOON)
    assert (lamp.desk, lamp.handler) == (township, None)


@pytest.mark.parametrize("who", ["wang", "zhou", "zhao", "gu", "qian", "shen"])
def test_others_may_not_send_it_up(request, lamp, who):
    with pytest.raises(NotAllowed):
        actions.send_up(
            by=request.getfixturevalue(who), case=lamp, reason=WHY, files=[shown()], at=NOON
        )


def test_no_level_is_skipped_and_there_is_nothing_above_the_district(lamp, sun, chen, he, district):
    actions.send_up(by=sun, case=lamp, reason=WHY, files=[shown()], at=NOON)
    actions.send_up(by=chen, case=lamp, reason=WHY, files=[shown()], at=NOON)
    assert lamp.desk == district
    with pytest.raises(NotPossible, match="最高一级"):
        actions.send_up(by=he, case=lamp, reason=WHY, files=[shown()], at=NOON)


def test_sending_up_asks_for_a_reason(lamp, sun):
    with pytest.raises(NotUnderstood):
        actions.send_up(by=sun, case=lamp, reason="  ", at=NOON)


def test_the_district_hands_down_to_a_desk_that_holds_the_place(
    lamp, sun, chen, he, township, other_township, community
):
    actions.send_up(by=sun, case=lamp, reason=WHY, files=[shown()], at=NOON)
    actions.send_up(by=chen, case=lamp, reason=WHY, files=[shown()], at=NOON)
    with pytest.raises(NotPossible, match="不在这个区域"):
        actions.send_down(by=he, case=lamp, to=other_township, reason=WHY, at=NOON)
    with pytest.raises(NotPossible, match="逐级"):
        actions.send_down(by=he, case=lamp, to=community, reason=WHY, at=NOON)
    actions.send_down(by=he, case=lamp, to=township, reason=WHY, at=NOON)
    actions.send_down(by=chen, case=lamp, to=community, reason=WHY, at=NOON)
    assert lamp.desk == community
    with pytest.raises(NotPossible, match="下面"):
        actions.send_down(by=sun, case=lamp, to=township, reason=WHY, at=NOON)


def test_each_level_has_a_clock_of_its_own(lamp, sun, chen, li):
    def shows(at):
        return level_clock(lamp).state(calendars.in_force(), at)

    assert shows(NOON) == State.RUNNING
    assert shows(NOON + timedelta(days=3)) == State.OVERDUE
    later = NOON + timedelta(days=3)
    actions.send_up(by=sun, case=lamp, reason=WHY, files=[shown()], at=later)
    assert shows(later) == State.RUNNING
    actions.dispatch(by=chen, case=lamp, to=li, at=later + timedelta(hours=1))
    assert shows(later + timedelta(days=30)) == State.MET


def test_of_two_who_send_it_up_the_second_is_told(lamp, sun, district):
    from gongzhi.kernel.refusals import Overtaken

    seen_by_second = Case.objects.get(pk=lamp.pk)
    actions.send_up(by=sun, case=lamp, reason=WHY, files=[shown()], at=NOON)
    with pytest.raises(Overtaken):
        actions.send_up(by=sun, case=seen_by_second, reason=WHY, files=[shown()], at=NOON)


def test_sending_up_asks_for_something_to_show(lamp, sun, township):
    with pytest.raises(NotUnderstood, match="佐证材料") as refused:
        actions.send_up(by=sun, case=lamp, reason=WHY, at=NOON)
    assert refused.value.field == "photos"
    actions.send_up(by=sun, case=lamp, reason=WHY, files=[shown()], at=NOON)
    assert (lamp.desk, lamp.files.get().moment) == (township, "before")


def test_a_level_is_skipped_only_where_the_catalogue_says_so(
    lamp, sun, he, district, community, item
):
    with pytest.raises(NotPossible, match="逐级"):
        actions.send_up(by=sun, case=lamp, to=district, reason=WHY, files=[shown()], at=NOON)
    type(item(LAMP)).objects.filter(code=LAMP).update(skips_levels=True)
    lamp = Case.objects.get(pk=lamp.pk)
    actions.send_up(by=sun, case=lamp, to=district, reason=WHY, files=[shown()], at=NOON)
    assert lamp.desk == district
    actions.send_down(by=he, case=lamp, to=community, reason=WHY, at=NOON)
    assert lamp.desk == community
