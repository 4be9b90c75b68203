"""A plain report of a program goes a shorter way and is answered as on the ordinary one."""

import json
from dataclasses import dataclass
from uuid import uuid4

import pytest
from django.test import RequestFactory

from conftest import HERE
from gongzhi.cases import intake
from gongzhi.cases.models import Case
from gongzhi.journal.models import Errand, Event
from gongzhi.kernel import limits
from gongzhi.places.coordinates import wgs84_to_gcj02
from gongzhi.project import quick
from gongzhi.project.wsgi import application, pages

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("one_connection")]

LAMP = {"text": "路灯不亮，晚上看不见路", "lng": HERE[0], "lat": HERE[1]}
ELSEWHERE = wgs84_to_gcj02(*HERE)
SHORT = "default-src 'none'; frame-ancestors 'none'"  # the policy that only the short way sends

TAKEN = [
    LAMP,
    {"text": "楼道里闻到煤气", "lng": ELSEWHERE[0], "lat": ELSEWHERE[1], "datum": "gcj02"},
    {"text": "请来看看", "address": "望湖花园3栋", "contact_name": "王", "contact_phone": "12345"},
    {**LAMP, "files": []},
    {**LAMP, "unknown": [1, {"a": None}]},
    {**LAMP, "item": ""},
]
REFUSED_BY_THE_VERB = [
    {**LAMP, "lng": 117, "lat": 31},  # whole numbers are numbers, but this place is not ours
    {**LAMP, "text": "a"},
    {**LAMP, "text": "路" * 2001},
    {**LAMP, "lng": None},
    {**LAMP, "lng": 2.3522, "lat": 48.8566},
    {"text": "路灯不亮"},
    {**LAMP, "item": "99999"},
    {**LAMP, "contact_phone": "abc"},
]
LEFT_TO_THE_API = [
    {**LAMP, "text": None},
    {**LAMP, "text": "路" * 100_001},
    {**LAMP, "lng": "117.306", "lat": "31.792"},  # a lenient reader takes them
    {**LAMP, "lng": "东经117度"},
    {**LAMP, "datum": "mars"},
    {**LAMP, "key": "not a key"},
    {**LAMP, "key": None},
    {**LAMP, "item": "x" * 21},
    {**LAMP, "files": ["broken"]},
    {**LAMP, "files": "broken"},
    [LAMP],
    None,
]


@dataclass
class Answer:
    """What came back over WSGI."""

    status_code: int
    headers: dict[str, str]
    content: bytes

    def json(self):
        return json.loads(self.content)


@pytest.fixture
def both(world):
    """Send the same from two devices, the short way and the ordinary one; both answers."""

    def send(body, **headers):
        answers = []
        for way, device in ((application, "a" * 40), (pages, "b" * 40)):
            limits.forget()
            answers.append(post(body, way=way, headers={"X-Device-Token": device, **headers}))
        return answers

    return send


def post(body, *, headers, path=quick.PATH, way=application):
    if isinstance(body, dict):
        body = {"key": str(uuid4()), **body}
    content = body if isinstance(body, str | bytes) else json.dumps(body)
    kind = "application/json"
    request = RequestFactory().generic("POST", path, content, kind, headers=headers)
    began = []
    parts = way(request.environ, lambda status, said: began.append((status, said)))
    content = b"".join(parts)
    getattr(parts, "close", lambda: None)()
    ((status, said),) = began
    return Answer(int(status.split()[0]), dict(said), content)


def alike(short, ordinary) -> None:
    """The same status and the same words; numbers and secrets are each case's own."""
    assert short.status_code == ordinary.status_code, short.content.decode()
    one, other = short.json(), ordinary.json()
    assert one.keys() == other.keys()
    own = {"number", "secret", "due_at"}
    assert {k: v for k, v in one.items() if k not in own} == {
        k: v for k, v in other.items() if k not in own
    }
    assert short.headers["Content-Type"] == ordinary.headers["Content-Type"]
    assert short.headers["Content-Length"] == str(len(short.content))


@pytest.mark.parametrize("body", TAKEN, ids=range(len(TAKEN)))
def test_what_is_plainly_right_is_taken_the_short_way(both, body, world):
    short, ordinary = both(body)
    assert short.headers["Content-Security-Policy"] == SHORT
    assert ordinary.headers["Content-Security-Policy"] != SHORT
    assert short.status_code == 201
    theirs, ours = Case.objects.order_by("-pk")
    for name in ("title", "text", "area", "desk", "item", "grade", "source", "lng", "address"):
        assert getattr(ours, name) == getattr(theirs, name)
    contact = (ours.contact_name, ours.contact_phone)
    assert contact == (theirs.contact_name, theirs.contact_phone)
    assert Event.objects.count() == 2
    assert len(set(Errand.objects.values_list("reaction"))) * 2 == Errand.objects.count()
    alike(short, ordinary)


