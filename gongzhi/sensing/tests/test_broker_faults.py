"""Faults of the way in, against a real Mosquitto: TLS, own secrets, kills mid-stream, bursts."""

# ruff: noqa: S603, S607 - starts the broker and our own commands, with arguments from here

import io
import ipaddress
import json
import signal
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import paho.mqtt.client as mqtt
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.core.management import call_command
from django.utils.timezone import now
from paho.mqtt.enums import CallbackAPIVersion

from conftest import NOON
from gongzhi.sensing import actions
from gongzhi.sensing.intake import Intake
from gongzhi.sensing.models import Device, Gateway, Reading
from gongzhi.sensing.tests.test_broker import (
    BROKER,
    Broker,
    Sender,
    listen,
    payload,
    subscribed,
)
from gongzhi.sensing.words import DeviceKind

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.slow,
    pytest.mark.skipif(not Path(BROKER).exists(), reason="no Mosquitto here: `make services`"),
]
TOPIC = "gongzhi/v1/gw1/door"


@pytest.fixture
def broker(tmp_path) -> Iterator[Broker]:
    running = Broker(tmp_path)
    running.start()
    yield running
    running.stop()


@pytest.fixture
def door(grid_1) -> Device:
    gateway, _secret = actions.register_gateway(by=None, code="gw1", at=NOON)
    home = actions.register_home(by=None, code="H001", area=grid_1, at=NOON)
    return actions.register_device(
        by=None, gateway=gateway, serial="door", home=home, kind=DeviceKind.ENTRANCE, at=NOON
    )


# ── killed in the middle ──────────────────────────────────────────────────


class Sending(threading.Thread):
    """Sends one message after the other and, as gateways must, the last seconds again when it
    has lost the broker: what Mosquitto had confirmed but not yet written may be gone."""

    def __init__(self, port: int, count: int, again: int) -> None:
        super().__init__(daemon=True)
        self.port, self.count, self.again = port, count, again
        self.lost = threading.Event()

    def run(self) -> None:
        client = mqtt.Client(CallbackAPIVersion.VERSION2)
        client.reconnect_delay_set(1, 1)
        client.on_disconnect = lambda *_: self.lost.set()
        client.connect("127.0.0.1", self.port)
        client.loop_start()
        key = 0
        while key < self.count:
            if self.lost.is_set():
                until = time.monotonic() + 15
                while not client.is_connected() and time.monotonic() < until:
                    time.sleep(0.05)
                self.lost.clear()
                key = max(key - self.again, 0)
            client.publish(TOPIC, payload(key), qos=1)
            key += 1
            time.sleep(0.002)
        until = time.monotonic() + 15
        while not client.is_connected() and time.monotonic() < until:
            time.sleep(0.05)
        client.publish(TOPIC, payload(self.count), qos=1).wait_for_publish(20)
        client.disconnect()
        client.loop_stop()


@pytest.mark.parametrize(
    ("sign", "again"), [(signal.SIGTERM, 0), (signal.SIGKILL, 450)], ids=["stopped", "killed"]
)
def test_a_broker_that_ends_in_mid_stream_loses_and_doubles_nothing(broker, door, sign, again):
    subscribed(broker)
    sender = Sending(broker.port, 900, again)

    def strike() -> None:
        time.sleep(0.8)
        broker.stop(sign)
        time.sleep(0.3)
        broker.start()

    striker = threading.Thread(target=strike, daemon=True)
    sender.start()
    striker.start()
    intake = listen(broker, until_rows=901, seconds=45)
    striker.join(20)
    sender.join(20)
    keys = sorted(int(key) for key in Reading.objects.values_list("key", flat=True))
    assert keys == list(range(901))
    assert intake.counts.new == 901


def test_messages_out_of_order_and_twice_are_kept_once_at_their_own_time(broker, door):
    subscribed(broker)
    base = now() - timedelta(hours=5)
    sent = [(n, base + timedelta(minutes=n)) for n in range(200)]
    shuffled = [*sent[100:], *sent[:100][::-1], *sent[50:150]]
    sender = Sender(broker.port)
    for key, at in shuffled:
        told = json.dumps({"id": key, "what": "opened", "at": at.isoformat()}).encode()
        sender.client.publish(TOPIC, told, qos=1)
    sender.send(["last"])
    intake = listen(broker, until_rows=201)
    sender.close()
    kept = Reading.objects.exclude(key="last").order_by("at").values_list("key", "at")
    assert [(int(key), at) for key, at in kept] == sent
    assert intake.counts.doubled == 100


