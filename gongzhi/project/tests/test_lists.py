"""Any list can be taken out: every page of the desk offers it, or is named here with a reason."""

import re

import pytest

from conftest import LAMP, NOON
from gongzhi.access.roles import Role
from gongzhi.cases.models import refused
from gongzhi.disputes.models import Mediator
from gongzhi.doors.models import Answer, TurnedAway
from gongzhi.doors.phone.models import Callback
from gongzhi.journal.models import Event
from gongzhi.places.models import Component, Dwelling
from gongzhi.project.tests.examples import Examples
from gongzhi.project.tests.test_security import ALL
from gongzhi.sheets.kinds import LISTINGS
from gongzhi.visits.models import Round, Stop

pytestmark = pytest.mark.django_db

# Pages of the desk that are no list, or a list that leaves the house by another way.
NO_LIST = {
    "disputes:new": "a form",
    "elders:enrol": "a form",
    "elders:phones": "telephones of the demo, to press keys on",
    "elders:shadow": "a form, and trials whose figures stand on their own pages",
    "desk:messages": "what was told to oneself; the record has it for everybody",
    "desk:catalogue": "the catalogue is a file in config/, and that file is the table",
    "desk:calendar": "the calendars are files in config/",
    "desk:flows": "the flows are files in config/, shown as diagrams",
    "desk:errands": "work of the machine that waits for its administrator",
    "doors:partners": "keys and addresses of other systems, for administrators only",
    "insight:numbers": "figures without people, as CSV and XLSX by the page's own buttons",
    "phone_desk:desk": "the call of this moment; calls back and orders are lists of their own",
    "qr_desk:codes": "codes are printed as the sheet of labels below",
    "qr_desk:sheet": "that sheet",
    "register:map": "the choice on it leads to the list of people, which is taken out",
    "register:requests": "what people ask about themselves is answered one by one",
    "staff:figures": "a part of the inbox",
    "staff:shared": "templates, macros and searches that the desk keeps for itself",
    "tables:all": "one's own tables; the ledger has everybody's",
    "visits:begin": "a form",
    "staff:register": "a form",
}
PAGES = [a for a in ALL if a.pattern.startswith("/desk/") and not re.search(r"[<(]", a.pattern)]
WAY = re.compile(r'href="/desk/tables/out/of/([\w.]+)/')
# Listings whose button shows only when there is something on the page.
IF_ANY = {"cases.followups", "cases.appeals", "doors.refused"}


@pytest.fixture
def everything(somebody, district):
    """Somebody with every post of the whole district: nothing is hidden from them."""
    posts = set(Role) - {Role.RESIDENT, Role.UNIT_STAFF}
    return [somebody("quan", role, district, name="全能") for role in sorted(posts)][-1]


@pytest.fixture
def world_of_rows(report, request, wang):
    """One row of everything that a list may show."""
    names = {
        Role.RESIDENT: "wang", Role.GRID_WORKER: "li", Role.COMMUNITY_WORKER: "sun",
        Role.DISPATCHER: "chen", Role.UNIT_STAFF: "wu", Role.LEADER: "qian",
        Role.AUDITOR: "shen", Role.ADMINISTRATOR: "guan",
    }  # fmt: skip
    people = {role: request.getfixturevalue(name) for role, name in names.items()}
    case = report("路灯不亮，晚上看不见路", by=wang, item_code=LAMP)
    examples = Examples(case, people)
    home = Dwelling.objects.get()
    one = examples.make(Round, area=case.area)
    examples.known |= {Dwelling: home, Round: one}
    examples.make(Stop, grid=case.area)
    examples.make(Component, grid=case.area)
    examples.make(Mediator, area=case.area.parent)
    Answer.objects.update(tries=2)
    for model in (Callback, TurnedAway, refused.TurnedAway):
        examples.make(model)
    return examples


def test_every_page_of_the_desk_offers_its_list_or_says_why_not(everything, world_of_rows, as_):
    browser = as_(everything)
    offered, bare = set(), set()
    for page in PAGES:
        answer = browser.get(page.pattern)
        if answer.status_code == 200 and "text/html" in answer["Content-Type"]:
            ways = set(WAY.findall(answer.text))
            offered |= ways
            bare |= {page.name} if not ways else set()
    assert bare == set(NO_LIST), "each list of the desk offers 导出与打印, or has its reason here"
    assert offered | IF_ANY | {"visits.stops"} >= set(LISTINGS), "no list without its page"


def test_every_column_of_every_list_can_be_written(everything, world_of_rows, as_):
    asked = {"visits.stops": {"round": str(Round.objects.get().pk)}}
    asked["hotline.week"] = {"week": f"{NOON:%Y-%m-%d}"}
    browser, empty = as_(everything), set()
    for name, listing in LISTINGS.items():
        query = asked.get(name, {})
        keys = [column.key for column in listing.columns]
        rows = list(listing.rows(everything, query, keys, NOON))
        empty |= set() if rows else {name}
        assert len(rows) == listing.count(everything, query, NOON), name
        assert all(len(row) == len(keys) for row in rows), name
        assert len(set(keys)) == len(keys), name
        page = browser.get(listing.page(query))
        assert page.status_code == 200, name
        assert 'aria-keyshortcuts="e"' in page.content.decode(), f"the key e does nothing on {name}"
        form = browser.get(f"/desk/tables/out/of/{name}/?round=x&state=x&week=x&month=x&q=x")
        assert form.status_code == 200, name
    assert empty == set()


def test_a_list_that_is_asked_for_is_on_record(everything, world_of_rows, as_):
    browser = as_(everything)
    for name in ("care.elders", "hotline.orders", "residents.homes", "phone.callbacks"):
        columns = {f"column_{c.key}": "on" for c in LISTINGS[name].columns}
        said = {"reason": "季度核对", "shape": "csv", **columns}
        answer = browser.post(f"/desk/tables/out/of/{name}/", said)
        file = b"".join(browser.get(f"{answer.url}file/").streaming_content).decode("utf-8-sig")
        assert "全能" in file or len(file.splitlines()) > 1
        assert Event.objects.get(name="sheets.list_asked", facts__kind=name).by == everything


def test_names_and_numbers_are_masked_as_their_pages_mask_them(everything, world_of_rows):
    def said(name):
        listing = LISTINGS[name]
        return str(list(listing.rows(everything, {}, [c.key for c in listing.columns], NOON)))

    assert "王**" in said("care.elders")
    assert "王秀英" not in said("care.elders")
    assert "望湖花园3栋2单元501" not in said("care.elders")