@pytest.mark.parametrize("body", REFUSED_BY_THE_VERB, ids=range(len(REFUSED_BY_THE_VERB)))
@pytest.mark.parametrize("language", ["zh-CN,zh;q=0.9", "en-GB,en"])
def test_refusals_are_the_same_in_the_same_language(both, body, language):
    short, ordinary = both(body, **{"Accept-Language": language})
    assert short.headers["Content-Security-Policy"] == SHORT
    assert short.status_code == 422
    assert short.headers["Content-Language"] == ordinary.headers["Content-Language"]
    alike(short, ordinary)


@pytest.mark.parametrize("body", LEFT_TO_THE_API, ids=range(len(LEFT_TO_THE_API)))
def test_what_is_not_plainly_right_is_read_and_refused_by_the_api(both, body):
    short, ordinary = both(body)
    assert short.headers["Content-Security-Policy"] != SHORT
    alike(short, ordinary)


@pytest.mark.parametrize(
    "body", [b"", b"{", b"\xff\xfe", b'{"key":"\\ud800"}', b'{"lng": NaN}', b"[" * 10_000]
)
def test_what_is_no_json_is_refused_by_the_api(both, body):
    short, ordinary = both(body)
    assert short.status_code in {400, 422}
    alike(short, ordinary)


def test_sent_again_it_is_the_same_case_on_either_way(world):
    body = {"key": str(uuid4()), **LAMP}
    device = {"X-Device-Token": "a" * 40}
    first = post(body, headers=device)
    again = post(body, headers=device)
    other_way = post(body, headers=device, way=pages)
    assert [first.status_code, again.status_code, other_way.status_code] == [201, 200, 200]
    assert {r.json()["number"] for r in (first, again, other_way)} == {Case.objects.get().number}
    assert again.json()["secret"] is None


@pytest.mark.parametrize(
    ("headers", "path"),
    [
        ({}, quick.PATH),
        ({"X-Device-Token": "short"}, quick.PATH),
        ({"X-Device-Token": "a" * 40 + "\n"}, quick.PATH),
        ({"X-Device-Token": "a" * 40}, quick.PATH + "/"),
        ({"X-Device-Token": "a" * 40, "Host": "evil.example"}, quick.PATH),
    ],
)
def test_whoever_does_not_show_a_device_goes_the_ordinary_way(world, headers, path):
    response = post(LAMP, headers=headers, path=path)
    assert response.headers.get("Content-Security-Policy") != SHORT
    assert (response.status_code == 201) == (headers == {})


def test_the_limit_holds_on_the_short_way_and_counts_both(world, settings):
    settings.REPORTS_PER_REPORTER = 3
    device = {"X-Device-Token": "a" * 40}
    answers = []
    for turn in range(5):
        way = pages if turn == 1 else application
        answers.append(post(LAMP, headers=device, way=way).status_code)
    assert answers == [201, 201, 201, 429, 429]
    assert post(LAMP, headers={"X-Device-Token": "b" * 40}).status_code == 201


def test_a_large_body_goes_the_ordinary_way(both):
    short, ordinary = both({**LAMP, "unknown": "x" * quick.LARGEST})
    assert short.headers["Content-Security-Policy"] != SHORT
    alike(short, ordinary)


def test_what_nobody_foresaw_goes_the_ordinary_way(world, monkeypatch, caplog):
    """There it is taken, or answered and logged as of any page; sent again it is the same case."""
    took, tries = intake.take, []

    def stumble(*given, **named):
        tries.append(given)
        if len(tries) == 1:
            raise RuntimeError("a slip of ours")
        return took(*given, **named)

    monkeypatch.setattr(intake, "take", stumble)
    response = post(LAMP, headers={"X-Device-Token": "a" * 40})
    assert response.status_code == 201
    assert response.headers["Content-Security-Policy"] != SHORT
    assert "the short way failed" in caplog.text
    assert Case.objects.count() == 1


def test_connections_are_looked_after_before_and_after(world, monkeypatch):
    """As Django does around each request: a broken one is thrown away, a pooled one given back."""
    looked = []
    monkeypatch.setattr(quick, "close_old_connections", lambda: looked.append(Case.objects.count()))
    assert post(LAMP, headers={"X-Device-Token": "a" * 40}).status_code == 201
    assert looked == [0, 1]
