"""What follows from a call for help: the elder's alert, at once."""

from django.utils.timezone import now

from gongzhi.care.actions import due_steps, raise_alert, take_step
from gongzhi.care.models import Elder
from gongzhi.care.words import Ground
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
