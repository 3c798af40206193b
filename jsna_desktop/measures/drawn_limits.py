"""Limits of slope and relative index of rates and shares, by simulation on the scale of logarithms or of log odds.

As PHEindicatormethods 2.1.0: groups are drawn there, brought back, and the line is fitted to them again. A group's
value is a smooth curve of its draw, so a Chebyshev series of few terms stands for it: the values of all draws are then
one product of matrices, where an exponential of each draw would take four times as long. A series is as long as its
curve needs to be right to a millionth.
"""

import numpy as np
from numpy.polynomial import chebyshev
from scipy import special

DRAWS = 10_000
_SEED = 20_250_701
# How long a series may be, shortest first; the longest serves what has hardly an event.
_TERMS = (8, 16, 32, 64)
_RIGHT = 1e-6
# A BLAS makes products of so many numbers on one thread: on several, small ones wait for each other most of the time,
# and on a busy machine nearly all of it.
_PRODUCT = 1 << 18
_TOGETHER = 4  # places
_SAMPLE = 512


def drawn_limits(
    most: np.ndarray, least: np.ndarray, value: np.ndarray, se: np.ndarray, confidence: float, scale: str
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Lower and upper limit of the slope, and of the relative index, each (…,), from `value` (…, k) of groups.

    `most`, `least` (…, k) are what each group brings to the line's two ends; `se` (…, k) are on `scale`, "log" or
    "logit". 10,000 draws from one seed, the same for every place, so that the order of places changes nothing but the
    last digit of a short float. NaN where a value or an error is missing.
    """
    if scale not in ("log", "logit"):
        raise ValueError(f"there is no scale {scale!r}")
    shape, groups = value.shape[:-1], value.shape[-1]
    most, least, value, se = (part.reshape(-1, groups) for part in np.broadcast_arrays(most, least, value, se))
    limits = np.full((4, len(value)), np.nan)
    known = np.flatnonzero(np.isfinite(value).all(axis=1) & np.isfinite(se).all(axis=1))
    draws = np.random.default_rng(_SEED).standard_normal((groups, DRAWS)).astype(np.float32)
    reach = float(np.abs(draws).max())
    tails = ((1 - confidence) / 2, (1 + confidence) / 2)
    for at, terms in enumerate(_TERMS):
        if not len(known):
            break
        series = _series(value[known], se[known], reach, terms, scale)
        size = np.abs(series).max(axis=2)
        fits = (np.abs(series[..., -2:]).max(axis=2) <= _RIGHT * size).all(axis=1) | (at == len(_TERMS) - 1)
        if fits.any():
            chosen = known[fits]
            ends = np.stack([most[chosen], least[chosen]], axis=1)[..., None] * series[fits][:, None]
            limits[:, chosen] = _of_series(ends.reshape(len(chosen), 2, -1), _curves(draws / reach, terms), tails)
        known = known[~fits]
    return tuple(part.reshape(shape) for part in limits)  # type: ignore[return-value]


def _series(value: np.ndarray, se: np.ndarray, reach: float, terms: int, scale: str) -> np.ndarray:
    """Chebyshev coefficients (places, groups, terms) of each group's value over draws from −reach to reach."""
    nodes = np.cos(np.pi * (np.arange(terms) + 0.5) / terms)
    off = se[..., None] * (reach * nodes)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        curve = (
            value[..., None] * np.exp(off) if scale == "log" else special.expit(special.logit(value)[..., None] + off)
        )
    turned = chebyshev.chebvander(nodes, terms - 1) * (2 / terms)
    turned[:, 0] /= 2
    return curve @ turned


def _curves(draws: np.ndarray, terms: int) -> np.ndarray:
    """The Chebyshev polynomials of every draw (groups, draws), as (pieces, groups · terms, draws of a piece)."""
    made = np.empty((len(draws), terms, draws.shape[1]), dtype=np.float32)
    made[:, 0], made[:, 1] = 1, draws
    for term in range(2, terms):
        np.multiply(2 * draws, made[:, term - 1], out=made[:, term])
        made[:, term] -= made[:, term - 2]
    rows = made.reshape(-1, draws.shape[1])
    most = max(1, _PRODUCT // (2 * _TOGETHER * len(rows)))
    size = next(size for size in range(min(most, DRAWS), 0, -1) if DRAWS % size == 0)
    return np.ascontiguousarray(rows.reshape(len(rows), -1, size).swapaxes(0, 1))


def _of_series(ends: np.ndarray, curves: np.ndarray, tails: tuple[float, float]) -> np.ndarray:
    """Limits (4, places) from the two ends' coefficients (places, 2, groups · terms)."""
    found = np.empty((4, len(ends)))
    for start in range(0, len(ends), _TOGETHER):
        block = ends[start : start + _TOGETHER].astype(np.float32)
        drawn = np.matmul(block.reshape(-1, block.shape[-1]), curves).swapaxes(0, 1).reshape(len(block), 2, -1)
        for place, (from_most, from_least) in enumerate(drawn):
            found[:2, start + place] = quantiles(from_least - from_most, tails)
            found[2:, start + place] = quantiles(from_least / from_most, tails)
    return found


def quantiles(values: np.ndarray, tails: tuple[float, float]) -> list[float]:
    """A low and a high quantile of `values` (n,) in no order, between two of them in a straight line as np.quantile.

    Only the tails are sorted: what lies beyond a value well inside, which the first few hundred tell. That takes a
    quarter of the time of sorting all of them; where these mislead, all are sorted.
    """
    sample = np.sort(values[:_SAMPLE])
    found = []
    for tail, sign in ((tails[0], 1), (1 - tails[1], -1)):
        place = tail * (len(values) - 1)
        below = int(place)
        ends = sample if sign > 0 else -sample[::-1]
        edge = ends[min(int((tail + 0.06) * len(ends)), len(ends) - 1)]
        signed = values if sign > 0 else -values
        part = np.sort(signed[signed < edge])
        if len(part) < below + 2:
            part = np.sort(signed)
        after = part[min(below + 1, len(part) - 1)]
        found.append(sign * float(part[below] + (place - below) * (after - part[below])))
    return found
