"""Taking in what another platform sends: a matter, or a sighting that may be known already."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from gongzhi.access.models import Person
from gongzhi.cases.models import Case
from gongzhi.doors.models import Partner
from gongzhi.doors.readings import Reading
from gongzhi.doors.reports import Arrival, enter
from gongzhi.doors.webhook.models import Heard, Sighting
from gongzhi.doors.webhook.rules import is_same_sighting
from gongzhi.doors.words import Door
from gongzhi.kernel.actions import action
from gongzhi.kernel.refusals import NotUnderstood

AHEAD = timedelta(minutes=5)  # a camera's clock may be fast by so much


@dataclass(frozen=True)
class Taken:
    """The case of what was sent; `created` when it is new, `folded` when it joined a sighting."""

    case: Case
    created: bool
    folded: bool = False


@action
def take_matter(*, by: Person | None, reading: Reading, partner: Partner, at: datetime) -> Taken:
    """Make a case of a matter; the same number of this partner again is the same case."""
    entered = enter(by=by, arrival=_arrival(reading, partner), at=at)
    return Taken(entered.case, entered.created)


@action
def take_sighting(
    *, by: Person | None, reading: Reading, partner: Partner, window: timedelta, at: datetime
) -> Taken:
    """Fold what a camera sees again within `window` into the open case of it, else make a case.

    The same event again changes nothing. NotUnderstood (422) without a camera or an object.
    """
    where, what = reading.fields.get("camera", ""), reading.fields.get("object", "")
    if not where or not what or max(len(where), len(what)) > 80:
        raise NotUnderstood(_("请给出摄像头编号和对象，各不超过80字。"), field="camera")
    for _attempt in range(3):
        heard = Heard.objects.filter(partner=partner, external_id=reading.external_id)
        if known := heard.select_related("sighting__entry__case").first():
            return Taken(known.sighting.entry.case, created=False)
        try:
            with transaction.atomic():
                return _take(reading, partner, (where, what), window, by, at)
        except IntegrityError:  # the same camera reported it elsewhere this very moment
            continue
    raise IntegrityError("the same sighting kept arriving elsewhere")


def _take(
    reading: Reading,
    partner: Partner,
    place: tuple[str, str],
    window: timedelta,
    by: Person | None,
    at: datetime,
) -> Taken:
    camera, what = place
    seen_at = min(reading.sent_at or at, at + AHEAD)
    mine = Sighting.objects.filter(partner=partner, camera=camera, object=what)
    sighting = _open_sighting_of(mine, seen_at, window)
    if folded := sighting is not None:
        Sighting.objects.filter(pk=sighting.pk).update(
            times=F("times") + 1,
            first_at=min(sighting.first_at, seen_at),
            last_at=max(sighting.last_at, seen_at),
        )
    else:
        latest = not mine.filter(last_at__gt=seen_at).exists()
        if latest:
            mine.filter(current=True).update(current=False)
        entered = enter(by=by, arrival=_arrival(reading, partner), at=at)
        sighting = Sighting.objects.create(
            partner=partner,
            camera=camera,
            object=what,
            entry=entered.entry,
            first_at=seen_at,
            last_at=seen_at,
            current=latest,
        )
    Heard.objects.create(partner=partner, external_id=reading.external_id, sighting=sighting, at=at)
    return Taken(sighting.entry.case, created=not folded, folded=folded)


def _open_sighting_of(
    mine: QuerySet[Sighting], seen_at: datetime, window: timedelta
) -> Sighting | None:
    """What is seen again, unless its case has ended by then: seen after that it is a new matter."""
    near = mine.filter(
        last_at__gte=seen_at - window, first_at__lte=seen_at + window
    ).select_related("entry__case")
    for sighting in near.order_by("-last_at"):
        ended_at = sighting.entry.case.ended_at
        same = is_same_sighting(seen_at, sighting.first_at, sighting.last_at, window)
        if same and (ended_at is None or seen_at <= ended_at):
            return sighting
    return None


def _arrival(reading: Reading, partner: Partner) -> Arrival:
    return Arrival(
        door=Door.WEBHOOK,
        issuer=partner.code,
        external_id=reading.external_id,
        new=reading.new,
        partner=partner,
        sent_at=reading.sent_at,
    )
