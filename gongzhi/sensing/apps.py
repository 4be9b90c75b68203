"""Makes known what is looked after for devices."""

from django.apps import AppConfig


class SensingConfig(AppConfig):
    """Devices and what they say."""

    name = "gongzhi.sensing"

    def ready(self) -> None:
        """Register what the worker looks after."""
        from gongzhi.sensing import chores  # noqa: F401
