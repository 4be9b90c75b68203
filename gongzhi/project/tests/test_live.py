"""The stream on the wire: who is let in, how it resumes, and when it ends."""

import asyncio
import json
from contextlib import asynccontextmanager
from functools import partial

import pytest
from django.conf import settings as django_settings
from django.db import connection

from conftest import NOON
from gongzhi.access.models import Person
from gongzhi.access.roles import Can
from gongzhi.cases import actions
from gongzhi.cases.reads.parties import parties_of
from gongzhi.cases.words import DeclineGround
from gongzhi.journal import stream
from gongzhi.journal.live import Hub, Subject
from gongzhi.project import live
from gongzhi.project.live import LiveStream
from tests.settled import wait_until_settled

# What a request finds in the database must be committed: the stream has connections of its own.
committed = pytest.mark.django_db(transaction=True)


def in_thread(work):
    """The blocking work as a coroutine that leaves no connection open."""

    def closing(*args, **kwargs):
        try:
            return work(*args, **kwargs)
        finally:
            connection.close()

    return partial(asyncio.to_thread, closing)


class Connection:
    """A request to the stream without a network; used as `async with`."""

    def __init__(self, app, path="/live/", *, client=None, method="GET", query="", **headers):
        cookie = client.cookies.get(django_settings.SESSION_COOKIE_NAME) if client else None
        pairs = {"host": "127.0.0.1:8001", **{k.replace("_", "-"): v for k, v in headers.items()}}
        if cookie:
            pairs["cookie"] = f"{django_settings.SESSION_COOKIE_NAME}={cookie.value}"
        self.app = app
        self.scope = {
            "type": "http",
            "method": method,
            "path": path,
            "query_string": query.encode(),
            "headers": [(k.encode(), v.encode()) for k, v in pairs.items()],
        }
        self.status, self.headers, self.body = 0, {}, b""
        self.ended = asyncio.Event()
        self._stir, self._gone, self.stuck = asyncio.Event(), asyncio.Event(), False

    async def __aenter__(self):
        self.task = asyncio.create_task(self.app(self.scope, self._receive, self._send))
        self.task.add_done_callback(lambda _: self.ended.set())
        return self

    async def __aexit__(self, *_):
        self._gone.set()
        await asyncio.wait_for(self.task, 5)

    async def _receive(self):
        await self._gone.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message):
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = {k.decode(): v.decode() for k, v in message["headers"]}
        else:
            if self.stuck:
                await asyncio.sleep(60)
            self.body += message.get("body", b"")
        self._stir.set()

    async def until(self, text: str) -> None:
        """Wait until the text was sent."""
        async with asyncio.timeout(5):
            while text not in self.body.decode():
                self._stir.clear()
                await self._stir.wait()

    async def until_heard(self, count: int) -> None:
        """Wait for so many events: on PostgreSQL an open transaction of anybody holds them back."""
        async with asyncio.timeout(10):
            while len(self.heard) < count:
                self._stir.clear()
                await self._stir.wait()

    @property
    def heard(self) -> list[str]:
        """The names of the events received, in order."""
        lines = self.body.decode().splitlines()
        data = [json.loads(line[6:]) for line in lines if line.startswith("data: ")]
        return [one["name"] for one in data if one]

    @property
    def last_id(self) -> str:
        """What a browser would send as Last-Event-ID."""
        ids = [line[4:] for line in self.body.decode().splitlines() if line.startswith("id: ")]
        return ids[-1]


@asynccontextmanager
async def serving():
    hub = Hub({"case": Subject(Can.SEE_CASES, parties_of)}, pause=0.02)
    try:
        yield LiveStream(hub)
    finally:
        await hub.close()


def answer(path="/live/", **kwargs) -> Connection:
    """The finished answer to a request that is not let in."""

    async def ask():
        async with serving() as app, Connection(app, path, **kwargs) as asked:
            await asyncio.wait_for(asked.ended.wait(), 5)
            return asked

    return asyncio.run(ask())


def test_a_stranger_is_told_to_sign_in():
    told = answer()
    assert told.status == 403
    assert "请先登录" in json.loads(told.body)["error"]


@committed
@pytest.mark.parametrize("who", ["wang", "guan"])
def test_those_with_nothing_to_watch_are_not_let_in(who, request, as_):
    client = as_(request.getfixturevalue(who))
    assert answer(client=client).status == 403


@committed
def test_a_made_up_or_ended_session_is_a_strangers(qian, as_):
    client = as_(qian)
    assert answer(cookie="sessionid=0123456789abcdef0123456789abcdef").status == 403
    client.logout()
    assert answer(client=client).status == 403


@committed
def test_a_changed_password_ends_the_session_without_the_stream_touching_it(qian, as_):
    from django.contrib.sessions.models import Session

    client = as_(qian)
    qian.set_password("another-long-password")
    qian.save()
    assert answer(client=client).status == 403
    assert Session.objects.count() == 1


@pytest.mark.parametrize("path", ["/", "/live", "/live/x", "/desk/", "/static/a.css", "/healthz/"])
def test_nothing_else_is_served_here(path):
    assert answer(path).status == 404


@pytest.mark.parametrize("method", ["POST", "HEAD", "PUT", "OPTIONS"])
def test_the_stream_can_only_be_read(method):
    assert answer(method=method).status == 405


def test_health_is_answered_without_a_session():
    told = answer("/healthz")
    assert (told.status, json.loads(told.body)) == (200, {"alive": True})


@committed
def test_a_host_that_is_not_ours_is_refused(qian, as_):
    assert answer(client=as_(qian), host="evil.example").status == 400


