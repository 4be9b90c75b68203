"""The only place where cases change."""

from gongzhi.cases.actions.answer import join, rate, supplement
from gongzhi.cases.actions.dispatch import classify, decline, dispatch, place
from gongzhi.cases.actions.handle import (
    accept,
    approve,
    close,
    handle,
    return_to_sender,
    rework,
)
from gongzhi.cases.actions.report import NewReport, report, report_many

__all__ = [
    "NewReport",
    "accept",
    "approve",
    "classify",
    "close",
    "decline",
    "dispatch",
    "handle",
    "join",
    "place",
    "rate",
    "report",
    "report_many",
    "return_to_sender",
    "rework",
    "supplement",
]
