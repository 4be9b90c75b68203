"""Contacts, sensitivity, enrolment and devices as the desk keeps them."""

from datetime import timedelta

import pytest

from gongzhi.care import actions
from gongzhi.care.models import Elder, Ring
from gongzhi.care.tests.guarded import HOUR, MINUTE, alarmed, climb
from gongzhi.care.words import Sensitivity, Tie
from gongzhi.sensing import actions as sensing
from gongzhi.sensing.models import Device
from gongzhi.sensing.words import DeviceKind, Upkeep

pytestmark = pytest.mark.django_db


# ── settings ──────────────────────────────────────────────────────────────


def test_contacts_keep_their_order_and_one_can_be_put_first(make, li, at):
    elder = make()
    facts = {"name": "邻居", "phone": "10000000102", "tie": Tie.NEIGHBOUR}
    actions.add_contact(by=li, elder=elder, at=at, **facts)
    actions.call_first(by=li, contact=elder.contacts.order_by("order").last(), at=at)
    assert [c.phone[-3:] for c in elder.contacts.all()] == ["102", "100", "101"]
    actions.remove_contact(by=li, contact=elder.contacts.first(), at=at)
    assert [c.phone[-3:] for c in elder.contacts.all()] == ["100", "101"]
    alarmed(elder, at)
    climb(at + 16 * MINUTE)
    called = Ring.objects.filter(party="contact").order_by("pk")
    assert [ring.phone[-3:] for ring in called] == ["100", "101"]


def test_a_sensitivity_ends_by_itself_and_says_why(make, li, at):
    from gongzhi.care.chores import end_one_setting

    elder = make()
    actions.set_sensitivity(
        by=li,
        elder=elder,
        sensitivity=Sensitivity.HIGH,
        reason="刚刚出院",
        expires_at=at + HOUR,
        at=at,
    )
    assert not end_one_setting(at)
    assert end_one_setting(at + 2 * HOUR)
    elder.refresh_from_db()
    assert (elder.sensitivity, elder.sensitivity_until) == ("low", None)
    assert [c.reason for c in elder.changes.all()] == ["期限已到，恢复为低", "刚刚出院"]


def test_the_desk_page_of_settings_works_without_a_script(make, as_, sun, at):
    elder = make()
    client, path = as_(sun), f"/desk/elders/{elder.pk}/"
    bad = client.post(f"{path}sensitivity/", {"sensitivity": "high", "reason": "x"})
    assert bad.status_code == 422
    client.post(f"{path}sensitivity/", {"sensitivity": "high", "reason": "近日跌倒过"})
    assert (
        client.post(f"{path}contacts/", {"name": "", "phone": "1", "tie": "child"}).status_code
        == 422
    )
    client.post(f"{path}contacts/", {"name": "外甥", "phone": "100 0000 0199", "tie": "relative"})
    bad = client.post(f"{path}absence/", {"begins_at": "2026-13-01T00:00", "ends_at": ""})
    assert bad.status_code == 422
    local = (at + 8 * HOUR).strftime("%Y-%m-%dT%H:%M")
    until = (at + 60 * HOUR).strftime("%Y-%m-%dT%H:%M")
    client.post(f"{path}absence/", {"begins_at": local, "ends_at": until})
    assert client.post(f"{path}withdraw/", {}).status_code == 422
    elder.refresh_from_db()
    assert elder.sensitivity == "high"
    assert elder.contacts.count() == 3
    assert elder.absences.count() == 1
    assert client.post(f"{path}withdraw/", {"sure": "yes"}).status_code == 302
    assert not Elder.objects.guarded().exists()


