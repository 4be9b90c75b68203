"""What people are owed, at the desk: reveals with a ground, their requests, their copy, erasure."""

from collections.abc import Callable
from datetime import datetime
from functools import wraps

from django.contrib import messages as notices
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from gongzhi.access.models import Person
from gongzhi.access.requests import PersonRequest, staff_with
from gongzhi.access.roles import Can
from gongzhi.kernel.refusals import NotUnderstood, Refusal
from gongzhi.residents import actions
from gongzhi.residents.copies import as_file
from gongzhi.residents.forms import asked
from gongzhi.residents.models import Request, Resident
from gongzhi.residents.pages_staff import person_or_404, shown
from gongzhi.residents.reads.personfile import request_lines
from gongzhi.residents.words import EraseGround, RevealGround

Doing = Callable[[PersonRequest, Resident, datetime], HttpResponse | str]


def of_person(doing: Doing) -> Callable[..., HttpResponseBase]:
    """A form on a person's page: what the verb refuses is said there, and that it is done."""

    @never_cache
    @staff_with(Can.SEE_REGISTER)
    @require_POST
    @wraps(doing)
    def page(request: PersonRequest, pk: int) -> HttpResponse:
        one = person_or_404(request.user, pk)
        try:
            done = doing(request, one, now())
        except Refusal as refusal:
            return shown(request, person_or_404(request.user, pk), refusal=refusal)
        if isinstance(done, HttpResponse):
            return done
        notices.success(request, done)
        return redirect("register:person", pk)

    return page


@of_person
def reveal(request: PersonRequest, one: Resident, at: datetime) -> HttpResponse:
    """The whole numbers, for a ground; on record."""
    ground = request.POST.get("ground", "")
    if ground not in RevealGround.values:
        raise NotUnderstood(_("请选择查看的理由。"), field="ground")
    numbers = actions.reveal(by=request.user, resident=one, ground=RevealGround(ground), at=at)
    return shown(request, one, revealed=numbers)


@of_person
def ask(request: PersonRequest, one: Resident, at: datetime) -> str:
    """What the person asked at the counter."""
    actions.ask(by=request.user, resident=one, at=at, **asked(request.POST))
    return _("请求已登记，答复后本人可以看到。")


@of_person
def link(request: PersonRequest, one: Resident, at: datetime) -> str:
    """Say whose account it is, with the ID card in hand."""
    account = Person.objects.filter(username=request.POST.get("username", "").strip()).first()
    if account is None:
        raise NotUnderstood(_("没有这个账号。"), field="username")
    actions.link_account(by=request.user, resident=one, account=account, at=at)
    return _("账号已关联，本人可以在“我的信息”里查看。")


@of_person
def own_copy(request: PersonRequest, one: Resident, at: datetime) -> HttpResponse:
    """The person's own copy, handed over at the counter; on record."""
    return as_file(actions.export_own(by=request.user, resident=one, at=at), one)


@of_person
def erase(request: PersonRequest, one: Resident, at: datetime) -> HttpResponse:
    """Take the person out of the register for good."""
    said = request.POST
    if said.get("ground") not in EraseGround.values:
        raise NotUnderstood(_("请选择删除的依据。"), field="ground")
    if said.get("sure") != "yes":
        raise NotUnderstood(_("请勾选确认：删除后不能恢复。"), field="sure")
    actions.erase(by=request.user, resident=one, ground=EraseGround(said["ground"]), at=at)
    notices.success(request, _("已删除此人信息；案件等记录保留，不再指向任何个人内容。"))
    return redirect("register:people")


@never_cache
@staff_with(Can.ANSWER_REQUESTS)
@require_safe
def requests(request: PersonRequest) -> HttpResponse:
    """What people asked about themselves: the open ones first."""
    found = Request.objects.visible_to(request.user).select_related("resident__grid", "answered_by")
    context = {
        "open": request_lines(found.open().order_by("asked_at")[:100]),
        "answered": request_lines(found.exclude(state="open").order_by("-answered_at")[:50]),
    }
    return render(request, "residents/staff/requests.html", context)


@staff_with(Can.ANSWER_REQUESTS)
@require_POST
def answer(request: PersonRequest, pk: int) -> HttpResponse:
    """Answer one; of two who answer the second is told."""
    one = get_object_or_404(Request.objects.visible_to(request.user), pk=pk)
    actions.answer(
        by=request.user,
        request=one,
        granted=request.POST.get("granted") == "yes",
        text=request.POST.get("text", ""),
        at=now(),
    )
    notices.success(request, _("已答复，本人可以看到。"))
    return redirect("register:requests")
