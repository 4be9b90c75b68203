"""The app of the doors."""

from django.apps import AppConfig


class DoorsConfig(AppConfig):
    """Partners, entries and answers, and the folders of each door."""

    name = "gongzhi.doors"

    def ready(self) -> None:
        """Register what is owed to the other side of a door."""
        from gongzhi.doors import answers  # noqa: F401
