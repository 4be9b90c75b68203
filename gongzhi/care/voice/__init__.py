"""Automatic calls: one interface, a module per line; the simulator shows the call on screen."""

from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string

SIMULATOR = "gongzhi.care.voice.simulator.Simulator"


class Voice(Protocol):
    """A line that can call. The key pressed comes later, through care.actions.press."""

    def call(self, *, phone: str, words: str, ring: int) -> None:
        """Start a call. OSError when the line is down: the rung stays due and is tried again."""


def line() -> Voice:
    """The line of settings.VOICE, the simulator by default."""
    made: Voice = import_string(getattr(settings, "VOICE", SIMULATOR))()
    return made


def is_simulated() -> bool:
    """Whether calls are shown on the screen instead of being made."""
    return getattr(settings, "VOICE", SIMULATOR) == SIMULATOR
