"""Small numbers that must not leave (methods.md 9): suppression, rounding, and whether anything can be worked back.

Counts from sensitive data leave as 0, as a multiple of five, or not at all. What is hidden stays hidden only if nothing
else that left (other places, their parents, earlier exports) ties it down: by linear programming, every hidden count
above zero must keep at least five possible whole values, else further cells are hidden until it does.
Source: NHS England, *HES analysis guide* (counts 1 to 7); Willenborg and de Waal (2001), *Elements of Statistical
Disclosure Control*, chapter 3, for the linear programmes.
"""

from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse
from scipy.optimize import linprog

THRESHOLD = 7
BASE = 5
POSSIBLE = 5  # whole values that a hidden count must be able to have
ZERO, ROUNDED, SMALL, HELD_BACK = range(4)  # what becomes of a cell: shown 0, shown rounded, primary, secondary
HIDDEN = (SMALL, HELD_BACK)
_TINY = 1e-9
_SLACK = 1e-6


@dataclass(frozen=True)
class Cells:
    """Counts of one indicator over places, on one set of blocks.

    `weights` (cells, blocks) how much of each block a place holds; `states` (cells,) what left of each count; `shown`
    (cells,) the number that left, NaN for a hidden one.
    """

    weights: sparse.csr_array
    states: np.ndarray
    shown: np.ndarray

    def joined(self, other: "Cells") -> "Cells":
        return Cells(
            sparse.csr_array(sparse.vstack([self.weights, other.weights])),
            np.concatenate([self.states, other.states]),
            np.concatenate([self.shown, other.shown]),
        )


def rounded(count: np.ndarray) -> np.ndarray:
    """Counts (…,) to the nearest five, halves up; NaN stays."""
    return BASE * np.floor(np.asarray(count, float) / BASE + 0.5)


def first_states(counts: np.ndarray, threshold: int = THRESHOLD) -> np.ndarray:
    """What each count (cells,) may leave as by itself: zero, rounded, or hidden as small. NaN: held back."""
    counts = np.asarray(counts, float)
    with np.errstate(invalid="ignore"):
        small = (counts > _TINY) & (counts < threshold + 0.5)
        states = np.select([np.isnan(counts), small, counts <= _TINY], [HELD_BACK, SMALL, ZERO], ROUNDED)
    return states.astype(np.int8)


def bounds_of(cells: Cells, threshold: int = THRESHOLD, *, small_known: bool = False) -> tuple[np.ndarray, np.ndarray]:
    """Lowest and highest true count (cells,) that is consistent with what left of each cell alone.

    A hidden cell says nothing: small ones and those held back leave with the same words. `small_known` credits one who
    attacks with guessing rightly which are small (1 to the threshold).
    """
    rounded_cell, small = cells.states == ROUNDED, cells.states == SMALL
    low = np.where(rounded_cell, np.maximum(cells.shown - BASE / 2, threshold + 0.5), 0.0)
    high = np.select([cells.states == ZERO, rounded_cell], [0.0, cells.shown + BASE / 2], np.inf)
    if small_known:
        whole = _whole(cells.weights)
        low = np.where(small & whole, 1.0, low)
        high = np.where(small, np.where(whole, float(threshold), threshold + 0.5), high)
    return low, high


def _whole(weights: sparse.csr_array) -> np.ndarray:
    """Which cells (cells,) hold whole blocks only, so that their true count is a whole number."""
    fractions = weights.copy()
    fractions.data = np.abs(fractions.data - np.rint(fractions.data))
    return np.asarray(fractions.max(axis=1).todense()).reshape(-1) < _TINY


