"""The app of the hotline."""

from django.apps import AppConfig


class HotlineConfig(AppConfig):
    """Orders of the city's hotline and what is owed to it."""

    name = "gongzhi.doors.hotline"

    def ready(self) -> None:
        """Register what is fetched, what is sent back, and who hears of an order."""
        from gongzhi.cases.reads import told, tracking
        from gongzhi.doors.hotline import drops, fetching, reactions, sending  # noqa: F401
        from gongzhi.doors.hotline.tables import ORDER_LIST, WEEK_LIST
        from gongzhi.doors.hotline.words import STEPS
        from gongzhi.sheets.kinds import writes_out

        told.PAGES["doors/hotline_copy"] = "staff:case"
        tracking.ELSEWHERE |= STEPS
        writes_out(ORDER_LIST, WEEK_LIST)
