"""What a view or a page of life expectancy is given: numbers that have passed the gate, and their words."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Line:
    """Life expectancy of one place or group over the periods: arrays (periods,), NaN where not given."""

    name: str
    value: np.ndarray
    lower: np.ndarray
    upper: np.ndarray


@dataclass(frozen=True)
class Part:
    """Years that a cause or an age adds to a gap; None where it rests on too few deaths to be shown."""

    name: str
    years: float | None


@dataclass(frozen=True)
class Group:
    """Life expectancy of a place or a group, with limits; None where not given, `note` says why."""

    name: str
    value: float | None
    lower: float | None
    upper: float | None
    note: str = ""
    own: bool = False  # what the view is about


@dataclass(frozen=True)
class Slope:
    """The line that is fitted over groups from the most to the least deprived: `middles` (groups,) on the

    cumulative population 0–1, the line's two `ends`, and the slope index in words.
    """

    middles: np.ndarray
    ends: tuple[float, float]
    said: str


@dataclass(frozen=True)
class LifeFindings:
    """One comparison of life expectancy, of one sex, period and age.

    `gap` is the first less the second of `lines`: years by which the second is shorter, with its limits; `lead` is
    the sentence that says it alone, `verdict` whether it narrows ("" where nothing could be tested). `parts` add up to
    it.
    `groups` are listed and drawn; with a `slope` they lie along it.
    """

    title: str
    sentence: str
    lead: str
    sex: str
    age: int
    period: str
    gap: float | None
    gap_lower: float | None
    gap_upper: float | None
    periods: tuple[str, ...]
    lines: tuple[Line, ...]
    pandemic: tuple[bool, ...]
    change: str  # absolute and relative change of the gap, in words
    verdict: str
    parts: tuple[Part, ...]
    parts_by: str
    groups: tuple[Group, ...]
    slope: Slope | None
    made: tuple[tuple[str, str], ...]  # headings and texts: how it is made
    source: str
    sensitive: bool = False
