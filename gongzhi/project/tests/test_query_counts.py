"""How many queries the pages of the load goal take: exact, and no more for fifty rows."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import now

from conftest import LAMP
from gongzhi.access.roles import Role
from gongzhi.calendars import reads as calendars
from gongzhi.cases.models import Case
from gongzhi.cases.reads import numbers
from gongzhi.catalogue import reads as catalogue
from gongzhi.flows import reads as flows
from gongzhi.project.tests.examples import Examples
from gongzhi.residents.models import Resident

pytestmark = pytest.mark.django_db

# What a signed-in dispatcher's request takes, session and posts included, once what is remembered
# is remembered. More is a question to whoever changes it; less is a new number here.
BASELINES = {
    "inbox": 15,
    "inbox filtered": 16,
    "list alone": 11,
    "case": 29,
    "case pane": 25,
    "wall": 8,
    "person": 21,
    "dispatch": 36,
    "merge": 15,
}
ASKED = re.compile(r"(SELECT|INSERT|UPDATE|DELETE|WITH)\b")  # savepoints are no questions
PART = {"HX-Request": "true"}


class Desk:
    """A dispatcher's browser on five cases at one spot, and what she asks for."""

    def __init__(self, browser, report, handler, resident):
        self.browser, self.report, self.handler, self.resident = browser, report, handler, resident
        self.add(5)
        self.one = Case.objects.order_by("pk")[1]

    def add(self, many, **more):
        """So many cases more."""
        for n in range(many):
            self.report(f"第{n}盏路灯不亮", item_code=LAMP, **more)

    def ask(self, page):
        """Ask for one page, or press one button; each time of cases nothing was done with."""
        one, browser = self.one.pk, self.browser
        match page:
            case "inbox":
                return browser.get("/desk/")
            case "inbox filtered":
                return browser.get("/desk/?tab=all&q=路灯&status=reported&sort=oldest")
            case "list alone":
                return browser.get("/desk/?tab=all", headers=PART)
            case "case":
                return browser.get(f"/desk/cases/{one}/")
            case "case pane":
                return browser.get(f"/desk/cases/{one}/", headers=PART)
            case "wall":
                return browser.get("/wall/")
            case "person":
                return browser.get(f"/desk/residents/{self.resident.pk}/")
        return getattr(self, page)()

    def dispatch(self):
        """The form of the pane."""
        case = Case.objects.filter(status="reported").order_by("pk").last()
        said = {"seen": case.version, "item": LAMP, "grade": case.grade, "text": "请今天去"}
        said["to"] = f"p:{self.handler.pk}"
        return self.browser.post(f"/desk/cases/{case.pk}/dispatch/", said, headers=PART)

    def merge(self):
        """Two into a third, for good."""
        cases = list(Case.objects.filter(status="reported").order_by("-pk")[:3])
        said = {"what": "merge", "step": "do", "parent": cases[0].pk, "text": "同一盏灯"}
        said["case"] = [f"{case.pk}:{case.version}" for case in cases]
        return self.browser.post("/desk/many/", said)

    def cost(self, page):
        """How many questions the page asks the database."""
        with CaptureQueriesContext(connection) as asked:
            answer = self.ask(page)
        assert answer.status_code == 200, page
        return sum(bool(ASKED.match(query["sql"])) for query in asked)


@pytest.fixture
def desk(as_, report, request, wang, li, chen, monkeypatch):
    """chen at her desk; a resident with one of everything beside them."""
    for reads in (catalogue, calendars, flows):  # on a slow machine they would be asked again
        monkeypatch.setattr(reads, "FRESH_FOR", 3600.0)
    monkeypatch.setattr(numbers, "REMEMBERED", 3600)
    names = {Role.COMMUNITY_WORKER: "sun", Role.UNIT_STAFF: "wu"}
    people = {role: request.getfixturevalue(name) for role, name in names.items()}
    people |= {Role.GRID_WORKER: li, Role.DISPATCHER: chen}
    Examples(report("路灯不亮", by=wang, item_code=LAMP), people)
    return Desk(as_(chen), report, li, Resident.objects.get())


def costs(desk):
    """Page → its cost, asked again at once, while what is remembered is."""
    desk.add(5)
    found = {}
    for page in BASELINES:
        desk.ask(page)
        found[page] = desk.cost(page)
    return found


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL asks for its lock as well")
def test_each_page_asks_as_often_as_written_here(desk):
    assert costs(desk) == BASELINES


@pytest.mark.slow
def test_no_page_asks_more_often_for_fifty_cases_than_for_five(desk):
    """Two more at most: a case that is like no other asks for less, whatever their number."""
    few = costs(desk)
    desk.add(45, at=now() - timedelta(hours=1))
    many = costs(desk)
    assert {page: (few[page], n) for page, n in many.items() if n > few[page] + 2} == {}