@pytest.mark.parametrize(
    ("origin", "may_read"),
    [
        ("http://127.0.0.1:8000", True),
        ("https://127.0.0.1", True),
        ("http://localhost:8000", False),
        ("http://127.0.0.1.evil.example", False),
        ("file://127.0.0.1", False),
        ("null", False),
        ("http://[", False),
    ],
)
def test_only_pages_of_the_same_host_may_read_the_answer(origin, may_read):
    told = answer(origin=origin)
    expected = {
        "access-control-allow-origin": origin,
        "access-control-allow-credentials": "true",
    }
    found = {k: v for k, v in told.headers.items() if k.startswith("access-control")}
    assert found == (expected if may_read else {})


@committed
def test_what_happens_arrives_by_name_and_number(report, chen, qian, as_):
    client, case = as_(qian), report()
    wait_until_settled()

    async def story():
        async with serving() as app, Connection(app, client=client) as leader:
            await leader.until("event: hello")
            await in_thread(actions.decline)(
                by=chen, case=case, ground=DeclineGround.REPEATED, answer="已经答复过了", at=NOON
            )
            await leader.until("cases.declined")
            return leader

    leader = asyncio.run(story())
    assert leader.status == 200
    assert leader.headers["content-type"] == "text/event-stream; charset=utf-8"
    assert leader.headers["cache-control"] == "no-store"
    assert leader.heard == ["cases.declined"]
    assert "答复" not in leader.body.decode()


@committed
def test_a_unit_hears_when_a_case_is_given_to_it(report, chen, wu, lighting, as_):
    client, other, theirs = as_(wu), report(), report()
    wait_until_settled()

    async def story():
        async with serving() as app, Connection(app, client=client) as unit:
            await unit.until("event: hello")
            give = in_thread(actions.dispatch)
            await in_thread(actions.decline)(
                by=chen, case=other, ground=DeclineGround.REPEATED, answer="已经答复过了", at=NOON
            )
            await give(by=chen, case=theirs, to=lighting, at=NOON)
            await unit.until("cases.dispatched")
            return unit.heard

    assert asyncio.run(story()) == ["cases.dispatched"]


@committed
@pytest.mark.parametrize("how", ["header", "query"])
def test_a_browser_that_comes_back_misses_nothing(report, qian, as_, how):
    client = as_(qian)

    async def story():
        async with serving() as app:
            async with Connection(app, client=client) as first:
                await first.until("event: hello")
                await in_thread(report)()
                await first.until("cases.reported")
            await in_thread(report)()
            since = first.last_id
            asked = {"query": f"after={since}"} if how == "query" else {"last_event_id": since}
            async with Connection(app, client=client, **asked) as second:
                await second.until("event: hello")
                await in_thread(report)()
                await second.until_heard(2)
                await asyncio.sleep(0.2)  # a double would come right behind
                return first.heard + second.heard

    assert asyncio.run(story()) == ["cases.reported"] * 3


@committed
def test_a_place_nobody_understands_means_starting_anew(qian, as_):
    client = as_(qian)

    async def story():
        async with serving() as app, Connection(app, client=client, last_event_id="?") as back:
            await back.until("event: hello")
            return back.body.decode()

    assert "event: reset" in asyncio.run(story())


@committed
def test_the_first_greeting_already_says_where_to_resume(report, qian, as_):
    report()
    client = as_(qian)

    async def story():
        async with serving() as app, Connection(app, client=client) as first:
            await first.until("event: hello")
            return first

    told = asyncio.run(story())
    assert told.body.decode().startswith("retry: 2000\n")
    assert told.last_id == str(stream.now_at())


@committed
def test_signs_of_life_come_when_nothing_happens(qian, as_, monkeypatch):
    monkeypatch.setattr(live, "HEARTBEAT", 0.05)
    client = as_(qian)

    async def story():
        async with serving() as app, Connection(app, client=client) as quiet:
            await quiet.until(": alive")

    asyncio.run(story())


@committed
@pytest.mark.parametrize("how", ["signed out", "locked", "post taken away"])
def test_the_stream_ends_with_the_right_to_it(qian, as_, monkeypatch, how):
    monkeypatch.setattr(live, "HEARTBEAT", 0.05)
    monkeypatch.setattr(live, "SESSION_CHECK", 0.1)
    client = as_(qian)

    def end():
        if how == "signed out":
            client.logout()
        elif how == "locked":
            Person.objects.filter(pk=qian.pk).update(is_active=False)
        else:
            qian.posts.all().delete()

    session = client.cookies.copy()

    async def story():
        async with serving() as app:
            client.cookies = session
            async with Connection(app, client=client) as leader:
                await leader.until(": alive")
                assert not leader.ended.is_set()
                await in_thread(end)()
                await asyncio.wait_for(leader.ended.wait(), 5)

    asyncio.run(story())


@committed
def test_who_takes_nothing_for_long_is_let_go(report, qian, as_, monkeypatch):
    monkeypatch.setattr(live, "SLOWEST", 0.1)
    client = as_(qian)

    async def story():
        async with serving() as app:
            slow = Connection(app, client=client)
            await slow.__aenter__()
            await slow.until("event: hello")
            slow.stuck = True
            await in_thread(report)()
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(asyncio.shield(slow.task), 5)
            return slow.ended.is_set(), len(app.hub.watchers)

    assert asyncio.run(story()) == (True, 0)


@committed
def test_stopping_the_server_ends_every_stream(qian, as_):
    client = as_(qian)

    async def story():
        async with serving() as app, Connection(app, client=client) as leader:
            await leader.until("event: hello")
            app.hub.drop_all()
            await asyncio.wait_for(leader.ended.wait(), 5)

    asyncio.run(story())
