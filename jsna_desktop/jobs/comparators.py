"""The areas that places are compared with, and their values."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse

from jsna_desktop.areas import geography
from jsna_desktop.areas.locality import Weights, matrix_of
from jsna_desktop.jobs.figures import Table
from jsna_desktop.measures.profile import Estimates, estimates

ENGLAND, REGION, DISTRICT = "england", "region", "district"
FIXED = (DISTRICT, REGION, ENGLAND)
# Above this share of England's areas a table is taken to cover England; below it no value is called England's.
_COVERS = 0.99
# Two generalised outlines of one line differ by slivers: a share of an area below this is none, but for it a whole.
SLIVER = 0.01


@dataclass(frozen=True)
class Area:
    """A comparator area: its code, name, and the positions of its blocks."""

    code: str
    name: str
    blocks: np.ndarray


@dataclass(frozen=True)
class Compared:
    """What L places are compared with at one level: `areas`, and for each place which of them (−1 for none).

    `same` marks places that are the area itself; `estimates` has a row an area.
    """

    level: str
    areas: tuple[Area, ...]
    of: np.ndarray
    same: np.ndarray
    estimates: Estimates


def compared(table: Table, weights: Weights, level: str) -> Compared:
    """The comparator of every place at one level (`england`, `region`, `district`)."""
    matrix = _without_slivers(weights.matrix)
    parents, made = _nations(table) if level == ENGLAND else _hierarchy(table, level)
    held = _one_parent(matrix, parents)
    areas: list[Area] = []
    of = np.full(len(held), -1)
    for parent in np.unique(held[held >= 0]):
        area = made(int(parent))
        if area is not None:
            of[held == parent] = len(areas)
            areas.append(area)
    sizes = np.array([len(area.blocks) for area in areas])
    whole = np.asarray(matrix.sum(axis=1)).reshape(-1)
    counts = np.diff(matrix.indptr)
    same = (of >= 0) & (whole == counts)
    same[same] = counts[same] == sizes[of[same]]
    return Compared(level, tuple(areas), of, same, _values(table, tuple(areas)))


def _without_slivers(matrix: sparse.csr_array) -> sparse.csr_array:
    """Weights (L, blocks) as the eye sees them: blocks that a place holds all but a sliver of whole, and no slivers.

    Generalised outlines of two censuses never quite meet: by slivers a district would lie in three. A place that is
    nothing but slivers keeps them.
    """
    if (matrix.data == 1).all():
        return matrix
    places = len(matrix.indptr) - 1
    rows = np.repeat(np.arange(places), np.diff(matrix.indptr))
    big = matrix.data > SLIVER
    some = np.bincount(rows[big], minlength=places) > 0
    kept = big | ~some[rows]
    data = np.where(matrix.data > 1 - SLIVER, 1.0, matrix.data)[kept]
    starts = np.concatenate([[0], np.cumsum(np.bincount(rows[kept], minlength=places))])
    return sparse.csr_array((data, matrix.indices[kept], starts), shape=matrix.shape)


def _one_parent(matrix: sparse.csr_array, parents: np.ndarray) -> np.ndarray:
    """For each row the one parent of all its blocks, −1 where they have several or an unknown one."""
    found = np.full(len(matrix.indptr) - 1, -1)
    some = np.flatnonzero(np.diff(matrix.indptr))
    if len(some):
        held = parents[matrix.indices]
        low = np.minimum.reduceat(held, matrix.indptr[some])
        high = np.maximum.reduceat(held, matrix.indptr[some])
        found[some] = np.where(low == high, low, -1)
    return found


def _nations(table: Table) -> tuple[np.ndarray, Callable[[int], Area | None]]:
    letters = sorted(geography.NATIONS)
    first = table.universe.astype("U1")
    parents = np.full(len(first), -1)
    for place, letter in enumerate(letters):
        parents[first == letter] = place

    def made(parent: int) -> Area | None:
        letter = letters[parent]
        code, name = geography.NATIONS[letter]
        members = np.flatnonzero((parents == parent) & ~table.published)
        whole = letter == "E" and len(members) >= _COVERS * geography.ENGLAND.get(table.geography, np.inf)
        return _area(table, code, name, members, whole)

    return parents, made


def _hierarchy(table: Table, level: str) -> tuple[np.ndarray, Callable[[int], Area | None]]:
    hierarchy = table.hierarchies.get(level)
    if hierarchy is None:
        return np.full(len(table.universe), -1), lambda _: None

    def made(parent: int) -> Area | None:
        code, members = str(hierarchy.codes[parent]), hierarchy.members(parent)
        size = geography.region_size(code, table.geography)
        # A county's own files name its region: what is loaded of it is not the region.
        whole = level != REGION or (size is not None and len(members) >= _COVERS * size)
        return _area(table, code, str(hierarchy.names[parent]), members, whole)

    return hierarchy.parents, made


def _area(table: Table, code: str, name: str, members: np.ndarray, whole: bool) -> Area | None:
    """The area as the sum of its blocks where they are all here, or by its own published row; else None."""
    if whole:
        return Area(code, name, members)
    published = geography.align(np.array([code]), table.universe)[0] >= 0
    return Area(code, name, np.empty(0, dtype=np.int64)) if published else None


def _blank(found: Estimates, gone: np.ndarray) -> Estimates:
    """No value for the areas of which no blocks are here: an empty sum is not their number."""
    parts = ("value", "lower", "upper", "numerator", "denominator")
    return replace(found, **{part: np.where(gone[:, None], np.nan, getattr(found, part)) for part in parts})


def _values(table: Table, areas: tuple[Area, ...]) -> Estimates:
    """Values of the areas: as published where the table has the area's own row, else summed from its blocks."""
    ones = matrix_of([(area.blocks, np.ones(len(area.blocks))) for area in areas], len(table.universe))
    summed = _blank(estimates(ones, table.stack), np.array([not len(area.blocks) for area in areas], dtype=bool))
    rows = geography.align(np.array([area.code for area in areas]), table.universe) if areas else np.empty(0, int)
    if not (rows >= 0).any():
        return summed
    own = sparse.csr_array((np.ones((rows >= 0).sum()), (np.flatnonzero(rows >= 0), rows[rows >= 0])), shape=ones.shape)
    published = estimates(own, table.stack)
    direct = np.full(published.value.shape, np.nan)
    for plan, values in table.values.items():
        if not table.stack.plans[plan].indicator.measure:
            direct[rows >= 0, plan] = values[rows[rows >= 0]]
    given = np.isfinite(published.value) & (published.denominator > 0)
    merged = {
        part: np.where(given, getattr(published, part), getattr(summed, part))
        for part in ("value", "lower", "upper", "numerator", "denominator", "missing", "notes")
    }
    merged["value"] = np.where(np.isfinite(direct) & ~given, direct, merged["value"])
    return Estimates(**merged)
