"""The demo's mail server: a letter is fetched from it, moved, and answered by it."""

import os
import socket
import subprocess
import sys
from contextlib import closing

import pytest
from django.utils.timezone import now

from gongzhi.cases.models import Case
from gongzhi.doors.conftest import do_what_is_owed
from gongzhi.doors.mail.agreed import Mailbox, Server, Terms, terms
from gongzhi.doors.mail.fetching import AWAY, fetch
from gongzhi.doors.models import Answer
from gongzhi.doors.tests.outside import Outside
from gongzhi.doors.words import Delivery

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
OUR = "quzhang@wanghu.example.cn"


@pytest.fixture
def office(world, settings, monkeypatch):
    """The program, and the mailbox as it is configured."""
    command = [sys.executable, "-m", "gongzhi.doors.mail.simulator"]
    ports = ["--port", "0", "--imap", "0", "--smtp", "0"]
    process = subprocess.Popen(  # noqa: S603 - our own simulator
        [*command, *ports], stdout=subprocess.PIPE, text=True, env={**os.environ}
    )
    pages, imap, smtp = (int(process.stdout.readline()) for _ in range(3))
    box = Mailbox(
        "district", "区长信箱", OUR,
        Server("127.0.0.1", imap, "no", ""), Server("127.0.0.1", smtp, "no", ""),
    )  # fmt: skip
    said = terms()
    mine = Terms({"district": box}, 1, said.most_bytes, said.acknowledged_a_day, said.folders)
    for module in ("fetching", "sending", "actions", "regrets"):
        monkeypatch.setattr(f"gongzhi.doors.mail.{module}.terms", lambda: mine)
    settings.MAIL_PASSWORDS = {"district": "demo-mailbox"}
    program = Outside.at(f"http://127.0.0.1:{pages}")
    program.box = box
    try:
        yield program
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def test_a_letter_is_taken_and_answered(office):
    office.control("write", {"subject": "路灯坏了", "text": "望湖花园东门三盏都不亮。"})
    office.control("write", {"subject": "垃圾", "text": "长" * 3000, "from": "li@mail.example.com"})
    assert fetch(office.box, now()) == 2
    assert fetch(office.box, now()) == 0
    folders = office.control("folders")
    assert (folders["INBOX"], folders["Gongzhi-taken"]) == (0, 2)
    assert Case.objects.count() == 2
    do_what_is_owed(now())
    first = office.control("letters")[-1]
    assert first["to"] == "chen.fang@mail.example.com"
    assert Case.objects.order_by("pk").first().number in first["subject"] + first["text"]


def test_a_wrong_password_and_a_server_that_is_down_are_said(office, settings):
    settings.MAIL_PASSWORDS = {"district": "wrong"}
    with pytest.raises(AWAY):
        fetch(office.box, now())
    settings.MAIL_PASSWORDS = {"district": "demo-mailbox"}
    office.control("write", {"text": "路灯坏了，东门。"})
    fetch(office.box, now())
    office.control("mood", {"mood": "down"})
    with pytest.raises(AWAY):
        fetch(office.box, now())
    do_what_is_owed(now())
    assert Answer.objects.get().state == Delivery.OWED
    with closing(socket.create_connection(("127.0.0.1", office.box.imap.port))) as line:
        assert b"BYE" in line.recv(100)
