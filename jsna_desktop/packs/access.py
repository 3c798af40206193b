"""What a panel or a page of access is given: numbers that may be shown, and their words."""

from dataclasses import dataclass

import numpy as np

WORSE, BETTER, SAME = "worse", "better", "same"


@dataclass(frozen=True)
class Reach:
    """One line of a place's table: before and, with a change, after; a `share` 0–1 or a distance or time.

    `beside` is the whole area's figure before, where the place is less than that.
    """

    name: str
    now: float | None
    then: float | None
    share: bool = False
    beside: float | None = None


@dataclass(frozen=True)
class Fifth:
    """A fifth or another group: its mean journey, and with a change the residents who would be further or nearer.

    `beside` is the mean of the same group of the whole area, where the groups are those of a place in it.
    """

    name: str
    mean: float | None
    further: float | None = None
    nearer: float | None = None
    beside: float | None = None


@dataclass(frozen=True)
class Area:
    """A small area: its code, those of its residents who are meant, their mean journey; with a change, after it."""

    code: str
    residents: float
    mean: float | None
    then: float | None = None


@dataclass(frozen=True)
class Beyond:
    """Who lives further than a limit: in words, and the small areas where most of them live."""

    limit: float
    sentence: str
    areas: tuple[Area, ...]


@dataclass(frozen=True)
class ChangeFindings:
    """What a change of services would do to the residents of the district, and where those live whom it touches.

    `kind` is BETTER where nobody would be further away, SAME where nobody is touched, else WORSE.
    """

    title: str
    lead: str  # 7,670 residents
    rest: str
    kind: str = SAME
    where_title: str = ""
    where: tuple[Area, ...] = ()


@dataclass(frozen=True)
class AccessFindings:
    """Journeys of a place's residents to the nearest service of a type; `values` (blocks,) for the map, NaN unknown.

    `worse` and `better` are the blocks whose residents would travel further or less on average. `ends` are those of
    the map's classes, which a change leaves as they were; () for fifths.
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
    beside: str = ""  # the whole area, where its figures stand beside the place's
    beyond: tuple[Beyond, ...] = ()
    usual: float = 0.0  # the limit that is shown unasked
    ends: tuple[float, ...] = ()
    places: int = 1  # decimals of its numbers
    made: tuple[tuple[str, str], ...] = ()
