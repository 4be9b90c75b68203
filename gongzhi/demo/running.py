"""Several processes as one: they start together, and when one ends, all end."""

import os
import signal
import subprocess
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import FrameType

from gongzhi.kernel.parents import end_with_parent

GRACE = 10.0  # seconds a process has to end by itself


@dataclass(frozen=True)
class Part:
    """One process of the tree; its output goes to `log`."""

    name: str
    command: Sequence[str]
    log: Path


class Fallen(Exception):  # noqa: N818 - says which part ended on its own
    """A part ended that should have gone on."""

    def __init__(self, part: Part, code: int) -> None:
        super().__init__(f"{part.name}: exit {code}")
        self.part, self.code = part, code

    def last_lines(self, most: int = 15) -> str:
        """The end of what it wrote."""
        with suppress(OSError):
            lines = self.part.log.read_text(encoding="utf-8", errors="replace").splitlines()
            return "\n".join(lines[-most:])
        return ""


class Tree:
    """Runs parts until one falls or somebody asks to stop; always leaves nothing behind."""

    def __init__(self, parts: Sequence[Part], env: dict[str, str]) -> None:
        self._parts, self._env = parts, env
        self._running: list[tuple[Part, subprocess.Popen[bytes]]] = []
        self._stop = threading.Event()

    def __enter__(self) -> "Tree":
        """Start all parts; SIGINT and SIGTERM end the tree from now on."""
        for sign in (signal.SIGINT, signal.SIGTERM):
            signal.signal(sign, self._asked)
        for part in self._parts:
            part.log.parent.mkdir(parents=True, exist_ok=True)
            with part.log.open("wb") as out:
                process = subprocess.Popen(  # noqa: S603 - our own commands
                    part.command,
                    stdin=subprocess.DEVNULL,
                    stdout=out,
                    stderr=subprocess.STDOUT,
                    env=self._env,
                    start_new_session=True,  # ctrl-C reaches us, and we end them in order
                    preexec_fn=partial(end_with_parent, signal.SIGTERM, parent=os.getpid()),
                )
            self._running.append((part, process))
        return self

    def __exit__(self, *_: object) -> None:
        """End all parts: first kindly, then not."""
        for _part, process in self._running:
            if process.poll() is None:
                process.terminate()
        deadline = time.monotonic() + GRACE
        for _part, process in self._running:
            with suppress(subprocess.TimeoutExpired):
                process.wait(max(0.1, deadline - time.monotonic()))
            with suppress(ProcessLookupError):  # what is left of its own children
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def wait_until_ready(
        self, url: str, seconds: float, *, say: Callable[[str], None], every: float = 15.0
    ) -> bool:
        """Whether `url` answers 200 before somebody asks to stop; meanwhile `say` what is missing.

        TimeoutError, with what is missing, after so many seconds; Fallen when a part ends first.
        """
        began = time.monotonic()
        next_word = began + every
        while not self._stop.is_set():
            self._all_alive()
            missing = _missing(url)
            if not missing:
                return True
            if time.monotonic() > began + seconds:
                raise TimeoutError(missing)
            if time.monotonic() > next_word:
                next_word += every
                say(missing)
            self._stop.wait(0.1)
        return False

    def wait(self) -> None:
        """Until somebody asks to stop; Fallen when a part ends first."""
        while not self._stop.wait(0.3):
            self._all_alive()

    def _all_alive(self) -> None:
        for part, process in self._running:
            code = process.poll()
            if code is not None:
                raise Fallen(part, code)

    def _asked(self, _sign: int, _frame: FrameType | None) -> None:
        self._stop.set()


def _missing(url: str) -> str:
    """Why `url` does not answer 200, in its own words where it has some; empty when it does."""
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310 - our own address
            return "" if int(answer.status) == 200 else f"{url}: {answer.status}"
    except urllib.error.HTTPError as error:
        with error:
            return f"{url}: {error.code} {error.read(400).decode('utf-8', 'replace')}"
    except (urllib.error.URLError, OSError) as error:
        return f"{url}: {getattr(error, 'reason', error)}"
