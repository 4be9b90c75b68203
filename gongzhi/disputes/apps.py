"""Makes the six-step method known when the product starts."""

from django.apps import AppConfig


class DisputesConfig(AppConfig):
    """Quarrels and their mediators."""

    name = "gongzhi.disputes"

    def ready(self) -> None:
        """Register what flows may ask for, what follows from events and how it is told."""
        from gongzhi.cases.actions import evidence
        from gongzhi.cases.reads import told
        from gongzhi.disputes import chores, reactions, reads, rules  # noqa: F401
        from gongzhi.disputes.tables import DISPUTE_LIST, MEDIATOR_LIST
        from gongzhi.disputes.words import Risk, Status
        from gongzhi.flows.actions import offers
        from gongzhi.flows.rules import Offer
        from gongzhi.sheets.kinds import writes_out

        states = {status: status in rules.ENDED for status in Status.values}
        risks = dict(Risk.choices)
        offers("dispute", Offer(states, rules.LEADS_TO, forms=rules.FORMS, grades=risks))
        writes_out(DISPUTE_LIST, MEDIATOR_LIST)
        evidence.ON_FILE.append(reads.shown_for)
        for template in ("opened", "to_review", "for_you", "follow_up"):
            told.ELSEWHERE[f"disputes/{template}"] = reactions.worded
