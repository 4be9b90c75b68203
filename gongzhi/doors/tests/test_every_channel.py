"""One matter by eight ways in is one case, solved once, and every other side holds its answer.

Pocket, Open311, hotline, mail, WeChat, another platform, a printed code and the telephone: each is
played by its own program or server, and each is asked at the end what it was told.
"""

import json
import urllib.request

import pytest
from django.utils.timezone import now

from gongzhi.cases import actions as cases
from gongzhi.cases.models import Case
from gongzhi.catalogue import reads as catalogue
from gongzhi.catalogue.words import Grade
from gongzhi.doors import actions
from gongzhi.doors.conftest import KEY, do_what_is_owed
from gongzhi.doors.mail.fetching import fetch
from gongzhi.doors.mail.tests.conftest import SHE, box, imap, letter, maildir, post  # noqa: F401
from gongzhi.doors.models import Answer, Entry
from gongzhi.doors.phone import actions as phone
from gongzhi.doors.phone.actions.calls import report_of
from gongzhi.doors.phone.models import Call
from gongzhi.doors.phone.tests.conftest import CALLER, exchange, exchange_partner  # noqa: F401
from gongzhi.doors.qr.actions import Spot, make_codes
from gongzhi.doors.qr.words import Kind
from gongzhi.doors.tests.outside import outside
from gongzhi.doors.wechat.tests.conftest import account, gateway, wechat  # noqa: F401
from gongzhi.doors.words import Delivery, Door, Told
from gongzhi.messages.models import Message
from gongzhi.places.models import Estate

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
FIRE_ROUTE = "03003"
SOLVED = "车辆已劝离，通道已施划禁停标线。"
HERE_GCJ = [117.3117, 31.7899]


