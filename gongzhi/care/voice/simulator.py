"""A line that calls nobody: open calls lie in the record, where a page shows them ringing."""

from collections import deque
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Called:
    """One call that would have been made; `ring` leads to who was called."""

    ring: int
    words: str


CALLS: deque[Called] = deque(maxlen=1000)


class Simulator:
    """Keeps the last thousand calls of this process, without the numbers."""

    def call(self, *, phone: str, words: str, ring: int) -> None:
        """Note that the call was made; nothing leaves this machine."""
        CALLS.append(Called(ring, words))
