"""From indicators on building blocks to columns that may be summed (methods.md 1).

Every indicator becomes a few columns over blocks, so that a profile of any number of places is one product of a sparse
weight matrix with one dense matrix. The indicator's kind alone decides which columns those are.
"""

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from jsna_desktop.indicator import (
    COUNT,
    INDEX,
    ISR,
    MEAN,
    MODELLED,
    PROPORTION,
    RANK,
    RATE,
    SCORE,
    Indicator,
)
from jsna_desktop.measures.deprivation import extent_taper, most_deprived_first
from jsna_desktop.measures.plans import Groups, Plan, grouped

_UNKNOWN = 1000.0  # residents of every block where no residents are loaded; only shares are made of it
LOCAL_CONCENTRATION = "local_concentration"


@dataclass(frozen=True)
class BlockValues:
    """One indicator on the blocks of a geography.

    `arrays` holds its parts by role ("numerator", "denominator", "value", "se", "n", "sd"), each (blocks,) with NaN
    where missing; a rate to be standardised has "events" and "people" instead, (blocks, bands of the standard).
    `withheld` (blocks,), or (blocks, bands), marks numerators or values that the publisher suppressed, or counts them.
    `population` (blocks,) are the residents that weight it, `population_name` says which; None where the workspace has
    none. `without` (blocks,) is the share of a block's residents for whom it has no value, where that is known; the
    value is of the others. `refusal` says why it cannot be combined, where that is known before.
    """

    indicator: Indicator
    arrays: dict[str, np.ndarray]
    withheld: np.ndarray | None = None
    population: np.ndarray | None = None
    population_name: str = ""
    refusal: str = ""
    without: np.ndarray | None = None


@dataclass(frozen=True)
class Stack:
    """Columns over blocks: `matrix` (blocks, columns) float64, a plan for every indicator.

    `ranked` keeps, for the measures that no sum can give, (rank, population, order by rank) by the plan's position.
    """

    geography: str
    plans: tuple[Plan, ...]
    matrix: np.ndarray
    ranked: dict[int, tuple[np.ndarray, np.ndarray, np.ndarray]] = field(default_factory=dict)

    @cached_property
    def groups(self) -> Groups:
        """The plans by what is computed from them."""
        return grouped(self.plans)


