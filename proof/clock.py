"""Run a command of the product with a clock that is so many hours wrong.

The product reads the time in one place, django.utils.timezone.now, and this is that seam.
libfaketime would deceive the whole process, but is rarely installed.
"""

import os
import sys
from datetime import timedelta


def main() -> None:
    """`python -m proof.clock HOURS command …`."""
    hours, words = float(sys.argv[1]), sys.argv[2:]
    if hours:
        from django.utils import timezone

        right = timezone.now
        timezone.now = lambda: right() + timedelta(hours=hours)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gongzhi.project.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(["gongzhi", *words])


if __name__ == "__main__":
    main()
