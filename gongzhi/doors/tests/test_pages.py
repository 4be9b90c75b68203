"""The channel board, answers that did not get through, partners: who sees them, what they do."""

from datetime import timedelta

import pytest
from django.utils.timezone import now

from gongzhi.doors import actions
from gongzhi.doors.models import Answer, Entry, Partner, TurnedAway, digest_of
from gongzhi.doors.words import Delivery, Door, Told
from gongzhi.journal.models import Event
from gongzhi.kernel.refusals import NotAllowed, NotPossible, NotUnderstood

pytestmark = pytest.mark.django_db


@pytest.fixture
def partner(NOON):
    return actions.admit(by=None, name="数字城管", code="city", key="k", door=Door.WEBHOOK, at=NOON)


@pytest.fixture
def dead(report, partner, NOON):
    """An answer about a case of grid_1 that was given up."""
    case = report()
    entry = Entry.objects.create(
        case=case, door=Door.WEBHOOK, external_id="DC-1", partner=partner, at=now(),
        sent_at=now() - timedelta(minutes=5, seconds=30),
    )  # fmt: skip
    return Answer.objects.create(
        entry=entry, event=Event.objects.first(), told=Told.CLOSED, state=Delivery.DEAD,
        tries=72, not_before=NOON, last_error="Unreachable('503 维护')",
    )  # fmt: skip


PAGES = ["/desk/doors/", "/desk/doors/answers/", "/desk/doors/partners/"]


@pytest.mark.parametrize("path", PAGES)
def test_who_may_see_it(path, as_, world, guan, chen, sun, li, wang, wu, qian, shen):
    managers_only = path.endswith("partners/")
    for person, allowed in (
        (guan, True), (chen, not managers_only), (sun, not managers_only),
        (li, False), (wang, False), (wu, False), (qian, False), (shen, False),
    ):  # fmt: skip
        assert as_(person).get(path).status_code == (200 if allowed else 403), person
    assert as_(None).get(path).status_code == 302


def test_the_board_counts_each_door(as_, guan, dead, NOON):
    TurnedAway.objects.create(
        door=Door.WEBHOOK, code="no_place", sentence="没有地点", external_id="DC-9", at=now()
    )
    page = as_(guan).get("/desk/doors/").content.decode()
    row = page.split("平台对接")[1].split("</tr>")[0]
    figures = [cell.split("</td>")[0].rpartition(">")[2] for cell in row.split("<td")[1:]]
    assert figures[0] == "1"
    assert figures[3] == "5分钟"
    assert (figures[4], figures[7]) == ("1", "1")
    assert "没有地点" in page


class TestResend:
    def test_an_answer_is_owed_again(self, as_, guan, dead):
        page = as_(guan).get("/desk/doors/answers/").content.decode()
        assert "503 维护" in page
        assert as_(guan).post(f"/desk/doors/answers/{dead.pk}/resend/").status_code == 302
        dead.refresh_from_db()
        assert (dead.state, dead.tries) == (Delivery.OWED, 0)
        assert as_(guan).post(f"/desk/doors/answers/{dead.pk}/resend/").status_code == 409

    def test_only_administrators_and_the_dispatchers_of_the_case(self, dead, chen, gu, li, NOON):
        for person in (gu, li):
            with pytest.raises(NotAllowed):
                actions.resend(by=person, answer=dead, at=NOON)
        actions.resend(by=chen, answer=dead, at=NOON)
        with pytest.raises(NotPossible):
            actions.resend(by=chen, answer=dead, at=NOON)

    def test_a_dispatcher_sees_those_of_their_area(self, as_, dead, chen, gu):
        assert "DC-1" in as_(chen).get("/desk/doors/answers/").content.decode()
        assert "DC-1" not in as_(gu).get("/desk/doors/answers/").content.decode()


class TestToldOtherwise:
    def test_somebody_called_instead(self, as_, chen, dead):
        page = as_(chen).get("/desk/doors/answers/").content.decode()
        assert f"/desk/cases/{dead.entry.case.pk}/" in page, "where the telephone number is"
        assert "已办结" in page, "what is to be said"
        path = f"/desk/doors/answers/{dead.pk}/told/"
        assert as_(chen).post(path, {"how": "called"}).status_code == 302
        dead.refresh_from_db()
        assert (dead.state, bool(dead.sent_at)) == (Delivery.BY_HAND, True)
        event = Event.objects.get(name="doors.answer_told_otherwise")
        assert (event.by, event.facts["how"]) == (chen, "called")
        assert dead.entry.external_id not in as_(chen).get("/desk/doors/answers/").content.decode()
        assert as_(chen).post(path, {"how": "called"}).status_code == 409

    def test_who_may_and_how(self, dead, chen, gu, li, NOON):
        for person in (gu, li):
            with pytest.raises(NotAllowed):
                actions.tell_otherwise(by=person, answer=dead, how="called", at=NOON)
        with pytest.raises(NotUnderstood):
            actions.tell_otherwise(by=chen, answer=dead, how="", at=NOON)
        dead.refresh_from_db()
        assert dead.state == Delivery.DEAD

    def test_it_and_sending_again_exclude_each_other(self, dead, chen, NOON):
        actions.resend(by=chen, answer=dead, at=NOON)
        with pytest.raises(NotPossible):
            actions.tell_otherwise(by=chen, answer=dead, how="met", at=NOON)

    def test_nothing_is_kept_when_it_cannot_be_recorded(self, dead, chen, monkeypatch, NOON):
        def broken(*args, **kwargs):
            raise OSError("disk full")

        monkeypatch.setattr("gongzhi.doors.actions.record", broken)
        with pytest.raises(OSError, match="disk full"):
            actions.tell_otherwise(by=chen, answer=dead, how="met", at=NOON)
        dead.refresh_from_db()
        assert dead.state == Delivery.DEAD