class _Columns:
    """Collects columns once each: two indicators with one denominator share it."""

    def __init__(self) -> None:
        self.arrays: list[np.ndarray] = []
        self._known: dict[bytes, int] = {}

    def add(self, values: np.ndarray) -> int:
        # Strided samples and the sum tell nearly all columns apart; equality decides.
        mark = values[:: max(1, len(values) // 64)].tobytes() + values.sum().tobytes()
        place = self._known.get(mark)
        if place is not None and np.array_equal(self.arrays[place], values):
            return place
        self._known[mark] = len(self.arrays)
        self.arrays.append(values)
        return len(self.arrays) - 1


def stack(geography: str, blocks: int, items: list[BlockValues]) -> Stack:
    """The stack of these indicators over `blocks` blocks."""
    columns, plans, ranked = _Columns(), [], {}
    for place, item in enumerate(items):
        plan = _plan(columns, item)
        if item.indicator.measure == LOCAL_CONCENTRATION and item.population is not None and not plan.refusal:
            rank = item.arrays["value"]
            ranked[place] = (rank, item.population, most_deprived_first(rank, item.population))
        plans.append(plan)
    matrix = np.ascontiguousarray(np.stack(columns.arrays).T) if columns.arrays else np.zeros((blocks, 0))
    return Stack(geography, tuple(plans), matrix, ranked)


def _plan(columns: _Columns, item: BlockValues) -> Plan:
    indicator = item.indicator
    kind, arrays = indicator.kind, item.arrays
    if item.refusal:
        return Plan(indicator, refusal=item.refusal)
    if {"events", "people"} <= set(arrays):
        return _by_band(columns, item)
    if kind in (PROPORTION, RATE, ISR) and {"numerator", "denominator"} <= set(arrays):
        return _ratio(columns, item, arrays["numerator"], arrays["denominator"])
    if kind == COUNT and {"numerator", "value"} & set(arrays):
        return _count(columns, item)
    if kind == MEAN and {"value", "n", "sd"} <= set(arrays):
        return _mean(columns, item)
    if (
        "value" in arrays
        and kind in (SCORE, MODELLED, RANK, INDEX)
        and (indicator.measure or kind in (SCORE, MODELLED))
    ):
        return _weighted(columns, item)
    return Plan(indicator, refusal=_refusal(kind))


def _refusal(kind: str) -> str:
    if kind in (RANK, "decile", "quintile"):
        return "ranks and deciles are not averaged"
    if kind == MEAN:
        return "a mean without the number measured and their spread (n, sd) cannot be combined"
    if kind in (COUNT, SCORE, MODELLED):
        return f"this {'modelled estimate' if kind == MODELLED else kind} has no values"
    if kind in (PROPORTION, RATE):
        return f"a {kind} without its numerator and denominator cannot be combined"
    if kind == "dsr":
        return "a directly standardised rate needs its events by age band"
    return f"{'an' if kind[:1] in 'aeiou' else 'a'} {kind} of small areas cannot be combined into one of a larger area"


def _residents(columns: _Columns, item: BlockValues, present: np.ndarray) -> tuple[int, int]:
    """Columns with the residents of blocks that have no value, or of the parts that have none, and of all blocks."""
    gone = np.where(present, 0.0 if item.without is None else item.without, 1.0)
    if not gone.any():
        return -1, -1
    people = _people(item.population, len(present))
    return columns.add(gone * people), columns.add(people)


def _people(population: np.ndarray | None, blocks: int) -> np.ndarray:
    """Residents (blocks,) to measure a gap by. Where they are unknown a block counts as an average one: a table that

    stops at the county's edge has no residents beyond it, and a gap that weighs nothing would go unseen.
    """
    known = np.isfinite(population) if population is not None else np.zeros(blocks, dtype=bool)
    if population is None or not known.any():
        return np.full(blocks, _UNKNOWN)
    return np.where(known, population, population[known].mean())


def _ratio(columns: _Columns, item: BlockValues, top: np.ndarray, bottom: np.ndarray) -> Plan:
    withheld = np.zeros(len(top)) if item.withheld is None else np.where(np.isfinite(bottom), item.withheld, 0.0)
    present = (np.isfinite(top) | (withheld > 0)) & np.isfinite(bottom)
    missing, residents = _residents(columns, item, present)
    return Plan(
        item.indicator,
        numerator=columns.add(np.where(present, np.nan_to_num(top), 0.0)),
        denominator=columns.add(np.where(present, bottom, 0.0)),
        missing=missing,
        residents=residents,
        withheld=columns.add(withheld) if withheld.any() else -1,
        population_name=item.population_name if is_indirect(item.indicator) else "",
    )


def is_indirect(indicator: Indicator) -> bool:
    """Whether an indicator is standardised indirectly: its denominator is what the standard's rates would give."""
    return indicator.kind == ISR


def _by_band(columns: _Columns, item: BlockValues) -> Plan:
    events, people = item.arrays["events"], item.arrays["people"]
    withheld = np.zeros(events.shape) if item.withheld is None else item.withheld.astype(float)
    present = np.all((np.isfinite(events) | (withheld > 0)) & np.isfinite(people), axis=1)
    missing, residents = _residents(columns, item, present)
    events = np.where(present[:, None], np.nan_to_num(events), 0.0)
    people = np.where(present[:, None], people, 0.0)
    withheld = np.where(present[:, None], withheld, 0.0)
    return Plan(
        item.indicator,
        numerator=columns.add(events.sum(axis=1)),
        denominator=columns.add(people.sum(axis=1)),
        missing=missing,
        residents=residents,
        withheld=columns.add(withheld.sum(axis=1)) if withheld.any() else -1,
        population_name=item.population_name,
        events=tuple(columns.add(band) for band in np.ascontiguousarray(events.T)),
        people=tuple(columns.add(band) for band in np.ascontiguousarray(people.T)),
        hidden=tuple(columns.add(band) for band in np.ascontiguousarray(withheld.T)) if withheld.any() else (),
    )


def _count(columns: _Columns, item: BlockValues) -> Plan:
    values = item.arrays["value"] if "value" in item.arrays else item.arrays["numerator"]
    withheld = np.zeros(len(values), bool) if item.withheld is None else item.withheld
    present = np.isfinite(values) | withheld
    missing, residents = _residents(columns, item, present)
    return Plan(
        item.indicator,
        numerator=columns.add(np.nan_to_num(values)),
        missing=missing,
        residents=residents,
        withheld=columns.add(withheld.astype(float)) if withheld.any() else -1,
    )


def _mean(columns: _Columns, item: BlockValues) -> Plan:
    mean, n, sd = (item.arrays[part] for part in ("value", "n", "sd"))
    present = np.isfinite(mean) & np.isfinite(n) & np.isfinite(sd)
    missing, residents = _residents(columns, item, present)
    mean, n, sd = (np.where(present, part, 0.0) for part in (mean, n, sd))
    return Plan(
        item.indicator,
        numerator=columns.add(n * mean),
        denominator=columns.add(n),
        missing=missing,
        residents=residents,
        # Within-block sum of squares plus the square of the block's mean: the total about any centre.
        square=columns.add(np.maximum(n - 1, 0) * sd**2 + n * mean**2),
    )


def _weighted(columns: _Columns, item: BlockValues) -> Plan:
    indicator, people = item.indicator, item.population
    if people is None:
        return Plan(indicator, refusal="no residents to weight it by: add a population for these areas")
    value, weight = _measure(indicator, item.arrays["value"], people)
    present = np.isfinite(value) & np.isfinite(weight)
    missing, residents = _residents(columns, item, present)
    # Residents in the part of a block that has no value are left out of both sums.
    weight = np.where(present, weight if item.without is None else weight * (1 - item.without), 0.0)
    error = -1
    if "se" in item.arrays and np.isfinite(item.arrays["se"][present]).all():
        error = columns.add(np.where(present, np.nan_to_num(item.arrays["se"]), 0.0) * weight)
    return Plan(
        indicator,
        numerator=columns.add(np.where(present, np.nan_to_num(value), 0.0) * weight),
        denominator=columns.add(weight),
        missing=missing,
        residents=residents,
        error=error,
        population_name="" if indicator.measure.startswith("lsoas_in") else item.population_name,
    )


def _measure(indicator: Indicator, value: np.ndarray, people: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """What each block brings to a deprivation measure (value, weight), both (blocks,)."""
    name, _, deciles = indicator.measure.partition(":")
    if name == "average_rank":
        return indicator.universe + 1 - value, people
    if name == "extent":
        return extent_taper(value, indicator.universe), people
    if name in ("lsoas_in", "residents_in"):
        chosen = np.isin(value, [float(part) for part in deciles.split(",")])
        inside = np.where(np.isfinite(value), chosen.astype(float), np.nan)
        return inside, np.ones(len(value)) if name == "lsoas_in" else people
    return value, people
