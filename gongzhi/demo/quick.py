"""What makes the desk quick, in the demo: one matter of many, a redo, an appeal, what is shared."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from uuid import NAMESPACE_URL, uuid5

from django.db import transaction

from gongzhi.access.models import Person
from gongzhi.cases import actions
from gongzhi.cases.models import Case, CaseQuerySet, FollowUp
from gongzhi.cases.words import Act, FollowUpKind, Nature, NatureGround, ReplyUse, Source, Status
from gongzhi.demo.people import Cast
from gongzhi.kernel.refusals import Refusal
from gongzhi.places.models import Area
from gongzhi.places.words import Level

HOUR = timedelta(hours=1)
CALLED_BACK = 60  # cases of each sub-district
CALLS = 3  # of the five reports of one matter, by the same caller
ALIKE = ("", "又打来：", "第三次反映：", "我家门口也看到：", "同一个地方：")
REPLIES = (
    (ReplyUse.DISPATCH, "派单：核实处置", "请到{地点}核实，{时限}前办完并拍照。"),
    (ReplyUse.DECLINE, "答复：不在职责范围", "您反映的事不在本区职责范围，请向主管部门反映。"),
    (ReplyUse.CHECK, "核查：现场已恢复", "对照结案标准核查，{地点}现场已恢复正常。"),
)  # fmt: skip
MACROS = (
    ("催办并关注", [{"act": Act.REMIND, "text": "{编号}快到时限，请今天内反馈进展。", "days": 1},
                    {"act": Act.WATCH, "text": "", "days": 1}]),
    ("等材料，推后两天", [{"act": Act.NOTE, "text": "等社区补照片后再派。", "days": 1},
                          {"act": Act.SNOOZE, "text": "等材料", "days": 2}]),
)  # fmt: skip
SEARCHES = (
    ("今天到期", "due=today"),
    ("投诉", "tab=all&nature=complaint"),
    ("热线来的", "source=hotline"),
)


def settle_quick(cast: Cast, now: datetime) -> None:
    """Everything by the verbs themselves, a few hours ago; what cannot be is left out."""
    township = Area.objects.filter(level=Level.TOWNSHIP).order_by("code").first()
    if township is None:
        return
    desk, *others = cast.dispatchers[township.pk]
    at = now - 3 * HOUR
    for use, name, text in REPLIES:
        actions.write_reply(by=desk, area=township, use=use, name=name, text=text, at=at)
    for name, acts in MACROS:
        actions.keep_macro(by=desk, area=township, name=name, acts=acts, at=at)
    for name, query in SEARCHES:
        actions.save_search(by=desk, name=name, query=query, at=at, share_with=township)
    here = Case.objects.filter(area__path__startswith=township.path).select_related(
        "area", "desk", "item", "unit", "handler", "reported_by"
    )
    for step in (_one_matter, _watched, _complaints, _redone, _appealed, _ask_again):
        with _if_possible():
            step(desk, (others or [desk])[0], here, now)
    for area in Area.objects.filter(level=Level.TOWNSHIP):
        ours = Case.objects.filter(area__path__startswith=area.path)
        _called_back(cast.dispatchers[area.pk][0], ours, now)


@contextmanager
def _if_possible() -> Iterator[None]:
    """A small demo may lack the case that a story needs; then the story is not told."""
    with suppress(Refusal, StopIteration), transaction.atomic():
        yield


def _one_matter(desk: Person, _other: Person, here: CaseQuerySet, now: datetime) -> None:
    """One place told of by five people, one of whom called three times; merged into one matter."""
    waiting = here.filter(status=Status.REPORTED, lng__isnull=False, item__isnull=False)
    parent = next(iter(waiting.order_by("-pk")))
    reports = [
        actions.NewReport(
            key=uuid5(NAMESPACE_URL, f"demo-matter-{n}"),
            reporter_ref="c:demo-caller" if n < CALLS else f"d:demo-neighbour-{n}",
            text=text,
            lng=parent.lng,
            lat=parent.lat,
            address=parent.address,
            item_code=parent.item.code if parent.item else "",
            source=Source.HOTLINE if n < CALLS else Source.POCKET,
        )
        for n, text in enumerate(f"{word}{parent.text}"[:200] for word in ALIKE)
    ]
    same = actions.report_many(by=None, reports=reports, at=now - 2 * HOUR)
    actions.merge(by=desk, parent=parent, cases=same, why="同一件事，一并办理", at=now - HOUR)


def _watched(desk: Person, other: Person, here: CaseQuerySet, now: datetime) -> None:
    """Three cases watched, one of them noted with a colleague's name, one put off."""
    open_ones = list(here.open().order_by("due_at", "pk")[:3])
    for case in open_ones:
        actions.watch(by=desk, case=case, at=now - HOUR)
    if open_ones and other != desk:
        text = "现场有两家单位，先问清楚再派。"
        actions.note(by=desk, case=open_ones[0], text=text, tell=[other], at=now - HOUR)


