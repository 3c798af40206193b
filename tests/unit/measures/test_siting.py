"""Siting against all combinations, and against the plain p-median and covering that the gains stand for."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from jsna_desktop.measures.siting import BOUNDED, PROGRAMMED, brought, choose, greedy, swapped
from jsna_desktop.measures.siting_programme import programme


@st.composite
def problems(draw: st.DrawFn) -> tuple[np.ndarray, int]:
    """Gains (n, m) of few whole numbers, so that ties and empty rows and columns are common, and k."""
    rows, columns = draw(st.integers(1, 12)), draw(st.integers(1, 8))
    cells = draw(st.lists(st.integers(-4, 9), min_size=rows * columns, max_size=rows * columns))
    return np.maximum(np.array(cells, dtype=float), 0).reshape(rows, columns), draw(st.integers(1, columns))


def best_of_all(gain: np.ndarray, count: int) -> float:
    return max(gain[:, list(chosen)].max(axis=1).sum() for chosen in combinations(range(gain.shape[1]), count))


@settings(max_examples=120, deadline=None)
@given(problems())
def test_no_combination_brings_more(problem: tuple[np.ndarray, int]) -> None:
    gain, count = problem
    made = choose(sparse.csr_array(gain), count)
    best = best_of_all(gain, count)
    assert made.proven
    assert made.value == pytest.approx(best, rel=1e-6)
    assert made.value == pytest.approx(gain[:, made.chosen].max(axis=1, initial=0).sum())
    assert made.bound >= made.value >= made.first >= (1 - 1 / np.e) * best - 1e-9
    assert len(set(made.chosen.tolist())) == len(made.chosen) <= count


@settings(max_examples=50, deadline=None)
@given(problems())
def test_the_programme_alone_finds_the_best(problem: tuple[np.ndarray, int]) -> None:
    gain, count = problem
    if not gain.any():
        return
    chosen, most = programme(sparse.csc_array(gain), count, 30)
    assert chosen is not None
    best = best_of_all(gain, count)
    assert most == pytest.approx(best, rel=1e-6)
    assert brought(sparse.csc_array(gain), chosen) == pytest.approx(best, rel=1e-6)


def plane(origins: int, candidates: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    draw = np.random.default_rng(seed)
    at, there = draw.random((origins, 2)), draw.random((candidates, 2))
    return np.hypot(*(at[:, None] - there[None]).transpose(2, 0, 1)), draw.integers(1, 40, origins).astype(float)


def test_the_p_median_is_the_least_weighted_distance() -> None:
    """With services open already: against every one of the 1,140 threes of 20 candidates."""
    km, weight = plane(60, 20, 5)
    before = plane(60, 4, 5)[0].min(axis=1)
    gain = weight[:, None] * np.maximum(before[:, None] - km, 0)
    made = choose(sparse.csr_array(gain), 3)
    least = min(
        (weight * np.minimum(before, km[:, list(three)].min(axis=1))).sum() for three in combinations(range(20), 3)
    )
    after = np.minimum(before, km[:, made.chosen].min(axis=1))
    assert (weight * after).sum() == pytest.approx(least, rel=1e-12)
    assert made.proven


def test_maximal_covering_where_greedy_is_wrong() -> None:
    """The two outer candidates cover all; greedy takes the middle one first."""
    covers = np.array([[1, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 1], [0, 1, 0], [0, 0, 1], [0, 0, 1]], dtype=float)
    weight = np.array([2, 2, 5, 5, 0, 2, 2], dtype=float)
    gain = sparse.csc_array(covers * weight[:, None])
    assert greedy(gain, 2).tolist()[0] == 1
    assert brought(gain, greedy(gain, 2)) == 14
    made = choose(gain, 2)
    assert (sorted(made.chosen.tolist()), made.value, made.first, made.proven) == ([0, 2], 18, 14, True)


def triangles() -> sparse.csr_array:
    """Two triangles, an origin a side and a candidate a corner: half of each of the six would bring all to all."""
    side = np.array([[1, 1, 0], [1, 0, 1], [0, 1, 1]], dtype=float)
    return sparse.csr_array(np.block([[side, np.zeros((3, 3))], [np.zeros((3, 3)), side]]))


def test_the_programme_closes_what_the_relaxation_leaves_open() -> None:
    made = choose(triangles(), 3)
    assert (made.value, made.proven, made.method) == (5.0, True, PROGRAMMED)


def test_without_the_programme_the_gap_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jsna_desktop.measures.siting._MOST_PAIRS", 0)
    made = choose(triangles(), 3)
    assert (made.value, made.proven, made.method) == (5.0, False, BOUNDED)
    assert made.bound == pytest.approx(6.0, rel=0.01)


def test_fewer_are_chosen_where_no_others_add_anything() -> None:
    gain = sparse.csr_array(np.array([[3.0, 3.0, 0.0], [1.0, 1.0, 0.0]]))
    made = choose(gain, 3)
    assert (made.chosen.tolist(), made.value, made.proven) == ([0], 4.0, True)
    nothing = choose(sparse.csr_array((4, 2)), 1)
    assert (nothing.chosen.tolist(), nothing.value, nothing.proven) == ([], 0.0, True)


def test_a_gain_below_zero_is_refused() -> None:
    with pytest.raises(ValueError, match="below zero"):
        choose(sparse.csr_array(np.array([[1.0, -1.0]])), 1)


def test_swaps_leave_what_cannot_be_bettered() -> None:
    km, weight = plane(200, 30, 9)
    gain = sparse.csc_array(weight[:, None] * np.maximum(0.5 - km, 0))
    worst = np.argsort(np.asarray(gain.sum(axis=0)))[:4]
    better = swapped(gain, worst)
    value = brought(gain, better)
    assert value > brought(gain, worst)
    for at in range(4):
        for other in set(range(30)) - set(better.tolist()):
            tried = better.copy()
            tried[at] = other
            assert brought(gain, tried) <= value * (1 + 1e-9)
