"""A person's own copy of what is kept about them, as a file."""

import json

from django.http import HttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from gongzhi.residents.models import Resident


def as_file(content: object, one: Resident) -> HttpResponse:
    """A person's own copy as a JSON file that also people can read."""
    text = json.dumps(content, ensure_ascii=False, indent=2)
    response = HttpResponse(text, content_type="application/json; charset=utf-8")
    name = _("%(name)s_本人信息") % {"name": one.name}
    response["Content-Disposition"] = content_disposition_header(
        as_attachment=True, filename=f"{name}.json"
    )
    return response
