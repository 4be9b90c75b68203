"""Requests whose user is known to be a person of ours, so that pages need no casts."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _

from gongzhi.access.checks import may
from gongzhi.access.models import Person
from gongzhi.access.roles import Can
from gongzhi.kernel.refusals import NotAllowed

Page = Callable[..., HttpResponseBase]


class PersonRequest(HttpRequest):
    """A request of somebody who has signed in."""

    user: Person


def signed_in(page: Page) -> Page:
    """Send strangers to the sign-in page; htmx is told to go there as a whole page."""

    @wraps(page)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            to_login = redirect_to_login(request.get_full_path())
            if request.headers.get("HX-Request"):
                return HttpResponse(status=401, headers={"HX-Redirect": to_login.url})
            return to_login
        return page(request, *args, **kwargs)

    return guarded


def staff_with(*abilities: Can) -> Callable[[Page], Page]:
    """For pages of people who may do one of these things somewhere; NotAllowed for others."""

    def mark(page: Page) -> Page:
        @wraps(page)
        def guarded(request: PersonRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not any(may(request.user, can, within=None) for can in abilities):
                raise NotAllowed(_("这个页面不属于您的岗位，请返回首页。"))
            return page(request, *args, **kwargs)

        return signed_in(guarded)

    return mark
