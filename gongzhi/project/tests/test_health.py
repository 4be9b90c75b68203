"""What monitors are told."""

from datetime import timedelta

import pytest
from django.db import DatabaseError
from django.utils.timezone import now

from gongzhi.journal.models import Errand
from gongzhi.project import health


def test_alive_asks_nothing_of_the_database(client):
    assert client.get("/healthz").json() == {"alive": True}


@pytest.mark.django_db
def test_ready_when_everything_is_loaded(client, world):
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json() == {
        "ready": True,
        "missing": {},
        "errands": {"waiting": 0, "late": False, "stuck": 0},
    }


@pytest.mark.django_db
def test_an_empty_installation_says_what_to_run(client):
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert set(answer.json()["missing"]) == {"areas", "catalogue", "calendar"}


@pytest.mark.django_db
def test_a_missing_migration_is_told(client, monkeypatch):
    monkeypatch.setattr(health, "_migrated", lambda: False)
    assert client.get("/readyz").json()["missing"] == {"migrations": "gongzhi migrate"}


def test_a_silent_database_is_told(client, monkeypatch):
    def silent():
        raise DatabaseError("gone")

    monkeypatch.setattr(health, "_migrated", silent)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert set(answer.json()["missing"]) == {"database"}


@pytest.mark.django_db
def test_errands_that_nobody_does_are_told(client, report):
    report(at=now() - timedelta(minutes=5))
    assert Errand.objects.exists()
    assert client.get("/readyz").json()["errands"]["late"] is True


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/healthz", "/readyz"])
def test_health_is_never_cached_and_only_read(client, address):
    assert "no-store" in client.get(address)["Cache-Control"]
    assert client.post(address).status_code == 405
