"""Reporting, tracking and asking as other programs and apps do it."""

import json
import math
from uuid import uuid4

import pytest
from django.test import Client

from conftest import GAS, HERE, LAMP
from gongzhi.cases.models import Attachment, Case
from gongzhi.cases.tests import uploads
from gongzhi.cases.tests.uploads import photo, upload
from gongzhi.kernel.tests.threads import at_once
from gongzhi.places.coordinates import wgs84_to_gcj02

pytestmark = pytest.mark.django_db

DEVICE = {"X-Device-Token": "a" * 40}
OTHER = {"X-Device-Token": "b" * 40}


def send(client: Client | None = None, *, headers=DEVICE, raw: str | None = None, **fields):
    """POST a report from the middle of grid_1; `raw` replaces the whole body."""
    body = {"key": str(uuid4()), "text": "路灯不亮，晚上看不见路", "lng": HERE[0], "lat": HERE[1]}
    content = raw if raw is not None else json.dumps({**body, **fields})
    return (client or Client()).post(
        "/api/v1/reports", content, content_type="application/json", headers=headers
    )


def hand_in(content: bytes, *, client: Client | None = None, headers=DEVICE):
    data = {"photo": upload(content)}
    return (client or Client()).post("/api/v1/photos", data, headers=headers)


def refused(response, status: int, words: str, field: str | None = None) -> None:
    assert response.status_code == status, response.content.decode()
    body = response.json()
    assert set(body) == {"code", "sentence", "field"}
    assert words in body["sentence"]
    if field is not None:
        assert body["field"] == field


# ── report ────────────────────────────────────────────────────────────────


def test_a_report_gets_number_secret_and_deadline(world, grid_1):
    response = send()
    assert response.status_code == 201
    case, body = Case.objects.get(), response.json()
    assert (body["number"], body["secret"], body["status"]) == (
        case.number,
        case.secret,
        "reported",
    )
    assert body["due_at"].startswith("2")
    assert body["device_token"] is None
    assert (case.area, case.source) == (grid_1, "api")


def test_sending_it_again_is_answered_200_without_the_secret(world):
    key = str(uuid4())
    first, again = send(key=key), send(key=key, text="改过的内容")
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json()["number"] == first.json()["number"]
    assert again.json()["secret"] is None
    assert Case.objects.count() == 1


def test_another_device_with_the_same_key_gets_a_case_of_its_own(world):
    key = str(uuid4())
    mine, theirs = send(key=key), send(key=key, headers=OTHER)
    assert (mine.status_code, theirs.status_code) == (201, 201)
    assert mine.json()["number"] != theirs.json()["number"]


def test_a_stranger_without_a_token_is_given_one(world):
    token = send(headers={}).json()["device_token"]
    assert len(token) >= 32
    number = Case.objects.get().number
    headers = {"X-Device-Token": token}
    assert Client().get(f"/api/v1/reports/{number}", headers=headers).status_code == 200


def test_danger_brings_the_number_to_call(world):
    response = send(text="楼道里闻到煤气")
    assert response.json()["emergency"]["call"] == "119"
    assert Case.objects.get().item.code == GAS


def test_other_coordinate_systems_are_named(world, grid_1):
    lng, lat = wgs84_to_gcj02(*HERE)
    assert send(lng=lng, lat=lat, datum="gcj02").status_code == 201
    assert (Case.objects.get().lng, Case.objects.get().lat) == pytest.approx(HERE, abs=0.00001)


