"""Nothing secret or personal gets into logs, error pages or figures, whatever goes wrong."""

import io
import json
import logging
import re
from uuid import uuid4

import pytest
from django.conf import settings as product
from django.test import Client

from conftest import PASSWORD
from gongzhi.doors.conftest import KEY
from gongzhi.journal.models import Errand
from gongzhi.journal.record import REACTIONS, run_one
from gongzhi.kernel.struck import struck
from gongzhi.project.logs import JsonFormatter

pytestmark = pytest.mark.django_db

PHONE, ID_NUMBER = "13812346021", "11010519491231002X"
DEVICE = "Zq7" * 13
SESSION = "s3ss10n" * 5
SECRETS = (PHONE, ID_NUMBER, DEVICE, SESSION, PASSWORD, KEY, "只有当事人知道")


@pytest.fixture
def logged():
    """Everything that is logged meanwhile, as the product writes it for machines."""
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(JsonFormatter())
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield out
    root.removeHandler(handler)
    root.setLevel(level)


def hold_nothing(*texts: str) -> None:
    for text in texts:
        for secret in SECRETS:
            assert secret not in text, f"{secret} in {text[:2000]}"


@pytest.fixture
def browser():
    """A browser that sees error pages instead of the error."""
    return Client(raise_request_exception=False)


def test_a_failure_while_somebody_reports_tells_nothing_of_them(
    world, browser, logged, monkeypatch
):
    def broken(*args, **kwargs):
        raise RuntimeError(f"cannot write {kwargs or args}: call {PHONE}, {ID_NUMBER}")

    monkeypatch.setattr("gongzhi.cases.actions.report_many", broken)
    body = {
        "key": str(uuid4()),
        "text": "路灯不亮",
        "address": "望湖花园3栋",
        "contact_phone": PHONE,
    }
    headers = {"X-Device-Token": DEVICE, "Cookie": f"sessionid={SESSION}"}
    answer = browser.post("/api/v1/reports", body, content_type="application/json", headers=headers)
    assert answer.status_code == 500
    said = logged.getvalue()
    assert "RuntimeError" in said  # the fault itself is there to be found
    hold_nothing(said, answer.content.decode())


@pytest.mark.parametrize(
    "path",
    [
        f"/no/such/{DEVICE}/",
        f"/track/?number=GZ1&secret=12345678&phone={PHONE}",
        f"/family/{DEVICE}/?tail={PHONE}",
        f"/open311/v2/requests.json?api_key={DEVICE}&phone={PHONE}",
        f"/q/{DEVICE[:20]}?who={ID_NUMBER}",
    ],
)
def test_addresses_that_hold_a_secret_are_logged_without_it(world, browser, logged, path):
    answer = browser.get(path, headers={"Cookie": f"sessionid={SESSION}"})
    assert answer.status_code < 500
    hold_nothing(logged.getvalue())


def test_wrong_and_right_passwords_are_not_logged(chen, browser, logged):
    for _ in range(6):
        browser.post("/login/", {"username": PHONE, "password": "只有当事人知道的密码"})
    browser.post("/login/", {"username": "chen", "password": PASSWORD})
    assert logged.getvalue()  # the lock is told of
    hold_nothing(logged.getvalue())


def test_a_program_with_a_wrong_signature_is_not_quoted(world, browser, logged):
    headers = {"X-Partner": "hotline", "X-Signature": KEY, "Authorization": f"Bearer {DEVICE}"}
    said = json.dumps({"caller": {"name": "只有当事人知道", "phone": PHONE}})
    for path in ("/hooks/hotline/orders", "/hooks/events", "/sensing/v1/readings"):
        answer = browser.post(path, said, content_type="application/json", headers=headers)
        hold_nothing(answer.content.decode())
    hold_nothing(logged.getvalue())


def test_a_failing_errand_is_kept_and_logged_without_the_person(report, logged, monkeypatch, NOON):
    """Errors of reactions are kept for the desk's page of stuck errands as well."""

    def broken(event):
        raise ValueError(f"no line to {PHONE} with {KEY}")

    report()
    for name, reactions in list(REACTIONS.items()):
        for called in reactions:
            monkeypatch.setitem(REACTIONS[name], called, broken)
    while run_one(at=NOON):
        pass
    kept = " ".join(Errand.objects.values_list("last_error", flat=True))
    assert "ValueError" in kept + logged.getvalue()
    for secret in (PHONE, ID_NUMBER):
        assert secret not in kept
        assert secret not in logged.getvalue()


def test_figures_are_numbers_of_states_and_nothing_else(report, wang, client):
    report(f"路灯不亮 {PHONE}", by=wang, contact_name="只有当事人知道", contact_phone=PHONE)
    said = client.get("/metrics").content.decode()
    assert "gongzhi_cases_open" in said
    hold_nothing(said)
    labels = {part for line in said.splitlines() if line.startswith("gongzhi") and "{" in line
              for part in line.partition("{")[2].partition("}")[0].split(",")}  # fmt: skip
    assert all(label.startswith("status=") for label in labels)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", "key-one"), ("INDEX_KEY", "key-two"), ("BACKUP_KEY", "key-three"),
        ("METRICS_TOKEN", "key-four"), ("SMS_KEY", "key-five"), ("SEAL_KEYS", ["key-six"]),
        ("MAIL_PASSWORDS", {"district": "key-seven"}),
        ("WECHAT", {"secret": "key-eight", "token": "key-nine", "aes_key": "key-ten"}),
    ],
)  # fmt: skip
def test_every_secret_the_operator_sets_is_struck_out(settings, name, value):
    setattr(settings, name, value)
    values = value.values() if isinstance(value, dict) else value
    for secret in [values] if isinstance(values, str) else values:
        assert secret not in struck(f"cannot reach it with {secret}!")


def test_no_other_setting_is_a_secret_that_logs_could_tell():
    """A new one has to be struck out, and to be listed in the test above."""
    text = (product.ROOT / "gongzhi/project/settings.py").read_text(encoding="utf-8")
    secret = re.compile(r'"(GONGZHI_\w*(?:KEY|KEYS|TOKEN|SECRET|PASSWORD_?|PASS))"')
    assert set(secret.findall(text)) == {
        "GONGZHI_SECRET_KEY", "GONGZHI_SEAL_KEYS", "GONGZHI_INDEX_KEY", "GONGZHI_BACKUP_KEY",
        "GONGZHI_METRICS_TOKEN", "GONGZHI_SMS_KEY", "GONGZHI_PG_PASSWORD",
        "GONGZHI_MAIL_PASSWORD_",
    }  # fmt: skip
