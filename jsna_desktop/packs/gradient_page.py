"""What a pack's page of inequality is given: indicators over the fifths of the district, and of the place itself."""

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from jsna_desktop.packs.drawing import finished
from jsna_desktop.packs.life import Group, Slope
from jsna_desktop.packs.life_page import HALF

if TYPE_CHECKING:
    from jsna_desktop.packs.drawing import Drawing

_TALL = 36.0  # mm


@dataclass(frozen=True)
class Gradient:
    """One indicator over the fifths of one place: a `row` as `inequality` prints it, past the gate, and its `sentence`.

    That of a district is one for all places of a batch that lie in it, so that it is drawn once.
    """

    where: str
    row: dict[str, Any]
    sentence: str

    @cached_property
    def drawing(self) -> "Drawing":
        """The groups with their intervals and the fitted line."""
        from jsna_desktop.packs.gradient_charts import whole_gradient

        chart = whole_gradient(self.groups, self.slope, HALF, _TALL, unit=self.row["unit"])
        return finished(chart.figure, f"{self.row['name']}, fifths of {self.where}. {chart.alt}")

    @property
    def groups(self) -> tuple[Group, ...]:
        return tuple(
            Group(
                one["label"][:1].upper() + one["label"][1:], one["value"], one["lower_ci"], one["upper_ci"], one["note"]
            )
            for one in self.row["groups"]
        )

    @property
    def slope(self) -> Slope | None:
        """The fitted line; None where it may not be shown or cannot be placed."""
        ends, people = self.row["fitted"], [one["population"] for one in self.row["groups"]]
        if ends is None or None in ends or None in people:
            return None
        share = np.array(people, dtype=float) / sum(people)
        return Slope(np.cumsum(share) - share / 2, (ends[0], ends[1]), self.sentence.rstrip("."))


@dataclass(frozen=True)
class Pair:
    """One indicator in the district and, where the place is large enough, in the place itself."""

    around: Gradient
    own: Gradient | None


@dataclass(frozen=True)
class GradientPage:
    """One place's page: `life` is life expectancy of each sex, `shown` the indicators that are drawn."""

    finding: str
    district: str
    life: tuple[Pair, ...]
    shown: tuple[Pair, ...]
    methods: tuple[tuple[str, str], ...]