# ── bad input ─────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("fields", "words", "field"),
    [
        ({"text": ""}, "至少两个字", "text"),
        ({"text": "a"}, "至少两个字", "text"),
        ({"text": "\x00"}, "至少两个字", "text"),
        ({"text": "路" * 20_000}, "现在有 20000 字", "text"),
        ({"text": "路" * 100_001}, "太长", "text"),
        ({"text": None}, "内容不对", "text"),
        ({"text": ["路灯不亮"]}, "内容不对", "text"),
        ({"lng": math.nan}, "有效的经纬度", "place"),
        ({"lng": math.inf, "lat": -math.inf}, "有效的经纬度", "place"),
        ({"lng": HERE[1], "lat": HERE[0]}, "写反", "place"),
        ({"lng": 2.3522, "lat": 48.8566}, "本区以外", "place"),
        ({"lng": None}, "不完整", "place"),
        ({"lng": None, "lat": None}, "写明地点", "place"),
        ({"lng": "东经117度"}, "应是数字", "lng"),
        ({"lng": 10**400}, "应是数字", "lng"),
        ({"datum": "mars"}, "可选的范围", "datum"),
        ({"address": "长" * 201}, "最多 200 字", "address"),
        ({"item": "99999"}, "事项不存在", "item"),
        ({"contact_phone": "not a number"}, "电话", "phone"),
        ({"key": "not-a-uuid"}, "UUID", "key"),
        ({"key": None}, "UUID", "key"),
        ({"files": ["tampered"]}, "过期", "files"),
        ({"files": ["x"] * 51}, "太长", "files"),
    ],
)
def test_what_cannot_be_taken_is_refused_in_words(world, fields, words, field):
    refused(send(**fields), 422, words, field)
    assert not Case.objects.exists()


@pytest.mark.parametrize(
    "raw",
    ["", "{", "null", "[]", '"text"', "路灯", "{}", '{"key": 1e999}', "[" * 3000, "1" * 5000],
)
def test_a_body_that_is_no_report_is_refused(world, raw):
    response = send(raw=raw)
    assert response.status_code in {400, 422}
    assert set(response.json()) == {"code", "sentence", "field"}
    assert "sent" not in response.json()["sentence"]


def test_a_body_in_another_encoding_is_refused(world):
    response = Client().post(
        "/api/v1/reports", "路灯".encode("gb18030"), content_type="application/json"
    )
    refused(response, 400, "无法读取")


def test_lone_surrogates_do_no_harm(world):
    lng, lat = HERE
    body = f'{{"key": "{uuid4()}", "text": "路灯\\ud800不亮", "lng": {lng}, "lat": {lat}}}'
    response = send(raw=body)
    assert response.status_code in {201, 422}, response.content
    for case in Case.objects.all():
        assert case.text == "路灯不亮"


@pytest.mark.parametrize(
    "text", ["井盖坏了🕳️", "㐂𠮷𪚥路灯", "<script>alert(1)</script>", "路灯\x00不亮"]
)
def test_every_script_is_taken(world, text):
    assert send(text=text).status_code == 201
    assert Case.objects.get().text == text.replace("\x00", "")


def test_a_body_beyond_the_bound_is_refused(world):
    refused(send(text="路" * 1_000_000), 413, "太大")


@pytest.mark.parametrize("token", ["short", "a" * 65, "a" * 31 + "中", "a" * 40 + ";"])
def test_a_device_token_of_the_wrong_shape_is_refused(world, token):
    response = Client().post(
        "/api/v1/reports", "{}", content_type="application/json", HTTP_X_DEVICE_TOKEN=token
    )
    assert response.status_code == 422


@pytest.mark.django_db(transaction=True)
def test_the_same_report_from_many_threads_is_one_case(world):
    key = str(uuid4())
    answers = at_once(*[lambda: send(key=key)] * 6)
    assert {answer.status_code for answer in answers} <= {200, 201}, answers
    assert len({answer.json()["number"] for answer in answers}) == Case.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_wrong_report_among_many_fails_alone(world):
    jobs = [lambda: send(), lambda: send(lng=math.nan), lambda: send(headers=OTHER)] * 2
    codes = [answer.status_code for answer in at_once(*jobs)]
    assert codes == [201, 422, 201] * 2
    assert Case.objects.count() == 4


def test_a_device_that_reports_like_a_machine_is_slowed_down(world, settings):
    settings.REPORTS_PER_REPORTER = 3
    codes = [send().status_code for _ in range(4)]
    assert codes == [201, 201, 201, 429]
    refused(send(), 429, "太频繁")
    assert send(headers=OTHER).status_code == 201


def test_an_address_that_reports_like_a_crowd_is_slowed_down(world, settings):
    settings.REPORTS_PER_ADDRESS = 2
    codes = [send(headers={"X-Device-Token": c * 40}).status_code for c in "abc"]
    assert codes == [201, 201, 429]