def test_a_day_of_buffered_messages_comes_in_one_payload(broker, door):
    subscribed(broker)
    base = now() - timedelta(hours=24)
    day = [
        {"id": f"b{n}", "what": "opened", "at": (base + timedelta(minutes=2 * n)).isoformat()}
        for n in range(700)
    ]
    sender = Sender(broker.port)
    sender.raw(TOPIC, json.dumps(day).encode())
    sender.raw(TOPIC, json.dumps(day).encode())  # and once more, since no answer had come
    listen(broker, until_rows=700)
    sender.close()
    assert Reading.objects.count() == 700
    assert Reading.objects.order_by("at").first().at == base
    door.refresh_from_db()
    assert (now() - door.seen_at) < timedelta(hours=1)


def test_a_device_whose_clock_jumps_is_heard_at_the_time_of_arrival_or_refused(broker, door):
    subscribed(broker)
    at = now()
    sender = Sender(broker.port)
    for key, told in (
        ("ahead", at + timedelta(days=400)),
        ("behind", at - timedelta(hours=3)),
        ("1970", datetime(1970, 1, 1, tzinfo=UTC)),
        ("good", at),
    ):
        said = {"id": key, "what": "opened", "at": told.isoformat()}
        sender.raw(TOPIC, json.dumps(said).encode())
    intake = listen(broker, until_rows=3)
    sender.close()
    kept = dict(Reading.objects.values_list("key", "at"))
    assert set(kept) == {"ahead", "behind", "good"}
    assert abs(kept["ahead"] - at) < timedelta(minutes=2)
    assert kept["behind"] == at - timedelta(hours=3)
    assert intake.counts.garbled == 1


# ── TLS and secrets ───────────────────────────────────────────────────────


