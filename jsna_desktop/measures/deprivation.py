"""Measures of deprivation for a place, as MHCLG makes them for districts.

Source: MHCLG, *English Indices of Deprivation 2025: Technical Report*, "Summary measures". Ranks run from 1, the most
deprived; average rank and local concentration are published with the ranks reversed (most deprived = highest).
"""

import numpy as np
from scipy import sparse


def extent_taper(rank: np.ndarray, universe: int) -> np.ndarray:
    """How far an area counts towards the extent (n,): 1 in the most deprived tenth, then by whole percentiles

    from 0.95 in the 11th to 0.05 in the 30th, then 0. `universe` is the number of areas ranked.
    """
    percentile = np.ceil(100 * rank / universe)
    taper = np.where(percentile <= 10, 1.0, 0.95 - (percentile - 11) * 0.9 / 19)
    return np.where(percentile <= 30, taper, np.where(np.isnan(rank), np.nan, 0.0))


def most_deprived_first(rank: np.ndarray, population: np.ndarray) -> np.ndarray:
    """The place (blocks,) of each block in the order of its rank; blocks without rank or residents come last."""
    known = np.isfinite(rank) & np.isfinite(population)
    order = np.argsort(np.where(known, rank, np.inf), kind="stable")
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    return place


def local_concentration(
    weights: sparse.csr_array, rank: np.ndarray, population: np.ndarray, universe: int, place: np.ndarray | None = None
) -> np.ndarray:
    """Population-weighted average reversed rank of the most deprived areas with exactly 10 % of residents.

    `weights` sparse (localities, blocks), `rank` and `population` (blocks,); blocks without either are left out. NaN
    where a locality has no residents. `place` is `most_deprived_first` where the caller has it already.
    """
    known = np.isfinite(rank) & np.isfinite(population)
    if place is None:
        place = most_deprived_first(rank, population)
    localities = len(weights.indptr) - 1
    rows = np.repeat(np.arange(localities), np.diff(weights.indptr))
    entries = np.argsort(rows * len(place) + place[weights.indices], kind="stable")
    blocks = weights.indices[entries]  # the rows' own order is kept: only blocks within a row change places
    people = weights.data[entries] * np.where(known, population, 0.0)[blocks]
    total = np.bincount(rows, people, minlength=localities)
    running = np.cumsum(people)
    before_row = np.concatenate([[0.0], np.cumsum(total)[:-1]])
    before = running - people - before_row[rows]
    taken = np.clip(0.1 * total[rows] - before, 0.0, people)
    reversed_rank = np.where(known, universe + 1 - rank, 0.0)[blocks]
    held = np.bincount(rows, taken, minlength=localities)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.bincount(rows, taken * reversed_rank, minlength=localities) / held
