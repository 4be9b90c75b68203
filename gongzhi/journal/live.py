"""Events handed on, as they happen, to everyone who watches and may know of them."""

import asyncio
import json
import logging
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple, TypeVar

from django.db import close_old_connections
from django.utils.timezone import localtime

from gongzhi.access.checks import scope
from gongzhi.access.models import Person
from gongzhi.access.roles import Can, Role
from gongzhi.journal import stream
from gongzhi.journal.models import Event
from gongzhi.journal.stream import Cursor

PAUSE = 0.1  # seconds between two looks at the journal
WAIT_AFTER_FAILURE = 2.0
IN_HAND = 1000  # what a watcher may leave untaken before it is dropped
TOO_OLD = 10_000  # events; whoever is further behind fetches everything anew instead
PAGE = 500

T = TypeVar("T")
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Subject:
    """Who may know of events about one kind of thing.

    Everyone who holds `can` over the event's area may; besides, the parties that `parties` names
    for each event's pk, "p:<person>" or "u:<unit>". It reads the database, once for many events.
    """

    can: Can
    parties: Callable[[Sequence[Event]], Mapping[int, frozenset[str]]]


@dataclass(frozen=True)
class Sight:
    """What somebody may know of: areas by kind of thing, and the names things are given to."""

    paths: tuple[tuple[str, tuple[str, ...]], ...]
    names: frozenset[str]

    def covers(self, news: "News") -> bool:
        """Whether the news is for these eyes."""
        if not self.names.isdisjoint(news.parties):
            return True
        return any(kind == news.kind and news.area.startswith(paths) for kind, paths in self.paths)


def sight_of(person: Person, subjects: Mapping[str, Subject]) -> Sight | None:
    """What the person may know of by the posts they hold; None when there is nothing."""
    paths = tuple((kind, tuple(scope(person, subject.can))) for kind, subject in subjects.items())
    units = {f"u:{p.unit_id}" for p in person.held if p.role == Role.UNIT_STAFF and p.unit_id}
    names = frozenset({f"p:{person.pk}", *units} if units else ())
    return Sight(paths, names) if names or any(below for _kind, below in paths) else None


class News(NamedTuple):
    """An event as it goes over the wire, with what decides who may know of it."""

    place: Cursor
    kind: str
    area: str
    parties: frozenset[str]
    text: bytes


def wire_text(event: Event) -> bytes:
    """One server-sent event: references only, no fact of the event and nothing about people."""
    data = {
        "name": event.name,
        "kind": event.kind,
        "id": event.subject_id,
        "at": localtime(event.at).isoformat(timespec="milliseconds"),
        "area": event.area_path,
    }
    head = f"id: {stream.place_of(event)}\nevent: event\n"
    return f"{head}data: {json.dumps(data, separators=(',', ':'))}\n\n".encode()


class Watcher:
    """One open connection: takes what is for its eyes, in order, each event once."""

    def __init__(self, sight: Sight, last: Cursor) -> None:
        self.sight = sight
        self.last = last  # everything up to here was handed over or was not for these eyes
        self.dropped = False
        self._untaken: deque[News] = deque()
        self._stir = asyncio.Event()

    @property
    def idle(self) -> bool:
        """Whether everything handed to it was taken."""
        return not self._untaken

    def hand(self, batch: Iterable[News]) -> None:
        """Lay news down for this watcher; one that left too many untaken is dropped."""
        if self.dropped:
            return
        self._untaken.extend(batch)
        if len(self._untaken) > IN_HAND:
            self.drop()
        self._stir.set()

    def drop(self) -> None:
        """Give this watcher up: the connection ends, the browser comes back and catches up."""
        self._untaken.clear()
        self.dropped = True
        self._stir.set()

    async def take(self, *, seconds: float) -> bytes:
        """What has come since the last call; nothing if nothing comes in time."""
        if self.idle and not self.dropped:
            try:
                async with asyncio.timeout(seconds):
                    await self._stir.wait()
            except TimeoutError:
                return b""
        self._stir.clear()
        fresh = [news for news in self._untaken if news.place > self.last]
        self._untaken.clear()
        if fresh:
            self.last = fresh[-1].place
        return b"".join(news.text for news in fresh)


