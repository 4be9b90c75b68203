"""Letters in from a real IMAP server, answers out to a real SMTP server; none lost or doubled."""

import socket
import subprocess
import sys
import threading
from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from gongzhi.cases import actions as cases
from gongzhi.cases.models import Attachment, Case, Remark
from gongzhi.cases.tests.uploads import photo
from gongzhi.catalogue import reads as catalogue
from gongzhi.catalogue.words import Grade
from gongzhi.doors import watch
from gongzhi.doors.conftest import do_what_is_owed
from gongzhi.doors.mail.fetching import fetch, fetch_due
from gongzhi.doors.mail.models import Regret, Taken
from gongzhi.doors.mail.regrets import regret_one
from gongzhi.doors.mail.tests.conftest import OUR, SHE
from gongzhi.doors.mail.words import Verdict
from gongzhi.doors.models import Answer, Entry, Fetch, TurnedAway
from gongzhi.doors.tests.crowd import MANY
from gongzhi.doors.tests.faults import Fault, Way, shows
from gongzhi.doors.words import Delivery, Door, Told, Trouble
from gongzhi.places.models import Estate

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
FIRE_ROUTE = "03003"
SOLVED = "灯具已更换，东门路灯全部亮起。"


def work(at):
    do_what_is_owed(at)
    while regret_one(at):
        pass


@pytest.fixture
def estate(grid_1):
    """望湖花园 in grid_1, which letters name."""
    return Estate.objects.create(name="望湖花园", area=grid_1, lng=117.306, lat=31.792)


def close(case, chen, li, sun, at):
    cases.classify(by=chen, case=case, item=catalogue.item(FIRE_ROUTE), grade=Grade.SERIOUS, at=at)
    cases.dispatch(by=chen, case=case, to=li, at=at)
    cases.accept(by=li, case=case, at=at)
    cases.handle(by=li, case=case, note=SOLVED, at=at)
    cases.approve(by=sun, case=case, at=at)
    cases.close(by=sun, case=case, at=at)


def test_a_letter_becomes_a_case_and_its_writer_hears_to_the_end(
    world, estate, box, maildir, post, letter, chen, li, sun, NOON
):
    maildir.put(
        letter("望湖花园东门的路灯三盏都不亮，老人晚上不敢出门。", files=[("a.jpg", photo())])
    )
    assert fetch(box, NOON) == 1
    case = Case.objects.get()
    assert (case.source, case.contact_name, case.area) == ("mail", "陈芳", estate.area)
    assert "老人晚上不敢出门" in case.text
    assert case.text.startswith("路灯坏了")
    assert case.files.count() == 1
    assert case.entries.get().address == SHE
    assert (maildir.lying(), maildir.lying("Gongzhi-taken")) == (0, 1)
    work(NOON)
    close(case, chen, li, sun, NOON)
    work(NOON)
    subjects = [one["Subject"] for one in post.letters]
    assert subjects == [f"Re: 路灯坏了 [{case.number}]"] * 3
    assert {one["To"] for one in post.letters} == {SHE}
    first, _taken_on, last = (one.get_content() for one in post.letters)
    assert case.number in first
    assert SOLVED in last
    for one in post.letters:
        assert one["Auto-Submitted"] == "auto-replied"
        assert one["X-Loop"] == OUR
        assert one["In-Reply-To"] == "<letter-1@mail.example.com>"
    assert len({one["Message-ID"] for one in post.letters}) == 3


@pytest.mark.parametrize("by", ["subject", "references", "first letter"])
def test_what_the_writer_adds_joins_the_case(world, box, maildir, post, letter, by, NOON):
    maildir.put(letter())
    fetch(box, NOON)
    work(NOON)
    case = Case.objects.get()
    ours = post.letters[0]["Message-ID"]
    how = {
        "subject": {"Subject": f"回复：路灯坏了 [{case.number}]"},
        "references": {"Subject": "又及", "References": f"<x@y.z> {ours}"},
        "first letter": {"Subject": "又及", "In_Reply_To": "<letter-1@mail.example.com>"},
    }[by]
    quoted = (
        f"今天四盏都不亮了。\n\n------------------ 原始邮件 ------------------\n发件人: {OUR}\n旧话"
    )
    maildir.put(letter(quoted, files=[("b.jpg", photo())], **how))
    assert fetch(box, NOON) == 1
    assert Case.objects.count() == 1
    remark = Remark.objects.get(case=case, kind="supplement")
    assert remark.text == "今天四盏都不亮了。"
    assert Attachment.objects.filter(case=case).count() == 1


