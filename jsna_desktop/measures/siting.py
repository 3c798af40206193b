"""Where to open services: the p-median and maximal covering (methods.md 6), solved as one problem and proved.

Both ask for the k candidates S that bring most, Σᵢ max over j in S of gᵢⱼ. For the p-median (Hakimi 1964; ReVelle and
Swain 1970) gᵢⱼ is the weight of origin i times what candidate j takes off its journey to the nearest service that is
open; for maximal covering (Church and ReVelle 1974) it is the weight of an origin that only j brings within the limit.

Greedy, then swaps (Teitz and Bart 1968) give a choice. The Lagrangian relaxation (Cornuéjols, Fisher and Nemhauser
1977) bounds what any choice can bring and drops candidates that no best choice can hold; where the two do not meet, an
integer programme over the candidates that are left (measures/siting_programme.py) closes the rest, if they are few.
"""

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from jsna_desktop.measures.siting_programme import programme

RELAXED, PROGRAMMED, BOUNDED = "lagrangian", "programme", "bounded"
# A choice is proved where none can bring a millionth more.
PROVED = 1e-6
# Two choices that differ by less of what they bring are as good as each other.
SAME = 1e-9
# Subgradient steps between two looks at which candidates may go, and how often to look.
_STEPS, _ROUNDS, _PATIENCE = 60, 12, 8
# An integer programme of more pairs of origin and candidate is left to the bound.
_MOST_PAIRS = 400_000
_SWAP_ROUNDS = 50
# With so few times the places asked for left, the integer programme takes less time than another round.
_FEW = 4


@dataclass(frozen=True)
class Sited:
    """The candidates `chosen` (up to k positions), the one that brings most alone first, then what adds most.

    `value` is what they bring and `bound` the most that any k can; `first` what greedy alone brings. `method` says what
    the bound is from: the relaxation that met the choice, the integer programme, or the relaxation short of it.
    """

    chosen: np.ndarray
    value: float
    bound: float
    first: float
    method: str

    @property
    def proven(self) -> bool:
        return self.bound - self.value <= PROVED * self.value


def choose(gain: sparse.csr_array | sparse.csc_array, count: int, seconds: float = 60.0) -> Sited:
    """The `count` candidates that bring most, of gains (n, m) ≥ 0 by origin and candidate.

    Fewer where no others add anything. The integer programme may take so many `seconds`.
    """
    gain = sparse.csc_array(gain)
    gain.eliminate_zeros()
    if gain.nnz and gain.data.min() < 0:
        raise ValueError("a gain is below zero")
    start = greedy(gain, count)
    first = brought(gain, start)
    if len(start) < count or first == 0:  # nothing else adds anything: these bring all that there is
        return Sited(start, first, first, first, RELAXED)
    chosen = swapped(gain, start)
    value = brought(gain, chosen)
    kept, bound, prices = np.arange(_shape(gain)[1]), np.inf, None
    for _ in range(_ROUNDS):
        part = sparse.csc_array(gain[:, kept])
        found = relaxed(part, count, value, prices)
        prices = found.prices
        # Of the kept alone: no other is in a better choice.
        better = kept[swapped(part, np.argsort(found.worth)[::-1][:count])]
        if brought(gain, better) > value * (1 + SAME):
            chosen, value = better, brought(gain, better)
        # Dropped candidates are in no better choice, so what is left bounds them all.
        before, bound = bound, min(bound, max(found.bound, value))
        if bound <= value * (1 + SAME):
            break
        kept, size = _may_better(found, kept, count, value, chosen), len(kept)
        if len(kept) == count:  # nothing is left to change for
            bound = value
            break
        if len(kept) <= _FEW * count and gain[:, kept].nnz <= _MOST_PAIRS:  # sooner closed by the programme
            break
        if before - bound < 1e-2 * (bound - value) and len(kept) == size:
            break
    method = RELAXED
    if bound - value > PROVED * value:
        method = BOUNDED
        part = sparse.csc_array(gain[:, kept])
        if part.nnz <= _MOST_PAIRS:
            better, most = programme(part, count, seconds)
            bound = min(bound, max(most, value))
            if better is not None and brought(gain, kept[better]) > value:
                chosen = kept[better]
                value = brought(gain, chosen)
            method = PROGRAMMED if bound - value <= PROVED * value else BOUNDED
    return Sited(greedy(gain, count, chosen), value, max(bound, value), first, method)


def _may_better(found: "Relaxed", kept: np.ndarray, count: int, value: float, chosen: np.ndarray) -> np.ndarray:
    """The candidates of `kept` that a choice better than `value` may hold, and the chosen."""
    if len(kept) <= count:
        return kept
    least = np.partition(found.worth, len(kept) - count)[len(kept) - count]
    most = found.bound - least + np.minimum(found.worth, least)
    return kept[(most > value * (1 + SAME)) | np.isin(kept, chosen)]


@dataclass(frozen=True)
class Relaxed:
    """The Lagrangian relaxation at its best: `bound` on what any choice brings, `worth` (m,) of each candidate."""

    bound: float
    worth: np.ndarray
    prices: np.ndarray


