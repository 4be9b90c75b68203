"""A key is replaced while the product runs; interrupted, it goes on; a lost key is told."""

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from gongzhi.access.models import Person
from gongzhi.kernel import sealed
from gongzhi.project.management.commands import reseal

pytestmark = pytest.mark.django_db


def stored():
    with connection.cursor() as cursor:
        cursor.execute("SELECT phone FROM access_person ORDER BY id")
        return [row[0] for row in cursor.fetchall()]


@pytest.fixture
def three(settings):
    """Three phones: sealed in the form of before, with an old key, and with the newest."""
    settings.SEAL_KEYS = ["old-key"]
    for name in ("one", "two"):
        Person.objects.create(username=name, name=name, phone=f"1001234000{len(name)}")
    fernet = sealed._old_box(("old-key",)).encrypt(b"10012340000").decode()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE access_person SET phone = %s WHERE username = 'one'", [fernet])
    settings.SEAL_KEYS = ["new-key", "old-key"]
    Person.objects.create(username="three", name="three", phone="10012340005")
    return settings


def test_everything_is_sealed_with_the_newest_key_and_the_old_one_can_go(three, capsys):
    before = stored()
    call_command("reseal", "--check", verbosity=0)
    assert "还有 2 项" in capsys.readouterr().out
    assert stored() == before
    call_command("reseal", verbosity=0)
    after = stored()
    assert all(text.startswith(sealed.newest_form()) for text in after)
    assert after[2] == before[2]
    three.SEAL_KEYS = ["new-key"]
    phones = list(Person.objects.order_by("pk").values_list("phone", flat=True))
    assert phones == ["10012340000", "10012340003", "10012340005"]


def test_it_goes_on_where_it_was_interrupted(three, monkeypatch):
    monkeypatch.setattr(reseal, "BATCH", 1)
    next(reseal._reseal(Person, "phone"))
    assert sum(text.startswith(sealed.newest_form()) for text in stored()) == 2
    call_command("reseal", verbosity=0)
    assert all(text.startswith(sealed.newest_form()) for text in stored())


def test_what_opens_with_no_key_is_left_and_told(three):
    three.SEAL_KEYS = ["new-key"]
    before = stored()
    with pytest.raises(CommandError, match="2 项"):
        call_command("reseal", verbosity=0)
    assert stored() == before


def test_every_sealed_column_of_the_product_is_known():
    known = {f"{model._meta.label}.{column}" for model, column in reseal.sealed_columns()}
    assert {
        "residents.Resident.id_number",
        "residents.Change.before",
        "access.Person.phone",
    } <= known
