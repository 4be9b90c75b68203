"""The desk's buttons among colleagues: notes, watching, putting off, nature, who has it open."""

from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.timezone import localtime, now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gongzhi.access.models import Person
from gongzhi.access.requests import PersonRequest
from gongzhi.cases import actions, forms_aside
from gongzhi.cases.forms_staff import StepForm
from gongzhi.cases.models import Case
from gongzhi.cases.pages_staff import case_for, desk, looked_at
from gongzhi.cases.pages_staff_steps import step
from gongzhi.cases.reads.aside import others_with
from gongzhi.cases.words import Nature, NatureGround


@step(forms_aside.NoteForm)
def note(by: Person, case: Case, data: dict[str, Any], at: datetime) -> str:
    """Write something among staff."""
    told = actions.note(by=by, case=case, text=data["text"], tell=list(data["tell"]), at=at)
    if not told:
        return _("备注已记下，只有工作人员能看到。")
    return _("备注已记下，已通知%(names)s。") % {"names": "、".join(p.name for p in told)}


@step(StepForm)
def watch(by: Person, case: Case, data: dict[str, Any], at: datetime) -> str:
    """Hear of every step."""
    actions.watch(by=by, case=case, at=at)
    return _("已关注，这个案件每有进展都会告诉您。")


@step(StepForm)
def unwatch(by: Person, case: Case, data: dict[str, Any], at: datetime) -> str:
    """Hear no more of it."""
    actions.unwatch(by=by, case=case, at=at)
    return _("已取消关注。")


@step(forms_aside.SnoozeForm)
def snooze(by: Person, case: Case, data: dict[str, Any], at: datetime) -> str:
    """Put it off."""
    until = data["moment"]
    actions.snooze(by=by, case=case, until=until, at=at, reason=data["text"], seen=data["seen"])
    return _("已推后，%(until)s 回到待办。时限照常计算。") % {
        "until": f"{localtime(until):%m-%d %H:%M}"
    }


@step(StepForm)
def wake(by: Person, case: Case, data: dict[str, Any], at: datetime) -> str:
    """Take it back to the list."""
    actions.wake(by=by, case=case, at=at)
    return _("已拿回待办。")


@step(forms_aside.NatureForm)
def change_nature(by: Person, case: Case, data: dict[str, Any], at: datetime) -> str:
    """Record it as something else."""
    nature = Nature(data["nature"])
    actions.change_nature(
        by=by,
        case=case,
        nature=nature,
        ground=NatureGround(data["ground"]),
        reason=data["text"],
        at=at,
        seen=data["seen"],
    )
    return _("诉求性质已改为“%(nature)s”，改动已记录。") % {"nature": nature.label}


@desk
@require_safe
def presence(request: PersonRequest, pk: int) -> HttpResponse:
    """Who else has the case open; asking says that one has it open oneself."""
    case, at = case_for(request.user, pk), now()
    looked_at(request.user, case, at)
    others = others_with(case, request.user, at)
    return render(request, "cases/staff/_presence.html", {"case": case, "others": others})
