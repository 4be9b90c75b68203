"""The `gongzhi` command: the product's own commands and Django's."""

import os
import sys

from django.core.management import execute_from_command_line


def main() -> None:
    """Run the command named on the command line with the product's settings."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gongzhi.project.settings")
    if sys.argv[1:2] == ["demo"]:  # settings are read before any command can say so
        os.environ["GONGZHI_DEMO"] = "1"
    execute_from_command_line(sys.argv)
