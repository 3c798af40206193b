"""The areas that places are compared with, and their values."""

from dataclasses import dataclass

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
    matrix = weights.matrix
    areas: dict[str, Area] = {}
    of, order = np.full(matrix.shape[0], -1), {}
    same = np.zeros(matrix.shape[0], dtype=bool)
    for place in range(matrix.shape[0]):
        held = slice(matrix.indptr[place], matrix.indptr[place + 1])
        blocks = matrix.indices[held]
        if not len(blocks):
            continue
        area = _nation(table, blocks, areas) if level == ENGLAND else _parent(table, level, blocks, areas)
        if area is None:
            continue
        areas[area.code] = area
        of[place] = order.setdefault(area.code, len(order))
        same[place] = len(blocks) == len(area.blocks) and bool((matrix.data[held] == 1).all())
    listed = tuple(areas[code] for code in order)
    return Compared(level, listed, of, same, _values(table, listed))


def _nation(table: Table, blocks: np.ndarray, known: dict[str, Area]) -> Area | None:
    letters = set(table.universe[blocks].astype("U1").tolist())
    letter = letters.pop()
    if letters or letter not in geography.NATIONS:
        return None
    code, name = geography.NATIONS[letter]
    if code in known:
        return known[code]
    members = np.flatnonzero(geography.in_nation(table.universe, letter) & ~table.published)
    whole = letter == "E" and len(members) >= _COVERS * geography.ENGLAND.get(table.geography, np.inf)
    published = geography.align(np.array([code]), table.universe)[0] >= 0
    if not whole and not published:
        return None
    return Area(code, name, members if whole else np.empty(0, dtype=np.int64))


def _parent(table: Table, level: str, blocks: np.ndarray, known: dict[str, Area]) -> Area | None:
    hierarchy = table.hierarchies.get(level)
    if hierarchy is None:
        return None
    place = hierarchy.holding(blocks)
    if place < 0:
        return None
    code = str(hierarchy.codes[place])
    if code in known:
        return known[code]
    members = hierarchy.members(place)
    if level == REGION and not _covers(members, geography.region_size(code, table.geography)):
        # A county's own files name its region: what is loaded of it is not the region.
        members = np.empty(0, dtype=np.int64)
        if geography.align(np.array([code]), table.universe)[0] < 0:
            return None
    return Area(code, str(hierarchy.names[place]), members)


def _covers(members: np.ndarray, size: int | None) -> bool:
    return size is not None and len(members) >= _COVERS * size


def _values(table: Table, areas: tuple[Area, ...]) -> Estimates:
    """Values of the areas: as published where the table has the area's own row, else summed from its blocks."""
    ones = matrix_of([(area.blocks, np.ones(len(area.blocks))) for area in areas], len(table.universe))
    summed = estimates(ones, table.stack)
    rows = geography.align(np.array([area.code for area in areas]), table.universe) if areas else np.empty(0, int)
    if not (rows >= 0).any():
        return summed
    own = sparse.csr_array((np.ones((rows >= 0).sum()), (np.flatnonzero(rows >= 0), rows[rows >= 0])), shape=ones.shape)
    published = estimates(own, table.stack)
    direct = np.full(published.value.shape, np.nan)
    for plan, values in table.values.items():
        if not table.stack.plans[plan].indicator.measure:
            direct[rows >= 0, plan] = values[rows[rows >= 0]]
    given = np.isfinite(published.value) & np.isfinite(published.denominator)
    merged = {
        part: np.where(given, getattr(published, part), getattr(summed, part))
        for part in ("value", "lower", "upper", "numerator", "denominator", "missing", "notes")
    }
    merged["value"] = np.where(np.isfinite(direct) & ~given, direct, merged["value"])
    return Estimates(**merged)
