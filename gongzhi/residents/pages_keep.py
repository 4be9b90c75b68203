"""What is done with a person at the desk: reveal, correct, tags, requests, their own copy."""

from collections.abc import Callable
from datetime import date, datetime
from functools import wraps

from django.contrib import messages as notices
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from gongzhi.access.models import Person
from gongzhi.access.requests import PersonRequest, staff_with
from gongzhi.access.roles import Can
from gongzhi.kernel.refusals import NotUnderstood, Refusal
from gongzhi.places.words import Purpose, Source
from gongzhi.residents import actions
from gongzhi.residents.copies import as_file
from gongzhi.residents.models import Request, Resident, Tag
from gongzhi.residents.pages_staff import person_or_404, shown
from gongzhi.residents.reads.personfile import request_lines
from gongzhi.residents.rows import Collected, NewFact
from gongzhi.residents.words import EraseGround, LifeState, RequestKind, RevealGround

Doing = Callable[[PersonRequest, Resident, datetime], HttpResponse | str]


def of_person(doing: Doing) -> Callable[..., object]:
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


def collected(said: QueryDict, at: datetime) -> Collected:
    """Where a correction comes from. NotUnderstood without a source."""
    source = said.get("source", "")
    if source not in Source.values:
        raise NotUnderstood(_("请选择信息来源。"), field="source")
    return Collected(Source(source), Purpose.COUNT, at, said.get("ref", "")[:200])


def day(text: str, field: str) -> date | None:
    """A day of a date field; None for an empty one. NotUnderstood for anything else."""
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise NotUnderstood(_("日期不对，请写成 2026-03-04 这样。"), field=field) from error


@of_person
def reveal(request: PersonRequest, one: Resident, at: datetime) -> HttpResponse:
    """The whole numbers, for a ground; on record."""
    ground = request.POST.get("ground", "")
    if ground not in RevealGround.values:
        raise NotUnderstood(_("请选择查看的理由。"), field="ground")
    numbers = actions.reveal(by=request.user, resident=one, ground=RevealGround(ground), at=at)
    return shown(request, one, revealed=numbers)


@of_person
def correct(request: PersonRequest, one: Resident, at: datetime) -> str:
    """Correct what is on record; somebody faster is told of."""
    said = request.POST
    seen = said.get("seen", "")
    fields: dict[str, object] = {
        name: said.get(name, "").strip()
        for name in ("name", "gender", "ethnicity", "registered_address", "residence", "role")
    }
    fields["born"] = day(said.get("born", ""), "born")
    if number := said.get("id_number", "").strip():  # never shown, so empty means "as it is"
        fields["id_number"] = number
    actions.correct(
        by=request.user,
        resident=one,
        seen=int(seen) if seen.isascii() and seen.isdecimal() and len(seen) < 9 else -1,
        fields=fields,
        collected=collected(said, at),
        at=at,
    )
    return _("已更正，原来的内容留在变更记录里。")


@of_person
def gone(request: PersonRequest, one: Resident, at: datetime) -> str:
    """Somebody moved out or died."""
    said = request.POST
    if said.get("state") not in (LifeState.MOVED_OUT, LifeState.DECEASED):
        raise NotUnderstood(_("请选择迁出或死亡。"), field="state")
    since = day(said.get("since", ""), "since")
    if since is None:
        raise NotUnderstood(_("请填写日期。"), field="since")
    actions.mark_gone(
        by=request.user,
        resident=one,
        seen=one.version,
        state=LifeState(said["state"]),
        since=since,
        collected=collected(said, at),
        at=at,
    )
    return _("已登记。自动标签已移除，记录保留。")


@of_person
def add_phone(request: PersonRequest, one: Resident, at: datetime) -> str:
    """One more phone."""
    said = request.POST
    actions.add_phone(
        by=request.user,
        resident=one,
        number=said.get("number", ""),
        remark=said.get("remark", ""),
        collected=collected(said, at),
        at=at,
    )
    return _("电话已登记。")


@of_person
def set_fact(request: PersonRequest, one: Resident, at: datetime) -> str:
    """What a department says of the person."""
    said = request.POST
    grade = said.get("grade", "")
    fact = NewFact(
        said.get("kind", ""),
        int(grade) if grade.isascii() and grade.isdecimal() and len(grade) < 3 else None,
        day(said.get("since", ""), "since"),
        day(said.get("until", ""), "until"),
    )
    actions.set_fact(by=request.user, resident=one, fact=fact, collected=collected(said, at), at=at)
    return _("情况已登记，标签已重新计算。")


@of_person
def put_tag(request: PersonRequest, one: Resident, at: datetime) -> str:
    """A tag by hand, with a reason and an end."""
    said = request.POST
    actions.put_tag(
        by=request.user,
        resident=one,
        code=said.get("code", ""),
        note=said.get("note", ""),
        until=day(said.get("until", ""), "until"),
        at=at,
    )
    return _("标签已添加，本人可以查阅理由。")


@of_person
def remove_tag(request: PersonRequest, one: Resident, at: datetime) -> str:
    """Take away a tag that was put by hand."""
    tag = get_object_or_404(Tag, resident=one, code=request.POST.get("code", ""))
    actions.remove_tag(by=request.user, resident=one, tag=tag, at=at)
    return _("标签已删去。")


@of_person
def ask(request: PersonRequest, one: Resident, at: datetime) -> str:
    """What the person asked at the counter."""
    said = request.POST
    if said.get("kind") not in RequestKind.values:
        raise NotUnderstood(_("请选择请求类型。"), field="kind")
    actions.ask(
        by=request.user,
        resident=one,
        kind=RequestKind(said["kind"]),
        tag=said.get("tag", ""),
        text=said.get("text", ""),
        at=at,
    )
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
    asked = get_object_or_404(Request.objects.visible_to(request.user), pk=pk)
    actions.answer(
        by=request.user,
        request=asked,
        granted=request.POST.get("granted") == "yes",
        text=request.POST.get("text", ""),
        at=now(),
    )
    notices.success(request, _("已答复，本人可以看到。"))
    return redirect("register:requests")
