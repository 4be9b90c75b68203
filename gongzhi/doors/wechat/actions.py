"""Listening to followers: many messages at once in one transaction, one as the case of many."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from secrets import token_urlsafe

from django.db import IntegrityError, transaction
from django.db.models import Window
from django.db.models.functions import RowNumber
from django.utils.translation import gettext as _

from gongzhi.access.models import Person
from gongzhi.cases.actions import NewReport
from gongzhi.cases.files import StoredFile
from gongzhi.cases.models import Case
from gongzhi.cases.reporters import reporter_with
from gongzhi.cases.words import Source
from gongzhi.doors.reports import Arrival, enter_many, key_of
from gongzhi.doors.wechat import wording
from gongzhi.doors.wechat.agreed import terms
from gongzhi.doors.wechat.models import Draft, Follower, Heard, Picture, Quota
from gongzhi.doors.wechat.rules import Follows, Said, Talk, step
from gongzhi.doors.wechat.words import Kind
from gongzhi.doors.whereabouts import Gazetteer
from gongzhi.doors.words import Door
from gongzhi.journal.record import record
from gongzhi.kernel.actions import action
from gongzhi.kernel.refusals import NotPossible, NotUnderstood
from gongzhi.kernel.sealed import blind_index
from gongzhi.places import reads as places
from gongzhi.places.coordinates import to_wgs84

SHOWN = 3
GCJ02 = "gcj02"


@dataclass(frozen=True)
class Message:
    """A message as it came: `key` is the same when WeChat sends it again; `quota` by template."""

    openid: str
    key: str
    said: Said
    number: str = ""
    quota: tuple[tuple[str, int], ...] = ()  # template, +1 allowed, 0 all taken back


@action
def hear_many(
    *, by: Person | None, messages: Sequence[Message], app_id: str, at: datetime
) -> list[str]:
    """Take in messages in their order; the reply to each, empty for silence.

    One that was heard before gets the reply it got then and changes nothing.
    """
    for _attempt in range(3):
        keys = [message.key for message in messages]
        known = dict(Heard.objects.filter(key__in=keys).values_list("key", "reply"))
        fresh = list({m.key: m for m in messages if m.key not in known}.values())
        try:
            with transaction.atomic():
                known |= _hear(fresh, app_id, by, at)
        except IntegrityError:  # the same message is being heard elsewhere this very moment
            continue
        return [known[key] for key in keys]
    raise IntegrityError("the same messages kept arriving elsewhere")


def hear(*, by: Person | None, message: Message, app_id: str, at: datetime) -> str:
    """Take in one message and give the reply."""
    return hear_many(by=by, messages=[message], app_id=app_id, at=at)[0]


@action
def meet(*, by: Person | None, openid: str, app_id: str, at: datetime, token: str = "") -> Follower:
    """The follower behind an openid; a new one becomes the device whose `token` is given."""
    return followers([openid], app_id, at, token=token)[openid]


@action
def bind(*, by: Person, follower: Follower, at: datetime) -> Follower:
    """Let the follower enter as this resident from now on. NotPossible for staff accounts."""
    if not by.is_resident_only:
        raise NotPossible(_("工作人员账号不能用微信登录，请用账号和密码。"))
    Follower.objects.filter(pk=follower.pk).update(person=by)
    record("wechat.bound", about=follower, by=by, at=at)
    follower.refresh_from_db()
    return follower


@action
def unbind(*, by: Person, follower: Follower, at: datetime) -> Follower:
    """Let the follower enter as nobody from now on; only whose account it is may. Once."""
    if not Follower.objects.filter(pk=follower.pk, person=by).update(person=None):
        raise NotPossible(_("这个微信没有绑定到您的账号。"))
    record("wechat.unbound", about=follower, by=by, at=at)
    follower.refresh_from_db()
    return follower


@action
def finish(*, by: Person | None, draft: Draft, at: datetime) -> Case | None:
    """Make the case of a draft whose pictures are here, or are given up; None when it was made."""
    if not Draft.objects.filter(pk=draft.pk, submitted_at__isnull=False).exists():
        return None
    case = _enter([draft], by, at, late=True)[0]
    Draft.objects.filter(pk=draft.pk).delete()
    return case


def followers(
    openids: Iterable[str], app_id: str, at: datetime, *, token: str = ""
) -> dict[str, Follower]:
    """A follower for each openid, in two queries; new ones are made."""
    index_of = {openid: blind_index(f"{app_id}:{openid}") for openid in openids}
    known = {f.index: f for f in Follower.objects.filter(index__in=index_of.values())}
    new = []
    for openid, index in index_of.items():
        if index not in known:
            mine = token or token_urlsafe(24)
            ref = reporter_with(mine).ref
            new.append(Follower(index=index, openid=openid, token=mine, ref=ref, created_at=at))
    known |= {f.index: f for f in Follower.objects.bulk_create(new)}
    return {openid: known[index] for openid, index in index_of.items()}


@dataclass
class _Turn:
    """A follower's talk while a batch is heard."""

    follower: Follower
    draft: Draft
    talk: Talk
    first: int  # pictures that were there before