def protect(
    weights: sparse.csr_array,
    counts: np.ndarray,
    earlier: Cells | None = None,
    threshold: int = THRESHOLD,
) -> Cells:
    """What may leave of the counts of one indicator in these places, beside what left before.

    `weights` (cells, blocks), `counts` (blocks,) the true counts, NaN unknown. Small counts are hidden, others rounded;
    then further cells of this call are hidden, the smallest count that ties a hidden one down first, until every hidden
    count, of this call and of `earlier`, keeps five possible whole values. Where all of this call had to be hidden
    nothing new leaves: that is always safe.
    """
    true = _true(weights, counts)
    states = first_states(true, threshold)
    mine = Cells(weights, states, np.where(np.isin(states, HIDDEN), np.nan, np.where(states == ZERO, 0, rounded(true))))
    if not (states == SMALL).any() and (earlier is None or not np.isin(earlier.states, HIDDEN).any()):
        return mine
    everything = mine if earlier is None else mine.joined(earlier)
    known = true if earlier is None else np.concatenate([true, _true(earlier.weights, counts)])
    program = _Program.of(everything.weights, counts)
    for small_known in (True, False):
        while (tied := _first_tied(program, everything, known, threshold, small_known)) is not None:
            candidates = np.flatnonzero(~np.isin(everything.states[: len(true)], HIDDEN))
            if not len(candidates):
                break  # the guess itself ties it; what left cannot tell more than a guess
            pressing = candidates[tied[candidates]]
            chosen = pressing if len(pressing) else candidates
            everything = _hidden(everything, int(chosen[np.argmin(known[chosen])]))
    return Cells(weights, everything.states[: len(true)], everything.shown[: len(true)])


def _true(weights: sparse.csr_array, counts: np.ndarray) -> np.ndarray:
    """Counts (cells,) of the places; NaN where a block that they hold has none."""
    unknown = np.isnan(counts)
    totals = weights @ np.where(unknown, 0.0, counts)
    return np.where(weights @ unknown.astype(float) > _TINY, np.nan, totals)


def _hidden(cells: Cells, place: int) -> Cells:
    states, shown = cells.states.copy(), cells.shown.copy()
    states[place], shown[place] = HELD_BACK, np.nan
    return replace(cells, states=states, shown=shown)


def possible_range(
    cells: Cells, place: int, threshold: int = THRESHOLD, *, small_known: bool = False
) -> tuple[float, float]:
    """Lowest and highest true count of one cell that is consistent with everything that left (`whole_blocks`)."""
    program = _Program.of(cells.weights, None)
    row = whole_blocks(program.matrix[place])
    found = program.extremes(row, *bounds_of(cells, threshold, small_known=small_known))
    return found.lowest, found.highest


def whole_blocks(rows: np.ndarray) -> np.ndarray:
    """Weights (…, unknowns) brought to a largest of 1. A place that holds a part of each block that it cuts has an

    estimate, not a count: a third of a published block is a third of a published number. What must stay unknown is
    how many people it is a part of.
    """
    largest = rows.max(axis=-1, keepdims=True, initial=0.0)
    return np.divide(rows, largest, out=np.zeros_like(rows), where=largest > 0)


def whole_values(low: float, high: float) -> int:
    """How many whole numbers lie in a range."""
    if np.isinf(high):
        return int(np.iinfo(np.int32).max)
    return max(0, int(np.floor(high + _SLACK)) - int(np.ceil(low - _SLACK)) + 1)


@dataclass(frozen=True)
class _Extremes:
    lowest: float
    highest: float
    pressing: np.ndarray  # (cells,) whose constraint holds the range where it is


