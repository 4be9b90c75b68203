"""What happened to a case, told to the public or among staff."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from gongzhi.access.models import Person, Unit
from gongzhi.access.reads import with_posts
from gongzhi.access.roles import Role
from gongzhi.cases.models import Attachment, Case, Claimant, Filled, Remark
from gongzhi.cases.reads.details import details
from gongzhi.cases.reads.flows import flow_of
from gongzhi.cases.words import (
    PUBLIC_REMARKS,
    DeclineGround,
    FileMoment,
    NatureGround,
    ReturnGround,
    Source,
    Status,
)
from gongzhi.flows.answers import told as filled_in
from gongzhi.journal.models import Event
from gongzhi.places.words import Level

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise  # a sentence not yet translated

OF_A_PARENT = ("cases.dispatched", "cases.accepted", "cases.handled", "cases.checked")
BY_THE_CLOCK = frozenset({"cases.nearly_due", "cases.overdue", "cases.asking_again"})

Shown = Callable[[Person], str]

# Steps that other packages record about a case, for staff: the title, and who took it when no
# person did. Whoever records such events registers them here.
ELSEWHERE: dict[str, "tuple[StrPromise, StrPromise]"] = {}


@dataclass(frozen=True)
class Step:
    """One step of a case; `status` is on, now or ahead, `at` is None for a step still ahead."""

    at: datetime | None
    title: str
    who: str
    text: str
    files: Sequence[Attachment] = field(default_factory=tuple)
    status: str = "on"
    event_name: str = ""


def timeline(
    case: Case, *, for_staff: bool = False, own: Sequence[Event] | None = None
) -> list[Step]:
    """The steps of a case in order. For the public without grounds, opinions and staff's names.

    `own` are the case's own events where they are at hand, with their remarks (clocks.Record).
    """
    if own is None or case.parent_id is not None:
        events = Event.objects.filter(_of(case)).select_related("remark", "filled")
        own = list(events.order_by("pk"))
    titles = staff_titles() if for_staff else _public_titles()
    told = [e for e in own if e.name in titles]
    names = _Names(told)
    files = list(case.files.all())
    more = details(told) if for_staff else {}
    steps = []
    for event in told:
        remark: Remark | None = getattr(event, "remark", None)
        steps.append(
            Step(
                at=event.at,
                title=titles[event.name],
                who=names.staff(event, case) if for_staff else names.public(event, case),
                text=_staff_text(remark, event, case, more.get(event.pk, ""))
                if for_staff
                else _public_text(remark),
                files=[f for f in files if _belongs(f, event)],
                event_name=event.name,
            )
        )
    return _with_now(case, steps)


def _of(case: Case) -> Q:
    """The case's own events; for a merged one also how the parent is worked on."""
    own = Q(kind="case", subject_id=case.pk)
    if case.parent_id is None:
        return own
    return own | Q(kind="case", subject_id=case.parent_id, name__in=OF_A_PARENT)


def ahead(case: Case) -> list[Step]:
    """What will still happen to an open case, in plain words."""
    by_status: dict[str, list[tuple[str, str]]] = {
        Status.DISPATCHED: [(_("派单"), _("交给负责的网格员或单位"))],
        Status.HANDLED: [(_("处置"), _("到现场解决，说明做了什么"))],
        Status.CHECKED: [(_("核查"), _("确认真正办好，没办好的退回重办"))],
        Status.CLOSED: [(_("办结"), _("办结后请您评价"))],
    }
    reached = {
        Status.REPORTED: 0,
        Status.RETURNED: 0,
        Status.DISPATCHED: 1,
        Status.ACCEPTED: 2,
        Status.HANDLED: 2,
        Status.CHECKED: 3,
    }
    if case.status not in reached:
        return []
    still = list(by_status.values())[reached[Status(case.status)] :]
    return [Step(None, title, "", text, status="ahead") for steps in still for title, text in steps]


def state_sentence(case: Case) -> str:
    """Where the case stands, in one sentence for the reporter."""
    who = who_has(case)
    sentences = {
        Status.REPORTED: _("已经收到，%(who)s正在安排承办单位。"),
        Status.RETURNED: _("%(who)s正在重新安排承办单位。"),
        Status.DISPATCHED: _("已经交给%(who)s，等待接单。"),
        Status.ACCEPTED: _("%(who)s正在处置。"),
        Status.HANDLED: _("%(who)s已处置完毕，正在核查是否真正办好。"),
        Status.CHECKED: _("核查通过，正在结案。"),
        Status.CLOSED: _("已经办结。如果问题又出现，请重新反映。"),
        Status.DECLINED: _("这件事不予受理，理由写在下面。"),
        Status.ARBITRATION: _("承办单位有分歧，上级正在裁定由谁负责。"),
        Status.MERGED: _("与另一件相同的事一并办理，办结时会答复您。"),
    }
    return sentences[Status(case.status)] % {"who": who}


