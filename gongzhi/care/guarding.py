"""The guard on duty: hears new readings, raises what is due, takes the rungs of open ladders.

One process guards all homes. Everything it decides from lies in the database; the clock's memory
is rebuilt from the readings of the last 90 days when it begins.
"""

import logging
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from math import inf

from django.utils.timezone import localtime

from gongzhi.calendars import reads as calendars
from gongzhi.care import actions
from gongzhi.care.actions.listening import note_heard
from gongzhi.care.models import Alert, Elder
from gongzhi.care.rules import clock as clocks
from gongzhi.care.rules.clock import Heard, SilenceClock
from gongzhi.care.rules.doors import DoorSign, DoorWatch
from gongzhi.care.rules.electricity import Meter, Use
from gongzhi.care.rules.homes import Homes
from gongzhi.care.rules.ladder import CloseCode
from gongzhi.care.rules.rates import ENTRANCE, INTERIOR
from gongzhi.care.rules.silence import DAY, weekend
from gongzhi.care.words import TARGETS, Ground, Sensitivity
from gongzhi.sensing.actions import judge_health
from gongzhi.sensing.models import Device, Reading
from gongzhi.sensing.rules import share_heard
from gongzhi.sensing.words import HUMAN, DeviceKind, Health, What

log = logging.getLogger(__name__)

AT_ONCE = 5000  # readings heard in one look
REMEMBERED = timedelta(days=90)
MODEL = "silence-1"  # kept with every alert


def local_seconds(at: datetime) -> float:
    """A moment as the clock counts: seconds of local time since 1970."""
    wall = localtime(at).replace(tzinfo=UTC)
    return wall.timestamp()


def moment(seconds: float) -> datetime:
    """The moment of local seconds."""
    wall = datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None)
    return wall.replace(tzinfo=localtime().tzinfo)


@lru_cache(maxsize=2000)
def rest_day(day: int) -> bool:
    """Whether nobody works on that day, by the calendar in force; weekends without one."""
    try:
        return not calendars.in_force().is_working(date(1970, 1, 1) + timedelta(days=day))
    except LookupError:
        return weekend(day)