def _hear(
    messages: Sequence[Message], app_id: str, by: Person | None, at: datetime
) -> dict[str, str]:
    if not messages:
        return {}
    known = followers([m.openid for m in messages], app_id, at)
    turns = _turns(known.values(), at)
    names, replies, asking = Gazetteer(), dict[str, str](), dict[str, Follower]()
    submitted: list[tuple[str, _Turn]] = []
    for message in messages:
        follower = known[message.openid]
        turn = turns[follower.pk]
        turn.talk, follows = step(turn.talk, message.said)
        if message.said.kind == Kind.UNSUBSCRIBE:
            follower.follows = False
        elif message.said.kind != Kind.QUOTA:
            follower.follows, follower.spoke_at = True, at
        _count(follower, message.quota)
        if message.said.kind in {Kind.TEXT, Kind.LOCATION}:
            follows = _placed(turn, names, follows)
        if follows == Follows.SUBMIT:
            turn.draft.number = message.number or message.key
            turn.draft.submitted_at = at
            submitted.append((message.key, turn))
            turns[follower.pk] = _Turn(follower, Draft(follower=follower), Talk(), 0)
        replies[message.key] = _reply(follows, turn)
        if follows == Follows.PROGRESS:
            asking[message.key] = follower
    replies |= _progress(asking)
    _save([*(turn for _key, turn in submitted), *turns.values()], at)
    replies |= _submit([(key, turn.draft) for key, turn in submitted], by, at)
    Follower.objects.bulk_update(known.values(), ["follows", "spoke_at"])
    Heard.objects.bulk_create(Heard(key=k, reply=r, at=at) for k, r in replies.items())
    return replies


def _reply(follows: Follows, turn: _Turn) -> str:
    if follows == Follows.HELLO:
        return terms().welcome
    return wording.reply(follows, turn.talk)


def _progress(asking: Mapping[str, Follower]) -> dict[str, str]:
    """How the latest cases of everyone who asks stand; one query, however many ask."""
    if not asking:
        return {}
    newest = Window(RowNumber(), partition_by="reporter_ref", order_by="-pk")
    refs = {follower.ref for follower in asking.values()}
    numbered = Case.objects.filter(reporter_ref__in=refs).annotate(nth=newest)
    latest = numbered.filter(nth__lte=SHOWN).values("pk")
    mine = defaultdict[str, list[Case]](list)
    for case in Case.objects.for_lists().filter(pk__in=latest).order_by("-pk"):
        mine[case.reporter_ref].append(case)
    return {key: wording.progress(mine[follower.ref]) for key, follower in asking.items()}


def _turns(known: Iterable[Follower], at: datetime) -> dict[int, _Turn]:
    """The talks that go on; what was left lying for hours is forgotten."""
    followers_ = {f.pk: f for f in known}
    open_ = Draft.objects.filter(follower__in=followers_, submitted_at=None)
    turns = {}
    for draft in open_.prefetch_related("pictures"):
        if draft.changed_at < at - timedelta(hours=terms().talk_hours):
            draft.delete()
            continue
        draft.follower = followers_[draft.follower_id]
        pictures = tuple(picture.media for picture in draft.pictures.all())
        turns[draft.follower_id] = _Turn(draft.follower, draft, draft.talk(pictures), len(pictures))
    for pk, follower in followers_.items():
        turns.setdefault(pk, _Turn(follower, Draft(follower=follower), Talk(), 0))
    return turns


