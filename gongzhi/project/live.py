"""The live stream on the wire: server-sent events, only for those who may know of them."""

import asyncio
import json
import logging
import signal
import threading
import time
from collections.abc import Awaitable, Callable, MutableMapping
from functools import partial
from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest, parse_cookie
from django.http.request import split_domain_port, validate_host
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from gongzhi.access.checks import person_or_none
from gongzhi.journal.live import Hub, Sight, Watcher, sight_of
from gongzhi.journal.stream import cursor_from

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

HEARTBEAT = 15.0  # seconds without news after which a sign of life is sent
SESSION_CHECK = 60.0  # seconds after which it is asked again whether the session still holds
SLOWEST = 20.0  # seconds in which a browser must have taken what was sent
RETRY = 2000  # milliseconds a browser waits before it comes back
RESET = b"event: reset\ndata: {}\n\n"

log = logging.getLogger(__name__)


class LiveStream:
    """An ASGI application with two addresses: /live/ and /healthz."""

    def __init__(self, hub: Hub) -> None:
        self.hub = hub

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or follow the server's start and stop."""
        if scope["type"] == "lifespan":
            await self._live_through(receive, send)
        elif scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 1000})
        else:
            await self._answer(Asked(scope), receive, send)

    async def _live_through(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                _when_stopped(self.hub.drop_all)
                await send({"type": "lifespan.startup.complete"})
            elif message["type"] == "lifespan.shutdown":
                await self.hub.close()
                await send({"type": "lifespan.shutdown.complete"})
                return

    async def _answer(self, asked: "Asked", receive: Receive, send: Send) -> None:
        if asked.path not in ("/live/", "/healthz"):
            await _say(send, 404, {"error": _("没有这个地址。")}, asked)
        elif asked.method != "GET":
            await _say(send, 405, {"error": _("这个地址只能读取。")}, asked)
        elif asked.path == "/healthz":
            alive = self.hub.healthy
            await _say(send, 200 if alive else 503, {"alive": alive}, asked)
        elif not asked.host_is_ours:
            await _say(send, 400, {"error": _("不认识这个主机名。")}, asked)
        else:
            await self._stream(asked, receive, send)

    async def _stream(self, asked: "Asked", receive: Receive, send: Send) -> None:
        try:
            sight = await self._sight(asked)
        except Exception:  # without a database nobody can be let in; the browser comes back
            log.exception("nobody can be let in to the live stream")
            await _say(send, 503, {"error": _("实时消息暂时不可用，请稍后再试。")}, asked)
            return
        if sight is None:
            await _say(send, 403, {"error": _("请先登录有权查看的账号。")}, asked)
            return
        watcher = await self.hub.join(sight)
        telling = asyncio.create_task(self._tell(watcher, asked, send))
        leaving = asyncio.create_task(_until_gone(receive))
        try:
            done, _rest = await asyncio.wait(
                {telling, leaving}, return_when=asyncio.FIRST_COMPLETED
            )
            if telling in done and not leaving.done():
                telling.result()  # what went wrong, if anything, belongs into the log
        finally:
            self.hub.leave(watcher)
            telling.cancel()
            leaving.cancel()
            await asyncio.gather(telling, leaving, return_exceptions=True)

    async def _tell(self, watcher: Watcher, asked: "Asked", send: Send) -> None:
        headers = [
            (b"content-type", b"text/event-stream; charset=utf-8"),
            (b"cache-control", b"no-store"),
            (b"x-accel-buffering", b"no"),  # a front server must not hold events back
            *asked.cors,
        ]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        write = partial(_write, send)
        await self._catch_up(watcher, asked, write)
        checked = time.monotonic()
        while not watcher.dropped:
            text = await watcher.take(seconds=HEARTBEAT)
            # The id keeps a quiet watcher's place near the end of the journal.
            await write(text or f": alive\nid: {self.hub.come_to(watcher)}\n\n".encode())
            if time.monotonic() - checked > SESSION_CHECK:
                checked = time.monotonic()
                sight = await self._sight(asked)
                if sight is None:
                    break
                watcher.sight = sight
        await _write(send, b"", more=False)

    async def _catch_up(
        self, watcher: Watcher, asked: "Asked", write: Callable[[bytes], Awaitable[None]]
    ) -> None:
        """Say hello with the place where this connection begins, and first what was missed."""
        hello = f"retry: {RETRY}\nid: {watcher.last}\nevent: hello\ndata: {{}}\n\n".encode()
        if not asked.since:
            await write(hello)
            return
        since = cursor_from(asked.since)
        pages = await self.hub.missed(watcher, since) if since else None
        if pages is None:
            await write(RESET)
        for page in pages or ():
            if page:
                await write(page)
        await write(hello)

    async def _sight(self, asked: "Asked") -> Sight | None:
        if not asked.session_key:
            return None
        return await self.hub.look_up(partial(self._sight_of_session, asked.session_key))

    def _sight_of_session(self, session_key: str) -> Sight | None:
        store: type[SessionBase] = import_string(f"{settings.SESSION_ENGINE}.SessionStore")
        request = HttpRequest()
        request.session = _ReadOnlySession(store(session_key).load())  # type: ignore[assignment]
        person = person_or_none(get_user(request))
        return sight_of(person, self.hub.subjects) if person else None


class Asked:
    """What of a request matters here."""

    def __init__(self, scope: Scope) -> None:
        self.method: str = scope["method"]
        self.path: str = scope["path"]
        self.headers = {
            name.decode("latin-1").lower(): value.decode("latin-1")
            for name, value in scope["headers"]
        }
        query = parse_qs(scope.get("query_string", b"").decode("latin-1"))
        # Browsers send the header when they come back; old clients of other kinds may use ?after=.
        self.since = self.headers.get("last-event-id") or query.get("after", [""])[0]
        cookies = parse_cookie(self.headers.get("cookie", ""))
        self.session_key = cookies.get(settings.SESSION_COOKIE_NAME, "")

    @property
    def host(self) -> str:
        """The host name asked for, without its port."""
        return split_domain_port(self.headers.get("host", ""))[0]

    @property
    def host_is_ours(self) -> bool:
        """Whether it is one of settings.ALLOWED_HOSTS."""
        return validate_host(self.host, settings.ALLOWED_HOSTS)

    @property
    def cors(self) -> list[tuple[bytes, bytes]]:
        """Pages of the same host on another port may read the answer with their cookies."""
        origin = self.headers.get("origin", "")
        headers = [(b"vary", b"origin, cookie")]
        if origin and self.host and _host_of(origin) == self.host:
            headers += [
                (b"access-control-allow-origin", origin.encode("latin-1")),
                (b"access-control-allow-credentials", b"true"),
            ]
        return headers


class _ReadOnlySession(dict[str, Any]):
    """A session as it was found; whatever is wrong with it, the pages will mend, not the stream."""

    def flush(self) -> None:
        self.clear()

    def cycle_key(self) -> None:
        """Nothing: the stream sets no cookies."""


def _host_of(origin: str) -> str:
    try:
        parts = urlsplit(origin)
        return split_domain_port(parts.netloc)[0] if parts.scheme in ("http", "https") else ""
    except ValueError:
        return ""


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _write(send: Send, text: bytes, *, more: bool = True) -> None:
    """Send, and give up (TimeoutError) on whoever takes nothing for long: it can come back."""
    async with asyncio.timeout(SLOWEST):
        await send({"type": "http.response.body", "body": text, "more_body": more})


def _when_stopped(end: Callable[[], None]) -> None:
    """Call `end` on SIGTERM and SIGINT, besides what the server does then.

    The server waits for open connections before it says lifespan.shutdown, and these never end by
    themselves. Its own handler hangs on the loop's wake-up descriptor, which is written to whatever
    handler is set here.
    """
    loop = asyncio.get_running_loop()
    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(end))
            signal.siginterrupt(number, False)  # noqa: FBT003 - takes no keywords


async def _say(send: Send, status: int, answer: dict[str, Any], asked: Asked) -> None:
    headers = [
        (b"content-type", b"application/json; charset=utf-8"),
        (b"cache-control", b"no-store"),
        *asked.cors,
    ]
    body = json.dumps(answer, ensure_ascii=False).encode()
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
