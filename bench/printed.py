"""Where tables are printed."""

import sys

from rich.console import Console

WIDEST = 124  # letters of the widest table, for files and pipes, which have no width


def paper() -> Console:
    """As wide as the terminal, or as the widest table."""
    return Console(width=None if sys.stdout.isatty() else WIDEST)