def who_has(case: Case) -> str:
    """Who the public is told has the case: a grid worker by name, a unit, or the desk."""
    if case.status in {Status.REPORTED, Status.RETURNED, Status.ARBITRATION}:
        if case.desk.level == Level.COMMUNITY:
            return case.desk.name
        return _("%(area)s调度中心") % {"area": case.desk.name}
    if case.handler and any(p.role == Role.GRID_WORKER for p in case.handler.held):
        return _("网格员%(name)s") % {"name": case.handler.name}
    if case.unit:
        return case.unit.name
    return case.handler.post_name if case.handler else case.area.name


def my_cases(refs: Sequence[str]) -> QuerySet[Case]:
    """What these reporters reported or said “me too” to, newest first."""
    claims = Claimant.objects.filter(reporter_ref__in=refs)
    claimed = list(claims.values_list("case_id", flat=True))  # a join here would read every case
    mine = Case.objects.filter(Q(reporter_ref__in=refs) | Q(pk__in=claimed))
    return mine.for_lists().order_by("-reported_at", "-pk")


# ── wording of steps ──────────────────────────────────────────────────────


def _public_titles() -> dict[str, str]:
    return {
        "cases.reported": _("已提交"),
        "cases.supplemented": _("补充情况"),
        "cases.dispatched": _("已派单"),
        "cases.accepted": _("开始处置"),
        "cases.returned": _("重新安排"),
        "cases.handled": _("处置完毕"),
        "cases.reworked": _("核查未通过，重新处置"),
        "cases.checked": _("核查通过"),
        "cases.closed": _("已办结"),
        "cases.declined": _("不予受理"),
        "cases.rated": _("您的评价"),
        "cases.arbitrated": _("上级裁定承办单位"),
        "cases.merged": _("与相同的事一并办理"),
        "cases.contacted": _("已与反映人联系"),
        "cases.redo_ordered": _("没有办好，重新办理"),
        "cases.reopened": _("重新受理"),
        "cases.merged_again": _("没有办好，一并重新办理"),
        "cases.appealed": _("向上一级申诉"),
        "cases.appeal_upheld": _("申诉得到支持"),
        "cases.appeal_refused": _("申诉答复"),
    }


def staff_titles() -> dict[str, str]:
    """Event → what staff call the step; what is not in it is not shown."""
    return _public_titles() | {
        "cases.reported": _("上报"),
        "cases.dispatched": _("派遣"),
        "cases.accepted": _("接单"),
        "cases.returned": _("退回"),
        "cases.handled": _("处置"),
        "cases.reworked": _("返工"),
        "cases.closed": _("结案"),
        "cases.rated": _("评价"),
        "cases.joined": _("有人说“我也遇到了”"),
        "cases.classified": _("改定分类或级别"),
        "cases.placed": _("改定位置"),
        "cases.sent_up": _("上报上级"),
        "cases.sent_down": _("下派"),
        "cases.arbitration_called": _("第三次退回，转上级裁定"),
        "cases.ruling_asked": _("提请上级裁定"),
        "cases.split": _("取消并案"),
        "cases.recused": _("设定回避"),
        "cases.assist_asked": _("请求协办"),
        "cases.assist_answered": _("协办答复"),
        "cases.assist_withdrawn": _("撤回协办"),
        "cases.paused": _("暂停计时"),
        "cases.resumed": _("恢复计时"),
        "cases.extension_asked": _("申请延期"),
        "cases.extended": _("批准延期"),
        "cases.extension_refused": _("没有批准延期"),
        "cases.nearly_due": _("快到时限，已提醒"),
        "cases.overdue": _("已超过时限"),
        "cases.recounted": _("工作日历有变，时限已重算"),
        "cases.supervised": _("督办"),
        "cases.supervision_answered": _("答复督办"),
        "cases.noted": _("内部备注"),
        "cases.snoozed": _("推后再看"),
        "cases.woken": _("提前拿回待办"),
        "cases.nature_changed": _("改诉求性质"),
        "cases.exclusion_asked": _("申请不计入三率"),
        "cases.exclusion_decided": _("剔除申请签字"),
        "cases.visited": _("回访"),
        "cases.asking_again": _("再次询问是否解决"),
        "cases.asked_again": _("反映人回答是否解决"),
        **{name: str(title) for name, (title, _who) in ELSEWHERE.items()},
    }


