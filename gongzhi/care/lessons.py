"""What the guard learns from how alerts ended; learnt again when it begins anew."""

from datetime import datetime

from gongzhi.care.models import Alert
from gongzhi.care.rules.clock import Heard, SilenceClock
from gongzhi.care.rules.ladder import CloseCode
from gongzhi.care.times import local_seconds
from gongzhi.care.words import Ground


def lessons_of(since: datetime, **of: object) -> list[tuple[datetime, Alert]]:
    """Alerts whose end was learnt before this process began, with that moment, latest first."""
    learnt = Alert.objects.filter(
        ground=Ground.SILENCE, is_notice=False, learnt=True, closed_at__gte=since, **of
    )
    found = learnt.select_related("elder").order_by("-closed_at")
    return [(alert.closed_at, alert) for alert in found if alert.closed_at is not None]


def take_lesson(clock: SilenceClock, place: int, alert: Alert) -> None:
    """Tell the clock how a silence of the home at `place` ended.

    An answer or a visit is itself a sign of life.
    """
    if alert.since is None or alert.closed_at is None:
        return
    kind = clock.homes.kind.item(place)
    until = local_seconds(alert.heard_at or alert.closed_at)
    silence = Heard(place, clock.case_level + 1, local_seconds(alert.since), until, kind)
    if alert.heard_at is None:
        clock.hear(place, until, kind)
    clock.close(silence, CloseCode(alert.close_code))
