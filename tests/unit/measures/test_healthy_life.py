"""Sullivan's years in good health: closed forms, and intervals that hold the truth."""

import numpy as np

from jsna_desktop.measures.healthy_life import healthy_life
from jsna_desktop.measures.life_expectancy import life_table

RATE = np.array([4, 0.2, 0.1, 0.1, 0.3, 0.5, 0.6, 0.8, 1.1, 1.6, 2.4, 3.6, 5.6, 9, 14, 23, 39, 70, 120, 230]) / 1000
PEOPLE = (
    np.array([1.1, 4.6, 5.9, 6.1, 5.9, 6.1, 6.7, 7.1, 6.9, 6.6, 6.1, 6.7, 6.8, 6, 5, 4.4, 4.1, 2.5, 1.5, 0.9]) * 600
)


def test_in_perfect_health_it_is_life_expectancy_with_its_interval() -> None:
    deaths = np.round(PEOPLE * RATE * 3)
    whole = life_table(deaths, 3 * PEOPLE)
    found = healthy_life(deaths, 3 * PEOPLE, np.ones(20), np.full(20, 50.0))
    np.testing.assert_allclose(found.value, whole.value, rtol=1e-12)
    np.testing.assert_allclose(found.se, whole.se, rtol=1e-12)


def test_the_same_share_at_every_age_is_that_share_of_life() -> None:
    deaths = np.round(PEOPLE * RATE * 3)
    found = healthy_life(deaths, 3 * PEOPLE, np.full(20, 0.7), np.full(20, 1e12))
    whole = life_table(deaths, 3 * PEOPLE)
    np.testing.assert_allclose(found.value, 0.7 * whole.value, rtol=1e-12)
    np.testing.assert_allclose(found.se, 0.7 * whole.se, rtol=1e-6)
    np.testing.assert_allclose(found.share, 0.7)


def test_intervals_hold_the_truth_as_often_as_they_say() -> None:
    rng = np.random.default_rng(20_260)
    share, asked = np.linspace(0.95, 0.35, 20), np.full(20, 150)
    people = np.round(PEOPLE * 5)
    truth = healthy_life(people * RATE, people, share, np.full(20, 1e15)).value[0]
    deaths = rng.poisson(people * RATE, (2_000, 20)).astype(float)
    healthy = rng.binomial(asked, share, (2_000, 20)) / asked
    found = healthy_life(deaths, np.broadcast_to(people, deaths.shape), healthy, np.broadcast_to(asked, deaths.shape))
    covered = ((found.lower[:, 0] <= truth) & (truth <= found.upper[:, 0])).mean()
    assert 0.93 <= covered <= 0.97


def test_it_is_refused_as_the_life_table_is() -> None:
    deaths = np.round(PEOPLE * RATE * 3)
    deaths[-1] = 0
    found = healthy_life(deaths, 3 * PEOPLE, np.full(20, 0.7), np.full(20, 100.0))
    assert found.reason > 0
    assert np.isnan(found.value).all()


GROUPS = np.repeat([0, 1, 2], [4, 10, 6])  # 0–14, 15–64, 65 and over


def test_one_share_of_a_wide_age_group_is_one_error_and_not_one_of_each_band() -> None:
    deaths = np.round(PEOPLE * RATE * 3)
    share, asked = np.array([0.95, 0.8, 0.5])[GROUPS], np.array([200.0, 600.0, 150.0])[GROUPS]
    table = life_table(deaths, 3 * PEOPLE)
    # Hardly any error of mortality: so many times the deaths and people.
    found = healthy_life(deaths * 1e9, 3 * PEOPLE * 1e9, share, asked, shared=GROUPS)
    by_group = [(table.lived[g == GROUPS].sum(), share[g == GROUPS][0], asked[g == GROUPS][0]) for g in range(3)]
    expected = sum(years**2 * p * (1 - p) / n for years, p, n in by_group)
    np.testing.assert_allclose(found.se[0] ** 2, expected, rtol=1e-6)
    apart = healthy_life(deaths, 3 * PEOPLE, share, asked, shared=np.arange(20))
    np.testing.assert_allclose(apart.se, healthy_life(deaths, 3 * PEOPLE, share, asked).se, rtol=1e-12)


def test_intervals_from_wide_age_groups_hold_the_truth_as_often_as_they_say() -> None:
    rng = np.random.default_rng(20_261)
    share, asked = np.array([0.95, 0.8, 0.5]), np.array([200, 600, 150])
    people = np.round(PEOPLE * 5)
    truth = healthy_life(people * RATE, people, share[GROUPS], np.full(20, 1e15)).value
    deaths = rng.poisson(people * RATE, (2_000, 20)).astype(float)
    healthy = (rng.binomial(asked, share, (2_000, 3)) / asked)[:, GROUPS]
    there = np.broadcast_to(people, deaths.shape), healthy, np.broadcast_to(asked[GROUPS], deaths.shape)
    found, narrow = healthy_life(deaths, *there, shared=GROUPS), healthy_life(deaths, *there)
    for band in (0, 14):
        assert 0.93 <= ((found.lower <= truth) & (truth <= found.upper))[:, band].mean() <= 0.97
    # As if the bands had been asked apart, the interval would say too much.
    assert ((narrow.lower <= truth) & (truth <= narrow.upper))[:, 0].mean() < 0.85
