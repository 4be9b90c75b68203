"""Pictures of followers fetched from WeChat at once, and cases made that waited for them."""

import logging
from dataclasses import asdict
from datetime import datetime, timedelta

from django.core.files.base import ContentFile
from django.db.models import Exists, F, OuterRef

from gongzhi.cases.files import take_photo
from gongzhi.doors.answers import wait_after
from gongzhi.doors.outward import Unreachable
from gongzhi.doors.wechat.actions import finish
from gongzhi.doors.wechat.agreed import account, terms
from gongzhi.doors.wechat.api import Said, download
from gongzhi.doors.wechat.models import Draft, Heard, Picture, Token
from gongzhi.journal.chores import chore
from gongzhi.kernel.refusals import Refusal

MOST_TRIES = 30  # about a day; WeChat keeps pictures for three
HEARD_FOR = timedelta(days=2)
A_SWEEP = 1000

log = logging.getLogger(__name__)


@chore("wechat.pictures", every=timedelta(seconds=2))
def fetch_one(at: datetime) -> bool:
    """Fetch one picture that is due. False when there is none, or WeChat is away."""
    mine = account()
    due = Picture.objects.filter(stored__isnull=True, failed=False, not_before__lte=at)
    picture = due.order_by("not_before", "pk").first() if mine else None
    if mine is None or picture is None:
        return False
    row = Picture.objects.filter(pk=picture.pk)
    if not row.filter(tries=picture.tries).update(
        tries=F("tries") + 1, not_before=at + wait_after(picture.tries)
    ):
        return True
    try:
        stored = take_photo(ContentFile(download(mine, picture.media), name="wechat"))
    except Unreachable as error:
        log.warning("picture %s cannot be fetched: %s", picture.pk, error)
        if picture.tries + 1 >= MOST_TRIES:
            row.update(failed=True)
        return False
    except (Said, Refusal) as error:  # gone, or no picture at all: it will not get better
        log.warning("picture %s is lost: %s", picture.pk, error)
        row.update(failed=True)
        return True
    row.update(stored=asdict(stored))
    return True


@chore("wechat.finish", every=timedelta(seconds=2))
def finish_one(at: datetime) -> bool:
    """Make the case of one submitted draft whose pictures are all here or given up."""
    waiting = Picture.objects.filter(draft=OuterRef("pk"), stored__isnull=True, failed=False)
    drafts = Draft.objects.filter(~Exists(waiting), submitted_at__isnull=False)
    draft = drafts.select_related("follower__person").order_by("pk").first()
    if draft is None:
        return False
    finish(by=None, draft=draft, at=at)
    return True


@chore("wechat.forget", every=timedelta(minutes=5))
def forget_some(at: datetime) -> bool:
    """Delete what was answered long ago, tokens that ended, and talks that nobody went on with."""
    old = at - timedelta(hours=terms().talk_hours)
    done = False
    for rows in (
        Heard.objects.filter(at__lt=at - HEARD_FOR),
        Token.objects.filter(expires_at__lt=at),
        Draft.objects.filter(submitted_at=None, changed_at__lt=old),
    ):
        some = list(rows.values_list("pk", flat=True)[:A_SWEEP])
        if some:
            rows.model.objects.filter(pk__in=some).delete()
            done = True
    return done
