"""Makes the crossings known when the product starts."""

from django.apps import AppConfig


class CrossingsConfig(AppConfig):
    """Where one domain sets another in motion."""

    name = "gongzhi.crossings"

    def ready(self) -> None:
        """Register the reactions under their stored names."""
        from gongzhi.crossings import alarm_opens_case  # noqa: F401
