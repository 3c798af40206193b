"""What of a stack an indicator's estimate is made of, and the indicators grouped by what is to be computed."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from jsna_desktop.indicator import COUNT, ISR, MEAN, MODELLED, PROPORTION, RATE, Indicator

# Counts of these are totals of a census: they have no interval.
PEOPLE = ("people", "residents", "households")


@dataclass(frozen=True)
class Plan:
    """Which columns of the stack an indicator's estimate is made of; −1 for none."""

    indicator: Indicator
    numerator: int = -1
    denominator: int = -1
    missing: int = -1
    residents: int = -1
    withheld: int = -1
    square: int = -1
    error: int = -1
    refusal: str = ""
    population_name: str = ""
    # Of a rate to be standardised, by band: events, people, and how many suppressed numbers.
    events: tuple[int, ...] = ()
    people: tuple[int, ...] = ()
    hidden: tuple[int, ...] = ()


@dataclass(frozen=True)
class Group:
    """Some indicators, by their `plans`: `at` their positions, a slice where they follow one another."""

    at: slice | np.ndarray
    plans: tuple[Plan, ...]

    def columns(self, part: str) -> np.ndarray:
        """Where in the stack each has this part."""
        return np.array([getattr(plan, part) for plan in self.plans], dtype=np.intp)

    def __bool__(self) -> bool:
        return bool(self.plans)


@dataclass(frozen=True)
class Groups:
    """The plans (K,) of one stack by what is computed from them: done once, not at every profile.

    `numerator` and `denominator` (K,) are columns of the stack, 0 for those `without` either; `factor` (K,) multiplies.
    `is_count`, `is_indirect` (standardised indirectly) and `polarity` are (K,), not to be written to.
    """

    numerator: np.ndarray
    denominator: np.ndarray
    without_numerator: Group
    without_denominator: Group
    factor: np.ndarray
    counts: Group
    proportions: Group
    rates: Group
    events: Group
    means: Group
    modelled: Group
    gaps: Group
    holes: Group
    withheld: tuple[Group, Group, Group]  # proportions, rates, counts with suppressed numbers
    bands: tuple[int, ...]
    refused: Group
    is_count: np.ndarray
    is_indirect: np.ndarray
    polarity: np.ndarray
    uncounted: Group  # whose numerator is no number of people or areas: score times residents


def grouped(plans: tuple[Plan, ...]) -> Groups:
    """The groups of these plans."""

    def group(chosen: Iterable[bool]) -> Group:
        at = np.flatnonzero(np.fromiter(chosen, dtype=bool, count=len(plans)))
        own = tuple(plans[place] for place in at)
        if len(at) and at[-1] - at[0] == len(at) - 1:
            return Group(slice(int(at[0]), int(at[-1]) + 1), own)
        return Group(at, own)

    def of_kind(*kinds: str) -> list[bool]:
        return [plan.indicator.kind in kinds for plan in plans]

    def hiding(*kinds: str) -> Group:
        return group(plan.indicator.kind in kinds and plan.withheld >= 0 for plan in plans)

    every = Group(slice(0, len(plans)), plans)
    return Groups(
        numerator=np.maximum(every.columns("numerator"), 0),
        denominator=np.maximum(every.columns("denominator"), 0),
        without_numerator=group(plan.numerator < 0 for plan in plans),
        without_denominator=group(plan.denominator < 0 for plan in plans),
        factor=np.array([plan.indicator.multiplier for plan in plans], dtype=float),
        counts=group(of_kind(COUNT)),
        proportions=group(of_kind(PROPORTION)),
        rates=group(of_kind(RATE, ISR)),
        events=group(plan.indicator.kind == COUNT and plan.indicator.unit not in PEOPLE for plan in plans),
        means=group(plan.indicator.kind == MEAN and plan.square >= 0 for plan in plans),
        modelled=group(plan.indicator.kind == MODELLED and plan.error >= 0 for plan in plans),
        gaps=group(plan.missing >= 0 for plan in plans),
        holes=group(plan.indicator.kind == COUNT and plan.missing >= 0 for plan in plans),
        withheld=(hiding(PROPORTION), hiding(RATE, ISR), hiding(COUNT)),
        bands=tuple(place for place, plan in enumerate(plans) if plan.events),
        refused=group(bool(plan.refusal) for plan in plans),
        is_count=_kept(of_kind(COUNT)),
        is_indirect=_kept(of_kind(ISR)),
        polarity=_kept([plan.indicator.polarity for plan in plans]),
        uncounted=group(not _counts_people(plan) for plan in plans),
    )


def _kept(values: list) -> np.ndarray:
    made = np.array(values, dtype=None if values else bool)
    made.flags.writeable = False
    return made


def _counts_people(plan: Plan) -> bool:
    counted = plan.indicator.kind in (COUNT, PROPORTION, RATE, ISR) or bool(plan.events)
    return counted or "_in:" in plan.indicator.measure
