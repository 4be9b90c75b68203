"""The verbs of devices."""

from gongzhi.sensing.actions.health import judge_health
from gongzhi.sensing.actions.intake import Taken, take_readings
from gongzhi.sensing.actions.register import (
    fingerprint,
    keep_up_device,
    register_device,
    register_gateway,
    register_home,
    renew_secret,
    shut_out,
)

__all__ = [
    "Taken",
    "fingerprint",
    "judge_health",
    "keep_up_device",
    "register_device",
    "register_gateway",
    "register_home",
    "renew_secret",
    "shut_out",
    "take_readings",
]
