"""What is done with an order beyond handling its case: take in, receive, return, extend, decide."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from gongzhi.access.checks import may, require
from gongzhi.access.models import Person
from gongzhi.access.roles import Can
from gongzhi.cases import rules as case_rules
from gongzhi.cases.actions import Plea as ExtensionPlea
from gongzhi.cases.actions import decline, extend_from_above
from gongzhi.cases.actions.moves import remark, require_words
from gongzhi.cases.models import Case
from gongzhi.cases.words import DeclineGround, RemarkKind, Source, Status
from gongzhi.doors import answers
from gongzhi.doors.hotline.agreed import agreed
from gongzhi.doors.hotline.models import Order
from gongzhi.doors.hotline.words import About, Plea, ReturnGround
from gongzhi.doors.models import Partner
from gongzhi.doors.readings import Reading
from gongzhi.doors.reports import Arrival, Entered, enter_many
from gongzhi.doors.words import Door, Told
from gongzhi.journal.models import Event
from gongzhi.journal.record import record
from gongzhi.kernel.actions import action
from gongzhi.kernel.refusals import NotPossible, NotUnderstood, Overtaken

AT_THE_DESK = frozenset({Status.REPORTED, Status.RETURNED})
GROUND_OF_DECLINE = {
    ReturnGround.IN_PROCEEDINGS: DeclineGround.IN_PROCEEDINGS,
    ReturnGround.REPEATED: DeclineGround.REPEATED,
}


@dataclass(frozen=True)
class Decision:
    """What the city decided on something it was asked."""

    about: About
    granted: bool
    opinion: str = ""
    due_at: datetime | None = None


@action
def take_orders(
    *, by: Person | None, readings: Sequence[Reading], partner: Partner | None, at: datetime
) -> list[Entered]:
    """Make case and order of each, in one transaction; a number known already gives its case again.

    NotUnderstood (422) names what is wrong with the first that cannot be taken; then nothing is.
    """
    entered = enter_many(
        by=by,
        at=at,
        arrivals=[
            Arrival(
                door=Door.HOTLINE,
                external_id=reading.external_id,
                new=reading.new,
                partner=partner,
                sent_at=reading.sent_at,
            )
            for reading in readings
        ],
    )
    terms = agreed()
    standard, receive_by, return_by = (
        terms.limit(clock, at) for clock in ("handle", "receive", "return")
    )
    fresh = {e.entry.pk: (e, r) for e, r in zip(entered, readings, strict=True) if e.created}
    Order.objects.bulk_create(
        Order(
            entry=one.entry,
            kind=reading.fields.get("kind", "")[:20],
            due_at=reading.due_at or standard,
            receive_by=receive_by,
            return_by=return_by,
            redo_of=reading.fields.get("redo_of", "")[:120],
        )
        for one, reading in fresh.values()
    )
    return entered


@action
def receive(*, by: Person, order: Order, at: datetime) -> Order:
    """Sign for the order, so that the city knows it arrived; once."""
    require(by, Can.DISPATCH_CASES, within=order.case.area)
    if not Order.objects.filter(pk=order.pk, received_at=None).update(received_at=at):
        raise NotPossible(_("这张工单已经签收过了。"))
    event = _record("hotline.received", order, by, at)
    answers.owe(order.entry, event, Told.ACCEPTED)
    order.refresh_from_db()
    return order


@action
def ask_return(
    *, by: Person, order: Order, ground: ReturnGround, reason: str, at: datetime
) -> Order:
    """Ask the city to take the order back: once, in time, while nobody handles the case."""
    case = order.case
    require(by, Can.DISPATCH_CASES, within=case.area)
    require_words(reason, _("请写明退回的理由，市热线要据此审核。"))
    if case.status not in AT_THE_DESK:
        raise NotPossible(_("案件已经派出或办结。要退回市热线，请先由承办人退回到调度台。"))
    if at > order.return_by:
        raise NotPossible(_("已经超过退回期限，不能再退回，请按期办理。"))
    changes = {"return_plea": Plea.ASKED, "return_asked_by": by}
    _ask(order, "return_plea", **changes)
    event = _record("hotline.return_asked", order, by, at, ground=ground.value)
    remark(event, case, RemarkKind.RETURN, reason, ground=ground.value)
    answers.owe(order.entry, event, Told.RETURNED)
    return order


@action
def ask_extension(*, by: Person, order: Order, days: int, reason: str, at: datetime) -> Order:
    """Ask the city for more working days, once, before the deadline."""
    case, most = order.case, agreed().clocks["extension_days_most"]
    require(by, Can.DISPATCH_CASES, within=case.area)
    require_words(reason, _("请写明延期的理由，市热线要据此审核。"))
    if not 1 <= days <= most:
        raise NotUnderstood(
            _("延期天数应在 1 到 %(most)s 个工作日之间。") % {"most": most}, field="days"
        )
    if not case.is_open:
        raise NotPossible(_("案件已经结束，不需要延期。"))
    if at > order.due_at:
        raise NotPossible(_("已经超过办结期限，不能再申请延期。"))
    _ask(order, "extension_plea", extension_plea=Plea.ASKED, extension_days=days)
    event = _record("hotline.extension_asked", order, by, at, days=days)
    remark(event, case, RemarkKind.OPINION, reason)
    answers.owe(order.entry, event, Told.EXTENSION)
    return order


@action
def decide(*, by: Person | None, order: Order, decision: Decision, at: datetime) -> Order:
    """Keep what the city decided; the same decision sent again changes nothing.

    A return that was granted ends the case, if it still lies at the desk; an extension that was
    granted moves the deadline, and that of the case as well unless it had its extension.
    """
    plea = "return_plea" if decision.about == About.RETURN else "extension_plea"
    stands, after = getattr(order, plea), Plea.GRANTED if decision.granted else Plea.REFUSED
    if stands == after:
        return order
    if stands != Plea.ASKED:
        raise NotPossible(
            _("这张工单没有待答复的“%(what)s”申请。") % {"what": About(decision.about).label}
        )
    changes: dict[str, object] = {plea: after, "opinion": decision.opinion[:400]}
    before = order.due_at
    if decision.about == About.EXTENSION and decision.granted:
        changes["due_at"] = decision.due_at or agreed().extended(order.due_at, order.extension_days)
    if not Order.objects.filter(pk=order.pk, **{plea: Plea.ASKED}).update(**changes):
        raise NotPossible(_("这个申请刚刚已经答复过了。"))
    order.refresh_from_db()
    event = _record(f"hotline.{decision.about}_{after}", order, by, at)
    if decision.about == About.RETURN and decision.granted:
        _give_up(order, at)
    if decision.about == About.EXTENSION and decision.granted:
        kept = _extend(order, before, at)
        remark(event, order.case, RemarkKind.OPINION, kept)
    return order


def _extend(order: Order, before: datetime, at: datetime) -> str:
    """Move the case's own deadline too; why it was kept, empty when it was moved."""
    case = Case.objects.select_related("area", "item").get(pk=order.case.pk)
    asked = _asked("hotline.extension_asked", case)
    days = agreed().days_between(before, order.due_at, most=case_rules.EXTENSION_MOST)
    if asked.by is None or not days:
        return _("案件自身的时限不变：市热线给的时间不足一个工作日。")
    plea = ExtensionPlea(days=days, by=asked.by, at=asked.at, reason=asked.remark.text)
    text = _("市热线同意延期，案件时限同时延长 %(days)s 个工作日。") % {"days": days}
    try:
        extended = extend_from_above(
            by=None, case=case, plea=plea, granted_by=Source.HOTLINE, text=text, at=at
        )
    except Overtaken:  # it moves this very moment: the city sends its decision again
        raise
    except NotPossible as refusal:
        return _("案件自身的时限不变：%(why)s") % {"why": refusal.sentence}
    return "" if extended else _("案件自身的时限不变：延期只能一次，已经用过。")


