"""Photos and voice notes are shown to those who may see the case, and do not exist for others."""

import pytest
from django.test import Client
from django.urls import reverse

from conftest import HERE, NOON
from gongzhi.cases import actions, files
from gongzhi.cases.models import Attachment
from gongzhi.cases.tests.uploads import WEBM, photo, upload

pytestmark = pytest.mark.django_db


def url(attachment: Attachment, size: str = "full") -> str:
    return reverse("files:show", args=[attachment.token, size])


@pytest.fixture
def picture(report, wang) -> Attachment:
    """A photo of wang's case in grid_1."""
    return report(by=wang, files=[files.take_photo(upload(photo()))]).files.get()


@pytest.fixture
def sound(report, wang) -> Attachment:
    """A voice note of wang's case."""
    return report(by=wang, files=[files.take_voice(upload(WEBM))]).files.get()


@pytest.mark.parametrize("who", ["wang", "li", "sun", "chen", "he", "qian", "shen"])
@pytest.mark.parametrize("size", ["full", "thumb"])
def test_who_may_see_the_case_sees_its_photo(request, as_, picture, who, size):
    response = as_(request.getfixturevalue(who)).get(url(picture, size))
    assert response.status_code == 200
    assert response["Content-Type"] == "image/jpeg"
    assert response.content.startswith(b"\xff\xd8\xff")


@pytest.mark.parametrize("who", ["zhou", "zhao", "gu", "wu", "guan", None])
@pytest.mark.parametrize("size", ["full", "thumb"])
def test_for_everybody_else_there_is_no_such_file(request, as_, picture, who, size):
    person = request.getfixturevalue(who) if who else None
    hidden = as_(person).get(url(picture, size))
    missing = as_(person).get(reverse("files:show", args=["a" * 43, size]))
    assert hidden.status_code == missing.status_code == 404


def test_joining_a_case_shows_none_of_its_files(as_, picture, zhou):
    case = picture.case
    actions.join(by=zhou, case=case, reporter_ref=f"p:{zhou.pk}", at=NOON)
    assert as_(zhou).get(url(picture)).status_code == 404


def test_a_stranger_sees_the_photos_of_their_own_device_and_with_number_and_secret(world):
    phone = Client()
    lng, lat = HERE
    sent = {"text": "路灯不亮看不见路", "lng": lng, "lat": lat, "photos": [upload(photo())]}
    assert phone.post("/report/", {**sent, "sure": "1"}).status_code == 302
    picture = Attachment.objects.get()
    assert phone.get(url(picture)).status_code == 200
    other = Client()
    assert other.get(url(picture)).status_code == 404
    other.post("/track/", {"number": picture.case.number, "secret": picture.case.secret})
    assert other.get(url(picture)).status_code == 200


def test_it_is_kept_by_nobody_on_the_way_and_taken_for_nothing_else(as_, wang, picture):
    response = as_(wang).get(url(picture), headers={"Accept-Encoding": "gzip"})
    assert response["Cache-Control"] == "private, max-age=3600"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Disposition"].startswith("inline; filename=")
    assert "Content-Encoding" not in response, "a photo gains nothing from being packed again"
    assert picture.token not in response["Content-Disposition"]


def test_a_file_whose_bytes_are_gone_is_not_there(as_, wang, picture, settings):
    for path in settings.PHOTO_DIR.glob("**/*.jpg"):
        path.unlink()
    assert as_(wang).get(url(picture)).status_code == 404


def test_only_looking_is_possible(as_, wang, picture):
    assert as_(wang).post(url(picture)).status_code == 405
    assert as_(wang).head(url(picture)).status_code == 200


@pytest.mark.parametrize("path", ["/files/", "/files/short/full/", f"/files/{'a' * 43}/huge/"])
def test_other_addresses_lead_nowhere(db, path):
    assert Client().get(path).status_code == 404


# ── sound ─────────────────────────────────────────────────────────────────


def test_sound_is_played_whole_and_in_parts(as_, wang, sound):
    browser, size = as_(wang), len(WEBM)
    whole = browser.get(url(sound), headers={"Accept-Encoding": "gzip"})
    assert (whole.status_code, whole.content, whole["Accept-Ranges"]) == (200, WEBM, "bytes")
    assert whole["Content-Type"] == "audio/webm"
    for asked, first, last in [
        ("bytes=0-1", 0, 1),
        ("bytes=2-", 2, size - 1),
        ("bytes=-3", size - 3, size - 1),
        ("bytes=0-999999", 0, size - 1),
        ("bytes=-999999", 0, size - 1),
    ]:
        part = browser.get(url(sound), headers={"Range": asked, "Accept-Encoding": "gzip"})
        assert part.status_code == 206, asked
        assert part.content == WEBM[first : last + 1]
        assert part["Content-Range"] == f"bytes {first}-{last}/{size}"


@pytest.mark.parametrize("asked", ["bytes=9999999-", "bytes=5-2"])
def test_a_part_beyond_the_end_is_refused(as_, wang, sound, asked):
    response = as_(wang).get(url(sound), headers={"Range": asked})
    assert response.status_code == 416
    assert response["Content-Range"] == f"bytes */{len(WEBM)}"


@pytest.mark.parametrize(
    "asked", ["", "bytes=-", "bytes=a-b", "items=0-1", "bytes=0-1,3-4", "bytes=-0"]
)
def test_a_part_asked_for_wrongly_gives_the_whole_or_nothing(as_, wang, sound, asked):
    response = as_(wang).get(url(sound), headers={"Range": asked})
    assert response.status_code in {200, 416}


def test_a_voice_note_has_no_small_picture(as_, wang, sound):
    assert as_(wang).get(url(sound, "thumb")).status_code == 404
