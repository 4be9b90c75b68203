"""The app of the printed codes."""

from django.apps import AppConfig


class QrConfig(AppConfig):
    """Codes on estates, buildings, lifts and lamp posts."""

    name = "gongzhi.doors.qr"

    def ready(self) -> None:
        """Register who notes that a report came by a code."""
        from gongzhi.doors.qr import reactions  # noqa: F401
