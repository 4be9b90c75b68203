"""The copy is made while people report, and brought back elsewhere by real processes."""

import io
import os
import secrets
import subprocess
import sys
import tarfile
import threading
import uuid
from contextlib import closing

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils.timezone import now

from conftest import LAMP, NOON
from gongzhi.backups import rules, sqlite
from gongzhi.backups.making import back_up
from gongzhi.backups.manifest import UnfitError
from gongzhi.backups.restoring import look_through, restore
from gongzhi.cases.files import StoredFile, take_photo
from gongzhi.cases.models import Attachment, Case
from gongzhi.cases.tests.uploads import photo, upload
from gongzhi.journal.models import Event

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.fixture
def archive(report, tmp_path):
    """A copy with a sealed name, a photo, and a photo that a row names and nobody has."""
    shown = take_photo(upload(photo()))
    gone = StoredFile(secrets.token_urlsafe(32), "photo", "image/jpeg", size=1)
    report(contact_name="王秀英", files=[shown], item_code=LAMP)
    report(reporter_ref="d:other", files=[gone])
    return back_up(tmp_path / "copies", at=now()).path


def other_place(tmp_path, **changed):
    """The environment of an empty installation with the same keys."""
    env = {**os.environ, "GONGZHI_DATA": str(tmp_path / "other"), "GONGZHI_LOG": "ERROR"}
    env["DJANGO_SETTINGS_MODULE"] = "gongzhi.project.settings"
    if connection.vendor == "postgresql":
        env["GONGZHI_PG_NAME"] = other_database()
    return {**env, **changed}


def other_database():
    import psycopg

    name, given = f"other_{uuid.uuid4().hex[:8]}", connection.settings_dict
    with psycopg.connect(
        dbname="template1", user=given["USER"], host=given["HOST"], autocommit=True
    ) as link:
        link.execute(f'CREATE DATABASE "{name}"')
    return name


def gongzhi(env, *words):
    command = [sys.executable, str(settings.ROOT / "manage.py"), *words]
    return subprocess.run(  # noqa: S603 - our own command
        command, env=env, capture_output=True, text=True, timeout=120, check=False
    )


def test_a_copy_made_under_load_comes_back_whole_elsewhere(archive, report, tmp_path):
    stop = threading.Event()

    def go_on_reporting():
        with closing(connection):
            while not stop.is_set():
                report(key=uuid.uuid4(), reporter_ref=f"d:{uuid.uuid4().hex}")

    busy = threading.Thread(target=go_on_reporting)
    busy.start()
    try:
        made = back_up(tmp_path / "copies", at=NOON)
    finally:
        stop.set()
        busy.join(30)
    copied = made.manifest.counts["cases_case"]
    assert 2 <= copied <= Case.objects.count()
    assert made.manifest.counts["journal_event"] >= copied
    assert made.manifest.files == 2  # the photo and its small one
    assert len(made.manifest.missing) == 1
    env = other_place(tmp_path)
    done = gongzhi(env, "restore", str(made.path))
    assert done.returncode == 0, done.stderr
    assert "各表行数与清单一致" in done.stdout
    assert f"{copied} 件案件与日志一致" in done.stdout
    told = "from gongzhi.cases.models import Case; print(Case.objects.get(pk=%s).contact_name)"
    first = Case.objects.order_by("pk")[0]
    read = gongzhi(env, "shell", "-v0", "-c", told % first.pk)
    assert read.stdout.strip() == "王秀英", read.stderr
    token = Attachment.objects.get(case=first).token
    stored = tmp_path / "other" / "photos"
    assert len(list(stored.rglob(f"{token}*"))) == 2
    assert gongzhi(env, "check_ledger").returncode == 0
    again = gongzhi(env, "restore", str(made.path))
    assert again.returncode == 1
    assert "--over" in again.stderr
    over = gongzhi(env, "restore", "--over", str(made.path))
    assert over.returncode == 0, over.stderr
    assert "改名为" in over.stdout


