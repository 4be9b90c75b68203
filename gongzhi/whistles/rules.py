"""When a unit counts as there, late or absent; no database, no clock."""

from datetime import datetime, timedelta

NEAR = 200  # metres from the place within which somebody is on site, unless the call says otherwise
NEAREST, FARTHEST = 50, 1000
OPENS_BEFORE = timedelta(minutes=60)  # one may sign in so long before the time
GRACE = timedelta(minutes=15)  # after which one is late
CLOSES_AFTER = timedelta(hours=6)
SOONEST = timedelta(minutes=10)  # emergencies call units to come at once
LONGEST_AHEAD = timedelta(days=30)
WORDS_MOST = 1000
MINUTES_MOST = 4000


def may_sign_in(at: datetime, starts_at: datetime) -> bool:
    """Whether the list is open: from an hour before until six hours after the time."""
    return starts_at - OPENS_BEFORE <= at <= starts_at + CLOSES_AFTER


def is_late(signed_at: datetime, starts_at: datetime) -> bool:
    """Whether somebody came more than a quarter of an hour after the time."""
    return signed_at > starts_at + GRACE


def turnout(
    *,
    acknowledged: bool,
    signed_at: datetime | None,
    starts_at: datetime,
    over: bool,
) -> str:
    """How a unit answered; absent only once the meeting is over."""
    if signed_at is not None:
        return "late" if is_late(signed_at, starts_at) else "on_site"
    if over:
        return "absent"
    return "coming" if acknowledged else "called"


def is_on_site(metres: float, radius: int, accuracy: float = 0) -> bool:
    """Whether a position is near enough; a vague one (accuracy in metres) gets the benefit of it,

    but never more than another radius.
    """
    return metres - min(max(accuracy, 0), radius) <= radius


def minutes_late(signed_at: datetime, starts_at: datetime) -> int:
    """Whole minutes after the time; 0 for whoever was early."""
    return max(0, int((signed_at - starts_at).total_seconds() // 60))


def rate(came: int, called: int) -> int:
    """How many of a hundred called units came."""
    return round(100 * came / called) if called else 0
