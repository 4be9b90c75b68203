"""Makes reactions, messages, the panel and the way to begin a round known at the start."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class VisitsConfig(AppConfig):
    """Homes visited by grid."""

    name = "gongzhi.visits"

    def ready(self) -> None:
        """Register what follows from events, how it is told, and the button beside lists."""
        from gongzhi.access.roles import Can
        from gongzhi.cases.reads import told
        from gongzhi.residents.starting import STARTS, Start
        from gongzhi.sheets.kinds import writes_out
        from gongzhi.visits import panels, reactions  # noqa: F401 - panels add themselves
        from gongzhi.visits.tables import ROUND_LIST, STOP_LIST

        STARTS.append(Start(_("布置走访"), "footprints", "visits:begin", Can.ARRANGE_VISITS))
        writes_out(ROUND_LIST, STOP_LIST)
        for template in ("begun", "finished"):
            told.ELSEWHERE[f"visits/{template}"] = reactions.worded
