"""Standardised rates and life tables where the answer is known in closed form."""

import numpy as np
import pytest

from jsna_desktop.measures import benchmarking, rates
from jsna_desktop.measures.life_expectancy import FEW, NO_LAST, NOBODY, OK, STARTS_90, TOO_MANY, WIDE, life_table

BANDS = len(rates.EUROPEAN_2013)


def test_the_standard_population_is_100_000_in_nineteen_bands() -> None:
    assert rates.EUROPEAN_2013.sum() == 100_000
    assert len(rates.BANDS) == BANDS == 19
    assert (rates.BANDS[0], rates.BANDS[1], rates.BANDS[-1]) == ("0-4", "5-9", "90+")


def test_a_population_like_the_standard_has_its_crude_rate() -> None:
    events = np.random.default_rng(1).poisson(20, BANDS).astype(float)
    found = rates.directly_standardised(events, rates.EUROPEAN_2013 * 3)
    assert found.value == pytest.approx(100_000 * events.sum() / 300_000)


def test_one_rate_at_every_age_is_that_rate_whatever_the_population() -> None:
    people = np.random.default_rng(2).uniform(100, 9000, (5, BANDS))
    found = rates.directly_standardised(people * 0.01, people)
    np.testing.assert_allclose(found.value, 1000)


def test_below_ten_events_there_is_no_standardised_rate() -> None:
    events = np.zeros((2, BANDS))
    events[0, 3], events[1, 3] = 9, 10
    found = rates.directly_standardised(events, np.full((2, BANDS), 1000.0))
    assert np.isnan(found.value[0])
    assert np.isfinite([found.value[1], found.lower[1], found.upper[1]]).all()


def test_a_band_without_people_has_no_rate() -> None:
    people = np.full(BANDS, 1000.0)
    people[4] = 0
    assert np.isnan(rates.directly_standardised(np.full(BANDS, 5.0), people).value)


def test_the_reference_itself_has_a_ratio_of_one() -> None:
    events, people = np.arange(1.0, 20.0), np.full(BANDS, 1e4)
    found = rates.indirectly_standardised(events, people, events, people)
    assert found.value == pytest.approx(1)
    assert found.lower < 1 < found.upper
    assert rates.reference_rate(events, people) == pytest.approx(190 / 190_000)


def test_a_constant_force_of_mortality_has_the_exponential_life() -> None:
    """At rate m at every age the life expectancy is near 1/m; the abridged table's error is known to be small."""
    people = np.full(20, 1e6)
    found = life_table(people * 0.02, people)
    assert found.value[0] == pytest.approx(50, rel=0.005)
    assert found.value[-1] == pytest.approx(50)


def test_twice_the_deaths_and_people_leave_life_and_narrow_its_interval_by_root_two() -> None:
    rng = np.random.default_rng(3)
    people = rng.uniform(800, 3000, (6, 20))
    deaths = rng.poisson(people * np.geomspace(0.0005, 0.2, 20)) + 1.0
    once, twice = life_table(deaths, people), life_table(2 * deaths, 2 * people)
    np.testing.assert_allclose(twice.value, once.value, rtol=1e-12)
    np.testing.assert_allclose(twice.upper - twice.lower, (once.upper - once.lower) / np.sqrt(2), rtol=1e-12)


def test_years_lived_in_all_bands_are_the_life_expectancy_at_birth() -> None:
    people = np.full(20, 5000.0)
    found = life_table(people * np.geomspace(0.0005, 0.2, 20), people)
    assert found.lived.sum() == pytest.approx(found.value[0])
    assert found.survivors[0] == 1


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({}, OK),
        ({"people": 0.02}, FEW),
        ({"empty": 7}, NOBODY),
        ({"deadly": 5}, TOO_MANY),
        ({"immortal": True}, NO_LAST),
        ({"people": 0.12, "scarce": True}, WIDE),
    ],
)
def test_refusals(change: dict, reason: int) -> None:
    people = np.full(20, 4000.0) * change.get("people", 1)
    deaths = people * np.geomspace(0.0005, 0.2, 20)
    if "empty" in change:
        people[change["empty"]] = 0
    if "deadly" in change:
        deaths[change["deadly"]] = people[change["deadly"]] + 1
    if "immortal" in change:
        deaths[-1] = 0
    if "scarce" in change:
        deaths = np.where(np.arange(20) == 0, 60.0, 0.0)
        deaths[-1] = 1.0
    found = life_table(deaths[None], people[None])
    assert found.reason[0] == reason
    assert np.isfinite(found.value[0]).all() == (reason == OK)


def test_other_bands_are_refused() -> None:
    with pytest.raises(ValueError, match="20 bands"):
        life_table(np.ones(18), np.ones(18))
    assert len(STARTS_90) == 20


def test_a_funnel_closes_with_size_and_holds_95_of_100_areas() -> None:
    rng = np.random.default_rng(4)
    size = rng.integers(200, 5000, 4000)
    lower, upper = benchmarking.proportion_funnel(0.2, size, 0.95)
    share = rng.binomial(size, 0.2) / size
    assert 0.94 < np.mean((share >= lower) & (share <= upper)) < 0.96
    expected = rng.uniform(5, 200, 4000)
    lower, upper = benchmarking.ratio_funnel(1.0, expected, 0.95)
    ratio = rng.poisson(expected) / expected
    assert 0.93 < np.mean((ratio >= lower) & (ratio <= upper)) < 0.97


def test_a_ratio_inside_the_funnel_is_the_one_that_its_own_limits_do_not_tell_apart() -> None:
    expected = np.full(60, 30.0)
    observed = np.arange(60.0)
    lower, upper = benchmarking.ratio_funnel(1.0, expected, 0.95)
    from jsna_desktop.measures.intervals import poisson_count

    low, high = poisson_count(observed, 0.95)
    inside = (observed / expected > lower) & (observed / expected < upper)
    np.testing.assert_array_equal(inside, (low < expected) & (high > expected))


def test_areas_that_differ_by_chance_alone_are_not_overdispersed() -> None:
    """Of a standard normal drawn in at its tenths, the mean square is 0.6785."""
    rng = np.random.default_rng(5)
    errors = rng.uniform(0.5, 2, 5000)
    assert benchmarking.overdispersion(10 + rng.normal(0, errors), errors, 10) == pytest.approx(0.6785, abs=0.03)
    assert benchmarking.overdispersion(10 + rng.normal(0, 3 * errors), errors, 10) > 6


def test_neighbours_are_the_likest() -> None:
    context = np.array([[0.0, 0], [0.1, 0.1], [5, 5], [0.05, 0], [np.nan, np.nan]])
    order, distance = benchmarking.nearest_neighbours(context, 0, 2)
    assert order.tolist() == [3, 1]
    assert (np.diff(distance) > 0).all()
