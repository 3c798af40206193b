"""What a pack's page of life expectancy is given: the place beside its district, and the gap between the fifths."""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from jsna_desktop.packs.drawing import finished
from jsna_desktop.packs.life import Group, LifeFindings

if TYPE_CHECKING:
    from jsna_desktop.packs.drawing import Drawing

HALF = 82.0  # mm: two charts side by side on a page
_TALL, _PITCH, _TIGHT = 45.0, 4.7, 3.7  # mm: a chart over time; a bar; a bar where there are more than
_MANY = 12
SEXES = {"male": "Men", "female": "Women", "persons": "People"}
WHOSE = {"male": "Men’s life expectancy", "female": "Women’s life expectancy", "persons": "Life expectancy"}


@dataclass(frozen=True)
class Fifths:
    """The gap between the most and the least deprived fifth of a district, by sex; one for all places of a batch that

    lie in it, so that its charts are drawn once.
    """

    district: str
    found: tuple[LifeFindings, ...]

    @cached_property
    def drawings(self) -> "dict[str, Drawing]":
        """Charts by name: `over_<sex>` where the gap is known over time, `parts_<sex>` where something makes it up."""
        from jsna_desktop.packs import life_charts

        made: dict[str, Drawing] = {}
        every = [part for one in self.found for part in one.parts]
        for one in self.found:
            who = SEXES[one.sex]
            lines = [replace(line, name=line.name.removesuffix(" fifth")) for line in one.lines]
            if len(one.periods) > 1 and all(np.isfinite(line.value).any() for line in lines):
                chart = life_charts.over_time(lines, one.periods, one.pandemic, HALF, _TALL)
                made[f"over_{one.sex}"] = finished(chart.figure, f"{who}, fifths of {self.district}. {chart.alt}")
            if one.parts:
                pitch = _PITCH if len(one.parts) <= _MANY else _TIGHT
                chart = life_charts.part_bars(one.parts, HALF, pitch * len(one.parts), along_with=every)
                made[f"parts_{one.sex}"] = finished(chart.figure, f"{who}, fifths of {self.district}. {chart.alt}")
        return made


@dataclass(frozen=True)
class LifePage:
    """One place's page. `finding` follows from its numbers; `groups` are by sex, in the order of `sexes`.

    Groups of every sex are the same places in the same order: the place itself first. None are given for a place that
    could not be laid over the areas of the deaths. `fifths` is None where the district cannot be cut.
    """

    finding: str
    district: str
    sexes: tuple[str, ...]
    period: str
    groups: tuple[tuple[Group, ...], ...]
    fifths: Fifths | None
    methods: tuple[tuple[str, str], ...] = ()
    sensitive: bool = False
