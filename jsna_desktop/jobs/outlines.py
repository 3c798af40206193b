"""Boundaries of a workspace, read from it as they are needed."""

from dataclasses import dataclass, field
from functools import cached_property, partial

import numpy as np
import shapely

from jsna_desktop.areas import apportion
from jsna_desktop.areas.geography import align
from jsna_desktop.areas.lived_in import LivedIn
from jsna_desktop.errors import UsageProblem
from jsna_desktop.jobs import people_inside
from jsna_desktop.jobs.people_inside import PopulationGrids
from jsna_desktop.workspace import catalogue
from jsna_desktop.workspace.store import Store

BOUNDS = 0.0  # the "tolerance" under which the bounds of every area are kept
# Raised when shares by anything but land come out otherwise than before: kept ones are then made again.
_MADE = "2"
_MOST_KEPT = 4096  # shapes that are kept for the next place beside this one


def default_method(store: Store) -> str:
    """The method by which a drawn place shares out the areas that it cuts, unless another is asked for."""
    return apportion.POSTCODES if people_inside.postcode_datasets(store) else apportion.AREA


@dataclass(frozen=True)
class Outlines:
    """The boundaries in use for one geography: `codes` (n,) sorted, `bounds` (n, 4) metres, EPSG:27700."""

    store: Store
    geography: str
    dataset: int
    checksum: str
    codes: np.ndarray
    bounds: np.ndarray
    _kept: dict[int, shapely.Geometry] = field(default_factory=dict, repr=False)
    _points: dict[int, shapely.Geometry] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, store: Store, geography: str) -> "Outlines | None":
        """None where the workspace has no boundaries for this geography."""
        dataset = catalogue.boundaries(store, geography)
        if dataset is None:
            return None
        checksum = store.one("SELECT checksum FROM dataset WHERE key = ?", [dataset])[0]
        bounds = catalogue.level(store, dataset, BOUNDS)["bounds"]
        return cls(store, geography, dataset, checksum, catalogue.codes(store, dataset), bounds)

    def shapes(self, positions: np.ndarray) -> np.ndarray:
        """Shapely polygons (m,) of the areas at these positions."""
        return shapely.from_wkb(catalogue.shapes(self.store, self.dataset, positions))

    def near(self, positions: np.ndarray) -> np.ndarray:
        """As `shapes`, for areas that are asked for again and again: the latest are kept."""
        wanted = positions.tolist()
        new = [place for place in wanted if place not in self._kept]
        if new:
            if len(self._kept) + len(new) > _MOST_KEPT:
                self._kept.clear()
                new = wanted
            self._kept.update(zip(new, self.shapes(np.array(new, dtype=np.int64)), strict=True))
        found = np.empty(len(wanted), dtype=object)
        found[:] = [self._kept[place] for place in wanted]
        return found

    def touching(self, shape: shapely.Geometry) -> np.ndarray:
        """Positions of the areas whose bounds meet the shape's."""
        left, bottom, right, top = shapely.bounds(shape)
        b = self.bounds
        return np.flatnonzero((b[:, 0] <= right) & (b[:, 2] >= left) & (b[:, 1] <= top) & (b[:, 3] >= bottom))

    def union(self, positions: np.ndarray) -> shapely.Geometry:
        """One outline of the areas at these positions; slow and sure where the published edges do not meet."""
        shapes = self.shapes(positions)
        try:
            joined = shapely.coverage_union_all(shapes)
        except shapely.GEOSException:
            joined = shapely.union_all(shapes)
        return joined if shapely.is_valid(joined) else shapely.make_valid(joined, method="structure")

    @cached_property
    def methods(self) -> tuple[str, ...]:
        """The methods that the workspace's data allow for a drawn place, the default first."""
        first = default_method(self.store)
        found = (first, *(method for method in (apportion.AREA, apportion.BEST_FIT) if method != first))
        return (*found, apportion.DASYMETRIC) if self.grids.keys else found

    def shares(self, shape: shapely.Geometry, method: str) -> tuple[np.ndarray, np.ndarray]:
        """How much of each area lies in the shape: (positions, shares above 0)."""
        near = self.touching(shape)
        if method == apportion.BEST_FIT:
            share = apportion.best_fit_shares(shape, self.points(near))
        elif method == apportion.POSTCODES:
            share = apportion.postcode_shares(shape, self.near(near), near, self.with_postcodes())
        elif method == apportion.DASYMETRIC:
            share = self.grid_shares(near, apportion.overlap(np.array([shape]), self.near(near)))
        else:
            share = apportion.area_shares(shape, self.near(near))
            if method == apportion.BLOCKS and ((share > 0) & (share < 1)).any():
                raise UsageProblem(
                    "a drawn place that cuts small areas has no whole blocks to go by",
                    todo=f"Use one of the methods {', '.join(self.methods)}",
                )
        held = share > 0
        return near[held], share[held]

    def grid_shares(self, near: np.ndarray, found: apportion.Overlap) -> np.ndarray:
        """Share (m,) of the people of the areas at these positions, by the latest grid that has people in each.

        `found` is how one polygon lies over these areas.
        """
        if not self.grids.keys:
            raise UsageProblem(
                "no population grid is loaded to share areas out by",
                todo="Add one (a GeoTIFF of people in each cell), or use another method",
            )
        blocks = self.near(near)
        share, left = np.zeros(len(near)), np.ones(len(near), dtype=bool)
        for key in self.grids.keys:
            pairs, by_land = apportion.grid_shares(
                found, blocks, partial(self.grids.whole, key), partial(self.grids.people, key)
            )
            todo = left[found.block]
            share[found.block[todo]] = pairs[todo]
            left = np.zeros(len(near), dtype=bool)
            left[found.block[todo & by_land]] = True
            if not left.any():
                break
        return share

    def points(self, positions: np.ndarray) -> np.ndarray:
        """The point (m,) of each area for best fit."""
        new = np.array([place for place in positions.tolist() if place not in self._points], dtype=np.int64)
        if len(new):
            own = self._centroids[new] if self._centroids is not None else None
            within = None if self.lived_in is None else self.lived_in.coordinates_within
            found = apportion.block_points(self.near(new), within, own)
            self._points.update(zip(new.tolist(), found.points, strict=True))
        points = np.empty(len(positions), dtype=object)
        points[:] = [self._points[place] for place in positions.tolist()]
        return points

    def basis(self, method: str) -> str:
        """What the shares by this method were made from: another checksum where any of it has changed."""
        keys: list[int] = []
        if method == apportion.BEST_FIT:
            centroids = catalogue.centroids(self.store, self.geography)
            keys = [] if centroids is None else [centroids]
        if method in (apportion.BEST_FIT, apportion.POSTCODES):
            keys += people_inside.postcode_datasets(self.store)
        if method == apportion.POSTCODES:
            for geo, key, _ in people_inside.residents_datasets(self.store):
                outline = catalogue.boundaries(self.store, geo)
                keys += [key] if outline is None else [key, outline]
        if method == apportion.DASYMETRIC:
            keys += self.grids.keys
        if method in (apportion.AREA, apportion.BLOCKS):
            return self.checksum
        found = [self.store.one("SELECT checksum FROM dataset WHERE key = ?", [key])[0] for key in keys]
        return "+".join([self.checksum, *found, _MADE])

    def without_centroid(self, shape: shapely.Geometry) -> int | None:
        """How many of the areas that a shape may touch have no centroid in the file; None where no file is loaded."""
        if self._centroids is None:
            return None
        return int(np.isnan(self._centroids[self.touching(shape)]).any(axis=1).sum())

    @cached_property
    def _centroids(self) -> np.ndarray | None:
        """Population-weighted centroids (n, 2) of the areas, NaN where the file has none; None without a file."""
        dataset = catalogue.centroids(self.store, self.geography)
        if dataset is None:
            return None
        places = align(self.codes, catalogue.codes(self.store, dataset))
        columns = [catalogue.column(self.store, dataset, name) for name in ("easting", "northing")]
        return np.where(places[:, None] >= 0, np.column_stack(columns)[places], np.nan)

    @cached_property
    def lived_in(self) -> LivedIn | None:
        """The postcodes of the workspace; None where there are none."""
        return people_inside.lived_in(self.store)

    def with_postcodes(self) -> LivedIn:
        if self.lived_in is None:
            raise UsageProblem(
                "no postcodes are loaded to share areas out by",
                todo="Add Code-Point Open or ONS’s postcode directory, or use another method",
            )
        return self.lived_in

    @cached_property
    def grids(self) -> PopulationGrids:
        return PopulationGrids(self.store, people_inside.grid_datasets(self.store))
