"""Journeys by hand and by repeating each resident; floating catchments by the paper's formula, a cell at a time."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

from jsna_desktop.measures.access import ZONE_WEIGHTS, ZONES, floating_catchment, gini, journeys, lorenz


def people(*rows: list[float]) -> sparse.csr_array:
    return sparse.csr_array(np.array(rows, dtype=float))


def test_a_group_by_hand() -> None:
    cost = np.array([2.0, 10.0, 4.0, np.nan])
    made = journeys(cost, people([1, 1, 2, 1], [0, 0, 0, 3], [0, 0, 0, 0]), (4.0, 9.0))
    assert made.residents.tolist() == [5, 3, 0]
    np.testing.assert_allclose(made.mean, [5, np.nan, np.nan])
    np.testing.assert_allclose(made.median, [4, np.nan, np.nan])
    np.testing.assert_allclose(made.p90, [10, np.nan, np.nan])
    np.testing.assert_allclose(made.within, [[0.75, 0.75], [np.nan, np.nan], [np.nan, np.nan]])
    np.testing.assert_allclose(made.unrouted, [0.2, 1, np.nan])


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 6)), min_size=1, max_size=30))
def test_weights_are_residents_said_once_each(pairs: list[tuple[int, int]]) -> None:
    cost, count = (np.array(part) for part in zip(*pairs, strict=True))
    each = np.sort(np.repeat(cost.astype(float), count))
    made = journeys(cost.astype(float), people(count.tolist()), (7.0, 20.0))
    if not len(each):
        assert np.isnan(made.mean[0])
        return
    assert made.mean[0] == pytest.approx(each.mean())
    assert made.median[0] == each[int(np.ceil(0.5 * len(each))) - 1]
    assert made.p90[0] == each[int(np.ceil(0.9 * len(each) - 1e-9)) - 1]
    np.testing.assert_allclose(made.within[0], [(each <= 7).mean(), (each <= 20).mean()])
    assert made.unrouted[0] == 0


def test_a_point_split_in_two_changes_nothing() -> None:
    cost = np.array([3.0, 8.0, 1.0])
    whole = journeys(cost, people([6, 2, 3]), (5.0,))
    split = journeys(np.array([3.0, 3.0, 8.0, 1.0]), people([4, 2, 2, 3]), (5.0,))
    for name in ("residents", "mean", "median", "p90", "within", "unrouted"):
        np.testing.assert_allclose(getattr(split, name), getattr(whole, name))


def plainly(minutes: np.ndarray, residents: np.ndarray, capacity: np.ndarray) -> np.ndarray:
    """Equations 4 and 5 of the paper, a pair at a time."""

    def weight(t: float) -> float:
        return next((w for end, w in zip(ZONES, ZONE_WEIGHTS, strict=True) if t <= end), 0.0)

    supply = np.zeros(len(residents))
    for j, places in enumerate(capacity):
        demand = sum(weight(minutes[k, j]) * residents[k] for k in range(len(residents)))
        if demand > 0 and places >= 0:
            for i in range(len(residents)):
                supply[i] += weight(minutes[i, j]) * places / demand
    return supply


@given(st.data())
def test_floating_catchments_are_the_papers(data: Any) -> None:
    points, services = data.draw(st.integers(1, 6)), data.draw(st.integers(1, 4))
    minute = st.sampled_from([0.0, 5.0, 10.0, 10.5, 20.0, 29.9, 30.0, 31.0])
    minutes = np.array([[data.draw(minute) for _ in range(services)] for _ in range(points)])
    residents = np.array([data.draw(st.integers(0, 50)) for _ in range(points)], dtype=float)
    capacity = np.array([data.draw(st.sampled_from([0.0, 3.0, 12.0, -2.0, np.nan])) for _ in range(services)])
    i, j = np.nonzero(minutes <= 30)
    made = floating_catchment(i, j, minutes[i, j], residents, capacity)
    np.testing.assert_allclose(made.supply, plainly(minutes, residents, capacity), atol=1e-12)
    # What all services with a ratio have is handed out whole.
    given_out = float(residents @ made.supply)
    assert given_out == pytest.approx(float(np.where(np.isfinite(made.ratio), capacity, 0.0).sum()))


def test_everyone_at_one_service_shares_it_alike() -> None:
    made = floating_catchment(
        np.array([0, 1]), np.array([0, 0]), np.array([9.0, 10.0]), np.array([30.0, 70.0]), np.array([5.0])
    )
    np.testing.assert_allclose(made.supply, [0.05, 0.05])


def test_gini_and_the_lorenz_curve() -> None:
    assert gini(np.array([3.0, 3.0, np.nan]), np.array([1.0, 9.0, 5.0])) == pytest.approx(0)
    # One in four has everything: 1 − ¼.
    assert gini(np.array([0.0, 8.0]), np.array([3.0, 1.0])) == pytest.approx(0.75)
    value, weight = np.array([1.0, 4.0, 2.0]), np.array([2.0, 1.0, 3.0])
    each = np.repeat(value, weight.astype(int))
    mean_difference = np.abs(each[:, None] - each[None, :]).mean()
    assert gini(value, weight) == pytest.approx(mean_difference / (2 * each.mean()))
    shares = lorenz(np.array([0.0, 8.0]), np.array([3.0, 1.0]))
    np.testing.assert_allclose(shares, [[0, 0.75, 1], [0, 0, 1]])
    assert np.isnan(gini(np.array([np.nan]), np.array([1.0])))
