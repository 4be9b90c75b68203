"""The rates: by the formula, the same next year, with the cases behind each figure, fairly."""

import secrets
from datetime import timedelta
from fractions import Fraction

import pytest
from django.utils.timezone import now

from conftest import NOON
from gongzhi.access.roles import Role
from gongzhi.cases import actions, files
from gongzhi.cases.actions.measuring import FREEZE_AFTER, is_untouched
from gongzhi.cases.chores import freeze_next_month
from gongzhi.cases.measures import Counts, percent
from gongzhi.cases.models import Case, Exclusion, FollowUp, FrozenMonth, MeasuredLine
from gongzhi.cases.reads.measured import Asked, asked_for
from gongzhi.cases.reads.rates import Month, basis_of, behind, rates
from gongzhi.cases.tests.uploads import photo, upload
from gongzhi.cases.words import ExclusionGround
from gongzhi.journal.models import Event
from gongzhi.kernel.refusals import NotAllowed, NotPossible, NotUnderstood, Overtaken

pytestmark = pytest.mark.django_db
MARCH = Month.of(NOON)
LATER = MARCH.ends + FREEZE_AFTER


def total(person, month=MARCH, by="unit"):
    return rates(basis_of(person, month), by=by)[0]


@pytest.fixture
def answered(stage, chen):
    """`answered(True)`: a closed case whose reporter said whether it is solved."""

    def make(solved, **given):
        case = stage("closed", source="hotline", contact_phone="13812345678", **given)
        FollowUp.objects.filter(case=case).update(
            done_at=NOON, reached=True, contacted=True, solved=solved, satisfied=solved
        )
        return case

    return make


@pytest.fixture
def paper():
    return files.StoredFile(secrets.token_urlsafe(32), "photo", "image/jpeg", size=1)


@pytest.fixture
def leader(somebody, township):
    return somebody("lin", Role.LEADER, township)


@pytest.fixture
def ask(chen, paper):
    """`ask(case)`: chen asks to leave it out."""

    def send(case, *, by=chen, evidence=None, at=NOON):
        return actions.ask_exclusion(
            by=by,
            case=case,
            ground=ExclusionGround.NO_POLICY,
            reason="现行政策不允许，附街道复函。",
            evidence=[paper] if evidence is None else evidence,
            at=at,
        )

    return send


# ── formula ───────────────────────────────────────────────────────────────────


def test_rates_are_exact_shares_and_never_round_up_to_all():
    counts = Counts(reported=10, declined=2, closed=6, answered_solved=3, solved=2)
    assert counts.closing == Fraction(6, 8)
    assert counts.solving == Fraction(2, 3)
    assert counts.satisfaction is None
    assert percent(Fraction(9999, 10000)) == "99.9%"
    assert percent(Fraction(1, 100000)) == "0.1%"
    assert percent(None) == "—"


def test_who_was_not_reached_counts_neither_way(answered, chen):
    answered(True), answered(False)
    third = answered(True)
    FollowUp.objects.filter(case=third).update(
        reached=False, contacted=None, solved=None, satisfied=None
    )
    counts = total(chen)
    assert (counts.solved, counts.answered_solved, counts.unreached) == (1, 2, 1)
    assert counts.closing == 1


@pytest.mark.parametrize("by", ["unit", "item", "area", "nature"])
def test_the_lines_of_every_cut_add_up_to_the_total(answered, stage, chen, by):
    answered(True), answered(False, nature="complaint"), stage("declined"), stage("reported")
    whole, rows = rates(basis_of(chen, MARCH), by=by)
    for figure in ("reported", "declined", "closed", "solved", "answered_solved"):
        assert sum(getattr(row.counts, figure) for row in rows) == getattr(whole, figure)
    assert (whole.reported, whole.declined, whole.closed) == (4, 1, 2)


