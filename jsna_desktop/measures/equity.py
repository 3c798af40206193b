"""Use beside need in the groups of a place: does it differ by more than chance, and who is unserved (methods.md 5)."""

from itertools import pairwise

import numpy as np
from scipy import special


def chance_of_difference(use: np.ndarray, need: np.ndarray) -> float:
    """Probability of groups (k,) as unlike as these if all were served alike: chi-square, k − 1 degrees of freedom.

    NaN for fewer than two groups with a need, or where nobody is served.
    """
    known = np.isfinite(use) & (need > 0)
    use, need = use[known], need[known]
    if len(use) < 2 or use.sum() <= 0:
        return float("nan")
    expected = use.sum() * need / need.sum()
    return float(special.chdtrc(len(use) - 1, ((use - expected) ** 2 / expected).sum()))


def unserved(use: np.ndarray, need: np.ndarray, best: float) -> np.ndarray:
    """How many more (k,) of each group's need would be served at the ratio `best`; none where it is served better."""
    return np.maximum(best * need - use, 0.0)


def common_ages(
    first: list[tuple[int, int]], second: list[tuple[int, int]], coarse: tuple[int, ...], most: int
) -> list[tuple[int, int]]:
    """The age groups (first, last year; 200 is open) that both lists of ranges fill without a gap, in order.

    Where these are more than `most`, they are put together at the `coarse` ages that both know. [] where a list has
    ranges that overlap, or the two have no group in common.
    """
    edges = [_edges(sorted(ranges)) for ranges in (first, second)]
    if not all(edges):
        return []
    shared = sorted(set(edges[0]) & set(edges[1]))
    groups = _filled(shared, first, second)
    if len(groups) > most:
        groups = _filled([age for age in shared if age in coarse or age in (shared[0], shared[-1])], first, second)
    return groups


def apart(ranges: list[tuple[int, int]]) -> bool:
    """Whether no two ranges share an age."""
    return all(before[1] < after[0] for before, after in pairwise(sorted(ranges)))


def _edges(ranges: list[tuple[int, int]]) -> list[int]:
    return [edge for low, high in ranges for edge in (low, high + 1)] if apart(ranges) else []


def _filled(edges: list[int], *lists: list[tuple[int, int]]) -> list[tuple[int, int]]:
    def fill(ranges: list[tuple[int, int]], low: int, high: int) -> bool:
        return sum(b - a + 1 for a, b in ranges if a >= low and b <= high) == high - low + 1

    pairs = [(low, after - 1) for low, after in pairwise(edges)]
    return [pair for pair in pairs if all(fill(ranges, *pair) for ranges in lists)]
