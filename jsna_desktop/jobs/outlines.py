"""Boundaries of a workspace, read from it as they are needed."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import shapely

from jsna_desktop.areas import apportion
from jsna_desktop.areas.geography import align
from jsna_desktop.errors import UsageProblem
from jsna_desktop.workspace import catalogue
from jsna_desktop.workspace.store import Store

BOUNDS = 0.0  # the "tolerance" under which the bounds of every area are kept


@dataclass(frozen=True)
class Outlines:
    """The boundaries in use for one geography: `codes` (n,) sorted, `bounds` (n, 4) metres, EPSG:27700."""

    store: Store
    geography: str
    dataset: int
    checksum: str
    codes: np.ndarray
    bounds: np.ndarray

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

    def shares(self, shape: shapely.Geometry, method: str) -> tuple[np.ndarray, np.ndarray]:
        """How much of each area lies in the shape: (positions, shares above 0)."""
        near = self.touching(shape)
        blocks = self.shapes(near)
        if method == apportion.BEST_FIT:
            own = self._centroids[near] if self._centroids is not None else None
            found = apportion.block_points(blocks, self._postcodes, own)
            share = apportion.best_fit_shares(shape, found.points)
        else:
            share = apportion.area_shares(shape, blocks)
            if method == apportion.BLOCKS and ((share > 0) & (share < 1)).any():
                raise UsageProblem(
                    "a drawn place that cuts small areas has no whole blocks to go by",
                    todo="Use the method area or best-fit",
                )
        held = share > 0
        return near[held], share[held]

    def basis(self, method: str) -> str:
        """What the shares by this method were made from: another checksum where any of it has changed."""
        if method != apportion.BEST_FIT:
            return self.checksum
        keys = [catalogue.centroids(self.store, self.geography), _postcode_dataset(self.store)]
        found = [self.store.one("SELECT checksum FROM dataset WHERE key = ?", [key])[0] for key in keys if key]
        return "+".join([self.checksum, *found])

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
    def _postcodes(self) -> Callable[[shapely.Geometry], np.ndarray] | None:
        dataset = _postcode_dataset(self.store)
        if dataset is None:
            return None
        east = catalogue.column(self.store, dataset, "easting")
        north = catalogue.column(self.store, dataset, "northing")
        order = np.argsort(east)
        points = np.column_stack([east[order], north[order]])

        def within(block: shapely.Geometry) -> np.ndarray:
            left, bottom, right, top = shapely.bounds(block)
            first, last = np.searchsorted(points[:, 0], [left, right])
            near = points[first:last]
            near = near[(near[:, 1] >= bottom) & (near[:, 1] <= top)]
            return near[shapely.contains_xy(block, near[:, 0], near[:, 1])]

        return within


def _postcode_dataset(store: Store) -> int | None:
    rows = store.all(
        "SELECT key FROM dataset WHERE kind = 'postcodes' AND replaced_by IS NULL ORDER BY key DESC LIMIT 1"
    )
    return rows[0][0] if rows else None
