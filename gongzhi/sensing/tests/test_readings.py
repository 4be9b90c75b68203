"""What gateways send: understood or refused, kept once; calls for help told in the same breath."""

import json
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import NOON
from gongzhi.journal.models import Event
from gongzhi.kernel.refusals import NotAllowed, NotUnderstood
from gongzhi.sensing import actions
from gongzhi.sensing.models import Device, Reading
from gongzhi.sensing.wire import Garbled, Message, from_body, from_topic
from gongzhi.sensing.words import DeviceKind, Health, What

TOPIC = "gongzhi/v1/gw1/door"


def said(**given) -> bytes:
    return json.dumps({"id": "1", "what": "opened", "at": NOON.isoformat(), **given}).encode()


# ── the wire ──────────────────────────────────────────────────────────────


def test_a_message_is_an_object_or_a_list_of_what_was_buffered():
    one = from_topic(TOPIC, said(battery=80, value=1), received=NOON)
    assert one == [Message("gw1", "door", "1", NOON, What.OPENED, 1.0, 80)]
    many = b"[" + b",".join(said(id=str(n)) for n in range(5)) + b"]"
    assert [m.key for m in from_topic(TOPIC, many, received=NOON)] == list("01234")


def test_times_may_be_epochs_and_a_clock_that_runs_ahead_is_not_believed():
    epoch = NOON.astimezone(UTC).timestamp()
    assert from_topic(TOPIC, said(at=epoch), received=NOON)[0].at == NOON
    ahead = (NOON + timedelta(days=400)).isoformat()
    assert from_topic(TOPIC, said(at=ahead), received=NOON)[0].at == NOON
    assert from_topic(TOPIC, said(at=None), received=NOON)[0].at == NOON


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"[[[[",
        b"17",
        b'"text"',
        b"[1]",
        said(id=""),
        said(id=True),
        said(id="x" * 65),
        said(id="a\x00b"),
        said(what="fell"),
        said(what=None),
        said(at="noon"),
        said(at="2026-03-04T12:00:00"),
        said(at="2020-03-04T12:00:00+08:00"),
        said(at=1e30),
        said(value="much"),
        said(value=1e300),
        b'{"id": "1", "what": "opened", "value": NaN}',
        b" " * (64 * 1024 + 1),
        b"[" * 60_000,
        b"[" + b",".join([b"{}"] * 1001) + b"]",
    ],
)
def test_anything_else_is_refused(payload):
    with pytest.raises(Garbled):
        from_topic(TOPIC, payload, received=NOON)


@pytest.mark.parametrize(
    "topic", ["", "gongzhi/v1/gw1", "gongzhi/v2/gw1/a", "a/b/c/d", "gongzhi/v1//x"]
)
def test_a_wrong_topic_is_refused(topic):
    with pytest.raises(Garbled):
        from_topic(topic, said(), received=NOON)


json_values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=6,
)


@given(st.binary(max_size=60) | json_values.map(lambda told: json.dumps(told).encode()))
def test_no_payload_does_worse_than_being_refused(payload):
    for read in (
        lambda: from_topic(TOPIC, payload, received=NOON),
        lambda: from_body("g", payload, received=NOON),
    ):
        with suppress(Garbled):
            assert all(isinstance(m, Message) for m in read())


# ── keeping ───────────────────────────────────────────────────────────────


@pytest.fixture
def gateway(db):
    """gw1 and its secret, told once."""
    return actions.register_gateway(by=None, code="gw1", at=NOON)


@pytest.fixture
def home(grid_1):
    return actions.register_home(by=None, code="H001", area=grid_1, address="3栋2单元501", at=NOON)


@pytest.fixture
def device(gateway, home):
    """`device("door")`: a device of gw1 in H001, an entrance contact unless said otherwise."""

    def make(serial: str, kind: DeviceKind = DeviceKind.ENTRANCE, **given) -> Device:
        return actions.register_device(
            by=None, gateway=gateway[0], serial=serial, home=home, kind=kind, at=NOON, **given
        )

    return make


def message(serial: str = "door", key: str = "1", what: What = What.OPENED, **given) -> Message:
    return Message("gw1", serial, key, given.pop("at", NOON), what, **given)


def take(*messages: Message, at: datetime = NOON) -> tuple[int, int, int]:
    taken = actions.take_readings(by=None, messages=messages, at=at)
    return taken.new, taken.doubled, taken.unknown


def test_each_message_is_kept_once_however_often_it_is_sent(device):
    device("door")
    assert take(message(), message(), message(key="2")) == (2, 1, 0)
    assert take(message(), message(key="3")) == (1, 1, 0)
    assert sorted(Reading.objects.values_list("key", flat=True)) == ["1", "2", "3"]


def test_unknown_devices_and_switched_off_gateways_are_counted_and_dropped(device, gateway):
    device("door")
    assert take(message("window"), Message("gw9", "door", "1", NOON, What.OPENED)) == (0, 0, 2)
    gateway[0].active = False
    gateway[0].save()
    assert take(message()) == (0, 0, 1)
    assert not Reading.objects.exists()


def test_heartbeats_keep_a_device_alive_and_leave_no_rows(device):
    door = device("door")
    later = NOON + timedelta(hours=3)
    assert take(message(what=What.HEARTBEAT, at=later, battery=12), at=later) == (0, 0, 0)
    door.refresh_from_db()
    assert (door.seen_at, door.battery) == (later, 12)
    assert not Reading.objects.exists()


