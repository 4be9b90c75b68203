"""What follows from what happened to a case: under lasting names, told once, to whom it matters."""

import pytest

from conftest import NOON
from gongzhi.access.models import Person
from gongzhi.cases import actions
from gongzhi.cases.reactions import dispatchers_of
from gongzhi.journal.models import Errand
from gongzhi.journal.record import REACTIONS
from gongzhi.messages.models import Message

pytestmark = pytest.mark.django_db


def test_the_names_under_which_reactions_are_owed_never_change():
    """Errands in the database carry these names: renaming one would leave errands undone."""
    owed = {
        name: {called for called in reactions if called.startswith("cases.")}
        for name, reactions in REACTIONS.items()
        if name.startswith("cases.")
    }
    assert {name: called for name, called in owed.items() if called} == {
        "cases.reported": {"cases.tell_the_dispatchers"},
        "cases.sent_up": {"cases.tell_the_dispatchers", "cases.tell_who_watches"},
        "cases.sent_down": {"cases.tell_the_dispatchers", "cases.tell_who_watches"},
        "cases.split": {"cases.tell_the_dispatchers", "cases.tell_who_watches"},
        "cases.arbitration_called": {"cases.tell_the_dispatchers", "cases.tell_who_watches"},
        "cases.ruling_asked": {"cases.tell_the_dispatchers", "cases.tell_who_watches"},
        "cases.arbitrated": {"cases.tell_the_handlers", "cases.tell_the_claimants"},
        "cases.merged": {"cases.tell_who_is_relieved", "cases.tell_the_claimants"},
        "cases.assist_asked": {"cases.tell_the_assisting_unit"},
        "cases.assist_answered": {"cases.tell_who_has_it"},
        "cases.extension_asked": {"cases.tell_the_desk_of_a_request"},
        "cases.extended": {"cases.tell_who_has_it"},
        "cases.extension_refused": {"cases.tell_who_has_it"},
        "cases.nearly_due": {"cases.tell_who_has_it"},
        "cases.supervised": {"cases.tell_who_is_pressed"},
        "cases.returned": {
            "cases.tell_the_dispatchers_of_the_return",
            "cases.tell_who_watches",
        },
        "cases.dispatched": {"cases.tell_the_handlers", "cases.tell_the_claimants"},
        "cases.accepted": {"cases.tell_the_claimants"},
        "cases.handled": {"cases.tell_the_checkers", "cases.tell_the_claimants"},
        "cases.reworked": {"cases.tell_the_handler_of_rework", "cases.tell_who_watches"},
        "cases.supplemented": {"cases.tell_whose_turn_it_is", "cases.tell_who_watches"},
        "cases.redo_ordered": {"cases.tell_who_redoes_it", "cases.tell_the_claimants"},
        "cases.reopened": {"cases.tell_the_dispatchers", "cases.tell_the_claimants"},
        "cases.merged_again": {"cases.tell_the_claimants"},
        "cases.appealed": {"cases.tell_the_level_above", "cases.tell_who_watches"},
        "cases.appeal_upheld": {"cases.tell_the_reporter"},
        "cases.appeal_refused": {"cases.tell_the_reporter"},
        "cases.asking_again": {"cases.tell_the_reporter"},
        "cases.noted": {"cases.tell_who_was_called", "cases.tell_who_watches"},
        "cases.rated": {"cases.tell_who_watches"},
        "cases.overdue": {"cases.tell_who_watches"},
        "cases.nature_changed": {"cases.tell_who_watches"},
        "cases.closed": {"cases.tell_the_claimants"},
        "cases.declined": {"cases.tell_the_claimants"},
    }


def test_messages_hold_references_and_nobodys_words(stage, told, li):
    case = stage("dispatched", contact_name="王秀英", contact_phone="10012345678")
    told()
    assert Message.objects.exists()
    for message in Message.objects.all():
        assert message.facts["case"] == case.pk
        assert "王秀英" not in str(message.facts)
        assert "10012345678" not in str(message.facts)


def test_an_errand_done_much_later_finds_the_case_as_it_is_then(stage, told, li, sun, chen):
    case = stage("dispatched")
    actions.dispatch(by=chen, case=case, to=sun, at=NOON)
    assert {("li", "cases/for_you"), ("sun", "cases/for_you")} <= told()


def test_a_stranger_cannot_be_told_and_nothing_fails(report, told, chen):
    report(by=None)
    assert told() == {("chen", "cases/new_case")}
    assert Errand.objects.exclude(done_at=None).count() == Errand.objects.count()


def test_somebody_with_two_reasons_is_told_once(stage, told, zhou, somebody, grid_2, li, chen):
    case = stage("reported")
    actions.join(by=zhou, case=case, reporter_ref=f"p:{zhou.pk}", at=NOON)
    told()
    actions.dispatch(by=chen, case=case, to=li, at=NOON)
    told()
    told_zhou = Message.objects.filter(to=zhou, template="cases/news")
    assert told_zhou.count() == 1


def test_the_nearest_desk_with_somebody_in_it(grid_1, far_grid, district, chen, gu, he):
    assert dispatchers_of(grid_1) == [chen]
    assert dispatchers_of(far_grid) == [gu]
    assert dispatchers_of(district) == [he]
    Person.objects.filter(pk=chen.pk).update(is_active=False)
    assert dispatchers_of(type(grid_1).objects.get(pk=grid_1.pk)) == [he]


def test_without_any_dispatcher_the_community_is_told(grid_1, li, sun):
    assert dispatchers_of(grid_1) == [sun]


def test_without_any_desk_nobody_is_told(grid_1, li):
    assert dispatchers_of(grid_1) == []