class _Names:
    """Who took each step and whom it concerned; people and units read once for all steps."""

    def __init__(self, events: Iterable[Event]) -> None:
        facts = [e.facts for e in events if e.name == "cases.dispatched"]
        handlers = {f["handler"] for f in facts if "handler" in f}
        units = {f["unit"] for f in facts if "unit" in f}
        self.people = with_posts(handlers | {e.by_id for e in events if e.by_id})
        self.units = Unit.objects.in_bulk(units) if units else {}

    def public(self, event: Event, case: Case) -> str:
        """Grid workers by name, as on the board of the grid; everyone else by unit or post."""
        if event.name == "cases.reported":
            return _("通过%(source)s提交") % {"source": Source(case.source).label}
        if event.name == "cases.dispatched":
            return _("派给%(who)s") % {"who": self._given_to(event, shown=_in_public)}
        by = self.people.get(event.by_id)
        if by is None or event.name in {"cases.supplemented", "cases.rated"}:
            return ""
        return _in_public(by)

    def staff(self, event: Event, case: Case) -> str:
        """Colleagues by name and post; residents without a name: it is asked for with a reason."""
        by = self.people.get(event.by_id)
        if by is None and event.name in ELSEWHERE:
            return str(ELSEWHERE[event.name][1])
        if by is None and (source := event.facts.get("granted_by")):
            return str(Source(source).label)
        who = _("反映人")
        if by and not by.is_resident_only:
            who = f"{by.name}（{by.post_name}）"
        elif event.name == "cases.reported":
            return _("群众通过%(source)s提交") % {"source": Source(case.source).label}
        elif event.name == "cases.joined":
            return _("群众")
        elif event.name in BY_THE_CLOCK:
            return _("系统")
        if event.name == "cases.dispatched":
            to = self._given_to(event, shown=lambda p: p.name)
            return _("%(by)s 派给 %(to)s") % {"by": who, "to": to}
        return who

    def _given_to(self, event: Event, shown: Shown) -> str:
        if handler := self.people.get(event.facts.get("handler")):
            return shown(handler)
        unit = self.units.get(event.facts.get("unit"))
        return unit.name if unit else ""


def _in_public(person: Person) -> str:
    if any(post.role == Role.GRID_WORKER for post in person.held):
        return _("网格员%(name)s") % {"name": person.name}
    unit = next((post.unit for post in person.held if post.unit), None)
    return unit.name if unit else person.post_name


def _public_text(remark: Remark | None) -> str:
    return remark.text if remark and remark.kind in PUBLIC_REMARKS else ""


def _staff_text(remark: Remark | None, event: Event, case: Case, detail: str) -> str:
    parts = (detail, _remarked(remark), _filled(event, case))
    return "\n".join(part for part in parts if part)


def _filled(event: Event, case: Case) -> str:
    """What was filled in with the step, in the words of the flow the case runs on."""
    filled: Filled | None = getattr(event, "filled", None)
    if filled is None or filled.case_id != case.pk:  # of its parent, on whose flow it does not run
        return ""
    return filled_in(flow_of(case).asks_of(filled.verb), filled.answers)


def _remarked(remark: Remark | None) -> str:
    if remark is None:
        return ""
    grounds = {
        **dict(ReturnGround.choices),
        **dict(DeclineGround.choices),
        **dict(NatureGround.choices),
    }
    ground = str(grounds.get(remark.ground, ""))
    return "：".join(part for part in (ground, remark.text) if part)


def _belongs(file: Attachment, event: Event) -> bool:
    moment = {"cases.reported": FileMoment.REPORT, "cases.handled": FileMoment.AFTER}
    return file.moment == moment.get(event.name) and file.at == event.at


def _with_now(case: Case, steps: list[Step]) -> list[Step]:
    """The last step of a case that is still running is where it stands now."""
    if not steps or not case.is_open:
        return steps
    last = steps[-1]
    now = Step(last.at, last.title, last.who, last.text, last.files, "now", last.event_name)
    return [*steps[:-1], now]
