"""An alert as one story: what it rests on, each rung, each call, each message, what it was."""

from dataclasses import dataclass
from datetime import datetime

from gongzhi.care.models import Alert, Elder, Ring, Step
from gongzhi.journal.models import Event
from gongzhi.messages.models import Message, Text

OF_ALERT = "alert"
VIEWS_SHOWN = 50
TOLD = ("care/knock", "care/duty", "care/mend")


@dataclass(frozen=True)
class Told:
    """Something that somebody was told: on which channel, who, when, whether it arrived."""

    channel: str  # call, sms or message
    to: str
    at: datetime
    result: str


def steps_of(alert: Alert) -> list[Step]:
    """The ladder in order, each rung with its calls."""
    return list(alert.steps.prefetch_related("rings__contact"))


def record_of(alert: Alert) -> list[Event]:
    """Everything on record about the alert, first to last."""
    events = Event.objects.filter(kind=OF_ALERT, subject_id=alert.pk)
    return list(events.select_related("by").order_by("id"))


def texts_of(alert: Alert) -> list[Text]:
    """The short messages about it."""
    return list(Text.objects.filter(about=f"alert:{alert.pk}").order_by("owed_at", "pk"))


def told_of(alert: Alert) -> list[Message]:
    """What people with an account were told about it."""
    told = Message.objects.filter(template__in=TOLD, facts__alert=alert.pk)
    return list(told.select_related("to").order_by("told_at", "pk"))


def views_of(elder: Elder, most: int = VIEWS_SHOWN) -> list[Event]:
    """Who looked at this elder, the latest first."""
    looks = Event.objects.filter(kind="elder", subject_id=elder.pk, name="care.viewed")
    return list(looks.select_related("by").order_by("-id")[:most])


def changes_of(elder: Elder, most: int = VIEWS_SHOWN) -> list[Event]:
    """What was set, agreed and taken back, the latest first."""
    events = Event.objects.filter(kind="elder", subject_id=elder.pk)
    events = events.exclude(name__in=["care.viewed", "care.held_back"])
    return list(events.select_related("by").order_by("-id")[:most])


def ringing() -> list[Ring]:
    """The calls that ring just now, the latest first."""
    rings = Ring.objects.filter(outcome="calling")
    return list(rings.select_related("step__alert__elder", "contact").order_by("-rung_at"))
