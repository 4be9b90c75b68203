"""The six steps: who may, what changes, what is recorded, who is told, the race, the ends."""

import base64
from datetime import date, datetime, timedelta

import pytest
from django.db import connection

from conftest import NOON
from gongzhi.cases import actions as cases
from gongzhi.disputes import actions, reads
from gongzhi.disputes.chores import remind_one
from gongzhi.disputes.models import Agreement, Dispute, Mediator, Party, Session
from gongzhi.disputes.signing import drawn
from gongzhi.disputes.tests import conftest as do
from gongzhi.disputes.words import GuideTo, Kind, RevealGround, Risk, Side, SignedHow
from gongzhi.flows import reads as flows
from gongzhi.journal.models import Event
from gongzhi.journal.record import run_one
from gongzhi.kernel.refusals import NotAllowed, NotPossible, NotUnderstood, Overtaken
from gongzhi.messages.models import Message

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(hours=3, minutes=24)


def owed(at=NOON + timedelta(days=1)):
    while run_one(at=at):
        pass


def told(template):
    return set(
        Message.objects.filter(template=f"disputes/{template}").values_list(
            "to__username", flat=True
        )
    )


# ── the six steps end to end ──────────────────────────────────────────────


def test_a_dispute_goes_through_the_six_steps(stage, sun, chen):
    dispute = stage("archived")
    names = [e.name for e in Event.objects.filter(kind="dispute").order_by("pk")]
    assert names == [
        "disputes.opened", "disputes.agreed", "disputes.agreed", "disputes.sorted",
        "disputes.risk_rated", "disputes.assigned", "disputes.settled", "disputes.followed_up",
        "disputes.reviewed",
    ]  # fmt: skip
    assert (dispute.kept, dispute.score, dispute.ended_at) == (True, 5, NOON)
    assert [stand.look for stand in reads.bar(dispute)] == ["was"] * 6
    owed()
    assert told("for_you") == {"sun"}
    assert told("opened") == {"sun"}  # the community's desk
    assert told("to_review") == {"sun"}


def test_whose_turn_it_is_and_by_when_follows_from_the_risk(stage, chen):
    dispute = stage("mediating")
    low = reads.clock_of(dispute, NOON)
    do.rate(dispute, chen, risk=Risk.HIGH, signs=["violence"])
    high = reads.clock_of(dispute, NOON)
    assert (low.name, high.name, dispute.status) == ("化解处置", "化解处置", "mediating")
    assert high.due_at < low.due_at


@pytest.mark.parametrize(
    ("status", "who", "step"),
    [
        ("found", "li", lambda d, by, **_: do.sort(d, by, d.desk)),
        ("sorted", "gu", lambda d, by, **_: do.rate(d, by)),
        ("rated", "qian", lambda d, by, mediator, **_: do.assign(d, by, mediator)),
        ("mediating", "chen", lambda d, by, **_: do.settle(d, by)),
        ("mediating", "li", lambda d, by, **_: do.settle(d, by)),
        ("settled", "chen", lambda d, by, **_: do.follow(d, by)),
        ("followed", "wu", lambda d, by, **_: do.review(d, by)),
        ("followed", "guan", lambda d, by, **_: do.review(d, by)),
    ],
)
def test_others_cannot_take_the_step(request, stage, mediator, status, who, step):
    by, dispute = request.getfixturevalue(who), stage(status)
    version = dispute.version
    with pytest.raises(NotAllowed):
        step(dispute, by, mediator=mediator)
    assert Dispute.objects.get().version == version


@pytest.mark.parametrize("status", ["found", "sorted", "rated", "mediating", "settled", "followed"])
def test_of_two_who_act_on_what_both_saw_the_second_is_told(stage, status, chen, sun, mediator):
    steps = {
        "found": lambda d: do.sort(d, chen, d.desk),
        "sorted": lambda d: do.rate(d, chen),
        "rated": lambda d: do.assign(d, chen, mediator),
        "mediating": lambda d: do.settle(d, sun),
        "settled": lambda d: do.follow(d, sun),
        "followed": lambda d: do.review(d, chen),
    }
    dispute = stage(status)
    other = Dispute.objects.get(pk=dispute.pk)
    steps[status](dispute)
    events = Event.objects.count()
    with pytest.raises(Overtaken):
        steps[status](other)
    assert Event.objects.count() == events


def test_a_step_out_of_order_is_refused(stage, chen, sun, mediator):
    dispute = stage("found")
    with pytest.raises(NotPossible, match="排查搜集"):
        do.assign(dispute, chen, mediator)
    assert not Message.objects.exists()


def test_running_disputes_stay_on_the_version_they_began_with(dispute):
    assert flows.of_matter(dispute.flow_id, code="six_step").kind == "dispute"


