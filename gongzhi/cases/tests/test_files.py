"""Photos and voice notes: what is taken, what is refused in which words, and what is kept."""

import io
import os
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils.timezone import now
from PIL import Image

from gongzhi.cases import files
from gongzhi.cases.models import Attachment
from gongzhi.cases.sweeping import sweep_by_and_by
from gongzhi.cases.tests import uploads
from gongzhi.cases.tests.uploads import BLUE, RED, WHITE, photo, upload
from gongzhi.kernel.refusals import NotUnderstood, TooLarge


def stored(token: str, size: str = "full") -> Image.Image:
    with files.open_file(token, size) as opened:
        picture = Image.open(io.BytesIO(opened.read()))
        picture.load()
        return picture


def close_to(colour, other) -> bool:
    return all(abs(a - b) < 24 for a, b in zip(colour, other, strict=True))


def in_store(settings) -> list[str]:
    return sorted(p.name for p in settings.PHOTO_DIR.glob("**/*") if p.is_file())


# ── what is taken ─────────────────────────────────────────────────────────


def test_a_photo_is_kept_at_most_1280_long_with_a_thumbnail():
    taken = files.take_photo(upload(photo((4000, 3000))))
    assert (taken.kind, taken.media_type) == ("photo", "image/jpeg")
    assert (taken.width, taken.height) == stored(taken.token).size == (1280, 960)
    assert stored(taken.token, "thumb").size == (320, 240)
    with files.open_file(taken.token, "full") as opened:
        assert len(opened.read()) == taken.size


def test_a_small_photo_is_not_blown_up():
    taken = files.take_photo(upload(photo((100, 50))))
    assert stored(taken.token).size == stored(taken.token, "thumb").size == (100, 50)


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_the_kinds_phones_make_all_become_jpeg(form):
    taken = files.take_photo(upload(photo(form=form), "whatever.bin"))
    kept = stored(taken.token)
    assert kept.format == "JPEG"
    assert close_to(kept.getpixel((5, 5)), RED)


def test_a_photo_with_depth_or_a_second_picture_inside_shows_the_first():
    both = io.BytesIO()
    second = Image.new("RGB", (64, 48), BLUE)
    Image.new("RGB", (64, 48), RED).save(both, "MPO", save_all=True, append_images=[second])
    kept = stored(files.take_photo(upload(both.getvalue())).token)
    assert kept.format == "JPEG"
    assert close_to(kept.getpixel((5, 5)), RED)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_photo_taken_sideways_is_stored_upright(orientation):
    taken = files.take_photo(upload(uploads.sideways(orientation)))
    kept = stored(taken.token)
    assert kept.size == ((400, 200) if orientation < 5 else (200, 400))
    # The blue quarter lay at the upper left of the sensor; where it belongs upright:
    left, top = {
        1: (True, True), 2: (False, True), 3: (False, False), 4: (True, False),
        5: (True, True), 6: (False, True), 7: (False, False), 8: (True, False),
    }[orientation]  # fmt: skip
    x = 10 if left else kept.width - 10
    y = 10 if top else kept.height - 10
    assert close_to(kept.getpixel((x, y)), BLUE)
    assert close_to(kept.getpixel((kept.width - x, kept.height - y)), RED)


@pytest.mark.parametrize("size", ["full", "thumb"])
def test_nothing_but_the_pixels_is_kept(size):
    token = files.take_photo(upload(uploads.sideways(6))).token
    with files.open_file(token, size) as opened:
        content = opened.read()
    for left_behind in (b"Exif", b"SecretPhoneMaker", b"taken at home", b"ICC_PROFILE", b"http"):
        assert left_behind not in content
    assert not Image.open(io.BytesIO(content)).getexif()


def test_a_colour_profile_is_applied_and_not_kept():
    token = files.take_photo(upload(uploads.with_profile())).token
    assert "icc_profile" not in stored(token).info
    assert close_to(stored(token).getpixel((5, 5)), RED)


def test_a_damaged_colour_profile_is_ignored():
    token = files.take_photo(upload(photo(icc_profile=b"not a profile" * 20))).token
    assert close_to(stored(token).getpixel((5, 5)), RED)


