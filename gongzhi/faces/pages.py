"""Signing in and out, choosing where to go, and answers to forms that went stale."""

from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from gongzhi.access.checks import may, person_or_none
from gongzhi.access.models import Person
from gongzhi.access.requests import PersonRequest, signed_in
from gongzhi.access.roles import Can
from gongzhi.kernel.refusals import NotAllowed


class SignIn(LoginView):
    """The sign-in page of everyone who has an account."""

    template_name = "faces/login.html"
    redirect_authenticated_user = True


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