def test_old_messages_do_not_turn_the_last_sign_of_life_back(device):
    door = device("door")
    take(message(at=NOON - timedelta(hours=5)))
    door.refresh_from_db()
    assert door.seen_at == NOON


def test_a_call_for_help_is_recorded_once_with_its_reading_or_not_at_all(device, monkeypatch):
    device("button", DeviceKind.SOS)
    pressed = message("button", what=What.ALARM)
    take(pressed)
    take(pressed)
    assert Event.objects.filter(name="sensing.called_for_help").count() == 1

    def broken(*args, **kwargs):
        raise OSError("disk full")

    monkeypatch.setattr("gongzhi.sensing.actions.intake.record_many", broken)
    with pytest.raises(OSError, match="disk full"):
        take(message("button", key="2", what=What.ALARM))
    assert Reading.objects.count() == 1


def test_a_device_under_test_calls_nobody(device):
    device("button", DeviceKind.SOS)
    Device.objects.update(testing=True)
    take(message("button", what=What.ALARM))
    assert not Event.objects.filter(name="sensing.called_for_help").exists()


def test_codes_and_serials_are_registered_once_and_by_those_who_guard_there(
    device, gateway, home, li, zhao
):
    device("door")
    with pytest.raises(NotUnderstood):
        device("door")
    with pytest.raises(NotUnderstood):
        actions.register_gateway(by=None, code="gw1", at=NOON)
    with pytest.raises(NotUnderstood):
        actions.register_home(by=li, code="H001", area=home.area, at=NOON)
    with pytest.raises(NotAllowed):
        actions.register_home(by=zhao, code="H002", area=home.area, at=NOON)
    assert actions.register_home(by=li, code="H002", area=home.area, at=NOON).address == ""


# ── health ────────────────────────────────────────────────────────────────


def test_health_is_judged_and_each_change_recorded(device):
    door = device("door")
    assert actions.judge_health(by=None, at=NOON + timedelta(hours=1)) == []
    assert actions.judge_health(by=None, at=NOON + timedelta(hours=3)) == [door]
    actions.judge_health(by=None, at=NOON + timedelta(hours=5))
    door.refresh_from_db()
    assert door.health == Health.OFFLINE
    changes = Event.objects.filter(name="sensing.health_changed").values_list(
        "facts__health", flat=True
    )
    assert list(changes) == ["late", "offline"]


def test_many_devices_of_a_building_late_together_are_one_outage(device, home, district):
    from gongzhi.places.models import Building, Estate

    estate = Estate.objects.create(
        area=home.area, name="望湖花园", kind="commodity", lng=117.306, lat=31.792
    )
    home.building = Building.objects.create(
        estate=estate, name="3栋", floors=6, lng=117.306, lat=31.792
    )
    home.save()
    next_door = actions.register_home(
        by=None, code="H002", area=home.area, building=home.building, at=NOON
    )
    for n in range(4):
        device(f"d{n}")
    Device.objects.filter(serial__in=["d2", "d3"]).update(home=next_door)
    actions.judge_health(by=None, at=NOON + timedelta(hours=3))
    assert not Event.objects.filter(name="sensing.health_changed").exists()
    assert Event.objects.get(name="sensing.outage_found").facts == {"devices": 4, "homes": 2}
    actions.judge_health(by=None, at=NOON + timedelta(hours=5))  # late became offline: no second
    assert Event.objects.filter(name="sensing.outage_found").count() == 1
    Device.objects.update(seen_at=NOON + timedelta(hours=6))
    actions.judge_health(by=None, at=NOON + timedelta(hours=6))
    assert Event.objects.filter(name="sensing.outage_ended").count() == 1


def test_one_home_whose_box_is_lost_is_blind_and_no_outage(device, home):
    for n in range(4):
        device(f"d{n}")
    actions.judge_health(by=None, at=NOON + timedelta(hours=3))
    assert not Event.objects.filter(name="sensing.outage_found").exists()
    assert Event.objects.filter(name="sensing.health_changed").count() == 4


# ── the web hook ──────────────────────────────────────────────────────────


def post(client, body, token: str = "") -> object:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return client.post(
        "/sensing/v1/readings", body, content_type="application/json", headers=headers
    )


def body(*items: dict) -> bytes:
    return json.dumps({"readings": list(items)}).encode()


def test_the_web_hook_keeps_readings_of_its_own_gateway(client, device, gateway):
    device("door")
    token = f"gw1:{gateway[1]}"
    sent = body({"device": "door", "id": 7, "what": "opened", "at": datetime.now(UTC).isoformat()})
    assert post(client, sent, token).json() == {"new": 1, "doubled": 0, "unknown": 0}
    assert post(client, sent, token).json() == {"new": 0, "doubled": 1, "unknown": 0}


@pytest.mark.parametrize("token", ["", "gw1:wrong", "gw1", "gw9:x", "gw1:", ":", "x" * 500])
def test_the_web_hook_answers_nobody_without_the_secret(client, device, token):
    device("door")
    assert post(client, body(), token).status_code == 401
    assert not Reading.objects.exists()


def test_the_web_hook_refuses_what_it_cannot_understand_or_carry(client, gateway):
    token = f"gw1:{gateway[1]}"
    assert post(client, b"{", token).status_code == 422
    assert post(client, body({"device": "", "id": "1", "what": "opened"}), token).status_code == 422
    assert post(client, b" " * 70_000, token).status_code == 413
    assert client.get("/sensing/v1/readings").status_code == 405
