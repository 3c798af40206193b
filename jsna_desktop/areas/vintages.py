"""Places made of the areas of one census, carried to the areas of another (methods.md 2).

ONS gave an area a new code in 2021 wherever its line changed: what kept its code is the same area. Of England and
Wales's 34,753 LSOAs 33,647 did. What became of the others is said by ONS's exact-fit lookup; without it, by the shapes
of those that have no counterpart.
"""

from dataclasses import dataclass

import numpy as np
import shapely
from scipy import sparse

from jsna_desktop.areas.geography import align

# Two areas are linked where one shares at least this much of the smaller: beside the edge noise of generalised outlines
# there is a gap. Of the changed LSOAs of England and Wales, those of 200 m outlines laid over those of 20 m ones, 27 of
# 2,936 pairs share between 0.2 and 0.5.
LEAST_SHARED = 0.25
_EXACT = 1e-9


@dataclass(frozen=True)
class Links:
    """Which areas became which: `before`, `after` (k,) codes; `area` (k,) m² that both hold, NaN where not measured."""

    before: np.ndarray
    after: np.ndarray
    area: np.ndarray

    def turned(self) -> "Links":
        """The same links read from the later census to the earlier."""
        return Links(self.after, self.before, self.area)

    def reaching(self, before: np.ndarray) -> "Links":
        """The links of the areas that became, whole or in part, what any of the sorted `before` (n,) became."""
        own = align(self.before, before) >= 0
        kept = align(self.after, np.unique(self.after[own])) >= 0
        return Links(self.before[kept], self.after[kept], self.area[kept])


def links_by_shape(before: np.ndarray, before_shapes: np.ndarray, after: np.ndarray, after_shapes: np.ndarray) -> Links:
    """Links of areas (n,) to areas (m,) by their shapes, shapely polygons in EPSG:27700."""
    if not len(before) or not len(after):
        nothing = np.empty(0, dtype="U9")
        return Links(nothing, nothing, np.empty(0))
    b, a = shapely.STRtree(after_shapes).query(before_shapes, predicate="intersects")
    area = shapely.area(shapely.intersection(before_shapes[b], after_shapes[a]))
    smaller = np.minimum(shapely.area(before_shapes)[b], shapely.area(after_shapes)[a])
    linked = area >= LEAST_SHARED * smaller
    return Links(before[b[linked]], after[a[linked]], area[linked])


@dataclass(frozen=True)
class Carriage:
    """How places of one census become places of another.

    `matrix` sparse (n, m): what an area of the first brings to the weight of one of the second, whose column adds up to
    1 (or to 0, where nothing reaches it). `vague` (m,) marks areas that are only known whole: nothing says how many of
    their residents came from where. `reached` (n,) is the share of each area's links that lead to an area of the
    second; 0 where it has none.
    """

    matrix: sparse.csr_array
    vague: np.ndarray
    reached: np.ndarray

    def carried(self, weights: sparse.csr_array, people: np.ndarray) -> tuple[sparse.csr_array, np.ndarray]:
        """Weights (L, n) of places on the first areas → (weights (L, m) on the second, share (L,) of people left out).

        `people` (n,) residents of the first areas; an area whose residents are not known counts as an average one. Left
        out are those in areas that became none that is known, and in a vague one of which a place holds a part.
        """
        made = sparse.csr_array(weights @ self.matrix)
        known = np.isfinite(people) & (people > 0)
        weigh = np.where(known, people, people[known].mean() if known.any() else 1.0)
        lost = np.asarray(weights @ (weigh * (1 - self.reached)))
        near_one = np.abs(made.data - 1) < _EXACT
        made.data[near_one] = 1.0
        partly = self.vague[made.indices] & ~near_one
        if partly.any():
            # Each area of the place counts once, in however many vague ones its people may live now.
            left = sparse.csr_array((partly.astype(float), made.indices, made.indptr), shape=made.shape)
            reaches = sparse.csr_array(
                (np.ones(self.matrix.nnz), self.matrix.indices, self.matrix.indptr), shape=self.matrix.shape
            )
            lost += np.asarray(weights.multiply((left @ reaches.T) > 0) @ (weigh * self.reached))
            made.data[partly] = 0.0
            made.eliminate_zeros()
        total = np.asarray(weights @ weigh)
        with np.errstate(invalid="ignore", divide="ignore"):
            share = np.where(total > 0, np.minimum(lost / total, 1.0), 0.0)
        return made, share


def carriage(before: np.ndarray, after: np.ndarray, links: Links, people: np.ndarray) -> Carriage:
    """How places on the sorted `before` (n,) become places on the sorted `after` (m,).

    An area with its code in both is itself, unless the links say otherwise; `people` (n,) are the residents of
    `before`, NaN where unknown. A merged area of which a place holds a part goes by the residents of its parts;
    those of an area that is shared among several, by the area of each piece.
    """
    b, a = align(links.before, before), align(links.after, after)
    inside = (b >= 0) & (a >= 0)
    same = np.flatnonzero((align(before, after) >= 0) & ~np.isin(before, links.before))
    b = np.concatenate([b[inside], same])
    a = np.concatenate([a[inside], align(before[same], after)])
    area = np.concatenate([links.area[inside], np.full(len(same), np.nan)])
    n, m = len(before), len(after)
    # Areas that the second census's table leaves out are lost, not shared among the others.
    every = np.bincount(align(links.before, before)[align(links.before, before) >= 0], minlength=n)
    every[same] = 1
    targets, sources = np.bincount(b, minlength=n), np.bincount(a, minlength=m)
    measured = np.bincount(b, np.nan_to_num(area, nan=-np.inf), n)
    with np.errstate(invalid="ignore", divide="ignore"):
        part = np.where(targets[b] == 1, 1.0, area / measured[b])
    brings = part * people[b]
    # Where residents are not known the areas themselves are all there is to go by.
    unknown = np.bincount(a, ~np.isfinite(brings), m) > 0
    brings = np.where(unknown[a], area, brings)
    vague = (np.bincount(a, ~np.isfinite(brings), m) > 0) & (sources > 1)
    brings = np.where(vague[a] | (sources[a] == 1) | ~np.isfinite(brings), 1.0, brings)
    total = np.bincount(a, brings, m)
    empty = total[a] == 0
    brings, total = np.where(empty, 1.0, brings), np.where(np.isin(np.arange(m), a[empty]), sources, total)
    matrix = sparse.csr_array((brings / total[a], (b, a)), shape=(n, m))
    return Carriage(matrix, vague, targets / np.maximum(every, 1))
