"""Flows as the rest of the product asks for them: the one in force, and the one a case runs on."""

import time
from functools import lru_cache

from gongzhi.flows.models import FlowVersion
from gongzhi.flows.rules import Flow, flow_from

FRESH_FOR = 30.0  # seconds in which another process may still start cases on the version before
_in_force: dict[str, tuple[float, int]] = {}


def in_force(code: str) -> tuple[int, Flow]:
    """(pk of the version, flow) for new cases. LookupError when the flow was never loaded."""
    known = _in_force.get(code)
    if known is None or time.monotonic() - known[0] > FRESH_FOR:
        pk = FlowVersion.objects.filter(code=code, active=True).values_list("pk", flat=True).first()
        if pk is None:
            raise LookupError(f"no flow {code!r}: run `gongzhi load_flows`")
        known = _in_force[code] = (time.monotonic(), pk)
    return known[1], of_version(known[1])


@lru_cache(maxsize=256)
def of_version(pk: int) -> Flow:
    """The flow of a version; versions never change, so what was read once is kept."""
    return flow_from(FlowVersion.objects.get(pk=pk).content)


def forget() -> None:
    """Look again which versions are in force; called by whoever loads one."""
    _in_force.clear()
    of_version.cache_clear()
