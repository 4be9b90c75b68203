"""A letter that says why there is no case: sent until taken, else a person must tell the writer."""

from datetime import timedelta

import pytest
import yaml

from gongzhi.doors import watch
from gongzhi.doors.answers import MOST_REFUSALS, MOST_TRIES
from gongzhi.doors.mail import actions
from gongzhi.doors.mail.agreed import terms
from gongzhi.doors.mail.letters import read_letter
from gongzhi.doors.mail.models import Regret
from gongzhi.doors.mail.regrets import regret_one
from gongzhi.doors.mail.tests.conftest import OUR, ROOT, SHE
from gongzhi.doors.models import Answer, Entry, Stoppage
from gongzhi.doors.words import Delivery, Door, Told, Trouble
from gongzhi.journal.models import Event
from gongzhi.kernel.refusals import NotAllowed, NotPossible, NotUnderstood
from gongzhi.messages.models import Message

pytestmark = pytest.mark.django_db
LIST = "/desk/doors/answers/"
WHY = "来信没有文字和照片"


@pytest.fixture
def box(post, settings, tmp_path, community):
    """The community's mailbox, whose letters go out by the post office of the test."""
    said = yaml.safe_load((ROOT / "config/doors/mail.yaml").read_text(encoding="utf-8"))
    nowhere = {"host": "127.0.0.1", "port": 9, "tls": False, "user": "box"}
    smtp = {"host": "127.0.0.1", "port": post.controller.port, "tls": False}
    said["mailboxes"] = {
        "community": {
            "name": "望湖社区信箱", "address": OUR, "area": community.code, "imap": nowhere,
            "smtp": smtp,
        }
    }  # fmt: skip
    path = tmp_path / "mail.yaml"
    path.write_text(yaml.safe_dump(said, allow_unicode=True), encoding="utf-8")
    settings.MAIL_CONFIG = str(path)
    return terms().mailboxes["community"]


@pytest.fixture
def take(box, letter, NOON):
    """`take(raw)`: the letter as it is taken in."""

    def taken(raw):
        one = read_letter(raw, own=terms().own, whole=True)
        return actions.take_letters(by=None, letters=[one], mailbox=box, at=NOON)

    return taken


@pytest.fixture
def regret(world, take, letter):
    """What the writer of an empty letter is owed."""
    take(letter("", Subject=""))
    return Regret.objects.get()


@pytest.fixture
def dead(regret, post, NOON):
    """The same, refused by her server until it was given up."""
    post.says = "550 no such user"
    for n in range(MOST_REFUSALS + 2):
        regret_one(NOON + timedelta(hours=2 * n))
    regret.refresh_from_db()
    return regret


def bounce(message_id):
    return (
        b"From: MAILER-DAEMON@mail.example.com\r\nReturn-Path: <>\r\nSubject: failed\r\n"
        b"Content-Type: multipart/report; report-type=delivery-status; boundary=x\r\n\r\n"
        b"--x\r\nContent-Type: text/plain\r\n\r\nno such user\r\n--x\r\n"
        b"Content-Type: message/rfc822\r\n\r\nMessage-ID: " + message_id.encode()
        + b"\r\n\r\n--x--\r\n"
    )  # fmt: skip


def figures(page, door="电子信箱"):
    row = page.split(door)[1].split("</tr>")[0]
    return [cell.split("</td>")[0].rpartition(">")[2] for cell in row.split("<td")[1:]]


def test_it_is_owed_on_the_board_until_the_server_took_it(regret, post, as_, chen, NOON):
    assert figures(as_(chen).get("/desk/doors/").content.decode())[5] == "1"
    assert regret_one(NOON)
    assert WHY in post.letters[0].get_content()
    regret.refresh_from_db()
    assert (regret.state, regret.sent_at) == (Delivery.SENT, NOON)
    assert figures(as_(chen).get("/desk/doors/").content.decode())[5] == "0"


def test_while_the_server_is_away_it_waits_three_days(regret, post, NOON):
    post.controller.stop(no_assert=True)
    post.controller = None
    for hour in range(24):
        regret_one(NOON + timedelta(hours=hour))
    regret.refresh_from_db()
    assert regret.state == Delivery.OWED
    assert "Unreachable" in regret.last_error
    watch.watch(NOON + timedelta(hours=24))
    stoppage = Stoppage.objects.get(door=Door.MAILBOX, trouble=Trouble.SENDING)
    assert stoppage.since == NOON
    for hour in range(24, MOST_TRIES + 10):
        regret_one(NOON + timedelta(hours=hour))
    regret.refresh_from_db()
    assert regret.state == Delivery.DEAD


