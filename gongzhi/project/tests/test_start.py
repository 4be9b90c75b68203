"""The product does not start where it would be unsafe."""

import socket

import pytest
from django.conf import settings as project_settings
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.core.checks import Error
from django.core.management import call_command
from django.core.management.base import CommandError, SystemCheckError

from gongzhi.project import checks
from gongzhi.project.checks import hosts_are_named, keys_are_our_own, no_demo_password
from gongzhi.project.serving import why_taken
from gongzhi.project.settings import _number

GOOD = "x" * 40


def ids(found: list[Error]) -> list[str | None]:
    return [error.id for error in found]


@pytest.fixture(autouse=True)
def good_keys(settings):
    settings.DEMO = False
    settings.SECRET_KEY, settings.INDEX_KEY = f"{GOOD}1", f"{GOOD}2"
    settings.SEAL_KEYS = [f"{GOOD}3"]


def test_own_long_keys_pass():
    assert keys_are_our_own() == []


@pytest.mark.parametrize("name", ["SECRET_KEY", "INDEX_KEY"])
def test_a_key_of_the_demo_stops_the_start(settings, name):
    setattr(settings, name, project_settings.DEMO_SECRET)
    assert ids(keys_are_our_own()) == ["gongzhi.E001"]


def test_an_old_demo_key_among_the_seal_keys_stops_the_start(settings):
    settings.SEAL_KEYS = [f"{GOOD}3", project_settings.DEMO_SECRET]
    assert ids(keys_are_our_own()) == ["gongzhi.E001"]


def test_a_short_key_stops_the_start(settings):
    settings.SECRET_KEY = "short"
    assert ids(keys_are_our_own()) == ["gongzhi.E002"]


def test_one_key_for_two_purposes_stops_the_start(settings):
    settings.INDEX_KEY = settings.SECRET_KEY
    assert ids(keys_are_our_own()) == ["gongzhi.E003"]


def test_the_demo_runs_with_its_own_keys(settings):
    settings.DEMO = True
    settings.SECRET_KEY = project_settings.DEMO_SECRET
    assert keys_are_our_own() == []


@pytest.mark.parametrize("hosts", [["*"], [""], ["gongzhi.example", "*"]])
def test_a_wildcard_host_stops_the_start(settings, hosts):
    settings.ALLOWED_HOSTS = hosts
    assert ids(hosts_are_named()) == ["gongzhi.E004"]


@pytest.mark.django_db
def test_an_account_with_the_demo_password_stops_the_start(wang, settings):
    assert no_demo_password() == []
    wang.password = PBKDF2PasswordHasher().encode("anything", settings.DEMO_SALT, iterations=1)
    wang.save()
    found = no_demo_password()
    assert ids(found) == ["gongzhi.E005"]
    assert "wang" in found[0].msg


@pytest.mark.parametrize(
    ("hosts", "found"),
    [
        (["localhost", "127.0.0.1", "[::1]"], []),
        (["localhost", "gongzhi.example"], ["gongzhi.E006"]),
    ],
)
def test_without_https_only_this_machine_is_served(settings, hosts, found):
    settings.ALLOWED_HOSTS, settings.SECURE_COOKIES = hosts, False
    assert ids(checks.only_this_machine_without_https()) == found
    settings.SECURE_COOKIES = True
    assert checks.only_this_machine_without_https() == []


def test_a_short_secret_for_monitors_stops_the_start(settings):
    assert checks.monitors_have_a_long_secret() == []
    settings.METRICS_TOKEN = "short"
    assert ids(checks.monitors_have_a_long_secret()) == ["gongzhi.E007"]


def test_a_front_server_that_is_not_counted_is_warned_of(settings):
    assert ids(checks.front_servers_are_counted()) == ["gongzhi.W008"]
    settings.AXES_IPWARE_PROXY_COUNT = 1
    assert checks.front_servers_are_counted() == []


def test_data_that_others_may_read_are_warned_of(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    tmp_path.chmod(0o755)
    assert ids(checks.data_are_not_for_everybody()) == ["gongzhi.W009"]
    tmp_path.chmod(0o750)
    assert checks.data_are_not_for_everybody() == []


def test_static_files_that_were_not_collected_are_warned_of(settings, tmp_path):
    settings.STATIC_ROOT = tmp_path
    assert ids(checks.static_files_are_collected()) == ["gongzhi.W010"]
    (tmp_path / "staticfiles.json").write_text("{}")
    assert checks.static_files_are_collected() == []


@pytest.mark.parametrize(("told", "number"), [("7", 7), ("", 3), (" 12 ", 12)])
def test_a_number_is_read(monkeypatch, told, number):
    monkeypatch.setenv("GONGZHI_PROXIES", told)
    assert _number("GONGZHI_PROXIES", 3) == number


@pytest.mark.parametrize("told", ["one", "-1", "1.5", "0x10"])
def test_what_is_no_number_is_named_and_stops_the_start(monkeypatch, told):
    monkeypatch.setenv("GONGZHI_PROXIES", told)
    with pytest.raises(SystemExit, match=f"GONGZHI_PROXIES={told}"):
        _number("GONGZHI_PROXIES", 0)


@pytest.mark.django_db
def test_sqlite_has_one_process_that_serves(monkeypatch):
    monkeypatch.setattr("gongzhi.project.serving.connection.vendor", "sqlite", raising=False)
    with pytest.raises(CommandError, match="SQLite"):
        call_command("serve", port=1, workers=2)


@pytest.mark.django_db
def test_a_pool_not_larger_than_the_threads_is_refused(monkeypatch):
    from django.db import connection

    monkeypatch.setitem(connection.settings_dict["OPTIONS"], "pool", {"max_size": 4})
    with pytest.raises(CommandError, match="GONGZHI_PG_POOL"):
        call_command("serve", port=1, threads=4)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "words",
    [
        ["serve"], ["live"], ["work"], ["work", "--drain"], ["guard"], ["guard", "--once"],
        ["listen"], ["fetch_mail"], ["fetch_mail", "--once"],
    ],
)  # fmt: skip
def test_every_process_refuses_an_unsafe_start(settings, words):
    settings.SECRET_KEY = project_settings.DEMO_SECRET
    with pytest.raises(SystemCheckError, match="E001"):
        call_command(*words)


def test_every_process_of_the_units_is_asked_for_above():
    """A process added to deploy/ later is added here too; the nightly copy serves nobody."""
    units = (project_settings.ROOT / "deploy/systemd").glob("*.service")
    started = {
        line.split()[1]
        for unit in units
        for line in unit.read_text(encoding="utf-8").splitlines()
        if line.startswith("ExecStart=")
    }
    marks = test_every_process_refuses_an_unsafe_start.pytestmark
    asked = {words[0] for mark in marks if mark.name == "parametrize" for words in mark.args[1]}
    assert started - {"back_up"} == asked


@pytest.mark.django_db
def test_a_taken_port_is_said_instead_of_shared():
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert why_taken("127.0.0.1", port)
        with pytest.raises(CommandError, match=str(port)):
            call_command("serve", port=port)
