"""The residents' pages that join several domains: home, my grid, what can be reported, messages."""

from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from gongzhi.access.checks import may, person_or_none
from gongzhi.access.requests import PersonRequest, signed_in
from gongzhi.access.roles import Can
from gongzhi.cases.reads import known, told, tracking
from gongzhi.cases.reporters import refs_of
from gongzhi.catalogue.models import ItemClass
from gongzhi.faces import neighbourhood
from gongzhi.faces.pages import face_of
from gongzhi.kernel.numbers import whole
from gongzhi.messages.actions import mark_read
from gongzhi.messages.models import Message
from gongzhi.messages.reads import unread_of
from gongzhi.places import reads as places
from gongzhi.places.coordinates import to_wgs84
from gongzhi.places.models import Area, Estate

A_YEAR = 365 * 24 * 3600


@never_cache
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Where I am, the two large buttons, what works here, my cases, what was solved lately."""
    person = person_or_none(request.user)
    around = neighbourhood.around(request)
    refs = refs_of(request)
    mine = tracking.my_cases(refs) if refs else tracking.my_cases(["none"])[:0]
    under = around.community.path if around and around.community else "/"
    return render(
        request,
        "faces/pocket_home.html",
        {
            "tab": "home",
            "around": around,
            "district": neighbourhood.district_name(),
            "call": around.phone if around else settings.HELPLINE,
            "mine": mine[:3],
            "mine_count": mine.count() if refs else 0,
            "refs": refs,
            "solved": known.solved(under=under, at=now(), most=4),
            "unread": unread_of(person),
            "works_here": person is not None and not person.is_resident_only,
        },
    )


@require_safe
def elder(request: HttpRequest, turn: str) -> HttpResponse:
    """Turn the elder mode on or off on this device and come back."""
    back = request.GET.get("next", "/")
    if not url_has_allowed_host_and_scheme(back, {request.get_host()}):
        back = "/"
    response = redirect(back)
    if turn == "on":  # scripts turn it too, without losing what was typed: so not HttpOnly
        response.set_cookie(
            "elder", "1", max_age=A_YEAR, samesite="Lax", secure=settings.SECURE_COOKIES
        )
    else:
        response.delete_cookie("elder", samesite="Lax")
    return response


@never_cache
@require_safe
def me(request: HttpRequest) -> HttpResponse:
    """Who I am here, my messages, the switches, the way out."""
    person = person_or_none(request.user)
    works = person is not None and not person.is_resident_only
    return render(
        request,
        "faces/me.html",
        {
            "tab": "me",
            "layout": _layout(request),
            "person": person,
            "works": works,
            "face": face_of(person) if person and works else "",
            "unread": unread_of(person),
        },
    )


@never_cache
@signed_in
def messages(request: PersonRequest) -> HttpResponse:
    """What I was told, newest first; opening the page marks it read."""
    mine = Message.objects.filter(to=request.user).order_by("-told_at", "-pk")
    page = Paginator(mine, 20).get_page(request.GET.get("page"))
    listed = list(page.object_list)
    news = told.worded(listed)
    mark_read(by=request.user, messages=listed, at=now())
    return render(
        request,
        "faces/messages.html",
        {"tab": "me", "layout": _layout(request), "news": news, "page": page},
    )


@require_safe
def matters(request: HttpRequest) -> HttpResponse:
    """What can be reported, and how long each may take: the catalogue, open to everybody."""
    classes = ItemClass.objects.filter(edition__active=True).prefetch_related("items")
    return render(request, "faces/matters.html", {"classes": classes})


@require_safe
def grid(request: HttpRequest) -> HttpResponse:
    """Find the grid of an estate or of a position, and who looks after it."""
    area, problem = _asked_for(request)
    estates = Estate.objects.select_related("area").order_by("area__code", "name")
    response = render(
        request,
        "faces/grid.html",
        {
            "estates": estates,
            "chosen": request.GET.get("estate", ""),
            "found": neighbourhood.of(area) if area else None,
            "problem": problem,
        },
        status=422 if problem else 200,
    )
    if area:
        response.set_cookie(
            neighbourhood.COOKIE,
            area.code,
            max_age=A_YEAR,
            httponly=True,
            samesite="Lax",
            secure=settings.SECURE_COOKIES,
        )
    return response


def _asked_for(request: HttpRequest) -> tuple[Area | None, str]:
    """The area asked for, or what is wrong with the question; neither when nothing was asked."""
    asked = request.GET
    if estate := asked.get("estate", ""):
        known = Estate.objects.filter(pk=whole(estate) or 0)
        if not (place := known.first()):
            return None, _("没有找到这个小区，请重新选择。")
        return places.area_at(place.lng, place.lat) or place.area, ""
    if not asked.get("lng"):
        return None, ""
    try:
        lng, lat = to_wgs84(float(asked["lng"]), float(asked.get("lat", "")))
    except ValueError:
        return None, _("没有拿到有效的位置，请选择小区。")
    area = places.area_at(lng, lat)
    return area, "" if area else _("您现在的位置不在本区，请选择小区。")


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """What is kept about a reporter, why, for whom, how long; and their rights."""
    return render(request, "faces/privacy.html")


def _layout(request: HttpRequest) -> str:
    """Grid workers and units stay in their own face on shared pages."""
    person = person_or_none(request.user)
    works = person is not None and may(person, Can.WORK_CASES, within=None)
    return "faces/patrol.html" if works else "faces/pocket.html"
