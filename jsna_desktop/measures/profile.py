"""Estimates of every indicator for every place, from one product of weights and columns (methods.md 1)."""

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, fields

import numpy as np
from scipy import sparse

from jsna_desktop.measures import intervals
from jsna_desktop.measures.deprivation import local_concentration
from jsna_desktop.measures.parts import Stack
from jsna_desktop.measures.plans import Group, Groups, Plan
from jsna_desktop.measures.rates import FEWEST_EVENTS, ROUNDING, directly_standardised

# Why a value is not given, or what to know of it: the text of each note code. Past WITHHELD there is a value.
NOTES = (
    "",
    "not given: more than 20 % of residents live in areas without a value",
    "not given: a total with an area missing is not a total",
    "not given: nobody lives here by the population used",
    "not given: {refusal}",
    "between the limits shown: the publisher withheld small numbers in some areas",
    "not given: no boundaries to share these areas out by",
    "not given: fewer than 10 events, too few to standardise",
    "not given: an age band of the standard population has nobody here",
)
OK, SPARSE, HOLE, EMPTY, REFUSED, RANGE, UNPLACED, FEW, NO_BAND = range(9)

MISSING_LIMIT = 0.20
# Sums (places × columns) of one piece: with what is made of them a few megabytes.
_AT_ONCE = 1 << 16
# Past two the memory, not the arithmetic, is waited for.
_THREADS = 2
# Residents: where generalised outlines overlap by a sliver, the neighbour's area is not one that is missing.
_SLIVER = 0.5
# A suppressed number is low, not missing: what it may be where the publisher does not say (HES rule: 1 to 7; zero is
# allowed too, as some publishers hide it).
SUPPRESSED_MOST = 7.0


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
    concentrations = {
        place: local_concentration(weights, rank, people, stack.plans[place].indicator.universe, order)
        for place, (rank, people, order) in stack.ranked.items()
    }
    places, count = weights.indptr.size - 1, len(stack.plans)
    value, lower, upper, top, bottom = (np.empty((places, count)) for _ in range(5))
    # Nothing is missing, and nothing is to be noted, of most: zeros cost nothing until they are written to.
    made = Estimates(value, lower, upper, top, bottom, np.zeros((places, count)), np.zeros((places, count), np.int8))
    groups = stack.groups
    # Many places go by pieces that stay in the processor's own memory, on every processor.
    size = max(1, _AT_ONCE // max(1, stack.matrix.shape[1]))

    def piece(start: int) -> None:
        part = slice(start, start + size)
        own = {place: values[part] for place, values in concentrations.items()}
        rows = weights if size >= places else weights[part]
        _of_sums(np.asarray(rows @ stack.matrix), _part(made, part), stack.plans, groups, own, confidence)

    starts = range(0, places, size)
    if len(starts) > 1:
        with ThreadPoolExecutor(min(_THREADS, os.cpu_count() or 1)) as pool:
            list(pool.map(piece, starts))
    elif places:
        piece(0)
    return made


def _part(whole: Estimates, places: slice) -> Estimates:
    """Views of the estimates of some places."""
    return Estimates(*(getattr(whole, field.name)[places] for field in fields(Estimates)))


def _of_sums(
    sums: np.ndarray,
    made: Estimates,
    plans: tuple[Plan, ...],
    groups: Groups,
    concentrations: dict[int, np.ndarray],
    confidence: float,
) -> None:
    """Fill `made` from the summed columns (L, columns) and the measures that no sum can give (plan → (L,))."""
    value, lower, upper, top, bottom = made.value, made.lower, made.upper, made.numerator, made.denominator
    missing, notes, factor = made.missing, made.notes, groups.factor
    _take(sums, groups.numerator, groups.without_numerator, top)
    _take(sums, groups.denominator, groups.without_denominator, bottom)
    with np.errstate(invalid="ignore", divide="ignore"):
        if own := groups.gaps:
            gone = sums[:, own.columns("missing")]
            missing[:, own.at] = np.nan_to_num(gone / sums[:, own.columns("residents")])
        np.multiply(factor, top, out=value)
        np.divide(value, bottom, out=value)
    if groups.counts:
        value[:, groups.counts.at] = top[:, groups.counts.at]
    for place, values in concentrations.items():
        value[:, place] = values
    _limits(sums, made, groups, confidence)
    ranged = _suppressed_ranges(sums, made, groups, confidence)
    _standardised_rates(sums, made, plans, groups, ranged, confidence)
    empty = np.isnan(value)
    if empty.any():
        notes[empty] = EMPTY
    if ranged is not None:
        notes[ranged] = RANGE
    for k in groups.bands:
        gone = (notes[:, k] == EMPTY) & (bottom[:, k] > 0)
        notes[gone, k] = np.where(top[gone, k] < FEWEST_EVENTS - ROUNDING, FEW, NO_BAND)
    if groups.gaps:
        notes[missing > MISSING_LIMIT] = SPARSE
    if own := groups.holes:
        noted = notes[:, own.at]
        noted[np.nan_to_num(sums[:, own.columns("missing")]) > _SLIVER] = HOLE
        notes[:, own.at] = noted
    if groups.refused:
        notes[:, groups.refused.at] = REFUSED
    if notes.any():
        noted = notes != OK
        value[noted] = top[noted] = np.nan
        gone = noted & (notes != RANGE)
        lower[gone] = upper[gone] = bottom[gone] = np.nan
    if groups.uncounted:
        top[:, groups.uncounted.at] = np.nan


def _take(sums: np.ndarray, columns: np.ndarray, without: Group, into: np.ndarray) -> None:
    """The columns (K,) of the sums, NaN for the plans that have none."""
    if not sums.shape[1]:
        into.fill(np.nan)
        return
    np.take(sums, columns, axis=1, out=into, mode="clip")
    if without:
        into[:, without.at] = np.nan


@dataclass(frozen=True)
class _Standardised:
    value: np.ndarray
    lower: np.ndarray
    upper: np.ndarray
    ranged: np.ndarray  # where suppressed numbers leave a range


def _standardised(sums: np.ndarray, plan: Plan, factor: float, confidence: float) -> _Standardised:
    """Directly standardised rates (L,); with suppressed numbers their limits at the lowest and highest these may be."""
    events, people = sums[:, plan.events], sums[:, plan.people]
    made = directly_standardised(events, people, multiplier=factor, confidence=confidence)
    if not plan.hidden:
        return _Standardised(made.value, made.lower, made.upper, np.zeros(len(sums), dtype=bool))
    hidden = sums[:, plan.hidden]
    most = directly_standardised(events + SUPPRESSED_MOST * hidden, people, multiplier=factor, confidence=confidence)
    some = hidden.sum(axis=1) > 0
    return _Standardised(made.value, made.lower, np.where(some, most.upper, made.upper), some)


def _standardised_rates(
    sums: np.ndarray,
    made: Estimates,
    plans: tuple[Plan, ...],
    groups: Groups,
    ranged: np.ndarray | None,
    confidence: float,
) -> None:
    """Rates with their bands, into `made`; where suppressed numbers leave a range of them, into `ranged` (L, K)."""
    for k in groups.bands:
        found = _standardised(sums, plans[k], groups.factor[k], confidence)
        made.value[:, k], made.lower[:, k], made.upper[:, k] = found.value, found.lower, found.upper
        if ranged is not None:
            ranged[:, k] = found.ranged & np.isfinite(found.lower) & np.isfinite(found.upper)


def _limits(sums: np.ndarray, made: Estimates, groups: Groups, confidence: float) -> None:
    """Limits by kind: Wilson, Byar, exact Poisson, Student; none for an index (methods.md 1)."""
    value, lower, upper, top, bottom = made.value, made.lower, made.upper, made.numerator, made.denominator
    factor = groups.factor
    if len(groups.proportions.plans) < len(factor):
        lower.fill(np.nan)
        upper.fill(np.nan)
    if groups.proportions:
        at = groups.proportions.at
        low, high = intervals.wilson(top[:, at], bottom[:, at], confidence)
        lower[:, at], upper[:, at] = _times(factor[at], low), _times(factor[at], high)
    if groups.rates:
        at = groups.rates.at
        low, high = intervals.byar_count(top[:, at], confidence)
        with np.errstate(invalid="ignore", divide="ignore"):
            lower[:, at], upper[:, at] = factor[at] * low / bottom[:, at], factor[at] * high / bottom[:, at]
    if groups.events:
        at = groups.events.at
        lower[:, at], upper[:, at] = intervals.poisson_count(top[:, at], confidence)
    if groups.means:
        at = groups.means.at
        n, mean = bottom[:, at], value[:, at] / factor[at]
        with np.errstate(invalid="ignore", divide="ignore"):
            variance = np.maximum(sums[:, groups.means.columns("square")] - n * mean**2, 0) / (n - 1)
        low, high = intervals.student_mean(mean, variance, n, confidence)
        lower[:, at], upper[:, at] = factor[at] * low, factor[at] * high
    if groups.modelled:
        # The errors of a model move together: the widest case (methods.md 1).
        at = groups.modelled.at
        z = intervals.standard_normal(confidence)
        with np.errstate(invalid="ignore", divide="ignore"):
            half = z * factor[at] * sums[:, groups.modelled.columns("error")] / bottom[:, at]
        lower[:, at], upper[:, at] = value[:, at] - half, value[:, at] + half


def _times(factor: np.ndarray, limits: np.ndarray) -> np.ndarray:
    limits *= factor
    return limits


def _suppressed_ranges(sums: np.ndarray, made: Estimates, groups: Groups, confidence: float) -> np.ndarray | None:
    """Limits at the lowest and the highest that suppressed numbers may be, into `made`, and where (L, K) they are.

    None where nothing can be suppressed.
    """
    if not any(groups.withheld) and not groups.bands:
        return None
    ranged = np.zeros(made.value.shape, dtype=bool)
    for kind, group in enumerate(groups.withheld):
        if not group:
            continue
        hidden = sums[:, group.columns("withheld")]
        place, own = np.nonzero(hidden > 0)
        if not len(place):
            continue
        at = np.arange(made.value.shape[1])[group.at][own]
        factor, top, bottom = groups.factor[at], made.numerator[place, at], made.denominator[place, at]
        most = top + SUPPRESSED_MOST * hidden[place, own]
        low, high = _range(kind, top, most, bottom, factor, confidence)
        known = np.isfinite(low)
        low, high = np.where(known, low, made.lower[place, at]), np.where(known, high, made.upper[place, at])
        made.lower[place, at], made.upper[place, at], ranged[place, at] = low, high, known
    return ranged


def _range(
    kind: int, top: np.ndarray, most: np.ndarray, bottom: np.ndarray, factor: np.ndarray, confidence: float
) -> tuple[np.ndarray, np.ndarray]:
    """The lower limit (n,) of the lowest numerators and the upper of the highest: proportions 0, rates 1, counts 2."""
    if kind == 0:
        low = factor * intervals.wilson(top, bottom, confidence)[0]
        return low, factor * intervals.wilson(np.minimum(most, bottom), bottom, confidence)[1]
    if kind == 1:
        with np.errstate(invalid="ignore", divide="ignore"):
            low = factor * intervals.byar_count(top, confidence)[0] / bottom
            return low, factor * intervals.byar_count(most, confidence)[1] / bottom
    return intervals.poisson_count(top, confidence)[0], intervals.poisson_count(most, confidence)[1]
