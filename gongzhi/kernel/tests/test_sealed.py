"""What is sealed cannot be read without its key, survives a change of keys and can be looked up."""

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from gongzhi.access.models import Person
from gongzhi.kernel import sealed
from gongzhi.kernel.sealed import blind_index, masked_name, masked_phone, seal, unseal


@given(st.text(st.characters(codec="utf-8"), min_size=1))
def test_what_is_sealed_is_opened_again_and_looks_different_each_time(text):
    kept = seal(text)
    assert unseal(kept) == text
    assert text not in kept or len(text) < 3
    assert seal(text) != kept


def test_nothing_stays_nothing():
    assert seal("") == unseal("") == blind_index("") == ""


def test_old_keys_open_and_the_newest_seals(settings):
    settings.SEAL_KEYS = ["first key"]
    old = seal("10012345678")
    settings.SEAL_KEYS = ["second key", "first key"]
    assert unseal(old) == "10012345678"
    new = seal("10012345678")
    settings.SEAL_KEYS = ["second key"]
    assert unseal(new) == "10012345678"
    with pytest.raises(ValueError, match="SEAL_KEYS"):
        unseal(old)


def test_many_are_opened_together_whatever_their_form(settings):
    settings.SEAL_KEYS = ["first key"]
    kept = ["", None, seal("一"), sealed._old_box(("first key",)).encrypt("二".encode()).decode()]
    settings.SEAL_KEYS = ["second key", "first key"]
    assert sealed.unseal_many([*kept, seal("三")]) == ["", "", "一", "二", "三"]
    settings.SEAL_KEYS = ["second key"]
    for one in kept[2:]:
        with pytest.raises(ValueError, match="SEAL_KEYS"):
            sealed.unseal_many([one])


def test_a_sealed_text_that_was_tampered_with_is_not_opened():
    kept = seal("10012345678")
    with pytest.raises(ValueError, match="SEAL_KEYS"):
        unseal(kept[:-4] + "AAA=")


def test_the_blind_index_is_the_same_for_the_same_text_and_key_only(settings):
    settings.INDEX_KEY = "one"
    first = blind_index("10012345678")
    assert first == blind_index("10012345678")
    assert first != blind_index("10012345679")
    assert len(first) == 32
    settings.INDEX_KEY = "two"
    assert blind_index("10012345678") != first


def test_a_phone_is_unreadable_in_the_table_and_found_by_its_index(db):
    person = Person.objects.create_user("wang", "王秀英")
    person.phone = "10012345678"
    person.save()
    with connection.cursor() as cursor:
        cursor.execute("select phone from access_person")
        assert "1001234" not in cursor.fetchone()[0]
    found = Person.objects.get(phone_index=blind_index("10012345678"))
    assert (found, found.phone) == (person, "10012345678")


@pytest.mark.parametrize(
    ("phone", "shown"),
    [
        ("10012346021", "100****6021"),
        ("055112345678", "055****5678"),
        ("1234567", "*****67"),
        ("12", "12"),
        ("", ""),
    ],
)
def test_masked_phones(phone, shown):
    assert masked_phone(phone) == shown


@pytest.mark.parametrize(
    ("name", "shown"), [("王秀英", "王**"), ("李强", "李*"), ("𠮷田", "𠮷*"), ("", "")]
)
def test_masked_names(name, shown):
    assert masked_name(name) == shown
