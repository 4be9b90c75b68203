"""A flow's file read, with the line on which everything in it stands."""

from collections.abc import Mapping
from typing import Any

import yaml
from django.utils.translation import gettext as _

from gongzhi.flows.rules import Fault
from gongzhi.flows.rules.faults import Place

Lines = Mapping[Place, int]  # keys and positions from the top → line, the first is 1


def read(text: str) -> tuple[Any, Lines]:
    """The content of the file and its lines. yaml.YAMLError when it cannot be read at all."""
    content: Any = yaml.safe_load(text)
    lines: dict[Place, int] = {}
    top = yaml.compose(text, Loader=yaml.SafeLoader)
    if top is not None:
        _number(top, (), lines, set())
    return content, lines


def _number(node: yaml.Node, place: Place, lines: dict[Place, int], seen: set[int]) -> None:
    if id(node) in seen:  # named elsewhere with &, where it has its line
        return
    seen.add(id(node))
    lines.setdefault(place, node.start_mark.line + 1)
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if isinstance(key, yaml.ScalarNode):
                lines[(*place, key.value)] = key.start_mark.line + 1
                _number(value, (*place, key.value), lines, seen)
    elif isinstance(node, yaml.SequenceNode):
        for n, value in enumerate(node.value):
            _number(value, (*place, n), lines, seen)


def in_words(fault: Fault, lines: Lines) -> str:
    """The fault with the line of the innermost thing around it that stands in the file."""
    for depth in range(len(fault.place), 0, -1):
        if line := lines.get(fault.place[:depth]):
            return _("第 %(line)s 行：%(fault)s") % {"line": line, "fault": fault}
    return fault
