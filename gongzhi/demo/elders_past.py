"""Alerts of the last weeks, told with the real verbs at past moments."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from gongzhi.care import actions
from gongzhi.care.models import Alert, Elder
from gongzhi.care.words import CloseCode, Ground
from gongzhi.demo.people import Cast

MINUTE = timedelta(minutes=1)
# Which elder, days ago, hour, on which ground, how it ended, in whose words.
PAST: list[tuple[int, int, float, Ground, CloseCode, str]] = [
    (0, 9, 15.2, Ground.SILENCE, CloseCode.FALSE_NORMAL, "在家午睡，电话没听见，人平安"),
    (3, 12, 17.6, Ground.SILENCE, CloseCode.TRUE_ABSENCE, "去女儿家吃饭，已提醒出门前说一声"),
    (11, 6, 9.4, Ground.SILENCE, CloseCode.TRUE_HELP, "卫生间滑倒，扶起后送社区医院"),
    (24, 15, 13.1, Ground.SILENCE, CloseCode.DEVICE, "冰箱门磁脱落，已重新粘好"),
    (40, 3, 20.3, Ground.SOS, CloseCode.TEST, "入户走访时按键测试"),
    (55, 5, 7.8, Ground.SMOKE, CloseCode.FALSE_NORMAL, "炒菜油烟，已关火通风"),
]


def settle_past(elders: Sequence[Elder], cast: Cast, present: datetime) -> None:
    """Raise, call, answer, accept, arrive and close, each at its moment."""
    midnight = present.replace(hour=0, minute=0, second=0, microsecond=0)
    for place, days, hour, ground, code, note in PAST:
        at = midnight - timedelta(days=days) + timedelta(hours=hour)
        _tell(elders[place], cast, at, ground, code, note)


def _tell(
    elder: Elder, cast: Cast, at: datetime, ground: Ground, code: CloseCode, note: str
) -> None:
    basis = {"q": 11.482, "e": 9.71, "theta_q": 11.364, "theta_e": 14.25, "r": 0.5}
    silent = ground == Ground.SILENCE
    alert = actions.raise_alert(
        by=None,
        elder=elder,
        ground=ground,
        at=at,
        since=at - timedelta(hours=9, minutes=43) if silent else at,
        basis={"model": "silence-1", **basis} if silent else {},
    )
    if alert is None:
        return
    for minutes in (0, 5, 10, 15, 25):
        then = at + minutes * MINUTE
        for step in actions.due_steps(at=then, of=alert):
            actions.take_step(by=None, step=step, at=then)
        for ring in actions.unanswered(at=then + MINUTE):
            if ring.step.alert_id == alert.pk:
                actions.ring_out(by=None, ring=ring, at=then + MINUTE)
    _knock(alert, cast, at, code, note)


def _knock(alert: Alert, cast: Cast, at: datetime, code: CloseCode, note: str) -> None:
    """Somebody goes and says what it was."""
    worker = cast.grid_workers.get(alert.elder.home.area_id)
    if worker is None:
        return
    actions.accept(by=worker, alert=alert, at=at + 27 * MINUTE)
    actions.arrive(by=worker, alert=alert, at=at + 41 * MINUTE)
    actions.close(by=worker, alert=alert, code=code, note=note, at=at + 56 * MINUTE)
