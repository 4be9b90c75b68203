"""Service orders and the providers who get them."""

from django.contrib import messages as notices
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongzhi.access.requests import PersonRequest, staff_with
from gongzhi.access.roles import Can
from gongzhi.doors.phone import actions, reads
from gongzhi.doors.phone.agreed import terms
from gongzhi.doors.phone.models import Call, Provider, ServiceOrder
from gongzhi.doors.phone.words import OrderState, Satisfaction
from gongzhi.kernel.numbers import whole
from gongzhi.kernel.refusals import NotUnderstood, Refusal
from gongzhi.places import reads as places
from gongzhi.places.models import Area

ROWS = 50
NOTHING_WRONG: Refusal | None = None


@staff_with(Can.DISPATCH_CASES)
@require_POST
def place(request: PersonRequest, pk: int) -> HttpResponse:
    """Give the caller's wish to a provider."""
    calls = Call.objects.visible_to(request.user).select_related("area")
    call, said = get_object_or_404(calls, pk=pk), request.POST
    wanted = whole(said.get("provider", "")) or 0
    provider = Provider.objects.filter(pk=wanted).first()
    if provider is None:
        notices.error(request, _("请选择服务商。"))
        return redirect("phone_desk:call", pk=pk)
    wish = actions.Wish(
        kind=said.get("kind", ""),
        text=said.get("text", ""),
        address=said.get("address", ""),
        name=said.get("contact_name", ""),
        phone=said.get("contact_phone", "") or call.caller,
    )
    try:
        actions.place_order(by=request.user, call=call, wish=wish, provider=provider, at=now())
    except Refusal as refusal:
        notices.error(request, refusal.sentence)
        return redirect("phone_desk:call", pk=pk)
    notices.success(request, _("已派给%(name)s。") % {"name": provider.name})
    return redirect("phone_desk:orders")


@never_cache
@staff_with(Can.DISPATCH_CASES)
@require_safe
def orders(request: PersonRequest) -> HttpResponse:
    """Orders by state, and how satisfied households are."""
    return _orders(request)


def _orders(request: PersonRequest, refusal: Refusal | None = None) -> HttpResponse:
    state = reads.state_in(request.GET.dict())
    mine = ServiceOrder.objects.visible_to(request.user)
    rated = mine.exclude(satisfaction="")
    found = reads.service_orders(request.user, state).select_related("provider", "call")
    page = Paginator(found, ROWS).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": [(order, terms().services.get(order.kind, order.kind)) for order in page],
        "state": state,
        "tabs": [(s.value, s.label, mine.filter(state=s).count()) for s in OrderState],
        "satisfactions": Satisfaction.choices,
        "rated": rated.count(),
        "satisfied": rated.filter(satisfaction=Satisfaction.SATISFIED).count(),
        "refusal": refusal,
    }
    status = refusal.status if refusal else 200
    return render(request, "phone/orders.html", context, status=status)


@never_cache
@staff_with(Can.DISPATCH_CASES)
@require_POST
def move(request: PersonRequest, pk: int) -> HttpResponse:
    """Done, rated or cancelled."""
    mine = ServiceOrder.objects.visible_to(request.user).select_related("area")
    order, said, at = get_object_or_404(mine, pk=pk), request.POST, now()
    note = said.get("note", "")
    try:
        if said.get("step") == "done":
            actions.finish_order(by=request.user, order=order, note=note, at=at)
        elif said.get("step") == "cancel":
            actions.cancel_order(by=request.user, order=order, note=note, at=at)
        else:
            how = said.get("satisfaction", "")
            actions.rate_order(by=request.user, order=order, satisfaction=how, note=note, at=at)
    except NotUnderstood as refusal:
        return _orders(request, refusal)
    notices.success(request, _("已记下。"))
    return redirect("phone_desk:orders")


@never_cache
@staff_with(Can.DISPATCH_CASES)
@require_http_methods(["GET", "HEAD", "POST"])
def providers(request: PersonRequest) -> HttpResponse:
    """Who is vetted for what, and admitting another."""
    refusal, said = NOTHING_WRONG, request.POST
    if request.method == "POST":
        try:
            provider = actions.vet_provider(
                by=request.user,
                name=said.get("name", ""),
                phone=said.get("phone", ""),
                kinds=said.getlist("kinds"),
                area=_desk_of(request),
                at=now(),
            )
        except NotUnderstood as wrong:
            refusal = wrong
        else:
            notices.success(request, _("已登记服务商%(name)s。") % {"name": provider.name})
            return redirect("phone_desk:providers")
    services = terms().services
    context = {
        "rows": [
            (p, "、".join(services.get(kind, kind) for kind in p.kinds)) for p in reads.providers()
        ],
        "services": services.items(),
        "typed": said,
        "typed_kinds": said.getlist("kinds"),
        "refusal": refusal,
    }
    status = refusal.status if refusal else 200
    return render(request, "phone/providers.html", context, status=status)


@staff_with(Can.DISPATCH_CASES)
@require_POST
def stop(request: PersonRequest, pk: int) -> HttpResponse:
    """No more orders for this one."""
    provider = get_object_or_404(Provider.objects.select_related("area"), pk=pk)
    actions.stop_provider(by=request.user, provider=provider, at=now())
    notices.success(request, _("已停用，不再派单。"))
    return redirect("phone_desk:providers")


def _desk_of(request: PersonRequest) -> Area:
    """The area whose desk this person keeps."""
    held = [post.area for post in request.user.held if post.area]
    return held[0] if held else places.district()
