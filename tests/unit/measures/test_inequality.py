"""The gradient where the answer is known: lines, equal groups, one group that has it all."""

import numpy as np
import pytest

from jsna_desktop.measures.inequality import (
    attributable_share,
    burden_share,
    concentration,
    gradient,
    line_weights,
    mid_ranks,
)

RNG = np.random.default_rng(7)
PEOPLE = RNG.uniform(500, 3000, (40, 10))


def test_values_on_a_line_give_its_slope_whatever_the_groups() -> None:
    value = 70 + 8 * mid_ranks(PEOPLE)
    found = gradient(PEOPLE, value, np.zeros_like(value))
    np.testing.assert_allclose(found.sii, 8)
    np.testing.assert_allclose(found.rii, 78 / 70)
    np.testing.assert_allclose(found.fitted, np.tile([70, 78], (40, 1)))
    np.testing.assert_allclose(found.sii_upper - found.sii_lower, 0, atol=1e-12)


def test_the_ends_of_the_line_are_the_weighted_least_squares_fit() -> None:
    value = RNG.normal(75, 4, PEOPLE.shape)
    most, least = line_weights(PEOPLE)
    for place in range(3):
        x = mid_ranks(PEOPLE[place])
        slope, intercept = np.polyfit(x, value[place], 1, w=np.sqrt(PEOPLE[place]))
        assert (most[place] @ value[place]) == pytest.approx(intercept)
        assert (least[place] @ value[place]) == pytest.approx(intercept + slope)


def test_exact_limits_are_those_of_a_simulation() -> None:
    value, se = 70 + 8 * mid_ranks(PEOPLE[:3]), RNG.uniform(0.3, 1.2, (3, 10))
    found = gradient(PEOPLE[:3], value, se)
    drawn = value + se * RNG.standard_normal((40_000, 3, 10))
    again = gradient(np.broadcast_to(PEOPLE[:3], drawn.shape), drawn, np.zeros_like(drawn))
    width = found.sii_upper - found.sii_lower
    np.testing.assert_allclose(np.quantile(again.sii, 0.025, axis=0), found.sii_lower, atol=0.02 * width.max())
    np.testing.assert_allclose(np.quantile(again.sii, 0.975, axis=0), found.sii_upper, atol=0.02 * width.max())
    width = found.rii_upper - found.rii_lower
    np.testing.assert_allclose(np.quantile(again.rii, 0.975, axis=0), found.rii_upper, atol=0.02 * width.max())


@pytest.mark.parametrize("scale", ["log", "logit"])
def test_on_another_scale_small_errors_give_the_same_limits(scale: str) -> None:
    value = 0.2 + 0.2 * mid_ranks(PEOPLE[:4])
    se = np.full(value.shape, 0.004)
    on_scale = se / value if scale == "log" else se / (value * (1 - value))
    plain, found = gradient(PEOPLE[:4], value, se), gradient(PEOPLE[:4], value, on_scale, scale=scale)
    width = (plain.sii_upper - plain.sii_lower).max()
    np.testing.assert_allclose(found.sii, plain.sii)
    np.testing.assert_allclose(found.sii_lower, plain.sii_lower, atol=0.04 * width)
    np.testing.assert_allclose(found.sii_upper, plain.sii_upper, atol=0.04 * width)


def test_an_empty_group_or_one_without_value_gives_nothing() -> None:
    value = np.full((2, 5), 3.0)
    people = np.full((2, 5), 100.0)
    people[0, 2], value[1, 1] = 0, np.nan
    found = gradient(people, value, np.full((2, 5), 0.1))
    assert np.isnan(np.stack([found.sii, found.sii_lower, found.rii, found.rii_upper])).all()


def test_equal_groups_are_not_concentrated_and_the_poorest_with_it_all_are() -> None:
    people = np.full(5, 100.0)
    relative, absolute = concentration(people, np.full(5, 0.3))
    assert (relative, absolute) == (pytest.approx(0), pytest.approx(0))
    relative, _ = concentration(people, np.array([1.0, 0, 0, 0, 0]))
    assert relative == pytest.approx(-0.8)
    assert burden_share(people, np.array([1.0, 0, 0, 0, 0])) == 1
    assert attributable_share(people, np.array([0.5, 0.4, 0.3, 0.2, 0.1])) == pytest.approx(0.2 / 0.3)


def test_splitting_a_group_in_two_alike_changes_no_end_of_the_line_by_much() -> None:
    people, value = np.full(10, 100.0), np.linspace(60, 70, 10)
    halves = gradient(np.repeat(people / 2, 2), np.repeat(value, 2), np.zeros(20)).sii
    assert halves == pytest.approx(gradient(people, value, np.zeros(10)).sii, rel=0.02)
