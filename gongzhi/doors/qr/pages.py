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


@never_cache
@require_safe
def scan(request: HttpRequest, token: str) -> HttpResponse:
    """Open the report with place and item of the code. 410 for a revoked one, 404 for none."""
    code = Code.objects.filter(token=token).first()
    if code is None or code.revoked_at:
        return render(request, "qr/over.html", {"code": code}, status=410 if code else 404)
    count_scan(by=None, code=code, at=now())
    fixed = {
        "via": code.token,
        "lng": f"{code.lng:.6f}",
        "lat": f"{code.lat:.6f}",
        "address": code.label,
        "item": code.item_code,
    }
    asked = urlencode({name: value for name, value in fixed.items() if value})
    return redirect(f"{reverse('pocket:report')}?{asked}")