# ── taking it in ──────────────────────────────────────────────────────────


def test_what_was_said_and_who_said_it_is_sealed(dispute):
    with connection.cursor() as cursor:
        cursor.execute("SELECT story FROM disputes_dispute")
        story = cursor.fetchone()[0]
        cursor.execute("SELECT name, phone, address FROM disputes_party")
        rows = str(cursor.fetchall())
    assert "漏水" not in story
    assert not any(word in rows for word in ("李四", "13900001111", "3栋402"))
    facts = str(list(Event.objects.values_list("facts", flat=True)))
    assert "李四" not in facts
    assert "13900001111" not in facts


def test_a_case_becomes_one_dispute_however_often_it_is_pressed(report, wang, sun, chen):
    case = report("楼上漏水泡了我家天花板，不肯修", by=wang)
    given = {"story": case.text, "area": case.area, "case": case, "at": NOON}
    first = actions.open_dispute(by=chen, **given)
    assert actions.open_dispute(by=chen, **given) == first
    assert Event.objects.filter(name="disputes.opened").count() == 1


@pytest.mark.parametrize("who", ["wang", "zhao", "wu", "shen", "guan", "gu"])
def test_others_cannot_put_a_dispute_on_file(request, grid_1, who, calendar):
    by = request.getfixturevalue(who)
    if who == "wu":
        return  # units work everywhere in their district
    with pytest.raises(NotAllowed):
        actions.open_dispute(by=by, at=NOON, story=do.STORY, area=grid_1)
    assert not Dispute.objects.exists()


@pytest.mark.parametrize(
    ("new", "sentence"),
    [
        (actions.NewParty(Side.OTHER, "  "), "姓名"),
        (actions.NewParty(Side.OTHER, "张" * 99), "最多"),
        (actions.NewParty(Side.OTHER, "张三", "电话不知道"), "电话"),
    ],
)
def test_a_party_that_cannot_be_is_refused(dispute, chen, new, sentence):
    with pytest.raises(NotUnderstood, match=sentence):
        actions.add_party(by=chen, dispute=dispute, new=new, at=NOON)
    assert dispute.parties.count() == 2


def test_a_full_name_is_shown_for_a_reason_and_that_is_on_record(stage, sun, li, chen):
    dispute = stage("mediating")
    party = dispute.parties.first()
    with pytest.raises(NotAllowed):
        actions.reveal_party(by=li, party=party, ground=RevealGround.VERIFY, at=NOON)
    actions.reveal_party(by=sun, party=party, ground=RevealGround.ARRANGE, at=NOON)
    event = Event.objects.get(name="disputes.party_revealed")
    assert (event.by, event.facts["ground"]) == (sun, "arrange")


# ── who sees it ───────────────────────────────────────────────────────────


def test_only_the_desk_and_the_mediator_see_a_quarrel(
    stage, sun, chen, he, li, gu, zhao, wang, wu, qian, shen, guan
):
    stage("mediating")
    seeing = {p.username for p in (sun, chen, he, li, gu, zhao, wang, wu, qian, shen, guan)
              if Dispute.objects.visible_to(p).exists()}  # fmt: skip
    assert seeing == {"sun", "chen", "he"}


def test_whoever_is_a_party_neither_sees_nor_runs_nor_mediates_it(stage, sun, chen, mediator):
    dispute = stage("rated")
    sun.phone = "13900002222"
    sun.save()
    mediator = Mediator.objects.select_related("person", "area").get(pk=mediator.pk)
    assert not Dispute.objects.visible_to(sun).exists()
    assert not reads.offers(dispute)
    with pytest.raises(NotPossible, match="回避"):
        do.assign(dispute, chen, mediator)
    with pytest.raises(NotAllowed, match="回避"):
        actions.withdraw(by=sun, dispute=dispute, reason="我不想调了。", **do.seen(dispute))


# ── risk and mediator ─────────────────────────────────────────────────────


def test_a_risk_is_never_rated_below_its_signs(stage, chen):
    dispute = stage("sorted")
    with pytest.raises(NotUnderstood, match="至少是“重大”"):
        do.rate(dispute, chen, risk=Risk.LOW, signs=["weapon"])
    with pytest.raises(NotUnderstood, match="不认识的风险信号"):
        do.rate(dispute, chen, signs=["astrology"])
    assert dispute.status == "sorted"


