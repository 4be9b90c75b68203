"""Rates, paces and tails: what they promise for any history."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongzhi.care.rules import rates, tail
from gongzhi.care.rules.silence import (
    DAY,
    HOUR,
    NO_GAP,
    between,
    packed,
    plain_hours,
    reached_at,
    ways,
    weekend,
    weighted_hours,
)

MONDAY = 20_514  # 2026-03-02
CLOCKS = st.floats(0, 86_399)


def learnt(days: list[np.ndarray]) -> rates.Floats:
    """The paces (W, K, S) of one home after these days, 14 of them at least for m > 0."""
    counts, weights = rates.empty_counts(1)
    for n, day in enumerate(days):
        rates.book(counts, weights, np.array([0]), day[None], int(weekend(MONDAY + n)))
    return rates.paces(counts, weights, np.array([len(days)]))[0]


@st.composite
def histories(draw):
    """14 to 40 days of bits per slot, in blocks of an hour."""
    count = draw(st.integers(14, 40))
    seed = draw(st.integers(0, 2**32 - 1))
    rng = np.random.default_rng(seed)
    busy = rng.random(24)
    hits = rng.random((count, 24)) < busy
    kinds = rng.random((count, 24)) < draw(st.floats(0, 1))
    return [
        np.repeat(hit * rates.HIT + kind * rates.KIND, 12).astype(np.uint8)
        for hit, kind in zip(hits, kinds, strict=True)
    ]


def test_the_prior_has_a_mean_of_one_and_runs_at_its_two_speeds():
    assert rates.PRIOR.mean() == pytest.approx(1, abs=1e-3)
    assert rates.PRIOR[8 * 12] == pytest.approx(1.391)
    assert rates.PRIOR[3 * 12] == pytest.approx(0.348)


def test_smoothing_is_circular_and_keeps_the_total():
    spike = np.zeros(rates.SLOTS, np.float32)
    spike[0] = 1
    smooth = spike @ rates.SMOOTH
    assert smooth.sum() == pytest.approx(1, abs=1e-5)
    assert smooth[1] == pytest.approx(smooth[-1])
    assert smooth[6] / smooth[0] == pytest.approx(np.exp(-0.5), rel=1e-3)  # sigma 30 minutes


def test_nothing_is_learnt_before_a_fortnight():
    assert rates.trust(13) == 0
    assert rates.trust(14) == pytest.approx(0.4)
    assert rates.trust(10_000) == pytest.approx(0.8, abs=0.002)


def test_a_booked_day_counts_under_the_kind_in_force_and_fades_by_half_in_sixty():
    counts, weights = rates.empty_counts(1)
    day = np.zeros((1, rates.SLOTS), np.uint8)
    day[0, 100] = rates.HIT
    day[0, 200] = rates.HIT | rates.KIND
    rates.book(counts, weights, np.array([0]), day, rates.WORKDAY)
    assert counts[0, rates.WORKDAY, rates.N_INTERIOR, 100] == rates.SCALE
    assert counts[0, rates.WORKDAY, rates.N_ENTRANCE, 200] == rates.SCALE
    assert counts[0, rates.WORKDAY, rates.E_INTERIOR, 200] == 0
    assert not counts[0, rates.REST].any()
    for _ in range(60):
        rates.book(counts, weights, np.array([0]), np.zeros_like(day), rates.WORKDAY)
    assert counts[0, rates.WORKDAY, rates.N_INTERIOR, 100] == pytest.approx(
        rates.SCALE / 2, rel=0.02
    )


def test_counts_of_a_thousand_days_still_fit():
    counts, weights = rates.empty_counts(1)
    full = np.full((1, rates.SLOTS), rates.HIT, np.uint8)
    for _ in range(1000):
        rates.book(counts, weights, np.array([0]), full, rates.WORKDAY)
    assert counts.max() == pytest.approx(87.06 * rates.SCALE, rel=0.01)
    assert weights[0, 0] == pytest.approx(87.06, rel=0.01)


def test_uniform_rates_give_the_same_pace_at_every_hour_as_far_as_they_are_learnt():
    everywhere = np.full(rates.SLOTS, rates.HIT, np.uint8)
    days = [everywhere | (rates.KIND if n % 2 else 0) for n in range(200)]
    v = learnt(days)
    m = float(rates.trust(200))
    assert np.allclose((v - (1 - m) * rates.PRIOR) / m, 1, atol=0.05)


@given(histories())
def test_paces_are_positive_and_finite(days):
    v = learnt(days)
    assert np.isfinite(v).all()
    assert (v > 0).all()


@given(CLOCKS, st.floats(0.1, 40))
def test_uniform_paces_reproduce_fixed_hours(clock, hours):
    way, totals = ways(np.ones((2, 2, rates.SLOTS), np.float32))
    start = MONDAY * DAY + clock
    end = reached_at(way, totals, start, hours, 0, weekend, latest=start + 10 * DAY)
    assert (end - start) / HOUR == pytest.approx(hours, abs=0.01)


@given(histories(), CLOCKS, st.floats(0.1, 60), st.sampled_from([0, 1]))
def test_silence_reaches_a_threshold_exactly_when_it_is_said_to(days, clock, hours, kind):
    way, totals = ways(learnt(days))
    start = MONDAY * DAY + clock
    end = reached_at(way, totals, start, hours, kind, weekend, latest=start + 60 * DAY)
    assert between(way, totals, start, end, kind, weekend) == pytest.approx(hours, abs=0.02)


@given(histories(), CLOCKS, st.floats(0, 70), st.floats(0, 70), st.sampled_from([0, 1]))
def test_silence_adds_up(days, clock, first, second, kind):
    way, totals = ways(learnt(days))
    a = MONDAY * DAY + clock
    b, c = a + first * HOUR, a + (first + second) * HOUR
    whole = between(way, totals, a, c, kind, weekend)
    parts = between(way, totals, a, b, kind, weekend) + between(way, totals, b, c, kind, weekend)
    assert whole == pytest.approx(parts, abs=1e-6)


@given(histories(), st.lists(st.tuples(CLOCKS, st.floats(0.3, 90)), min_size=1, max_size=6))
def test_many_gaps_at_once_weigh_what_each_weighs_alone(days, gaps):
    way, totals = ways(learnt(days))
    kept = np.full((1, len(gaps), 1, 2), NO_GAP, np.int16)
    ends = []
    for n, (clock, hours) in enumerate(gaps):
        since = MONDAY * DAY + clock // 60 * 60
        until = since + hours * HOUR // 60 * 60
        kept[0, n, 0] = packed(since, until, n % 2)
        ends.append((since, until))
    days_of = np.array([int(until // DAY) for _, until in ends])
    q = weighted_hours(way[None], totals[None], kept, days_of, weekend)[0, :, 0]
    e = plain_hours(kept)[0, :, 0]
    for n, (since, until) in enumerate(ends):
        assert q[n] == pytest.approx(between(way, totals, since, until, n % 2, weekend), abs=0.02)
        assert e[n] == pytest.approx((until - since) / HOUR, abs=0.01)


def test_a_gap_of_weeks_is_not_kept():
    assert packed(0, 20 * DAY, 0) is None


@given(
    st.lists(st.floats(0.5, 24, width=32), min_size=14, max_size=180),
    st.floats(0.1, 8),
    st.floats(0.1, 8),
)
def test_a_threshold_falls_as_the_target_rises(maxima, r_one, r_two):
    fitted = tail.fit(np.array([maxima], np.float32))
    tails = np.repeat(np.stack(fitted, axis=1)[:, None], 2, axis=1)
    low, high = sorted((r_one, r_two))
    theta = tail.thresholds(tails, np.array([[low, high]], np.float32))[0]
    assert theta[0, 0] >= theta[1, 0] - 1e-4
    assert theta[0, 1] >= theta[1, 1] - 1e-4
    assert 6 <= theta[:, 1].min() <= theta[:, 1].max() <= 24
    one = tail.threshold(*(float(part[0]) for part in fitted), low)
    assert theta[0, 0] == pytest.approx(one, rel=1e-3)


def test_the_tail_of_an_exponential_is_found_again():
    rng = np.random.default_rng(3)
    maxima = (8 + rng.exponential(2.0, (1, 180))).astype(np.float32)
    level, excess, share = (float(part[0]) for part in tail.fit(maxima))
    assert level == pytest.approx(8 + 2 * np.log(5), abs=0.6)
    assert excess == pytest.approx(2, abs=0.6)
    assert share == pytest.approx(0.2, abs=0.02)
    # about half an alarm in two months of r = 0.5, since two clocks share it
    assert tail.threshold(8 + 2 * np.log(5), 2, 0.2, 0.5) == pytest.approx(
        8 + 2 * np.log(30.44 / 0.25), abs=0.01
    )


def test_days_without_a_value_are_no_days():
    holes = np.full((1, 180), np.nan, np.float32)
    holes[0, :20] = np.arange(20)
    whole = tail.fit(np.arange(20, dtype=np.float32)[None])
    assert [float(p[0]) for p in tail.fit(holes)] == [float(p[0]) for p in whole]
    assert np.isinf(tail.fit(np.full((1, 180), np.nan, np.float32)).level[0])
