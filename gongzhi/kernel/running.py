"""Commands that run until told to stop, and start only where it is safe to."""

import signal
import threading

from django.core.management.base import BaseCommand

from gongzhi.kernel import spans

START = "start"  # the tag of what must be true before the product may serve people


def refuse_unsafe_start(command: BaseCommand) -> None:
    """SystemCheckError with what to do, while a check under the tag START finds an error."""
    command.check(tags=[START], include_deployment_checks=True)


def begin(command: BaseCommand) -> threading.Event:
    """Refuse an unsafe start; else what SIGTERM and SIGINT set, to finish what is in hand first."""
    refuse_unsafe_start(command)
    spans.switch_on(command.__module__.rpartition(".")[2])
    stop = threading.Event()
    if threading.current_thread() is threading.main_thread():
        for sign in (signal.SIGTERM, signal.SIGINT):
            signal.signal(sign, lambda *_: stop.set())
    return stop