def test_mediators_are_proposed_with_reasons_and_refused_beyond_their_bounds(
    stage, chen, mediator, somebody, township, other_township
):
    dispute = stage("rated")
    lawyer = actions.keep_mediator(
        by=chen, person=somebody("fa", "unit_staff", township, unit=None or _office(township)),
        area=township, title="律师", kinds=[], highest=Risk.HIGH, most=5, at=NOON,
    )  # fmt: skip
    offers = reads.offers(dispute)
    assert [o.mediator for o in offers] == [mediator, lawyer]
    assert "擅长邻里纠纷" in offers[0].because
    assert "手上没有纠纷" in offers[0].because
    do.rate(dispute, chen, risk=Risk.HIGH, signs=["violence"])
    assert [o.mediator for o in reads.offers(dispute)] == [lawyer]
    with pytest.raises(NotPossible, match="超出"):
        do.assign(dispute, chen, mediator)
    Mediator.objects.filter(pk=lawyer.pk).update(area=other_township)
    with pytest.raises(NotPossible, match="不负责"):
        do.assign(dispute, chen, Mediator.objects.get(pk=lawyer.pk))
    Mediator.objects.filter(pk=lawyer.pk).update(is_active=False, area=township)
    with pytest.raises(NotPossible, match="不在册"):
        do.assign(dispute, chen, Mediator.objects.get(pk=lawyer.pk))


def _office(area):
    from gongzhi.access.models import Unit

    return Unit.objects.create(kind="township_justice", name="司法所", area=area)


def test_a_mediator_with_full_hands_is_not_given_more(stage, chen, mediator, grid_1):
    stage("mediating")
    Mediator.objects.filter(pk=mediator.pk).update(most=1)
    mediator.refresh_from_db()
    other = actions.open_dispute(by=chen, at=NOON, story=do.STORY, area=grid_1)
    do.sort(other, chen, other.desk)
    do.rate(other, chen)
    assert not reads.offers(other)
    with pytest.raises(NotPossible, match="已经满了"):
        do.assign(other, chen, mediator)


# ── sittings and agreement ────────────────────────────────────────────────


def test_sittings_are_written_down_by_the_mediator_alone(stage, sun, chen):
    dispute = stage("mediating")
    given = {"dispute": dispute, "held_at": NOON, "place": "社区调解室", "at": NOON}
    with pytest.raises(NotAllowed):
        actions.hold_session(by=chen, text="双方各让一步。", **given)
    with pytest.raises(NotUnderstood, match="还没有到"):
        actions.hold_session(
            by=sun, text="双方各让一步。", **{**given, "held_at": NOON + timedelta(days=1)}
        )
    actions.hold_session(by=sun, text="双方各让一步。", **given)
    assert Session.objects.get().text == "双方各让一步。"


def test_an_agreement_is_kept_sealed_with_signatures_and_a_day(stage, sun):
    dispute = stage("mediating")
    agreement = do.settle(dispute, sun)
    assert (agreement.text, dispute.follow_up_on) == (do.TEXT, do.NEXT_WEEK)
    assert agreement.signatures.count() == 2
    image = base64.b64decode(agreement.signatures.first().image)
    assert image.startswith(b"\xff\xd8\xff")
    with connection.cursor() as cursor:
        cursor.execute("SELECT text FROM disputes_agreement")
        assert "两千元" not in cursor.fetchone()[0]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"text": ""}, "协议书"),
        ({"text": "各让一步"}, "协议至少"),
        ({"text": "长" * 6001}, "最多"),
        ({"signed": []}, "签字"),
        ({"day": None}, "回访日期"),
        ({"day": date(2026, 3, 4)}, "明天到半年"),
        ({"day": date(2027, 3, 4)}, "明天到半年"),
    ],
)
def test_an_agreement_that_is_not_whole_changes_nothing(stage, sun, change, sentence):
    dispute = stage("mediating")
    with pytest.raises(NotUnderstood, match=sentence):
        do.settle(dispute, sun, **change)
    assert Dispute.objects.get().status == "mediating"
    assert not Agreement.objects.exists()


def test_both_sides_must_sign_or_the_signed_page_be_shown(stage, sun):
    dispute = stage("mediating")
    one = do.all_signed(dispute)[:1]
    with pytest.raises(NotUnderstood, match="还缺 1 位"):
        do.settle(dispute, sun, signed=one)
    dispute.refresh_from_db()
    page = actions.Signed(None, SignedHow.PHOTO, drawn(do.signature()))
    do.settle(dispute, sun, signed=[page])
    assert dispute.status == "settled"


def test_nobody_is_settled_against_their_will(stage, sun, chen):
    dispute = stage("mediating")
    Party.objects.filter(side="respondent").update(agreed_at=None)
    with pytest.raises(NotPossible, match="自愿"):
        do.settle(dispute, sun)
    Party.objects.filter(side="respondent").delete()
    with pytest.raises(NotPossible, match="双方"):
        do.settle(dispute, sun)


