"""Files of others that we ship are exactly those that vendor.lock names."""

import hashlib
import json
from pathlib import Path

import pytest

VENDOR = Path(__file__).resolve().parent.parent / "static" / "faces" / "vendor"
LOCK = json.loads((VENDOR / "vendor.lock").read_text(encoding="utf-8"))
FREE = {"BSD-2-Clause", "BSD-3-Clause", "MIT", "ISC", "0BSD", "Apache-2.0", "OFL-1.1"}


def folder(entry: dict) -> Path:
    return VENDOR / f"{entry['name'].rsplit('/', 1)[-1]}-{entry['version']}"


@pytest.mark.parametrize("entry", LOCK, ids=lambda entry: entry["name"])
def test_each_vendored_file_is_the_one_in_the_lock(entry):
    found = {
        path.relative_to(folder(entry)).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder(entry).rglob("*")
        if path.is_file()
    }
    assert found == entry["files"]


@pytest.mark.parametrize("entry", LOCK, ids=lambda entry: entry["name"])
def test_each_vendored_package_brings_its_licence(entry):
    assert entry["licence"] in FREE
    assert any(name.upper().startswith("LICEN") for name in entry["files"])


def test_nothing_is_vendored_beside_the_lock():
    folders = {path for path in VENDOR.iterdir() if path.is_dir()}
    assert folders == {folder(entry) for entry in LOCK}
    assert {path.name for path in VENDOR.iterdir() if path.is_file()} == {"vendor.lock"}
