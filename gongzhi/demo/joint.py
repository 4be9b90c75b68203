"""Joint work in the demo: mediators and two disputes, a whistle, refusals at the door."""

import base64
import io
from datetime import datetime, timedelta

from django.utils.timezone import localdate
from PIL import Image, ImageDraw

from gongzhi.access.models import Person
from gongzhi.cases import actions as cases
from gongzhi.cases.models import Case
from gongzhi.cases.words import DeclineGround, Source
from gongzhi.demo.people import Cast
from gongzhi.disputes import actions as disputes
from gongzhi.disputes import reads
from gongzhi.disputes.models import Dispute
from gongzhi.disputes.signing import drawn
from gongzhi.disputes.words import Kind, Risk, Side, SignedHow
from gongzhi.places.models import Area
from gongzhi.places.words import Level
from gongzhi.whistles import actions as whistles
from gongzhi.whistles.reads import units_for

SKILLS = ((Kind.NEIGHBOURS, Kind.FAMILY), (Kind.PROPERTY, Kind.NEIGHBOURS), (Kind.LABOUR,))
LEAK = (
    "3 栋 502 卫生间漏水，把 402 的吊顶泡塌了一块。402 要求修好并赔两千，"
    "502 说是管道老化，不是自己的事。"
    "上周在楼道里吵过一次，没有动手。"
)
DANCE = "广场舞音响从晚七点半放到九点多，临街的住户孩子写不了作业，多次劝说无效，双方越说越僵。"
AGREEMENT = (
    "一、502 在本月二十五日前请人修好卫生间防水，费用自理。\n"
    "二、402 吊顶修复费一千二百元，502 承担八百元，402 承担四百元，签字当日付清。\n"
    "三、今后再有渗漏，双方先找社区，不在楼道争吵。"
)
REFUSED = (
    (DeclineGround.IN_PROCEEDINGS, "工伤赔偿已在法院开庭", "请等待法院判决，可找司法所法律援助。"),
    (DeclineGround.BEYOND_DUTY, "朋友借钱不还", "属于民间借贷，已告知可申请调解或起诉。"),
    (DeclineGround.EMERGENCY, "有人溺水", "已让来电人立即拨打 110、120，并通知附近网格员。"),
    (DeclineGround.UNLAWFUL, "要求公布邻居的电话", "个人信息不能公开，已说明理由。"),
)  # fmt: skip


def settle_joint(cast: Cast, now: datetime) -> None:
    """Everything of joint work, done by the verbs themselves a few hours ago."""
    townships = list(Area.objects.filter(level=Level.TOWNSHIP).order_by("code"))
    township = townships[0]
    desk = cast.dispatchers[township.pk][0]
    for n, community in enumerate(_communities(township)):
        _mediator(cast, desk, community, n, now)
    _justice_office(cast, desk, township, now)
    _settled(cast, desk, township, now)
    _waiting(desk, township, now)
    _whistle(desk, township, now)
    for ground, what, answer in REFUSED:
        cases.turn_away(
            by=desk, ground=ground, what=what, answer=answer, source=Source.HOTLINE,
            at=now - timedelta(hours=5),
        )  # fmt: skip


def _communities(township: Area) -> list[Area]:
    below = Area.objects.filter(path__startswith=township.path, level=Level.COMMUNITY)
    return list(below.order_by("code"))


def _mediator(cast: Cast, desk: Person, community: Area, n: int, now: datetime) -> None:
    disputes.keep_mediator(
        by=desk,
        person=cast.community_workers[community.pk],
        area=community,
        title="人民调解员",
        kinds=SKILLS[n % len(SKILLS)],
        highest=Risk.HIGH if n == 0 else Risk.MEDIUM,
        most=6,
        at=now - timedelta(days=60),
    )


def _justice_office(cast: Cast, desk: Person, township: Area, now: datetime) -> None:
    """Somebody who may take what is dangerous, for the whole sub-district."""
    unit = cast.units["township_justice", township.pk]
    disputes.keep_mediator(
        by=desk,
        person=cast.staff[unit.pk],
        area=township,
        title="司法所调解员",
        kinds=(),
        highest=Risk.HIGH,
        most=10,
        at=now - timedelta(days=60),
    )


