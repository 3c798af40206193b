"""Arriaga's decomposition: it sums to the gap, agrees with the textbook's own formula, and knows no order."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jsna_desktop.measures.decompose import gap_parts
from jsna_desktop.measures.life_expectancy import life_table

WIDTHS = np.diff([0, 1, *range(5, 95, 5)]).astype(float)
SHAPE = np.array([4, 0.2, 0.1, 0.1, 0.3, 0.5, 0.6, 0.8, 1.1, 1.6, 2.4, 3.6, 5.6, 9, 14, 23, 39, 70, 120, 230]) / 1000


def textbook(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Years by band that the second lives longer, in one direction, as Arriaga (1984) writes it."""

    def table(rate: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        a = np.array([0.1] + [0.5] * 18)
        dying = WIDTHS * rate[:-1] / (1 + WIDTHS * (1 - a) * rate[:-1])
        alive = np.append(1, np.cumprod(1 - dying))
        lived = np.append(WIDTHS * (alive[1:] + a * (alive[:-1] - alive[1:])), alive[-1] / rate[-1])
        return alive, lived, np.cumsum(lived[::-1])[::-1]

    (l1, lived1, to_come1), (l2, lived2, to_come2) = table(first), table(second)
    parts = np.empty(20)
    parts[:-1] = l1[:-1] * (lived2 / l2 - lived1 / l1)[:-1]
    parts[:-1] += to_come2[1:] * (l1[:-1] / l2[:-1] - l1[1:] / l2[1:])
    parts[-1] = l1[-1] * (to_come2[-1] / l2[-1] - to_come1[-1] / l1[-1])
    return parts


@st.composite
def places(draw) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Deaths by band and cause of two places, and the people of both (2, 20, 3), (2, 20)."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    people = rng.integers(500, 50_000, (2, 20)).astype(float)
    level = draw(st.floats(0.3, 3.0))
    mix = rng.dirichlet([1, 2, 3], 20)
    deaths = rng.poisson(people[..., None] * SHAPE[:, None] * mix * np.array([1, level])[:, None, None]).astype(float)
    deaths[:, -1, 0] += 1
    return deaths, people, mix


@settings(max_examples=60, deadline=None)
@given(places())
def test_parts_sum_to_the_gap_to_a_billionth(made) -> None:
    deaths, people, _ = made
    table = life_table(deaths.sum(axis=2), people)
    rate, cause = deaths.sum(axis=2) / people, deaths / people[..., None]
    for band in (0, 14):
        found = gap_parts(rate[0], rate[1], cause[0], cause[1], start=band)
        # Life expectancies of the rates, whether or not the place is large enough to be given one.
        if (table.reason == 0).all():
            assert found.gap == pytest.approx(table.value[0, band] - table.value[1, band], abs=1e-9)
        assert found.by_age.sum() == pytest.approx(found.gap, abs=1e-9)
        assert found.by_cause is not None
        np.testing.assert_allclose(found.by_cause.sum(axis=-1), found.by_age, atol=1e-9)
        assert (found.by_age[:band] == 0).all()


@settings(max_examples=30, deadline=None)
@given(places())
def test_the_parts_are_the_mean_of_arriagas_two_directions(made) -> None:
    deaths, people, _ = made
    rate = np.minimum(deaths.sum(axis=2) / people, 0.39)
    found = gap_parts(rate[0], rate[1])
    mean = (textbook(rate[1], rate[0]) - textbook(rate[0], rate[1])) / 2
    np.testing.assert_allclose(found.by_age, mean, atol=1e-10)


@settings(max_examples=30, deadline=None)
@given(places())
def test_the_other_way_round_every_part_has_the_other_sign(made) -> None:
    deaths, people, _ = made
    rate, cause = deaths.sum(axis=2) / people, deaths / people[..., None]
    there = gap_parts(rate[0], rate[1], cause[0], cause[1])
    back = gap_parts(rate[1], rate[0], cause[1], cause[0])
    assert there.by_cause is not None
    assert back.by_cause is not None
    np.testing.assert_allclose(there.by_cause, -back.by_cause, atol=1e-12)


def test_where_two_rates_are_equal_every_cause_gets_zero() -> None:
    other = SHAPE.copy()
    other[10] *= 2
    mine = np.stack([SHAPE * 0.25, SHAPE * 0.75], axis=1)
    theirs = np.stack([other * 0.5, other * 0.5], axis=1)
    found = gap_parts(SHAPE, other, mine, theirs)
    assert found.by_cause is not None
    assert found.by_cause[10].sum() == pytest.approx(found.gap, abs=1e-12)
    assert (np.delete(found.by_cause, 10, axis=0) == 0).all()
    # Nearly equal rates are no danger: nothing is divided by their difference.
    near = gap_parts(SHAPE, SHAPE * (1 + 1e-9), mine, mine[:, ::-1] * (1 + 1e-9))
    assert near.by_cause is not None
    assert np.abs(near.by_cause).max() < 5
    assert near.by_cause.sum() == pytest.approx(near.gap, abs=1e-9)


def test_other_bands_are_refused() -> None:
    with pytest.raises(ValueError, match="same 20 bands"):
        gap_parts(SHAPE[:18], SHAPE[:18])
