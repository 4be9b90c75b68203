"""The short form of the proof: real processes, killed under load, judged afterwards."""

import os
import subprocess
import sys

import pytest
from django.conf import settings


@pytest.mark.slow
def test_nothing_answered_is_lost_and_nothing_owed_forgotten_when_processes_are_killed():
    """The long form, `make proof`, kills a hundred times and fills, slows and closes the disk."""
    database = "postgresql" if "GONGZHI_PG_NAME" in os.environ else "sqlite"
    env = {k: v for k, v in os.environ.items() if not k.startswith(("GONGZHI_", "DJANGO_"))}
    done = subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-m", "proof", "--short", "--database", database],
        cwd=settings.ROOT, env=env, capture_output=True, text=True, timeout=500, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
    assert "kills" in done.stdout