def _settled(cast: Cast, desk: Person, township: Area, now: datetime) -> None:
    """A leak between neighbours, settled in three hours and twenty-four minutes ten days ago."""
    community = _communities(township)[0]
    grid = community.children.order_by("code").first() or community
    begun = now - timedelta(days=10)
    dispute = disputes.open_dispute(
        by=desk, at=begun, story=LEAK, area=grid, kind=Kind.NEIGHBOURS, address="望湖花园3栋",
        parties=[
            disputes.NewParty(Side.APPLICANT, "陆敏", "10088880001", "3栋402"),
            disputes.NewParty(Side.RESPONDENT, "贺军", "10088880002", "3栋502"),
        ],
    )  # fmt: skip
    _rated(dispute, desk, community, Risk.LOW, (), begun)
    mediator = cast.community_workers[community.pk]
    for party in dispute.parties.all():
        disputes.agree_to_mediation(by=mediator, party=party, at=begun + timedelta(hours=1))
    disputes.hold_session(
        by=mediator, dispute=dispute, held_at=begun + timedelta(hours=2), place="社区调解室",
        text="现场看过漏点，物业确认是 502 地漏防水失效。双方同意分担吊顶修复费。",
        at=begun + timedelta(hours=3),
    )  # fmt: skip
    signed = [
        disputes.Signed(party, SignedHow.DRAWN, drawn(_scribble(n)))
        for n, party in enumerate(dispute.parties.all())
    ]
    disputes.settle(
        by=mediator, dispute=dispute, text=AGREEMENT, signed=signed,
        follow_up_on=localdate(now), at=begun + timedelta(hours=3, minutes=24),
        answers={"form": "written", "amount": "1200"},
        seen=dispute.version,
    )  # fmt: skip


def _waiting(desk: Person, township: Area, now: datetime) -> None:
    """A quarrel about noise, sorted and rated, for which a mediator is to be chosen."""
    community = _communities(township)[-1]
    dispute = disputes.open_dispute(
        by=desk, at=now - timedelta(minutes=90), story=DANCE, area=community, kind=Kind.NEIGHBOURS
    )
    signs = ("repeated", "crowd")
    at = now - timedelta(minutes=40)  # two hours are given to choose: most of them are left
    disputes.sort(
        by=desk, dispute=dispute, kind=Kind.NEIGHBOURS, desk=township, at=at, seen=dispute.version
    )
    disputes.rate_risk(
        by=desk, dispute=dispute, risk=Risk.HIGH, signs=signs, why="人多，劝过几次都反复。",
        at=at, seen=dispute.version,
    )  # fmt: skip


def _rated(
    dispute: Dispute,
    desk: Person,
    at_desk: Area,
    risk: Risk,
    signs: tuple[str, ...],
    at: datetime,
) -> None:
    disputes.sort(
        by=desk, dispute=dispute, kind=Kind.NEIGHBOURS, desk=at_desk, at=at, seen=dispute.version
    )
    disputes.rate_risk(
        by=desk, dispute=dispute, risk=risk, signs=signs, why="邻里相熟，金额不大，愿意谈。",
        at=at, seen=dispute.version,
    )  # fmt: skip
    best = reads.offers(dispute)[0].mediator
    disputes.assign(by=desk, dispute=dispute, mediator=best, at=at, seen=dispute.version)


def _whistle(desk: Person, township: Area, now: datetime) -> None:
    """Units are called to an open case within the hour, so that signing in can be tried."""
    waiting = Case.objects.filter(
        desk=township, status__in=("reported", "dispatched"), lng__isnull=False
    )
    case = waiting.select_related("area", "desk", "item").order_by("-reported_at").first()
    if case is None:
        return
    units = [
        u for u in units_for(case) if u.kind in {"township_urban", "police_station", "lighting"}
    ]
    if not units:
        return
    whistles.blow(
        by=desk,
        case=case,
        units=units,
        meeting=whistles.Meeting(starts_at=now + timedelta(minutes=40), place=case.where[:200]),
        reason="同一处反复反映，涉及几家的职责，请到现场一起定办法、定时限。",
        at=now - timedelta(minutes=20),
    )


def _scribble(n: int) -> str:
    """A made-up signature, as a screen would send it."""
    image = Image.new("RGB", (640, 240), "white")
    shift = 40 * n
    strokes = [(60, 180), (180, 50 + shift), (260, 190), (360, 60), (470, 170 - shift), (580, 90)]
    ImageDraw.Draw(image).line(strokes, fill="#14202e", width=6, joint="curve")
    out = io.BytesIO()
    image.save(out, "PNG")
    return "data:image/png;base64," + base64.b64encode(out.getvalue()).decode()
