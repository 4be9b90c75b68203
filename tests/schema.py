"""Empty tables are made once for every state of the migrations; each run of tests copies them.

Rendering the models of every migration takes far longer than most runs of tests; copying a file
takes milliseconds. On PostgreSQL each run makes its own.
"""

import fcntl
import hashlib
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import django
import pytest
from django.core.management import call_command
from django.db import connection

ROOT = Path(__file__).resolve().parent.parent
KEPT = ROOT / "var/test"


def template() -> Path:
    """Where the empty tables of exactly these migrations are kept."""
    state = hashlib.sha256(django.__version__.encode())
    for path in sorted((ROOT / "gongzhi").rglob("migrations/*.py")):
        state.update(path.read_bytes())
    return KEPT / f"schema-{state.hexdigest()[:16]}.sqlite3"


@contextmanager
def alone() -> Iterator[None]:
    """Only one process makes the tables; the others wait for it."""
    KEPT.mkdir(parents=True, exist_ok=True)
    with (KEPT / "schema.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def make(path: Path) -> None:
    """Migrate the database of the settings, which no test uses, and keep it as `path`."""
    call_command("migrate", verbosity=0)
    made = str(connection.settings_dict["NAME"])
    connection.close()
    for old in KEPT.glob("schema-*.sqlite3"):
        old.unlink()
    half = path.with_suffix(f".{os.getpid()}")
    with sqlite3.connect(made) as database:
        database.execute("VACUUM INTO ?", (str(half),))
    database.close()
    half.replace(path)


@pytest.fixture(scope="session")
def django_db_keepdb() -> bool:
    """The file is there before the tests' database is set up; only what is missing is migrated."""
    return connection.vendor == "sqlite"


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: Any, django_db_blocker: Any
) -> None:
    """Put the kept tables where the database of this run is about to be looked for."""
    if connection.vendor != "sqlite":
        return
    path = template()
    with alone(), django_db_blocker.unblock():
        if not path.exists():
            make(path)
        shutil.copyfile(path, connection.creation._get_test_db_name())
