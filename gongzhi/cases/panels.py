"""What cases add to pages of the register: what people reported, what was wrong with a thing."""

from datetime import datetime

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from gongzhi.access.checks import may
from gongzhi.access.models import Person
from gongzhi.access.roles import Can
from gongzhi.cases.models import Case
from gongzhi.cases.reads.components import cases_about
from gongzhi.cases.reads.maps import COLOURS
from gongzhi.cases.words import Status
from gongzhi.places.models import Component
from gongzhi.residents.models import AccountLink, Resident
from gongzhi.residents.panels import Panel, PanelLine, adds_component_panel, adds_panel

MOST = 8


@adds_panel("cases")
def cases_of(viewer: Person, resident: Resident, at: datetime) -> Panel | None:
    """Cases reported from the person's own account, and cases at their very address.

    Only those the viewer may see; None for whoever may see no cases at all.
    """
    if not may(viewer, Can.SEE_CASES, within=None):
        return None
    link = AccountLink.objects.filter(resident=resident).first()
    about = Q(reported_by=link.account_id) if link else Q(pk__in=[])
    if resident.home_id and resident.address:
        about |= Q(address__startswith=resident.address)
    found = Case.objects.visible_to(viewer).filter(about).order_by("-reported_at")
    return Panel(
        "cases", _("事件"), "inbox", _lines(found), _("没有本人上报的事件，住址也没有发生过事件。")
    )


@adds_component_panel("cases")
def cases_of_component(viewer: Person, component: Component, at: datetime) -> Panel | None:
    """Cases about the component; only those the viewer may see."""
    if not may(viewer, Can.SEE_CASES, within=None):
        return None
    found = cases_about(component, viewer)
    return Panel("cases", _("与它有关的事件"), "inbox", _lines(found), _("还没有人反映过它。"))


def _lines(found: QuerySet[Case]) -> list[PanelLine]:
    return [
        PanelLine(
            text=case.title,
            url=reverse("staff:case", args=[case.pk]),
            at=case.reported_at,
            status=str(Status(case.status).label),
            css=COLOURS.get(Status(case.status), "done"),
        )
        for case in found.only("pk", "title", "status", "reported_at")[:MOST]
    ]
