"""Settings of the test suite: as in production, with its own keys and throw-away directories."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

# Read by the real settings below, so it must be said before they are imported.
_HERE = Path(tempfile.mkdtemp(prefix="gongzhi-test-"))
atexit.register(shutil.rmtree, _HERE, ignore_errors=True)
os.environ["GONGZHI_DATA"] = str(_HERE)
os.environ.setdefault("GONGZHI_SECRET_KEY", "a-key-of-the-test-suite-and-nothing-else-0001")
os.environ.setdefault("GONGZHI_SEAL_KEYS", "a-key-of-the-test-suite-and-nothing-else-0002")
os.environ.setdefault("GONGZHI_INDEX_KEY", "a-key-of-the-test-suite-and-nothing-else-0003")

from gongzhi.project.settings import *  # noqa: E402, F403
from gongzhi.project.settings import DATABASES, STATIC_ROOT, STORAGES  # noqa: E402

STATIC_ROOT.mkdir()
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
DATABASES["default"]["CONN_MAX_AGE"] = 0
if "sqlite3" in str(DATABASES["default"]["ENGINE"]):
    # A file, not memory: several threads and processes meet on it as they do in production.
    DATABASES["default"]["TEST"] = {"NAME": str(_HERE / "test.sqlite3")}
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF;",
    }
