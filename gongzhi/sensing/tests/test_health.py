"""Device health: when a device is late, offline, and when many are one incident."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongzhi.sensing.rules import Device, Health, health, hears, next_change, outage, share_heard

HOUR = 3600.0


def test_a_device_is_late_after_two_periods_and_offline_after_four():
    device = Device(seen=0, period=HOUR)
    assert health(device, 2 * HOUR) == Health.ONLINE
    assert health(device, 2 * HOUR + 1) == Health.LATE
    assert health(device, 4 * HOUR + 1) == Health.OFFLINE


def test_tampering_and_an_empty_battery_show():
    assert health(Device(0, HOUR, tampered=True), 1) == Health.TAMPER
    assert health(Device(0, HOUR, battery=9), 1) == Health.LOW_BATTERY
    assert health(Device(0, HOUR, battery=9), 5 * HOUR) == Health.OFFLINE


def test_a_device_that_cannot_be_heard_makes_no_silence():
    assert [state for state in Health if not hears(state)] == [Health.OFFLINE, Health.LATE]


@given(st.floats(0, 1e6), st.floats(60, 86_400))
def test_health_changes_only_when_it_is_said_to(now, period):
    device = Device(seen=0, period=period)
    change = next_change(device, now)
    if change < float("inf"):
        assert health(device, now) == health(device, change)
        assert health(device, change + 1) != health(device, change)
    else:
        assert health(device, now) == Health.OFFLINE


@given(st.dictionaries(st.text(max_size=3), st.floats(0, 1e6), max_size=6), st.data())
def test_the_share_heard_grows_with_the_devices_online(events, data):
    names = sorted(events)
    online = data.draw(st.lists(st.sampled_from(names), unique=True)) if names else []
    share = share_heard(events, online)
    assert 0 <= share <= 1
    assert share_heard(events, names) == pytest.approx(1.0 if names else 0.0)
    assert share_heard(events, []) == 0
    if online:
        assert share_heard(events, online[1:]) <= share


def test_many_devices_late_together_are_one_outage():
    assert outage([0, 100, 500], devices=10, now=600)
    assert not outage([0, 100, 500], devices=11, now=600)
    assert not outage([0, 100, -900], devices=9, now=600)
    assert not outage([0, 100], devices=2, now=600)
