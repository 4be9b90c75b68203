"""CPU time of process trees, as the kernel counts it, and what it is worth just now."""

import os
import time
from functools import cache
from pathlib import Path

TICK = os.sysconf("SC_CLK_TCK")


def cpu_seconds(root: int) -> float:
    """User and system time of a process, of those below it and of those that it has outlived."""
    total = 0.0
    for pid in [root, *_below(root)]:
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except FileNotFoundError:
            continue
        user, system, children_user, children_system = map(int, fields[11:15])
        total += user + system + (children_user + children_system if pid == root else 0)
    return total / TICK


def _below(root: int) -> list[int]:
    parents: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(stat.read_text().rpartition(")")[2].split()[1])
        except (FileNotFoundError, ProcessLookupError):
            continue
        parents.setdefault(parent, []).append(int(stat.parent.name))
    found, edge = [], [root]
    while edge:
        children = parents.get(edge.pop(), [])
        found += children
        edge += children
    return found


def pace() -> float:
    """Milliseconds that a million additions would take just now."""
    began, total = time.process_time_ns(), 0
    for number in range(100_000):
        total += number
    return (time.process_time_ns() - began) / 1e5


@cache
def best_pace() -> float:
    """The pace of this machine when nothing disturbs it: the best of a second or so."""
    return min(pace() for _try in range(300))
