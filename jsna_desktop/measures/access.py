"""How far people are from a service: means, percentiles and shares within limits; floating catchments; inequality.

A journey that is not known (NaN) is left out of every figure, and the share of residents that it stands for is given.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse

# Luo and Qi (2009): minutes by car, and how much of a service somebody in each zone has.
ZONES, ZONE_WEIGHTS = (10.0, 20.0, 30.0), (1.0, 0.68, 0.22)
# Sums of many links that come to a limit exactly need not do so to the last bit.
_ROUNDING = 1e-9


@dataclass(frozen=True)
class Journeys:
    """Journeys of the residents of groups (g,): `residents`, those of unknown journeys among them.

    `mean`, `median` and `p90` (g,) in the journeys' unit, NaN where nobody's journey is known; `within` (g, limits) the
    share of residents within each limit; `unrouted` (g,) the share whose journey is not known.
    """

    residents: np.ndarray
    mean: np.ndarray
    median: np.ndarray
    p90: np.ndarray
    within: np.ndarray
    unrouted: np.ndarray


def journeys(cost: np.ndarray, people: sparse.csr_array, limits: Sequence[float]) -> Journeys:
    """Of journeys `cost` (n,), NaN unknown, of the residents `people` (g, n) who begin each.

    A percentile is the least journey that so large a share of residents have, or a shorter one.
    """
    known = np.isfinite(cost)
    everyone = np.asarray(people.sum(axis=1), float)
    routed = people @ known.astype(float)
    clean = np.where(known, cost, 0.0)
    ends = np.array(limits, dtype=float) + _ROUNDING
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = (people @ clean) / routed
        reached = people @ (known[:, None] & (clean[:, None] <= ends[None, :])).astype(float)
        within = reached / routed[:, None]
        unrouted = np.where(everyone > 0, 1 - routed / everyone, np.nan)
    median, p90 = _percentiles(cost, people, (0.5, 0.9))
    # The sums of a share that is none need not be nothing to the last bit.
    return Journeys(everyone, mean, median, p90, np.minimum(within, 1.0), np.where(unrouted < 1e-12, 0.0, unrouted))


def beyond(cost: np.ndarray, limit: float) -> np.ndarray:
    """Which journeys (n,) are known and longer than a limit: those that `within` leaves out."""
    return np.isfinite(cost) & (np.nan_to_num(cost) > limit + _ROUNDING)


def _percentiles(cost: np.ndarray, people: sparse.csr_array, shares: tuple[float, ...]) -> np.ndarray:
    """Percentiles (shares, g), NaN where nobody's journey is known."""
    groups = len(people.indptr) - 1
    found = np.full((len(shares), groups), np.nan)
    order = np.argsort(cost, kind="stable")  # NaN last
    rank = np.empty(len(cost), dtype=np.int64)
    rank[order] = np.arange(len(cost))
    count = int(np.isfinite(cost).sum())
    for group in range(groups):  # each has residents of its own, of differing numbers
        held = slice(people.indptr[group], people.indptr[group + 1])
        places, weight = rank[people.indices[held]], people.data[held]
        kept = (places < count) & (weight > 0)
        places, weight = places[kept], weight[kept]
        if not len(places):
            continue
        by_cost = np.argsort(places)
        total = np.cumsum(weight[by_cost])
        # A share that is reached but for the last bit is reached.
        at = np.searchsorted(total, np.array(shares) * total[-1] * (1 - 1e-12))
        found[:, group] = cost[order[places[by_cost[at]]]]
    return found


@dataclass(frozen=True)
class Floating:
    """Enhanced two-step floating catchments: `supply` (n,) of each point, for every resident; `ratio` (s,) of services.

    `ratio` is NaN for a service that has no capacity or that nobody lives near; it then adds to nobody's supply.
    """

    supply: np.ndarray
    ratio: np.ndarray


def floating_catchment(
    point: np.ndarray,
    service: np.ndarray,
    minutes: np.ndarray,
    residents: np.ndarray,
    capacity: np.ndarray,
    zones: Sequence[float] = ZONES,
    weights: Sequence[float] = ZONE_WEIGHTS,
) -> Floating:
    """The enhanced two-step floating catchment area (Luo W, Qi Y. Health & Place 2009; 15: 1100–1107).

    Ways (w,) from `point` to `service`, a row each, with their `minutes`; `residents` (n,) at each point and `capacity`
    (s,), NaN where unknown. A way to the end of a zone is in it. First R = capacity / Σ W·residents over the zones,
    then supply = Σ W·R, the same weights W in both: Σ residents·supply is the capacity of all services with a ratio.
    Capacities below zero count as unknown.
    """
    zone = np.searchsorted(np.array(zones, float) + _ROUNDING, minutes)
    within = zone < len(zones)
    weight = np.array([*weights, 0.0])[zone]
    demand = np.bincount(service[within], (weight * residents[point])[within], minlength=len(capacity))
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio = np.where((demand > 0) & (capacity >= 0), capacity / demand, np.nan)
    offered = np.nan_to_num(ratio)[service]
    supply = np.bincount(point[within], (weight * offered)[within], minlength=len(residents))
    return Floating(supply, ratio)


def lorenz(value: np.ndarray, weight: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Cumulative shares (k + 1,) of residents and of what they have, those with the least first.

    `value` (k,) is what each of the residents `weight` (k,) has; values that are not known are left out.
    """
    known = np.isfinite(value) & (weight > 0)
    order = np.argsort(value[known], kind="stable")
    people, held = weight[known][order], (value * weight)[known][order]
    with np.errstate(invalid="ignore", divide="ignore"):
        return tuple(np.concatenate([[0.0], np.cumsum(part) / part.sum()]) for part in (people, held))  # pyright: ignore


def gini(value: np.ndarray, weight: np.ndarray) -> float:
    """Twice the area between the Lorenz curve and equality: 0 where all have the same; NaN where there is nothing."""
    people, held = lorenz(value, weight)
    if len(people) < 2 or not np.isfinite(held[-1]):
        return float("nan")
    return float(1 - np.sum(np.diff(people) * (held[1:] + held[:-1])))
