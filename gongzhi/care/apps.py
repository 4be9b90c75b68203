"""Makes the reactions known when the product starts."""

from django.apps import AppConfig


class CareConfig(AppConfig):
    """The lone-elder guard."""

    name = "gongzhi.care"

    def ready(self) -> None:
        """Register the reactions under their stored names, and what the worker looks after."""
        from gongzhi.care import chores, reactions  # noqa: F401
        from gongzhi.care.tables import ELDER_LIST
        from gongzhi.sheets.kinds import writes_out

        writes_out(ELDER_LIST)
