"""Who is asked, in which order and after how many minutes, once a home has raised an alarm."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum


class Ground(StrEnum):
    """Why there is an alarm or a notice."""

    SILENCE = "silence"  # 长时间无活动
    ELECTRICITY = "electricity"  # 用电异常
    OUT_TOO_LONG = "out_too_long"  # 外出过久
    UNOPENED = "unopened"  # 入户门长时间未开
    NIGHT_DOOR = "night_door"  # 夜间出门
    INTRUSION = "intrusion"  # 离家期间门被打开
    SOS = "sos"
    SMOKE = "smoke"
    GAS = "gas"
    WATER = "water"
    BLIND = "blind"  # 设备全部失联


class Call(StrEnum):
    """What a rung does."""

    ELDER = "elder"  # automatic call and SMS; key 1 means safe
    CONTACT = "contact"  # one relative
    ALL_CONTACTS = "all_contacts"
    GRID_WORKER = "grid_worker"  # sent to the doorstep
    NEXT_WORKER = "next_worker"  # and the duty desk
    NEIGHBOUR = "neighbour"  # or the property firm
    OWNER = "owner"  # whoever keeps the devices working
    POLICE = "110"  # for entry
    FIRE = "119"
    AMBULANCE = "120"


class CloseCode(StrEnum):
    """What it turned out to be."""

    TRUE_HELP = "true_help"
    TRUE_ABSENCE = "true_absence"
    FALSE_NORMAL = "false_normal"
    DEVICE = "device"
    DUPLICATE = "duplicate"
    TEST = "test"
    LATE_DATA = "late_data"  # buffered events showed that there was no silence
    WITHDRAWN = "withdrawn"  # the consent was taken back meanwhile
    CASE_ENDED = "case_ended"  # at the desk; nobody said what it was


@dataclass(frozen=True, slots=True)
class Rung:
    """One step of the ladder, `after` minutes from the alarm; `order` is which contact it is."""

    after: int
    call: Call
    order: int = 0


ACCEPT_MINUTES = 10  # else the next grid worker and the duty desk
DOORSTEP_MINUTES = 30

_SLOW = (
    Rung(0, Call.ELDER),
    Rung(5, Call.ELDER, 1),
    Rung(10, Call.CONTACT, 0),
    Rung(15, Call.CONTACT, 1),
    Rung(25, Call.GRID_WORKER),
    Rung(25 + ACCEPT_MINUTES, Call.NEXT_WORKER),
    Rung(25 + DOORSTEP_MINUTES, Call.NEIGHBOUR),
    Rung(25 + DOORSTEP_MINUTES + 10, Call.POLICE),
)
LADDER: dict[Ground, tuple[Rung, ...]] = {
    Ground.SILENCE: _SLOW,
    Ground.ELECTRICITY: _SLOW,
    Ground.OUT_TOO_LONG: _SLOW,
    Ground.SOS: (Rung(0, Call.ALL_CONTACTS), Rung(0, Call.GRID_WORKER), Rung(0, Call.AMBULANCE)),
    Ground.SMOKE: (Rung(0, Call.ALL_CONTACTS), Rung(0, Call.GRID_WORKER), Rung(0, Call.FIRE)),
    Ground.GAS: (Rung(0, Call.ALL_CONTACTS), Rung(0, Call.GRID_WORKER), Rung(0, Call.FIRE)),
    Ground.WATER: (Rung(0, Call.ALL_CONTACTS), Rung(0, Call.GRID_WORKER)),
    # Nobody is known to be in need: a ticket first, then a word with the elder, then a visit.
    Ground.BLIND: (
        Rung(0, Call.OWNER),
        Rung(2 * 60, Call.ELDER),
        Rung(6 * 60, Call.CONTACT, 0),
        Rung(24 * 60, Call.GRID_WORKER),
    ),
}
PASS_THROUGH = frozenset({Ground.SOS, Ground.SMOKE, Ground.GAS, Ground.WATER})

QUIET_FROM, QUIET_UNTIL = time(22), time(6, 30)


def first_call(ground: Ground, at: datetime, *, notice: bool) -> datetime:
    """When the first rung is taken: at once, but a notice at night waits for the morning.

    `at` is local. Alarms never wait; pass-through grounds have no notice.
    """
    if not notice or ground in PASS_THROUGH:
        return at
    if at.time() >= QUIET_FROM:
        return datetime.combine(at.date() + timedelta(days=1), QUIET_UNTIL, at.tzinfo)
    if at.time() < QUIET_UNTIL:
        return datetime.combine(at.date(), QUIET_UNTIL, at.tzinfo)
    return at


def held_back(ground: Ground, *, absent: bool, testing: bool) -> bool:
    """Whether nobody is called: a test mutes everything, absence all but pass-through grounds."""
    if testing:
        return True
    return absent and ground not in PASS_THROUGH and ground != Ground.INTRUSION


def feeds_tail(code: CloseCode) -> bool:
    """Whether the silence was this person's normal life, from which thresholds may learn."""
    return code == CloseCode.FALSE_NORMAL


def freezes_sensitivity(code: CloseCode) -> bool:
    """Whether the home is watched at the higher sensitivity from now on."""
    return code == CloseCode.TRUE_HELP
