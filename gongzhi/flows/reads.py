"""Flows as the rest of the product asks for them: the one in force, and the one a case runs on."""

import time
from functools import lru_cache

import yaml
from django.conf import settings

from gongzhi.flows.models import FlowVersion
from gongzhi.flows.rules import Flow, flow_from

FRESH_FOR = 30.0  # seconds in which another process may still start cases on the version before
STANDARD = "standard"
_in_force: dict[str, tuple[float, int | None]] = {}


def in_force(code: str) -> tuple[int, Flow]:
    """(pk of the version, flow) for new cases. LookupError when the flow was never loaded."""
    pk = active(code)
    if pk is None:
        raise LookupError(f"no flow {code!r}: run `gongzhi load_flows`")
    return pk, of_version(pk)


def active(code: str) -> int | None:
    """The pk of the version in force, looked up at most every half minute; None when there is none.

    Asked for every report, so it must cost nothing.
    """
    known = _in_force.get(code)
    if known is None or time.monotonic() - known[0] > FRESH_FOR:
        rows = FlowVersion.objects.filter(code=code, active=True)
        known = _in_force[code] = (time.monotonic(), rows.values_list("pk", flat=True).first())
    return known[1]


@lru_cache(maxsize=256)
def of_version(pk: int) -> Flow:
    """The flow of a version; versions never change, so what was read once is kept."""
    return flow_from(FlowVersion.objects.get(pk=pk).content)


def of_matter(pk: int | None, *, code: str = STANDARD) -> Flow:
    """The flow of a matter that began on that version; without one, on the first there was.

    Matters older than flows, and those of a district that never loaded any, run on the first
    version of the flow `code`, else on the one shipped in config/flows.
    """
    if pk is not None:
        return of_version(pk)
    key = f"first {code}"
    known = _in_force.get(key)
    if known is None or time.monotonic() - known[0] > FRESH_FOR:
        rows = FlowVersion.objects.filter(code=code).order_by("number")
        known = _in_force[key] = (time.monotonic(), rows.values_list("pk", flat=True).first())
    return of_version(known[1]) if known[1] is not None else shipped(code)


@lru_cache(maxsize=8)
def shipped(code: str) -> Flow:
    """The flow as config/flows has it."""
    path = settings.CONFIG_DIR / "flows" / f"{code}.yaml"
    return flow_from(yaml.safe_load(path.read_text(encoding="utf-8")))


def forget() -> None:
    """Look again which versions are in force; called by whoever loads one."""
    _in_force.clear()
    of_version.cache_clear()
