"""A reporter says after the end: it is fixed, it is not, do it again, let the level above look."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from gongzhi.cases import actions
from gongzhi.cases.pages_tracking import again, by_of, own_case
from gongzhi.kernel.limits import within_limit
from gongzhi.kernel.refusals import Refusal


@never_cache
@require_POST
def fixed(request: HttpRequest, number: str) -> HttpResponse:
    """The answer to “is it fixed?”; a “no” has it redone at once."""
    case, text = own_case(request, number), request.POST.get("text", "")
    is_fixed = request.POST.get("fixed") == "yes"
    try:
        actions.answer_followup(
            by=by_of(request, case),
            case=case,
            reporter_ref=case.reporter_ref,
            fixed=is_fixed,
            text=text,
            at=now(),
        )
    except Refusal as refusal:
        return again(request, number, refusal, {"fixed": text})
    said = _("谢谢告诉我们，好的结果值得高兴。") if is_fixed else _("已经退回重新办理，请看进度。")
    messages.success(request, said)
    return redirect("pocket:track", number=number)


@never_cache
@require_POST
def redo(request: HttpRequest, number: str) -> HttpResponse:
    """Have it done again."""
    case, text = own_case(request, number), request.POST.get("text", "")
    try:
        within_limit("redo", str(case.pk), most=10, seconds=3600, at=now())
        actions.ask_redo(
            by=by_of(request, case),
            case=case,
            reporter_ref=case.reporter_ref,
            text=text,
            at=now(),
        )
    except Refusal as refusal:
        return again(request, number, refusal, {"objection": text})
    messages.success(request, _("已经退回重新办理，承办人会看到您写的。"))
    return redirect("pocket:track", number=number)


@never_cache
@require_POST
def appeal(request: HttpRequest, number: str) -> HttpResponse:
    """Let the level above look at it."""
    case, text = own_case(request, number), request.POST.get("text", "")
    try:
        within_limit("appeal", str(case.pk), most=10, seconds=3600, at=now())
        actions.appeal(
            by=by_of(request, case),
            case=case,
            reporter_ref=case.reporter_ref,
            text=text,
            at=now(),
        )
    except Refusal as refusal:
        return again(request, number, refusal, {"objection": text})
    messages.success(request, _("申诉已交给上一级，五个工作日内答复您。"))
    return redirect("pocket:track", number=number)
