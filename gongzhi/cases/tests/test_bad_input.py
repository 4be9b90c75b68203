"""Whatever is sent, by the page or by the API: a clear sentence, the right status, nothing half."""

import json
import math
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from conftest import HERE
from gongzhi.cases.models import Attachment, Case
from gongzhi.cases.tests import uploads
from gongzhi.cases.tests.uploads import photo, upload
from gongzhi.journal.models import Errand, Event
from gongzhi.kernel.tests.threads import at_once

pytestmark = pytest.mark.django_db

WORDS = "路灯不亮，晚上看不见路"
DEVICE = "a" * 40
FORM = "multipart/form-data"


class Answer:
    """What either door answered: its status and all it said."""

    def __init__(self, response: Any) -> None:
        self.status = response.status_code
        self.said = response.content.decode()
        if response.headers["Content-Type"].startswith("application/json"):
            self.said = json.dumps(response.json(), ensure_ascii=False)


def by_page(client: Client | None = None, **fields: Any) -> Answer:
    """The resident's form, as a browser without scripts sends it."""
    form: dict[str, Any] = {
        "key": uuid4(),
        "text": WORDS,
        "sure": "1",
        "lng": HERE[0],
        "lat": HERE[1],
    }
    form.update(fields)
    sent = {name: value for name, value in form.items() if value is not None}
    return Answer((client or Client()).post("/report/", sent))


def by_api(client: Client | None = None, **fields: Any) -> Answer:
    """The same by the API; photos are handed in first, as an app does it."""
    client, headers = client or Client(), {"X-Device-Token": DEVICE}
    sealed = []
    for one in fields.pop("photos", []):
        answer = client.post("/api/v1/photos", {"photo": one}, headers=headers)
        if answer.status_code != 201:
            return Answer(answer)
        sealed.append(answer.json()["file"])
    body = {"key": str(uuid4()), "text": WORDS, "lng": HERE[0], "lat": HERE[1], "files": sealed}
    body.update(fields)
    response = client.post(
        "/api/v1/reports",
        json.dumps(body, default=str),
        content_type="application/json",
        headers=headers,
    )
    return Answer(response)


both_doors = pytest.mark.parametrize("send", [by_page, by_api])


def kept() -> tuple[int, ...]:
    """How many cases, events, errands and files there are."""
    return tuple(model.objects.count() for model in (Case, Event, Errand, Attachment))


def is_refused(answer: Answer, status: int, words: str) -> None:
    assert answer.status == status, answer.said[:2000]
    assert words in answer.said
    assert kept() == (0, 0, 0, 0)


# ── words ─────────────────────────────────────────────────────────────────


@both_doors
@pytest.mark.parametrize("text", ["", "a", "\x00", " \r\n ", "\u200b\u200b"])
def test_no_words_and_no_photo(world, send, text):
    is_refused(send(text=text), 422, "至少两个字")


@both_doors
def test_twenty_thousand_characters(world, send):
    is_refused(send(text="路" * 20_000), 422, "20000 字")


def test_the_page_gives_back_what_was_typed_however_long(world):
    assert "路" * 20_000 in by_page(text="路" * 20_000).said


@both_doors
def test_more_than_is_read_into_memory(world, send):
    is_refused(send(text="路" * 1_000_000), 413, "太")


@both_doors
@pytest.mark.parametrize(
    "text",
    [
        "井盖坏了🕳️👨‍👩‍👧🫨",
        "㐂𠮷𪚥\U00031350街路灯",
        "<script>alert('x')</script><b>",
        "'; DROP TABLE cases_case;--",
    ],
)
def test_emoji_rare_han_and_html_are_kept_as_they_are(world, send, text):
    answer = send(text=text)
    assert answer.status in {201, 302}, answer.said
    assert Case.objects.get().text == text


def test_html_is_never_alive_on_a_page(world, as_, wang, li, chen):
    evil = "<script>alert('x')</script>路灯\"onmouseover=alert(1)"
    browser = as_(wang)
    assert by_page(browser, text=evil, address=evil).status == 302
    case = Case.objects.get()
    pages = [(browser, f"/track/{case.number}/"), (browser, "/mine/"), (as_(chen), "/desk/")]
    for client, path in pages:
        body = client.get(path).content.decode()
        assert "<script>alert" not in body, path
    assert "<script>alert" not in by_page(text=evil, lng="x").said


@both_doors
def test_null_bytes_and_controls_are_left_out(world, send):
    assert send(text="路灯\x00不\x07亮", address="3\x00栋").status in {201, 302}
    case = Case.objects.get()
    assert (case.text, case.address) == ("路灯不亮", "3栋")


# ── places ────────────────────────────────────────────────────────────────


