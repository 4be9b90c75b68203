"""Names, signatures, retention."""

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import NOON
from gongzhi.backups import rules

KEY = "k" * 40


@given(st.lists(st.datetimes(datetime(2020, 1, 1), datetime(2039, 1, 1)), unique=True))
def test_the_newest_are_kept_and_nothing_that_is_not_ours_is_forgotten(moments):
    names = {rules.archive_name(at) for at in moments}
    others = ["notes.txt", "gongzhi-20260101-000000.tar.gz", "gongzhi-latest.tar"]
    gone = rules.to_forget([*names, *others], 3)
    assert not set(gone) & set(others)
    assert sorted(names - set(gone)) == sorted(names)[-3:]
    assert rules.to_forget(names, 0) == []


def test_names_sort_by_age():
    assert rules.NAME.fullmatch(rules.archive_name(NOON))
    assert rules.archive_name(NOON) == "gongzhi-20260304-120000.tar"


@pytest.mark.parametrize(
    "name",
    [
        "files/../etc/passwd",
        "/files/photos/a.jpg",
        "files/photos/../../a",
        "files//a",
        "files/.hidden",
        "files/photos/a\n.jpg",
        "database.pgdump/x",
        "files/",
    ],
)
def test_names_that_lead_out_are_not_file_names(name):
    assert not rules.is_file_name(name)


def test_names_of_photos_are_file_names():
    assert rules.is_file_name(f"files/photos/-a/{'-a' + 'B_' * 20}x.thumb.jpg")


@given(st.binary(max_size=200), st.integers(0, 7))
def test_one_changed_bit_or_key_breaks_the_signature(content, bit):
    signed = rules.signature(KEY, content)
    assert rules.is_signed(KEY, content, signed + "\n")
    assert not rules.is_signed(KEY + "x", content, signed)
    if content:
        changed = bytes([content[0] ^ (1 << bit)]) + content[1:]
        assert not rules.is_signed(KEY, changed, signed)
