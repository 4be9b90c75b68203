"""Builds the demo: database, map, people, cases, photos, static files; takes half a minute."""

import hashlib
import io
import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.db import connection, transaction
from django.utils.timezone import localtime, now
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from gongzhi.care.models import Elder
from gongzhi.catalogue.models import Item
from gongzhi.demo import cases, elders, photos
from gongzhi.demo.channels import settle_channels
from gongzhi.demo.components import pick_components
from gongzhi.demo.elders_past import settle_past
from gongzhi.demo.feeding import SILENCED
from gongzhi.demo.joint import settle_joint
from gongzhi.demo.people import Cast, Names, settle_people
from gongzhi.demo.phrases import read_phrases
from gongzhi.demo.places import settle
from gongzhi.demo.quick import settle_quick
from gongzhi.demo.register import settle_register
from gongzhi.demo.spots import draw_spots
from gongzhi.demo.town import SEED, draw
from gongzhi.journal.models import Event
from gongzhi.journal.record import ONLY_WITH, REACTIONS
from gongzhi.messages.models import Message

NOTE = "demo.json"  # says that the demo in this directory is complete, and from when it is
TOLD_FOR = timedelta(hours=20)  # how far back people still find messages in their boxes


def note() -> dict[str, Any]:
    """What the last complete build left; empty when there was none."""
    try:
        found = json.loads((Path(settings.DATA_DIR) / NOTE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def leave_note(**changes: object) -> None:
    """Add to what is known about the build."""
    text = json.dumps({**note(), **changes}, ensure_ascii=False)
    (Path(settings.DATA_DIR) / NOTE).write_text(text, encoding="utf-8")


def clear_away() -> None:
    """Remove a demo, complete or not; never a directory that holds anything else."""
    home = Path(settings.DATA_DIR)
    ours = {
        SILENCED,
        "gongzhi.sqlite3",
        "photos",
        "static",
        "log",
        "basemap.json",
        "tables",
        "lake",
        "guard.npz",
        NOTE,
        "demo.lock",
        "mail.yaml",
        "city.json",
        "city.new",
    }
    found = {p.name for p in home.iterdir()} if home.exists() else set()
    strange = {n for n in found if n not in ours and not n.startswith(("gongzhi.sqlite3-", "."))}
    if strange:
        raise FileExistsError(f"{home}: {'、'.join(sorted(strange))}")
    for name in found - {"demo.lock"}:
        path = home / name
        shutil.rmtree(path) if path.is_dir() else path.unlink()


def build(*, quiet: bool = False, count: int = cases.COUNT) -> None:
    """Build everything anew into settings.DATA_DIR; nothing counts until the note is left."""
    connection.close()
    clear_away()
    Path(settings.DATA_DIR).mkdir(parents=True, exist_ok=True)
    with _bar(quiet=quiet) as phase:
        with phase("数据库 database", 1):
            call_command("migrate", verbosity=0, interactive=False)
        with _hurried():
            _fill(phase, count)
        collect_static(phase)
    leave_note(built_at=now().isoformat(), cases=count)


Phase = Callable[[str, int], Any]


def _fill(phase: Phase, count: int) -> None:
    rng = Random(SEED)
    with phase("日历、目录 calendar, catalogue", 2) as step:
        call_command("load_calendar", verbosity=0, stdout=_nowhere())
        step(1)
        call_command("load_flows", verbosity=0, stdout=_nowhere())
        call_command("load_catalogue", verbosity=0, stdout=_nowhere())
    with phase("街区、楼栋、底图 town and map", 2) as step:
        town = draw()
        step(1)
        settle(town)
    with phase("照片 photos", photos.DRAWN) as step:
        album = photos.Album(SEED, step)
    with phase("账号与单位 accounts", 1), transaction.atomic():
        names = Names(rng)
        cast = settle_people(names, rng)
    with phase("人房库 register", 1), transaction.atomic():
        settle_register(localtime(now()), Random(SEED))
    with phase(f"{count} 件事件 cases", 3 * count) as step, transaction.atomic():
        scene = cases.Scene(
            cast=cast,
            names=names,
            phrases=read_phrases(),
            spots=draw_spots(rng),
            items=list(Item.objects.filter(edition__active=True).order_by("code")),
            now=localtime(now()),
            rng=rng,
        )
        cases.settle_cases(scene, album, step, count)
    with phase(f"{elders.HOMES} 位独居老人 elders", elders.HOMES) as step, transaction.atomic():
        settle_elders(cast, names, rng, step)
    with phase("吹哨、调解 joint work", 1), transaction.atomic():
        settle_joint(cast, localtime(now()))
        settle_quick(cast, localtime(now()))
    with phase("部件 components", 1), transaction.atomic():
        pick_components(Random(SEED))
    with phase("消息 messages", 1), transaction.atomic():
        _tell_recent()
    with phase("渠道、来电 channels", 1), transaction.atomic():
        settle_channels(cast, rng, now())
    with phase("统计 figures", 1):
        call_command("freeze_months", verbosity=0, stdout=_nowhere())
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def settle_elders(cast: Cast, names: Names, rng: Random, step: Callable[[int], None]) -> None:
    """Elders who live alone, with the record of their homes and the alerts of the last weeks."""
    present = localtime(now())
    elders.settle_elders(cast, names, rng, present, step)
    settle_past(list(Elder.objects.select_related("home__area").order_by("pk")), cast, present)


def _tell_recent() -> None:
    """Put into people's boxes what they would have been told lately; older ones count as read."""
    recent = Event.objects.filter(at__gt=now() - TOLD_FOR).order_by("pk")
    for event in recent:
        for called, reaction in REACTIONS.get(event.name, {}).items():
            if called not in ONLY_WITH or ONLY_WITH[called] in event.facts:
                reaction(event)
    read_before = now() - timedelta(hours=4)
    Message.objects.filter(told_at__lt=read_before).update(read_at=read_before)


@contextmanager
def _hurried() -> Iterator[None]:
    """A build that is interrupted starts over, so it need not survive a power cut on the way."""
    if connection.vendor != "sqlite":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA synchronous=OFF")
    yield
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def collect_static(phase: Phase | None = None) -> None:
    """Collect static files when any has changed since the last time."""
    fingerprint = _fingerprint()
    if note().get("static") == fingerprint:
        return
    with (phase or _silent)("静态文件 static files", 1):
        call_command("collectstatic", interactive=False, verbosity=0, clear=True)
    leave_note(static=fingerprint)


def _fingerprint() -> str:
    digest = hashlib.sha256()
    for finder in get_finders():
        for path, storage in finder.list([]):
            seen = Path(storage.path(path)).stat()
            digest.update(f"{path}:{seen.st_mtime_ns}:{seen.st_size}".encode())
    return digest.hexdigest()[:20]


@contextmanager
def _bar(*, quiet: bool) -> Iterator[Phase]:
    columns = (TextColumn("{task.description}"), BarColumn(36), TimeElapsedColumn())
    with Progress(*columns, disable=quiet) as bar:

        @contextmanager
        def phase(title: str, total: int) -> Iterator[Callable[[int], None]]:
            task = bar.add_task(f"{title:<24}", total=total)
            yield lambda n: bar.advance(task, n)
            bar.update(task, completed=total)

        yield phase


@contextmanager
def _silent(_title: str, _total: int) -> Iterator[Callable[[int], None]]:
    yield lambda _n: None


def _nowhere() -> io.StringIO:
    return io.StringIO()