@pytest.mark.parametrize("frozen", [False, True])
def test_the_cases_behind_each_figure_are_as_many_as_the_figure(answered, stage, chen, frozen):
    answered(True), answered(False), stage("declined"), stage("reported")
    if frozen:
        actions.freeze_month(by=None, month=MARCH, at=LATER)
    basis = basis_of(chen, MARCH)
    whole, rows = rates(basis)
    for figure in ("reported", "declined", "closed", "answered_solved", "solved", "satisfied"):
        assert behind(basis, figure).count() == getattr(whole, figure), figure
        for row in rows:
            asked = Asked(MARCH, "unit", row.asks, figure)
            assert asked_for(chen, asked).count() == getattr(row.counts, figure), figure
    assert behind(basis, "accepted").count() == whole.reported - whole.declined


# ── frozen ────────────────────────────────────────────────────────────────────


def test_a_frozen_month_gives_the_same_figures_later(answered, stage, chen, grid_2):
    answered(True)
    case = stage("reported")
    before = rates(basis_of(chen, MARCH))
    actions.freeze_month(by=None, month=MARCH, at=LATER)
    Case.objects.filter(pk=case.pk).update(status="closed", area=grid_2, nature="inquiry")
    FollowUp.objects.update(solved=False)
    stage("reported")  # written late, with a time in the month
    assert rates(basis_of(chen, MARCH)) == before


def test_a_month_is_frozen_once_and_not_too_early(stage, chen):
    stage("closed")
    with pytest.raises(NotPossible, match="十天"):
        actions.freeze_month(by=None, month=MARCH, at=MARCH.ends)
    first = actions.freeze_month(by=None, month=MARCH, at=LATER)
    assert actions.freeze_month(by=None, month=MARCH, at=LATER) == first
    assert Event.objects.filter(name="cases.month_frozen").count() == 1
    assert first.lines_count == MeasuredLine.objects.count() == 1


def test_the_worker_freezes_month_after_month(stage):
    stage("closed")
    assert not freeze_next_month(LATER - timedelta(hours=1))
    assert freeze_next_month(LATER)
    assert not freeze_next_month(LATER)
    assert freeze_next_month(LATER + timedelta(days=40))
    assert list(FrozenMonth.objects.order_by("pk").values_list("month", flat=True)) == [
        "2026-03",
        "2026-04",
    ]


def test_whoever_changes_a_frozen_line_is_found_out(stage):
    stage("closed")
    frozen = actions.freeze_month(by=None, month=MARCH, at=LATER)
    assert is_untouched(frozen)
    MeasuredLine.objects.update(status="reported")
    assert not is_untouched(frozen)


def test_frozen_lines_are_seen_only_where_cases_are(stage, chen, somebody, far_community):
    stage("closed")
    actions.freeze_month(by=None, month=MARCH, at=LATER)
    stranger = somebody("far", Role.DISPATCHER, far_community)
    assert total(stranger).reported == 0
    assert total(chen).reported == 1


# ── left out ──────────────────────────────────────────────────────────────────


def test_a_case_is_left_out_when_two_have_signed(answered, ask, chen, leader):
    case = answered(False)
    asked = ask(case)
    assert total(chen).answered_solved == 1, "one signature changes nothing"
    actions.decide_exclusion(by=leader, exclusion=asked, granted=True, at=NOON)
    counts = total(chen)
    assert (counts.reported, counts.answered_solved) == (0, 0)
    assert basis_of(chen, MARCH).excluded == 1
    actions.freeze_month(by=None, month=MARCH, at=LATER)
    assert total(chen).reported == 0
    assert basis_of(chen, MARCH).excluded == 1
    names = Event.objects.filter(name__startswith="cases.exclusion").order_by("pk")
    assert [(e.name, e.by) for e in names] == [
        ("cases.exclusion_asked", chen),
        ("cases.exclusion_decided", leader),
    ]


def test_refused_it_counts_as_before(answered, ask, chen, leader):
    asked = ask(answered(False))
    actions.decide_exclusion(by=leader, exclusion=asked, granted=False, at=NOON)
    assert total(chen).answered_solved == 1


def test_without_evidence_or_words_nothing_is_asked(answered, ask, chen):
    case = answered(False)
    with pytest.raises(NotUnderstood, match="证明材料"):
        ask(case, evidence=[])
    assert not Exclusion.objects.exists()
    ask(case)
    with pytest.raises(NotPossible, match="已经申请过"):
        ask(case)


