"""Makes sure that tables are looked after as soon as the product starts."""

from django.apps import AppConfig


class SheetsConfig(AppConfig):
    """The app of tables."""

    name = "gongzhi.sheets"

    def ready(self) -> None:
        """Register what the worker looks after."""
        from gongzhi.sheets import chores  # noqa: F401
        from gongzhi.sheets.kinds import writes_out
        from gongzhi.sheets.tables import LEDGER_LIST

        writes_out(LEDGER_LIST)
