"""What visit rounds add to a person's page: when somebody was at their door, what came of it."""

from datetime import datetime

from django.utils.translation import gettext as _

from gongzhi.access.models import Person
from gongzhi.residents.models import Resident
from gongzhi.residents.panels import Panel, PanelLine, adds_panel
from gongzhi.visits.models import Stop

MOST = 8


@adds_panel("visits")
def visits_at_home(viewer: Person, resident: Resident, at: datetime) -> Panel | None:
    """Rounds that called at the person's home, newest first; None where there is no home."""
    if resident.home_id is None:
        return None
    found = Stop.objects.visible_to(viewer).filter(dwelling=resident.home_id)
    lines = [
        PanelLine(
            text=stop.round.title,
            at=stop.done_at or stop.tried_at or stop.round.begun_at,
            status=str(stop.get_outcome_display()) if stop.outcome else _("待走访"),
            css="done" if stop.done_at else "todo",
        )
        for stop in found.select_related("round").order_by("-pk")[:MOST]
    ]
    return Panel("visits", _("走访"), "footprints", lines, _("还没有安排过走访。"))
