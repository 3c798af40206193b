"""What a panel or a page of access is given: numbers that may be shown, and their words."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Reach:
    """One line of a place's table: before and, with a change, after; a `share` 0–1 or a distance or time."""

    name: str
    now: float | None
    then: float | None
    share: bool = False


@dataclass(frozen=True)
class Fifth:
    """A fifth or another group: its mean journey, and with a change the residents who would be further or nearer."""

    name: str
    mean: float | None
    further: float | None = None
    nearer: float | None = None


@dataclass(frozen=True)
class Furthest:
    """A small area whose residents are far away: its code, mean journey and residents."""

    code: str
    mean: float
    residents: float


@dataclass(frozen=True)
class ChangeFindings:
    """What a change of services would do to the residents of the district."""

    title: str
    lead: str  # 7,670 residents
    rest: str


@dataclass(frozen=True)
class AccessFindings:
    """Journeys of a place's residents to the nearest service of a type; `values` (blocks,) for the map, NaN unknown.

    `worse` and `better` are the blocks whose residents would travel further or less on average.
    """

    place: str
    service: str  # general practice
    services: str  # General practices
    unit: str  # km or min
    sentence: str
    change: ChangeFindings | None
    fifths: tuple[Fifth, ...]
    fifths_of: str
    table: tuple[Reach, ...]
    codes: np.ndarray
    values: np.ndarray
    worse: np.ndarray
    better: np.ndarray
    map_title: str
    note: str
    notes: tuple[str, ...] = ()
    withheld: bool = False
    others: tuple[tuple[str, tuple[Fifth, ...]], ...] = ()  # by age, by rurality: what they are called, and the groups
    furthest: tuple[Furthest, ...] = ()
    places: int = 1  # decimals of its numbers