def brought(gain: sparse.csc_array, chosen: np.ndarray) -> float:
    """What the `chosen` candidates bring together, of gains (n, m)."""
    return float(_best(gain, chosen).sum())


def _shape(gain: sparse.csc_array) -> tuple[int, int]:
    origins, candidates = gain.shape  # pyright: ignore[reportGeneralTypeIssues]
    return origins, candidates


def _best(gain: sparse.csc_array, chosen: np.ndarray) -> np.ndarray:
    """The largest gain (n,) of each origin from the chosen."""
    best = np.zeros(_shape(gain)[0])
    for j in np.asarray(chosen, dtype=int).tolist():
        rows, values = _column(gain, j)
        best[rows] = np.maximum(best[rows], values)
    return best


def _column(gain: sparse.csc_array, j: int) -> tuple[np.ndarray, np.ndarray]:
    held = slice(gain.indptr[j], gain.indptr[j + 1])
    return gain.indices[held], gain.data[held]


def _added(gain: sparse.csc_array, best: np.ndarray) -> np.ndarray:
    """What each candidate (m,) would add to origins that gain `best` (n,) already."""
    more = np.maximum(gain.data - best[gain.indices], 0.0)
    return np.add.reduceat(np.append(more, 0.0), gain.indptr[:-1]) * (np.diff(gain.indptr) > 0)


def greedy(gain: sparse.csc_array, count: int, among: np.ndarray | None = None) -> np.ndarray:
    """Up to `count` candidates one by one, each the one that adds most, of all or of those `among`; none that adds
    nothing. At least 1 − 1/e of the best (Nemhauser, Wolsey and Fisher 1978)."""
    allowed = np.ones(_shape(gain)[1], dtype=bool) if among is None else np.isin(np.arange(_shape(gain)[1]), among)
    best, chosen = np.zeros(_shape(gain)[0]), []
    while len(chosen) < count:
        added = np.where(allowed, _added(gain, best), -1.0)
        j = int(np.argmax(added))
        if added[j] <= 0:
            break
        chosen.append(j)
        allowed[j] = False
        rows, values = _column(gain, j)
        best[rows] = np.maximum(best[rows], values)
    return np.array(chosen, dtype=int)


def swapped(gain: sparse.csc_array, chosen: np.ndarray) -> np.ndarray:
    """Chosen candidates after swaps of one for another, the best one first, until none brings more."""
    chosen = np.array(chosen, dtype=int)
    value = brought(gain, chosen)
    for _ in range(_SWAP_ROUNDS):
        tried = []
        for at in range(len(chosen)):
            rest = np.delete(chosen, at)
            best = _best(gain, rest)
            added = _added(gain, best)
            added[chosen] = -1.0
            j = int(np.argmax(added))
            tried.append((float(best.sum() + added[j]), at, j))
        if not tried or max(tried)[0] <= value * (1 + SAME):
            break
        value, at, j = max(tried)
        chosen[at] = j
    return chosen


def relaxed(
    gain: sparse.csc_array, count: int, value: float, start: np.ndarray | None = None, steps: int = _STEPS
) -> Relaxed:
    """Bound what any `count` candidates bring, by prices (n,) that origins pay, from those of `start` on.

    With prices u ≥ 0 any choice brings at most Σ u + Σ over its candidates of their worth, Σᵢ (gᵢⱼ − uᵢ)⁺; subgradient
    steps (Held, Wolfe and Crowder 1974) aim at `value`, which a choice is known to bring, and stop there.
    """
    origins, size = _shape(gain)
    column = np.repeat(np.arange(size), np.diff(gain.indptr))
    # Half of the largest gain is a price between that of a candidate alone and of one among many.
    prices = _largest(gain) / 2 if start is None else start
    best = Relaxed(np.inf, np.zeros(size), prices)
    scale, waited = 2.0, 0
    for _ in range(steps):
        over = gain.data - prices[gain.indices]
        paid = over > 0
        worth = np.bincount(column[paid], over[paid], minlength=size)
        taken = np.zeros(size, dtype=bool)
        taken[np.argsort(worth)[::-1][:count]] = True
        bound = float(prices.sum() + worth[taken].sum())
        waited = waited + 1 if bound >= best.bound else 0
        if bound < best.bound:
            best = Relaxed(bound, worth, prices)
        if best.bound <= value * (1 + SAME):
            break
        if waited >= _PATIENCE:
            scale, waited, prices = scale / 2, 0, best.prices
            continue
        use = paid & taken[column]
        slope = 1.0 - np.bincount(gain.indices[use], minlength=origins)
        slope[(prices <= 0) & (slope > 0)] = 0.0  # no price falls below nothing
        norm = float(slope @ slope)
        if norm == 0:  # every origin pays one candidate at most: this choice brings the bound
            break
        prices = np.maximum(prices - scale * (bound - value) / norm * slope, 0.0)
    return best


def _largest(gain: sparse.csc_array) -> np.ndarray:
    found = np.zeros(_shape(gain)[0])
    np.maximum.at(found, gain.indices, gain.data)
    return found
