"""From what the clock and the doors found to an alert, once for each silence and level."""

from datetime import datetime

from gongzhi.care import actions
from gongzhi.care.actions.listening import settle
from gongzhi.care.models import Alert, Elder
from gongzhi.care.rules.clock import Alarm
from gongzhi.care.rules.doors import DoorSign
from gongzhi.care.times import moment
from gongzhi.care.words import CloseCode, Ground

MODEL = "silence-1"  # kept with every alert


def raise_silence(elder: Elder, alarm: Alarm, *, is_notice: bool, at: datetime) -> None:
    """Raise it unless it was raised before this process began; an alarm ends the notice."""
    since = moment(alarm.since)
    known = Alert.objects.filter(
        elder=elder, ground=Ground.SILENCE, is_notice=is_notice, since=since
    )
    if known.exists():
        return
    basis = {
        "model": MODEL,
        "q": round(alarm.q, 3),
        "e": round(alarm.e, 3),
        "theta_q": round(alarm.theta_q, 3),
        "theta_e": round(alarm.theta_e, 3),
        "r": alarm.r,
        "kind": alarm.kind,
    }
    raised = actions.raise_alert(
        by=None,
        elder=elder,
        ground=Ground.SILENCE,
        at=at,
        is_notice=is_notice,
        since=since,
        basis=basis,
    )
    if raised is not None and not is_notice:  # the notice has said what it had to say
        for earlier in Alert.objects.open().filter(
            elder=elder, ground=Ground.SILENCE, is_notice=True
        ):
            settle(by=None, alert=earlier, code=CloseCode.DUPLICATE, at=at)


def raise_sign(elder: Elder, sign: DoorSign, *, at: datetime) -> None:
    """What the entrance told."""
    actions.raise_alert(
        by=None,
        elder=elder,
        ground=Ground(sign.ground.value),
        at=at,
        is_notice=not sign.alarm,
        since=moment(sign.since),
        basis={"model": MODEL},
    )
