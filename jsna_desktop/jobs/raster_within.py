"""What a raster has within an area: the mean of what it measures, or the share of each of its classes.

Both are asked the same way, with people of a grid, with postcodes, or with land, and answer with their values (m,) and
with the weight that these speak for.
"""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
import shapely

from jsna_desktop.areas.grid_cells import Cells, mean_within, weights_within
from jsna_desktop.areas.lived_in import LivedIn
from jsna_desktop.jobs.grid_windows import GridWindows
from jsna_desktop.sources.raster_classes import Classes
from jsna_desktop.workspace.store import Store

# By what the cells of an area were weighted; its own row where the raster has nothing there.
NOTHING, BY_GRID, BY_POSTCODES, BY_LAND = range(4)


class Within(Protocol):
    """`bounds` of the raster, metres; `columns` is m."""

    @property
    def bounds(self) -> tuple[float, float, float, float]: ...

    @property
    def columns(self) -> int: ...

    def shape(self, shape: shapely.Geometry, people: Cells | None) -> tuple[np.ndarray, float, float]:
        """(values (m,), NaN where there are none; weight of the shape; of the part with a value): people, or cells."""
        ...

    def points(self, points: np.ndarray, weight: np.ndarray) -> tuple[np.ndarray, float]:
        """(values (m,), weight with a value) of points (k, 2), metres, by weights (k,)."""
        ...


class Measured:
    """The mean of a raster's cells."""

    columns = 1

    def __init__(self, raster: GridWindows) -> None:
        self._raster, self.bounds = raster, raster.bounds

    def shape(self, shape: shapely.Geometry, people: Cells | None) -> tuple[np.ndarray, float, float]:
        made = mean_within(shape, self._raster.values, people)
        return np.array([made.value]), made.weight, made.valued

    def points(self, points: np.ndarray, weight: np.ndarray) -> tuple[np.ndarray, float]:
        values = self._raster.at(points)
        known = np.isfinite(values) & (weight > 0)
        held = float(weight[known].sum())
        return np.array([float(np.dot(values[known], weight[known])) / held if held > 0 else np.nan]), held


class Shares:
    """The share (%) on cells of each class, of all on cells that say which class they are in or that it is none."""

    def __init__(self, raster: GridWindows, classes: Classes) -> None:
        self._raster, self._classes, self.bounds = raster, classes, raster.bounds
        self.columns = len(classes.given)

    def shape(self, shape: shapely.Geometry, people: Cells | None) -> tuple[np.ndarray, float, float]:
        weights = weights_within(shape, self._raster.values, self._classes.numbers, people)
        values, held = self._of(weights)
        return values, float(weights.sum()), held

    def points(self, points: np.ndarray, weight: np.ndarray) -> tuple[np.ndarray, float]:
        numbers = self._classes.numbers
        place = np.searchsorted(numbers, self._raster.at(points))
        return self._of(np.bincount(place, weight, minlength=len(numbers) + 1))

    def _of(self, weights: np.ndarray) -> tuple[np.ndarray, float]:
        """(shares (m,), weight with a class or in none) from the weights (k + 1,) of each number."""
        held = float(weights[:-1][self._classes.valued].sum())
        own = weights[self._classes.given]
        return 100 * own / held if held > 0 else np.full(len(own), np.nan), held


def of_raster(store: Store, key: int, classes: Classes | None) -> Within:
    """A raster of the workspace (by key), of classes or of what it measures."""
    if classes is None:
        return Measured(GridWindows(store, key))
    return Shares(GridWindows(store, key, classes.blank), classes)


def where_people_live(
    raster: Within,
    grids: Sequence[GridWindows],
    lived: LivedIn | None,
    name: int,
    block: shapely.Geometry,
    inside: shapely.Geometry | None = None,
) -> tuple[np.ndarray, float, int]:
    """(values (m,), share of the people for whom there is none, by what it was weighted) of a block.

    With `inside`, a prepared polygon, of its part in there. It is weighted by the first of the population `grids` that
    has people in it, else by its postcodes (`lived`, which knows it by its number, `name`), else by its land.
    """

    def part() -> shapely.Geometry:
        return block if inside is None else shapely.intersection(block, inside)

    for grid in grids:
        values, weight, valued = raster.shape(part(), grid.people)
        if weight > 0:
            return values, 1 - valued / weight, BY_GRID
    if lived is not None:
        points, weights = lived.weighed(name, block)
        if inside is not None:
            held = shapely.contains_xy(inside, points[:, 0], points[:, 1])
            points, weights = points[held], weights[held]
        if len(points):
            values, valued = raster.points(points, weights)
            return values, 1 - valued / float(weights.sum()), BY_POSTCODES
    values, weight, valued = raster.shape(part(), None)
    return values, 1 - valued / weight if weight > 0 else 1.0, BY_LAND