@pytest.mark.postgres
def test_the_stream_goes_on_after_events_came_from_another_cluster(archive, tmp_path):
    """Their transaction numbers may lie ahead of this cluster's; nobody may wait for them."""
    Event.objects.update(xact=2**60)
    made = back_up(tmp_path / "copies", at=NOON)
    env = other_place(tmp_path)
    done = gongzhi(env, "restore", str(made.path))
    assert done.returncode == 0, done.stderr
    told = "from gongzhi.journal.stream import Cursor, after; print(len(after(Cursor(0, 0))))"
    read = gongzhi(env, "shell", "-v0", "-c", told)
    assert read.stdout.strip() == str(Event.objects.count()), read.stderr


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.9, 1.0])
def test_a_torn_archive_is_refused(archive, share):
    content = archive.read_bytes()
    end = content.rindex(rules.SIGNATURE.encode())  # behind it there is only padding
    archive.write_bytes(content[: int(end * share)])
    with pytest.raises(UnfitError):
        look_through(archive)


@pytest.mark.parametrize("share", [0.3, 0.6])
def test_a_changed_archive_is_refused(archive, share):
    content = bytearray(archive.read_bytes())
    content[int(len(content) * share)] ^= 1
    archive.write_bytes(bytes(content))
    with pytest.raises(UnfitError):
        look_through(archive)


def test_a_foreign_archive_is_refused(archive, settings, tmp_path):
    settings.BACKUP_KEY = "somebody-else-signed-this-one-0001"
    with pytest.raises(UnfitError, match="签名不对"):
        look_through(archive)
    stray = tmp_path / "stray.tar"
    with tarfile.open(stray, "w") as tar:
        entry = tarfile.TarInfo("files/../../evil")
        entry.size = 1
        tar.addfile(entry, io.BytesIO(b"x"))
    with pytest.raises(UnfitError, match="不该有"):
        look_through(stray)
    (tmp_path / "none.tar").write_bytes(b"not a tar")
    with pytest.raises(UnfitError):
        look_through(tmp_path / "none.tar")


def test_without_the_key_that_sealed_it_nothing_is_brought_back(archive, tmp_path):
    before = Case.objects.count()
    env = other_place(tmp_path, GONGZHI_SEAL_KEYS="another-key-of-forty-characters-at-least-1")
    done = gongzhi(env, "restore", str(archive))
    assert done.returncode == 1
    assert "GONGZHI_SEAL_KEYS" in done.stderr
    assert Case.objects.count() == before
    assert not (tmp_path / "other" / "photos").exists()


def test_nothing_is_brought_back_while_others_use_the_database(archive, tmp_path):
    """Somebody still serves: their writes would go into a file that nobody reads any more."""
    env = other_place(tmp_path)
    assert gongzhi(env, "restore", str(archive)).returncode == 0
    told = "import sys; from gongzhi.cases.models import Case; Case.objects.count();"
    busy = subprocess.Popen(  # noqa: S603 - our own command
        [
            *(sys.executable, str(settings.ROOT / "manage.py"), "shell", "-v0", "-c"),
            told + "print('in', flush=True); sys.stdin.read()",
        ],
        env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    with busy:
        assert busy.stdout.readline().strip() == "in"
        done = gongzhi(env, "restore", "--over", str(archive))
        busy.stdin.close()
    assert done.returncode == 1
    assert "正在使用" in done.stderr


def test_old_copies_are_forgotten_and_a_failure_leaves_nothing(archive, settings, tmp_path):
    target = archive.parent
    for day in range(1, 6):
        (target / f"gongzhi-2026010{day}-000000.tar").write_bytes(b"old")
    out = io.StringIO()
    call_command("back_up", str(target), keep=3, stdout=out)
    kept = sorted(p.name for p in target.iterdir())
    assert len(kept) == 3
    assert archive.name in kept
    assert "已删除较早的备份" in out.getvalue()

    def fails(_n):
        raise RuntimeError("the disk went away")

    with pytest.raises(RuntimeError):
        back_up(target, at=NOON, progress=fails)
    assert sorted(p.name for p in target.iterdir()) == kept


def test_the_check_reads_and_changes_nothing(archive):
    out, before = io.StringIO(), Case.objects.count()
    call_command("restore", str(archive), check=True, stdout=out)
    assert "签名和校验和一致" in out.getvalue()
    assert "1 组文件已经找不到" in out.getvalue()
    with pytest.raises(CommandError, match="没有这个文件"):
        call_command("restore", str(archive.parent / "nothing.tar"), check=True)
    assert Case.objects.count() == before


def test_a_place_with_data_is_not_overwritten_unasked(archive):
    with pytest.raises(UnfitError):
        restore(archive, at=NOON)
    assert Case.objects.count() == 2
    if connection.vendor == "sqlite":
        assert sqlite.path_now().exists()
    assert rules.NAME.fullmatch(archive.name)