class Guard:
    """Guards every elder whose consent stood at `at`; build a new one after enrolments."""

    def __init__(self, *, at: datetime) -> None:
        self.elders = list(Elder.objects.guarded().select_related("home__area").order_by("pk"))
        self.row = {elder.home_id: n for n, elder in enumerate(self.elders)}
        self.devices = {
            device.pk: device for device in Device.objects.filter(home__in=list(self.row))
        }
        self.usual: dict[int, float] = dict.fromkeys(self.devices, 0.0)
        self.meters = {
            d.home_id: Meter() for d in self.devices.values() if d.kind == DeviceKind.METER
        }
        self.shares = [1.0] * len(self.elders)
        begins = local_seconds(at - REMEMBERED)
        self.clock = SilenceClock(
            Homes(max(len(self.elders), 1)), first_day=int(begins // DAY), rest=rest_day
        )
        self.doors = DoorWatch()
        self._standing: list[clocks.Alarm] = []  # found while hearing, to be raised if still so
        self._signs: list[DoorSign] = []
        self._uses: list[tuple[int, dict[str, object]]] = []
        self._settle()
        self._remember(at)

    # ── what it does again and again ──────────────────────────────────────

    def look(self, *, at: datetime) -> int:
        """Hear what is new, raise what is due, learn from what was closed. Readings heard."""
        readings = list(
            Reading.objects.filter(taken=False, at__lte=at).order_by("at", "pk")[:AT_ONCE]
        )
        ended = self._hear(readings, local_seconds(at))
        found = self.clock.advance(local_seconds(at))
        signs = self.doors.due(local_seconds(at))
        self._tell_heard(ended, at)
        for alarm in [*self._standing, *found]:
            if self.clock.homes.last.item(alarm.home) == alarm.since:
                self._raise(alarm, at)
        self._standing = []
        for sign in [*self._signs, *signs]:
            self._raise_sign(sign, at)
        self._signs = []
        learnt = self._learn(at)
        note_heard(by=None, readings=[r.pk for r in readings], learnt=learnt, at=at)
        return len(readings)

    def climb(self, *, at: datetime) -> int:
        """Take every rung that is due; a line that is down leaves its rung due. Rungs taken."""
        taken = 0
        for step in actions.due_steps(at=at):
            try:
                taken += actions.take_step(by=None, step=step, at=at) is not None
            except OSError as error:
                log.warning("step %s could not be taken: %r", step.pk, error)
        return taken

    def check_health(self, *, at: datetime) -> None:
        """Judge devices; where some or all are silent, silence of people counts for less or not."""
        judge_health(by=None, at=at)
        self.devices.update({d.pk: d for d in Device.objects.filter(pk__in=list(self.devices))})
        absent = self._absent(at)
        by_home: dict[int, list[Device]] = {}
        for device in self.devices.values():
            if device.kind in HUMAN:
                by_home.setdefault(device.home_id, []).append(device)
        for home, devices in by_home.items():
            self._weigh(home, devices, at, absent=home in absent)

    # ── hearing ───────────────────────────────────────────────────────────

    def _hear(self, readings: Iterable[Reading], now: float) -> list[Heard]:
        """Play readings in order of event time; gives the silences that ended."""
        ended: list[Heard] = []
        for reading in readings:
            device = self.devices.get(reading.device_id)
            if device is None or device.home_id not in self.row:
                continue
            row, at = self.row[device.home_id], min(local_seconds(reading.at), now)
            if reading.what == What.KWH:
                self._read_meter(device.home_id, reading)
            elif device.kind in HUMAN and not device.testing:
                self._standing += self.clock.advance(at)
                self._signs += self.doors.due(at)
                kind = ENTRANCE if device.kind == DeviceKind.ENTRANCE else INTERIOR
                self.usual[device.pk] += 1
                if (silence := self.clock.hear(row, at, kind)) is not None:
                    ended.append(silence)
                if (sign := self.doors.hear(row, at, kind)) is not None:
                    self._signs.append(sign)
        return ended

    def _read_meter(self, home: int, reading: Reading) -> None:
        if home not in self.meters or reading.value is None:
            return
        use = self.meters[home].read(reading.value)
        if use.use in (Use.LOW, Use.ZERO):
            basis = {"use": use.use.value, "one": use.one_day, "two": use.two_days}
            plain = {k: v if isinstance(v, str) or v == v else None for k, v in basis.items()}
            self._uses.append((self.row[home], plain))

    def _remember(self, at: datetime) -> None:
        """Hear again what was heard before this process began; nothing is raised for it."""
        heard = Reading.objects.filter(taken=True, at__gte=at - REMEMBERED, at__lte=at)
        for reading in heard.order_by("at", "pk").iterator(2000):
            self._hear([reading], local_seconds(at))
        self._signs, self._uses = [], []
        self._standing = [a for a in self._standing if self._still(a)]
        self._standing += [a for a in self.clock.advance(local_seconds(at)) if self._still(a)]

    def _still(self, alarm: clocks.Alarm) -> bool:
        return self.clock.homes.last.item(alarm.home) == alarm.since

    def _settle(self) -> None:
        """What the settings of the elders say."""
        moving = {d.home_id for d in self.devices.values() if d.kind == DeviceKind.MOTION}
        for row, elder in enumerate(self.elders):
            self.clock.set_target(row, TARGETS[Sensitivity(elder.sensitivity)])
            self.doors.watch(row, sees_inside=elder.home_id in moving)

    # ── raising ───────────────────────────────────────────────────────────

    def _raise(self, alarm: clocks.Alarm, at: datetime) -> None:
        elder, since = self.elders[alarm.home], moment(alarm.since)
        notice = alarm.level < self.clock.case_level
        known = Alert.objects.filter(
            elder=elder, ground=Ground.SILENCE, is_notice=notice, since=since
        )
        if known.exists():
            return  # raised before this process began
        basis = {
            "model": MODEL,
            "q": round(alarm.q, 3),
            "e": round(alarm.e, 3),
            "theta_q": round(alarm.theta_q, 3),
            "theta_e": round(alarm.theta_e, 3),
            "r": alarm.r,
            "kind": alarm.kind,
        }
        actions.raise_alert(
            by=None,
            elder=elder,
            ground=Ground.SILENCE,
            at=at,
            is_notice=notice,
            since=since,
            basis=basis,
        )

    def _raise_sign(self, sign: DoorSign, at: datetime) -> None:
        actions.raise_alert(
            by=None,
            elder=self.elders[sign.home],
            ground=Ground(sign.ground.value),
            at=at,
            is_notice=not sign.alarm,
            since=moment(sign.since),
            basis={"model": MODEL},
        )

    def _tell_heard(self, ended: Iterable[Heard], at: datetime) -> None:
        """Open silence alerts of homes that were heard again end by themselves."""
        for silence in ended:
            elder, heard_at = self.elders[silence.home], moment(silence.until)
            for alert in Alert.objects.open().filter(elder=elder, ground=Ground.SILENCE):
                actions.hear_again(
                    by=None, alert=alert, heard_at=heard_at, late=heard_at < alert.raised_at, at=at
                )
        for row, basis in self._uses:
            actions.raise_alert(
                by=None, elder=self.elders[row], ground=Ground.ELECTRICITY, at=at, basis=basis
            )
        self._uses = []

    def _learn(self, at: datetime) -> list[int]:
        """Tell the clock how closed alerts ended. An answer or a visit is itself a sign of life."""
        done = []
        closed = Alert.objects.filter(ground=Ground.SILENCE, is_notice=False, learnt=False)
        rows = {elder.pk: n for n, elder in enumerate(self.elders)}
        for alert in closed.exclude(closed_at=None):
            done.append(alert.pk)
            row = rows.get(alert.elder_id)
            if row is None or alert.since is None or alert.closed_at is None:
                continue
            kind = self.clock.homes.kind.item(row)
            until = local_seconds(alert.heard_at or alert.closed_at)
            silence = Heard(row, self.clock.case_level + 1, local_seconds(alert.since), until, kind)
            if alert.heard_at is None:
                self.clock.hear(row, until, kind)
            self.clock.close(silence, CloseCode(alert.close_code))
        return done

    # ── health and absence ────────────────────────────────────────────────

    def _absent(self, at: datetime) -> set[int]:
        away = Elder.objects.guarded().filter(absences__begins_at__lte=at, absences__ends_at__gt=at)
        return set(away.values_list("home_id", flat=True))

    def _weigh(self, home: int, devices: list[Device], at: datetime, *, absent: bool) -> None:
        row = self.row[home]
        online = [d for d in devices if d.health not in (Health.LATE, Health.OFFLINE)]
        usual = {str(d.pk): self.usual[d.pk] for d in devices}
        share = 0.0 if absent else share_heard(usual, [str(d.pk) for d in online])
        self.doors.doors[row].absent = absent
        self.doors.doors[row].blind = not online
        seen = [local_seconds(d.seen_at) for d in (online or devices) if d.seen_at is not None]
        if share != self.shares[row]:
            since = local_seconds(at)
            if share < self.shares[row] and not absent:
                lost = [d for d in devices if d not in online and d.seen_at is not None]
                since = min((local_seconds(d.seen_at) for d in lost if d.seen_at), default=since)
            self.clock.set_share(row, since, share)
            self.shares[row] = share
        if seen:
            period = max(d.period for d in devices)
            self.clock.beat(row, min(seen), period if online else inf)
        if share < 1:
            self.clock.spoil(row, int(local_seconds(at) // DAY))
        if not online and not absent:
            elder = self.elders[row]
            actions.raise_alert(by=None, elder=elder, ground=Ground.BLIND, at=at, is_notice=True)
