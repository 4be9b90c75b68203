"""One matter reported by several channels is solved once, and each channel holds the answer."""

import json
import urllib.request

import pytest
from django.utils.timezone import now

from gongzhi.cases import actions as cases
from gongzhi.cases.models import Case
from gongzhi.cases.words import DeclineGround
from gongzhi.doors import actions
from gongzhi.doors.conftest import KEY, do_what_is_owed
from gongzhi.doors.models import Answer, Entry
from gongzhi.doors.qr.actions import Spot, make_codes
from gongzhi.doors.qr.words import Kind
from gongzhi.doors.tests.outside import outside
from gongzhi.doors.words import Delivery, Door, Told
from gongzhi.messages.models import Message

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
FIRE_ROUTE = "03003"
SOLVED = "车辆已劝离，通道已施划禁停标线。"


@pytest.fixture
def hotline(world, live_server, NOON):
    with outside(
        "gongzhi.doors.hotline.simulator", "--key", KEY, "--target", live_server.url
    ) as one:
        actions.admit(
            by=None, name="市热线", code="hotline", key=KEY, door=Door.HOTLINE, url=one.url, at=NOON
        )
        yield one


@pytest.fixture
def platform(world, live_server, NOON):
    with outside(
        "gongzhi.doors.webhook.simulator", "--key", KEY + "2", "--target", live_server.url
    ) as one:
        partner = actions.admit(
            by=None, name="数字城管", code="city_management", key=KEY + "2",
            door=Door.WEBHOOK, url=one.url, at=NOON,
        )  # fmt: skip
        partner.wants = [Told.ACCEPTED, Told.CLOSED, Told.DECLINED]
        partner.save()
        yield one


@pytest.fixture
def reported(hotline, platform, live_server, client, wang, report, sun, NOON):
    """The same blocked fire lane, by five ways in. Gives the case to be handled, and the rest."""
    first = report(text="3栋北门消防通道被车堵死了", by=wang, item_code=FIRE_ROUTE)
    order = hotline.control("order", {
        "content": "市民反映小区北门消防通道长期停车。", "category_code": "030301",
        "address": "望湖花园北门", "lng": 117.3117, "lat": 31.7899,
    })  # fmt: skip
    assert hotline.control("push", {"order": order})["status"] == 200
    event = {
        "taskNum": "CG-1", "eventTypeCode": "0501", "eventDesc": "消防通道堵塞。",
        "coordinateX": 117.306, "coordinateY": 31.792,
    }  # fmt: skip
    assert platform.control("send", {"event": event})["status"] == 200
    actions.admit(by=None, name="市民应用", key="app", at=NOON)
    said = f"api_key=app&service_code={FIRE_ROUTE}&lat=31.792&long=117.306&description=blocked"
    with urllib.request.urlopen(  # noqa: S310 - our own server
        f"{live_server.url}/open311/v2/requests.json", data=said.encode(), timeout=20
    ) as response:
        number = json.load(response)[0]["service_request_id"]
    [code] = make_codes(
        by=sun, spots=[Spot(Kind.SPOT, "北门", 117.306, 31.792)], item_code=FIRE_ROUTE, at=NOON
    )
    scanned = client.get(f"/q/{code.token}/", follow=True)
    typed = {
        **{k: scanned.wsgi_request.GET[k] for k in ("via", "lng", "lat", "address", "item")},
        "key": "5f1c1f0e-6f0e-4a43-9a44-0c1f7d0f1a55", "text": "又堵上了", "sure": "1",
    }  # fmt: skip
    assert client.post("/report/", typed).status_code == 302
    do_what_is_owed(now())
    rest = list(Case.objects.exclude(pk=first.pk).order_by("pk"))
    assert len(rest) == 4
    return first, rest, order["order_no"], number


def test_solved_once_each_channel_holds_the_answer(
    reported, hotline, platform, client, chen, li, sun, wang
):
    first, rest, order_no, number = reported
    at = now()
    cases.merge(by=chen, parent=first, cases=rest, at=at)
    cases.dispatch(by=chen, case=first, to=li, at=at)
    cases.accept(by=li, case=first, at=at)
    cases.handle(by=li, case=first, note=SOLVED, at=at)
    cases.approve(by=sun, case=first, at=at)
    cases.close(by=sun, case=first, at=at)
    do_what_is_owed(at)
    assert {case.status for case in Case.objects.all()} == {"closed"}
    doors = {Door.HOTLINE, Door.WEBHOOK, Door.OPEN311, Door.QR}
    assert set(Entry.objects.values_list("door", flat=True)) == doors
    assert set(Answer.objects.values_list("state", flat=True)) == {Delivery.SENT}

    told = sorted(hotline.control("book")["answers"].values(), key=lambda a: a["answer_id"])
    assert [(a["order_no"], a["action"]) for a in told] == [
        (order_no, "accept"), (order_no, "result"),
    ]  # fmt: skip
    assert told[1]["result"] == SOLVED

    heard = sorted(platform.control("heard")["heard"].values(), key=lambda n: n["id"])
    assert [(n["external_id"], n["event"]) for n in heard] == [
        ("CG-1", "accepted"), ("CG-1", "closed"),
    ]  # fmt: skip
    assert heard[1]["text"] == SOLVED

    [request] = client.get(f"/open311/v2/requests/{number}.json").json()
    assert (request["status"], request["status_notes"]) == ("closed", SOLVED)
    updates = client.get("/open311/v2/servicerequestupdates.json").json()
    mine = [u["description"] for u in updates if u["service_request_id"] == number]
    assert f"已办结：{SOLVED}" in mine
    assert "已与同一事项合并办理" in mine

    assert Message.objects.filter(to=wang, template="cases/news").exists()


def test_refused_once_each_channel_hears_why(reported, hotline, platform, client, chen):
    first, rest, _order_no, number = reported
    at, why = now(), "该处为单位内部道路，请向产权单位反映。"
    cases.merge(by=chen, parent=first, cases=rest, at=at)
    cases.decline(by=chen, case=first, ground=DeclineGround.BEYOND_DUTY, answer=why, at=at)
    do_what_is_owed(at)
    told = list(hotline.control("book")["answers"].values())
    assert [(a["action"], a["opinion"]) for a in told if a["action"] == "decline"] == [
        ("decline", why)
    ]
    heard = list(platform.control("heard")["heard"].values())
    assert [n["text"] for n in heard if n["event"] == "declined"] == [why]
    [request] = client.get(f"/open311/v2/requests/{number}.json").json()
    assert (request["status"], request["status_notes"]) == ("closed", why)
