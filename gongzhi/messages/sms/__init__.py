"""Short messages to people without an account: one interface, a module per provider."""

from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string


class Sms(Protocol):
    """A provider that can send a short message."""

    def send(self, *, phone: str, words: str) -> None:
        """Hand the message over. OSError when the provider cannot be reached: it is tried again."""


def provider() -> Sms:
    """The provider of settings.SMS, the simulator by default."""
    made: Sms = import_string(
        getattr(settings, "SMS", "gongzhi.messages.sms.simulator.Simulator")
    )()
    return made


def is_simulated() -> bool:
    """Whether short messages are shown on the screen instead of being sent."""
    return str(getattr(settings, "SMS", "simulator")).endswith(("simulator", "Simulator"))
