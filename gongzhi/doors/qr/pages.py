"""Scanning a printed code: straight to the report, or a kind word when the code is over."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import now
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from gongzhi.doors.qr.actions import count_scan
from gongzhi.doors.qr.models import Code
from gongzhi.places.models import Component


@never_cache
@require_safe
def scan(request: HttpRequest, token: str) -> HttpResponse:
    """Open the report with place, component and item of the code.

    404 for no code, 410 for a revoked one and for one whose component was taken out of use; the
    latter still knows the place.
    """
    code = Code.objects.select_related("component").filter(token=token).first()
    if code is None or code.revoked_at:
        over = {"code": code, "onward": reverse("pocket:report")}
        return render(request, "qr/over.html", over, status=410 if code else 404)
    count_scan(by=None, code=code, at=now())
    if code.is_without_its_component:
        gone = {"code": code, "gone": code.component, "onward": _report(_place_of(code))}
        return render(request, "qr/over.html", gone, status=410)
    fixed = {**_place_of(code), "item": code.item_code}
    if code.component:
        fixed["component"] = code.component.code
    return redirect(_report(fixed))


def _place_of(code: Code) -> dict[str, str]:
    """Where it hangs: a component may have been surveyed anew since the code was printed."""
    stands: Code | Component = code.component or code
    return {
        "via": code.token,
        "lng": f"{stands.lng:.6f}",
        "lat": f"{stands.lat:.6f}",
        "address": code.label,
    }


def _report(fixed: dict[str, str]) -> str:
    asked = urlencode({name: value for name, value in fixed.items() if value})
    return f"{reverse('pocket:report')}?{asked}"
