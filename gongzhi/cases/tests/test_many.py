"""Many cases at once: previewed by the verbs themselves, each by itself, undone."""

import pytest

from conftest import NOON
from gongzhi.cases import actions
from gongzhi.cases.actions.many import Doing, do_to_each
from gongzhi.cases.models import Case, FollowUp, Macro, Reply, SavedSearch
from gongzhi.cases.reads.near import candidates
from gongzhi.cases.reads.repeats import repeats_of
from gongzhi.cases.words import Act, ReplyUse
from gongzhi.journal.models import Event
from gongzhi.kernel.refusals import NotAllowed, NotPossible, NotUnderstood

pytestmark = pytest.mark.django_db


@pytest.fixture
def lamps(report):
    """Five reports of one lamp by five people, and one of something else at the same place."""
    words = ["路灯不亮", "路灯坏了", "路灯不亮了，黑", "3栋路灯不亮", "楼下路灯坏了不亮"]
    return [report(text) for text in words]


def run(by, cases, *doings, for_real=True, seen=None):
    pairs = [(Case.objects.get(pk=c.pk), seen or c.version) for c in cases]
    return do_to_each(by=by, cases=pairs, doings=doings, at=NOON, for_real=for_real)


def test_a_preview_says_what_would_happen_and_changes_nothing(lamps, chen, sun):
    before = list(Case.objects.order_by("pk").values_list())
    events = Event.objects.count()
    outcomes = run(chen, lamps, Doing("merge", parent=lamps[0].pk), for_real=False)
    assert [o.done for o in outcomes] == [False, True, True, True, True]
    assert "并入自己" in outcomes[0].sentence
    assert list(Case.objects.order_by("pk").values_list()) == before
    assert Event.objects.count() == events


def test_many_are_merged_at_once_and_the_merge_is_undone_at_once(lamps, chen):
    outcomes = run(chen, lamps[1:], Doing("merge", parent=lamps[0].pk))
    assert all(o.done for o in outcomes)
    merged = list(lamps[0].merged.all())
    assert len(merged) == 4
    assert all(o.done for o in run(chen, merged, Doing("split")))
    assert not lamps[0].merged.exists()


def test_after_a_bulk_merge_solving_one_answers_every_claimant_again_after_a_redo(
    lamps, stage, report, wang, zhou, chen, he, told, NOON
):
    """Two people by the app and one by telephone; answered at the end, and at the second end."""
    parent = stage("checked")
    mine = report("路灯坏了不亮", by=zhou)
    called = report("楼下路灯坏了", source="hotline", contact_phone="13812345678")
    assert all(o.done for o in run(chen, [mine, called], Doing("merge", parent=parent.pk)))
    told()
    actions.close(by=he, case=Case.objects.get(pk=parent.pk), at=NOON)
    assert {c.status for c in Case.objects.filter(pk__in=[mine.pk, called.pk])} == {"closed"}
    assert {"wang", "zhou"} <= {who for who, _what in told()}
    assert called.followups.filter(done_at=None).count() == 1, "who called is called back"
    owed = FollowUp.objects.get(case=called)
    answers = {"reached": True, "contacted": True, "solved": False, "satisfied": False}
    actions.visit(by=chen, followup=owed, text="晚上又灭了", at=NOON, **answers)
    again = Case.objects.get(pk=parent.pk)
    assert again.status == "dispatched"
    assert {c.status for c in Case.objects.filter(pk__in=[mine.pk, called.pk])} == {"merged"}
    told()
    Case.objects.filter(pk=parent.pk).update(status="checked")
    actions.close(by=he, case=Case.objects.get(pk=parent.pk), at=NOON)
    assert {"wang", "zhou"} <= {who for who, _what in told()}
    assert called.followups.filter(done_at=None).count() == 1


def test_a_merge_that_holds_its_own_parent_merges_the_others(lamps, chen):
    """In one go the parent is refused and the rest is done; in a chain nothing becomes a circle."""
    outcomes = run(chen, lamps[:3], Doing("merge", parent=lamps[0].pk))
    assert [o.done for o in outcomes] == [False, True, True]
    [outcome] = run(chen, [lamps[0]], Doing("merge", parent=lamps[1].pk))
    assert not outcome.done
    assert Case.objects.get(pk=lamps[0].pk).parent is None


