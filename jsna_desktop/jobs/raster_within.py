"""What a raster has within an area: the mean of what it measures, or the share of each of its classes.

Both are asked the same way, with people of a grid, with postcodes, or with land, and answer with their values (m,) and
with the weight that these speak for.
"""

from typing import Protocol

import numpy as np
import shapely

from jsna_desktop.areas.grid_cells import Cells, mean_within, weights_within
from jsna_desktop.jobs.grid_windows import GridWindows
from jsna_desktop.sources.raster_classes import Classes
from jsna_desktop.workspace.store import Store


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
