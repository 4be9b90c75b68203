"""A signature as it comes from a canvas or a camera, made anew as a small clean JPEG."""

import base64
import binascii
import io
from typing import IO, Any

from django.utils.translation import gettext as _

from gongzhi.cases.pictures import remake
from gongzhi.kernel.refusals import NotUnderstood

HEAD = "data:image/png;base64,"
DRAWN_MOST = 300_000  # characters of a drawn signature


def drawn(data_url: str) -> str:
    """What was drawn on the canvas, as base64 of a JPEG. NotUnderstood for anything else."""
    if not data_url.startswith(HEAD) or len(data_url) > DRAWN_MOST:
        raise _unreadable()
    try:
        content = base64.b64decode(data_url.removeprefix(HEAD), validate=True)
    except (binascii.Error, ValueError) as error:
        raise _unreadable() from error
    return photographed(io.BytesIO(content))


def photographed(upload: IO[Any]) -> str:
    """A photo of the signed page, as base64 of a JPEG without anything but its pixels."""
    return base64.b64encode(remake(upload).full).decode()


def _unreadable() -> NotUnderstood:
    return NotUnderstood(_("签名没有收到，请重新签一次，或拍下签字页上传。"), field="signature")
