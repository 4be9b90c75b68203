"""Where pages of a case lead to joint work about it: whistles; `{% load joint %}`."""

from dataclasses import dataclass

from django import template
from django.http import HttpRequest
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext as _

from gongzhi.access.checks import may
from gongzhi.access.models import Person
from gongzhi.access.roles import Can
from gongzhi.cases.models import Case
from gongzhi.whistles import reads as whistles
from gongzhi.whistles.models import Called, Whistle

register = template.Library()


@dataclass(frozen=True)
class Link:
    """One way on from a case."""

    label: str
    icon: str
    url: str


@register.simple_tag(takes_context=True)
def joint_links(context: template.Context, case: Case) -> list[Link]:
    """What is under way about the case elsewhere, and what its desk can begin."""
    request: HttpRequest = context["request"]
    person = request.user
    if not isinstance(person, Person):
        return []
    has_desk = may(person, Can.DISPATCH_CASES, within=case.desk)
    return [*_whistles(case, can_blow=has_desk and case.is_open)]


def _whistles(case: Case, *, can_blow: bool) -> list[Link]:
    last = Whistle.objects.filter(case=case).order_by("-pk").first()
    links = []
    if last is not None:
        label = _("吹哨召集（进行中）") if last.is_standing else _("上次召集")
        links.append(Link(label, "megaphone", reverse("whistles:show", args=[last.pk])))
    if can_blow and (last is None or not last.is_standing):
        url = reverse("whistles:blow", args=[case.pk])
        links.append(Link(_("吹哨召集单位到现场"), "megaphone", url))
    return links


@register.simple_tag(takes_context=True)
def joint_calls(context: template.Context) -> list[Called]:
    """Whistles that call the units of whoever is on their round and are not signed yet."""
    request: HttpRequest = context["request"]
    person = request.user
    if not isinstance(person, Person):
        return []
    return [
        called
        for called in whistles.called_of(person, at=now())
        if called.signed_at is None and called.whistle.is_standing
    ]
