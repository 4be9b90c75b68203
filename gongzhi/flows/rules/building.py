"""A flow built from its data, or every reason why it cannot be."""

from collections.abc import Mapping, Sequence
from typing import Any

from gongzhi.flows.rules.asks import ask_from
from gongzhi.flows.rules.faults import Fault, faults_of_form, faults_of_shape
from gongzhi.flows.rules.shape import Flow, Limits, Move, State, Watch


class Unsound(ValueError):  # noqa: N818 - an answer, not an error
    """What is wrong with a flow, one sentence a line."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


def flow_from(data: Mapping[str, Any]) -> Flow:
    """Build a flow from its data. Unsound, a ValueError with every fault, when it cannot be."""
    if faults := list(faults_of_form(data)):
        raise Unsound(faults)
    flow = Flow(
        code=data["code"],
        name=data["name"],
        states=tuple(State(s["code"], s["name"], s["turn"]) for s in data["states"]),
        moves=tuple(
            Move(
                m["verb"],
                m["name"],
                tuple(m["from"]),
                m["to"],
                m["who"],
                tuple(m.get("needs", ())),
                tuple(m.get("takes", ())),
                bool(m.get("reopens", False)),
                tuple(ask_from(a) for a in m.get("asks", ())),
            )
            for m in data["moves"]
        ),
        clocks=tuple(
            Watch(
                c["code"],
                c["name"],
                tuple(c["during"]),
                _limits(c["limits"]),
                tuple(c.get("until", ())),
                {level: _limits(limits) for level, limits in c.get("levels", {}).items()},
            )
            for c in data.get("clocks", ())
        ),
        kind=data.get("kind", "case"),
    )
    if faults := list(faults_of_shape(flow)):
        raise Unsound(faults)
    return flow


def _limits(data: Mapping[str, Any]) -> Limits:
    return {grade: (int(x["limit"]), str(x["unit"])) for grade, x in data.items()}
