"""Nothing small can be worked back: attacked by linear programming over the blocks themselves, in simulated worlds."""

import numpy as np
import pytest
from scipy import sparse
from scipy.optimize import linprog

from jsna_desktop.measures import disclosure
from jsna_desktop.measures.disclosure import (
    HELD_BACK,
    HIDDEN,
    ROUNDED,
    SMALL,
    ZERO,
    Cells,
    first_states,
    protect,
    rounded,
)


def _attacked(cells: Cells, place: int, off: float = 2.5) -> tuple[float, float]:
    """The range of one place's count that fits everything published: all blocks unknown, none below zero.

    Of a place that cuts every block it holds, the range of what it is a part of: a third of a published block is a
    third of a published number. `off`: by how much a published number may be off.
    """
    dense = cells.weights.toarray()
    shown = ~np.isnan(cells.shown)
    least = np.where(cells.shown > 0, np.maximum(cells.shown - off, 7.5), 0)[shown]
    most = np.where(cells.shown > 0, cells.shown + off, 0)[shown]
    rows = np.vstack([dense[shown], -dense[shown]])
    limits = np.concatenate([most, -least]) + 1e-9
    ends, target = [], dense[place] / max(dense[place].max(), 1e-9)
    for sign in (1, -1):
        found = linprog(sign * target, A_ub=rows, b_ub=limits)
        assert found.status in (0, 3)
        ends.append(np.inf if found.status == 3 else sign * found.fun)
    return ends[0], ends[1]


def _whole(low: float, high: float) -> float:
    return np.inf if np.isinf(high) else np.floor(high + 1e-6) - np.ceil(low - 1e-6) + 1


def _world(seed: int) -> tuple[np.ndarray, list[sparse.csr_array]]:
    """Counts of blocks, and three exports: places with their parent, an edited boundary, overlapping and cut places."""
    rng = np.random.default_rng(seed)
    blocks, places = int(rng.integers(8, 30)), int(rng.integers(2, 9))
    counts = rng.poisson(rng.choice([0.4, 1.0, 3.0, 8.0]), blocks).astype(float)
    part = rng.integers(0, places, blocks)
    first = [(part == place).astype(float) for place in range(places)] + [np.ones(blocks)]
    edited = first[0].copy()
    edited[rng.integers(0, blocks)] = 1 - edited[rng.integers(0, blocks)]
    cut = np.where(rng.random(blocks) < 0.3, rng.random(blocks).round(3), 0.0)
    third = [(rng.random(blocks) < 0.3).astype(float), cut, np.maximum(first[0], first[1])]
    return counts, [sparse.csr_array(np.array(rows)) for rows in (first, [np.clip(edited, 0, 1)], third)]


def test_nothing_hidden_can_be_worked_back_from_all_exports_of_200_worlds() -> None:
    tied = attacked = held = 0
    for seed in range(200):
        counts, exports = _world(seed)
        left: Cells | None = None
        for weights in exports:
            new = protect(weights, counts, left)
            left = new if left is None else left.joined(new)
        assert left is not None
        true = left.weights @ counts
        for place in np.flatnonzero(np.isnan(left.shown) & (true > 1e-9)):
            low, high = _attacked(left, place)
            largest = left.weights[[place]].max()
            assert low - 1e-6 <= true[place] / largest <= high + 1e-6, "what left contradicts the truth"
            tied += _whole(low, high) < 5
            attacked += 1
        held += int((left.states == HELD_BACK).sum())
    assert attacked > 500
    assert held > 0, "no world needed secondary suppression: the test attacks nothing"
    assert tied == 0


def test_the_attack_has_teeth() -> None:
    """Where small counts alone are hidden, it works them back in a good part of the worlds."""
    broken = 0
    for seed in range(50):
        counts, exports = _world(seed)
        weights = sparse.csr_array(sparse.vstack(exports))
        true = weights @ counts
        states = first_states(true)
        plain = Cells(weights, states, np.where(np.isin(states, HIDDEN), np.nan, true))
        broken += any(_whole(*_attacked(plain, place, off=0.0)) < 5 for place in np.flatnonzero(states == SMALL))
    assert broken >= 10


def test_each_count_by_itself() -> None:
    counts = np.array([0.0, 0.3, 1.0, 7.0, 7.4, 7.5, 8.0, 12.4, 12.5, np.nan])
    expected = [ZERO, SMALL, SMALL, SMALL, SMALL, ROUNDED, ROUNDED, ROUNDED, ROUNDED, HELD_BACK]
    assert first_states(counts).tolist() == expected
    assert rounded(counts[5:9]).tolist() == [10, 10, 10, 15]


def test_the_one_small_part_of_a_parent_takes_another_with_it() -> None:
    """Three places and their sum: a place of 3 hidden alone would be the sum less the others, so a second is hidden."""
    weights = sparse.csr_array(np.array([[1.0, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 1]]))
    found = protect(weights, np.array([3.0, 0.0, 40.0]))
    low, high = _attacked(found, 0)
    assert np.isnan(found.shown[0])
    assert _whole(low, high) >= 5


def test_a_second_export_of_an_edited_boundary_gives_nothing_away() -> None:
    counts = np.array([20.0, 30.0, 2.0])
    first = protect(sparse.csr_array(np.array([[1.0, 1, 1]])), counts)
    second = protect(sparse.csr_array(np.array([[1.0, 1, 0]])), counts, first)
    left = first.joined(second)
    rest = Cells(sparse.csr_array(np.array([[0.0, 0, 1]])), np.array([SMALL], np.int8), np.array([np.nan]))
    low, high = _attacked(left.joined(rest), 2)
    assert _whole(low, high) >= 5


def test_where_nothing_is_small_everything_leaves_rounded() -> None:
    weights = sparse.csr_array(np.eye(4))
    found = protect(weights, np.array([0.0, 11.0, 52.0, 98.0]))
    assert found.shown.tolist() == [0, 10, 50, 100]
    assert not np.isin(found.states, HIDDEN).any()


def test_an_unknown_count_is_held_back() -> None:
    found = protect(sparse.csr_array(np.eye(2)), np.array([np.nan, 50.0]))
    assert found.states.tolist() == [HELD_BACK, ROUNDED]


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
def test_the_order_of_places_changes_nothing(order: tuple[int, ...]) -> None:
    rows = np.array([[1.0, 1, 0, 0], [0, 0, 1, 1], [1, 1, 1, 1]])
    counts = np.array([2.0, 1.0, 30.0, 12.0])
    found = protect(sparse.csr_array(rows[list(order)]), counts)
    plain = protect(sparse.csr_array(rows), counts)
    np.testing.assert_array_equal(found.shown, plain.shown[list(order)])


def test_the_range_of_the_module_is_the_attackers() -> None:
    counts, exports = _world(3)
    cells = protect(exports[0], counts)
    for place in range(len(cells.shown)):
        np.testing.assert_allclose(disclosure.possible_range(cells, place), _attacked(cells, place), atol=1e-5)