@dataclass(frozen=True)
class _Program:
    """Blocks that every cell holds alike are one unknown: `matrix` (cells, unknowns), their true counts `x`."""

    matrix: np.ndarray
    x: np.ndarray

    @classmethod
    def of(cls, weights: sparse.csr_array, counts: np.ndarray | None) -> "_Program":
        columns = weights.T.tocsr()
        held = np.flatnonzero(np.diff(columns.indptr))
        dense = np.asarray(columns[held].todense())
        distinct, index = np.unique(np.round(dense, 12), axis=0, return_inverse=True)
        known = np.zeros(len(held)) if counts is None else np.nan_to_num(counts[held])
        x = np.bincount(index.reshape(-1), known, minlength=len(distinct))
        return cls(np.ascontiguousarray(distinct.T), x)

    def reached(self, target: np.ndarray, low: np.ndarray, high: np.ndarray) -> tuple[float, float]:
        """A range of `target` (unknowns,) · x that is surely possible: from the truth, one unknown more or less, or

        one more and another less. What it covers, the linear programme covers too, at a thousandth of its price.
        """
        true = self.matrix @ self.x
        room_up, room_down = np.maximum(high - true, 0), np.maximum(true - low, 0)
        middle = float(target @ self.x)
        lowest = highest = middle
        inside = np.flatnonzero(target > _TINY)
        partners = np.arange(-1, len(self.x))
        for unknown in inside:
            step = self.matrix[:, [unknown]] - np.concatenate([np.zeros((len(true), 1)), self.matrix], axis=1)
            gain = target[unknown] - np.concatenate([[0.0], target])
            with np.errstate(divide="ignore", invalid="ignore"):
                up = np.where(
                    step > _TINY, room_up[:, None] / step, np.where(step < -_TINY, room_down[:, None] / -step, np.inf)
                )
                down = np.where(
                    step > _TINY, room_down[:, None] / step, np.where(step < -_TINY, room_up[:, None] / -step, np.inf)
                )
            most = np.minimum(up.min(axis=0), np.where(partners >= 0, self.x[partners], np.inf))
            least = np.minimum(down.min(axis=0), self.x[unknown])
            useful = gain > _TINY
            if useful.any():
                highest = max(highest, middle + float(np.max(gain[useful] * np.minimum(most[useful], 1e6))))
                lowest = min(lowest, middle - float(np.max(gain[useful] * least[useful])))
            if whole_values(lowest, highest) >= POSSIBLE:
                break
        return lowest, highest

    def extremes(self, target: np.ndarray, low: np.ndarray, high: np.ndarray) -> _Extremes:
        """The range of `target` (unknowns,) · x over all x ≥ 0 whose cells lie within (low, high) (cells,)."""
        bounded, raised = np.flatnonzero(np.isfinite(high)), np.flatnonzero(low > 0)
        matrix = np.vstack([self.matrix[bounded], -self.matrix[raised]])
        limits = np.concatenate([high[bounded], -low[raised]]) + _TINY
        pressing = np.zeros(len(high), dtype=bool)
        ends = []
        for sign in (1.0, -1.0):
            found = linprog(sign * target, A_ub=matrix if len(matrix) else None, b_ub=limits if len(matrix) else None)
            if found.status == 3:  # nothing holds it from above
                ends.append(np.inf)
                continue
            if found.status != 0:
                raise ArithmeticError(f"the range of a hidden count cannot be worked out: {found.message}")
            ends.append(sign * found.fun)
            if len(matrix):
                active = np.abs(found.ineqlin.marginals) > _TINY
                pressing[np.concatenate([bounded, raised])[active]] = True
        return _Extremes(float(ends[0]), float(ends[1]), pressing)


def _first_tied(
    program: _Program, cells: Cells, true: np.ndarray, threshold: int, small_known: bool
) -> np.ndarray | None:
    """The cells (cells,) that press on a hidden count with too few possible values; None where there is none.

    Besides hidden cells, the rest of a place beyond a part of it that left too is a count that can be worked out:
    where it is small, it must keep its possible values as well.
    """
    low, high = bounds_of(cells, threshold, small_known=small_known)
    hidden = np.flatnonzero(np.isin(cells.states, HIDDEN) & (true > _TINY))
    for target in [*whole_blocks(program.matrix[hidden]), *_small_rests(program, cells, threshold)]:
        if whole_values(*program.reached(target, low, high)) >= POSSIBLE:
            continue
        found = program.extremes(target, low, high)
        if whole_values(found.lowest, found.highest) < POSSIBLE:
            return found.pressing
    return None


def _small_rests(program: _Program, cells: Cells, threshold: int) -> list[np.ndarray]:
    """Differences (unknowns,) of a shown place and a shown part of it whose own true count is small but not zero."""
    shown = np.flatnonzero(cells.states == ROUNDED)
    rests = []
    for whole in shown:
        rest = program.matrix[whole] - program.matrix[shown]
        count = rest @ program.x
        small = (rest >= -_TINY).all(axis=1) & (count > _TINY) & (count < threshold + 0.5)
        rests += list(rest[small])
    return rests
