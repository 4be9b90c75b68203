"""Processes that end with the one that started them, however that one ends."""

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1


def end_with_parent(sign: signal.Signals, *, parent: int) -> None:
    """Ask the kernel to send `sign` to this process when `parent`, its parent, is no more.

    Linux only; elsewhere whoever kills a parent has to look after its children. A parent that was
    killed before we could ask is noticed by its number.
    """
    if sys.platform != "linux":
        return
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, sign)
    if os.getppid() != parent:
        os.kill(os.getpid(), sign)
