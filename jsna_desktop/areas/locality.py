"""Localities: places that somebody drew, selected or imported."""

from dataclasses import dataclass, field

import numpy as np
import shapely
from scipy import sparse

SELECTION, POLYGON = "selection", "polygon"


@dataclass(frozen=True)
class Locality:
    """A place. A selection has `blocks` (n,) codes of its `geography`; a polygon has `shape` alone.

    `shape` is in EPSG:27700; a selection has one where boundaries are loaded. `id` 0 is not stored.
    """

    id: int
    name: str
    set: str
    kind: str
    geography: str = ""
    blocks: np.ndarray | None = None
    shape: shapely.Geometry | None = None
    code: str = ""


@dataclass(frozen=True)
class Weights:
    """How much of each building block each locality holds.

    `matrix` sparse (localities, blocks), 0…1; `methods` (localities,) the method that each row was made by;
    `unmade` names, for a locality whose row could not be made, why. `without_centroid` counts, for a locality by best
    fit, the blocks at or in it that the loaded centroids leave out: they go by their postcodes or their surface.
    `carried` says, for a locality that was made on the blocks of another census, how it was brought to these; `lost`
    the share of its residents (0…1) that could not be.
    """

    geography: str
    matrix: sparse.csr_array
    methods: tuple[str, ...]
    unmade: dict[int, str]
    without_centroid: dict[int, int] = field(default_factory=dict)
    carried: dict[int, str] = field(default_factory=dict)
    lost: dict[int, float] = field(default_factory=dict)

    def cut(self) -> np.ndarray:
        """Which localities hold a part of a block only: boolean (localities,)."""
        parts = self.matrix.copy()
        parts.data = ((parts.data > 0) & (parts.data < 1)).astype(float)
        return parts.sum(axis=1) > 0


def matrix_of(rows: list[tuple[np.ndarray, np.ndarray]], blocks: int) -> sparse.csr_array:
    """A sparse matrix (len(rows), blocks) from a pair (positions, shares) a row."""
    starts = np.concatenate([[0], np.cumsum([len(places) for places, _ in rows], dtype=np.int64)])
    places = np.concatenate([places for places, _ in rows]) if rows else np.empty(0, dtype=np.int64)
    shares = np.concatenate([shares for _, shares in rows]) if rows else np.empty(0)
    return sparse.csr_array((shares, places, starts), shape=(len(rows), blocks))
