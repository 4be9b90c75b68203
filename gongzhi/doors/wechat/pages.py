"""What WeChat calls, and the pages its menus lead to."""

import secrets
from datetime import datetime
from typing import Any

from django.contrib import messages as notices
from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe
from wechatpy.replies import create_reply

from gongzhi.access.requests import PersonRequest, signed_in
from gongzhi.cases.models import Case
from gongzhi.cases.reporters import Reporter, refs_of, reporter_of, unlock
from gongzhi.doors import turned_away
from gongzhi.doors.outward import Refused, Unreachable
from gongzhi.doors.wechat import actions
from gongzhi.doors.wechat.agreed import Account, account
from gongzhi.doors.wechat.api import ask, oauth
from gongzhi.doors.wechat.envelope import Envelope, opened, proven, sealed
from gongzhi.doors.wechat.models import Follower
from gongzhi.doors.words import Door
from gongzhi.kernel.gather import Gather
from gongzhi.kernel.limits import within_limit
from gongzhi.kernel.refusals import NotPossible, Refusal

A_MINUTE = 60  # messages of one follower
STATE, FOLLOWER = "wechat_state", "wechat_follower"  # session keys
BACKEND = "django.contrib.auth.backends.ModelBackend"
PAGES = {
    "home": "faces:home",
    "report": "pocket:report",
    "mine": "pocket:mine",
    "bind": "wechat:bind",
}


def _mine() -> Account:
    mine = account()
    if mine is None:
        raise Http404
    return mine


def _hear(batch: Any) -> list[str]:
    return actions.hear_many(by=None, messages=list(batch), app_id=_mine().app_id, at=now())


# What arrives while one batch is written is the next batch: a crowd costs few transactions.
_crowd: Gather[actions.Message, str] = Gather(_hear)


@csrf_exempt  # authenticated by signature, never by a cookie
@require_http_methods(["GET", "POST"])
def callback(request: HttpRequest) -> HttpResponse:
    """Prove the address to WeChat, or take one message and answer it within five seconds."""
    mine, at = _mine(), now()
    try:
        if request.method == "GET":
            return HttpResponse(proven(request, mine, at), content_type="text/plain")
        envelope = opened(request, mine, at)
    except Refusal as refusal:
        turned_away.note(Door.WECHAT, refusal, at=at)
        kind = "text/plain; charset=utf-8"
        return HttpResponse(refusal.sentence, status=refusal.status, content_type=kind)
    text = _answer(envelope, at)
    if not text:
        return HttpResponse("success", content_type="text/plain")
    words = text[:600].replace("]]>", "]] >")  # wechatpy puts them into CDATA as they are
    reply = create_reply(words, message=envelope.message).render()
    return HttpResponse(sealed(reply, envelope, mine), content_type="application/xml")


def _answer(envelope: Envelope, at: datetime) -> str:
    """The reply; a refusal is one as well, since the follower reads it."""
    said = envelope.heard
    try:
        within_limit("wechat", said.openid, most=A_MINUTE, seconds=60, at=at)
        return _crowd.submit(said)
    except Refusal as refusal:
        turned_away.note(Door.WECHAT, refusal, external_id=said.number, at=at)
        return refusal.sentence


@never_cache
@require_safe
def go(request: HttpRequest, to: str) -> HttpResponse:
    """Where a menu leads: by WeChat, which says who it is, to the page."""
    mine = _mine()
    if to not in PAGES:
        raise Http404
    request.session[STATE] = {"state": secrets.token_urlsafe(16), "to": to}
    back = request.build_absolute_uri(reverse("wechat:enter"))
    flow = oauth(mine, back, request.session[STATE]["state"])
    return redirect(flow.authorize_url)


@never_cache
@require_safe
def enter(request: HttpRequest) -> HttpResponse:
    """Back from WeChat: this browser is the follower's device, and their account if it is bound."""
    mine, asked = _mine(), request.session.pop(STATE, {})
    code, state = request.GET.get("code", ""), request.GET.get("state", "")
    if not code or not asked or not secrets.compare_digest(state, str(asked.get("state"))):
        raise NotPossible(_("微信登录没有成功，请回到公众号，从菜单重新进入。"))
    try:
        openid = ask(lambda: oauth(mine, "", "").fetch_access_token(code[:200]))["openid"]
    except (Refused, Unreachable, KeyError) as error:
        raise NotPossible(_("微信登录没有成功，请回到公众号，从菜单重新进入。")) from error
    before = refs_of(request)
    device = reporter_of(request)
    token = device.token if not before else ""
    follower = actions.meet(by=None, openid=openid, app_id=mine.app_id, at=now(), token=token)
    for case in Case.objects.filter(reporter_ref__in=before).exclude(reporter_ref=follower.ref)[
        :50
    ]:
        unlock(request, case)  # what this browser reported before it was known
    person = None if request.user.is_authenticated else follower.person
    if person and person.is_active and person.is_resident_only:
        login(request, person, backend=BACKEND)
    request.session[FOLLOWER] = follower.pk
    response = redirect(PAGES[asked["to"]])
    Reporter(follower.ref, None, follower.token).remember(response)
    return response


@never_cache
@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def bind(request: PersonRequest) -> HttpResponse:
    """Let this WeChat enter as the signed-in resident from now on, or no longer."""
    _mine()
    follower = Follower.objects.filter(pk=request.session.get(FOLLOWER) or 0).first()
    if follower is None:
        raise NotPossible(_("请在微信里从公众号菜单进入，再绑定账号。"))
    if request.method == "POST" and request.POST.get("undo"):
        actions.unbind(by=request.user, follower=follower, at=now())
        notices.success(request, _("已解除绑定，以后从公众号进来要输账号和密码。"))
        return redirect("faces:me")
    if request.method == "POST":
        actions.bind(by=request.user, follower=follower, at=now())
        notices.success(request, _("微信已绑定，以后从公众号菜单进来就是您的账号。"))
        return redirect("faces:me")
    return render(request, "wechat/bind.html", {"bound": follower.person_id == request.user.pk})
