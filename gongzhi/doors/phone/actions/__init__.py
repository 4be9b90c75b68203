"""What is done with calls and orders."""

from gongzhi.doors.phone.actions.callbacks import promise, take_on, tell_outcome
from gongzhi.doors.phone.actions.calls import (
    Told,
    add_to_case,
    conclude,
    note_many,
    sit_down,
    take_down,
)
from gongzhi.doors.phone.actions.orders import (
    Wish,
    cancel_order,
    finish_order,
    place_order,
    rate_order,
    stop_provider,
    vet_provider,
)

__all__ = [
    "Told",
    "Wish",
    "add_to_case",
    "cancel_order",
    "conclude",
    "finish_order",
    "note_many",
    "place_order",
    "promise",
    "rate_order",
    "sit_down",
    "stop_provider",
    "take_down",
    "take_on",
    "tell_outcome",
    "vet_provider",
]