def test_a_letter_and_its_sequel_fetched_together_are_one_case(world, box, maildir, letter, NOON):
    maildir.put(letter())
    maildir.put(letter("补充：是东门。", In_Reply_To="<letter-1@mail.example.com>", Subject="又及"))
    assert fetch(box, NOON) == 2
    assert Case.objects.count() == 1
    assert Remark.objects.get(kind="supplement").text == "补充：是东门。"


def test_whoever_else_names_the_number_starts_a_case_of_their_own(
    world, box, maildir, letter, NOON
):
    maildir.put(letter())
    fetch(box, NOON)
    number = Case.objects.get().number
    maildir.put(letter("我家也是。", From="b@mail.example.com", Subject=f"Re: [{number}]"))
    fetch(box, NOON)
    assert Case.objects.count() == 2
    assert not Remark.objects.filter(kind="supplement").exists()


def test_what_comes_after_the_end_is_a_new_case(
    world, estate, box, maildir, letter, chen, li, sun, NOON
):
    maildir.put(letter("望湖花园的路灯坏了。"))
    fetch(box, NOON)
    case = Case.objects.get()
    close(case, chen, li, sun, NOON)
    maildir.put(letter("又坏了。", Subject=f"Re: [{case.number}]"))
    fetch(box, NOON)
    assert Case.objects.count() == 2


AUTOMATIC = {
    "auto-submitted": {"Auto_Submitted": "auto-replied"},
    "precedence": {"Precedence": "bulk"},
    "our loop mark": {"X_Loop": OUR},
    "own address": {"From": OUR},
    "null sender": {"Return_Path": "<>"},
    "mailing list": {"List_Id": "<news.example.com>"},
    "out of office": {"Subject": "自动回复：路灯坏了"},
    "machine": {"From": "MAILER-DAEMON@mail.example.com"},
}


@pytest.mark.parametrize("why", AUTOMATIC)
def test_what_no_person_wrote_is_put_aside_and_never_answered(
    world, box, maildir, post, letter, why, NOON
):
    maildir.put(letter(**AUTOMATIC[why]))
    assert fetch(box, NOON) == 1
    work(NOON)
    assert not Case.objects.exists()
    assert not post.letters
    assert Taken.objects.get().verdict == Verdict.AUTOMATIC
    assert maildir.lying("Gongzhi-automatic") == 1


def test_two_machines_do_not_write_to_each_other_for_ever(world, box, maildir, post, letter, NOON):
    """A machine that answers each receipt with a fresh letter, without saying that it is one."""
    maildir.put(letter())
    for round_ in range(20):
        fetch(box, NOON + timedelta(minutes=round_))
        before = len(post.letters)
        work(NOON + timedelta(minutes=round_))
        if len(post.letters) == before:
            break
        maildir.put(letter(f"您的来信我已收到，第{round_}次。", Subject="谢谢来信"))
    receipts = Answer.objects.filter(told=Told.RECEIVED).count()
    assert receipts <= 5
    assert round_ < 10


def test_a_bounce_of_our_answer_waits_for_a_person(world, box, maildir, post, letter, NOON):
    maildir.put(letter())
    fetch(box, NOON)
    work(NOON)
    ours = post.letters[0]["Message-ID"]
    maildir.put(
        b"From: MAILER-DAEMON@mail.example.com\r\nReturn-Path: <>\r\nSubject: failed\r\n"
        b"Content-Type: multipart/report; report-type=delivery-status; boundary=x\r\n\r\n"
        b"--x\r\nContent-Type: text/plain\r\n\r\nno such user\r\n--x\r\n"
        b"Content-Type: message/rfc822\r\n\r\nMessage-ID: " + ours.encode() + b"\r\n\r\n--x--\r\n"
    )
    fetch(box, NOON)
    answer = Answer.objects.get()
    assert (answer.state, answer.last_error) == (Delivery.DEAD, "对方邮箱退信")