def certificates(room: Path) -> Path:
    """A CA of our own and the broker's certificate for 127.0.0.1; gives the CA's file."""
    begins, ends = datetime.now(UTC) - timedelta(hours=1), datetime.now(UTC) + timedelta(days=1)
    ca_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    ca_name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test CA")])
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "broker")])
    made = x509.CertificateBuilder().not_valid_before(begins).not_valid_after(ends)
    ca = (
        made.subject_name(ca_name)
        .issuer_name(ca_name)
        .public_key(ca_key.public_key())
        .serial_number(x509.random_serial_number())
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(ca_key, hashes.SHA256())
    )
    address = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    own = (
        made.subject_name(name)
        .issuer_name(ca_name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .add_extension(x509.SubjectAlternativeName([address]), critical=False)
        .sign(ca_key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    (room / "ca.pem").write_bytes(ca.public_bytes(pem))
    (room / "server.pem").write_bytes(own.public_bytes(pem))
    (room / "server.key").write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return room / "ca.pem"


class Guarded(Broker):
    """A Mosquitto with TLS that lets in only whom the register knows."""

    def __init__(self, room: Path) -> None:
        super().__init__(room)
        self.ca = certificates(room)
        text = self.conf.read_text(encoding="utf-8").replace(
            "allow_anonymous true", "allow_anonymous false"
        )
        text += (
            f"\ncafile {self.ca}\ncertfile {room}/server.pem\nkeyfile {room}/server.key"
            f"\npassword_file {room}/passwords\nacl_file {room}/acl\n"
        )
        self.conf.write_text(text, encoding="utf-8")


def gateway_client(broker: Guarded, name: str, secret: str) -> mqtt.Client:
    client = mqtt.Client(CallbackAPIVersion.VERSION2)
    client.username_pw_set(name, secret)
    client.tls_set(ca_certs=str(broker.ca))
    client.reconnect_delay_set(1, 1)
    answered = threading.Event()
    client.on_connect = lambda *_: answered.set()
    client.connect("127.0.0.1", broker.port)
    client.loop_start()
    assert answered.wait(5), "the broker said nothing"
    return client


def say(client: mqtt.Client, topic: str, content: bytes) -> None:
    """Say it until the broker has it, as gateways do: over TLS Mosquitto 2.0 acknowledges what is
    forbidden and hangs up on whoever said it."""
    until = time.monotonic() + 30
    while time.monotonic() < until:
        if client.is_connected():
            told = client.publish(topic, content, qos=1)
            with suppress(RuntimeError):  # hung up meanwhile
                told.wait_for_publish(10)
                if told.is_published():
                    return
        time.sleep(0.05)
    raise AssertionError(f"the broker did not take {topic}")


@pytest.fixture
def guarded(tmp_path, monkeypatch, door) -> Iterator[tuple[Guarded, dict[str, str]]]:
    """The broker with what `write_broker_access` wrote, and the secrets of gw2 and gw3."""
    secrets = {}
    for code in ("gw2", "gw3"):
        gateway, secrets[code] = actions.register_gateway(by=None, code=code, at=NOON)
        actions.register_device(
            by=None, gateway=gateway, serial="door", home=door.home, kind="entrance", at=NOON
        )
    monkeypatch.setenv("GONGZHI_MQTT_PASSWORD", "of-the-intake")
    call_command("write_broker_access", str(tmp_path), stdout=io.StringIO())
    running = Guarded(tmp_path)
    running.start()
    yield running, secrets
    running.stop()


def heard(broker: Guarded, rows: int, seconds: float = 20) -> Intake:
    return listen(
        broker,
        until_rows=rows,
        seconds=seconds,
        username="gongzhi",
        password="of-the-intake",
        ca_file=str(broker.ca),
    )


def test_over_tls_a_gateway_speaks_for_its_own_devices_alone(guarded):
    broker, secrets = guarded
    heard(broker, 10**9, seconds=1.5)  # so that the session exists
    client = gateway_client(broker, "gw2", secrets["gw2"])
    say(client, "gongzhi/v1/gw3/door", payload("stolen"))
    say(client, "gongzhi/v1/gw2/door", payload("own"))
    heard(broker, 1)
    client.disconnect()
    client.loop_stop()
    assert [r.key for r in Reading.objects.all()] == ["own"]


def test_a_wrong_secret_or_a_stranger_gets_nowhere(guarded):
    broker, secrets = guarded
    for name, secret in (("gw2", "wrong"), ("gw2", secrets["gw3"]), ("nobody", "x"), ("", "")):
        client = gateway_client(broker, name, secret)
        assert not client.is_connected()
        client.disconnect()
        client.loop_stop()
    plain = mqtt.Client(CallbackAPIVersion.VERSION2)
    plain.username_pw_set("gw2", secrets["gw2"])
    plain.connect("127.0.0.1", broker.port)  # without TLS
    plain.loop_start()
    time.sleep(0.3)
    assert not plain.is_connected()
    plain.disconnect()
    plain.loop_stop()
    unknown = ssl.create_default_context()  # does not know our CA
    address = ("127.0.0.1", broker.port)
    with socket.create_connection(address) as line, pytest.raises(ssl.SSLError):
        unknown.wrap_socket(line, server_hostname="127.0.0.1")


def test_a_gateway_that_was_shut_out_is_turned_away_after_a_reload(guarded, tmp_path, sun):
    broker, secrets = guarded
    actions.shut_out(by=sun, gateway=Gateway.objects.get(code="gw2"), at=NOON)
    call_command("write_broker_access", str(tmp_path), stdout=io.StringIO())
    assert broker.process is not None
    broker.process.send_signal(signal.SIGHUP)
    time.sleep(0.5)
    shut = gateway_client(broker, "gw2", secrets["gw2"])
    open_still = gateway_client(broker, "gw3", secrets["gw3"])
    assert not shut.is_connected()
    assert open_still.is_connected()
    for client in (shut, open_still):
        client.disconnect()
        client.loop_stop()


def test_mosquitto_reads_our_hashes_as_its_own(tmp_path):
    """The line that we write is the one that mosquitto_passwd writes, for salt and all."""
    from gongzhi.sensing.actions.register import broker_hash

    ours = broker_hash("secret")
    kind, rounds, salt, digest = ours[1:].split("$")
    assert (kind, rounds) == ("7", "101")
    assert (len(salt), len(digest)) == (16, 88)
    path = tmp_path / "passwords"
    subprocess.run(["mosquitto_passwd", "-b", "-c", str(path), "x", "secret"], check=True)
    theirs = path.read_text().strip().partition(":")[2]
    assert theirs[1:].split("$")[0] == kind
