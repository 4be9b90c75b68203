"""The guard on duty: hears new readings, raises what is due, takes the rungs of open ladders.

One process guards all homes. Everything it decides from lies in the database; the clock's memory
is taken from a file and the readings since, or made again from those of the last 90 days.
"""

import logging
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from math import inf
from pathlib import Path

from django.db.models import Count, Max, Sum

from gongzhi.care import actions, snapshots
from gongzhi.care.actions.listening import note_heard, note_standings, settle
from gongzhi.care.lessons import lessons_of, take_lesson
from gongzhi.care.models import Alert, Elder
from gongzhi.care.raising import raise_sign, raise_silence
from gongzhi.care.rules import clock as clocks
from gongzhi.care.rules.clock import Heard, SilenceClock
from gongzhi.care.rules.doors import DoorSign, DoorWatch
from gongzhi.care.rules.electricity import Meter, Use
from gongzhi.care.rules.homes import Homes
from gongzhi.care.rules.rates import ENTRANCE, INTERIOR
from gongzhi.care.rules.silence import DAY
from gongzhi.care.snapshots import REMEMBERED, Known
from gongzhi.care.standings import standings
from gongzhi.care.times import local_seconds, moment, rest_day
from gongzhi.care.words import TARGETS, Ground, Sensitivity
from gongzhi.care.words import CloseCode as Said
from gongzhi.kernel.refusals import Overtaken
from gongzhi.sensing.actions import judge_health
from gongzhi.sensing.models import Device, Reading
from gongzhi.sensing.reads import homes_in_outage
from gongzhi.sensing.rules import share_heard
from gongzhi.sensing.words import HUMAN, DeviceKind, Health, What

log = logging.getLogger(__name__)

AT_ONCE = 5000  # readings heard in one look
SPARE = 64  # places for homes enrolled while the guard is on duty, besides a tenth
# One outage explains its homes for so long; after that each blind home has its own ladder.
OUTAGE_PATIENCE = timedelta(hours=6)
# Over by themselves once the home is heard, or its door.
ENDED_BY_ANY, ENDED_BY_DOOR = frozenset({Ground.OUT_TOO_LONG}), frozenset({Ground.UNOPENED})


def _kind(device: Device) -> int:
    return ENTRANCE if device.kind == DeviceKind.ENTRANCE else INTERIOR


def _devices() -> dict[int, Device]:
    """Every device in use in the home of somebody who is guarded."""
    guarded = Elder.objects.guarded().values("home")
    return {d.pk: d for d in Device.objects.in_use().filter(home__in=guarded)}


def _by_home(devices: Iterable[Device]) -> dict[int, list[Device]]:
    homes: dict[int, list[Device]] = {}
    for device in devices:
        homes.setdefault(device.home_id, []).append(device)
    return homes


