"""我的信息: what the register keeps about me, why I have which tag, and what I may ask."""

from django.contrib import messages as notices
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from gongzhi.access.requests import PersonRequest, signed_in
from gongzhi.kernel.refusals import NotUnderstood, Refusal
from gongzhi.residents import actions
from gongzhi.residents.copies import as_file
from gongzhi.residents.forms import asked
from gongzhi.residents.models import AccountLink, Resident
from gongzhi.residents.reads.history import own_history
from gongzhi.residents.reads.personfile import PersonFile, request_lines


@never_cache
@signed_in
@require_safe
def mine(request: PersonRequest) -> HttpResponse:
    """Everything on record about me; how to be linked where I am not."""
    return _shown(request, _me(request), None)


def _me(request: PersonRequest) -> Resident | None:
    link = AccountLink.objects.filter(account=request.user).select_related(
        "resident__grid__parent", "resident__home", "resident__household", "resident__collection"
    )
    found = link.first()
    return found.resident if found else None


def _shown(request: PersonRequest, me: Resident | None, refusal: Refusal | None) -> HttpResponse:
    context: dict[str, object] = {"tab": "me", "me": me, "refusal": refusal}
    if me is not None:
        context["file"] = PersonFile(me, request.user, now())
        context["history"] = own_history(me, masked=True)
        context["requests"] = request_lines(me.requests.order_by("-pk")[:20])
    status = refusal.status if refusal else 200
    return render(request, "residents/resident/mine.html", context, status=status)


def _me_or_404(request: PersonRequest) -> Resident:
    me = _me(request)
    if me is None:
        raise Http404(_("您的账号还没有与人房库登记关联。"))
    return me


@signed_in
@require_POST
def ask(request: PersonRequest) -> HttpResponse:
    """Ask for a correction, the review of a tag, or erasure."""
    me = _me_or_404(request)
    try:
        actions.ask(by=request.user, resident=me, at=now(), **asked(request.POST))
    except NotUnderstood as refusal:
        return _shown(request, me, refusal)
    notices.success(request, _("已收到您的请求，社区会答复，答复显示在这一页。"))
    return redirect("mydata:mine")


@never_cache
@signed_in
@require_POST
def own_copy(request: PersonRequest) -> HttpResponse:
    """My own copy of everything, as a file; on record."""
    me = _me_or_404(request)
    return as_file(actions.export_own(by=request.user, resident=me, at=now()), me)
