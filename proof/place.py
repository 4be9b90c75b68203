"""One installation under proof: its database, its processes, and how they are made to die."""

import json
import os
import secrets
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import closing, suppress
from pathlib import Path

from bench.product import MANAGE, ROOT, free_port
from proof.cluster import Cluster

SETTLE = """
from gongzhi.access.models import Person, Post
from gongzhi.demo.places import settle
from gongzhi.demo.town import draw
from gongzhi.places.models import Area
settle(draw())
for area in Area.objects.filter(level__in=["district", "township"]):
    for role in ("dispatcher", "grid_worker"):
        person = Person.objects.create_user(f"{role}-{area.code}", role)
        Post.objects.create(person=person, role=role, area=area)
"""


class Place:
    """`database` is sqlite or postgresql; everything lies below `home`."""

    def __init__(self, database: str, home: Path) -> None:
        self.database, self.home = database, home
        self.data = home / "data"
        (self.data / "static").mkdir(parents=True)
        home.chmod(0o711)  # PostgreSQL runs as somebody else and must come through
        self.cluster = Cluster(home / "pg") if database == "postgresql" else None
        self.env = {
            **{k: v for k, v in os.environ.items() if not k.startswith("GONGZHI_")},
            **(self.cluster.reach() if self.cluster else {}),
            "DJANGO_SETTINGS_MODULE": "gongzhi.project.settings",
            "PYTHONPATH": str(ROOT),
            "GONGZHI_DATA": str(self.data),
            "GONGZHI_PLAIN_HTTP": "1",
            "PROOF_QUIET": str(home / "quiet"),
            "GONGZHI_LOG": "ERROR",
            "GONGZHI_REPORTS_PER_ADDRESS": "1000000000",
            "GONGZHI_REPORTS_PER_REPORTER": "1000000000",
            **{
                f"GONGZHI_{key}": secrets.token_urlsafe(48)
                for key in ("SECRET_KEY", "SEAL_KEYS", "INDEX_KEY")
            },
        }
        self.port = free_port()
        self.parts: dict[str, subprocess.Popen[bytes]] = {}
        self.fell: dict[str, int] = {}  # parts that ended by themselves, as no part ever should
        try:
            for command in (["migrate"], ["load_calendar"], ["load_catalogue"]):
                self.gongzhi(*command)
            self.gongzhi("shell", "-c", SETTLE)
        except BaseException:  # also when somebody loses patience: nothing may stay behind
            self.end()
            raise

    def gongzhi(self, *words: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run one command of the product to its end."""
        return subprocess.run(
            [*MANAGE, *words], env=self.env, capture_output=True, text=True, check=check,
            timeout=600,
        )  # fmt: skip

    # ── parts ─────────────────────────────────────────────────────────────

    def start(self, part: str, *, hours: float = 0) -> None:
        """Start serve, work, work2 or hands; `hours` is how wrong its clock goes."""
        words = {
            "serve": ["serve", "--port", str(self.port)],
            "work": ["work"],
            "work2": ["work"],
            "hands": ["hands"],
        }[part]
        module = "proof.hands" if part == "hands" else "proof.clock"
        command = [sys.executable, "-m", module, str(hours), *words]
        with (self.home / f"{part}.log").open("ab") as log:
            self.parts[part] = subprocess.Popen(
                command, env=self.env, cwd=ROOT, stdout=log, stderr=log, start_new_session=True
            )

    def kill(self, part: str, sign: signal.Signals = signal.SIGKILL) -> None:
        """End a part and everything it started, at once."""
        process = self.parts.pop(part)
        if process.poll() is not None:
            self.fell[part] = self.fell.get(part, 0) + 1
        with suppress(ProcessLookupError):
            os.killpg(process.pid, sign)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def look_after(self) -> None:
        """Start again what ended by itself, as a service manager does, and remember that it did."""
        for part, process in list(self.parts.items()):
            if process.poll() is not None:
                self.fell[part] = self.fell.get(part, 0) + 1
                self.start(part)

    def wait_ready(self, seconds: float = 180) -> float:
        """Seconds until /readyz says that people can be served."""
        began = time.monotonic()
        while time.monotonic() - began < seconds:
            if self.ready():
                return time.monotonic() - began
            time.sleep(0.05)
        raise TimeoutError((self.home / "serve.log").read_text()[-3000:])

    def ready(self) -> bool:
        """What /readyz says."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=5):
                return True
        except (urllib.error.URLError, OSError):
            return False

    def end(self) -> None:
        """Stop everything and remove it."""
        for part in list(self.parts):
            self.kill(part, signal.SIGTERM)
        if self.cluster:
            self.cluster.stop(signal.SIGINT)
        shutil.rmtree(self.home, ignore_errors=True)

    # ── questions ─────────────────────────────────────────────────────────

    def scalar(self, sql: str) -> int:
        """One number from the database, asked beside the product."""
        if self.cluster:
            import psycopg

            with psycopg.connect(
                host=str(self.cluster.home), user="gongzhi", dbname="gongzhi"
            ) as link:
                return int(link.execute(sql).fetchone()[0] or 0)
        path = self.data / "gongzhi.sqlite3"
        with closing(sqlite3.connect(path, timeout=20)) as link:
            return int(link.execute(sql).fetchone()[0] or 0)

    def wait_all_done(self, seconds: float = 90) -> float:
        """Seconds until no errand is owed any more; after `seconds` it is left to the judge."""
        began = time.monotonic()
        while time.monotonic() - began < seconds:
            self.look_after()
            if not self.scalar("SELECT count(*) FROM journal_errand WHERE done_at IS NULL"):
                break
            time.sleep(0.2)
        return time.monotonic() - began

    def quiet(self, *, seconds: float = 20) -> None:
        """Let the people at work finish their verb and do nothing more, until `busy`."""
        silent = self.home / "quiet.now"
        silent.unlink(missing_ok=True)
        (self.home / "quiet").touch()
        until = time.monotonic() + seconds
        while not silent.exists() and time.monotonic() < until:
            self.look_after()
            time.sleep(0.05)

    def busy(self) -> None:
        """Let them go on."""
        (self.home / "quiet").unlink(missing_ok=True)

    def judge(self, acknowledged: dict[str, tuple[str, str]], since: tuple[int, int]) -> dict:
        """Hold what was acknowledged, and everything since (case, event), against the database."""
        given = self.home / "acknowledged.json"
        given.write_text(json.dumps(acknowledged))
        command = [sys.executable, "-m", "proof.judge", str(given), *map(str, since)]
        done = subprocess.run(
            command, env=self.env, cwd=ROOT, capture_output=True, text=True, timeout=600,
            check=False,
        )  # fmt: skip
        if done.returncode:
            raise RuntimeError(done.stderr[-3000:])
        return json.loads(done.stdout)

    def highest(self) -> tuple[int, int]:
        """(case, event) numbers so far."""
        return (
            self.scalar("SELECT max(id) FROM cases_case"),
            self.scalar("SELECT max(id) FROM journal_event"),
        )