def test_an_empty_letter_is_answered_with_what_is_missing(world, box, maildir, post, letter, NOON):
    maildir.put(letter("", Subject=""))
    fetch(box, NOON)
    work(NOON)
    assert not Case.objects.exists()
    [one] = post.letters
    assert "请写明发生了什么" in one.get_content()
    assert one["Auto-Submitted"] == "auto-replied"
    assert maildir.lying("Gongzhi-refused") == 1
    assert Regret.objects.get().state == Delivery.SENT


@shows(Way.MAIL, Fault.MALFORMED)
def test_what_is_no_letter_waits_in_its_folder_and_stops_nobody(world, box, maildir, letter, NOON):
    maildir.put(b"\x00\x01\x02 no headers at all")
    maildir.put(b"\r\n\r\njust a body")
    deep = b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n)
        for n in range(3000)
    )
    maildir.put(b"From: a@b.example\r\nMIME-Version: 1.0\r\n" + deep)
    maildir.put(letter())
    assert fetch(box, NOON) == 4
    assert maildir.lying() == 0
    assert Case.objects.filter(title__startswith="路灯坏了").count() == 1
    assert TurnedAway.objects.filter(door=Door.MAILBOX).exists()


@shows(Way.MAIL, Fault.OVERSIZED)
def test_of_a_letter_that_is_too_large_the_words_are_kept(world, box, maildir, post, letter, NOON):
    huge = letter("河边的栏杆断了两米。", files=[("film.bin", b"\x07" * (20 * 1024 * 1024))])
    assert len(huge) > 25 * 1024 * 1024
    maildir.put(huge)
    assert fetch(box, NOON) == 1
    text = Case.objects.get().text
    assert "河边的栏杆断了两米" in text
    assert "来信太大，附件没有收入" in text


def test_files_that_are_no_photos_are_named_and_not_kept(world, box, maildir, letter, NOON):
    files = [("a.jpg", b"MZ this is a program"), ("合同.docx", b"PK"), ("b.jpg", photo())]
    maildir.put(letter(files=files))
    fetch(box, NOON)
    case = Case.objects.get()
    assert case.files.count() == 1
    assert "附件没有收入：图片1、合同.docx" in case.text


@shows(Way.MAIL, Fault.REPLAYED)
def test_the_same_letter_twice_is_one_case_and_another_with_its_number_is_not_lost(
    world, box, maildir, letter, NOON
):
    one = letter(Message_ID="<same@mail.example.com>")
    maildir.put(b"Received: from a\r\n" + one)
    maildir.put(b"Received: from b\r\n" + one)
    fetch(box, NOON)
    maildir.put(one)
    fetch(box, NOON)
    assert Case.objects.count() == 1
    maildir.put(letter("另一件事：井盖破了。", Message_ID="<same@mail.example.com>"))
    fetch(box, NOON)
    assert Case.objects.count() == 2
    assert maildir.lying() == 0


@shows(Way.MAIL, Fault.CROWD)
def test_ten_thousand_at_once_are_taken_in_batches(world, box, maildir, letter, NOON):
    for n in range(MANY):
        maildir.put(
            b"From: p%d@mail.example.com\r\nMessage-ID: <%d@m>\r\nSubject: a\r\n"
            b"Content-Type: text/plain; charset=utf-8\r\n\r\n%s %d\r\n"
            % (n, n, "小区东门的路灯不亮，第".encode(), n)
        )
    with CaptureQueriesContext(connection) as asked:
        assert fetch(box, NOON) == MANY
    assert Case.objects.count() == Taken.objects.count() == Entry.objects.count() == MANY
    assert maildir.lying() == 0
    assert len(asked) < MANY // 4


# ── others are away, we die ───────────────────────────────────────────────────


@shows(Way.MAIL, Fault.AWAY)
def test_the_server_away_for_a_day_raises_an_alarm_and_loses_nothing(
    world, box, imap, maildir, letter, guan, NOON
):
    maildir.put(letter())
    imap.stop()
    for hours in range(24):
        assert fetch_due(NOON + timedelta(hours=hours)) == 0
    row = Fetch.objects.get(door=Door.MAILBOX, issuer="district")
    assert row.failing_since == NOON
    assert (Door.MAILBOX, Trouble.FETCHING) in watch.troubles_at(NOON + timedelta(hours=1))
    imap.start()
    assert fetch_due(NOON + timedelta(days=1)) == 1
    assert Case.objects.count() == 1
    assert watch.troubles_at(NOON + timedelta(days=1)) == {}


