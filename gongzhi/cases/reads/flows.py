"""The flow a case runs on: the version it began with, whatever was let in since."""

from gongzhi.cases.models import Case
from gongzhi.catalogue.models import Item
from gongzhi.flows import reads as flows
from gongzhi.flows.rules import Flow


def flow_of(case: Case) -> Flow:
    """The flow of the case; kept in memory, so asking costs nothing."""
    return flows.of_matter(case.flow_id)


def first_flow(item: Item | None) -> int | None:
    """The pk of the version on which a new case of this item begins; None before any was loaded.

    An item may name a flow of its own; one that was never loaded means the standard one.
    """
    named = item.flow if item else ""
    return (flows.active(named) if named else None) or flows.active(flows.STANDARD)


def states_before(verb: str) -> frozenset[str]:
    """The statuses from which cases of the standard flow now in force can take the verb."""
    flow = flows.of_matter(flows.active(flows.STANDARD))
    return frozenset(state for move in flow.moves if move.verb == verb for state in move.before)
