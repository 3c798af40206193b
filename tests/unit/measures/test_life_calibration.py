"""Do 95 % intervals hold the truth 95 times in a hundred? Simulated places, from risks that are known."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import special

from jsna_desktop.measures import gap_trend as trends
from jsna_desktop.measures.gap_trend import gap_trend
from jsna_desktop.measures.inequality import gradient, line_weights
from jsna_desktop.measures.intervals import byar_count, standard_normal, wilson
from jsna_desktop.measures.life_expectancy import OK, life_table

TRUTH = Path(__file__).parents[3] / "resources" / "demonstration" / "truth.json"
DRAWS = 2_000


@pytest.fixture(scope="module")
def county() -> tuple[np.ndarray, np.ndarray]:
    """Residents and expected deaths (fifths, years, sexes, bands) of the demonstration county."""
    told = json.loads(TRUTH.read_text())["fifths"]
    return np.array(told["people"]), np.array(told["expected_deaths"])


def true_value(expected: np.ndarray, people: np.ndarray) -> np.ndarray:
    """Life expectancy (…,) at birth without chance: so many times the people that none is refused."""
    return life_table(expected * 1e6, people * 1e6).value[..., 0]


def test_intervals_of_small_areas_hold_the_truth(county) -> None:
    people, expected = county
    rate = expected.sum(axis=(0, 1)) / people.sum(axis=(0, 1))  # (sexes, bands)
    share = people.sum(axis=(0, 1)) / people.sum(axis=(0, 1, 3))[:, None]
    rng = np.random.default_rng(20_261)
    # Person-years: from the fewest that a value is given for to a town's.
    size = np.exp(rng.uniform(np.log(5_001), np.log(150_000), (DRAWS, 2)))
    residents = np.round(size[..., None] * share)
    deaths = rng.poisson(residents * rate).astype(float)
    found = life_table(deaths, residents)
    truth = true_value(residents * rate, residents)
    given_ones = found.reason == OK
    assert given_ones.mean() > 0.9
    for band in (0, 14):
        true_here = life_table(residents * rate * 1e6, residents * 1e6).value[..., band]
        covered = (found.lower[..., band] <= true_here) & (true_here <= found.upper[..., band])
        assert 0.93 <= covered[given_ones].mean() <= 0.97
    assert np.isfinite(truth).all()


def test_intervals_of_the_slope_index_hold_the_truth(county) -> None:
    people, expected = county
    pooled = people[:, -3:].sum(axis=1)  # (fifths, sexes, bands)
    risk = expected[:, -3:].sum(axis=1)
    rng = np.random.default_rng(20_262)
    deaths = rng.poisson(risk, (DRAWS, *risk.shape)).astype(float)
    found = life_table(deaths, np.broadcast_to(pooled, deaths.shape))
    weight = pooled.sum(axis=-1)  # (fifths, sexes)
    for sex in (0, 1):
        value, se = found.value[:, :, sex, 0], found.se[:, :, sex, 0]
        line = gradient(np.broadcast_to(weight[:, sex], value.shape), value, se)
        most, least = line_weights(weight[:, sex])
        truth = true_value(risk[:, sex], pooled[:, sex])
        slope, ratio = ((least - most) * truth).sum(), (least * truth).sum() / (most * truth).sum()
        assert 0.93 <= ((line.sii_lower <= slope) & (slope <= line.sii_upper)).mean() <= 0.97
        assert 0.93 <= ((line.rii_lower <= ratio) & (ratio <= line.rii_upper)).mean() <= 0.97


@pytest.mark.parametrize("scale", ["log", "logit"])
def test_intervals_of_the_slope_index_of_rates_and_shares_hold_the_truth(scale: str) -> None:
    rng = np.random.default_rng(20_266)
    people = np.array([1_800.0, 2_100, 1_900, 2_300, 2_000])
    true = np.array([0.21, 0.16, 0.15, 0.11, 0.09]) / (1 if scale == "logit" else 10)
    if scale == "logit":
        events = rng.binomial(people.astype(int), true, (DRAWS, 5)).astype(float)
        low, high = wilson(events, people)
        error = (special.logit(high) - special.logit(low)) / (2 * standard_normal(0.95))
    else:
        events = rng.poisson(people * true, (DRAWS, 5)).astype(float)
        low, high = (limit / people for limit in byar_count(events))
        error = np.log(high / low) / (2 * standard_normal(0.95))
    assert (events > 0).all()
    line = gradient(np.broadcast_to(people, events.shape), events / people, error, scale=scale)
    most, least = line_weights(people)
    slope, ratio = ((least - most) * true).sum(), (least * true).sum() / (most * true).sum()
    assert 0.93 <= ((line.sii_lower <= slope) & (slope <= line.sii_upper)).mean() <= 0.97
    assert 0.93 <= ((line.rii_lower <= ratio) & (ratio <= line.rii_upper)).mean() <= 0.97


def verdicts(expected: np.ndarray, people: np.ndarray, seed: int, length: int = 3) -> np.ndarray:
    """Verdicts (draws,) on the gap of two ends (2, years, bands) over rolling periods."""
    rng = np.random.default_rng(seed)
    deaths = rng.poisson(expected, (DRAWS, *expected.shape)).astype(float)
    first = np.arange(people.shape[1] - length + 1)
    pooled = np.stack([deaths[:, :, at : at + length].sum(axis=2) for at in first], axis=2)
    residents = np.stack([people[:, at : at + length].sum(axis=1) for at in first], axis=1)
    table = life_table(pooled, np.broadcast_to(residents, pooled.shape))
    gap = table.value[:, 1, :, 0] - table.value[:, 0, :, 0]
    se = np.hypot(table.se[:, 1, :, 0], table.se[:, 0, :, 0])
    return np.array([gap_trend(2015 + first, length, one, error).verdict for one, error in zip(gap, se, strict=True)])


@pytest.mark.parametrize("sex", ["persons", "female", "male"])
def test_the_verdict_on_a_gap_is_seldom_wrong_and_sees_the_planted_narrowing(county, sex: str) -> None:
    people, expected = (part[[0, 4]] for part in county)
    chosen = {"persons": [0, 1], "female": [0], "male": [1]}[sex]
    people, expected = people[:, :, chosen].sum(axis=2), expected[:, :, chosen].sum(axis=2)
    rate = expected.sum(axis=1) / people.sum(axis=1)
    wrong = verdicts(people * rate[:, None], people, 20_263) != trends.NO_CLEAR_CHANGE
    assert wrong.mean() <= 0.05
    seen = verdicts(expected, people, 20_264) == trends.NARROWING
    assert seen.mean() >= 0.80


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_twice_the_deaths_and_people_narrow_the_interval_by_root_two(seed: int) -> None:
    rng = np.random.default_rng(seed)
    people = rng.integers(400, 4_000, 20).astype(float)
    deaths = rng.binomial(people.astype(int), np.geomspace(0.002, 0.3, 20)) + 1.0
    once, twice = life_table(deaths, people), life_table(2 * deaths, 2 * people)
    if once.reason == OK:
        np.testing.assert_allclose(twice.value, once.value, rtol=1e-12)
        width, narrower = once.upper - once.lower, twice.upper - twice.lower
        np.testing.assert_allclose(width / narrower, np.sqrt(2), rtol=1e-9)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(2, 6))
def test_a_union_has_the_deaths_and_people_of_its_parts(seed: int, parts: int) -> None:
    """However a place is cut, and in whatever order its parts come, the whole is one and lies between them."""
    rng = np.random.default_rng(seed)
    people = rng.integers(400, 4_000, (parts, 20)).astype(float)
    deaths = rng.binomial(people.astype(int), np.geomspace(0.002, 0.3, 20)) + 1.0
    whole = life_table(deaths.sum(axis=0), people.sum(axis=0))
    order = rng.permutation(parts)
    again = life_table(deaths[order].sum(axis=0), people[order].sum(axis=0))
    np.testing.assert_array_equal(whole.value, again.value)
    np.testing.assert_array_equal(whole.se, again.se)
    each = life_table(deaths, people)
    known = each.reason == OK
    # From the last band on no other mixing is at work: the whole's rate is the parts' weighted by their people.
    if known.all():
        assert each.value[:, -1].min() - 1e-9 <= whole.value[-1] <= each.value[:, -1].max() + 1e-9
        np.testing.assert_allclose(1 / whole.value[-1], np.average(1 / each.value[:, -1], weights=people[:, -1]))
        assert whole.se[0] < each.se[:, 0].max()


def test_areas_do_not_know_of_each_other() -> None:
    rng = np.random.default_rng(5)
    people = rng.integers(400, 4_000, (50, 20)).astype(float)
    deaths = rng.poisson(people * np.geomspace(0.002, 0.3, 20)).astype(float)
    order = rng.permutation(50)
    np.testing.assert_array_equal(
        life_table(deaths, people).value[order], life_table(deaths[order], people[order]).value
    )
