"""Where pages of a case lead to joint work about it: whistles and mediation; `{% load joint %}`."""

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
from gongzhi.disputes.models import Dispute
from gongzhi.visits.reads import to_visit
from gongzhi.whistles import reads as whistles
from gongzhi.whistles.models import Called, Whistle

register = template.Library()
QUARRELS = "04"  # class of the catalogue: 矛盾纠纷


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
    begins = has_desk and case.is_open
    return [*_whistles(case, can_blow=begins), *_disputes(case, person, can_open=begins)]


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


def _disputes(case: Case, person: Person, *, can_open: bool) -> list[Link]:
    known = Dispute.objects.filter(case=case).first()
    if known is not None:
        visible = Dispute.objects.visible_to(person).filter(pk=known.pk).exists()
        url = reverse("disputes:show", args=[known.pk])
        return [Link(_("矛盾调解案卷"), "scale", url)] if visible else []
    quarrel = case.item is not None and case.item.code.startswith(QUARRELS)
    if can_open and quarrel:
        return [Link(_("转为矛盾调解"), "scale", reverse("disputes:from_case", args=[case.pk]))]
    return []


@register.simple_tag(takes_context=True)
def joint_mediations(context: template.Context) -> int:
    """How many disputes whoever is on their round has to mediate or look at again."""
    person = context["request"].user
    if not isinstance(person, Person):
        return 0
    return Dispute.objects.open().filter(mediator=person).count()


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


@register.simple_tag(takes_context=True)
def joint_visits(context: template.Context) -> int:
    """How many homes the person should still visit."""
    person = context["request"].user
    return to_visit(person).count() if isinstance(person, Person) else 0
