"""Among colleagues: notes that call people, watching, putting off, presence, nature."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import NOON
from gongzhi.cases import actions, rules, wording
from gongzhi.cases.models import Case, Remark
from gongzhi.cases.reads.aside import others_with
from gongzhi.cases.reads.lists import Filters, page_of
from gongzhi.cases.reads.tracking import timeline
from gongzhi.cases.words import Nature, NatureGround
from gongzhi.journal.models import Event
from gongzhi.kernel.refusals import NotAllowed, NotPossible, NotUnderstood, Overtaken

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


# ── the wording itself ────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "found", "unknown"),
    [
        ("@孙丽请看一下", ["孙丽"], []),
        ("请＠孙丽 和@李强一起去", ["孙丽", "李强"], []),
        ("@孙丽华到了", ["孙丽华"], []),
        ("写信到 a@孙丽.cn", [], []),
        ("@没有这个人", [], ["没有这个人"]),
        ("@孙丽@孙丽", ["孙丽"], []),
        ("没有人", [], []),
    ],
)
def test_who_is_called(text, found, unknown):
    assert wording.called(text, {"孙丽", "孙丽华", "李强"}) == (found, unknown)


@given(st.text(max_size=60), st.dictionaries(st.sampled_from(wording.FIELDS), st.text(max_size=20)))
def test_a_text_without_braces_is_filled_with_itself(text, values):
    bare = text.replace("{", "").replace("}", "")
    assert wording.filled(bare, values) == bare


@given(st.text(max_size=30))
def test_what_is_in_a_value_is_never_taken_for_a_field(value):
    assert wording.filled("{标题}", {"标题": value, "编号": "X"}) == value


# ── notes ─────────────────────────────────────────────────────────────────────


def test_a_note_is_for_staff_and_whoever_it_calls_hears_of_it(stage, chen, sun, told):
    case = stage("dispatched")
    told()
    assert actions.note(by=chen, case=case, text="@孙丽 请到现场看看", at=NOON) == [sun]
    assert told() == {("sun", "cases/called")}
    assert "现场看看" in timeline(case, for_staff=True)[-1].text
    assert all("现场看看" not in step.text for step in timeline(case))


def test_a_unit_is_led_to_the_page_it_works_on(stage, chen, wu, lighting, told):
    case = stage("accepted", to=lighting, by=wu)
    told()
    actions.note(by=chen, case=case, text="请注意安全", tell=[wu], at=NOON)
    assert told() == {("wu", "cases/called_at_work")}


@pytest.mark.parametrize("text", ["@钱七八 请看", "@zzz"])
def test_a_name_that_fits_nobody_is_told_and_nothing_is_kept(stage, chen, text):
    with pytest.raises(NotUnderstood, match="没有叫"):
        actions.note(by=chen, case=stage("reported"), text=text, at=NOON)
    assert not Remark.objects.filter(kind="note").exists()


def test_of_two_of_one_name_one_must_be_chosen(stage, chen, sun, somebody, community):
    other = somebody("sun2", "community_worker", community, name="孙丽")
    case = stage("reported")
    with pytest.raises(NotUnderstood, match="同名"):
        actions.note(by=chen, case=case, text="@孙丽 请看", at=NOON)
    assert actions.note(by=chen, case=case, text="请看", tell=[other], at=NOON) == [other]


def test_nobody_is_called_who_may_not_see_it(stage, chen, gu, wang):
    for person in (gu, wang):
        with pytest.raises(NotUnderstood, match="看不到"):
            actions.note(by=chen, case=stage("reported"), text="请看", tell=[person], at=NOON)


@pytest.mark.parametrize("who", ["wang", "gu", "wu"])
def test_who_does_not_see_it_as_staff_writes_no_notes(request, stage, who):
    with pytest.raises(NotAllowed):
        actions.note(by=request.getfixturevalue(who), case=stage("reported"), text="你好", at=NOON)


def test_a_unit_complained_of_is_never_called(stage, chen, wu, lighting, told):
    case = stage("reported")
    actions.name_complained_of(by=chen, case=case, unit=lighting, at=NOON)
    with pytest.raises(NotUnderstood):
        actions.note(by=chen, case=case, text="@吴刚 请看", at=NOON)


# ── watching ──────────────────────────────────────────────────────────────────


def test_who_watches_hears_of_every_step_but_their_own(stage, chen, qian, li, told):
    case = stage("reported")
    actions.watch(by=qian, case=case, at=NOON)
    actions.watch(by=qian, case=case, at=NOON)
    actions.watch(by=chen, case=case, at=NOON)
    told()
    actions.dispatch(by=chen, case=case, to=li, at=NOON)
    heard = told()
    assert ("qian", "cases/watched") in heard
    assert ("chen", "cases/watched") not in heard
    actions.unwatch(by=qian, case=case, at=NOON)
    actions.accept(by=li, case=case, at=NOON)
    assert ("qian", "cases/watched") not in told()


def test_the_list_can_be_what_one_watches(stage, chen):
    watched, _other = stage("reported"), stage("reported", text="另一盏路灯不亮")
    actions.watch(by=chen, case=watched, at=NOON)
    page = page_of(chen, Filters.read({"watched": "1"}), at=NOON)
    assert [c.pk for c in page.rows] == [watched.pk]


def test_one_who_does_not_see_it_does_not_watch_it(stage, gu):
    with pytest.raises(NotAllowed):
        actions.watch(by=gu, case=stage("reported"), at=NOON)


# ── putting off ───────────────────────────────────────────────────────────────


def rows(person, tab, at):
    return [c.pk for c in page_of(person, Filters.read({"tab": tab}), at=at).rows]


def test_what_is_put_off_leaves_the_list_and_comes_back_by_itself(stage, sun):
    case = stage("reported")
    actions.snooze(by=sun, case=case, until=NOON + 3 * HOUR, at=NOON)
    assert rows(sun, "todo", NOON + HOUR) == []
    assert rows(sun, "later", NOON + HOUR) == [case.pk]
    assert rows(sun, "todo", NOON + 4 * HOUR) == [case.pk]


def test_no_clock_stops_and_running_out_of_time_wakes_it(stage, sun):
    case = stage("reported")
    before = case.due_at
    actions.snooze(by=sun, case=case, until=case.due_at, at=NOON)
    assert case.due_at == before
    Case.objects.filter(pk=case.pk).update(due_at=NOON + HOUR)
    assert rows(sun, "todo", NOON + 2 * HOUR) == [case.pk]


def test_nothing_is_put_off_beyond_its_deadline_or_into_the_past(stage, sun):
    case = stage("reported")
    with pytest.raises(NotPossible, match="承诺时限"):
        actions.snooze(by=sun, case=case, until=case.due_at + HOUR, at=NOON)
    with pytest.raises(NotUnderstood, match="还没有到"):
        actions.snooze(by=sun, case=case, until=NOON, at=NOON)


def test_what_others_work_on_is_not_put_off(stage, chen):
    with pytest.raises(NotPossible, match="不用推后"):
        actions.snooze(by=chen, case=stage("accepted"), until=NOON + HOUR, at=NOON)


def test_it_can_be_taken_back_and_the_slower_is_told(stage, sun, chen):
    case = stage("reported")
    other = Case.objects.get(pk=case.pk)
    actions.snooze(by=sun, case=case, until=NOON + HOUR, at=NOON)
    with pytest.raises(Overtaken):
        actions.snooze(by=chen, case=other, until=NOON + 2 * HOUR, at=NOON)
    actions.wake(by=sun, case=case, at=NOON)
    assert rows(sun, "todo", NOON) == [case.pk]


@pytest.mark.parametrize("who", ["wang", "li", "gu", "wu", "qian", "shen"])
def test_only_the_desk_puts_off(request, stage, who):
    with pytest.raises(NotAllowed):
        actions.snooze(
            by=request.getfixturevalue(who), case=stage("reported"), until=NOON + HOUR, at=NOON
        )


# ── who has it open ───────────────────────────────────────────────────────────


def test_who_opened_it_is_seen_for_minutes_and_only_at_the_last_case(stage, chen, sun):
    case, other = stage("reported"), stage("reported", text="另一盏路灯不亮")
    actions.look_at(by=chen, case=case, at=NOON)
    assert [p.person for p in others_with(case, sun, NOON)] == [chen]
    assert others_with(case, chen, NOON) == []
    assert others_with(case, sun, NOON + rules.PRESENCE_LASTS) == []
    actions.look_at(by=chen, case=other, at=NOON)
    assert others_with(case, sun, NOON) == []
    assert not Event.objects.filter(by=chen, name__contains="look").exists()


# ── nature ────────────────────────────────────────────────────────────────────


def test_the_nature_of_a_matter_changes_only_on_a_ground_and_on_record(stage, chen):
    case = stage("reported")
    Case.objects.filter(pk=case.pk).update(nature=Nature.COMPLAINT)
    case.refresh_from_db()
    change = {"by": chen, "case": case, "nature": Nature.INQUIRY, "at": NOON}
    with pytest.raises(NotUnderstood, match="为什么"):
        actions.change_nature(**change, ground=NatureGround.CHECKED, reason=" ")
    actions.change_nature(**change, ground=NatureGround.CHECKED, reason="核实后只是询问")
    event = Event.objects.get(name="cases.nature_changed")
    assert (event.facts["before"], event.facts["after"]) == ("complaint", "inquiry")
    assert "核实后与登记不符：核实后只是询问" in timeline(case, for_staff=True)[-1].text


@pytest.mark.parametrize("who", ["wang", "li", "gu", "wu", "qian"])
def test_who_may_not_dispatch_changes_no_nature(request, stage, who):
    with pytest.raises(NotAllowed):
        actions.change_nature(
            by=request.getfixturevalue(who),
            case=stage("reported"),
            nature=Nature.INQUIRY,
            ground=NatureGround.CHECKED,
            reason="核实后只是询问",
            at=NOON,
        )
