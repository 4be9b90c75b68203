"""A process of ours that is killed at work: `mortal_command DATABASE MODULE:NAME N WHAT ARGS…`.

It does WHAT (a command, or `module:function`, which gets the time) and ends without a word, as one
killed by the machine does, when MODULE's NAME is called for the Nth time.
"""

import os
import sys
from importlib import import_module
from itertools import count
from typing import Any


def main(database: str, where: str, nth: str, what: str, *args: str) -> None:
    """Do it until it dies; whoever lives to the end leaves with 0."""
    import django
    from django.conf import settings

    settings.DATABASES["default"]["NAME"] = database
    django.setup()
    from django.core.management import call_command
    from django.utils.timezone import now

    module_name, _colon, name = where.partition(":")
    module, calls = import_module(module_name), count(1)
    really = getattr(module, name)

    def mortal(*said: Any, **named: Any) -> Any:
        if next(calls) == int(nth):
            os._exit(9)
        return really(*said, **named)

    setattr(module, name, mortal)
    if ":" in what:
        module_name, _colon, name = what.partition(":")
        getattr(import_module(module_name), name)(now())
    else:
        call_command(what, *args)


if __name__ == "__main__":
    main(*sys.argv[1:])
