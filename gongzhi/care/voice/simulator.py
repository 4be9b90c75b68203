"""A line that calls nobody: the calls are kept in memory for the screen and for tests."""

from collections import deque
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Called:
    """One call that would have been made; `step` leads to who was called."""

    step: int
    words: str


CALLS: deque[Called] = deque(maxlen=1000)


class Simulator:
    """Keeps the last thousand calls, without the numbers."""

    def call(self, *, phone: str, words: str, step: int) -> None:
        """Note that the call was made; nothing leaves this machine."""
        CALLS.append(Called(step, words))
