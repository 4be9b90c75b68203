"""The app of the doors."""

from django.apps import AppConfig


class DoorsConfig(AppConfig):
    """Partners, entries and answers, and the folders of each door."""

    name = "gongzhi.doors"

    def ready(self) -> None:
        """Register what is owed to other sides, what is watched, and how its alarms are worded."""
        from gongzhi.cases.reads import told
        from gongzhi.doors import answers, received, turned_away, undelivered, watch  # noqa: F401
        from gongzhi.doors.tables import ANSWER_LIST, DOOR_LIST, REFUSED_LIST
        from gongzhi.sheets.kinds import writes_out

        writes_out(DOOR_LIST, ANSWER_LIST, REFUSED_LIST)
        told.ELSEWHERE |= dict.fromkeys(("doors/stopped", "doors/resumed"), watch.worded)
        told.ELSEWHERE[undelivered.TEMPLATE] = undelivered.worded
