"""The desk's buttons: each loads the case as the person may see it and calls a verb or two."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from gongzhi.access.models import Person
from gongzhi.access.requests import PersonRequest
from gongzhi.cases import actions, forms_staff
from gongzhi.cases.actions.reveal import reveal_contact
from gongzhi.cases.forms_resident import take_files
from gongzhi.cases.forms_staff import read
from gongzhi.cases.models import Case
from gongzhi.cases.pages_staff import (
    case_answer,
    case_context,
    case_for,
    desk,
    fragment_wanted,
    said,
)
from gongzhi.cases.reads.casefile import CaseFile, likely_item
from gongzhi.cases.words import DeclineGround, RevealGround
from gongzhi.catalogue.words import Grade
from gongzhi.flows.answers import given
from gongzhi.kernel.refusals import Overtaken

CLOSED = gettext_lazy("核查通过，案件已办结，反映人会收到评价邀请。")
Step = Callable[[Person, Case, dict[str, Any], datetime], str]


def step(form: type[forms_staff.StepForm]) -> Callable[[Step], Callable[..., HttpResponseBase]]:
    """A page from a step: parse, load, act in one transaction, answer with the case as it is now.

    The step returns the sentence to say afterwards. Whoever was overtaken sees the case as the
    faster one left it, with their own words kept.
    """

    def make(act: Step) -> Callable[..., HttpResponseBase]:
        @desk
        @require_POST
        def page(request: PersonRequest, pk: int) -> HttpResponse:
            case, at = case_for(request.user, pk), now()
            try:
                data = {**read(form, request.POST), "posted": request.POST}
                if form.takes_files:
                    data["files"] = take_files(request, [])
                with transaction.atomic():
                    sentence = act(request.user, case, data, at)
            except Overtaken as refusal:
                return _overtaken(request, pk, refusal)
            return _done(request, pk, sentence)

        return page

    return make


@step(forms_staff.DispatchForm)
def dispatch(by: Person, case: Case, data: dict[str, Any], at: datetime) -> str:
    """Class it where that changed, and give it to somebody."""
    to, seen = data["to"], data["seen"]
    if (data["item"], data["grade"]) != (case.item, case.grade):
        case = actions.classify(
            by=by, case=case, item=data["item"], grade=Grade(data["grade"]), at=at, seen=seen
        )
        seen = case.version
    actions.dispatch(
        by=by,
        case=case,
        to=to,
        opinion=data["text"],
        at=at,
        seen=seen,
        answers=given("dispatch", data["posted"]),
    )
    return _("已派给%(name)s。") % {"name": to.name}


@step(forms_staff.ClassifyForm)
def classify(by: Person, case: Case, data: dict[str, Any], at: datetime) -> str:
    """Decide what it is and how grave, without dispatching."""
    grade = Grade(data["grade"])
    actions.classify(by=by, case=case, item=data["item"], grade=grade, at=at, seen=data["seen"])
    return _("归类已保存，时限已按新的归类重算。")


@step(forms_staff.DeclineForm)
def decline(by: Person, case: Case, data: dict[str, Any], at: datetime) -> str:
    """Refuse it, with an answer."""
    ground = DeclineGround(data["ground"])
    actions.decline(
        by=by,
        case=case,
        ground=ground,
        answer=data["text"],
        at=at,
        seen=data["seen"],
        answers=given("decline", data["posted"]),
    )
    return _("已作不予受理答复。")


@step(forms_staff.PlaceForm)
def place(by: Person, case: Case, data: dict[str, Any], at: datetime) -> str:
    """Put it into a grid or a community."""
    actions.place(by=by, case=case, area=data["area"], at=at, seen=data["seen"])
    return _("已归入%(area)s。") % {"area": data["area"].name}


@step(forms_staff.StepForm)
def approve(by: Person, case: Case, data: dict[str, Any], at: datetime) -> str:
    """Confirm that it is fixed."""
    case = _approved(by, case, data, at)
    return _("核查通过，等待结案。") if case.is_open else str(CLOSED)


@step(forms_staff.StepForm)
def finish(by: Person, case: Case, data: dict[str, Any], at: datetime) -> str:
    """Confirm that it is fixed and close it, in one press."""
    case = _approved(by, case, data, at)
    if case.is_open:  # there are flows in which the check itself closes
        answers = given("close", data["posted"])
        actions.close(by=by, case=case, at=at, seen=case.version, answers=answers)
    return str(CLOSED)


def _approved(by: Person, case: Case, data: dict[str, Any], at: datetime) -> Case:
    answers = given("approve", data["posted"])
    opinion, seen = data["text"], data["seen"]
    return actions.approve(by=by, case=case, opinion=opinion, at=at, seen=seen, answers=answers)


@step(forms_staff.StepForm)
def rework(by: Person, case: Case, data: dict[str, Any], at: datetime) -> str:
    """Send it back to the handler."""
    actions.rework(
        by=by,
        case=case,
        reason=data["text"],
        at=at,
        seen=data["seen"],
        answers=given("rework", data["posted"]),
    )
    return _("已退回承办人返工。")


@step(forms_staff.StepForm)
def close(by: Person, case: Case, data: dict[str, Any], at: datetime) -> str:
    """End it."""
    actions.close(
        by=by, case=case, at=at, seen=data["seen"], answers=given("close", data["posted"])
    )
    return _("案件已办结，反映人会收到评价邀请。")


@step(forms_staff.StepForm)
def contact(by: Person, case: Case, data: dict[str, Any], at: datetime) -> str:
    """Say that the reporter was reached."""
    actions.contact(by=by, case=case, text=data["text"], at=at)
    return _("已登记先行联系。")


@desk
@require_POST
def reveal(request: PersonRequest, pk: int) -> HttpResponse:
    """The reporter's full name and number, once, for a reason; the next view is masked again."""
    case, at = case_for(request.user, pk), now()
    ground = RevealGround(read(forms_staff.RevealForm, request.POST)["ground"])
    contact = reveal_contact(by=request.user, case=case, ground=ground, at=at)
    if fragment_wanted(request):
        context = {**case_context(request.user, case, at), "contact": contact}
        return render(request, "cases/staff/_contact.html", context)
    return case_answer(request, case, contact=contact)


def _done(request: PersonRequest, pk: int, sentence: str) -> HttpResponse:
    if not fragment_wanted(request):
        messages.success(request, sentence)
        return redirect("staff:case", pk=pk)
    return said(case_answer(request, case_for(request.user, pk)), sentence)


def _overtaken(request: PersonRequest, pk: int, refusal: Overtaken) -> HttpResponse:
    kept = {"overtaken": refusal.sentence, "written": request.POST.get("text", "")}
    case = case_for(request.user, pk)
    file = CaseFile(case, request.user, now(), likely_item(case), typed=request.POST)
    return case_answer(request, case, status=refusal.status, file=file, **kept)
