"""Thirty-two people who report at once and, as phones do, send again until they are answered."""

import asyncio
import json
import secrets
import time
import uuid
from dataclasses import dataclass, field
from random import Random

from bench.load import EAST, NORTH, SAID, SOUTH, WEST

CLIENTS = 32
PAUSE = 0.08  # seconds between an answer and the next report of the same client
PATIENCE = 12.0  # seconds a phone waits for an answer before it sends again


@dataclass
class Crowd:
    """What the clients know. `acknowledged` holds key → (device token, number)."""

    port: int
    acknowledged: dict[str, tuple[str, str]] = field(default_factory=dict)
    tries: int = 0
    sent_again: int = 0
    given_up: int = 0
    refused: int = 0
    longest: float = 0.0
    stop: asyncio.Event = field(default_factory=asyncio.Event)
    give_up: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self) -> None:
        """Report until `stop`, then finish what is in hand; give up only when told to."""
        await asyncio.gather(*(self._client(number) for number in range(CLIENTS)))

    async def _client(self, number: int) -> None:
        rng = Random(secrets.randbits(64))
        await asyncio.sleep(PAUSE * number / CLIENTS)
        link = _Link(self.port)
        while not self.stop.is_set():
            await self._report(link, rng)
            await asyncio.sleep(PAUSE)
        link.close()

    async def _report(self, link: "_Link", rng: Random) -> None:
        key, token = str(uuid.uuid4()), secrets.token_urlsafe(32)
        request, began, first = _request(key, token, rng), time.monotonic(), True
        while not self.give_up.is_set():
            self.tries += 1
            self.sent_again += not first
            first = False
            status, body = await link.ask(request)
            if status in {200, 201}:
                self.acknowledged[key] = (token, str(body["number"]))
                self.longest = max(self.longest, time.monotonic() - began)
                return
            if 400 <= status < 500 and status != 429:
                self.refused += 1
                return
            await asyncio.sleep(0.1)
        self.given_up += 1


class _Link:
    """A connection that is opened again when it broke."""

    def __init__(self, port: int) -> None:
        self.port = port
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, request: bytes) -> tuple[int, dict]:
        """(status, answer); status 0 when there was no whole answer in time."""
        try:
            async with asyncio.timeout(PATIENCE):
                if self._streams is None:
                    self._streams = await asyncio.open_connection("127.0.0.1", self.port)
                reader, writer = self._streams
                writer.write(request)
                await writer.drain()
                status, body = await _whole(reader)
        except (OSError, TimeoutError, EOFError, ValueError, StopIteration, RuntimeError):
            self.close()
            return 0, {}
        if status >= 500:
            self.close()
        return status, body

    def close(self) -> None:
        """Hang up."""
        if self._streams:
            self._streams[1].close()
        self._streams = None


async def _whole(reader: asyncio.StreamReader) -> tuple[int, dict]:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    fields = {
        name.strip().lower(): value.strip()
        for name, _colon, value in (line.partition(":") for line in head.split("\r\n")[1:])
    }
    status = int(head.split(" ", 2)[1])
    content = await reader.readexactly(int(fields.get("content-length", "0")))
    return status, json.loads(content) if status in {200, 201} else {}


def _request(key: str, token: str, rng: Random) -> bytes:
    body = json.dumps(
        {
            "key": key,
            "text": rng.choice(SAID),
            "lng": round(rng.uniform(WEST, EAST), 6),
            "lat": round(rng.uniform(SOUTH, NORTH), 6),
        }
    ).encode()
    head = (
        "POST /api/v1/reports HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        f"X-Device-Token: {token}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body
