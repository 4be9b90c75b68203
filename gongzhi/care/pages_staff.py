"""Elders as the desk sees them: the board, one elder, an alert with its ladder."""

from collections.abc import Callable

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from gongzhi.access.models import Person
from gongzhi.access.requests import PersonRequest, staff_with
from gongzhi.access.roles import Can
from gongzhi.care import actions
from gongzhi.care.models import Alert, Elder
from gongzhi.care.pictures import picture
from gongzhi.care.reads import story
from gongzhi.care.reads.board import (
    asked_for,
    board,
    counts,
    guard_seen,
    lines,
    open_alerts,
    search_in,
)
from gongzhi.care.reads.rhythm import Rhythm, rhythm
from gongzhi.care.voice import is_simulated
from gongzhi.care.words import SAID, CloseCode, Mood, Outcome, RevealGround, Sensitivity, Tie, View
from gongzhi.kernel.refusals import NotUnderstood, Refusal

Page = Callable[..., HttpResponseBase]
ON_A_PAGE = 50


def guards(page: Page) -> Page:
    """A page for people who guard elders; nothing of it stays in a browser."""
    return never_cache(staff_with(Can.GUARD_ELDERS)(page))


@guards
@require_safe
def show_board(request: PersonRequest) -> HttpResponse:
    """Everyone who is guarded, the most worrying first; htmx asks for the middle part again."""
    at, asked = now(), request.GET.dict()
    found = asked_for(request.user, asked, at=at)
    page = Paginator(found, ON_A_PAGE).get_page(request.GET.get("page"))
    first = (page.number - 1) * ON_A_PAGE
    seen_at, on_duty = guard_seen(at=at)
    counted = counts(board(request.user, at=at))
    context = {
        "at": at,
        "mood": asked.get("mood", ""),
        "search": search_in(asked),
        "page": page,
        "lines": lines(found[first : first + ON_A_PAGE], at=at),
        "counts": counted,
        "tabs": [("", _("全部"), counted["all"])]
        + [(m.value, m.label, counted[m.value]) for m in Mood],
        "alerts": open_alerts(request.user).filter(is_notice=False)[:20],
        "seen_at": seen_at,
        "on_duty": on_duty,
        "simulated": is_simulated(),
    }
    fragment = request.headers.get("HX-Request") and request.headers.get("HX-Target") == "board"
    return render(
        request, "care/staff/_board.html" if fragment else "care/staff/board.html", context
    )


def elder_of(request: PersonRequest, pk: int) -> Elder:
    """The elder if the person guards there, else 404."""
    visible = Elder.objects.visible_to(request.user)
    loaded = visible.select_related("home__area", "home__building__estate", "standing")
    return get_object_or_404(loaded, pk=pk)


def alert_of(request: PersonRequest, pk: int) -> Alert:
    """The alert if the person guards there, else 404."""
    visible = Alert.objects.visible_to(request.user)
    loaded = visible.select_related(
        "elder__home__area", "elder__home__building__estate", "worker", "closed_by"
    )
    return get_object_or_404(loaded, pk=pk)


@guards
@require_safe
def show_elder(request: PersonRequest, pk: int) -> HttpResponse:
    """One elder: the rhythm as a picture, contacts, settings, absences, who looked."""
    elder = elder_of(request, pk)
    actions.note_view(by=request.user, elder=elder, what=View.ELDER, at=now())
    return elder_page(request, elder)