def test_more_than_a_hundred_at_once_are_refused_in_words(lamps, chen, as_):
    said = {"what": "watch", "case": [f"{n}:1" for n in range(1, 102)]}
    answer = as_(chen).post("/desk/many/", said)
    assert answer.status_code == 422
    assert "一次最多处理 100 件" in answer.text


def test_one_that_is_refused_stops_no_other(lamps, chen, he, stage):
    done = stage("closed")
    outcomes = run(chen, [lamps[1], done, lamps[2]], Doing("merge", parent=lamps[0].pk))
    assert [o.done for o in outcomes] == [True, False, True]
    assert set(lamps[0].merged.all()) == {lamps[1], lamps[2]}


def test_one_that_somebody_changed_meanwhile_is_left_alone(lamps, chen, li):
    actions.dispatch(by=chen, case=Case.objects.get(pk=lamps[1].pk), to=li, at=NOON)
    outcomes = run(chen, lamps[1:3], Doing("merge", parent=lamps[0].pk))
    assert [o.done for o in outcomes] == [False, True]
    assert "先一步" in outcomes[0].sentence


def test_a_row_does_all_its_acts_or_none(lamps, chen, li):
    acts = [Doing(Act.WATCH), Doing(Act.FINISH)]
    assert not run(chen, lamps[:1], *acts)[0].done
    assert not lamps[0].watches.exists()


def test_texts_are_filled_for_each_case(lamps, sun, lighting, wu):
    outcomes = run(sun, lamps[:2], Doing(Act.DISPATCH, text="{编号}请尽快去"))
    assert [o.sentence for o in outcomes] == ["派给望湖区路灯管理所。"] * 2
    texts = [c.remarks.get(kind="opinion").text for c in lamps[:2]]
    assert texts == [f"{c.number}请尽快去" for c in lamps[:2]]


@pytest.mark.parametrize(
    ("act", "status", "after"),
    [
        (Act.FINISH, "handled", "closed"),
        (Act.FINISH, "checked", "closed"),
        (Act.REMIND, "dispatched", "dispatched"),
        (Act.NOTE, "accepted", "accepted"),
        (Act.SNOOZE, "reported", "reported"),
    ],
)
def test_each_act_does_what_the_verb_does(stage, chen, sun, act, status, after):
    by = sun if act == Act.SNOOZE else chen
    outcome = run(by, [stage(status)], Doing(act, text="请看一下", days=1))[0]
    assert outcome.done, outcome.sentence
    assert Case.objects.get(pk=outcome.case.pk).status == after


# ── candidates and repeats ────────────────────────────────────────────────────


def test_candidates_are_what_may_be_merged_near_and_alike(lamps, stage, chen, gu, report):
    far = report("路灯不亮", lng=117.3105, lat=31.7935)
    done, rubbish = stage("closed"), report("垃圾成堆没人扫")
    found = {near.case.pk for near in candidates(lamps[0], chen)}
    assert found == {c.pk for c in lamps[1:]}
    assert not {far.pk, done.pk, rubbish.pk} & found
    assert candidates(lamps[0], gu) == []


def test_how_far_candidates_are_looked_for_is_the_items(lamps, report, chen, item):
    far = report("路灯不亮", lng=117.3105, lat=31.7935)
    lamp = lamps[0].item
    lamp.radius = 600
    lamp.save()
    case = Case.objects.select_related("item").get(pk=lamps[0].pk)
    assert far.pk in {near.case.pk for near in candidates(case, chen)}


def test_person_place_and_matter_are_counted_apart(report, wang, zhou, item, chen):
    mine = report("路灯不亮", by=wang)
    report("垃圾成堆没人扫", by=wang)  # the same person and place, another matter
    report("路灯坏了", by=zhou)  # another person
    report("路灯坏了", by=zhou, lng=117.3047, lat=31.7935)  # the same grid, another place
    case = Case.objects.select_related("item").get(pk=mine.pk)
    found = repeats_of([case], at=NOON)[case.pk]
    assert (found.person, found.place, found.matter, found.merged) == (1, 2, 2, 0)


def test_a_grid_worker_who_reports_every_day_is_nobody_who_comes_again(report, li, wang):
    cases = [report(f"第{n}盏路灯不亮", by=li, source="patrol") for n in range(3)]
    found = repeats_of([*cases, report("路灯不亮", by=wang)], at=NOON)
    assert {one.person for one in found.values()} == {0}
    assert found[cases[0].pk].place == 3


