"""What the guard would have written or done, said in a line."""

from datetime import timedelta

from gongzhi.care import actions
from gongzhi.care.models import Alert, Elder, Standing
from gongzhi.care.words import Ground

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


def stands(elder: Elder, at, *, silent: float, left: float, share=1.0, days=30) -> None:
    """The guard has written that the home is silent for so many hours, with so many left."""
    Standing.objects.update_or_create(
        elder=elder,
        defaults={
            "last_at": at - timedelta(hours=silent),
            "notice_at": at + timedelta(hours=left - 0.5),
            "alarm_at": at + timedelta(hours=left),
            "share": share,
            "days": days,
            "line": [9.5] * 24,
            "updated_at": at,
        },
    )


def alarmed(elder: Elder, at, ground=Ground.SILENCE, **given) -> Alert:
    alert = actions.raise_alert(by=None, elder=elder, ground=ground, at=at, **given)
    assert alert is not None
    return alert


def climb(at) -> None:
    for step in actions.due_steps(at=at):
        actions.take_step(by=None, step=step, at=at)
