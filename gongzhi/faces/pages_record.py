"""The journal for auditors and stuck errands for administrators."""

from typing import Any

from django.contrib import messages as notices
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from gongzhi.access.requests import PersonRequest, staff_with
from gongzhi.access.roles import Can
from gongzhi.faces.record import asked_for, lines_of
from gongzhi.faces.words_record import event_word, event_words
from gongzhi.journal.actions import retry
from gongzhi.journal.models import Errand
from gongzhi.journal.record import stuck
from gongzhi.kernel.numbers import whole

ROWS = 50


@never_cache
@staff_with(Can.READ_RECORD)
@require_safe
def record(request: PersonRequest) -> HttpResponse:
    """What happened in the auditor's scope, newest first, fifty at a time by a cursor."""
    asked = request.GET
    found = asked_for(request.user, asked.dict())
    before = whole(asked.get("before", ""))
    if before is not None:
        found = found.filter(pk__lt=before)
    rows = list(found.select_related("by").order_by("-pk")[: ROWS + 1])
    kept = asked.copy()
    kept["before"] = str(rows[ROWS - 1].pk) if len(rows) > ROWS else ""
    context = {
        "lines": lines_of(rows[:ROWS]),
        "names": event_words(),
        "asked": asked,
        "older": kept.urlencode() if kept["before"] else "",
        "is_first": before is None,
    }
    return render(request, "faces/desk_record.html", context)


@never_cache
@staff_with(Can.MANAGE_ACCOUNTS)
@require_safe
def errands(request: PersonRequest) -> HttpResponse:
    """What failed too often to be tried again by itself, and what is still waiting."""
    waiting = Errand.objects.filter(done_at=None).exclude(pk__in=stuck().values("pk"))
    context: dict[str, Any] = {
        "errands": [
            (errand, event_word(errand.event.name))
            for errand in stuck().select_related("event").order_by("pk")[:200]
        ],
        "waiting": waiting.count(),
        "oldest": waiting.order_by("not_before").values_list("not_before", flat=True).first(),
    }
    return render(request, "faces/desk_errands.html", context)


@staff_with(Can.MANAGE_ACCOUNTS)
@require_POST
def retry_errand(request: PersonRequest, pk: int) -> HttpResponse:
    """Let one be tried again."""
    retry(by=request.user, errand=get_object_or_404(Errand, pk=pk), at=now())
    notices.success(request, _("已安排重试，几秒后刷新看结果。"))
    return redirect("desk:errands")
