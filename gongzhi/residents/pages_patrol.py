"""居民查询 on a round: masked, for a reason, on record."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from gongzhi.access.requests import PersonRequest, staff_with
from gongzhi.access.roles import Can
from gongzhi.kernel.refusals import NotUnderstood, Refusal
from gongzhi.residents import actions
from gongzhi.residents.reads.personfile import lines_of
from gongzhi.residents.words import RevealGround


@never_cache
@staff_with(Can.SEE_REGISTER)
@require_http_methods(["GET", "HEAD", "POST"])
def look_up(request: PersonRequest) -> HttpResponse:
    """Question and reason are sent by POST, so that no name stays in the phone's history."""
    said = request.POST
    context: dict[str, object] = {
        "tab": "people",
        "grounds": RevealGround.choices,
        "q": said.get("q", "")[:60],
        "ground": said.get("ground", ""),
    }
    refusal: Refusal | None = None
    if request.method == "POST":
        try:
            if said.get("ground") not in RevealGround.values:
                raise NotUnderstood(_("请选择查询的理由。"), field="ground")
            found = actions.look_up(
                by=request.user,
                line=said.get("q", ""),
                ground=RevealGround(said["ground"]),
                at=now(),
            )
            context |= {"found": found, "lines": lines_of(found.people, now())}
        except NotUnderstood as error:
            refusal = error
            context["refusal"] = error
    status = refusal.status if refusal else 200
    return render(request, "residents/patrol/look_up.html", context, status=status)
