"""The front server of deploy/nginx.conf, really run: what it hands on, closes, limits and logs."""

import re
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.client import HTTPMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.conf import settings

sys.path.insert(0, str(settings.ROOT / "tools"))
import services

NGINX = services.program("nginx")
pytestmark = pytest.mark.skipif(not NGINX, reason="nginx is not installed: make services")
TRUSTING = ssl._create_unverified_context()  # noqa: S323 - a certificate made a moment ago


@dataclass
class Behind:
    """Stands where serve and live stand, and notes what reaches it."""

    asked: list[tuple[str, HTTPMessage]] = field(default_factory=list)
    read: Event = field(default_factory=Event)  # set when the first event has arrived in front


def _handler(behind: Behind) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            behind.asked.append((self.path, self.headers))
            self.send_response(200)
            self.end_headers()
            if self.path.startswith("/live/"):
                self.wfile.write(b"data: one\n\n")
                self.wfile.flush()
                behind.read.wait(20)
            self.wfile.write(b"last\n")

        def log_message(self, *_: object) -> None:
            """Nothing to say."""

    return Handler


@pytest.fixture(scope="module")
def front(tmp_path_factory) -> Iterator[tuple[str, str, Behind, Path]]:
    """https address, http address, what is behind, and the log."""
    home = tmp_path_factory.mktemp("front")
    home.chmod(0o755)
    behind = Behind()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(behind))
    server.daemon_threads = True
    thread = Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    _certificate(home)
    plain, secure = services.free_port(), services.free_port()
    text = (settings.ROOT / "deploy/nginx.conf").read_text(encoding="utf-8")
    for before, after in {
        "127.0.0.1:8000": f"127.0.0.1:{server.server_port}",
        "127.0.0.1:8001": f"127.0.0.1:{server.server_port}",
        "/etc/gongzhi/tls": str(home), "/var/log/nginx": str(home),
        "listen 80;": f"listen 127.0.0.1:{plain};",
        "listen 443 ssl": f"listen 127.0.0.1:{secure} ssl",
    }.items():  # fmt: skip
        assert before in text, before
        text = text.replace(before, after)
    text = re.sub(r"^\s*listen \[::\].*$", "", text, flags=re.MULTILINE)  # not on every machine
    (home / "site.conf").write_text(text, encoding="utf-8")
    (home / "nginx.conf").write_text(
        f"daemon off; pid {home}/pid; error_log {home}/error.log; events {{}}\n"
        f"http {{ client_body_temp_path {home}/b; proxy_temp_path {home}/p;\n"
        "include site.conf; }\n",
        encoding="utf-8",
    )
    process = subprocess.Popen([str(NGINX), "-p", str(home), "-c", "nginx.conf"])  # noqa: S603
    try:
        services.wait_for(lambda: services.listens(secure), process, home)
        yield f"https://127.0.0.1:{secure}", f"http://127.0.0.1:{plain}", behind, home
    finally:
        process.terminate()
        process.wait(20)
        server.shutdown()
        thread.join()
        server.server_close()


def _certificate(home: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "gongzhi.example.gov.cn")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(1).not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1)).sign(key, hashes.SHA256())
    )  # fmt: skip
    form = serialization.Encoding.PEM
    (home / "server.pem").write_bytes(made.public_bytes(form))
    (home / "server.key").write_bytes(
        key.private_bytes(form, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )


def ask(url: str, **headers: str) -> int:
    request = urllib.request.Request(url, headers=headers)  # noqa: S310 - our own front
    try:
        with urllib.request.urlopen(request, timeout=20, context=TRUSTING) as answer:  # noqa: S310
            return int(answer.status)
    except urllib.error.HTTPError as error:
        error.close()
        return error.code


def test_where_somebody_comes_from_is_said_by_the_front_alone(front):
    https, _http, behind, _home = front
    spoofed = {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "http"}
    assert ask(f"{https}/report/", **spoofed) == 200
    path, headers = behind.asked[-1]
    assert path == "/report/"
    assert headers.get_all("X-Forwarded-For") == ["127.0.0.1"]
    assert headers.get_all("X-Forwarded-Proto") == ["https"]


def test_what_is_for_the_machines_inside_is_closed(front):
    https, _http, behind, _home = front
    before = len(behind.asked)
    assert {ask(f"{https}{path}") for path in ("/metrics", "/readyz")} == {404}
    assert len(behind.asked) == before


def test_plain_http_is_sent_to_https(front):
    _https, http, _behind, _home = front

    class Stay(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *_: object) -> None:
            return None

    with pytest.raises(urllib.error.HTTPError) as sent:
        urllib.request.build_opener(Stay).open(f"{http}/report/?q=1", timeout=20)
    sent.value.close()
    assert sent.value.code == 301
    assert sent.value.headers["Location"].startswith("https://127.0.0.1")


def test_an_event_is_on_the_screen_before_the_stream_ends(front):
    https, _http, behind, _home = front
    with urllib.request.urlopen(f"{https}/live/", timeout=15, context=TRUSTING) as stream:  # noqa: S310
        assert stream.readline() == b"data: one\n"
        behind.read.set()
        assert stream.read().endswith(b"last\n")


def test_queries_are_not_in_the_log(front):
    https, _http, _behind, home = front
    assert ask(f"{https}/desk/?q=13900001234") == 200
    for _try in range(100):
        log = (home / "gongzhi.log").read_text(encoding="utf-8")
        if '"GET /desk/"' in log:
            break
        time.sleep(0.02)
    assert '"GET /desk/" 200' in log
    assert "13900001234" not in log


def test_who_tries_sign_in_after_sign_in_is_held_up_and_others_pages_are_not(front):
    https, _http, _behind, _home = front
    said = [ask(f"{https}/login/") for _try in range(60)]
    assert said[:25] == [200] * 25
    assert 429 in said
    assert ask(f"{https}/report/") == 200
