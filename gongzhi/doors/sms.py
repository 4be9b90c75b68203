"""Short messages through the gateway of the district, for those who cannot be reached otherwise.

`POST <GONGZHI_SMS_URL>/messages` with `{"id", "to", "text"}`, signed as all calls between machines;
`{"code": 0}` takes it. The same `id` may come twice.
"""

from django.conf import settings

from gongzhi.cases.rules import is_phone
from gongzhi.doors.models import Partner
from gongzhi.doors.outward import Refused, call
from gongzhi.doors.plain import plain

TEXT_MOST = 300


def is_ready() -> bool:
    """Whether there is a gateway."""
    return bool(settings.SMS_URL and settings.SMS_KEY)


def send(to: str, text: str, *, key: str) -> None:
    """Hand one message to the gateway; by `key` it knows one that comes twice. Raises as `call`."""
    if not is_ready() or not is_phone(to):
        raise Refused("no gateway for short messages, or no number")
    gateway = Partner(code="gongzhi", secret=settings.SMS_KEY, url=settings.SMS_URL)
    said = call(
        gateway, "POST", "/messages", {"id": key, "to": to, "text": plain(text)[:TEXT_MOST]}
    )
    if said.get("code") not in (0, "0"):
        raise Refused(f"{said.get('code')} {said.get('message', '')}"[:300])
