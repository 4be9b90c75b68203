"""What a door could not take is noted for the channel board, in bounds, and without its content."""

import re
from datetime import datetime, timedelta

from gongzhi.doors.models import Nonce, Partner, TurnedAway
from gongzhi.doors.words import Door
from gongzhi.journal.chores import chore
from gongzhi.kernel.limits import within_limit
from gongzhi.kernel.refusals import Refusal, TooMany

MOST_A_MINUTE = 60  # of one door and partner: a flood of refusals must not fill the database
KEPT = timedelta(days=30)
NONCES_KEPT = timedelta(minutes=15)  # longer than a signature is good for, on both sides of now
A_SWEEP = 1000


def code_of(refusal: Refusal) -> str:
    """A stable code for programs: not_understood, too_many …"""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", type(refusal).__name__).lower()


def note(
    door: Door,
    refusal: Refusal,
    *,
    at: datetime,
    partner: Partner | None = None,
    external_id: str = "",
) -> None:
    """Keep the refusal, unless there were too many already this minute."""
    source = f"{door}:{partner.pk if partner else ''}"
    try:
        within_limit("turned-away", source, most=MOST_A_MINUTE, seconds=60, at=at)
    except TooMany:
        return
    TurnedAway.objects.create(
        door=door,
        partner=partner,
        external_id=external_id[:120],
        code=code_of(refusal)[:40],
        sentence=refusal.sentence[:300],
        at=at,
    )


@chore("doors.forget", every=timedelta(minutes=5))
def forget_some(at: datetime) -> bool:
    """Delete spent nonces and old refusals, a thousand at a time. False when there are none."""
    done = False
    for rows in (
        Nonce.objects.filter(at__lt=at - NONCES_KEPT),
        TurnedAway.objects.filter(at__lt=at - KEPT),
    ):
        some = list(rows.values_list("pk", flat=True)[:A_SWEEP])
        if some:
            rows.model.objects.filter(pk__in=some).delete()
            done = True
    return done
