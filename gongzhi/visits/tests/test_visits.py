"""Visit rounds: begun from the register, seen by grid, ticked off once, taken back."""

import threading
from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.utils.timezone import localdate

from gongzhi.journal.models import Errand, Event
from gongzhi.journal.record import run_one
from gongzhi.kernel.refusals import NotAllowed, NotPossible, NotUnderstood, Overtaken, TooLarge
from gongzhi.messages.models import Message
from gongzhi.places.models import Dwelling
from gongzhi.residents.models import Resident
from gongzhi.residents.reads.search import Sought
from gongzhi.residents.rules.selection import Selection
from gongzhi.residents.tests.conftest import LI, WANG, collected, home, take
from gongzhi.visits import actions, reads, rules
from gongzhi.visits.models import Round, Stop
from gongzhi.visits.words import Outcome

__all__ = ["collected", "home", "take"]
pytestmark = pytest.mark.django_db
BEGIN = "/desk/visits/begin/"


# ── rules ─────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("paths", "common"),
    [
        (["/a/b/c/"], "/a/b/c/"),
        (["/a/b/c/", "/a/b/d/"], "/a/b/"),
        (["/a/b/c/", "/a/bb/"], "/a/"),
        (["/a/b/", "/a/b/c/"], "/a/b/"),
    ],
)
def test_the_area_of_a_round_is_the_lowest_that_holds_all(paths, common):
    assert rules.common_path(paths) == common


def test_a_round_is_due_from_today_to_half_a_year():
    today = date(2026, 3, 4)
    days = [-1, 0, 180, 181]
    due = [rules.due_is_possible(today + timedelta(days=n), today) for n in days]
    assert due == [False, True, True, False]


# ── beginning ─────────────────────────────────────────────────────────────────


@pytest.fixture
def people(take, home, li, grid_2):
    """王秀英 (a party member) in 501 and 李四 in 502 of grid_1, 赵 without a home."""
    take(WANG, LI)
    Resident.objects.create(name="赵无门", grid=home.grid, collection=home.collection)


@pytest.fixture
def begin(people, sun, grid_1, NOON):
    """`begin(tags=("party_member",))`: 孙丽 has grid_1 visited within a week."""

    def made(*, by=sun, key=None, tags=(), within=None, **changes):
        told = {"title": "冬季走访", "due_on": NOON.date() + timedelta(days=7), **changes}
        sought = Sought(tags=tags, within=within or Selection(grids=(grid_1.code,)))
        new = actions.NewRound(key=key or uuid4(), sought=sought, **told)
        return actions.begin(by=by, new=new, at=NOON)

    return made


def test_homes_of_the_people_sought_become_stops(begin, grid_1, sun, NOON):
    one = begin()
    assert [stop.dwelling.name for stop in one.stops.order_by("dwelling")] == ["501", "502"]
    assert one.area == grid_1
    said = Event.objects.get(name="visits.begun")
    assert (said.by, said.area_path) == (sun, grid_1.path)
    assert said.facts == {"round": one.pk, "homes": 2, "grids": [grid_1.code]}
    tagged = begin(tags=("party_member",))
    assert [stop.dwelling.name for stop in tagged.stops.all()] == ["501"]
    assert [one.name for one in reads.people_at(tagged.stops.get())] == ["王秀英"]


def test_the_same_form_is_one_round(begin):
    key = uuid4()
    assert begin(key=key) == begin(key=key)
    assert Round.objects.count() == 1
    assert Event.objects.filter(name="visits.begun").count() == 1


def test_grid_workers_hear_of_it_once(begin, li, zhao, NOON):
    begin()
    for _again in range(2):
        while run_one(at=NOON + timedelta(days=1)):
            pass
        assert [m.to for m in Message.objects.filter(template="visits/begun")] == [li]
        Errand.objects.update(done_at=None, tries=0, not_before=NOON)


@pytest.mark.parametrize(
    ("changes", "refusal", "sentence"),
    [
        ({"title": " x "}, NotUnderstood, "起个名字"),
        ({"title": "长" * 61}, NotUnderstood, "起个名字"),
        ({"note": "长" * 301}, NotUnderstood, "最多 300 字"),
        ({"due_on": date(2026, 3, 3)}, NotUnderstood, "今天到半年之内"),
        ({"tags": ("veteran",)}, NotPossible, "排不出走访户"),
    ],
)
def test_a_round_that_cannot_be_says_why_and_leaves_nothing(begin, changes, refusal, sentence):
    with pytest.raises(refusal, match=sentence):
        begin(**changes)
    assert not Round.objects.exists()
    assert not Event.objects.filter(name="visits.begun").exists()


