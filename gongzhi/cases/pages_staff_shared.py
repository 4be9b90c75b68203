"""What a desk keeps for itself: reply templates, macros, saved searches; and their editors."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from gongzhi.access.requests import PersonRequest
from gongzhi.cases import actions, forms_aside, wording
from gongzhi.cases.forms_staff import read
from gongzhi.cases.models import Macro, Reply, SavedSearch
from gongzhi.cases.pages_staff import desk, own_desk
from gongzhi.cases.reads.replies import example_values
from gongzhi.cases.words import ReplyUse
from gongzhi.kernel.numbers import whole
from gongzhi.kernel.refusals import NotAllowed, Refusal
from gongzhi.places.models import Area

ACTS = 3  # rows of the macro's editor


@desk
@require_safe
def shared(request: PersonRequest) -> HttpResponse:
    """Everything the desk shares, and the forms to change it."""
    return _page(request)


def _page(
    request: PersonRequest, *, refusal: Refusal | None = None, **more: object
) -> HttpResponse:
    person = request.user
    area = own_desk(person)
    replies = Reply.objects.visible_to(person).in_use().select_related("area", "by")
    edited = _edited(request)
    context = {
        "area": area,
        "replies": [(r, wording.filled(r.text, example_values())) for r in replies],
        "macros": Macro.objects.visible_to(person).select_related("area", "by"),
        "searches": SavedSearch.objects.visible_to(person).select_related("owner", "area"),
        "edited": edited,
        "reply_form": forms_aside.ReplyForm(initial=_initial(edited)),
        "act_forms": [forms_aside.ActForm(prefix=f"a{n}") for n in range(ACTS)],
        "fields": wording.FIELDS,
        "refusal": refusal,
        **more,
    }
    status = refusal.status if refusal else 200
    return render(request, "cases/staff/shared.html", context, status=status)


def _edited(request: PersonRequest) -> Reply | None:
    pk = whole(request.GET.get("edit", ""))
    if pk is None:
        return None
    return get_object_or_404(Reply.objects.in_use().visible_to(request.user), pk=pk)


def _initial(edited: Reply | None) -> dict[str, str]:
    if edited is None:
        return {}
    return {
        "use": edited.use,
        "name": edited.name,
        "item": edited.item_code,
        "text": edited.text,
    }


@desk
@require_POST
def write_reply(request: PersonRequest) -> HttpResponse:
    """Keep a template, new or instead of another; `preview` shows it filled and keeps nothing."""
    area, at = _own(request), now()
    form = forms_aside.ReplyForm(request.POST)
    try:
        data = read(forms_aside.ReplyForm, request.POST)
        if request.POST.get("step") == "preview":
            shown = wording.filled(data["text"], example_values())
            return _page(request, reply_form=form, shown=shown, edited=_replaced(request))
        actions.write_reply(
            by=request.user,
            area=area,
            use=ReplyUse(data["use"]),
            name=data["name"],
            item_code=data["item"].code if data["item"] else "",
            text=data["text"],
            replaces=_replaced(request),
            at=at,
        )
    except Refusal as refusal:
        return _page(request, refusal=refusal, reply_form=form, edited=_replaced(request))
    messages.success(request, _("模板已保存，本台的人马上可以用。"))
    return redirect("staff:shared")


def _replaced(request: PersonRequest) -> Reply | None:
    pk = whole(request.POST.get("replaces", ""))
    if pk is None:
        return None
    return get_object_or_404(Reply.objects.visible_to(request.user), pk=pk)


@desk
@require_POST
def retire_reply(request: PersonRequest, pk: int) -> HttpResponse:
    """Offer a template no longer."""
    reply = get_object_or_404(Reply.objects.visible_to(request.user).in_use(), pk=pk)
    actions.retire_reply(by=request.user, reply=reply, at=now())
    messages.success(request, _("模板已停用。"))
    return redirect("staff:shared")


@desk
@require_POST
def keep_macro(request: PersonRequest) -> HttpResponse:
    """Keep several acts under one name."""
    area, acts = _own(request), []
    try:
        for n in range(ACTS):
            form = forms_aside.ActForm(request.POST, prefix=f"a{n}")
            if form.is_valid() and (act := form.as_act()):
                acts.append(act)
        name = request.POST.get("name", "")
        actions.keep_macro(by=request.user, area=area, name=name, acts=acts, at=now())
    except Refusal as refusal:
        return _page(request, refusal=refusal)
    messages.success(request, _("组合已保存，可以在收件箱里批量使用。"))
    return redirect("staff:shared")


@desk
@require_POST
def drop_macro(request: PersonRequest, pk: int) -> HttpResponse:
    """Forget a macro."""
    macro = get_object_or_404(Macro.objects.visible_to(request.user), pk=pk)
    actions.drop_macro(by=request.user, macro=macro, at=now())
    messages.success(request, _("组合已删除。"))
    return redirect("staff:shared")


@desk
@require_POST
def save_search(request: PersonRequest) -> HttpResponse:
    """Keep the list as filtered."""
    share = own_desk(request.user) if request.POST.get("share") else None
    saved = actions.save_search(
        by=request.user,
        name=request.POST.get("name", ""),
        query=request.POST.get("query", ""),
        share_with=share,
        at=now(),
    )
    messages.success(request, _("已保存筛选“%(name)s”。") % {"name": saved.name})
    return redirect(f"{reverse('staff:inbox')}?{saved.query}")


@desk
@require_POST
def drop_search(request: PersonRequest, pk: int) -> HttpResponse:
    """Forget an own search."""
    search = get_object_or_404(SavedSearch, pk=pk, owner=request.user)
    actions.drop_search(by=request.user, search=search, at=now())
    messages.success(request, _("筛选已删除。"))
    return redirect("staff:shared")


def _own(request: PersonRequest) -> Area:
    area = own_desk(request.user)
    if area is None:
        raise NotAllowed(_("只有调度台的人可以修改模板和组合。"))
    return area
