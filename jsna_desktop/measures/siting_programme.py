"""The integer programme of siting, for HiGHS: which k candidates bring most, proved.

By the sets of candidates that bring an origin at least so much (Cornuéjols, Nemhauser and Wolsey 1980; Elloumi 2010):
its relaxation is as strong as that with a variable for each pair of origin and candidate, and origins share their sets.
"""

import numpy as np
from scipy import sparse

_SCALE = 1e4  # HiGHS compares to a millionth: what all origins could have comes to so much


def programme(gain: sparse.csc_array, count: int, seconds: float) -> tuple[np.ndarray | None, float]:
    """The best choice found (positions, None where none is) of gains (n, m), and the most that any can bring."""
    from scipy.optimize import Bounds, LinearConstraint, milp

    size = len(gain.indptr) - 1
    worth, rows, columns, values = _sets(gain, size)
    scale = _SCALE / worth.sum()
    sets = len(worth) - size
    shares = sparse.csr_array((values, (rows, columns)), shape=(sets, size + sets))
    one = sparse.csr_array(np.concatenate([np.ones(size), np.zeros(sets)])[None])
    found = milp(
        -worth * scale,
        integrality=np.concatenate([np.ones(size), np.zeros(sets)]),
        bounds=Bounds(0, 1),
        constraints=[LinearConstraint(shares, -np.inf, 0), LinearConstraint(one, 0, count)],
        options={"time_limit": seconds, "mip_rel_gap": 0.0},
    )
    bound = getattr(found, "mip_dual_bound", None)
    most = np.inf if bound is None or not np.isfinite(bound) else -bound / scale
    return (None if found.x is None else np.flatnonzero(found.x[:size] > 0.5)), float(most)


def _sets(gain: sparse.csc_array, size: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """`worth` (m + sets,) of a candidate alone and of each larger set of which one is open; entries of z ≤ Σ.

    A set is the next smaller one of the same origin and the candidates that come to it: z ≤ z of that one + Σ y.
    """
    by_row = sparse.csr_array(gain)
    worth = [0.0] * size
    number: dict[int, int] = {1 << j: j for j in range(size)}  # bits of a set → its variable
    rows: list[int] = []
    columns: list[int] = []
    values: list[float] = []
    for row in range(len(by_row.indptr) - 1):  # sets of whole numbers of any size: NumPy has no such
        held = slice(by_row.indptr[row], by_row.indptr[row + 1])
        own = np.asarray(by_row.data[held], dtype=float)
        order = np.lexsort((by_row.indices[held], -own))
        gains, candidates = own[order].tolist(), by_row.indices[held][order].tolist()
        bits, parent, fresh = 0, -1, []
        for at, j in enumerate(candidates):
            bits |= 1 << j
            fresh.append(j)
            less = gains[at] - (gains[at + 1] if at + 1 < len(gains) else 0.0)
            if less <= 0:
                continue
            if bits not in number:
                number[bits] = len(worth)
                worth.append(0.0)
                terms = fresh if parent < 0 else [*fresh, parent]
                rows += [len(worth) - 1 - size] * (len(terms) + 1)
                columns += [len(worth) - 1, *terms]
                values += [1.0, *([-1.0] * len(terms))]
            parent, fresh = number[bits], []
            worth[parent] += less
    return np.array(worth), np.array(rows, dtype=int), np.array(columns, dtype=int), np.array(values)