@pytest.mark.filterwarnings("ignore:Corrupt EXIF data")
def test_damaged_metadata_do_not_keep_a_photo_out():
    exif = b"Exif\x00\x00II*\x00\x08\x00\x00\x00\xff\xff\x12\x01\x03\x00"
    taken = files.take_photo(upload(photo(exif=exif)))
    assert stored(taken.token).size == (640, 480)


def test_transparency_becomes_white():
    clear = photo(form="PNG", mode="RGBA", colour=(0, 0, 0, 0))
    assert close_to(stored(files.take_photo(upload(clear)).token).getpixel((5, 5)), WHITE)


@pytest.mark.parametrize(
    ("mode", "colour", "form", "seen"),
    [
        ("L", 128, "PNG", (128, 128, 128)),
        ("1", 1, "PNG", WHITE),
        ("P", 0, "PNG", (0, 0, 0)),
        ("I;16", 128 * 256, "PNG", (128, 128, 128)),
        ("LA", (128, 255), "PNG", (128, 128, 128)),
        ("L", 128, "JPEG", (128, 128, 128)),
        ("CMYK", (0, 255, 255, 0), "JPEG", (255, 0, 0)),
    ],
)
def test_every_way_of_writing_colours_comes_out_as_rgb(mode, colour, form, seen):
    kept = stored(files.take_photo(upload(photo(form=form, mode=mode, colour=colour))).token)
    assert kept.mode == "RGB"
    assert close_to(kept.getpixel((5, 5)), seen)


def test_a_very_long_photo_keeps_at_least_one_pixel_of_width():
    taken = files.take_photo(upload(photo((2, 20_000), form="PNG")))
    assert (taken.width, taken.height) == (1, 1280)


def test_names_cannot_be_guessed_and_files_lie_in_folders_by_their_first_letters(settings):
    one, other = (files.take_photo(upload(photo())) for _ in range(2))
    assert one.token != other.token
    assert len(one.token) == 43  # 256 bits
    assert (settings.PHOTO_DIR / one.token[:2] / f"{one.token}.thumb.jpg").is_file()


# ── what is refused ───────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "空的"),
        (b"\xff", "不是照片"),
        (b"just words, no picture", "不是照片"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "不是照片"),
        (uploads.zip_named_jpg(), "不是照片"),
        (photo(form="GIF"), "GIF"),
        (b"\x00\x00\x00\x18ftypheic" + bytes(500), "HEIC"),
        (b"\x00\x00\x00\x18ftypisom" + bytes(500), "视频"),
        (photo(form="AVIF"), "不是照片"),
        (b"\xff\xd8\xff\xe0" + bytes(500), "打不开"),
        (b"\x89PNG\r\n\x1a\n" + bytes(500), "打不开"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 " + bytes(500), "打不开"),
        (photo((1000, 1000))[:-4000], "打不开"),
        (photo((1000, 1000), form="PNG")[:1500], "打不开"),
    ],
    ids=[
        "empty", "one byte", "text", "svg", "zip", "gif", "heic", "video", "avif", "broken jpeg",
        "broken png", "broken webp", "half a jpeg", "half a png",
    ],
)  # fmt: skip
def test_what_is_no_photo_is_refused_in_words_and_leaves_nothing(content, words, settings):
    with pytest.raises(NotUnderstood, match=words) as refused:
        files.take_photo(upload(content))
    assert refused.value.field == "photos"
    assert in_store(settings) == []


def test_a_photo_beyond_the_bytes_is_refused_unopened(settings):
    settings.PHOTO_MOST_BYTES = 5 * 1024**2
    with pytest.raises(TooLarge, match="最多5MB"):
        files.take_photo(upload(b"\xff\xd8\xff" + bytes(6 * 1024**2)))


@pytest.mark.parametrize("size", [(50_000, 50_000), (2**31 - 1, 2**31 - 1), (60_000, 2_000)])
def test_a_decompression_bomb_is_refused_by_its_header(size):
    with pytest.raises(TooLarge, match="万像素"):
        files.take_photo(upload(uploads.bomb(*size)))


