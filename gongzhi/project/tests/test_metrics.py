"""Figures for monitors: right, and only for those who may ask."""

from datetime import timedelta

import pytest
from django.db import DatabaseError
from django.utils.timezone import now
from prometheus_client.parser import text_string_to_metric_families

from gongzhi.journal.models import Errand
from gongzhi.journal.record import STUCK_AFTER
from gongzhi.project import metrics

pytestmark = pytest.mark.django_db
SECRET = "s" * 40


def figures(response) -> dict[str, float]:
    assert response.status_code == 200
    return {
        s.name + "".join(sorted(s.labels.values())): s.value
        for family in text_string_to_metric_families(response.content.decode())
        for s in family.samples
    }


def test_what_is_owed_and_open_is_told(client, report):
    cases = [report(f"第{n}盏路灯不亮") for n in range(3)]
    Errand.objects.update(not_before=now() - timedelta(seconds=90))
    Errand.objects.filter(event__subject_id=cases[0].pk).update(tries=STUCK_AFTER)
    owed = Errand.objects.filter(tries=0).count()
    said = figures(client.get("/metrics"))
    assert said["gongzhi_database_up"] == 1
    assert said["gongzhi_errands_waiting"] == owed > 0
    assert said["gongzhi_errands_stuck"] == Errand.objects.count() - owed > 0
    assert 90 <= said["gongzhi_errand_age_seconds"] < 120
    assert said["gongzhi_cases_openreported"] == 3
    assert said["gongzhi_cases_overdue"] == 3


def test_intake_is_counted(client, world):
    before = figures(client.get("/metrics"))["gongzhi_reports_total"]
    body = '{"key":"%s","text":"路灯不亮","address":"3栋"}' % ("0" * 31 + "1")
    device = {"X-Device-Token": "a" * 40}
    client.post("/api/v1/reports", body, content_type="application/json", headers=device)
    assert figures(client.get("/metrics"))["gongzhi_reports_total"] == before + 1


def test_a_silent_database_is_a_figure(client, monkeypatch):
    def silent() -> None:
        raise DatabaseError("gone")

    monkeypatch.setattr(metrics, "_errands", silent)
    said = figures(client.get("/metrics"))
    assert said["gongzhi_database_up"] == 0
    assert "gongzhi_reports_total" in said


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({"REMOTE_ADDR": "127.0.0.1"}, 200),
        ({"REMOTE_ADDR": "::1"}, 200),
        ({"REMOTE_ADDR": "10.0.0.9"}, 404),
        ({"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": "10.0.0.9"}, 404),
        ({"REMOTE_ADDR": "10.0.0.9", "HTTP_AUTHORIZATION": f"Bearer {SECRET}"}, 200),
        ({"REMOTE_ADDR": "10.0.0.9", "HTTP_AUTHORIZATION": "Bearer wrong"}, 404),
        ({"REMOTE_ADDR": "10.0.0.9", "HTTP_AUTHORIZATION": "Bearer \xff"}, 404),
    ],
)
def test_only_this_machine_or_whoever_knows_the_secret(client, settings, asked, status):
    settings.METRICS_TOKEN = SECRET
    assert client.get("/metrics", **asked).status_code == status


def test_without_a_secret_an_empty_one_opens_nothing(client):
    asked = {"REMOTE_ADDR": "10.0.0.9", "HTTP_AUTHORIZATION": "Bearer "}
    assert client.get("/metrics", **asked).status_code == 404


def test_behind_a_front_server_nobody_is_from_this_machine(client, settings):
    settings.AXES_IPWARE_PROXY_COUNT = 1
    assert client.get("/metrics", REMOTE_ADDR="127.0.0.1").status_code == 404
