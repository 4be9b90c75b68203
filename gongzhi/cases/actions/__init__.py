"""The only place where cases change."""

from gongzhi.cases.actions.answer import join, rate, supplement
from gongzhi.cases.actions.assists import answer_assist, ask_assist, withdraw_assist
from gongzhi.cases.actions.contact import contact
from gongzhi.cases.actions.desks import send_down, send_up
from gongzhi.cases.actions.dispatch import classify, decline, dispatch, name_complained_of, place
from gongzhi.cases.actions.handle import (
    accept,
    approve,
    close,
    handle,
    return_to_sender,
    rework,
)
from gongzhi.cases.actions.matters import merge, split
from gongzhi.cases.actions.report import NewReport, report, report_many
from gongzhi.cases.actions.rulings import arbitrate
from gongzhi.cases.actions.supervise import answer_supervision, supervise
from gongzhi.cases.actions.timing import ask_extension, decide_extension, pause, resume

__all__ = [
    "NewReport",
    "accept",
    "answer_assist",
    "answer_supervision",
    "approve",
    "arbitrate",
    "ask_assist",
    "ask_extension",
    "classify",
    "close",
    "contact",
    "decide_extension",
    "decline",
    "dispatch",
    "handle",
    "join",
    "merge",
    "name_complained_of",
    "pause",
    "place",
    "rate",
    "report",
    "report_many",
    "resume",
    "return_to_sender",
    "rework",
    "send_down",
    "send_up",
    "split",
    "supervise",
    "supplement",
    "withdraw_assist",
]
