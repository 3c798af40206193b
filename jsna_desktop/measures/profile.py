"""Estimates of every indicator for every place, from one product of weights and columns (methods.md 1)."""

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from jsna_desktop.indicator import COUNT, MEAN, MODELLED, PROPORTION, RATE
from jsna_desktop.measures import intervals
from jsna_desktop.measures.deprivation import local_concentration
from jsna_desktop.measures.parts import Plan, Stack

# Why a value is not given, or what to know of it: the text of each note code. Past WITHHELD there is a value.
NOTES = (
    "",
    "not given: more than 20 % of residents live in areas without a value",
    "not given: a total with an area missing is not a total",
    "not given: nobody lives here by the population used",
    "not given: {refusal}",
    "between the limits shown: the publisher withheld small numbers in some areas",
    "not given: no boundaries to share these areas out by",
)
OK, SPARSE, HOLE, EMPTY, REFUSED, RANGE, UNPLACED = range(7)

MISSING_LIMIT = 0.20
# Residents: where generalised outlines overlap by a sliver, the neighbour's area is not one that is missing.
_SLIVER = 0.5
# A suppressed number is low, not missing: what it may be where the publisher does not say (HES rule: 1 to 7; zero is
# allowed too, as some publishers hide it).
SUPPRESSED_MOST = 7.0
PEOPLE = ("people", "residents", "households")


@dataclass(frozen=True)
class Estimates:
    """Estimates of K indicators for L places, arrays (L, K) in the indicators' own units.

    NaN where there is none; `notes` int8 index NOTES; `missing` is the share of residents in areas without a value.
    """

    value: np.ndarray
    lower: np.ndarray
    upper: np.ndarray
    numerator: np.ndarray
    denominator: np.ndarray
    missing: np.ndarray
    notes: np.ndarray


def estimates(weights: sparse.csr_array, stack: Stack, confidence: float = 0.95) -> Estimates:
    """Estimates for the rows of `weights` (L, blocks)."""
    sums = np.asarray(weights @ stack.matrix)
    concentrations = {
        place: local_concentration(weights, rank, people, stack.plans[place].indicator.universe, order)
        for place, (rank, people, order) in stack.ranked.items()
    }
    return from_sums(sums, stack.plans, concentrations, confidence)


def from_sums(
    sums: np.ndarray, plans: tuple[Plan, ...], concentrations: dict[int, np.ndarray], confidence: float = 0.95
) -> Estimates:
    """Estimates from the summed columns (L, columns) and the measures that no sum can give (plan → (L,))."""
    places, count = len(sums), len(plans)
    padded = np.concatenate([sums, np.full((places, 1), np.nan)], axis=1)

    def column(part: str) -> np.ndarray:
        return padded[:, [getattr(plan, part) for plan in plans]]

    top, bottom = column("numerator"), column("denominator")
    indicators = [plan.indicator for plan in plans]
    kinds = np.array([i.kind for i in indicators])
    factor = np.array([i.multiplier for i in indicators], dtype=float)
    counts = kinds == COUNT
    with np.errstate(invalid="ignore", divide="ignore"):
        missing = np.nan_to_num(column("missing") / column("residents"))
        value = np.where(counts, top, factor * top / bottom)
    for place, values in concentrations.items():
        value[:, place] = values
    lower, upper = _limits(value, top, bottom, kinds, factor, plans, column, confidence)
    low, high = _suppressed_range(value, top, bottom, kinds, factor, column("withheld"), confidence)
    ranged = np.isfinite(low)
    lower, upper = np.where(ranged, low, lower), np.where(ranged, high, upper)

    notes = np.zeros((places, count), dtype=np.int8)
    notes[ranged] = RANGE
    notes[np.isnan(value) & ~ranged] = EMPTY
    notes[missing > MISSING_LIMIT] = SPARSE
    notes[counts & (np.nan_to_num(column("missing")) > _SLIVER)] = HOLE
    notes[:, [bool(plan.refusal) for plan in plans]] = REFUSED
    gone = (notes != OK) & (notes != RANGE)
    value[(notes != OK)] = np.nan
    top = np.where(gone | (notes == RANGE) | ~_own_counts(plans), np.nan, top)
    return Estimates(
        value,
        np.where(gone, np.nan, lower),
        np.where(gone, np.nan, upper),
        top,
        np.where(gone, np.nan, bottom),
        missing,
        notes,
    )


