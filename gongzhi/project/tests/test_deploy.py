"""What deploy/ says exists: commands, settings, ports, and units that systemd can read."""

import argparse
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml
from django.conf import settings
from django.core.management import get_commands, load_command_class

DEPLOY = settings.ROOT / "deploy"
UNITS = sorted((DEPLOY / "systemd").iterdir())
SERVICES = [unit for unit in UNITS if unit.suffix == ".service"]
COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
NGINX = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
OUR_WORDS = re.compile(r"GONGZHI_[A-Z0-9_]+")


def known_settings() -> set[str]:
    """Every name of the environment that the product itself reads."""
    known = set()
    for path in (settings.ROOT / "gongzhi").rglob("*.py"):
        if "tests" not in path.parts:
            known |= set(OUR_WORDS.findall(path.read_text(encoding="utf-8")))
    return known


def understood(words: list[str]) -> None:
    """The words are a command of the product with options that it takes."""
    command = load_command_class(get_commands()[words[0]], words[0])
    parser = command.create_parser("gongzhi", words[0])
    parser.exit_on_error = False
    try:
        parser.parse_args(words[1:])
    except (argparse.ArgumentError, SystemExit) as wrong:
        pytest.fail(f"{words}: {wrong}")


def lines(unit: Path, name: str) -> list[str]:
    text = unit.read_text(encoding="utf-8")
    return re.findall(rf"^{name}=(.*)$", text, re.MULTILINE)


@pytest.mark.parametrize("unit", SERVICES, ids=lambda unit: unit.name)
def test_a_unit_starts_a_command_that_exists(unit):
    for line in lines(unit, "ExecStart"):
        program, *words = shlex.split(line)
        assert program == "/opt/gongzhi/.venv/bin/gongzhi"
        understood(words)


@pytest.mark.parametrize("unit", SERVICES, ids=lambda unit: unit.name)
def test_a_unit_runs_as_nobody_special_and_touches_only_its_own(unit):
    assert lines(unit, "User") == ["gongzhi"]
    assert lines(unit, "NoNewPrivileges") == ["yes"]
    assert lines(unit, "ProtectSystem") == ["strict"]
    assert lines(unit, "CapabilityBoundingSet") == [""]
    assert lines(unit, "EnvironmentFile") == ["/etc/gongzhi/gongzhi.env"]


def test_units_name_only_units_that_are_there():
    there = {unit.name for unit in UNITS} | {
        "network-online.target", "multi-user.target", "timers.target", "postgresql.service",
        "mosquitto.service",
    }  # fmt: skip
    named = {
        name
        for unit in UNITS
        for key in ("After", "Wants", "PartOf", "WantedBy", "Requires")
        for line in lines(unit, key)
        for name in line.split()
    }
    assert named <= there
    for timer in (unit for unit in UNITS if unit.suffix == ".timer"):
        assert timer.with_suffix(".service") in UNITS


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd is not installed")
def test_systemd_understands_every_unit(tmp_path):
    """With a program that exists here in the place of ours, which is not installed."""
    for unit in UNITS:
        text = unit.read_text(encoding="utf-8")
        text = text.replace("/opt/gongzhi/.venv/bin/gongzhi", "/bin/true")
        (tmp_path / unit.name).write_text(text, encoding="utf-8")
    done = subprocess.run(  # noqa: S603 - our own units
        ["systemd-analyze", "verify", "--man=no", "--recursive-errors=no",  # noqa: S607
         *sorted(map(str, tmp_path.iterdir()))],
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    ours = [line for line in done.stderr.splitlines() if "gongzhi" in line]
    assert ours == []


def test_every_setting_of_the_example_is_one_the_product_reads():
    text = (DEPLOY / "gongzhi.env.example").read_text(encoding="utf-8")
    named = re.findall(r"^#?([A-Z][A-Z0-9_]*)=", text, re.MULTILINE)
    assert set(named) <= known_settings()
    assert len(named) == len(set(named)) > 20


def test_every_setting_the_operators_are_told_of_is_one_the_product_reads():
    told = set()
    for page in ("operators", "guard", "doors", "register", "security"):
        text = (settings.ROOT / "docs" / f"{page}.md").read_text(encoding="utf-8")
        told |= set(OUR_WORDS.findall(text))
    told -= {"GONGZHI_MAIL_PASSWORD_", "GONGZHI_WECHAT_"}  # followed by a name
    known = known_settings()
    assert {t for t in told if not any(k.startswith(t) for k in known)} - {
        f"GONGZHI_WECHAT_{part.upper()}" for part in settings.WECHAT
    } == set()


def test_the_example_carries_no_key():
    text = (DEPLOY / "gongzhi.env.example").read_text(encoding="utf-8")
    kept = re.findall(r"^(GONGZHI_\w*(?:KEYS?|PASSWORD|TOKEN))=(.*)$", text, re.MULTILINE)
    assert kept
    assert all(value == "" for _name, value in kept)


@pytest.mark.parametrize("name", sorted(COMPOSE["services"]))
def test_a_service_of_compose_runs_a_command_that_exists(name):
    service = COMPOSE["services"][name]
    if service.get("image") != "gongzhi":
        return
    command = service["command"]
    if "entrypoint" not in service:
        understood(command)
        return
    for one in re.findall(r"python manage\.py ([^&]+)", command[0]):
        understood(shlex.split(one))


def test_compose_runs_what_systemd_runs():
    """All but letters and copies, which need a mailbox and a disk of their own."""
    units = {unit.stem.removeprefix("gongzhi-") for unit in SERVICES} - {"mail", "backup"}
    assert units <= set(COMPOSE["services"])


def test_nothing_but_the_front_server_and_the_broker_is_reached_from_outside():
    open_ones = {name for name, one in COMPOSE["services"].items() if "ports" in one}
    assert open_ones == {"front", "broker"}


def test_the_front_server_reaches_the_ports_the_units_listen_on():
    commands = " ".join(line for unit in SERVICES for line in lines(unit, "ExecStart"))
    said = set(re.findall(r"--port (\d+)", commands))
    assert said == set(re.findall(r"server 127\.0\.0\.1:(\d+);", NGINX))


def test_the_front_server_says_itself_who_asks_and_how():
    assert "proxy_set_header X-Forwarded-Proto $scheme;" in NGINX
    assert "proxy_set_header X-Forwarded-For   $remote_addr;" in NGINX
    assert "$proxy_add_x_forwarded_for" not in NGINX  # the client would write the first part
    assert "$request_uri" not in NGINX.partition("log_format")[2].partition(";")[0]


def test_the_front_server_lets_through_what_the_product_takes():
    megabytes = int(re.search(r"client_max_body_size\s+(\d+)m;", NGINX)[1])
    assert megabytes * 1024 * 1024 >= settings.BODY_MOST_BYTES
    assert megabytes * 1024 * 1024 < 2 * settings.BODY_MOST_BYTES
