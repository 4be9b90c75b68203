"""A real mailbox on Dovecot and a real post office on aiosmtpd, both of this machine."""

import sys
from collections.abc import Iterator
from contextlib import ExitStack
from email import message_from_bytes, policy
from pathlib import Path

import pytest
import yaml
from aiosmtpd.controller import Controller

from gongzhi.doors.mail.agreed import Mailbox, terms

ROOT = Path(__file__).resolve().parents[4]
sys.path.insert(0, str(ROOT / "tools"))
import services  # noqa: E402

OUR = "quzhang@wanghu.example.cn"
SHE = "chen.fang@mail.example.com"


class Maildir:
    """The mailbox as its server keeps it: put letters in, look where they lie now."""

    def __init__(self, home: Path) -> None:
        self.home, self.count = home, 0

    def put(self, raw: bytes) -> None:
        """A letter arrives."""
        new = self.home / "new"
        if not new.exists():
            for name in ("new", "cur", "tmp"):
                (self.home / name).mkdir(mode=0o777, exist_ok=True)
                (self.home / name).chmod(0o777)
        self.count += 1
        path = new / f"{1772600000 + self.count}.{self.count}.here"
        path.write_bytes(raw)
        path.chmod(0o666)

    def lying(self, folder: str = "") -> int:
        """How many letters lie in the inbox or in a folder."""
        home = self.home / f".{folder}" if folder else self.home
        return sum(1 for name in ("new", "cur") for _ in (home / name).glob("*"))


class PostOffice:
    """Takes letters as a mail server does, and can be away or refuse."""

    def __init__(self) -> None:
        self.letters: list = []
        self.says = ""

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        """A recipient, unless it is told to say no."""
        if self.says:
            return self.says
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        """A letter."""
        self.letters.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 OK"


@pytest.fixture
def post() -> Iterator[PostOffice]:
    """The post office."""
    office = PostOffice()
    controller = Controller(office, hostname="127.0.0.1", port=services.free_port())
    controller.start()
    office.controller = controller
    try:
        yield office
    finally:
        if office.controller is not None:
            office.controller.stop(no_assert=True)


@pytest.fixture
def imap(tmp_path) -> Iterator[services.Path]:
    """A running IMAP server that can be stopped and started: `.stop()`, `.start()`."""

    class Server:
        port = 0

        def __init__(self) -> None:
            import tempfile

            self.home = Path(tempfile.mkdtemp(prefix="gz-im-", dir="/tmp"))
            self.stack = ExitStack()
            self.start()

        def start(self) -> None:
            self.port = self.stack.enter_context(
                services.dovecot_in(self.home, {"box": "a-secret"}, port=self.port)
            )

        def stop(self) -> None:
            self.stack.close()

    server = Server()
    try:
        yield server
    finally:
        server.stop()
        import shutil

        shutil.rmtree(server.home, ignore_errors=True)


@pytest.fixture
def maildir(imap) -> Maildir:
    """What lies in the mailbox."""
    return Maildir(imap.home / "mail" / "box")


@pytest.fixture
def box(imap, post, settings, tmp_path) -> Mailbox:
    """The mailbox as it is configured."""
    said = yaml.safe_load((ROOT / "config/doors/mail.yaml").read_text(encoding="utf-8"))
    smtp = post.controller.port
    said["mailboxes"] = {
        "district": {
            "name": "望湖区区长信箱",
            "address": OUR,
            "imap": {"host": "127.0.0.1", "port": imap.port, "tls": False, "user": "box"},
            "smtp": {"host": "127.0.0.1", "port": smtp, "tls": False},
        }
    }
    path = tmp_path / "mail.yaml"
    path.write_text(yaml.safe_dump(said, allow_unicode=True), encoding="utf-8")
    settings.MAIL_CONFIG = str(path)
    settings.MAIL_PASSWORDS = {"district": "a-secret"}
    return terms().mailboxes["district"]


@pytest.fixture
def letter():
    """`letter("路灯不亮", subject="…")`: the bytes of a letter as a mail program writes them."""
    from email.message import EmailMessage
    from itertools import count

    numbers = count(1)

    def write(text="小区东门的路灯三盏都不亮。", *, files=(), **headers):
        message = EmailMessage(policy=policy.SMTP)
        said = {
            "From": f"陈芳 <{SHE}>",
            "To": OUR,
            "Subject": "路灯坏了",
            "Date": "Wed, 04 Mar 2026 11:30:00 +0800",
            "Message-ID": f"<letter-{next(numbers)}@mail.example.com>",
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }
        for name, value in said.items():
            if value is not None:
                message[name] = value
        message.set_content(text, cte="base64")
        for name, content in files:
            kind = "image/jpeg" if name.endswith("jpg") else "application/octet-stream"
            message.add_attachment(
                content, maintype=kind.split("/")[0], subtype=kind.split("/")[1], filename=name
            )
        return message.as_bytes()

    return write
