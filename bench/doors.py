"""`make bench ARGS=doors`: ten thousand at once by every door; none lost, none doubled.

First the doors that are entered over HTTP, with the product running (doors_crowd.py); then the
crowds of the suite at full size, one after the other, with how long each took.
"""

import os
import subprocess
import sys
from pathlib import Path

from bench import doors_crowd

ROOT = Path(__file__).resolve().parent.parent
CROWDS = (
    "gongzhi/doors/tests/test_crowds.py",
    "gongzhi/doors/tests/test_sms.py::test_many_messages_each_handed_over_twice_go_out_once",
    "gongzhi/doors/mail/tests/test_with_servers.py::test_ten_thousand_at_once_are_taken_in_batches",
    "gongzhi/doors/wechat/tests/test_with_wechat.py::test_ten_thousand_at_once",
    "gongzhi/doors/phone/tests/test_calls.py::test_ten_thousand_moments_at_once",
)


def main(argv: list[str]) -> int:
    """0 when nothing was lost or doubled; durations of the tests are printed by pytest."""
    lost = doors_crowd.main(argv)
    command = [sys.executable, "-m", "pytest", "-q", "-n0", "--durations=0", *CROWDS]
    environment = {**os.environ, "GONGZHI_CROWD": "full"}
    return lost or subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode
