"""What a family may know: a status and a band, never what was opened when."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from gongzhi.access.models import Person
from gongzhi.care.models import Alert, Contact, Elder, FamilyLink
from gongzhi.care.reads.board import LEARNT, guard_seen
from gongzhi.care.rules.links import fingerprint
from gongzhi.care.words import Ground


@dataclass(frozen=True)
class Seen:
    """How the elder is, in words for the family."""

    name: str
    tone: str  # good, wait or alarm
    headline: str
    sentence: str
    band: str
    checked_at: datetime | None
    steps: list[str]


def link_of(secret: str, *, at: datetime) -> FamilyLink | None:
    """The link with this secret, while it may be used and the elder agrees."""
    if not 20 <= len(secret) <= 80:
        return None
    links = FamilyLink.objects.select_related("contact__elder__home__area")
    return links.filter(
        secret_hash=fingerprint(secret),
        revoked_at=None,
        expires_at__gt=at,
        contact__elder__shares_with_family=True,
        contact__elder__withdrawn_at=None,
    ).first()


def contacts_of(person: Person) -> list[Contact]:
    """For whom the person is a contact, by the telephone number of their account."""
    if not person.phone_index:
        return []
    contacts = Contact.objects.filter(
        phone_index=person.phone_index,
        elder__shares_with_family=True,
        elder__withdrawn_at=None,
    )
    return list(contacts.select_related("elder__home__area").order_by("pk"))


def status_of(elder: Elder, *, at: datetime) -> Seen:
    """The status in bands; while somebody is being called, how far that has come."""
    standing = getattr(elder, "standing", None)
    seen_at, on_duty = guard_seen(at=at)
    alert = elder.alerts.filter(closed_at=None, is_notice=False).order_by("raised_at").first()
    away = elder.absences.filter(begins_at__lte=at, ends_at__gt=at).first()
    blind = standing is not None and standing.share == 0
    steps: list[str] = []
    if alert is not None:
        helps = alert.ground in {Ground.SOS, Ground.SMOKE, Ground.GAS, Ground.WATER}
        tone, headline = "alarm", _("有求助或险情告警") if helps else _("比平时安静，正在核实")
        sentence = _("平台正在联系老人和联系人，必要时派人上门。请留意电话。")
        steps = _progress(alert)
    elif away is not None:
        until = f"{localtime(away.ends_at):%m-%d %H:%M}"
        tone, headline = "wait", _("已登记外出")
        sentence = _("登记外出到 %(until)s，期间不判断作息；烟感、燃气和一键求助照常。") % {
            "until": until
        }
    elif not on_duty:
        tone, headline = "wait", _("暂时没有新的状态")
        sentence = _("守护系统正在检修，以下不是最新情况。不放心请直接打电话。")
    elif blind:
        tone, headline = "wait", _("设备暂时失联")
        sentence = _("设备没有信号，看不到老人的作息，已通知维护单位。不放心请直接打电话。")
    elif standing is None or standing.days < LEARNT:
        tone, headline = "good", _("守护中，还在熟悉作息")
        sentence = _("头两周先熟悉老人的作息，期间用统一的时限守护。")
    else:
        tone, headline = "good", _("一切如常")
        sentence = _("和老人自己平时的作息相比，没有异常。")
    return Seen(
        name=elder.name,
        tone=tone,
        headline=headline,
        sentence=sentence,
        band=band(standing.last_at if standing else None, at=at),
        checked_at=seen_at,
        steps=steps,
    )


def band(last: datetime | None, *, at: datetime) -> str:
    """When there was last life in the home, no finer than needed to be at ease."""
    if last is None:
        return _("还没有记录")
    silent = at - last
    if silent < timedelta(hours=2):
        return _("两小时内")
    if silent < timedelta(hours=6):
        return _("六小时内")
    day = localtime(last).date()
    if day == localtime(at).date():
        return _("今天早些时候")
    if day == localtime(at).date() - timedelta(days=1):
        return _("昨天")
    return _("一天以前")


def _progress(alert: Alert) -> list[str]:
    """How far the ladder has come, without who said what."""
    steps = [_("已发现，%(at)s 起核实") % {"at": f"{localtime(alert.raised_at):%H:%M}"}]
    if alert.steps.filter(call__in=["elder", "contact", "all_contacts"]).exclude(taken_at=None):
        steps.append(_("已打电话联系"))
    if alert.steps.filter(call__in=["grid_worker"]).exclude(taken_at=None):
        steps.append(_("已派网格员上门"))
    if alert.accepted_at:
        steps.append(_("网格员已出发"))
    if alert.arrived_at:
        steps.append(_("网格员已到门口"))
    return steps
