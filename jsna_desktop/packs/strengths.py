"""What a view or a page of community assets is given: numbers that have passed the gate, and their words."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Sort:
    """All assets of a place, or those of one kind or theme: how many, for every 1,000 residents, who lives near one.

    `per_1000` and `share` (0–1) are None where nobody is counted.
    """

    name: str
    assets: int
    per_1000: float | None
    share: float | None


@dataclass(frozen=True)
class Gap:
    """A small area where need is high and few live near an asset: residents `beyond` reach, `share` (0–1) within."""

    name: str
    code: str
    beyond: float
    share: float


@dataclass(frozen=True)
class Listed:
    """One asset as a page lists it; `checked` as an ISO date or its first parts, "" never."""

    name: str
    kind: str
    theme: str
    checked: str
    stale: bool


@dataclass(frozen=True)
class Strengths:
    """The assets of one place, beside those of its district (`around`, None where the place is the district).

    `sorts` are by kind or by theme, `whole` is of all of them; `gaps` with what they are, in `gaps_said`. `listed` and
    `points` (n, 2), metres EPSG:27700, are the assets in the place; `gap_shapes` the polygons of the gaps, for a map.
    """

    place: str
    title: str
    sentence: str
    metres: float
    by: str
    whole: Sort
    sorts: tuple[Sort, ...]
    around_name: str
    around: Sort | None
    gaps: tuple[Gap, ...]
    gaps_said: str
    edge: float
    stale: int
    made: tuple[tuple[str, str], ...]
    source: str
    listed: tuple[Listed, ...] = ()
    points: np.ndarray | None = None
    gap_shapes: np.ndarray | None = None