def _asked(name: str, case: Case) -> Event:
    """What was asked of the city, and by whom."""
    events = Event.objects.select_related("by", "remark")
    return events.filter(name=name, kind="case", subject_id=case.pk).latest("pk")


def _give_up(order: Order, at: datetime) -> None:
    """End the case of an order that went back; a case somebody handles meanwhile goes on."""
    case = Case.objects.select_related("area").get(pk=order.case.pk)
    asked_by = order.return_asked_by
    if case.status not in AT_THE_DESK or asked_by is None:
        return
    if not may(asked_by, Can.DISPATCH_CASES, within=case.area):  # gone meanwhile: the desk ends it
        return
    ground = ReturnGround(str(_asked("hotline.return_asked", case).facts["ground"]))
    decline(
        by=asked_by,
        case=case,
        ground=GROUND_OF_DECLINE.get(ground, DeclineGround.BEYOND_DUTY),
        answer=_("工单已退回市热线，由市热线另行交办（%(ground)s）。") % {"ground": ground.label},
        at=at,
    )


def _ask(order: Order, plea: str, **changes: object) -> None:
    if not Order.objects.filter(pk=order.pk, **{plea: Plea.NONE}).update(**changes):
        raise NotPossible(_("已经申请过一次，不能重复申请。请查看市热线的答复。"))
    order.refresh_from_db()


def _record(name: str, order: Order, by: Person | None, at: datetime, **facts: object) -> Event:
    case = order.case
    return record(name, about=case, by=by, at=at, area_path=case.area.path, **facts)