class TestPartners:
    def admit(self, browser, **changes):
        said = {"name": "非警务警情平台", "door": "webhook", "code": "police", "url": ""}
        return browser.post("/desk/doors/partners/", {**said, **changes})

    def test_how_each_stands_is_on_the_list(self, as_, guan, dead, partner):
        TurnedAway.objects.create(
            door=Door.WEBHOOK, partner=partner, code="no_place", sentence="没有地点", at=now()
        )
        page = as_(guan).get("/desk/doors/partners/").content.decode()
        row = page.split("数字城管")[1].split("</tr>")[0]
        assert "异常" in row
        assert "503 维护" in row
        assert row.count('class="overdue">1<') == 2

    def test_the_key_is_shown_once_and_lies_sealed(self, as_, guan, world):
        page = self.admit(as_(guan)).content.decode()
        partner = Partner.objects.get()
        assert partner.code == "police"
        assert partner.secret in page
        assert digest_of(partner.secret) == partner.key_digest
        assert partner.secret not in as_(guan).get("/desk/doors/partners/").content.decode()
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute("SELECT secret FROM doors_partner")
            assert cursor.fetchone()[0] != partner.secret

    def test_of_a_partner_that_does_not_sign_only_the_fingerprint_is_kept(self, as_, guan, world):
        self.admit(as_(guan), door="open311", code="")
        assert Partner.objects.get().secret == ""

    @pytest.mark.parametrize(
        ("changes", "words"),
        [
            ({"name": ""}, "名称"),
            ({"door": "window"}, "渠道"),
            ({"url": "ftp://example.org"}, "http"),
            ({"url": "https://user:pw@example.org"}, "http"),
        ],
    )
    def test_what_is_wrong_is_said_and_what_was_typed_stays(self, as_, guan, world, changes, words):
        answer = self.admit(as_(guan), **changes)
        assert answer.status_code == 422
        page = answer.content.decode()
        assert words in page
        assert 'value="police"' in page
        assert not Partner.objects.exists()

    def test_a_known_name_needs_a_word_for_a_new_key(self, as_, guan, partner):
        before = partner.key_digest
        assert self.admit(as_(guan), name=partner.name, code="city").status_code == 422
        assert self.admit(as_(guan), name=partner.name, code="city", renew="1").status_code == 200
        partner.refresh_from_db()
        assert partner.key_digest != before

    def test_a_code_belongs_to_one(self, as_, guan, partner):
        assert "已经有别的系统" in self.admit(as_(guan), code="city").content.decode()

    def test_address_subscription_and_limit(self, as_, guan, partner):
        path = f"/desk/doors/partners/{partner.pk}/"
        said = {"url": "https://city.example/hook", "wants": ["closed"], "per_minute": "600"}
        assert as_(guan).post(path, said).status_code == 302
        partner.refresh_from_db()
        assert (partner.url, partner.wants, partner.per_minute) == (
            "https://city.example/hook", ["closed"], 600,
        )  # fmt: skip
        for wrong in ({"per_minute": "0"}, {"per_minute": "x"}, {"wants": ["lost"]}, {"url": "x"}):
            assert as_(guan).post(path, {**said, **wrong}).status_code == 422
        assert as_(guan).get(path).status_code == 200

    def test_shutting_out(self, as_, guan, partner):
        as_(guan).post(f"/desk/doors/partners/{partner.pk}/", {"shut_out": "1"})
        partner.refresh_from_db()
        assert not partner.active
        assert "停用" in as_(guan).get("/desk/doors/partners/").content.decode()

    def test_only_administrators(self, partner, chen, NOON):
        with pytest.raises(NotAllowed):
            actions.admit(by=chen, name="x", key="k", at=NOON)
        with pytest.raises(NotAllowed):
            actions.shut_out(by=chen, partner=partner, at=NOON)
        with pytest.raises(NotAllowed):
            actions.arrange(by=chen, partner=partner, url="", wants=[], per_minute=1, at=NOON)

    def test_unknown_news_cannot_be_wanted(self, partner, guan, NOON):
        with pytest.raises(NotUnderstood):
            actions.arrange(
                by=guan, partner=partner, url="", wants=["colour"], per_minute=1, at=NOON
            )