def _placed(turn: _Turn, names: Gazetteer, follows: Follows) -> Follows:
    """A position beyond the district is sent back at once; words may name an estate."""
    if turn.talk.where:
        position = to_wgs84(*turn.talk.where, GCJ02)
        if places.areas_at([position])[0] is None:
            turn.talk = replace(turn.talk, where=None, address="", asked=True)
            return Follows.NEEDS_PLACE
    elif turn.talk.text and not turn.talk.has_place:
        found = names.find(turn.talk.text)
        if found.area:
            turn.talk = replace(turn.talk, address=found.name)
    return follows


def _save(turns: Iterable[_Turn], at: datetime) -> None:
    new: list[Draft] = []
    old: list[Draft] = []
    pictures: list[tuple[Draft, str]] = []
    for turn in turns:
        draft, talk = turn.draft, turn.talk
        if draft.pk and talk == Talk():
            draft.delete()
            continue
        if draft.pk is None and talk == Talk():
            continue
        draft.keep(talk)
        draft.changed_at = at
        (old if draft.pk else new).append(draft)
        pictures += [(draft, media) for media in talk.pictures[turn.first :]]
        turn.first = len(talk.pictures)
    Draft.objects.bulk_create(new)
    Draft.objects.bulk_update(
        old,
        ["text", "lng", "lat", "address", "phone", "asked", "changed_at", "number", "submitted_at"],
    )
    Picture.objects.bulk_create(
        Picture(draft=draft, media=media, not_before=at) for draft, media in pictures
    )


def _submit(
    submitted: Sequence[tuple[str, Draft]], by: Person | None, at: datetime
) -> dict[str, str]:
    """Make the cases; those that still wait for pictures are made when these are here."""
    waiting = set(
        Picture.objects.filter(
            draft__in=[draft for _key, draft in submitted], stored__isnull=True, failed=False
        ).values_list("draft_id", flat=True)
    )
    ready = [(key, draft) for key, draft in submitted if draft.pk not in waiting]
    cases = _enter([draft for _key, draft in ready], by, at, late=False)
    Draft.objects.filter(pk__in=[draft.pk for _key, draft in ready]).delete()
    said = {key: wording.waits() for key, draft in submitted if draft.pk in waiting}
    return said | {
        key: wording.submitted(case) for (key, _draft), case in zip(ready, cases, strict=True)
    }


def _enter(drafts: Sequence[Draft], by: Person | None, at: datetime, *, late: bool) -> list[Case]:
    names, pictures = Gazetteer(), defaultdict[int, list[Picture]](list)
    for picture in Picture.objects.filter(draft__in=drafts):
        pictures[picture.draft_id].append(picture)
    arrivals = [_arrival(draft, pictures[draft.pk], names, late=late) for draft in drafts]
    return [one.case for one in enter_many(by=by, arrivals=arrivals, at=at)]


def _arrival(draft: Draft, pictures: Sequence[Picture], names: Gazetteer, *, late: bool) -> Arrival:
    follower = draft.follower
    files = tuple(StoredFile(**one.stored) for one in pictures if one.stored)
    lost = len(pictures) - len(files)
    text = draft.text
    if lost:
        text += "\n" + _("（有%(n)s张照片没有取到）") % {"n": lost}
    area, lng, lat, datum = None, draft.lng, draft.lat, GCJ02
    if lng is None:
        found = names.find(f"{draft.address}\n{draft.text}")
        area, lng, lat, datum = found.area or places.district(), found.lng, found.lat, "wgs84"
    number = draft.number[:80] or sha256(str(draft.pk).encode()).hexdigest()[:16]
    return Arrival(
        door=Door.WECHAT,
        external_id=number,
        new=NewReport(
            key=key_of(Door.WECHAT, "", number),
            reporter_ref=follower.ref,
            person=follower.person,
            text=text.strip(),
            lng=lng,
            lat=lat,
            datum=datum,
            area=area,
            address=draft.address,
            source=Source.WECHAT,
            contact_phone=draft.phone,
            files=files,
        ),
        address=follower.openid,
        thread={"follower": follower.pk, "late": late},
    )


def _count(follower: Follower, quota: Iterable[tuple[str, int]]) -> None:
    for template, more in quota:
        row, _new = Quota.objects.get_or_create(follower=follower, template=template[:80])
        row.left = row.left + more if more else 0
        row.save(update_fields=["left"])


def understood(where: tuple[float, float]) -> tuple[float, float]:
    """The position, if it is one on earth. NotUnderstood otherwise."""
    lng, lat = where
    if not (-180 <= lng <= 180 and -90 <= lat <= 90):
        raise NotUnderstood(_("这个位置不对，请重新发送位置。"))
    return where
