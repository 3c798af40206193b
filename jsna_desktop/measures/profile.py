"""Estimates of every indicator for every place, from one product of weights and columns (methods.md 1)."""

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, fields

import numpy as np
from scipy import sparse

from jsna_desktop.indicator import COUNT, ISR, MEAN, MODELLED, PROPORTION, RATE
from jsna_desktop.measures import intervals
from jsna_desktop.measures.deprivation import local_concentration
from jsna_desktop.measures.parts import Plan, Stack
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
    if sums.size <= _AT_ONCE:
        return from_sums(sums, stack.plans, concentrations, confidence)
    return _in_pieces(sums, stack.plans, concentrations, confidence)


def _in_pieces(
    sums: np.ndarray, plans: tuple[Plan, ...], concentrations: dict[int, np.ndarray], confidence: float
) -> Estimates:
    """As `from_sums`, for many places: by pieces that stay in the processor's own memory, on every processor."""
    ends = range(0, len(sums), max(1, _AT_ONCE // max(1, sums.shape[1])))
    shape = (len(sums), len(plans))
    made = {f.name: np.empty(shape, np.int8 if f.name == "notes" else np.float64) for f in fields(Estimates)}
    size = ends.step

    def piece(start: int) -> None:
        part = slice(start, start + size)
        own = {place: values[part] for place, values in concentrations.items()}
        found = from_sums(sums[part], plans, own, confidence)
        for name, whole in made.items():
            whole[part] = getattr(found, name)

    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        list(pool.map(piece, ends))
    return Estimates(**made)


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
    bands = [k for k, plan in enumerate(plans) if plan.events]
    for k in bands:
        made = _standardised(sums, plans[k], factor[k], confidence)
        value[:, k], lower[:, k], upper[:, k] = made.value, made.lower, made.upper
        ranged[:, k] = made.ranged & np.isfinite(made.lower) & np.isfinite(made.upper)
    notes[ranged] = RANGE
    notes[np.isnan(value) & ~ranged] = EMPTY
    for k in bands:
        gone = np.isnan(value[:, k]) & ~ranged[:, k] & (bottom[:, k] > 0)
        notes[gone, k] = np.where(top[gone, k] < FEWEST_EVENTS - ROUNDING, FEW, NO_BAND)
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


def _own_counts(plans: tuple[Plan, ...]) -> np.ndarray:
    """Whose numerator is a number of people or areas, worth showing: not score times residents."""
    shown = []
    for plan in plans:
        measure = plan.indicator.measure
        counted = plan.indicator.kind in (COUNT, PROPORTION, RATE, ISR) or bool(plan.events)
        shown.append(counted or "_in:" in measure)
    return np.array(shown, dtype=bool)


def _limits(value, top, bottom, kinds, factor, plans, column, confidence):
    """Limits by kind: Wilson, Byar, exact Poisson, Student; none for an index (methods.md 1)."""
    lower, upper = np.full(value.shape, np.nan), np.full(value.shape, np.nan)
    own = kinds == PROPORTION
    if own.any():
        low, high = intervals.wilson(top[:, own], bottom[:, own], confidence)
        lower[:, own], upper[:, own] = factor[own] * low, factor[own] * high
    own = np.isin(kinds, (RATE, ISR))
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
    own = np.isin(kinds, (RATE, ISR))
    with np.errstate(invalid="ignore", divide="ignore"):
        low[:, own] = factor[own] * intervals.byar_count(top[:, own], confidence)[0] / bottom[:, own]
        high[:, own] = factor[own] * intervals.byar_count(most[:, own], confidence)[1] / bottom[:, own]
    own = kinds == COUNT
    low[:, own] = intervals.poisson_count(top[:, own], confidence)[0]
    high[:, own] = intervals.poisson_count(most[:, own], confidence)[1]
    return np.where(some, low, np.nan), np.where(some, high, np.nan)
