"""The desk's buttons beside the flow: other desks, help, time, pressing, one matter of many."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from gongzhi.access.models import Person
from gongzhi.cases import actions, forms_handling
from gongzhi.cases.actions.moves import overtaken
from gongzhi.cases.forms_staff import StepForm
from gongzhi.cases.models import Case
from gongzhi.cases.pages_staff import case_for
from gongzhi.cases.pages_staff_steps import step
from gongzhi.cases.words import PauseGround, SupervisionKind
from gongzhi.flows.answers import given
from gongzhi.kernel.refusals import NotUnderstood


@step(forms_handling.SendUpForm)
def send_up(by: Person, case: Case, data: dict[str, Any], at: datetime) -> str:
    """Pass it to a desk above."""
    case = actions.send_up(
        by=by,
        case=case,
        reason=data["text"],
        files=data["files"],
        to=data["desk"],
        answers=given("send_up", data["posted"]),
        at=at,
        seen=data["seen"],
    )
    return _("已上报%(desk)s。") % {"desk": case.desk.name}


@step(forms_handling.SendDownForm)
def send_down(by: Person, case: Case, data: dict[str, Any], at: datetime) -> str:
    """Hand it to a desk below."""
    to = data["desk"]
    actions.send_down(
        by=by,
        case=case,
        to=to,
        reason=data["text"],
        answers=given("send_down", data["posted"]),
        at=at,
        seen=data["seen"],
    )
    return _("已下派%(desk)s。") % {"desk": to.name}


@step(StepForm)
def ask_ruling(by: Person, case: Case, data: dict[str, Any], at: datetime) -> str:
    """Let the desk above rule."""
    case = actions.ask_ruling(
        by=by,
        case=case,
        reason=data["text"],
        answers=given("ask_ruling", data["posted"]),
        at=at,
        seen=data["seen"],
    )
    return _("已提请%(desk)s裁定。") % {"desk": case.desk.name}


@step(forms_handling.UnitForm)
def arbitrate(by: Person, case: Case, data: dict[str, Any], at: datetime) -> str:
    """Rule who leads."""
    to, seen = data["unit"], data["seen"]
    answers = given("arbitrate", data["posted"])
    actions.arbitrate(
        by=by, case=case, to=to, ruling=data["text"], answers=answers, at=at, seen=seen
    )
    return _("已裁定由%(unit)s承办，不能再退回。") % {"unit": to.name}


@step(forms_handling.AssistsForm)
def ask_assist(by: Person, case: Case, data: dict[str, Any], at: datetime) -> str:
    """Ask units to help."""
    actions.ask_assist(by=by, case=case, units=list(data["units"]), asked=data["text"], at=at)
    return _("已请求协办，协办单位会收到通知。")


@step(forms_handling.WithdrawForm)
def withdraw_assist(by: Person, case: Case, data: dict[str, Any], at: datetime) -> str:
    """Do without a unit's help."""
    _belongs(data["assist"].case_id, case)
    actions.withdraw_assist(by=by, assist=data["assist"], reason=data["text"], at=at)
    return _("已撤回协办。")


@step(forms_handling.PauseForm)
def pause(by: Person, case: Case, data: dict[str, Any], at: datetime) -> str:
    """Let the clocks stand still."""
    ground = PauseGround(data["ground"])
    actions.pause(by=by, case=case, ground=ground, reason=data["text"], at=at, seen=data["seen"])
    return _("时限已暂停。")


@step(StepForm)
def resume(by: Person, case: Case, data: dict[str, Any], at: datetime) -> str:
    """Let the clocks run again."""
    actions.resume(by=by, case=case, at=at, seen=data["seen"])
    return _("时限恢复计算，已按暂停的工作时间顺延。")


@step(forms_handling.ExtensionForm)
def decide_extension(by: Person, case: Case, data: dict[str, Any], at: datetime) -> str:
    """Grant or refuse more time."""
    _belongs(data["extension"].case_id, case)
    granted = data["granted"] == "yes"
    actions.decide_extension(by=by, extension=data["extension"], granted=granted, at=at)
    return _("已批准延期，时限已顺延。") if granted else _("没有批准延期。")


@step(forms_handling.SuperviseForm)
def supervise(by: Person, case: Case, data: dict[str, Any], at: datetime) -> str:
    """Press for it."""
    kind = SupervisionKind(data["kind"])
    actions.supervise(by=by, case=case, kind=kind, text=data["text"], at=at)
    return _("%(kind)s已发出。") % {"kind": kind.label}


@step(forms_handling.MergeForm)
def merge(by: Person, case: Case, data: dict[str, Any], at: datetime) -> str:
    """Handle it with another case that is the same matter."""
    parent = case_for(by, data["parent"].pk)
    if case.version != data["seen"]:
        raise overtaken()
    actions.merge(by=by, parent=parent, cases=[case], why=data["text"], at=at)
    return _("已并入%(number)s，主案办结时会一并答复。") % {"number": parent.number}


@step(StepForm)
def split(by: Person, case: Case, data: dict[str, Any], at: datetime) -> str:
    """Handle it by itself again."""
    actions.split(by=by, case=case, at=at, seen=data["seen"])
    return _("已取消并案，案件单独办理。")


@step(forms_handling.UnitOrNoneForm)
def name_complained_of(by: Person, case: Case, data: dict[str, Any], at: datetime) -> str:
    """Name the unit the complaint is about."""
    unit = data["unit"]
    actions.name_complained_of(by=by, case=case, unit=unit, at=at, seen=data["seen"])
    if unit is None:
        return _("已取消回避。")
    return _("%(unit)s已回避：不能承办，也看不到反映人。") % {"unit": unit.name}


def _belongs(owner: int, case: Case) -> None:
    if owner != case.pk:
        raise NotUnderstood(_("页面不完整，请刷新后再试一次。"))
