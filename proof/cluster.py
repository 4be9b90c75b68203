"""A PostgreSQL of our own that can be stopped as if the power had failed, and started again."""

import os
import pwd
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tools"))
import services


class Cluster:
    """Durable as in production: fsync on, synchronous commit on."""

    def __init__(self, home: Path) -> None:
        self.home, self.data = home, home / "pgdata"
        self._user = _not_root()
        home.mkdir(parents=True, exist_ok=True)
        if self._user:
            shutil.chown(home, self._user)
        self._run(
            "initdb", "-D", str(self.data), "-U", "gongzhi", "-A", "trust", "-E", "UTF8",
            "--locale=C.UTF-8", "--wal-segsize=4",
        )  # fmt: skip
        self._server: subprocess.Popen[bytes] | None = None
        self.start()
        self.ask("template1", 'CREATE DATABASE "gongzhi"')

    @property
    def pid(self) -> int:
        """Of the postmaster."""
        assert self._server
        return self._server.pid

    def start(self) -> None:
        """Start and wait until it answers, recovery included."""
        switches = {
            "listen_addresses": "", "unix_socket_directories": str(self.home),
            "max_connections": "120", "min_wal_size": "16MB", "max_wal_size": "48MB",
        }  # fmt: skip
        (self.data / "postmaster.pid").unlink(missing_ok=True)
        with (self.home / "log").open("ab") as log:
            self._server = subprocess.Popen(
                [str(services.program("postgres")), "-D", str(self.data),
                 *(part for k, v in switches.items() for part in ("-c", f"{k}={v}"))],
                stdout=log, stderr=log, cwd=self.home, **_as(self._user),
            )  # fmt: skip
        for _try in range(600):
            if self.answers():
                return
            if self._server.poll() is not None:
                raise RuntimeError((self.home / "log").read_text()[-2000:])
            time.sleep(0.05)
        raise TimeoutError("PostgreSQL did not start")

    def stop(self, how: signal.Signals = signal.SIGQUIT) -> None:
        """SIGQUIT is PostgreSQL's immediate stop: no checkpoint, no good-bye, as a power cut."""
        if self._server and self._server.poll() is None:
            self._server.send_signal(how)
            self._server.wait(30)

    def freeze(self, seconds: float) -> None:
        """Let every process of the database stand still for a while, as a disk that hangs."""
        everyone = [self.pid, *_children(self.pid)]
        for pid in everyone:
            _send(pid, signal.SIGSTOP)
        try:
            time.sleep(seconds)
        finally:
            for pid in everyone:
                _send(pid, signal.SIGCONT)

    def alive(self) -> bool:
        """Whether the postmaster lives."""
        return self._server is not None and self._server.poll() is None

    def answers(self) -> bool:
        """Whether it takes questions."""
        try:
            self.ask("template1", "SELECT 1")
        except Exception:
            return False
        return True

    def ask(self, database: str, command: str) -> None:
        """Run one command outside of any transaction."""
        import psycopg

        with psycopg.connect(
            host=str(self.home), user="gongzhi", dbname=database, autocommit=True, connect_timeout=3
        ) as link:
            link.execute(command)

    def reach(self) -> dict[str, str]:
        """The environment in which the product finds it."""
        return {
            "GONGZHI_PG_NAME": "gongzhi",
            "GONGZHI_PG_USER": "gongzhi",
            "GONGZHI_PG_HOST": str(self.home),
            "GONGZHI_PG_PORT": "5432",
        }

    def _run(self, name: str, *words: str) -> None:
        command = [str(services.program(name)), *words]
        subprocess.run(
            command, check=True, stdout=subprocess.DEVNULL, cwd=self.home, **_as(self._user)
        )


def _not_root() -> str | None:
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam("postgres").pw_name
    except KeyError:
        return "nobody"


def _as(user: str | None) -> dict:
    if user is None:
        return {}
    return {"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": []}


def _children(pid: int) -> list[int]:
    found = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        found += [int(child) for child in task.read_text().split()]
    return found


def _send(pid: int, sign: signal.Signals) -> None:
    try:
        os.kill(pid, sign)
    except ProcessLookupError:
        return
