"""Signing in and out, choosing where to go, and answers to forms that went stale."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext as _

from gongzhi.access import signing_in
from gongzhi.access.checks import may, person_or_none
from gongzhi.access.models import Person
from gongzhi.access.requests import PersonRequest, signed_in
from gongzhi.access.roles import Can
from gongzhi.access.signing_in import Attempt
from gongzhi.cases.reporters import address_of
from gongzhi.kernel.refusals import NotAllowed


class SignIn(LoginView):
    """The sign-in page of everyone who has an account."""

    template_name = "faces/login.html"
    redirect_authenticated_user = True
    attempt: Attempt

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """TooMany (429) before the password is looked at, when too many were wrong."""
        username = request.POST.get("username", "").strip()[:150]
        self.attempt = Attempt(username, address_of(request), _known(request))
        self.attempt.begin(at=now())
        return super().post(request, *args, **kwargs)

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        """Let the browser remember that this account is at home in it."""
        self.attempt.succeed(at=now())
        response = super().form_valid(form)
        response.set_signed_cookie(
            signing_in.COOKIE,
            ".".join(self.attempt.remembered),
            salt=signing_in.COOKIE,
            max_age=signing_in.COOKIE_AGE,
            path=reverse("faces:login"),
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
        return response


def _known(request: HttpRequest) -> Sequence[str]:
    kept = request.get_signed_cookie(
        signing_in.COOKIE, default="", salt=signing_in.COOKIE, max_age=signing_in.COOKIE_AGE
    )
    return (kept or "").split(".")


@signed_in
def start(request: PersonRequest) -> HttpResponse:
    """Send each to their own face: desk, round, command screen or the residents' home."""
    return redirect(face_of(request.user))


def face_of(person: Person) -> str:
    """The address of the face a person works in."""
    if may(person, Can.DISPATCH_CASES, within=None):
        return reverse("staff:inbox")
    if may(person, Can.WORK_CASES, within=None):
        return reverse("patrol:work")
    if may(person, Can.WATCH_WALL, within=None):
        return reverse("wall:screen")
    if may(person, Can.SEE_CASES, within=None):
        return reverse("staff:inbox")
    if may(person, Can.MANAGE_CONTENT, within=None):
        return reverse("desk:catalogue")
    return reverse("faces:home")


def stale_form(request: HttpRequest, reason: str = "") -> HttpResponse:
    """What somebody sees whose form is too old to be trusted (CSRF); their words are not lost."""
    sentence = _("页面停留太久，为了安全没有提交。请返回上一页，刷新后再提交一次，您写的内容还在。")
    return render(
        request,
        "faces/refusal.html",
        {"refusal": NotAllowed(sentence), "person": person_or_none(request.user)},
        status=403,
    )
