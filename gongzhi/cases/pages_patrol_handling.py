"""What a handler or an assisting unit says beside the flow: answers, requests, passing it up."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from gongzhi.access.requests import PersonRequest
from gongzhi.cases import actions
from gongzhi.cases.forms_resident import take_files, unseal_files
from gongzhi.cases.models import Assist, Case, Supervision
from gongzhi.cases.pages_patrol import case_of, patrol, refused, seen_of
from gongzhi.flows.answers import given
from gongzhi.kernel.numbers import whole
from gongzhi.kernel.refusals import NotUnderstood, Refusal

Say = Callable[[PersonRequest, Case], str]


def said(form: str) -> Callable[[Say], Callable[..., HttpResponseBase]]:
    """A page from what somebody says in that form; refused, the words stay in it."""

    def make(say: Say) -> Callable[..., HttpResponseBase]:
        @patrol
        @require_POST
        def page(request: PersonRequest, pk: int) -> HttpResponse:
            case = case_of(request, pk)
            try:
                sentence = say(request, case)
            except Refusal as refusal:
                return refused(request, pk, refusal, form=form)
            return _onwards(request, pk, sentence)

        return page

    return make


@said("assist")
def answer_assist(request: PersonRequest, case: Case) -> str:
    """Answer for the assisting unit."""
    of_case = Assist.objects.select_related("case__area").filter(case=case)
    assist = get_object_or_404(of_case, pk=_number(request, "assist"))
    actions.answer_assist(by=request.user, assist=assist, answer=_text(request), at=now())
    return _("协办意见已提交。")


@said("supervision")
def answer_supervision(request: PersonRequest, case: Case) -> str:
    """Answer whoever presses."""
    of_case = Supervision.objects.select_related("case__area", "case__desk").filter(case=case)
    pressed = get_object_or_404(of_case, pk=_number(request, "supervision"))
    actions.answer_supervision(
        by=request.user, supervision=pressed, answer=_text(request), at=now()
    )
    return _("督办答复已提交。")


@said("ask_extension")
def ask_extension(request: PersonRequest, case: Case) -> str:
    """Ask for more time."""
    days = _number(request, "days")
    actions.ask_extension(by=request.user, case=case, days=days, reason=_text(request), at=now())
    return _("延期申请已提交，等待调度台审批。")


@patrol
@require_POST
def send_up(request: PersonRequest, pk: int) -> HttpResponse:
    """Pass it to the desk above, with photos."""
    case, ref = case_of(request, pk), f"p:{request.user.pk}"
    stored = unseal_files(request.POST.get("kept", ""), ref)
    try:
        stored = take_files(request, stored)
        case = actions.send_up(
            by=request.user,
            case=case,
            reason=_text(request),
            files=stored,
            answers=given("send_up", request.POST),
            at=now(),
            seen=seen_of(request),
        )
    except Refusal as refusal:
        return refused(request, pk, refusal, form="send_up", stored=stored)
    return _onwards(request, pk, _("已上报%(desk)s。") % {"desk": case.desk.name})


@said("contact")
def contact(request: PersonRequest, case: Case) -> str:
    """Say that the reporter was reached."""
    actions.contact(by=request.user, case=case, text=_text(request), at=now())
    return _("已登记先行联系。")


def _onwards(request: PersonRequest, pk: int, sentence: str) -> HttpResponse:
    """Back to the case, or to the list where it is out of sight now."""
    messages.success(request, sentence)
    visible = Case.objects.visible_to(request.user).filter(pk=pk).exists()
    return redirect("patrol:case", pk=pk) if visible else redirect("patrol:work")


def _text(request: PersonRequest) -> str:
    return request.POST.get("text", "")


def _number(request: PersonRequest, field: str) -> int:
    number = whole(request.POST.get(field, ""))
    if number is None:
        raise NotUnderstood(_("页面内容不完整，请刷新后再试。"))
    return number
