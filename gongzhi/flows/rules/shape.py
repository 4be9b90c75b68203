"""A flow: where a matter may stand, what leads on, what each step asks for, which clocks run."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from gongzhi.flows.rules.asks import Ask


@dataclass(frozen=True)
class State:
    """Where a matter may stand, and whose turn it is there."""

    code: str
    name: str
    turn: str

    @property
    def is_end(self) -> bool:
        """Whether nothing is owed any more."""
        return self.turn == "nobody"


@dataclass(frozen=True)
class Move:
    """A verb that takes a matter from some states to one, by those who hold an ability.

    `needs` must be given to take the step; `takes` is what its form offers beside; `asks` are
    further fields of its form. A step that `reopens` may leave an end.
    """

    verb: str
    name: str
    before: tuple[str, ...]
    after: str
    who: str
    needs: tuple[str, ...] = ()
    takes: tuple[str, ...] = ()
    reopens: bool = False
    asks: tuple[Ask, ...] = ()


Limits = Mapping[str, tuple[int, str]]  # grade → amount and unit


@dataclass(frozen=True)
class Watch:
    """A clock of the flow: runs while the matter is in one of `during`; limits by grade.

    `until` are steps that stop it for good; `levels` are other limits at some levels.
    """

    code: str
    name: str
    during: tuple[str, ...]
    limits: Limits
    until: tuple[str, ...] = ()
    levels: Mapping[str, Limits] = field(default_factory=dict)

    def limit(self, grade: str, level: str = "") -> tuple[int, str]:
        """The limit for a matter of that grade at that level; the strictest when none is named."""
        limits = self.levels.get(level, self.limits)
        return limits.get(grade) or next(iter(limits.values()))


@dataclass(frozen=True)
class Flow:
    """A whole flow; `states[0]` is where a matter starts."""

    code: str
    name: str
    states: tuple[State, ...]
    moves: tuple[Move, ...]
    clocks: tuple[Watch, ...] = ()
    kind: str = "case"

    @property
    def start(self) -> str:
        """The state in which a matter begins."""
        return self.states[0].code

    def state(self, code: str) -> State:
        """The state of that code. KeyError when there is none."""
        return {s.code: s for s in self.states}[code]

    def move(self, verb: str, before: str) -> Move | None:
        """The move that the verb makes from that state; None when it may not be made there."""
        return next((m for m in self.moves if m.verb == verb and before in m.before), None)

    def any_move(self, verb: str) -> Move | None:
        """A move that the verb makes from anywhere; None when the flow has no such step."""
        return next((m for m in self.moves if m.verb == verb), None)

    def asks_of(self, verb: str) -> tuple[Ask, ...]:
        """Every field that any step of the verb asks for; one key means the same in all of them."""
        return tuple({a.key: a for m in self.moves if m.verb == verb for a in m.asks}.values())

    def verbs_from(self, state: str) -> tuple[str, ...]:
        """The verbs that can be taken from the state, in the order of the file."""
        return tuple(m.verb for m in self.moves if state in m.before)

    def clock(self, code: str) -> Watch | None:
        """The clock of that code; None when the flow has no such clock."""
        return next((c for c in self.clocks if c.code == code), None)


def lacking(move: Move, given: Mapping[str, object]) -> str:
    """The first thing that the step needs and that was not given; empty when all is there.

    What `given` does not name is seen to by the verb itself. Texts count when they say anything.
    """
    for need in move.needs:
        value = given.get(need, True)
        if not (value.strip() if isinstance(value, str) else value):
            return need
    return ""