def test_too_many_homes_at_once_are_refused(begin, monkeypatch):
    monkeypatch.setattr(rules, "HOMES_MOST", 1)
    with pytest.raises(TooLarge, match="所选有 2 户"):
        begin()


@pytest.mark.parametrize("who", ["wang", "li", "wu", "qian", "shen", "guan"])
def test_others_begin_nothing(begin, request, world, who):
    with pytest.raises(NotAllowed):
        begin(by=request.getfixturevalue(who))


def test_homes_elsewhere_are_not_taken(begin, gu, grid_1):
    with pytest.raises(NotPossible):
        begin(by=gu)


# ── at the door ───────────────────────────────────────────────────────────────


def test_a_visit_is_on_record_and_the_last_one_ends_the_round(begin, li, sun, NOON):
    one = begin()
    first, last = one.stops.order_by("pk")
    done = actions.visit(by=li, stop=first, outcome=Outcome.MET, note="精神不错", at=NOON)
    assert (done.done_by, done.outcome, done.note) == (li, "met", "精神不错")
    said = Event.objects.get(name="visits.home_visited")
    assert said.facts == {"round": one.pk, "stop": first.pk, "outcome": "met"}
    assert not Event.objects.filter(name="visits.finished").exists()
    actions.visit(by=sun, stop=last, outcome=Outcome.MOVED, note="", at=NOON)
    one.refresh_from_db()
    assert one.finished_at == NOON
    while run_one(at=NOON + timedelta(days=1)):
        pass
    assert Message.objects.get(template="visits/finished").to == sun


def test_nobody_home_leaves_the_home_on_the_list(begin, li, NOON):
    stop = begin().stops.first()
    again = actions.visit(by=li, stop=stop, outcome=Outcome.AWAY, note="", at=NOON)
    assert (again.tries, again.done_at) == (1, None)
    assert again in reads.to_visit(li)
    with pytest.raises(Overtaken, match="请刷新"):  # pressed twice on the page of before
        actions.visit(by=li, stop=stop, outcome=Outcome.AWAY, note="", at=NOON)
    assert Stop.objects.get(pk=stop.pk).tries == 1


def test_pressed_twice_counts_once_and_the_second_person_is_told_who(begin, li, sun, NOON):
    stop = begin().stops.first()
    for _again in range(2):
        actions.visit(by=li, stop=stop, outcome=Outcome.MET, note="", at=NOON)
    assert Event.objects.filter(name="visits.home_visited").count() == 1
    with pytest.raises(Overtaken, match="李强登记为“见到本人”"):
        actions.visit(by=sun, stop=stop, outcome=Outcome.MOVED, note="", at=NOON)


@pytest.mark.parametrize("who", ["zhao", "chen", "wang", "shen"])
def test_who_does_not_work_in_the_grid_ticks_nothing(begin, request, who, NOON):
    stop = begin().stops.first()
    with pytest.raises(NotAllowed):
        actions.visit(
            by=request.getfixturevalue(who), stop=stop, outcome=Outcome.MET, note="", at=NOON
        )
    assert Stop.objects.get(pk=stop.pk).done_at is None


def test_a_tick_is_taken_back_the_same_day_by_the_same_person(begin, li, sun, NOON):
    one = begin(tags=("party_member",))
    stop = actions.visit(by=li, stop=one.stops.get(), outcome=Outcome.MET, note="x", at=NOON)
    for who, when in ((sun, NOON), (li, NOON + timedelta(days=1))):
        with pytest.raises(NotPossible, match="自己今天"):
            actions.take_back(by=who, stop=stop, at=when)
    back = actions.take_back(by=li, stop=stop, at=NOON)
    assert (back.done_at, back.note) == (None, "")
    one.refresh_from_db()
    assert one.is_running
    assert Event.objects.filter(name="visits.taken_back").exists()


def test_a_round_taken_back_leaves_the_lists_and_ends_once(begin, li, sun, NOON):
    one = begin()
    stop = one.stops.first()
    actions.withdraw(by=sun, round_=one, at=NOON)
    assert not reads.to_visit(li).exists()
    with pytest.raises(NotPossible, match="已经撤回"):
        actions.visit(
            by=li, stop=Stop.objects.get(pk=stop.pk), outcome=Outcome.MET, note="", at=NOON
        )
    with pytest.raises(NotPossible, match="已经结束"):
        actions.withdraw(by=sun, round_=one, at=NOON)
    with pytest.raises(NotAllowed):
        actions.withdraw(by=li, round_=begin(), at=NOON)


