"""The only place where disputes change."""

from gongzhi.disputes.actions.closing import follow_up, guide, resume, review, withdraw
from gongzhi.disputes.actions.opening import NewParty, add_party, agree_to_mediation, open_dispute
from gongzhi.disputes.actions.register import keep_mediator, reveal_party
from gongzhi.disputes.actions.settling import Signed, hold_session, settle
from gongzhi.disputes.actions.sorting import assign, rate_risk, sort

__all__ = [
    "NewParty",
    "Signed",
    "add_party",
    "agree_to_mediation",
    "assign",
    "follow_up",
    "guide",
    "hold_session",
    "keep_mediator",
    "open_dispute",
    "rate_risk",
    "resume",
    "reveal_party",
    "review",
    "settle",
    "sort",
    "withdraw",
]