def elder_page(
    request: PersonRequest, elder: Elder, *, refusal: Refusal | None = None, **more: object
) -> HttpResponse:
    """The page of an elder, after whatever was done."""
    at = now()
    found = rhythm(elder, at=at)
    shown = board(request.user, at=at).filter(pk=elder.pk)
    line = next(iter(lines(shown, at=at)), None)
    context = {
        "at": at,
        "elder": elder,
        "line": line,
        "rhythm": found,
        "picture": picture(found, at=at),
        "hours": _hours(found),
        "contacts": list(elder.contacts.prefetch_related("links")),
        "changes": elder.changes.select_related("by")[:10],
        "absences": elder.absences.filter(ends_at__gt=at).order_by("begins_at"),
        "alerts": elder.alerts.select_related("worker", "closed_by").order_by("-raised_at")[:20],
        "devices": elder.home.devices.select_related("owner").order_by("kind", "serial"),
        "views": story.views_of(elder, 20),
        "record": story.changes_of(elder, 20),
        "sensitivities": Sensitivity.choices,
        "ties": Tie.choices,
        "grounds": RevealGround.choices,
        "refusal": refusal,
        **more,
    }
    status = refusal.status if refusal else 200
    return render(request, "care/staff/elder.html", context, status=status)


def _hours(found: Rhythm) -> list[tuple[int, float, float | None]]:
    """The table beside the picture: hour, usual share, hours allowed (None while unknown)."""
    line: list[float | None] = [*found.line] or [None] * 24
    return list(zip(range(24), found.usual, line, strict=True))


@guards
@require_safe
def show_alert(request: PersonRequest, pk: int) -> HttpResponse:
    """An alert: what it rests on, the ladder so far, what was told to whom, how it ended."""
    alert = alert_of(request, pk)
    polled = request.headers.get("HX-Target") == "ladder"
    if not polled:  # the page that asks itself again every few seconds is one look
        actions.note_view(
            by=request.user, elder=alert.elder, what=View.ALERT, at=now(), alert=alert
        )
    return alert_page(request, alert, fragment=polled)


def alert_page(
    request: PersonRequest,
    alert: Alert,
    *,
    refusal: Refusal | None = None,
    fragment: bool = False,
    **typed: object,
) -> HttpResponse:
    """The page of an alert, after whatever was done."""
    context = {
        "at": now(),
        "alert": alert,
        "elder": alert.elder,
        "steps": story.steps_of(alert),
        "texts": story.texts_of(alert),
        "told": story.told_of(alert),
        "events": story.record_of(alert),
        "codes": [(code.value, code.label) for code in SAID],
        "outcomes": [(o.value, o.label) for o in (Outcome.SAFE, Outcome.COMING, Outcome.NO_ANSWER)],
        "minute": settings.LADDER_MINUTE,
        "refusal": refusal,
        **typed,
    }
    template = "care/staff/_ladder.html" if fragment else "care/staff/alert.html"
    return render(request, template, context, status=refusal.status if refusal else 200)


@guards
@require_POST
def close_alert(request: PersonRequest, pk: int) -> HttpResponse:
    """Say what it was."""
    alert, note = alert_of(request, pk), request.POST.get("note", "")
    code = request.POST.get("code", "")
    try:
        end(request.user, alert, code, note)
    except NotUnderstood as refusal:
        return alert_page(request, alert_of(request, pk), refusal=refusal, code=code, note=note)
    messages.success(request, _("已结束，结果已记录。"))
    return redirect("elders:alert", pk=pk)


def end(person: Person, alert: Alert, code: str, note: str) -> None:
    """Close with one of the codes people may say."""
    if code not in {c.value for c in SAID}:
        raise NotUnderstood(_("请选择告警的实际情况。"), field="code")
    actions.close(by=person, alert=alert, code=CloseCode(code), note=note, at=now())


@guards
@require_POST
def answer_step(request: PersonRequest, pk: int, step: int) -> HttpResponse:
    """What somebody at the desk heard when they called themselves."""
    alert = alert_of(request, pk)
    found = get_object_or_404(alert.steps.select_related("alert__elder__home__area"), pk=step)
    outcome = request.POST.get("outcome", "")
    if outcome not in Outcome.values:
        raise NotUnderstood(_("请选择这通电话的结果。"))
    actions.answer(by=request.user, step=found, outcome=Outcome(outcome), at=now())
    return redirect("elders:alert", pk=pk)
