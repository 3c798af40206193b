import numpy as np
import pytest
from scipy import sparse

from jsna_desktop.measures.deprivation import extent_taper, local_concentration


def test_the_taper_goes_by_whole_percentiles() -> None:
    ranks = np.array([1, 1000, 1001, 1100, 1101, 2000, 2001, 2901, 3000, 3001, 10_000], dtype=float)
    taper = extent_taper(ranks, 10_000)
    expected = [1, 1, 0.95, 0.95, 0.95 - 0.9 / 19, 0.95 - 9 * 0.9 / 19, 0.95 - 10 * 0.9 / 19, 0.05, 0.05, 0, 0]
    np.testing.assert_allclose(taper, expected, atol=1e-12)


def test_a_missing_rank_has_no_taper() -> None:
    assert np.isnan(extent_taper(np.array([np.nan]), 100)[0])


def test_local_concentration_takes_exactly_a_tenth_of_residents() -> None:
    """Ten people in a hundred: all 6 of the most deprived block and 4 of the 54 in the next."""
    weights = sparse.csr_array(np.ones((1, 3)))
    found = local_concentration(weights, np.array([5.0, 1.0, 3.0]), np.array([40.0, 6.0, 54.0]), 100)
    assert found[0] == pytest.approx((6 * 100 + 4 * 98) / 10)


def test_local_concentration_of_many_places_is_that_of_each() -> None:
    rng = np.random.default_rng(7)
    weights = sparse.csr_array(rng.random((5, 40)) * (rng.random((5, 40)) < 0.4))
    rank, people = rng.permutation(40) + 1.0, rng.integers(500, 3000, 40).astype(float)
    together = local_concentration(weights, rank, people, 40)
    for place in range(5):
        order = np.argsort(rank)
        held = (weights[[place]].toarray()[0] * people)[order]
        target, taken, total = 0.1 * held.sum(), 0.0, 0.0
        for people_here, r in zip(held, rank[order], strict=True):
            part = min(people_here, target - taken)
            taken, total = taken + part, total + part * (41 - r)
        assert together[place] == pytest.approx(total / taken)


def test_a_place_without_residents_has_no_concentration() -> None:
    weights = sparse.csr_array(np.array([[1.0, 0.0]]))
    assert np.isnan(local_concentration(weights, np.array([1.0, 2.0]), np.array([0.0, 9.0]), 2)[0])