# ── who is asking ─────────────────────────────────────────────────────────


def test_a_signed_in_browser_must_prove_that_the_call_is_its_own(world, as_, wang):
    browser = as_(wang, enforce_csrf_checks=True)
    refused(send(browser, headers={}), 403, "没有提交")
    browser.get("/report/")
    token = browser.cookies["csrftoken"].value
    response = send(browser, headers={"X-CSRFToken": token})
    assert response.status_code == 201
    assert Case.objects.get().reported_by == wang


def test_with_a_device_token_no_cookie_counts(world, as_, wang):
    response = send(as_(wang, enforce_csrf_checks=True))
    assert response.status_code == 201
    assert Case.objects.get().reported_by is None


# ── photos ────────────────────────────────────────────────────────────────


def test_photos_are_handed_in_first_and_named_in_the_report(world):
    sealed = [hand_in(photo()).json()["file"] for _ in range(2)]
    assert send(text="", files=sealed).status_code == 201
    assert Case.objects.get().files.count() == 2


def test_a_photo_belongs_to_the_device_that_handed_it_in(world):
    sealed = hand_in(photo()).json()["file"]
    refused(send(files=[sealed], headers=OTHER), 422, "过期", "files")
    assert not Attachment.objects.exists()


def test_a_photo_shows_one_matter_only(world):
    sealed = hand_in(photo()).json()["file"]
    assert send(files=[sealed]).status_code == 201
    refused(send(files=[sealed]), 422, "另一件反映", "photos")
    refused(send(files=[hand_in(photo()).json()["file"]] * 2), 422, "另一件反映", "photos")
    assert Case.objects.count() == 1


def test_more_than_six_photos_are_refused(world):
    sealed = [hand_in(photo((20, 20))).json()["file"] for _ in range(7)]
    refused(send(files=sealed), 422, "照片最多6张", "photos")
    assert not Case.objects.exists()


@pytest.mark.parametrize(
    ("content", "status", "words"),
    [
        (uploads.zip_named_jpg(), 422, "不是照片"),
        (b"", 422, "空的"),
        (uploads.bomb(), 413, "万像素"),
        (photo((900, 900))[:-3000], 422, "打不开"),
    ],
    ids=["zip", "empty", "bomb", "half"],
)
def test_what_is_no_photo_is_refused(world, content, status, words):
    refused(hand_in(content), status, words, "photos")


def test_a_photo_of_thirty_megabytes_is_refused(world):
    refused(hand_in(b"\xff\xd8\xff" + bytes(30 * 1024**2)), 413, "每张最多20MB", "photos")


def test_a_photo_call_without_a_photo_is_refused(world):
    refused(Client().post("/api/v1/photos", {"x": "1"}, headers=DEVICE), 422, "缺少", "photo")
    refused(Client().post("/api/v1/photos", {"photo": "text"}, headers=DEVICE), 422, "", "photo")
    broken = Client().post(
        "/api/v1/photos",
        b"--x\r\nbroken",
        content_type="multipart/form-data; boundary=",
        headers=DEVICE,
    )
    assert broken.status_code in {400, 422}


# ── tracking ──────────────────────────────────────────────────────────────


def test_number_and_secret_show_how_far_it_is(stage):
    case = stage("handled")
    response = Client().get(f"/api/v1/reports/{case.number}?secret={case.secret}")
    assert response.status_code == 200
    body = response.json()
    assert (body["number"], body["status"]) == (case.number, "handled")
    assert [step["title"] for step in body["steps"]]
    assert case.secret not in response.content.decode()


def test_the_reporters_own_device_needs_no_secret(world):
    number = send().json()["number"]
    assert Client().get(f"/api/v1/reports/{number}", headers=DEVICE).status_code == 200
    assert Client().get(f"/api/v1/reports/{number}", headers=OTHER).status_code == 404


def test_a_wrong_number_and_a_wrong_secret_are_answered_alike(stage):
    case = stage("reported")
    wrong = Client().get(f"/api/v1/reports/{case.number}?secret=00000000")
    missing = Client().get(f"/api/v1/reports/GZ260304999999?secret={case.secret}")
    other_day = Client().get(f"/api/v1/reports/GZ990101{case.pk:06d}?secret={case.secret}")
    refused(wrong, 404, "对不上")
    assert wrong.json() == missing.json() == other_day.json()


