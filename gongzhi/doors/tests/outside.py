"""Programs that play the other side, started for a test and ended after it."""

import json
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlencode


class Outside:
    """A simulator in a process of its own, spoken to over loopback."""

    def __init__(self, module: str, *args: str) -> None:
        self.command = [sys.executable, "-m", module, *args]
        self.port = 0
        self.start()

    @classmethod
    def at(cls, url: str) -> "Outside":
        """One that somebody else started and ends."""
        one = cls.__new__(cls)
        one.port = int(url.rpartition(":")[2])
        return one

    def start(self) -> None:
        """Start it, on the port it had before if it was started before."""
        self.process = subprocess.Popen(  # noqa: S603 - our own simulator
            [*self.command, "--port", str(self.port)], stdout=subprocess.PIPE, text=True
        )
        assert self.process.stdout
        self.port = int(self.process.stdout.readline())

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def control(self, what: str, said: Any = None) -> Any:
        """Play the other side's staff."""
        body = None if said is None else json.dumps(said).encode()
        request = urllib.request.Request(f"{self.url}/control/{what}", data=body)  # noqa: S310
        with urllib.request.urlopen(request, timeout=30) as response:  # noqa: S310
            return json.load(response)

    def play(self, what: str, **typed: str) -> str:
        """Send a form of the page as a person does; the page that comes back."""
        data = urlencode(typed).encode()
        with urllib.request.urlopen(f"{self.url}/play/{what}", data=data, timeout=30) as page:  # noqa: S310
            return str(page.read().decode())

    def stop(self) -> None:
        """End it, if it has not died by itself."""
        self.process.kill()
        self.process.wait()
        assert self.process.stdout
        self.process.stdout.close()


@contextmanager
def outside(module: str, *args: str) -> Iterator[Outside]:
    """The simulator while the test runs."""
    program = Outside(module, *args)
    try:
        yield program
    finally:
        program.stop()


def eventually(answer: Any, seconds: float = 10.0) -> Any:
    """What `answer()` gives once it gives something."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            if found := answer():
                return found
        except (OSError, urllib.error.URLError):
            pass
        time.sleep(0.05)
    raise AssertionError("it did not happen in time")
