"""What follows from a call for help: the elder's alert, at once. And from true help, later."""

from django.utils.timezone import now
from django.utils.translation import gettext as _

from gongzhi.care.actions import due_steps, raise_alert, set_sensitivity, take_step
from gongzhi.care.models import Alert, Elder
from gongzhi.care.words import CloseCode, Ground, Sensitivity
from gongzhi.journal.models import Event
from gongzhi.journal.record import reacts_to
from gongzhi.sensing.models import Device


@reacts_to("sensing.called_for_help", called="care.raise_the_alert")
def raise_the_alert(event: Event) -> None:
    """Button, smoke, gas or water: raised and called at once, whether the elder is away or not."""
    device = Device.objects.select_related("home").get(pk=event.subject_id)
    elder = Elder.objects.guarded().filter(home=device.home).first()
    if elder is None:
        return
    alert = raise_alert(
        by=None,
        elder=elder,
        ground=Ground(device.kind),
        at=event.at,
        since=event.at,
        basis={"device": device.pk},
        testing=device.testing,
    )
    if alert is not None:
        at = max(event.at, now())
        for step in due_steps(at=at, of=alert):
            take_step(by=None, step=step, at=at)


@reacts_to("care.closed", called="care.watch_more_closely")
def watch_more_closely(event: Event) -> None:
    """Whoever needed help once is watched more closely, until somebody says otherwise."""
    if event.facts["code"] != CloseCode.TRUE_HELP:
        return
    alert = Alert.objects.select_related("elder__home__area").get(pk=event.subject_id)
    elder = alert.elder
    if elder.sensitivity == Sensitivity.LOW and elder.withdrawn_at is None:
        reason = _("告警%(pk)s确需帮助，此后更早提醒") % {"pk": alert.pk}
        set_sensitivity(
            by=None, elder=elder, sensitivity=Sensitivity.MEDIUM, reason=reason, at=event.at
        )
