"""Limits by simulation: the series that stand for the draws against the draws themselves, one by one."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import special

from jsna_desktop.measures.drawn_limits import DRAWS, drawn_limits, quantiles
from jsna_desktop.measures.inequality import gradient, line_weights

RNG = np.random.default_rng(11)
PEOPLE = RNG.uniform(100, 500, (40, 10))


def one_by_one(value: np.ndarray, se: np.ndarray, scale: str) -> np.ndarray:
    """The limits (4, places) from every draw brought back on its own, in long floats."""
    draws = np.random.default_rng(20_250_701).standard_normal((value.shape[1], DRAWS))
    off = se[..., None] * draws
    back = value[..., None] * np.exp(off) if scale == "log" else special.expit(special.logit(value)[..., None] + off)
    most, least = (np.einsum("pg,pgd->pd", part, back) for part in line_weights(PEOPLE))
    return np.concatenate([np.quantile(part, [0.025, 0.975], axis=1) for part in (least - most, least / most)])


@pytest.mark.parametrize("scale", ["log", "logit"])
@pytest.mark.parametrize("errors", [(0.01, 0.05), (0.05, 0.4), (0.4, 1.2)])
def test_they_are_those_of_every_draw_brought_back(scale: str, errors: tuple[float, float]) -> None:
    value = RNG.uniform(0.05, 0.9, PEOPLE.shape) * np.linspace(1.0, 0.9, 10)
    se = RNG.uniform(*errors, PEOPLE.shape)
    found = np.stack(drawn_limits(*line_weights(PEOPLE), value, se, 0.95, scale))
    expected = one_by_one(value, se, scale)
    for low, high in ((0, 1), (2, 3)):
        width = expected[high] - expected[low]
        # What short floats and a series leave; the simulation's own error is a hundred times that.
        np.testing.assert_array_less(np.abs(found[[low, high]] - expected[[low, high]]) / width, 1e-3)


@pytest.mark.parametrize("scale", ["log", "logit"])
def test_the_order_of_places_and_their_number_change_nothing(scale: str) -> None:
    value, se = RNG.uniform(0.05, 0.9, PEOPLE.shape), RNG.uniform(0.01, 1.0, PEOPLE.shape)
    order = RNG.permutation(len(PEOPLE))
    there, back = (
        gradient(PEOPLE, value, se, scale=scale),
        gradient(PEOPLE[order], value[order], se[order], scale=scale),
    )
    alone = gradient(PEOPLE[7], value[7], se[7], scale=scale)
    for name in ("sii_lower", "sii_upper", "rii_lower", "rii_upper"):
        mine = getattr(there, name)
        np.testing.assert_allclose(getattr(back, name), mine[order], rtol=1e-4)
        np.testing.assert_allclose(getattr(alone, name), mine[7], rtol=1e-4)


def test_shapes_are_kept_and_what_is_missing_stays_so() -> None:
    value, se = np.full((2, 3, 5), 0.2), np.full((2, 3, 5), 0.1)
    value[1, 2, 3] = np.nan
    found = drawn_limits(*line_weights(np.ones((2, 3, 5))), value, se, 0.95, "logit")
    for part in found:
        assert part.shape == (2, 3)
        np.testing.assert_array_equal(np.isnan(part), [[False] * 3, [False, False, True]])
    with pytest.raises(ValueError, match="no scale"):
        drawn_limits(value, value, value, se, 0.95, "root")


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(3, 3_000), st.sampled_from([(0.025, 0.975), (0.001, 0.999), (0.2, 0.7)]))
def test_quantiles_of_the_tails_are_those_of_all(seed: int, count: int, tails: tuple[float, float]) -> None:
    rng = np.random.default_rng(seed)
    values = rng.standard_normal(count)
    if seed % 2:
        values.sort()  # the first few hundred then mislead
    np.testing.assert_allclose(quantiles(values, tails), np.quantile(values, tails), rtol=1e-12, atol=1e-12)
