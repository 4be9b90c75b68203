"""What the worker looks after again and again: deliveries, clocks that ran out, sweeping up."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

Look = Callable[[datetime], bool]
CHORES: dict[str, "Chore"] = {}
MOST_IN_A_ROW = 100  # of one chore, so that none keeps the others waiting

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Chore:
    """A look that does one thing if there is one to do and says whether it did.

    Several workers may look at the same time, so whatever a look does it must first claim, by a
    conditional UPDATE. It runs outside of any transaction: talking to others may take long.
    """

    name: str
    look: Look
    every: timedelta


def chore(name: str, *, every: timedelta) -> Callable[[Look], Look]:
    """Let the worker call the function `every` so often, and at once again while it had work."""

    def register(look: Look) -> Look:
        if name in CHORES:
            raise RuntimeError(f"two chores are called {name}")
        CHORES[name] = Chore(name, look, every)
        return look

    return register


@dataclass
class Round:
    """One worker's memory of when it looked after what."""

    chores: Mapping[str, Chore] = field(default_factory=lambda: CHORES)
    looked: dict[str, datetime] = field(default_factory=dict)

    def go(self, *, at: datetime) -> bool:
        """Look after every chore that is due. True when anything was done; a failure is logged."""
        done = False
        for name, chore in self.chores.items():
            # A clock that was set back must not keep a chore waiting until it has caught up.
            if name in self.looked and timedelta() <= at - self.looked[name] < chore.every:
                continue
            self.looked[name] = at
            done = self._look_after(chore, at) or done
        return done

    def _look_after(self, chore: Chore, at: datetime) -> bool:
        done = False
        try:
            for _ in range(MOST_IN_A_ROW):
                if not chore.look(at):
                    return done
                done = True
        except Exception:  # one failing chore must not stop the others
            log.exception("chore %s failed", chore.name)
        return done