@shows(Way.MAIL, Fault.AWAY)
def test_a_post_office_away_for_a_day_gets_each_answer_once(
    world, box, maildir, post, letter, NOON
):
    for n in range(3):
        maildir.put(letter(f"路灯坏了，第{n}盏。", From=f"p{n}@mail.example.com"))
    fetch(box, NOON)
    port = post.controller.port
    post.controller.stop()
    for hours in range(24):
        work(NOON + timedelta(hours=hours))
    assert not post.letters
    assert set(Answer.objects.values_list("state", flat=True)) == {Delivery.OWED}
    from aiosmtpd.controller import Controller

    post.controller = Controller(post, hostname="127.0.0.1", port=port)
    post.controller.start()
    for minutes in range(0, 121, 10):
        work(NOON + timedelta(days=1, minutes=minutes))
    assert sorted(one["To"] for one in post.letters) == [f"p{n}@mail.example.com" for n in range(3)]


def test_a_server_that_wants_one_letter_later_does_not_hold_up_the_others(
    world, box, maildir, post, letter, NOON
):
    maildir.put(letter())
    fetch(box, NOON)
    post.says = "451 greylisted, try again later"
    work(NOON)
    assert "451" in Answer.objects.get().last_error
    post.says = ""
    work(NOON + timedelta(minutes=1))
    assert len(post.letters) == 1


@shows(Way.MAIL, Fault.KILLED)
def test_killed_between_keeping_and_moving_nothing_is_lost_or_doubled(
    world, box, imap, maildir, letter, settings, tmp_path, NOON
):
    """A proxy watches what our process says to the server and kills it when it wants to move."""
    if connection.vendor != "sqlite":
        pytest.skip("the killed process is pointed at the database file")
    maildir.put(letter())
    proxy = _Killer(imap.port)
    config = tmp_path / "killed.yaml"
    config.write_text(
        Path(settings.MAIL_CONFIG)
        .read_text(encoding="utf-8")
        .replace(f"port: {imap.port}", f"port: {proxy.port}"),
        encoding="utf-8",
    )
    code = (
        "import os, sys, django; from django.conf import settings; "
        f"settings.DATABASES['default']['NAME'] = {str(connection.settings_dict['NAME'])!r}; "
        f"settings.MAIL_CONFIG = {str(config)!r}; "
        "settings.MAIL_PASSWORDS = {'district': 'a-secret'}; "
        "django.setup(); from django.core.management import call_command; "
        "print('up', flush=True); call_command('fetch_mail', once=True)"
    )
    process = subprocess.Popen(  # noqa: S603 - our own command
        [sys.executable, "-c", code], stdout=subprocess.PIPE
    )
    proxy.victim = process
    said = process.stdout.read()
    process.stdout.close()
    assert process.wait(60) == -9, said
    proxy.close()
    assert Case.objects.count() == 1  # kept
    assert maildir.lying() == 1  # and not yet moved
    call_command("fetch_mail", once=True)
    assert Case.objects.count() == 1
    assert (maildir.lying(), maildir.lying("Gongzhi-taken")) == (0, 1)


class _Killer:
    """Passes on what is said to the server until it is told to move letters."""

    def __init__(self, port):
        self.to, self.victim = port, None
        self.server = socket.create_server(("127.0.0.1", 0))
        self.port = self.server.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        ours, _address = self.server.accept()
        theirs = socket.create_connection(("127.0.0.1", self.to))
        threading.Thread(target=self._back, args=(theirs, ours), daemon=True).start()
        while said := ours.recv(65536):
            if b" MOVE " in said:
                self.victim.kill()
                break
            theirs.sendall(said)
        theirs.close()
        ours.close()

    @staticmethod
    def _back(theirs, ours):
        try:
            while said := theirs.recv(65536):
                ours.sendall(said)
        except OSError:
            return

    def close(self):
        self.server.close()


def test_our_letters_can_be_read_by_any_program(world, box, maildir, post, letter, NOON):
    maildir.put(letter(Subject="=?gb18030?b?wrfGycnP1tC1xsur?= 路灯"))
    fetch(box, NOON)
    work(NOON)
    again = message_from_bytes(bytes(post.letters[0]), policy=policy.default)
    assert again.get_content_charset() == "utf-8"
    assert not again.defects