class Hub:
    """Reads the journal once for everybody in this process and hands it to all watchers."""

    def __init__(self, subjects: Mapping[str, Subject], *, pause: float = PAUSE) -> None:
        self.subjects = subjects
        self.pause = pause
        self.watchers: set[Watcher] = set()
        self.healthy = True
        self._cursor: Cursor | None = None
        self._reading: asyncio.Task[None] | None = None
        self._tail = ThreadPoolExecutor(1, "live-tail")
        self._others = ThreadPoolExecutor(4, "live")

    async def look_up(self, work: Callable[[], T]) -> T:
        """Do something with the database beside the tail, in a thread of its own."""
        return await asyncio.get_running_loop().run_in_executor(
            self._others, partial(_with_connection, work)
        )

    async def join(self, sight: Sight) -> Watcher:
        """A watcher of all that comes from now on. Let it `leave` when its connection ends."""
        if self._reading is None:
            self._reading = asyncio.create_task(self._read_on())
        while self._cursor is None:
            await asyncio.sleep(self.pause / 4)
        watcher = Watcher(sight, self._cursor)
        self.watchers.add(watcher)
        return watcher

    def leave(self, watcher: Watcher) -> None:
        """Forget the watcher."""
        self.watchers.discard(watcher)

    def come_to(self, watcher: Watcher) -> Cursor:
        """How far a watcher with nothing untaken has come, also where nothing was for its eyes."""
        if self._cursor and watcher.idle:
            watcher.last = max(watcher.last, self._cursor)
        return watcher.last

    async def missed(self, watcher: Watcher, since: Cursor) -> list[bytes] | None:
        """What the watcher would have got between `since` and its joining, in stream order.

        None when that is more than TOO_OLD events, or `since` lies ahead of everything there is.
        """
        if await self.look_up(partial(stream.count_after, since, most=TOO_OLD + 1)) > TOO_OLD:
            return None
        if since > watcher.last:  # another process may have been a moment ahead of this one
            if since > await self.look_up(stream.now_at):
                return None
            watcher.last = since
            return []
        until, pages = watcher.last, []
        while since < until:
            news = await self.look_up(partial(self._news_after, since))
            if not news:
                break
            seen = [n for n in news if n.place <= until and watcher.sight.covers(n)]
            pages.append(b"".join(n.text for n in seen))
            since = news[-1].place
        return pages

    def drop_all(self) -> None:
        """End every connection; the browsers come back when there is a server again."""
        for watcher in self.watchers:
            watcher.drop()

    async def close(self) -> None:
        """Stop reading and end every connection."""
        self.drop_all()
        if self._reading:
            self._reading.cancel()
            await asyncio.gather(self._reading, return_exceptions=True)
            self._reading = None
        self._tail.shutdown(wait=True)
        self._others.shutdown(wait=True)

    async def _read_on(self) -> None:
        while True:
            pause = self.pause
            try:
                if await self._step() == PAGE:
                    pause = 0  # a burst: there is more already
                self.healthy = True
            except Exception:  # the database may be away for a while; nothing is lost by waiting
                log.exception("the journal cannot be read, trying again")
                self.healthy, pause = False, WAIT_AFTER_FAILURE
            await asyncio.sleep(pause)

    async def _step(self) -> int:
        """Read once and hand on what is new; how many events that were."""
        loop = asyncio.get_running_loop()
        if self._cursor is None:
            now_at = partial(_with_connection, stream.now_at)
            self._cursor = await loop.run_in_executor(self._tail, now_at)
        read = partial(_with_connection, partial(self._news_after, self._cursor))
        news = await loop.run_in_executor(self._tail, read)
        if news:
            self._hand_on(news)
            self._cursor = news[-1].place
        return len(news)

    def _hand_on(self, batch: Sequence[News]) -> None:
        """Decide once per sight, however many look with it."""
        alike: dict[Sight, list[Watcher]] = defaultdict(list)
        for watcher in self.watchers:
            alike[watcher.sight].append(watcher)
        for sight, watchers in alike.items():
            if visible := [news for news in batch if sight.covers(news)]:
                for watcher in watchers:
                    watcher.hand(visible)

    def _news_after(self, cursor: Cursor) -> list[News]:
        """The next page of events; those about other kinds of things move the cursor only."""
        events = stream.after(cursor, most=PAGE)
        parties: dict[int, frozenset[str]] = {}
        for kind, subject in self.subjects.items():
            if of_kind := [event for event in events if event.kind == kind]:
                parties |= subject.parties(of_kind)
        none: frozenset[str] = frozenset()
        return [
            News(
                stream.place_of(event),
                event.kind,
                event.area_path,
                parties.get(event.pk, none),
                wire_text(event),
            )
            for event in events
        ]


def _with_connection(work: Callable[[], T]) -> T:
    """Do it with a connection that is alive, and keep that as settings.CONN_MAX_AGE says."""
    close_old_connections()
    try:
        return work()
    finally:
        close_old_connections()
