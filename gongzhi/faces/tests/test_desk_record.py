"""The journal for auditors, stuck errands for administrators."""

from datetime import timedelta

import pytest

from conftest import NOON
from gongzhi.cases import actions
from gongzhi.cases.reads.tracking import staff_titles
from gongzhi.faces import pages_record
from gongzhi.faces.words_record import EVENTS
from gongzhi.journal.models import Errand, Event
from gongzhi.journal.record import REACTIONS, STUCK_AFTER
from gongzhi.project.described_events import recorded

pytestmark = pytest.mark.django_db
FAR = {"lng": 117.316, "lat": 31.794}


def test_the_journal_says_who_did_what_with_which_case(report, chen, li, shen, as_):
    case = report()
    actions.dispatch(by=chen, case=case, to=li, at=NOON)
    page = as_(shen).get("/desk/record/").content.decode()
    for words in (case.number, "事件上报", "派遣", "陈静", "李强", "第01网格"):
        assert words in page


def test_it_can_be_narrowed_to_an_event_a_case_and_days(report, chen, li, shen, as_):
    case, other = report(), report(at=NOON + timedelta(days=3))
    actions.dispatch(by=chen, case=case, to=li, at=NOON)
    browser = as_(shen)

    def numbers(query):
        body = browser.get(f"/desk/record/?{query}").content.decode().split("<tbody>")[1]
        return case.number in body, other.number in body

    assert numbers("name=cases.dispatched") == (True, False)
    assert numbers(f"number={other.number}") == (False, True)
    assert numbers("from=2026-03-05") == (False, True)
    assert numbers("to=2026-03-04") == (True, False)
    assert numbers("from=2026-03-04&to=2026-03-07") == (True, True)
    assert numbers("number=GZ") == (False, False)
    for nonsense in ("from=x&to=2026-02-31", "name=x", "before=x", "before=99999999999999999999"):
        assert browser.get(f"/desk/record/?{nonsense}").status_code == 200


def test_older_lines_come_page_by_page_and_none_twice(report, shen, as_, monkeypatch):
    monkeypatch.setattr(pages_record, "ROWS", 2)
    cases = [report(f"第{n}件：路灯不亮") for n in range(5)]
    browser, seen, url = as_(shen), [], "/desk/record/?name=cases.reported"
    while url:
        page = browser.get(url)
        seen += [line.about for line in page.context["lines"]]
        older = page.context["older"]
        url = f"/desk/record/?{older}" if older else ""
    assert seen == [case.number for case in reversed(cases)]


def test_an_auditor_of_one_sub_district_reads_only_its_record(
    report, somebody, township, chen, as_
):
    here, there = report(), report(**FAR)
    auditor = somebody("jian", "auditor", township)
    page = as_(auditor).get("/desk/record/").content.decode()
    assert here.number in page
    assert there.number not in page


def test_every_event_that_the_code_can_record_has_a_word():
    assert sorted(set(recorded()) - set(EVENTS)) == []


def test_there_are_no_words_and_no_reactions_for_what_is_never_recorded():
    assert sorted(set(EVENTS) - set(recorded())) == []
    assert sorted(name for name in REACTIONS if name not in recorded()) == []


def test_every_step_of_a_case_is_shown_on_the_case_or_left_out_on_purpose():
    steps = {name for name in recorded() if name.startswith("cases.")}
    assert steps - set(staff_titles()) == {
        "cases.month_frozen",  # these two are about no case
        "cases.turned_away",
        "cases.contact_revealed",  # for auditors: who looked at whom, and what was taken away
        "cases.contact_forgotten",
    }


@pytest.fixture
def errand(report):
    """An errand that failed too often."""
    report()
    errand = Errand.objects.first()
    Errand.objects.exclude(pk=errand.pk).delete()
    Errand.objects.update(tries=STUCK_AFTER, last_error="OSError('<b>线路不通</b>')")
    return Errand.objects.get()


def test_a_stuck_errand_is_shown_with_its_last_error(errand, guan, as_):
    page = as_(guan).get("/desk/errands/").content.decode()
    assert errand.reaction in page
    assert "&lt;b&gt;线路不通" in page


def test_it_can_be_tried_again_once_and_that_is_on_record(errand, guan, as_):
    browser = as_(guan)
    assert browser.post(f"/desk/errands/{errand.pk}/retry/").status_code == 302
    errand.refresh_from_db()
    assert errand.tries == 0
    assert Event.objects.get(name="journal.errand_retried").by == guan
    assert browser.post(f"/desk/errands/{errand.pk}/retry/").status_code == 409
    assert browser.post("/desk/errands/999999/retry/").status_code == 404


def test_nobody_else_tries_it_again(errand, chen, shen, as_):
    for person in (chen, shen):
        assert as_(person).post(f"/desk/errands/{errand.pk}/retry/").status_code == 403
    errand.refresh_from_db()
    assert errand.tries == STUCK_AFTER
