"""Is a place different from its comparator? (methods.md 3)

A fixed comparator (England, a region, a district that contains the place) is compared with the place's own 95 %
interval. Two places of like size are compared by the interval of their difference (Newcombe 1998, square and add).
"""

import numpy as np

BETTER, WORSE, SIMILAR, HIGHER, LOWER, NOT_COMPARED = "better", "worse", "similar", "higher", "lower", "not compared"
VERDICTS = (BETTER, WORSE, SIMILAR, HIGHER, LOWER, NOT_COMPARED)


def _verdicts(above: np.ndarray, below: np.ndarray, known: np.ndarray, polarity: np.ndarray) -> np.ndarray:
    good, bad = polarity == "high good", polarity == "low good"
    found = np.full(known.shape, SIMILAR, dtype=f"U{len(NOT_COMPARED)}")
    np.copyto(found, np.where(good, WORSE, np.where(bad, BETTER, LOWER)), where=below)
    np.copyto(found, np.where(good, BETTER, np.where(bad, WORSE, HIGHER)), where=above)
    found[~known] = NOT_COMPARED
    return found


def against_fixed(lower: np.ndarray, upper: np.ndarray, comparator: np.ndarray, polarity: np.ndarray) -> np.ndarray:
    """Verdicts where the comparator is a fixed value: limits, comparator (…, k), polarity (k,) → text (…, k)."""
    with np.errstate(invalid="ignore"):
        above, below = lower > comparator, upper < comparator
    known = np.isfinite(lower) & np.isfinite(upper) & np.isfinite(comparator)
    return _verdicts(above, below, known, np.asarray(polarity))


def difference_interval(
    value: np.ndarray, lower: np.ndarray, upper: np.ndarray, other: np.ndarray, other_lower: np.ndarray,
    other_upper: np.ndarray,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:  # fmt: skip
    """The difference of two independent values and its limits from each value's own (Newcombe 1998, method 10)."""
    difference = value - other
    below = np.sqrt((value - lower) ** 2 + (other_upper - other) ** 2)
    above = np.sqrt((upper - value) ** 2 + (other - other_lower) ** 2)
    return difference, difference - below, difference + above


def against_place(difference_lower: np.ndarray, difference_upper: np.ndarray, polarity: np.ndarray) -> np.ndarray:
    """Verdicts from the limits of the difference to another place: (…, k) → text (…, k)."""
    known = np.isfinite(difference_lower) & np.isfinite(difference_upper)
    with np.errstate(invalid="ignore"):
        above, below = difference_lower > 0, difference_upper < 0
    return _verdicts(above, below, known, np.asarray(polarity))