@pytest.mark.parametrize(
    "number", ["1", "GZ", "GZ" + "9" * 30, "%00", "../etc", "GZ26030400000１", "%F0%9F%95%B3"]
)
def test_whatever_is_asked_for_as_a_number_is_answered(world, number):
    assert Client().get(f"/api/v1/reports/{number}?secret=1").status_code in {404, 422}


def test_guessing_secrets_is_stopped_and_right_ones_are_not_counted(stage):
    case = stage("reported")
    right = f"/api/v1/reports/{case.number}?secret={case.secret}"
    for _ in range(8):
        assert Client().get(right).status_code == 200
    codes = [Client().get(f"{right[:-8]}0000000{n}").status_code for n in range(6)]
    assert codes == [404] * 5 + [429]
    refused(Client().get(right), 429, "太频繁")


def test_guessing_one_secret_of_many_numbers_is_stopped_too(stage):
    stage("reported")
    urls = [f"/api/v1/reports/GZ26030400000{n}?secret=12345678" for n in range(2, 9)]
    assert [Client().get(url).status_code for url in urls] == [404] * 5 + [429] * 2


# ── asking ────────────────────────────────────────────────────────────────


def test_what_is_known_nearby_tells_nothing_anybody_wrote(report):
    report("路灯坏了，王秀英家门口", address="望湖花园3栋201室", reporter_ref="d:other")
    query = {"lng": HERE[0], "lat": HERE[1], "text": "路灯坏了"}
    response = Client().get("/api/v1/reports/nearby", query)
    assert response.status_code == 200
    found = response.json()
    assert [one["what"] for one in found] == ["路灯不亮"] or found == []
    for secret in ("王秀英", "201"):
        assert secret not in response.content.decode()


@pytest.mark.parametrize(
    ("path", "query", "status"),
    [
        ("reports/nearby", {}, 422),
        ("reports/nearby", {"lng": "nan", "lat": 31.7, "text": "路灯"}, 422),
        ("reports/nearby", {"lng": HERE[1], "lat": HERE[0], "text": "路灯"}, 422),
        ("reports/nearby", {"lng": 2.0, "lat": 48.0, "text": "路灯"}, 200),
        ("places/locate", {}, 422),
        ("places/locate", {"lng": "inf", "lat": "1"}, 422),
        ("places/locate", {"lng": HERE[1], "lat": HERE[0]}, 422),
        ("places/locate", {"lng": 2.0, "lat": 48.0}, 404),
        ("places/locate", {"lng": HERE[0], "lat": HERE[1], "datum": "x"}, 422),
    ],
)
def test_questions_about_places_are_answered_in_words(world, path, query, status):
    assert Client().get(f"/api/v1/{path}", query).status_code == status


def test_a_position_has_a_grid(world, grid_1):
    response = Client().get("/api/v1/places/locate", {"lng": HERE[0], "lat": HERE[1]})
    assert response.json() == {
        "code": grid_1.code,
        "name": "第01网格",
        "level": "grid",
        "full_name": "望湖区滨河街道望湖社区第01网格",
    }


def test_the_catalogue_lists_classes_items_and_limits(world):
    body = Client().get("/api/v1/catalogue").json()
    assert body["edition"] == 1
    lamp = next(i for c in body["classes"] for i in c["items"] if i["code"] == LAMP)
    assert lamp == {
        "code": LAMP,
        "name": "路灯不亮",
        "grade": "ordinary",
        "stages": [{"name": "修复", "limit": 2, "unit": "wd"}],
        "emergency": None,
    }


def test_before_a_catalogue_was_loaded_it_is_empty(db):
    assert Client().get("/api/v1/catalogue").json() == {"edition": 0, "classes": []}


def test_the_description_is_served_and_no_page_with_foreign_scripts(db):
    assert Client().get("/api/v1/openapi.json").json()["info"]["version"] == "1"
    assert Client().get("/api/v1/docs").status_code == 404