def test_a_matter_is_the_same_in_another_edition_of_the_catalogue(report, edition):
    from gongzhi.catalogue.models import Edition, Item, ItemClass

    mine, other = report("路灯不亮"), report("路灯坏了")
    next_one = Edition.objects.create(number=2, digest="u" * 64, loaded_at=NOON)
    klass = ItemClass.objects.create(edition=next_one, code="02", name="x", icon="x")
    again = Item.objects.create(
        edition=next_one, item_class=klass, code=mine.item.code, name="路灯不亮",
        grade="ordinary", tier="community", lead="lighting", closing="x",
    )  # fmt: skip
    Case.objects.filter(pk=other.pk).update(item=again)
    case = Case.objects.select_related("item").get(pk=mine.pk)
    assert repeats_of([case], at=NOON)[case.pk].matter == 1


def test_counting_repeats_costs_the_same_for_one_case_and_for_many(
    lamps, django_assert_num_queries
):
    cases = list(Case.objects.select_related("item"))
    with django_assert_num_queries(1):
        repeats_of(cases[:1], at=NOON)
    with django_assert_num_queries(1):
        repeats_of(cases, at=NOON)


# ── what the desk keeps ───────────────────────────────────────────────────────


def reply(by, area, **given):
    said = {"use": ReplyUse.DISPATCH, "name": "现场核实", "text": "请到{地点}核实", "at": NOON}
    return actions.write_reply(by=by, area=area, **{**said, **given})


def test_a_reply_is_offered_below_and_not_beside(chen, sun, gu, township):
    made = reply(chen, township)
    for person, sees in ((chen, True), (sun, True), (gu, False)):
        assert Reply.objects.visible_to(person).filter(pk=made.pk).exists() == sees


def test_a_field_nobody_can_fill_is_refused(chen, township):
    with pytest.raises(NotUnderstood, match="今天"):
        reply(chen, township, text="{今天}去")


def test_two_of_a_name_are_refused_and_a_better_one_takes_its_place(chen, township):
    first = reply(chen, township)
    with pytest.raises(NotPossible, match="同名"):
        reply(chen, township)
    reply(chen, township, text="请去看看", replaces=first)
    assert [r.text for r in Reply.objects.in_use()] == ["请去看看"]


@pytest.mark.parametrize("who", ["wang", "li", "gu", "wu", "qian"])
def test_only_the_desk_keeps_replies_and_macros(request, township, who):
    person = request.getfixturevalue(who)
    with pytest.raises(NotAllowed):
        reply(person, township)
    with pytest.raises(NotAllowed):
        actions.keep_macro(by=person, area=township, name="一", acts=[{"act": "watch"}], at=NOON)


def test_a_macro_of_a_name_is_replaced(chen, township):
    for acts in ([{"act": "watch"}], [{"act": "note", "text": "{标题}"}]):
        actions.keep_macro(by=chen, area=township, name="一", acts=acts, at=NOON)
    assert [m.acts for m in Macro.objects.all()] == [[{"act": "note", "text": "{标题}"}]]


@pytest.mark.parametrize(
    "acts",
    [[], [{"act": "explode"}], [{}], [{"act": "watch"}] * 6, [{"act": "note", "text": "{x}"}]],
)
def test_a_macro_that_makes_no_sense_is_refused(chen, township, acts):
    with pytest.raises(NotUnderstood):
        actions.keep_macro(by=chen, area=township, name="一", acts=acts, at=NOON)


def test_a_search_is_ones_own_or_the_desks(chen, sun, gu, township):
    actions.save_search(by=chen, name="我的", query="tab=late&page=3&evil=1", at=NOON)
    actions.save_search(by=chen, name="本台", query="source=hotline", share_with=township, at=NOON)
    mine = SavedSearch.objects.visible_to(chen)
    assert {s.name: s.query for s in mine} == {"我的": "tab=late", "本台": "source=hotline"}
    assert [s.name for s in SavedSearch.objects.visible_to(sun)] == ["本台"]
    assert not SavedSearch.objects.visible_to(gu).exists()
    for search in mine:
        actions.drop_search(by=sun, search=search, at=NOON)
    assert mine.count() == 2


def test_nobody_shares_with_a_desk_that_is_not_theirs(sun, township):
    with pytest.raises(NotPossible):
        actions.save_search(by=sun, name="一", query="", share_with=township, at=NOON)
