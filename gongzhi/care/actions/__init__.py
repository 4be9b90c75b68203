"""The verbs of the guard."""

from gongzhi.care.actions.alerts import (
    accept,
    answer,
    arrive,
    close,
    due_steps,
    hear_again,
    raise_alert,
    take_step,
)
from gongzhi.care.actions.enrolment import (
    add_contact,
    begin_absence,
    end_absence,
    enrol,
    set_sensitivity,
    withdraw,
)

__all__ = [
    "accept",
    "add_contact",
    "answer",
    "arrive",
    "begin_absence",
    "close",
    "due_steps",
    "end_absence",
    "enrol",
    "hear_again",
    "raise_alert",
    "set_sensitivity",
    "take_step",
    "withdraw",
]
