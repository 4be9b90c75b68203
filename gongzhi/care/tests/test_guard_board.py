"""The board, one elder, the doorstep: who may see what, and every look is kept."""

import pytest
from django.utils.timezone import now

from gongzhi.care import actions
from gongzhi.care.reads.board import board, lines
from gongzhi.care.tests.guarded import HOUR, alarmed, stands
from gongzhi.care.words import CloseCode, Mood, Outcome
from gongzhi.journal.models import Event

pytestmark = pytest.mark.django_db


# ── the board ─────────────────────────────────────────────────────────────


def test_the_board_puts_the_most_worrying_first(make, li, at):
    fine, quiet, blind, away, notice, alarm, new = (make(f"H{n}") for n in range(7))
    stands(fine, at, silent=1, left=9)
    stands(quiet, at, silent=6, left=1)
    stands(blind, at, silent=20, left=-3, share=0)
    stands(away, at, silent=20, left=3)
    stands(notice, at, silent=6, left=2.5)
    stands(alarm, at, silent=12, left=-1)
    stands(new, at, silent=1, left=9, days=3)
    actions.begin_absence(
        by=li, elder=away, begins_at=at - HOUR, ends_at=at + 48 * HOUR, at=at - HOUR
    )
    alarmed(notice, at, is_notice=True)
    alarmed(alarm, at)
    found = lines(board(li, at=at), at=at)
    assert [line.elder.pk for line in found] == [
        e.pk for e in (alarm, notice, blind, quiet, fine, new, away)
    ]
    assert [line.mood for line in found] == [
        Mood.ALARM, Mood.NOTICE, Mood.BLIND, Mood.QUIET, Mood.FINE, Mood.NEW, Mood.AWAY,
    ]  # fmt: skip


def test_the_board_shows_masked_names_and_no_address(
    make, as_, li, at, django_assert_max_num_queries
):
    elders = [make(f"H{n}") for n in range(5)]
    for elder in elders:
        stands(elder, at, silent=2, left=7)
    client = as_(li)
    client.get("/desk/elders/")
    with django_assert_max_num_queries(26):
        page = client.get("/desk/elders/").content.decode()
    assert "王**" in page
    assert "王秀英" not in page
    assert "501" not in page
    assert "守护程序没有在运行" in page  # nobody has seen the guard at work
    phone = client.get("/patrol/elders/").content.decode()
    assert "王**" in phone
    assert "501" not in phone


def test_who_guards_elsewhere_finds_nothing_and_who_guards_nowhere_is_sent_away(
    make, as_, zhao, wang, shen
):
    elder = make()
    alert = alarmed(elder, now())
    for path in (f"/desk/elders/{elder.pk}/", f"/desk/elders/alerts/{alert.pk}/",
                 f"/patrol/elders/{alert.pk}/"):  # fmt: skip
        assert as_(zhao).get(path).status_code == 404
        assert as_(wang).get(path).status_code == 403
        assert as_(shen).get(path).status_code == 403
    assert "王**" not in as_(zhao).get("/desk/elders/").content.decode()


def test_who_went_before_being_sent_is_not_told_to_be_no_longer_needed(make, as_, li, sun, at):
    alert = alarmed(make(), at)
    assert alert.steps.filter(call="grid_worker", outcome="waiting").exists()
    actions.accept(by=li, alert=alert, at=at)
    rung = alert.steps.get(call="grid_worker")
    assert (rung.outcome, rung.taken_at, rung.answered_at) == (Outcome.COMING, at, at)
    taken = Event.objects.filter(kind="alert", subject_id=alert.pk, name="care.step_taken")
    assert [(e.by, e.facts["call"], e.facts["outcome"]) for e in taken] == [
        (li, "grid_worker", "coming")
    ]
    actions.close(by=li, alert=alert, code=CloseCode.TRUE_HELP, note="扶起后送医院", at=at)
    page = as_(sun).get(f"/desk/elders/alerts/{alert.pk}/").content.decode()
    sent = page.split("派网格员上门")[1].split("</li>")[0]
    assert "答应前往" in sent
    assert "李强" in sent
    assert "不再需要" not in sent
    phone = as_(li).get(f"/patrol/elders/{alert.pk}/").content.decode()
    assert "答应前往" in phone.split("派网格员上门")[1].split("</li>")[0]


def test_every_look_at_an_elder_and_an_alert_is_kept(make, as_, li, sun, at):
    elder = make()
    alert = alarmed(elder, at)
    as_(li).get(f"/desk/elders/{elder.pk}/")
    as_(sun).get(f"/desk/elders/alerts/{alert.pk}/")
    as_(li).get(f"/patrol/elders/{alert.pk}/")
    looks = Event.objects.filter(name="care.viewed", kind="elder", subject_id=elder.pk)
    assert [(e.by, e.facts["what"]) for e in looks.order_by("id")] == [
        (li, "elder"), (sun, "alert"), (li, "alert"),
    ]  # fmt: skip
    page = as_(sun).get(f"/desk/elders/{elder.pk}/").content.decode()
    assert "李强" in page


# ── the doorstep ──────────────────────────────────────────────────────────


def test_the_address_is_shown_to_whoever_goes_and_while_it_is_open_only(make, as_, li, sun, at):
    alert = alarmed(make(), at)
    path = f"/patrol/elders/{alert.pk}/"
    assert "501" not in as_(li).get(path).content.decode()
    as_(li).post(f"{path}accept/")
    assert "501" in as_(li).get(path).content.decode()
    assert "501" not in as_(sun).get(path).content.decode()
    as_(li).post(f"{path}arrive/")
    refused = as_(li).post(f"{path}close/", {"code": "true_help", "note": ""})
    assert refused.status_code == 422
    assert "请写明" in refused.content.decode()
    as_(li).post(f"{path}close/", {"code": "true_help", "note": "扶起送医"})
    alert.refresh_from_db()
    assert (alert.close_code, alert.note) == (CloseCode.TRUE_HELP, "扶起送医")
    assert "501" not in as_(li).get(path).content.decode()
    seen = Event.objects.filter(name="care.viewed", facts__what="address")
    assert {event.by for event in seen} == {li}


def test_what_the_system_finds_itself_nobody_may_say(make, as_, li, at):
    alert = alarmed(make(), at)
    for code in ("late_data", "withdrawn", "", "nonsense"):
        answer = as_(li).post(f"/patrol/elders/{alert.pk}/close/", {"code": code})
        assert answer.status_code == 422
    alert.refresh_from_db()
    assert alert.closed_at is None


def test_grid_workers_cannot_reveal_and_clerks_need_a_reason(make, as_, li, sun, at):
    elder = make()
    path = f"/desk/elders/{elder.pk}/reveal/"
    assert as_(li).post(path, {"ground": "visit"}).status_code == 403
    assert as_(sun).post(path, {"ground": ""}).status_code == 422
    page = as_(sun).post(path, {"ground": "call"}).content.decode()
    assert "10000000001" in page
    assert "501" in page
    assert Event.objects.filter(name="care.viewed", facts__ground="call", by=sun).count() == 1
