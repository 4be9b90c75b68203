"""The app that holds the product together."""

from django.apps import AppConfig


class ProjectConfig(AppConfig):
    """Registers the checks that a start must pass."""

    name = "gongzhi.project"

    def ready(self) -> None:
        """Make the checks known to Django."""
        from gongzhi.project import checks  # noqa: F401
