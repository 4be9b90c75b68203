"""Makes known what is looked after for devices."""

from django.apps import AppConfig


class SensingConfig(AppConfig):
    """Devices and what they say."""

    name = "gongzhi.sensing"

    def ready(self) -> None:
        """Register what the worker looks after, and the list that can be taken out."""
        from gongzhi.sensing import chores  # noqa: F401
        from gongzhi.sensing.tables import DEVICE_LIST
        from gongzhi.sheets.kinds import writes_out

        writes_out(DEVICE_LIST)