class Guard:
    """Guards every elder whose consent stands; `keep_up` takes up enrolments and settings."""

    def __init__(self, *, at: datetime, memory: Path | None = None) -> None:
        self.memory = memory  # the file that spares hearing ninety days again
        self.elders = list(Elder.objects.guarded().select_related("home__area").order_by("pk"))
        self.row = {elder.home_id: n for n, elder in enumerate(self.elders)}
        self.devices = _devices()
        self.usual: dict[int, float] = dict.fromkeys(self.devices, 0.0)
        self.meters = {
            d.home_id: Meter() for d in self.devices.values() if d.kind == DeviceKind.METER
        }
        self.room = len(self.elders) + len(self.elders) // 10 + SPARE
        self.shares = [1.0] * self.room
        self.clock = self._new_clock(self.room, at)
        self.doors = DoorWatch()
        blind = Alert.objects.open().filter(ground=Ground.BLIND)
        found = set(blind.values_list("elder__home_id", flat=True))
        self._blind = {self.row[home] for home in found if home in self.row}
        self._lost: dict[int, float] = {}  # rows that are blind, and since when
        self._folded: set[int] = set()  # homes whose silence one known outage explains
        self._touched: set[int] = set()  # rows whose standing has changed
        self._told_day = -1
        self._known = {elder.pk: elder.revision for elder in self.elders}
        self._signature = self._settings()
        self._standing: list[clocks.Alarm] = []  # found while hearing, to be raised if still so
        self._signs: list[DoorSign] = []
        self._uses: list[tuple[int, dict[str, object]]] = []
        self._settle()
        self._begin(at)
        self._touched.update(range(len(self.elders)))

    def _new_clock(self, homes: int, at: datetime) -> SilenceClock:
        first_day = int(local_seconds(at - REMEMBERED) // DAY)
        return SilenceClock(Homes(homes), first_day=first_day, rest=rest_day)

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
            if self._still(alarm) and alarm.at <= self._lost.get(alarm.home, inf):
                self._raise(alarm, at)
        self._standing = []
        for sign in [*self._signs, *signs]:
            self._raise_sign(sign, at)
        self._signs = []
        self._end_what_is_over(at)
        learnt = self._learn(at)
        note_heard(by=None, readings=[r.pk for r in readings], learnt=learnt, at=at)
        return len(readings)

    def keep_up(self, *, at: datetime) -> bool:
        """Take up enrolments, withdrawals, settings and devices since the last time.

        False when there is no place left for more homes: then a new guard must be built.
        """
        if (signature := self._settings()) == self._signature:
            return True
        self._signature = signature
        self.devices = _devices()  # some were registered, moved or taken away
        now = dict(Elder.objects.guarded().values_list("pk", "revision"))
        gone = [e for e in self.elders if e.pk not in now and e.home_id in self.row]
        for elder in gone:
            self._let_go(elder)
        changed = [pk for pk, revision in now.items() if self._known.get(pk) != revision]
        for elder in Elder.objects.filter(pk__in=changed).select_related("home__area"):
            if elder.home_id not in self.row and len(self.elders) >= self.room:
                return False
            self.take_up(elder, at=at)
        self._known = now
        return True

    def take_up(self, elder: Elder, *, at: datetime) -> None:
        """Guard a home from its record of the last 90 days, whether it is new or was changed."""
        row = self.row.get(elder.home_id)
        if row is None:
            row = self.row[elder.home_id] = len(self.elders)
            self.elders.append(elder)
        self.elders[row] = elder
        now = local_seconds(at)
        self._standing += self.clock.advance(now)
        theirs = list(Device.objects.in_use().filter(home=elder.home_id))
        self.devices.update({d.pk: d for d in theirs})
        self._set_up(row, elder, theirs)
        twin = self._new_clock(1, at)
        target = TARGETS[Sensitivity(elder.sensitivity)]
        twin.set_target(0, target)
        found: list[clocks.Alarm] = []
        heard = Reading.objects.filter(
            device__home=elder.home_id, taken=True, at__gte=at - REMEMBERED, at__lte=at
        )
        lessons = lessons_of(at - REMEMBERED, elder=elder)
        for reading in heard.order_by("at", "pk").iterator(2000):
            device = self.devices.get(reading.device_id)
            if device is None or device.kind not in HUMAN or device.testing:
                continue
            while lessons and lessons[-1][0] <= reading.at:
                take_lesson(twin, 0, lessons.pop()[1])
            moment_heard, kind = local_seconds(reading.at), _kind(device)
            found += twin.advance(moment_heard)
            twin.hear(0, moment_heard, kind)
            self.doors.hear(row, moment_heard, kind)
        for _closed_at, alert in reversed(lessons):
            take_lesson(twin, 0, alert)
        found += twin.advance(now)
        self.clock.take_over(row, twin)
        self._standing = [a for a in self._standing if a.home != row]
        self._standing += [replace(a, home=row) for a in found]
        self.shares[row] = 1.0
        self._touched.add(row)

    def tell_standings(self, *, at: datetime) -> int:
        """Write how the homes stand that changed since the last time; all of them each new day."""
        if self.clock.day != self._told_day:
            self._touched.update(range(len(self.elders)))
            self._told_day = self.clock.day
        rows = sorted(row for row in self._touched if self.elders[row].home_id in self.row)
        self._touched.clear()
        told = standings(self.clock, self.elders, rows, self.shares, at=at)
        note_standings(by=None, standings=told, at=at)
        return len(told)

    def climb(self, *, at: datetime) -> int:
        """Take every rung that is due; a line that is down leaves its rung due. Rungs taken."""
        taken = 0
        for ring in actions.unanswered(at=at):
            with suppress(Overtaken):  # they picked up just now
                actions.ring_out(by=None, ring=ring, at=at)
        for step in actions.due_steps(at=at):
            try:
                taken += actions.take_step(by=None, step=step, at=at) is not None
            except OSError as error:
                log.warning("step %s could not be taken: %r", step.pk, error)
        return taken

    def check_health(self, *, at: datetime) -> None:
        """Judge devices; where some or all are silent, silence of people counts for less or not."""
        judge_health(by=None, at=at)
        self.devices.update(_devices())
        absent = self._absent(at)
        self._folded = homes_in_outage(since=at - OUTAGE_PATIENCE)
        human = (d for d in self.devices.values() if d.kind in HUMAN)
        for home, devices in _by_home(human).items():
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
                kind = _kind(device)
                self.usual[device.pk] = self.usual.get(device.pk, 0.0) + 1
                self._touched.add(row)
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

    def _known_now(self) -> Known:
        guarded = [self.row.get(elder.home_id) == n for n, elder in enumerate(self.elders)]
        return Known(
            self.elders, guarded, self.clock, self.doors, self.meters, self.usual, self.shares
        )

    def keep_memory(self, *, at: datetime) -> bool:
        """Write what is known to the file. Right after a look: then nothing is half heard."""
        if self.memory is None or self._standing or self._signs or self._uses:
            return False
        return snapshots.write(self.memory, self._known_now(), at=at)

    def _begin(self, at: datetime) -> None:
        """Know what was heard before this process began; nothing is raised for it."""
        levels = self.clock.homes.levels
        found = snapshots.read(self.memory, levels=levels, at=at) if self.memory else None
        since, lessons = at - REMEMBERED, lessons_of(at - REMEMBERED)
        if found is None:
            heard = Reading.objects.filter(taken=True, at__gte=since, at__lte=at)
            self._remember(heard.order_by("at", "pk").iterator(2000), lessons, at)
            return
        strangers = snapshots.restore(found, self._known_now())
        rest = snapshots.readings_since(found, since=since, at=at)
        self._remember(rest, snapshots.learnt_since(found, lessons), at)
        for row in strangers:
            self.take_up(self.elders[row], at=at)

    def _remember(
        self, heard: Iterable[Reading], lessons: list[tuple[datetime, Alert]], at: datetime
    ) -> None:
        """Hear again what was heard before; `lessons` are the latest first."""
        for reading in heard:
            while lessons and lessons[-1][0] <= reading.at:
                self._take_lesson(lessons.pop()[1])
            self._hear([reading], local_seconds(at))
        for _closed_at, alert in reversed(lessons):
            self._take_lesson(alert)
        self._signs, self._uses = [], []
        self._standing = [a for a in self._standing if self._still(a)]
        self._standing += [a for a in self.clock.advance(local_seconds(at)) if self._still(a)]

    def _still(self, alarm: clocks.Alarm) -> bool:
        return self.clock.homes.last.item(alarm.home) == alarm.since

    def _settle(self) -> None:
        """What the settings of the elders say."""
        by_home = _by_home(self.devices.values())
        for row, elder in enumerate(self.elders):
            self._set_up(row, elder, by_home.get(elder.home_id, []))

    def _set_up(self, row: int, elder: Elder, theirs: list[Device]) -> None:
        self.clock.set_target(row, TARGETS[Sensitivity(elder.sensitivity)])
        self.doors.watch(row, sees_inside=any(d.kind == DeviceKind.MOTION for d in theirs))
        if any(d.kind == DeviceKind.METER for d in theirs):
            self.meters.setdefault(elder.home_id, Meter())

    def _settings(self) -> tuple[object, ...]:
        """What changes when anything is to be taken up; cheap enough to ask every few seconds."""
        elders = Elder.objects.aggregate(Count("pk"), Sum("revision"))
        devices = Device.objects.in_use().aggregate(Count("pk"), Max("pk"))
        return (*elders.values(), *devices.values())

    def _let_go(self, elder: Elder) -> None:
        """The consent was taken back: nothing of this home is heard or judged any more."""
        row = self.row.pop(elder.home_id)
        self.clock.homes.last[row] = -inf
        self.doors.doors[row].blind = True  # its entry in the heap comes up all the same
        self.devices = {k: d for k, d in self.devices.items() if d.home_id != elder.home_id}

    # ── raising ───────────────────────────────────────────────────────────

    def _raise(self, alarm: clocks.Alarm, at: datetime) -> None:
        notice = alarm.level < self.clock.case_level
        raise_silence(self.elders[alarm.home], alarm, is_notice=notice, at=at)

    def _raise_sign(self, sign: DoorSign, at: datetime) -> None:
        raise_sign(self.elders[sign.home], sign, at=at)

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

    def _end_what_is_over(self, at: datetime) -> None:
        """Out for too long and a door unopened are over once the home, or its door, is heard."""
        waiting = Alert.objects.open().filter(ground__in=[*ENDED_BY_ANY, *ENDED_BY_DOOR])
        for alert in waiting.filter(accepted_at=None).select_related("elder__home__area"):
            row = self.row.get(alert.elder.home_id)
            if row is None or alert.since is None:
                continue
            by_door = alert.ground in ENDED_BY_DOOR
            heard = self.doors.doors[row].opened if by_door else self.clock.homes.last.item(row)
            if heard > local_seconds(alert.since) + 1:
                settle(by=None, alert=alert, code=Said.FALSE_NORMAL, at=at)

    def _learn(self, at: datetime) -> list[int]:
        """Tell the clock how closed alerts ended. An answer or a visit is itself a sign of life."""
        closed = Alert.objects.filter(ground=Ground.SILENCE, is_notice=False, learnt=False)
        done = list(closed.exclude(closed_at=None).select_related("elder"))
        for alert in done:
            self._take_lesson(alert)
        return [alert.pk for alert in done]

    def _take_lesson(self, alert: Alert) -> None:
        row = self.row.get(alert.elder.home_id)
        if row is not None:
            take_lesson(self.clock, row, alert)
            self._touched.add(row)

    # ── health and absence ────────────────────────────────────────────────

    def _absent(self, at: datetime) -> set[int]:
        away = Elder.objects.guarded().filter(absences__begins_at__lte=at, absences__ends_at__gt=at)
        return set(away.values_list("home_id", flat=True))

    def _weigh(self, home: int, devices: list[Device], at: datetime, *, absent: bool) -> None:
        row = self.row.get(home)
        if row is None or row not in self.doors.doors:
            return
        online = [d for d in devices if d.health not in (Health.LATE, Health.OFFLINE)]
        usual = {str(d.pk): self.usual.get(d.pk, 0.0) for d in devices}
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
            if share <= 0:
                self._lost[row] = since
            else:
                self._lost.pop(row, None)
            self.shares[row] = share
            self._touched.add(row)
        if seen:
            period = max(d.period for d in devices)
            self.clock.beat(row, min(seen), period if online else inf)
        if share < 1:
            self.clock.spoil(row, int(local_seconds(at) // DAY))
        self._tell_blind(row, at, blind=not online and not absent)

    def _tell_blind(self, row: int, at: datetime, *, blind: bool) -> None:
        """A blind home has a ticket and a ladder of its own; both end when it is heard again."""
        elder = self.elders[row]
        if blind and row not in self._blind and elder.home_id not in self._folded:
            actions.raise_alert(by=None, elder=elder, ground=Ground.BLIND, at=at, is_notice=True)
            self._blind.add(row)
        elif not blind and row in self._blind:
            for alert in Alert.objects.open().filter(elder=elder, ground=Ground.BLIND):
                settle(by=None, alert=alert, code=Said.DEVICE, at=at)
            self._blind.discard(row)
