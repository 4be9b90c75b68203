"""Rungs that ask somebody else: the duty desk calls 110, 119, 120 or neighbours, keepers mend."""

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from gongzhi.access.models import Person, Post
from gongzhi.access.roles import Role
from gongzhi.care.models import Alert, Step
from gongzhi.care.words import Call, Ground, Outcome
from gongzhi.cases.reads.told import ELSEWHERE
from gongzhi.journal.models import Event
from gongzhi.journal.record import reacts_to
from gongzhi.messages.models import Message
from gongzhi.messages.tell import tell
from gongzhi.places.rules import codes_on

DUTY = frozenset({Call.NEIGHBOUR, Call.POLICE, Call.FIRE, Call.AMBULANCE, Call.NEXT_WORKER})


@reacts_to("care.step_taken", called="crossings.alarm_tells_duty")
def alarm_tells_duty(event: Event) -> None:
    """The desks on duty are told what to do now; whoever keeps lost devices mends them."""
    step = Step.objects.select_related("alert__elder__home__area").get(pk=event.facts["step"])
    if step.outcome == Outcome.SKIPPED or step.alert.closed_at is not None:
        return
    facts = {"alert": step.alert_id, "step": step.pk}
    once = f"event:{event.pk}:care/duty"
    if step.call in DUTY:
        tell(_on_duty(step.alert), "care/duty", once=once, at=event.at, **facts)
    elif step.call == Call.OWNER:
        tell(_keepers(step.alert), "care/mend", once=once, at=event.at, **facts)


def _on_duty(alert: Alert) -> list[Person | None]:
    """Clerks of the community and dispatchers of the sub-district."""
    path = alert.elder.home.area.path
    posts = Post.objects.filter(
        Q(role=Role.COMMUNITY_WORKER) | Q(role=Role.DISPATCHER),
        area__code__in=codes_on(path),
        area__level__in=["community", "township"],
        person__is_active=True,
    )
    return [post.person for post in posts.select_related("person")]


def _keepers(alert: Alert) -> list[Person | None]:
    units = alert.elder.home.devices.exclude(owner=None).values("owner")
    posts = Post.objects.filter(unit__in=units, person__is_active=True)
    return [post.person for post in posts.select_related("person")]


# ── in words ──────────────────────────────────────────────────────────────


def _of(message: Message) -> tuple[Alert | None, Step | None]:
    alerts = Alert.objects.select_related("elder__home")
    alert = alerts.filter(pk=message.facts.get("alert")).first()
    return alert, Step.objects.filter(pk=message.facts.get("step")).first()


def _knock(message: Message) -> tuple[str, str]:
    alert, _step = _of(message)
    if alert is None:
        return _("请上门查看一位独居老人。"), ""
    said = _("%(home)s %(ground)s：请接单并在30分钟内到老人家门口。") % _facts(alert)
    if alert.closed_at and not Alert.objects.visible_to(message.to).filter(pk=alert.pk).exists():
        return _("%(said)s（已结束）") % {"said": said}, ""
    return said, reverse("patrol_elders:task", args=[alert.pk])


def _duty(message: Message) -> tuple[str, str]:
    alert, step = _of(message)
    if alert is None or step is None:
        return _("请看独居老人守护的告警。"), ""
    said = _("%(home)s %(ground)s，值班请立即处理：%(call)s。")
    facts = {**_facts(alert), "call": Call(step.call).label}
    return said % facts, reverse("elders:alert", args=[alert.pk])


def _mend(message: Message) -> tuple[str, str]:
    alert, _step = _of(message)
    home = alert.elder.home.code if alert else ""
    return _("%(home)s 的守护设备全部失联，请尽快检修。") % {"home": home}, ""


def _facts(alert: Alert) -> dict[str, object]:
    return {"home": alert.elder.home.code, "ground": Ground(alert.ground).label}


ELSEWHERE.update({"care/knock": _knock, "care/duty": _duty, "care/mend": _mend})