@pytest.mark.parametrize(
    "bad",
    [
        "",
        "data:image/png;base64,",
        "data:image/png;base64,@@@@",
        "data:image/png;base64," + base64.b64encode(b"PK\x03\x04 zip").decode(),
        "data:text/html;base64," + base64.b64encode(b"<script>").decode(),
        "data:image/png;base64," + "A" * 400_000,
    ],
)
def test_what_is_no_signature_is_refused(bad):
    with pytest.raises(NotUnderstood):
        drawn(bad)


# ── looking again, and the other ends ─────────────────────────────────────


def test_on_the_day_the_mediator_is_reminded_once(stage, sun):
    stage("settled")
    assert not remind_one(NOON)
    the_day = datetime.combine(do.NEXT_WEEK, NOON.timetz())
    assert remind_one(the_day)
    assert not remind_one(the_day)
    owed(the_day + timedelta(hours=1))
    assert told("follow_up") == {"sun"}


def test_a_broken_agreement_is_mediated_again_and_stays_on_file(stage, sun):
    dispute = stage("settled")
    actions.resume(by=sun, dispute=dispute, reason="钱没有付。", **do.seen(dispute))
    assert (dispute.status, dispute.kept, dispute.follow_up_on) == ("mediating", False, None)
    do.settle(dispute, sun)
    assert dispute.agreements.count() == 2
    assert dispute.kept is None


def test_what_cannot_be_settled_ends_with_the_way_shown(stage, sun):
    dispute = stage("mediating")
    actions.guide(
        by=sun,
        dispute=dispute,
        to=GuideTo.COURT,
        reason="差距太大，已告知起诉。",
        **do.seen(dispute),
    )
    assert (dispute.status, dispute.ended_at) == ("guided", NOON)
    assert Event.objects.get(name="disputes.guided").facts["to"] == "court"


def test_nobody_reviews_what_they_mediated(stage, sun, chen):
    dispute = stage("followed")
    with pytest.raises(NotPossible, match="他人"):
        do.review(dispute, sun)
    with pytest.raises(NotUnderstood, match="1 到 5"):
        do.review(dispute, chen, score=9)
    do.review(dispute, chen, score=4)
    assert dispute.score == 4


# ── with the case it came from ────────────────────────────────────────────


def test_the_case_goes_with_the_dispute_and_is_answered(report, wang, sun, chen, mediator):
    case = report("楼上漏水泡了我家天花板，不肯修", by=wang)
    cases.place(by=chen, case=case, area=case.area, at=NOON)
    dispute = actions.open_dispute(
        by=chen, at=NOON, story=case.text, area=case.area, case=case,
        parties=[
            actions.NewParty(Side.APPLICANT, "王秀英"), actions.NewParty(Side.RESPONDENT, "张三"),
        ],
    )  # fmt: skip
    for party in dispute.parties.all():
        actions.agree_to_mediation(by=chen, party=party, at=NOON)
    do.sort(dispute, chen, dispute.desk)
    do.rate(dispute, chen)
    do.assign(dispute, chen, mediator)
    case.refresh_from_db()
    assert (case.status, case.handler) == ("dispatched", sun)
    actions.settle(
        by=sun, dispute=dispute, text=do.TEXT, signed=do.all_signed(dispute),
        follow_up_on=do.NEXT_WEEK, answers=do.FORM, at=LATER, seen=dispute.version,
    )  # fmt: skip
    case.refresh_from_db()
    assert case.status == "handled"
    assert dispute.took == timedelta(hours=3, minutes=24)
    do.follow(dispute, sun)
    do.review(dispute, chen)
    case.refresh_from_db()
    assert case.status == "closed"


# ── the register ──────────────────────────────────────────────────────────


@pytest.mark.parametrize("who", ["li", "gu", "wang", "qian"])
def test_only_the_areas_desk_keeps_the_register(request, sun, community, who):
    with pytest.raises(NotAllowed):
        actions.keep_mediator(
            by=request.getfixturevalue(who), person=sun, area=community, title="调解员",
            kinds=[], highest=Risk.LOW, most=3, at=NOON,
        )  # fmt: skip


def test_the_register_says_one_thing_of_each_and_refuses_nonsense(chen, sun, wang, community):
    given = {"by": chen, "area": community, "kinds": [Kind.FAMILY], "highest": Risk.LOW, "at": NOON}
    actions.keep_mediator(person=sun, title="调解员", most=3, **given)
    actions.keep_mediator(person=sun, title="首席调解员", most=5, **given)
    assert Mediator.objects.get().title == "首席调解员"
    with pytest.raises(NotUnderstood, match="件数"):
        actions.keep_mediator(person=sun, title="调解员", most=0, **given)
    with pytest.raises(NotPossible, match="账号"):
        actions.keep_mediator(person=wang, title="调解员", most=3, **given)
