"""Groups of as equal a number of areas as can be, by rank: local fifths and tenths.

Source: PHEindicatormethods 2.1.0, `phe_quantile`, where values that are equal share the first of their places.
"""

import numpy as np


def quantiles(value: np.ndarray, groups: int) -> np.ndarray:
    """Group (n,) of each value, 1 for the highest values … `groups`; 0 where the value is missing.

    All missing too where there are fewer values than groups.
    """
    value = np.asarray(value, float)
    known = np.isfinite(value)
    count = int(known.sum())
    found = np.zeros(len(value), dtype=int)
    if count < groups:
        return found
    ordered = np.sort(value[known])
    above = count - np.searchsorted(ordered, value[known], side="right")
    found[known] = above * groups // count + 1
    return found