@both_doors
@pytest.mark.parametrize(
    "place",
    [
        {"lng": math.nan, "lat": math.nan},
        {"lng": math.inf},
        {"lat": -math.inf},
        {"lng": HERE[1], "lat": HERE[0]},
        {"lng": 1e308},
        {"lng": "东经", "lat": "北纬"},
        {"lng": "117,306"},
        {"lng": "１１７。３"},
        {"datum": "mars"},
    ],
    ids=["nan", "inf", "-inf", "swapped", "huge", "words", "comma", "wide", "datum"],
)
def test_coordinates_that_are_none(world, send, place):
    answer = send(**place)
    assert answer.status == 422, answer.said[:2000]
    assert any(
        words in answer.said for words in ("位置", "经度", "经纬度", "数字", "坐标系", "可选")
    )
    assert kept() == (0, 0, 0, 0)


@both_doors
@pytest.mark.parametrize("lng_lat", [(2.3522, 48.8566), (-74.0, 40.7), (116.4, 39.9)])
def test_another_continent_or_city(world, send, lng_lat):
    lng, lat = lng_lat
    is_refused(send(lng=lng, lat=lat), 422, "本区以外")


@both_doors
def test_half_a_position(world, send):
    answer = send(lat=None)
    assert answer.status == 422
    assert kept() == (0, 0, 0, 0)


@both_doors
def test_no_place_at_all(world, send):
    is_refused(send(lng=None, lat=None), 422, "写明地点")


# ── files ─────────────────────────────────────────────────────────────────


@both_doors
def test_eleven_photos(world, send):
    photos = [upload(photo((20, 20)), f"{n}.jpg") for n in range(11)]
    is_refused(send(photos=photos), 422, "最多6张")


def test_thirty_photos_by_the_page(world):
    photos = [upload(photo((20, 20)), f"{n}.jpg") for n in range(30)]
    is_refused(by_page(photos=photos), 422, "最多6张")


@both_doors
@pytest.mark.parametrize(
    ("content", "status", "words"),
    [
        (uploads.zip_named_jpg(), 422, "不是照片"),
        (uploads.bomb(), 413, "万像素"),
        (photo((900, 900))[:-3000], 422, "打不开"),
        (b"\xff\xd8\xff" + bytes(30 * 1024**2), 413, "20MB"),
        (b"\x00\x00\x00\x18ftypheic" + bytes(500), 422, "HEIC"),
    ],
    ids=["zip named jpg", "decompression bomb", "half a photo", "30 MB", "heic"],
)
def test_what_is_no_photo(world, send, content, status, words, settings):
    is_refused(send(photos=[upload(content)]), status, words)
    assert [path for path in settings.PHOTO_DIR.glob("**/*") if path.is_file()] == []


def test_a_body_beyond_all_bounds_is_not_even_read(world, settings):
    settings.BODY_MOST_BYTES = 1024**2
    is_refused(by_page(photos=[upload(photo((20, 20)) + bytes(1024**2))]), 413, "加起来最多1MB")


def test_a_voice_note_that_is_none(world):
    is_refused(by_page(voice=upload(uploads.zip_named_jpg(), "voice.webm")), 422, "语音")


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (
            b"--x\r\nContent-Disposition: form-data; name=text\r\n\r\nhalf",
            "multipart/form-data; boundary=x",
        ),
        (b"nothing of a form", "multipart/form-data; boundary=x"),
        (b"x", "multipart/form-data"),
        (b"text=%ff%fe%00&lng=%", "application/x-www-form-urlencoded"),
        (b"&".join(b"a%d=1" % n for n in range(500)), "application/x-www-form-urlencoded"),
    ],
    ids=["broken off", "no form", "no boundary", "not utf-8", "too many fields"],
)
def test_a_form_that_is_none_is_answered_in_words(world, content, kind):
    response = Client().post("/report/", content, content_type=kind)
    assert response.status_code == 422
    assert "请" in response.content.decode()
    assert kept() == (0, 0, 0, 0)


# ── the same again ────────────────────────────────────────────────────────


@both_doors
def test_the_same_key_twice_in_a_row(world, send):
    key, client = str(uuid4()), Client()
    first, again = send(client, key=key), send(client, key=key)
    assert first.status in {201, 302}
    assert again.status in {200, 302}
    assert kept()[:2] == (1, 1)


@both_doors
def test_a_key_that_is_none(world, send):
    answer = send(key="not-a-key")
    assert answer.status in {302, 422}
    assert kept()[0] == (answer.status == 302)


@pytest.mark.django_db(transaction=True)
@both_doors
def test_the_same_key_at_once(world, as_, wang, send):
    key = str(uuid4())
    browsers = [as_(wang) for _ in range(5)]
    answers = at_once(*[lambda b=browser: send(b, key=key) for browser in browsers])
    assert {getattr(answer, "status", answer) for answer in answers} <= {200, 201, 302}
    assert kept()[:2] == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_the_same_key_from_two_people_at_once(world, as_, wang, zhou):
    key = str(uuid4())
    answers = at_once(
        lambda: by_page(as_(wang), key=key, text="我家门口路灯不亮"),
        lambda: by_page(as_(zhou), key=key, text="他家门口路灯不亮"),
    )
    assert [getattr(answer, "status", answer) for answer in answers] == [302, 302]
    assert set(Case.objects.values_list("reported_by__username", "text")) == {
        ("wang", "我家门口路灯不亮"),
        ("zhou", "他家门口路灯不亮"),
    }
