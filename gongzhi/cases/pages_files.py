"""Photos and voice notes, shown only to those who may see the case they belong to."""

import re

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from gongzhi.access.checks import person_or_none
from gongzhi.cases import files
from gongzhi.cases.models import Attachment, Case
from gongzhi.cases.reporters import owns

RANGE = re.compile(r"bytes=(\d{0,12})-(\d{0,12})")
AN_HOUR = "private, max-age=3600"  # a file never changes, but who may see it does
ENDINGS = {"image/jpeg": "jpg", "audio/mpeg": "mp3", "audio/mp4": "m4a"}


@require_safe
def show(request: HttpRequest, token: str, size: str) -> HttpResponse:
    """One file; 404 for strangers to its case, as if there were none."""
    attachment = get_object_or_404(Attachment.objects.select_related("case"), token=token)
    if not may_see(request, attachment.case):
        raise Http404
    try:
        with files.open_file(token, size) as opened:
            response = _part(request, opened.read())  # at most a few megabytes
    except FileNotFoundError as error:
        raise Http404 from error
    ending = ENDINGS.get(attachment.media_type, attachment.media_type.rpartition("/")[2])
    response["Content-Type"] = attachment.media_type
    response["Content-Disposition"] = f'inline; filename="{attachment.pk}.{ending}"'
    response["Cache-Control"] = AN_HOUR
    response["X-Content-Type-Options"] = "nosniff"
    return response


def may_see(request: HttpRequest, case: Case) -> bool:
    """Whether the request comes from the case's reporter or from staff who may see the case."""
    if owns(request, case):
        return True
    person = person_or_none(request.user)
    return person is not None and Case.objects.visible_to(person).filter(pk=case.pk).exists()


def _part(request: HttpRequest, content: bytes) -> HttpResponse:
    """The whole, or the one part asked for: iPhones play no sound that cannot be asked for so."""
    asked = RANGE.fullmatch(request.headers.get("Range", ""))
    if asked is None or asked.groups() == ("", ""):
        return HttpResponse(content, headers={"Accept-Ranges": "bytes"})
    size = len(content)
    first, last = asked.groups()
    if first:
        begin, end = int(first), min(int(last or size), size - 1)
    else:  # "-500": the last 500 bytes
        begin, end = max(size - int(last), 0), size - 1
    if begin > end:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    span = {"Content-Range": f"bytes {begin}-{end}/{size}", "Accept-Ranges": "bytes"}
    return HttpResponse(content[begin : end + 1], status=206, headers=span)