def _own_counts(plans: tuple[Plan, ...]) -> np.ndarray:
    """Whose numerator is a number of people or areas, worth showing: not score times residents."""
    shown = []
    for plan in plans:
        measure = plan.indicator.measure
        shown.append(plan.indicator.kind in (COUNT, PROPORTION, RATE) or "_in:" in measure)
    return np.array(shown, dtype=bool)


def _limits(value, top, bottom, kinds, factor, plans, column, confidence):
    """Limits by kind: Wilson, Byar, exact Poisson, Student; none for an index (methods.md 1)."""
    lower, upper = np.full(value.shape, np.nan), np.full(value.shape, np.nan)
    own = kinds == PROPORTION
    if own.any():
        low, high = intervals.wilson(top[:, own], bottom[:, own], confidence)
        lower[:, own], upper[:, own] = factor[own] * low, factor[own] * high
    own = kinds == RATE
    if own.any():
        low, high = intervals.byar_count(top[:, own], confidence)
        with np.errstate(invalid="ignore", divide="ignore"):
            lower[:, own], upper[:, own] = factor[own] * low / bottom[:, own], factor[own] * high / bottom[:, own]
    own = np.array([p.indicator.kind == COUNT and p.indicator.unit not in PEOPLE for p in plans], dtype=bool)
    if own.any():
        lower[:, own], upper[:, own] = intervals.poisson_count(top[:, own], confidence)
    own = kinds == MEAN
    if own.any():
        n, mean = bottom[:, own], value[:, own] / factor[own]
        with np.errstate(invalid="ignore", divide="ignore"):
            variance = np.maximum(column("square")[:, own] - n * mean**2, 0) / (n - 1)
        low, high = intervals.student_mean(mean, variance, n, confidence)
        lower[:, own], upper[:, own] = factor[own] * low, factor[own] * high
    own = np.array([p.indicator.kind == MODELLED and p.error >= 0 for p in plans], dtype=bool)
    if own.any():
        # The errors of a model move together: the widest case (methods.md 1).
        z = intervals.standard_normal(confidence)
        with np.errstate(invalid="ignore", divide="ignore"):
            half = z * factor[own] * column("error")[:, own] / bottom[:, own]
        lower[:, own], upper[:, own] = value[:, own] - half, value[:, own] + half
    return lower, upper


def _suppressed_range(value, top, bottom, kinds, factor, withheld, confidence):
    """Limits at the lowest and the highest that suppressed numbers may be; NaN where nothing is suppressed."""
    some = np.nan_to_num(withheld) > 0
    if not some.any():
        nothing = np.full(value.shape, np.nan)
        return nothing, nothing
    most = top + SUPPRESSED_MOST * np.nan_to_num(withheld)
    low, high = np.full(value.shape, np.nan), np.full(value.shape, np.nan)
    own = kinds == PROPORTION
    low[:, own] = factor[own] * intervals.wilson(top[:, own], bottom[:, own], confidence)[0]
    high[:, own] = factor[own] * intervals.wilson(np.minimum(most, bottom)[:, own], bottom[:, own], confidence)[1]
    own = kinds == RATE
    with np.errstate(invalid="ignore", divide="ignore"):
        low[:, own] = factor[own] * intervals.byar_count(top[:, own], confidence)[0] / bottom[:, own]
        high[:, own] = factor[own] * intervals.byar_count(most[:, own], confidence)[1] / bottom[:, own]
    own = kinds == COUNT
    low[:, own] = intervals.poisson_count(top[:, own], confidence)[0]
    high[:, own] = intervals.poisson_count(most[:, own], confidence)[1]
    return np.where(some, low, np.nan), np.where(some, high, np.nan)