def test_who_asked_or_handled_does_not_sign(answered, ask, chen, li):
    """chen supervises too, and still does not sign what chen asked for."""
    asked = ask(answered(False))
    with pytest.raises(NotPossible, match="另一个人签字"):
        actions.decide_exclusion(by=chen, exclusion=asked, granted=True, at=NOON)
    with pytest.raises(NotAllowed):
        actions.decide_exclusion(by=li, exclusion=asked, granted=True, at=NOON)
    with pytest.raises(NotAllowed):
        ask(answered(False), by=li)


def test_of_two_who_sign_the_second_is_told(answered, ask, leader):
    asked = ask(answered(False))
    other = Exclusion.objects.get(pk=asked.pk)
    actions.decide_exclusion(by=leader, exclusion=asked, granted=True, at=NOON)
    with pytest.raises(Overtaken):
        actions.decide_exclusion(by=leader, exclusion=other, granted=False, at=NOON)
    assert Exclusion.objects.get().granted is True


def test_a_frozen_month_takes_no_exclusion(answered, ask, leader):
    case, waiting = answered(False), answered(False)
    asked = ask(waiting)
    actions.freeze_month(by=None, month=MARCH, at=LATER)
    with pytest.raises(NotPossible, match="封存"):
        ask(case, at=LATER)
    with pytest.raises(NotPossible, match="封存"):
        actions.decide_exclusion(by=leader, exclusion=asked, granted=True, at=LATER)


# ── pages ─────────────────────────────────────────────────────────────────────


def test_the_page_leads_to_the_cases_and_says_whether_it_is_frozen(answered, chen, as_):
    case = answered(True)
    browser = as_(chen)
    page = browser.get("/desk/measures/?month=2026-03").text
    assert "还没有封存" in page
    way = "/desk/measures/cases/?month=2026-03&figure=solved"
    assert way.replace("&", "&amp;") in page
    found = browser.get(way).text
    assert case.number in found
    assert "/desk/tables/out/of/cases.behind/?month=2026-03" in found
    assert case.number not in browser.get("/desk/measures/cases/?month=2026-02").text
    actions.freeze_month(by=None, month=MARCH, at=LATER)
    assert "封存（共 2 条记录）" in browser.get("/desk/measures/?month=2026-03").text


def test_an_exclusion_goes_through_its_pages(answered, chen, leader, as_):
    """Asked for with a photo, signed by the leader, shown as left out."""
    case = answered(False)
    at = now()
    Case.objects.filter(pk=case.pk).update(reported_at=at)
    desk, above = as_(chen), as_(leader)
    url = f"/desk/cases/{case.pk}/exclude/"
    form = {"ground": "no_policy", "text": "现行政策不允许。"}
    assert desk.post(url, form).status_code == 422
    assert desk.post(url, {**form, "photos": upload(photo())}).status_code == 302
    asked = Exclusion.objects.get()
    again = desk.get(url).text
    assert ("正等另一个人签字" in again, "申请剔除</button>" in again) == (True, False)
    page = f"/desk/measures/exclusions/{asked.pk}/"
    assert "签字同意剔除" not in desk.get(page).text
    assert "申请人和承办人不能签" in desk.get(page).text
    assert "签字同意剔除" in above.get(page).text
    assert f"{page}" in above.get("/desk/measures/").text
    above.post(f"{page}sign/", {"granted": "yes"})
    asked.refresh_from_db()
    assert (asked.granted, asked.decided_by) == (True, leader)
    assert "另有 1 件" in above.get("/desk/measures/").text
    assert "已经剔除，不计入三率" in desk.get(url).text
    FrozenMonth.objects.create(month=Month.of(at).name, frozen_at=at, lines_count=0, digest="")
    Exclusion.objects.update(granted=None, decided_by=None, decided_at=None)
    assert "这份申请不能再签" in above.get(page).text
    Exclusion.objects.all().delete()
    assert "已经封存，不能再申请剔除" in desk.get(url).text
