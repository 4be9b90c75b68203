"""The device register at the desk: what is installed where, who keeps it working, what is lost."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from gongzhi.access.requests import PersonRequest, staff_with
from gongzhi.access.roles import Can
from gongzhi.kernel.numbers import whole
from gongzhi.kernel.refusals import NotUnderstood, Refusal
from gongzhi.sensing import actions, reads
from gongzhi.sensing.forms_staff import DeviceForm, owners_for
from gongzhi.sensing.models import Device, Gateway
from gongzhi.sensing.words import Health, Upkeep

guards = staff_with(Can.GUARD_ELDERS)
ON_A_PAGE = 50


@never_cache
@guards
@require_safe
def register(request: PersonRequest) -> HttpResponse:
    """The register, filtered."""
    return _register(request)


def _register(
    request: PersonRequest, *, form: DeviceForm | None = None, status: int = 200, **more: object
) -> HttpResponse:
    at, show = now(), request.GET.get("show", "")
    search = request.GET.get("q", "").strip()[: reads.LONGEST]
    found = reads.asked_for(request.user, request.GET.dict())
    page = Paginator(found, ON_A_PAGE).get_page(request.GET.get("page"))
    counted = reads.counts(request.user)
    context = {
        "show": show,
        "search": search,
        "page": page,
        "tabs": [("", _("在用"), None)]
        + [(k, name, counted[k]) for k, name in reads.NAMES.items()],
        "outages": reads.outages(request.user, at=at)[:10],
        "owners": owners_for(request.user)[:300],
        "upkeeps": Upkeep.choices,
        "gateways": Gateway.objects.order_by("code")[:200],
        "form": form or DeviceForm(person=request.user, initial={"home": search}),
        "colours": {Health.ONLINE: "done", Health.OFFLINE: "new", Health.TAMPER: "new"},
        **more,
    }
    return render(request, "sensing/register.html", context, status=status)


@guards
@require_POST
def add_device(request: PersonRequest) -> HttpResponse:
    """One more device."""
    form = DeviceForm(request.POST, person=request.user)
    if not form.is_valid():
        return _register(request, form=form, status=422)
    typed = form.cleaned_data
    try:
        actions.register_device(
            by=request.user,
            gateway=typed["gateway"],
            serial=typed["serial"],
            home=typed["home"],
            kind=typed["kind"],
            owner=typed["owner"],
            period=typed["period"],
            installed_on=typed["installed_on"],
            at=now(),
        )
    except Refusal as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, refusal.sentence)
        return _register(request, form=form, status=refusal.status)
    messages.success(request, _("设备已登记，收到第一条数据后显示在线。"))
    return redirect(f"{request.path.rsplit('add/', 1)[0]}?q={typed['home'].code}")


@guards
@require_POST
def add_gateway(request: PersonRequest) -> HttpResponse:
    """One more gateway; its secret is shown this once."""
    code = request.POST.get("code", "").strip()
    try:
        gateway, secret = actions.register_gateway(by=request.user, code=code, at=now())
    except NotUnderstood as refusal:
        return _register(request, status=refusal.status, gateway_refusal=refusal, typed_code=code)
    return _register(request, made=gateway, secret=secret)


@guards
@require_POST
def renew_secret(request: PersonRequest, pk: int) -> HttpResponse:
    """A new secret for a gateway whose old one is lost or known to others."""
    gateway = get_object_or_404(Gateway, pk=pk)
    secret = actions.renew_secret(by=request.user, gateway=gateway, at=now())
    return _register(request, made=gateway, secret=secret)


@guards
@require_POST
def shut_out(request: PersonRequest, pk: int) -> HttpResponse:
    """Nothing of this gateway is kept any more."""
    actions.shut_out(by=request.user, gateway=get_object_or_404(Gateway, pk=pk), at=now())
    messages.success(request, _("网关已停用，它发来的数据不再接收。"))
    return redirect("devices:register")


@guards
@require_POST
def keep_up(request: PersonRequest, pk: int) -> HttpResponse:
    """Who keeps the device working, and in which state it is."""
    visible = Device.objects.visible_to(request.user).select_related("home__area")
    device = get_object_or_404(visible, pk=pk)
    upkeep, owner = request.POST.get("upkeep", ""), request.POST.get("owner", "")
    if upkeep not in Upkeep.values:
        raise NotUnderstood(_("请选择维护状态。"), field="upkeep")
    chosen = None
    if owner:
        pk_of_owner = whole(owner)
        if pk_of_owner is None:
            raise NotUnderstood(_("请选择维护单位。"), field="owner")
        chosen = owners_for(request.user).filter(pk=pk_of_owner).first()
        if chosen is None:
            raise NotUnderstood(_("这个单位不在您的范围内，请另选。"), field="owner")
    actions.keep_up_device(
        by=request.user, device=device, owner=chosen, upkeep=Upkeep(upkeep), at=now()
    )
    messages.success(request, _("已更新维护信息。"))
    return redirect("devices:register")