def _complaints(desk: Person, _other: Person, here: CaseQuerySet, now: datetime) -> None:
    """Three matters turn out to be complaints; each change is on record with its ground."""
    for case in here.filter(source=Source.HOTLINE).order_by("-pk")[:3]:
        actions.change_nature(
            by=desk, case=case, nature=Nature.COMPLAINT, ground=NatureGround.REPORTER_SAID,
            reason="来电人补充：多次反映没有人管，要求按投诉办理。", at=now - HOUR,
        )  # fmt: skip


def _dissatisfied(here: CaseQuerySet, now: datetime) -> Case:
    """The newest closed case that nobody rated yet; its reporter gives one star."""
    unrated = here.filter(status=Status.CLOSED, stars=None, source=Source.POCKET)
    case = next(iter(unrated.filter(ended_at__lt=now - 4 * HOUR).order_by("-ended_at", "-pk")))
    return actions.rate(
        by=case.reported_by, case=case, reporter_ref=case.reporter_ref, stars=1,
        text="没有办好。", solved=False, at=now - 3 * HOUR,
    )  # fmt: skip


def _redone(_desk: Person, _other: Person, here: CaseQuerySet, now: datetime) -> None:
    case = _dissatisfied(here, now)
    actions.ask_redo(
        by=case.reported_by, case=case, reporter_ref=case.reporter_ref,
        text="只好了一天，又和原来一样，请再来看看。", at=now - 2 * HOUR,
    )  # fmt: skip


def _appealed(_desk: Person, _other: Person, here: CaseQuerySet, now: datetime) -> None:
    case = _dissatisfied(here, now)
    actions.appeal(
        by=case.reported_by, case=case, reporter_ref=case.reporter_ref,
        text="结论说已解决，现场没有人来过，请上一级复核。", at=now - 2 * HOUR,
    )  # fmt: skip


def _ask_again(_desk: Person, _other: Person, here: CaseQuerySet, now: datetime) -> None:
    """Two closed cases whose reporters are asked now whether it is still fixed."""
    closed = here.filter(status=Status.CLOSED).order_by("-ended_at", "-pk")
    for case in closed[5:7]:
        FollowUp.objects.get_or_create(
            case=case,
            kind=FollowUpKind.AGAIN,
            round=case.reopened,
            defaults={"begins_at": now - HOUR, "due_at": now + timedelta(days=2)},
        )


def _called_back(desk: Person, ours: CaseQuerySet, now: datetime) -> None:
    """Closed cases whose reporters were called the day after; the rates of the month come of it."""
    closed = ours.filter(status=Status.CLOSED, ended_at__lt=now - timedelta(days=2))
    called = closed.filter(source__in=(Source.HOTLINE, Source.POCKET)).exclude(handler=desk)
    for n, case in enumerate(called.select_related("area").order_by("-ended_at")[:CALLED_BACK]):
        ended = case.ended_at or now
        owed, _new = FollowUp.objects.get_or_create(
            case=case,
            kind=FollowUpKind.VISIT,
            round=case.reopened,
            defaults={"begins_at": ended, "due_at": ended + timedelta(days=3)},
        )
        reached = n % 11 != 0
        with _if_possible():
            actions.visit(
                by=desk, followup=owed, reached=reached, contacted=reached and n % 12 != 1,
                solved=reached or None, satisfied=(n % 8 != 3) if reached else None,
                text="" if reached else "两次无人接听。", at=ended + timedelta(hours=20),
            )  # fmt: skip
