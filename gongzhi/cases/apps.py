"""Makes sure that reactions are known as soon as the product starts."""

from django.apps import AppConfig


class CasesConfig(AppConfig):
    """The app of case work."""

    name = "gongzhi.cases"

    def ready(self) -> None:
        """Register what follows from events, what is swept up and what is learned from."""
        from gongzhi.cases import chores, lessons, reactions, rules, sweeping  # noqa: F401
        from gongzhi.flows.actions import offers

        offers(*rules.MOVES)
