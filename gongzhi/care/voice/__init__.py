"""Automatic calls: one interface, a module per line; the simulator shows the call on screen."""

from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string


class Voice(Protocol):
    """A line that can call. The answer comes later, through care.actions.answer."""

    def call(self, *, phone: str, words: str, step: int) -> None:
        """Start a call (and send the SMS that goes with it). Raises when the line is down."""


def line() -> Voice:
    """The line of settings.VOICE, the simulator by default."""
    made: Voice = import_string(
        getattr(settings, "VOICE", "gongzhi.care.voice.simulator.Simulator")
    )()
    return made
