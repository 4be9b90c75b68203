"""Moments and local seconds: the rules count local seconds since 1970, the database moments."""

from datetime import UTC, datetime

from django.utils.timezone import localtime


def local_seconds(at: datetime) -> float:
    """A moment as the clock counts: seconds of local time since 1970."""
    wall = localtime(at).replace(tzinfo=UTC)
    return wall.timestamp()


def moment(seconds: float) -> datetime:
    """The moment of local seconds."""
    wall = datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None)
    return wall.replace(tzinfo=localtime().tzinfo)