def test_given_up_it_is_counted_and_told_to_the_dispatchers_of_the_mailbox(
    dead, as_, sun, gu, guan, work, NOON
):
    assert (dead.state, "550" in dead.last_error) == (Delivery.DEAD, True)
    [event] = Event.objects.filter(name="mail.regret_given_up")
    assert SHE not in str(event.facts)
    assert figures(as_(guan).get("/desk/doors/").content.decode())[7] == "1"
    work(NOON + timedelta(days=2))
    [message] = Message.objects.filter(template="doors/letter_undelivered")
    assert message.to == sun
    told = as_(sun).get("/desk/messages/").content.decode()
    assert "“望湖社区信箱”有封来信没有立案" in told
    assert LIST in told
    page = as_(sun).get(LIST).content.decode()
    assert WHY in page
    assert "c***@mail.example.com" in page
    assert SHE not in page
    assert "Gongzhi-refused" in page
    assert WHY not in as_(gu).get(LIST).content.decode(), "another street's dispatcher"
    assert WHY in as_(guan).get(LIST).content.decode()


def test_one_that_comes_back_waits_for_a_person_too(regret, post, take, NOON):
    regret_one(NOON)
    take(bounce(post.letters[0]["Message-ID"]))
    regret.refresh_from_db()
    assert (regret.state, regret.last_error) == (Delivery.DEAD, "对方邮箱退信")
    take(bounce(post.letters[0]["Message-ID"]) + b" ")
    assert Event.objects.filter(name="mail.regret_given_up").count() == 1


@pytest.mark.parametrize("entry", [0, 1])
def test_a_forged_return_changes_nothing(regret, report, take, NOON, entry):
    regret_one(NOON)
    mine = Entry.objects.create(case=report(), door=Door.MAILBOX, external_id="1", at=NOON)
    answer = Answer.objects.create(
        entry=mine, event=Event.objects.first(), told=Told.CLOSED, state=Delivery.SENT,
        not_before=NOON,
    )  # fmt: skip
    pk = answer.pk if entry else regret.pk
    take(bounce(f"<gongzhi.{pk}.{entry and mine.pk}.0123456789abcdef@wanghu.example.cn>"))
    assert set(Regret.objects.values_list("state", flat=True)) == {Delivery.SENT}
    assert set(Answer.objects.values_list("state", flat=True)) == {Delivery.SENT}


class TestWhatTheDeskDoes:
    def test_it_is_sent_again(self, dead, post, as_, sun, NOON):
        path = f"/desk/doors/letters/{dead.pk}/resend/"
        assert as_(sun).post(path).status_code == 302
        assert as_(sun).post(path).status_code == 409
        post.says = ""
        dead.refresh_from_db()
        assert regret_one(dead.not_before)
        dead.refresh_from_db()
        assert dead.state == Delivery.SENT
        assert Event.objects.get(name="mail.regret_resent").by == sun
        assert WHY not in as_(sun).get(LIST).content.decode()

    def test_or_noted_as_told_otherwise(self, dead, as_, sun):
        path = f"/desk/doors/letters/{dead.pk}/told/"
        assert as_(sun).post(path, {"how": ""}).status_code == 422
        assert as_(sun).post(path, {"how": "written"}).status_code == 302
        dead.refresh_from_db()
        assert (dead.state, bool(dead.sent_at)) == (Delivery.BY_HAND, True)
        event = Event.objects.get(name="mail.regret_told_otherwise")
        assert (event.by, event.facts["how"]) == (sun, "written")
        assert as_(sun).post(path, {"how": "written"}).status_code == 409

    def test_who_may(self, dead, as_, gu, li, guan, NOON):
        for person in (gu, li):
            with pytest.raises(NotAllowed):
                actions.resend_regret(by=person, regret=dead, at=NOON)
            with pytest.raises(NotAllowed):
                actions.tell_writer_otherwise(by=person, regret=dead, how="met", at=NOON)
        assert as_(gu).post(f"/desk/doors/letters/{dead.pk}/resend/").status_code == 404
        with pytest.raises(NotUnderstood):
            actions.tell_writer_otherwise(by=guan, regret=dead, how="shouted", at=NOON)
        actions.resend_regret(by=guan, regret=dead, at=NOON)
        with pytest.raises(NotPossible):
            actions.tell_writer_otherwise(by=guan, regret=dead, how="met", at=NOON)

    def test_one_of_a_mailbox_from_before_belongs_to_the_district(self, dead, sun, guan, NOON):
        Regret.objects.update(area=None)
        dead.refresh_from_db()
        assert not Regret.objects.visible_to(sun).exists()
        actions.resend_regret(by=guan, regret=dead, at=NOON)

    def test_nothing_is_kept_when_it_cannot_be_recorded(self, dead, sun, monkeypatch, NOON):
        def broken(*args, **kwargs):
            raise OSError("disk full")

        monkeypatch.setattr("gongzhi.doors.mail.actions.record", broken)
        for act in (
            lambda: actions.resend_regret(by=sun, regret=dead, at=NOON),
            lambda: actions.tell_writer_otherwise(by=sun, regret=dead, how="met", at=NOON),
        ):
            with pytest.raises(OSError, match="disk full"):
                act()
        dead.refresh_from_db()
        assert dead.state == Delivery.DEAD