def test_a_visit_and_its_record_stand_or_fall_together(begin, li, NOON, monkeypatch):
    stop = begin().stops.first()

    def broken(*_args, **_kwargs):
        raise OSError("disk full")

    monkeypatch.setattr(actions, "record", broken)
    with pytest.raises(OSError, match="disk full"):
        actions.visit(by=li, stop=stop, outcome=Outcome.MET, note="", at=NOON)
    assert Stop.objects.get(pk=stop.pk).done_at is None


@pytest.mark.django_db(transaction=True)
def test_of_two_at_one_door_one_is_written(begin, li, sun, NOON):
    stop = begin().stops.select_related("round__area", "grid").first()
    start, said = threading.Barrier(2), []

    def knock(who):
        start.wait()
        try:
            actions.visit(by=who, stop=stop, outcome=Outcome.MET, note="", at=NOON)
            said.append("written")
        except Overtaken:
            said.append("told")
        finally:
            connection.close()

    both = [threading.Thread(target=knock, args=[who]) for who in (li, sun)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert sorted(said) == ["told", "written"]
    assert Event.objects.filter(name="visits.home_visited").count() == 1


# ── pages ─────────────────────────────────────────────────────────────────────


def test_from_the_list_to_the_phone_and_back(as_, people, sun, li, grid_1, home):
    desk, phone = as_(sun), as_(li)
    query = f"?grid={grid_1.code}"
    assert f"{BEGIN}{query}" in desk.get(f"/desk/residents/{query}").content.decode()
    page = desk.get(BEGIN + query).content.decode()
    assert "李强" in page
    assert "布置 2 户" in page
    assert "另有 1 人没有登记到户室" in page
    typed = {"key": str(uuid4()), "title": "冬季走访", "note": "问冷暖"}
    bad = desk.post(BEGIN + query, {**typed, "due_on": "明天"})
    assert bad.status_code == 422
    assert "请选完成期限" in bad.content.decode()
    later = (localdate() + timedelta(days=3)).isoformat()
    sent = desk.post(BEGIN + query, {**typed, "due_on": later})
    assert sent.status_code == 302
    assert "冬季走访" in desk.get("/desk/visits/").content.decode()
    todo = phone.get("/patrol/visits/").content.decode()
    assert "还有 2 户没走访" in todo
    assert "手上有 2 户要走访" in phone.get("/patrol/").content.decode()
    stop = Stop.objects.get(dwelling__name="501")
    door = f"/patrol/visits/{stop.pk}/"
    assert "王秀英" in phone.get(door).content.decode()
    assert phone.post(f"{door}visit/", {"note": "x"}).status_code == 422
    assert phone.post(f"{door}visit/", {"outcome": "met", "note": "都好"}).status_code == 302
    assert "见到本人" in desk.get(sent["Location"]).content.decode()
    resident = Resident.objects.get(name="王秀英")
    assert "冬季走访" in desk.get(f"/desk/residents/{resident.pk}/").content.decode()
    assert phone.post(f"{door}back/").status_code == 302
    assert desk.post(f"{sent['Location']}withdraw/").status_code == 302
    assert "没有要走访的人家" in phone.get("/patrol/visits/").content.decode()


def test_another_grids_homes_and_rounds_are_not_there(as_, begin, zhao, gu):
    one = begin()
    stop = one.stops.first()
    assert as_(zhao).get(f"/patrol/visits/{stop.pk}/").status_code == 404
    assert as_(zhao).post(f"/patrol/visits/{stop.pk}/visit/", {"outcome": "met"}).status_code == 404
    assert as_(gu).get(f"/desk/visits/{one.pk}/").status_code == 404
    assert as_(gu).post(f"/desk/visits/{one.pk}/withdraw/").status_code == 404


@pytest.mark.parametrize("who", ["wang", "li", "wu", "qian", "shen", "guan"])
def test_who_arranges_no_visits_has_no_such_pages(as_, request, world, who):
    browser = as_(request.getfixturevalue(who))
    assert browser.get("/desk/visits/").status_code == 403
    assert browser.post(BEGIN, {}).status_code == 403


def test_a_home_in_two_rounds_is_visited_in_each(begin):
    begin()
    begin()
    assert Stop.objects.count() == 4
    assert Dwelling.objects.count() == 2
