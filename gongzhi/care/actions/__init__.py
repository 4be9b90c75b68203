"""The verbs of the guard."""

from gongzhi.care.actions.alerts import accept, arrive, close, hear_again, raise_alert
from gongzhi.care.actions.calls import answer, due_steps, press, ring_out, take_step, unanswered
from gongzhi.care.actions.contacts import (
    add_contact,
    call_first,
    make_link,
    remove_contact,
    revoke_link,
)
from gongzhi.care.actions.enrolment import (
    begin_absence,
    end_absence,
    enrol,
    set_family_consent,
    set_sensitivity,
    withdraw,
)
from gongzhi.care.actions.views import note_family_view, note_view, reveal, show_address

__all__ = [
    "accept",
    "add_contact",
    "answer",
    "arrive",
    "begin_absence",
    "call_first",
    "close",
    "due_steps",
    "end_absence",
    "enrol",
    "hear_again",
    "make_link",
    "note_family_view",
    "note_view",
    "press",
    "raise_alert",
    "remove_contact",
    "reveal",
    "revoke_link",
    "ring_out",
    "set_family_consent",
    "set_sensitivity",
    "show_address",
    "take_step",
    "unanswered",
    "withdraw",
]