@pytest.fixture
def hotline(world, live_server, NOON):
    with outside(
        "gongzhi.doors.hotline.simulator", "--key", KEY + "1", "--target", live_server.url
    ) as one:
        actions.admit(
            by=None,
            name="市热线",
            code="hotline",
            key=KEY + "1",
            door=Door.HOTLINE,
            url=one.url,
            at=NOON,
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
        partner.wants = [Told.ACCEPTED, Told.CLOSED]
        partner.save()
        yield one


def by_hotline(hotline):
    order = hotline.control("order", {
        "content": "市民反映小区北门消防通道长期停车。", "category_code": "030301",
        "address": "望湖花园北门", "lng": HERE_GCJ[0], "lat": HERE_GCJ[1],
    })  # fmt: skip
    assert hotline.control("push", {"order": order})["status"] == 200
    return order["order_no"]


def by_open311(live_server, NOON):
    actions.admit(by=None, name="市民应用", key="app", at=NOON)
    said = f"api_key=app&service_code={FIRE_ROUTE}&lat=31.792&long=117.306&description=blocked"
    with urllib.request.urlopen(  # noqa: S310 - our own server
        f"{live_server.url}/open311/v2/requests.json", data=said.encode(), timeout=20
    ) as response:
        return json.load(response)[0]["service_request_id"]


def by_platform(platform):
    event = {
        "taskNum": "CG-1", "eventTypeCode": "0501", "eventDesc": "消防通道堵塞。",
        "coordinateX": 117.306, "coordinateY": 31.792,
    }  # fmt: skip
    assert platform.control("send", {"event": event})["status"] == 200


def by_code(client, sun):
    [code] = make_codes(
        by=sun, spots=[Spot(Kind.SPOT, "北门", 117.306, 31.792)], item_code=FIRE_ROUTE, at=now()
    )
    scanned = client.get(f"/q/{code.token}/", follow=True)
    typed = {
        **{k: scanned.wsgi_request.GET[k] for k in ("via", "lng", "lat", "address", "item")},
        "key": "5f1c1f0e-6f0e-4a43-9a44-0c1f7d0f1a55", "text": "又堵上了", "sure": "1",
    }  # fmt: skip
    assert client.post("/report/", typed).status_code == 302


def by_wechat(wechat):  # noqa: F811 - the fixture
    wechat.control("say", {"text": "3栋北门消防通道被车堵了"})
    wechat.control("say", {"location": HERE_GCJ})
    assert "编号" in wechat.control("say", {"text": "1"})["text"]


def by_phone(exchange, sun):  # noqa: F811
    phone.sit_down(by=sun, number="801", at=now())
    told = {"event": "answered", "caller": CALLER, "line": "8880110", "seat": "801"}
    exchange.control("call", told)
    call = Call.objects.select_related("partner", "area").get()
    assert call.agent == sun
    new = report_of(
        call, text="北门消防通道又停满了车", address="望湖花园北门", lng=117.306, lat=31.792,
        item=FIRE_ROUTE, name="陈芳", phone=CALLER,
    )  # fmt: skip
    phone.take_down(by=sun, call=call, new=new, at=now())


def test_solved_once_every_channel_holds_the_answer(
    hotline, platform, wechat, exchange, gateway, box, maildir, letter, post,  # noqa: F811
    live_server, client, report, chen, li, sun, wang, grid_1, NOON,
):  # fmt: skip
    Estate.objects.create(name="望湖花园", area=grid_1, lng=117.306, lat=31.792)
    first = report(text="3栋北门消防通道被车堵死了", by=wang, item_code=FIRE_ROUTE)
    order_no, number = by_hotline(hotline), by_open311(live_server, NOON)
    by_platform(platform)
    by_code(client, sun)
    by_wechat(wechat)
    by_phone(exchange, sun)
    maildir.put(letter("望湖花园北门的消防通道天天停车。", Subject="消防通道"))
    assert fetch(box, now()) == 1
    do_what_is_owed(now())
    rest = list(Case.objects.exclude(pk=first.pk).order_by("pk"))
    assert len(rest) == 7
    assert set(Entry.objects.values_list("door", flat=True)) == set(Door.values)

    at = now()
    for case in rest:
        if case.item is None or case.item.code != FIRE_ROUTE:
            item = catalogue.item(FIRE_ROUTE)
            cases.classify(by=chen, case=case, item=item, grade=Grade.SERIOUS, at=at)
    cases.merge(by=chen, parent=first, cases=rest, at=at)
    cases.dispatch(by=chen, case=first, to=li, at=at)
    cases.accept(by=li, case=first, at=at)
    cases.handle(by=li, case=first, note=SOLVED, at=at)
    cases.approve(by=sun, case=first, at=at)
    cases.close(by=sun, case=first, at=at)
    do_what_is_owed(at)
    assert {case.status for case in Case.objects.all()} == {"closed"}
    assert set(Answer.objects.values_list("state", flat=True)) == {Delivery.SENT}

    told = hotline.control("book")["answers"].values()
    assert {a["action"]: a.get("result") for a in told if a["order_no"] == order_no} == {
        "accept": None, "result": SOLVED,
    }  # fmt: skip
    heard = platform.control("heard")["heard"].values()
    assert {n["event"]: n["text"] for n in heard if n["external_id"] == "CG-1"}["closed"] == SOLVED
    [request] = client.get(f"/open311/v2/requests/{number}.json").json()
    assert (request["status"], request["status_notes"]) == ("closed", SOLVED)
    assert SOLVED in wechat.control("screens")["o-wang"][-1]["text"]
    [message] = gateway.control("messages").values()
    assert message["to"] == CALLER
    assert SOLVED in message["text"]
    assert SOLVED in post.letters[-1].get_content()
    assert {one["To"] for one in post.letters} == {SHE}
    assert Message.objects.filter(to=wang, template="cases/news").exists()
    scanned = Case.objects.get(entries__door=Door.QR)
    page = client.get(f"/track/{scanned.number}/").content.decode()
    assert SOLVED in page
