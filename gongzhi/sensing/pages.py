"""The web hook of gateways and meter back-ends: the same readings by HTTP."""

import hmac

from django.http import HttpRequest, JsonResponse
from django.utils.timezone import now
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from gongzhi.kernel.limits import within_limit
from gongzhi.kernel.refusals import TooMany
from gongzhi.sensing.actions import fingerprint, take_readings
from gongzhi.sensing.models import Gateway
from gongzhi.sensing.wire import PAYLOAD_MOST, Garbled, from_body


@csrf_exempt
@never_cache
@require_POST
def readings(request: HttpRequest) -> JsonResponse:
    """`Authorization: Bearer <gateway>:<secret>` and {"readings": […]}; 200 means that it is kept.

    Sending again is safe: each id of a device counts once. 401 without a known gateway, 413 beyond
    64 kB, 422 when it cannot be understood (then nothing of it is kept), 429 when too often.
    """
    gateway = _gateway(request)
    if gateway is None:
        return JsonResponse({"error": "unauthorised"}, status=401)
    at = now()
    try:
        within_limit("readings-of", gateway.code, most=600, seconds=60, at=at)
    except TooMany as refusal:
        return JsonResponse({"error": refusal.sentence}, status=refusal.status)
    if int(request.headers.get("Content-Length") or 0) > PAYLOAD_MOST:
        return JsonResponse({"error": "payload too large"}, status=413)
    try:
        messages = from_body(gateway.code, request.body, received=at)
    except Garbled as error:
        return JsonResponse({"error": str(error)}, status=422)
    taken = take_readings(by=None, messages=messages, at=at)
    answer = {"new": taken.new, "doubled": taken.doubled, "unknown": taken.unknown}
    return JsonResponse(answer)


def _gateway(request: HttpRequest) -> Gateway | None:
    kind, _space, token = request.headers.get("Authorization", "").partition(" ")
    code, _colon, secret = token.partition(":")
    if kind.lower() != "bearer" or not code or len(token) > 200:
        return None
    gateway = Gateway.objects.filter(code=code, active=True).first()
    held = gateway.secret_hash if gateway else "0" * 64
    return gateway if hmac.compare_digest(held, fingerprint(secret)) else None
