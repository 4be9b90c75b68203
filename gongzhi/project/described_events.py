"""The names of all events that the code can record, found in the code itself."""

import ast
import re
from collections.abc import Iterator
from itertools import product

from django.conf import settings

from gongzhi.cases import rules
from gongzhi.cases.actions.moves import past
from gongzhi.disputes.rules import PAST
from gongzhi.doors.hotline.words import About, Plea

SOURCE = settings.ROOT / "gongzhi"
NAME = re.compile(r"[a-z]+\.[a-z_]+")
# Functions that are given an event's name, and write it down.
WRITERS = {
    "record", "Happening", "_record", "_record_answer", "_record_regret",
    "_move", "_moved", "_told", "record_step",
}  # fmt: skip
MANY = "residents.actions"  # here tell("moved", …) writes residents.moved


def recorded() -> dict[str, set[str]]:
    """Event → the modules that record it."""
    found: dict[str, set[str]] = {}
    for path in sorted(SOURCE.rglob("*.py")):
        module = ".".join(path.relative_to(SOURCE).with_suffix("").parts)
        if ".tests." in f".{module}.":
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for name in _names_in(tree, told="residents" if module.startswith(MANY) else ""):
            found.setdefault(name, set()).add(module)
    for name, module in _put_together():
        found.setdefault(name, set()).add(module)
    return found


def _put_together() -> Iterator[tuple[str, str]]:
    """Names that are made of parts where they are recorded."""
    for verb in rules.LEADS_TO:
        yield f"cases.{past(verb)}", "cases.actions.moves"
    for done in PAST.values():
        yield f"disputes.{done}", "disputes.actions.steps"
    for about, after in product(About, (Plea.GRANTED, Plea.REFUSED)):
        yield f"hotline.{about}_{after}", "doors.hotline.actions"
    for things in ("organisations", "components"):
        yield f"residents.{things}_taken_in", "residents.actions.intake_things"


def _names_in(tree: ast.Module, told: str) -> Iterator[str]:
    """`told` is the package whose own tell() is given names without their package."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else node.func
            name = called.id if isinstance(called, ast.Name) else called
            if name in WRITERS:
                yield from (
                    word for arg in node.args for word in _words(arg) if NAME.fullmatch(word)
                )
            elif told and name == "tell" and node.args:
                yield from (f"{told}.{word}" for word in _words(node.args[0]))
        elif isinstance(node, ast.Assign) and _is_name(node):
            for word in _words(node.value):
                full = f"{told}.{word}" if told and "." not in word else word
                if NAME.fullmatch(full):
                    yield full


def _is_name(node: ast.Assign) -> bool:
    """name = "cases.extended" if granted else "cases.extension_refused"."""
    targets = [t.id for t in node.targets if isinstance(t, ast.Name)]
    return targets == ["name"] and isinstance(node.value, ast.IfExp)


def _words(node: ast.expr) -> list[str]:
    if isinstance(node, ast.IfExp):
        return [*_words(node.body), *_words(node.orelse)]
    return [node.value] if isinstance(node, ast.Constant) and isinstance(node.value, str) else []
