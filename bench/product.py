"""The product as it runs in production, on a database of its own, in a temporary directory."""

import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MANAGE = [sys.executable, str(ROOT / "manage.py")]
SETTLE = """
from gongzhi.demo.places import settle
from gongzhi.demo.town import draw
settle(draw())
"""


@dataclass(frozen=True)
class Product:
    """A running server: where it listens, its process, its database and that one's process."""

    name: str
    port: int
    pid: int
    database_pid: int | None
    env: dict[str, str]

    @property
    def data(self) -> Path:
        """Where its files are."""
        return Path(self.env["GONGZHI_DATA"])


@contextmanager
def started(
    name: str, reach: dict[str, str], threads: int | None, *, pages: bool = False
) -> Iterator[Product]:
    """A server with areas, catalogue and calendar, ready to take reports; ended afterwards.

    With `pages` what they are made of is collected too; reports alone do without.
    """
    home = Path(tempfile.mkdtemp(prefix="gz-bench-"))
    env = {
        **{k: v for k, v in os.environ.items() if not k.startswith("GONGZHI_")},
        **reach,
        "GONGZHI_DATA": str(home),
        "GONGZHI_PLAIN_HTTP": "1",
        "GONGZHI_LOG": "WARNING",
        "GONGZHI_REPORTS_PER_ADDRESS": "1000000000",
        "GONGZHI_REPORTS_PER_REPORTER": "1000000000",
        **{f"GONGZHI_{key}": secrets.token_urlsafe(48) for key in
           ("SECRET_KEY", "SEAL_KEYS", "INDEX_KEY")},
    }  # fmt: skip
    (home / "static").mkdir()
    try:
        for command in (
            ["migrate"],
            ["load_calendar"],
            ["load_catalogue"],
            ["shell", "-c", SETTLE],
            *([["collectstatic", "--noinput"]] if pages else []),
        ):
            subprocess.run([*MANAGE, *command], env=env, check=True, stdout=subprocess.DEVNULL)
        port = free_port()
        more = ["--threads", str(threads)] if threads else []
        with (home / "serve.log").open("wb") as log:
            server = subprocess.Popen(
                [*MANAGE, "serve", "--port", str(port), *more], env=env, stdout=log, stderr=log
            )
        try:
            wait_for(port, "/readyz", home / "serve.log", server)
            database_pid = int(reach["GONGZHI_PG_PID"]) if reach else None
            yield Product(name, port, server.pid, database_pid, env)
        finally:
            server.terminate()
            server.wait(20)
    finally:
        shutil.rmtree(home, ignore_errors=True)


def free_port() -> int:
    """A port of this machine on which nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(port: int, path: str, log: Path, server: subprocess.Popen) -> None:
    """Until the address answers 200; the end of the log when it never does."""
    for _try in range(1800):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5):
                return
        except (urllib.error.URLError, OSError):
            if server.poll() is not None:
                raise RuntimeError(log.read_text()[-3000:]) from None
            time.sleep(0.1)
    raise TimeoutError(log.read_text()[-3000:])
