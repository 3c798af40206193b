"""Round classes of journeys: under 3, 3 to 6, … 12 and over. The same on a page and in the window."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

COUNT = 5
_STEPS = (0.1, 0.2, 0.5, 1, 2, 3, 4, 5, 10, 20, 30, 40, 50, 100)
_MOST = 95  # the percentile of small areas that the classes reach to; the last is open


def ends_of(values: np.ndarray) -> tuple[float, ...]:
    """The four ends of the five classes that suit values (n,), NaN unknown."""
    known = values[np.isfinite(values)]
    wanted = float(np.percentile(known, _MOST)) if len(known) else 0.0
    step = next((one for one in _STEPS if one * COUNT >= wanted), _STEPS[-1])
    return tuple(float(f"{step * at:g}") for at in range(1, COUNT))


def class_of(values: np.ndarray, ends: Sequence[float]) -> np.ndarray:
    """The class (n,) of each value: 0 up to the first end, −1 for none. An end is of the class above it."""
    return np.where(np.isfinite(values), np.searchsorted(ends, np.nan_to_num(values), side="right"), -1)


def names_of(ends: Sequence[float]) -> list[str]:
    """What the classes are called."""
    middle = [f"{low:g} to {high:g}" for low, high in pairwise(ends)]
    return [f"under {ends[0]:g}", *middle, f"{ends[-1]:g} and over"]
