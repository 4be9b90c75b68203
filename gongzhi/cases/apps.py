"""Makes sure that reactions are known as soon as the product starts."""

from django.apps import AppConfig


class CasesConfig(AppConfig):
    """The app of case work."""

    name = "gongzhi.cases"

    def ready(self) -> None:
        """Register what follows from events, and what is swept up."""
        from gongzhi.cases import reactions, sweeping  # noqa: F401
