"""Makes the chores of the numbers known when the product starts."""

from django.apps import AppConfig


class InsightConfig(AppConfig):
    """The app of numbers over long spans."""

    name = "gongzhi.insight"

    def ready(self) -> None:
        """Register what follows the journal."""
        from gongzhi.insight import reactions  # noqa: F401