def test_enrolment_asks_for_the_consent_and_takes_all_or_nothing(world, as_, li, grid_1, far_grid):
    client = as_(li)
    typed = {
        "code": "H077", "area": grid_1.code, "address": "3栋501", "name": "赵奶奶",
        "phone": "10000000077", "consented_by": "self", "consent_ref": "", "told": "on",
        "contact_name_0": "女儿", "contact_phone_0": "10000000078", "contact_tie_0": "child",
    }  # fmt: skip
    assert client.get("/desk/elders/new/").status_code == 200
    refused = client.post("/desk/elders/new/", typed)
    assert refused.status_code == 422
    assert "没有单独同意书不能守护" in refused.content.decode()
    wrong = {**typed, "consent_ref": "7", "area": far_grid.code}
    assert client.post("/desk/elders/new/", wrong).status_code == 422
    short = {**typed, "consent_ref": "7", "contact_phone_0": "12"}
    assert client.post("/desk/elders/new/", short).status_code == 422
    assert not Elder.objects.exists()
    assert client.post("/desk/elders/new/", {**typed, "consent_ref": "7"}).status_code == 302
    elder = Elder.objects.get()
    assert (elder.name, elder.shares_with_family, elder.contacts.count()) == ("赵奶奶", False, 1)
    again = client.post("/desk/elders/new/", {**typed, "consent_ref": "8"})
    assert again.status_code == 409


# ── devices ───────────────────────────────────────────────────────────────


def test_the_device_register_shows_orphans_and_says_who_keeps_what(
    make, as_, li, zhao, lighting, at
):
    elder = make()
    client = as_(li)
    made = client.post("/desk/devices/gateways/", {"code": "gw-9"}).content.decode()
    assert "只显示这一次" in made
    assert client.post("/desk/devices/gateways/", {"code": "gw-9"}).status_code == 422
    assert client.post("/desk/devices/gateways/", {"code": "坏 编号"}).status_code == 422
    typed = {
        "gateway": "gw-9",
        "serial": "door",
        "home": "H001",
        "kind": "entrance",
        "period": "3600",
    }
    assert client.post("/desk/devices/add/", {**typed, "home": "H404"}).status_code == 422
    assert client.post("/desk/devices/add/", typed).status_code == 302
    assert client.post("/desk/devices/add/", typed).status_code == 422  # registered already
    device = Device.objects.get()
    assert device.home == elder.home
    assert "无人维护" in client.get("/desk/devices/?show=orphan").content.decode()
    answer = client.post(
        f"/desk/devices/{device.pk}/", {"owner": str(lighting.pk), "upkeep": "repair"}
    )
    assert answer.status_code == 302
    device.refresh_from_db()
    assert (device.owner, device.upkeep) == (lighting, Upkeep.REPAIR)
    path = f"/desk/devices/{device.pk}/"
    assert as_(zhao).post(path, {"owner": "", "upkeep": "retired"}).status_code == 404
    assert client.post(path, {"owner": "x", "upkeep": "retired"}).status_code == 422
    assert "H001" not in as_(zhao).get("/desk/devices/?q=door").content.decode()


def test_a_retired_device_says_nothing_any_more(make, li, at):
    from gongzhi.sensing.wire import Message
    from gongzhi.sensing.words import What

    elder = make()
    gateway, _secret = sensing.register_gateway(by=None, code="gw1", at=at)
    device = sensing.register_device(
        by=None, gateway=gateway, serial="door", home=elder.home, kind=DeviceKind.ENTRANCE, at=at
    )
    sensing.keep_up_device(by=li, device=device, owner=None, upkeep=Upkeep.RETIRED, at=at)
    said = Message("gw1", "door", "1", at, What.OPENED)
    assert sensing.take_readings(by=None, messages=[said], at=at).unknown == 1


def test_raw_readings_are_forgotten_after_ninety_days(make, at):
    from gongzhi.sensing.chores import forget_some
    from gongzhi.sensing.models import Reading

    elder = make()
    gateway, _secret = sensing.register_gateway(by=None, code="gw1", at=at)
    device = sensing.register_device(
        by=None, gateway=gateway, serial="door", home=elder.home, kind=DeviceKind.ENTRANCE, at=at
    )
    Reading.objects.bulk_create(
        Reading(device=device, key=str(n), at=at - timedelta(days=n), received_at=at, what="opened")
        for n in range(0, 120, 10)
    )
    while forget_some(at):
        pass
    assert sorted((at - r.at).days for r in Reading.objects.all()) == list(range(0, 91, 10))