def test_more_photos_than_allowed_are_refused_before_one_is_opened(settings):
    with pytest.raises(NotUnderstood, match="照片最多6张，您选了11张"):
        files.take_photos([upload(b"never opened")] * 11)


def test_of_several_photos_none_is_kept_when_one_is_refused(settings):
    with pytest.raises(NotUnderstood):
        files.take_photos([upload(photo()), upload(photo()), upload(b"no photo")])
    assert in_store(settings) == []


def test_nothing_half_written_stays_when_the_disk_is_full(settings, monkeypatch):
    real, calls = os.fsync, []

    def full(descriptor):
        calls.append(descriptor)
        if len(calls) == 2:
            raise OSError(28, "No space left on device")
        real(descriptor)

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        files.take_photo(upload(photo()))
    assert in_store(settings) == []


# ── voice ─────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (uploads.WEBM, "audio/webm"),
        (uploads.OGG, "audio/ogg"),
        (uploads.M4A, "audio/mp4"),
        (uploads.WAV, "audio/wav"),
        (uploads.MP3, "audio/mpeg"),
        (b"ID3\x03" + uploads.MP3, "audio/mpeg"),
        (b"\xff\xf1\x50\x80" + bytes(99), "audio/aac"),
    ],
)
def test_a_voice_note_is_known_by_its_first_bytes(content, media_type):
    taken = files.take_voice(upload(content, "voice.exe"))
    assert (taken.kind, taken.media_type, taken.size) == ("voice", media_type, len(content))
    with files.open_file(taken.token, "full") as opened:
        assert opened.read() == content


@pytest.mark.parametrize(
    "content",
    [photo(), uploads.zip_named_jpg(), b"<html>", b"\x00\x00\x00\x18ftypheic" + bytes(99)],
)
def test_anything_else_is_no_voice_note(content):
    with pytest.raises(NotUnderstood, match="语音"):
        files.take_voice(upload(content))


def test_an_empty_or_endless_voice_note_is_refused(settings):
    with pytest.raises(NotUnderstood, match="空的"):
        files.take_voice(upload(b""))
    settings.VOICE_MOST_BYTES = 1000
    with pytest.raises(TooLarge):
        files.take_voice(upload(uploads.WEBM + bytes(1000)))


# ── opening and sweeping ──────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("token", "size"),
    [
        ("../../../etc/passwd", "full"),
        ("a" * 42, "full"),
        ("a" * 43, "full"),
        ("a" * 43, "thumb"),
        ("a" * 43 + "\n", "full"),
        ("a" * 43, "../full"),
        ("." * 43, "full"),
    ],
)
def test_only_tokens_open_files(token, size):
    with pytest.raises(FileNotFoundError):
        files.open_file(token, size)


def test_a_voice_note_has_no_thumbnail():
    taken = files.take_voice(upload(uploads.WEBM))
    with pytest.raises(FileNotFoundError):
        files.open_file(taken.token, "thumb")


def age(settings, **how) -> None:
    then = (now() - timedelta(**how)).timestamp()
    for path in settings.PHOTO_DIR.glob("??/*"):
        os.utime(path, (then, then))


def test_sweeping_removes_only_old_files_without_a_case(settings, report, capsys):
    kept = files.take_photo(upload(photo()))
    report("路灯不亮", files=[kept])
    files.take_photo(upload(photo()))
    files.take_voice(upload(uploads.WEBM))
    unfinished = settings.PHOTO_DIR / kept.token[:2] / f".{kept.token}.jpg.part"
    unfinished.write_bytes(b"half")
    age(settings, hours=25)
    young = files.take_photo(upload(photo()))

    assert not sweep_by_and_by(now()), "the worker needs no second look"
    assert {name.split(".")[0] for name in in_store(settings)} == {kept.token, young.token}
    files.take_voice(upload(uploads.WEBM))
    call_command("sweep_files", hours=-1)

    assert Attachment.objects.get().token == kept.token
    assert {name.split(".")[0] for name in in_store(settings)} == {kept.token}
    assert "3 个" in capsys.readouterr().out
