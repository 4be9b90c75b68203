"""Verbs: every change of the product's state goes through a function marked with @action."""

import inspect
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import transaction

from gongzhi.kernel.spans import span

P = ParamSpec("P")
R = TypeVar("R")

ACTIONS: dict[str, Callable[..., object]] = {}


def action(verb: Callable[P, R]) -> Callable[P, R]:
    """Run the verb in one transaction, so that the change and its record stand or fall together.

    The verb must take keyword arguments only, among them `by` (who) and `at` (when), and have a
    docstring that states its promise; a verb that does not is refused when it is defined.
    """
    name = f"{verb.__module__}.{verb.__name__}"
    parameters = inspect.signature(verb).parameters
    if any(p.kind is not inspect.Parameter.KEYWORD_ONLY for p in parameters.values()):
        raise TypeError(f"{name} must take keyword arguments only")
    if missing := {"by", "at"} - parameters.keys():
        raise TypeError(f"{name} must take {', '.join(sorted(missing))}")
    if not verb.__doc__:
        raise TypeError(f"{name} must say in its docstring what it promises")

    told = name.removeprefix("gongzhi.")

    @wraps(verb)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        with span(told), transaction.atomic():
            return verb(*args, **kwargs)

    ACTIONS[name] = run
    return run
