"""Two partners as admitted, and what they send."""

from itertools import count

import pytest

from gongzhi.doors import actions
from gongzhi.doors.conftest import KEY
from gongzhi.doors.words import Door

_numbers = count(1)


@pytest.fixture
def platform(db, NOON):
    """The digital city management platform."""
    return actions.admit(
        by=None, name="数字城管", code="city_management", key=KEY, door=Door.WEBHOOK, at=NOON
    )


@pytest.fixture
def cameras(db, NOON):
    """A video platform that reports objects."""
    return actions.admit(
        by=None, name="视频平台", code="camera", key=KEY + "2", door=Door.WEBHOOK, at=NOON
    )


@pytest.fixture
def matter():
    """`matter(eventDesc="…")`: a matter as the city management platform sends it."""

    def make(**changes):
        said = {
            "taskNum": f"CG{next(_numbers):06d}",
            "createTime": "2026-03-04 11:50:00",
            "eventTypeName": "路灯",
            "eventTypeCode": "0105",
            "eventDesc": "望湖路路灯不亮两盏。",
            "address": "望湖路与环湖路口",
            "coordinateX": 117.306,
            "coordinateY": 31.792,
            "reporter": {"name": "巡查员", "tel": "10012345678"},
            "pictureUrl": "https://city.example/p/1.jpg",
            **changes,
        }
        return {name: value for name, value in said.items() if value is not None}

    return make


@pytest.fixture
def seen():
    """`seen("rubbish", at="2026-03-04T12:00:00+08:00")`: an object as a camera reports it."""

    def make(what="fire_lane_blocked", at="2026-03-04T12:00:00+08:00", which="C-7", **changes):
        return {
            "event_id": f"ev-{next(_numbers)}",
            "occurred_at": at,
            "camera": {"id": which, "place": "望湖花园北门", "lng": 117.306, "lat": 31.792},
            "object": {"type": what},
            "snapshot_url": "https://video.example/s/1.jpg",
            **changes,
        }

    return make


@pytest.fixture
def send(signed, platform):
    """`send(matter())`: the answer to a signed event of the city management platform."""

    def post(said=None, partner="city_management", **spoilt):
        return signed("/hooks/events", said, partner=partner, **spoilt)

    return post


@pytest.fixture
def look(send, cameras):
    """`look(seen())`: the answer to a signed event of a camera."""

    def post(said=None, **spoilt):
        return send(said, partner="camera", **{"key": KEY + "2", **spoilt})

    return post
