"""The app of the web hooks."""

from django.apps import AppConfig


class WebhookConfig(AppConfig):
    """Matters and sightings of other platforms, and the news they subscribe to."""

    name = "gongzhi.doors.webhook"

    def ready(self) -> None:
        """Register what is sent back."""
        from gongzhi.doors.webhook import sending  # noqa: F401
