"""Reports sent over HTTP by clients that each wait for their answer before they send again."""

import asyncio
import json
import secrets
import statistics
import time
import urllib.request
import uuid
from dataclasses import dataclass, field
from random import Random

from bench.processes import cpu_seconds
from bench.product import Product

SAID = [
    "望湖花园3栋北门的路灯不亮，晚上看不见路",
    "小区门口一堆垃圾没人扫，臭得很",
    "消防通道被私家车堵了，救护车进不来",
    "井盖破了，晚上骑车差点摔倒",
    "楼上装修半夜还在敲，老人睡不着",
    "下水道堵了，污水漫到路上",
]
WEST, SOUTH, EAST, NORTH = 117.296, 31.785, 117.318, 31.800  # inside the demo district


@dataclass
class Round:
    """What one round showed; times of answers in milliseconds, CPU in µs per accepted report."""

    seconds: float = 0.0
    accepted: int = 0
    refused: int = 0
    times: list[float] = field(default_factory=list)
    cpu_server: float = 0.0
    cpu_database: float = 0.0
    together: float = 1.0  # reports that the server wrote in one transaction, on average

    @property
    def rate(self) -> float:
        return self.accepted / self.seconds

    @property
    def p50(self) -> float:
        return statistics.median(self.times)

    @property
    def p99(self) -> float:
        return sorted(self.times)[min(len(self.times) - 1, int(len(self.times) * 0.99))]


def post_reports(product: Product, *, clients: int, count: int, seconds: float) -> Round:
    """`count` reports by so many clients at once, ending early after `seconds`."""
    rng = Random(clients)
    bodies = [request(rng) for _number in range(count)]
    result = Round()
    written, batches = _intake(product.port)
    server = cpu_seconds(product.pid)
    database = cpu_seconds(product.database_pid) if product.database_pid else 0.0
    began = time.perf_counter()
    asyncio.run(_send_all(product.port, bodies, clients, began + seconds, result))
    result.seconds = time.perf_counter() - began
    per = 1e6 / max(result.accepted, 1)
    result.cpu_server = (cpu_seconds(product.pid) - server) * per
    if product.database_pid:
        result.cpu_database = (cpu_seconds(product.database_pid) - database) * per
    more, transactions = _intake(product.port)
    result.together = (more - written) / max(transactions - batches, 1)
    return result


def _intake(port: int) -> tuple[float, float]:
    """Reports written by the server so far, and in how many transactions."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=60) as answer:
        lines = dict(line.rsplit(" ", 1) for line in answer.read().decode().splitlines())
    return float(lines["gongzhi_reports_total"]), float(lines["gongzhi_report_batches_total"])


def request(rng: Random) -> bytes:
    body = json.dumps(
        {
            "key": str(uuid.uuid4()),
            # A house and a time of day of its own: nothing is gained by remembering texts.
            "text": f"{rng.randint(1, 99)}栋{rng.randint(1, 9)}单元，{rng.choice(SAID)}，"
            f"{rng.randint(1, 12)}点{rng.randint(10, 59)}分看到的",
            "lng": round(rng.uniform(WEST, EAST), 6),
            "lat": round(rng.uniform(SOUTH, NORTH), 6),
        }
    ).encode()
    head = (
        "POST /api/v1/reports HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        f"X-Device-Token: {secrets.token_urlsafe(32)}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


async def _send_all(
    port: int, bodies: list[bytes], clients: int, until: float, result: Round
) -> None:
    queue = iter(bodies)

    async def client() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for body in queue:
            sent = time.perf_counter()
            if sent > until:
                break
            writer.write(body)
            status = await _answer(reader)
            result.times.append((time.perf_counter() - sent) * 1000)
            if status == 201:
                result.accepted += 1
            else:
                result.refused += 1
        writer.close()
        await writer.wait_closed()

    await asyncio.gather(*(client() for _number in range(clients)))


async def _answer(reader: asyncio.StreamReader) -> int:
    return (await answered(reader))[0]


async def answered(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    """Status and body of an answer."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
    length = next(
        int(line.partition(":")[2])
        for line in head.split("\r\n")
        if line.startswith("content-length")
    )
    return int(head.split(" ", 2)[1]), await reader.readexactly(length)
