"""What a view or a page of an indicator's gradient is given: numbers that have passed the gate, and their words."""

from dataclasses import dataclass

import numpy as np

from jsna_desktop.packs.life import Group, Line, Slope


@dataclass(frozen=True)
class Measure:
    """One measure of inequality in words: its name, its value, its interval ("" none), what it means."""

    name: str
    value: str
    interval: str = ""
    meaning: str = ""


@dataclass(frozen=True)
class Funnel:
    """Places against a fixed value. `names`, `value`, `size` and `verdict` (places,); limits along `sizes` (k,)."""

    names: tuple[str, ...]
    value: np.ndarray
    size: np.ndarray
    verdict: tuple[str, ...]
    sizes: np.ndarray
    lower_95: np.ndarray
    upper_95: np.ndarray
    lower_998: np.ndarray
    upper_998: np.ndarray
    centre: float
    against: str
    spread: float  # the over-dispersion factor
    own: int = -1  # the place that the view is about


@dataclass(frozen=True)
class GradientFindings:
    """One indicator over groups by deprivation of one place, one sex, age and period."""

    title: str
    sentence: str
    unit: str
    period: str
    groups: tuple[Group, ...]
    slope: Slope | None
    measures: tuple[Measure, ...]
    what_if: str = ""
    periods: tuple[str, ...] = ()
    over_time: Line | None = None
    funnel: Funnel | None = None
    made: tuple[tuple[str, str], ...] = ()
    source: str = ""
    sensitive: bool = False
