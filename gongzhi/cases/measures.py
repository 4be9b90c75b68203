"""The rates by which handling is measured; exact fractions, pure, no database."""

from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True)
class Counts:
    """What was counted for one unit, item or month; answers of reporters, and cases by their end.

    `answered_*` are reporters who said yes or no to that question: who was not reached, or was not
    asked, counts neither way.
    """

    reported: int = 0
    declined: int = 0
    closed: int = 0
    answered_contacted: int = 0
    contacted: int = 0
    answered_solved: int = 0
    solved: int = 0
    answered_satisfied: int = 0
    satisfied: int = 0
    unreached: int = 0

    @property
    def closing(self) -> Fraction | None:
        """办结率: closed ÷ (reported − refused)."""
        return rate(self.closed, self.reported - self.declined)

    @property
    def response(self) -> Fraction | None:
        """响应率: contacted during handling ÷ those who answered that question."""
        return rate(self.contacted, self.answered_contacted)

    @property
    def solving(self) -> Fraction | None:
        """解决率."""
        return rate(self.solved, self.answered_solved)

    @property
    def satisfaction(self) -> Fraction | None:
        """满意率."""
        return rate(self.satisfied, self.answered_satisfied)


def rate(part: int, whole: int) -> Fraction | None:
    """The share as an exact fraction; None of nothing, for 0 of 0 is no rate."""
    return Fraction(part, whole) if whole > 0 else None


def percent(share: Fraction | None) -> str:
    """One decimal, rounded half up and never up to 100 % or down to 0 % unless it is: "99.9%"."""
    if share is None:
        return "—"
    tenths = int(share * 1000 + Fraction(1, 2))
    if share < 1:
        tenths = min(tenths, 999)
    if share > 0:
        tenths = max(tenths, 1)
    return f"{tenths // 10}.{tenths % 10}%"
