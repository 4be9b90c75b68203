"""Makes sure that reactions are known as soon as the product starts."""

from django.apps import AppConfig


class CasesConfig(AppConfig):
    """The app of case work."""

    name = "gongzhi.cases"

    def ready(self) -> None:
        """Register what follows from events, what is swept up and what is learned from."""
        from gongzhi.cases import chores, lessons, panels, reactions, rules, sweeping  # noqa: F401
        from gongzhi.cases.tables.afterwards import APPEAL_LIST, REFUSED_LIST, VISIT_LIST
        from gongzhi.cases.tables.cases import BEHIND_LIST, CASE_LIST
        from gongzhi.cases.tables.rates import RATE_LIST
        from gongzhi.catalogue.words import Grade
        from gongzhi.flows.actions import offers
        from gongzhi.flows.rules import Offer
        from gongzhi.sheets.kinds import writes_out

        states = {status: status in rules.ENDED for status in rules.TURN}
        writes_out(CASE_LIST, BEHIND_LIST, VISIT_LIST, APPEAL_LIST, REFUSED_LIST, RATE_LIST)
        offers(
            "case",
            Offer(
                states,
                rules.LEADS_TO,
                rules.CLOCKS_NEEDED,
                rules.BESIDE,
                rules.FORMS,
                dict(Grade.choices),
            ),
        )
