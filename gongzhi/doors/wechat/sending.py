"""Answers to followers: free while they talk to us, else a subscribed notice, else a text message.

WeChat lets an account write freely for 48 hours after the follower did. Later only notices go out
that the follower allowed, one for each time they said yes. Whoever left a telephone number gets a
text message when neither is possible; otherwise a person must call.
"""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import F
from django.utils.timezone import localtime, now

from gongzhi.cases.reads.contacts import contact_of
from gongzhi.doors import sms
from gongzhi.doors.answers import answers
from gongzhi.doors.models import Answer, Entry
from gongzhi.doors.outward import Refused
from gongzhi.doors.sentences import in_short, news
from gongzhi.doors.wechat.agreed import Account, account, terms
from gongzhi.doors.wechat.api import Said, ask, client
from gongzhi.doors.wechat.models import Follower, Quota
from gongzhi.doors.words import Door, Told

WANTS = frozenset({Told.ACCEPTED, Told.CLOSED, Told.DECLINED})
CLOSED_WINDOW = frozenset({45015, 45047, 43004})  # too long ago, too many, does not follow
NOT_ALLOWED = frozenset({43101, 43004})  # the consent was taken back, or does not follow any more
THING, PHRASE = 20, 5  # how long values of a notice may be


def wanted(entry: Entry) -> frozenset[Told]:
    """Who waited for pictures was not given the number at once and gets it as a message."""
    if "follower" not in entry.thread:
        return frozenset()
    return WANTS | {Told.RECEIVED} if entry.thread.get("late") else WANTS


@answers(Door.WECHAT, wants=wanted)
def send(answer: Answer) -> None:
    """Send one piece of news by whichever way is open."""
    mine = account()
    follower = Follower.objects.filter(pk=answer.entry.thread.get("follower")).first()
    if mine is None or follower is None:
        raise Refused("no account, or the follower is gone")
    if _freely(mine, follower, answer) or _as_notice(mine, follower, answer):
        return
    phone = contact_of(answer.entry.case).phone
    if not phone or not sms.is_ready():
        raise Refused("no way to reach the follower: window closed, no quota, no number")
    sms.send(phone, news(answer), key=f"answer-{answer.pk}")


def _freely(mine: Account, follower: Follower, answer: Answer) -> bool:
    window = timedelta(hours=terms().window_hours)
    if not follower.follows or not follower.spoke_at or follower.spoke_at < now() - window:
        return False
    try:
        ask(lambda: client(mine).message.send_text(follower.openid, news(answer)))
    except Said as refused:
        if refused.code in CLOSED_WINDOW:
            return False
        raise
    return True


def _as_notice(mine: Account, follower: Follower, answer: Answer) -> bool:
    template = terms().template
    quota = Quota.objects.filter(follower=follower, template=template, left__gt=0)
    # Taken before it is sent: to send one too few is better than to be told off for one too many.
    if not template or not follower.follows or not quota.update(left=F("left") - 1):
        return False
    says: dict[str, Any] = {
        "touser": follower.openid,
        "template_id": template,
        "data": {name: {"value": value} for name, value in _values(answer).items()},
    }
    if settings.PUBLIC_URL:
        says["page"] = f"{settings.PUBLIC_URL}/wechat/go/mine/"
    try:
        ask(lambda: client(mine).post("message/subscribe/bizsend", data=says))
    except Exception as error:
        mine_left = Quota.objects.filter(follower=follower, template=template)
        if isinstance(error, Said) and error.code in NOT_ALLOWED:
            mine_left.update(left=0)
            return False
        mine_left.update(left=F("left") + 1)  # it was not sent: the consent still holds
        raise
    return True


def _values(answer: Answer) -> dict[str, str]:
    case = answer.entry.case
    ours = {
        "number": case.number,
        "title": _fitting(case.title),
        "status": str(answer.get_told_display())[:PHRASE],
        "at": f"{localtime(answer.event.at):%Y-%m-%d %H:%M}",
        "news": _fitting(in_short(answer)),
    }
    return {theirs: ours[name] for name, theirs in terms().fields.items()}


def _fitting(text: str) -> str:
    """As much as a value holds; WeChat refuses the whole notice when one is longer."""
    text = " ".join(text.split())
    return text if len(text) <= THING else f"{text[: THING - 1]}…"
