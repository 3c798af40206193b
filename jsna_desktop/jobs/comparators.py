"""The areas that places are compared with, and their values."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse

from jsna_desktop.areas import geography
from jsna_desktop.areas.locality import Weights, matrix_of
from jsna_desktop.jobs.figures import Figures, Table
from jsna_desktop.measures.profile import OK, Estimates, estimates

ENGLAND, REGION, DISTRICT = "england", "region", "district"
PARENT, PEERS = "parent", "peers"
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


def compared(
    figures: Figures, table: Table, weights: Weights, level: str, kept: dict[tuple, Estimates] | None = None
) -> Compared:
    """The comparator of every place at one level (`england`, `region`, `district`, or any that blocks are placed in).

    `kept` holds values of areas that were worked out before, and gets these.
    """
    areas, of, same = located(figures, table, weights, level)
    key = (table.geography, level, *(area.code for area in areas))
    if kept is None:
        return Compared(level, areas, of, same, values_of(figures, table, areas))
    if key not in kept:
        kept[key] = values_of(figures, table, areas)
    return Compared(level, areas, of, same, kept[key])


def located(
    figures: Figures, table: Table, weights: Weights, level: str
) -> tuple[tuple[Area, ...], np.ndarray, np.ndarray]:
    """Areas of one level, which of them holds each place (L,), −1 for none, and which places are the area itself."""
    matrix = without_slivers(weights.matrix)
    parents, made = _nations(figures, table) if level == ENGLAND else _hierarchy(figures, table, level)
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
    return tuple(areas), of, same


def areas_named(figures: Figures, wanted: str) -> list[tuple[str, str]]:
    """(code, name) of the areas of any level that go by this code or name, in any case."""
    asked = wanted.strip().casefold()
    found: dict[str, str] = {}
    for letter in geography.NATIONS:
        code, name = geography.NATIONS[letter]
        if asked in (code.casefold(), name.casefold()):
            found[code] = name
    for table in figures.tables.values():
        for hierarchy in table.hierarchies.values():
            for code, name in zip(hierarchy.codes.tolist(), hierarchy.names.tolist(), strict=True):
                if asked in (code.casefold(), name.casefold()):
                    found[code] = name
        if geography.align(np.array([wanted.strip().upper()]), table.universe)[0] >= 0:
            found.setdefault(wanted.strip().upper(), wanted.strip().upper())
    return list(found.items())


def area_of(figures: Figures, table: Table, code: str, name: str) -> Area | None:
    """An area on one table: the blocks that it is made of, none where it is there by its published row alone."""
    for nation, _ in geography.NATIONS.values():
        if nation == code:
            parents, made = _nations(figures, table)
            letter = sorted(geography.NATIONS).index(code[0])
            return made(letter) if (parents == letter).any() else None
    for level, hierarchy in table.hierarchies.items():
        place = np.flatnonzero(hierarchy.codes == code)
        if len(place):
            return _hierarchy(figures, table, level)[1](int(place[0]))
    own = geography.align(np.array([code]), table.universe)[0]
    if own >= 0 and not table.published[own]:
        return Area(code, name, np.array([own]))
    return _area(figures, table, code, name, np.empty(0, dtype=np.int64), False)


def without_slivers(matrix: sparse.csr_array) -> sparse.csr_array:
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


def _nations(figures: Figures, table: Table) -> tuple[np.ndarray, Callable[[int], Area | None]]:
    letters = sorted(geography.NATIONS)
    # The code point of each code's first letter: text is compared many times as slowly, and this at every drag.
    codes = np.ascontiguousarray(table.universe, dtype=str)
    first = codes.view(np.uint32).reshape(len(codes), codes.dtype.itemsize // 4)[:, 0]
    parents = np.full(len(first), -1)
    for place, letter in enumerate(letters):
        parents[first == ord(letter)] = place

    def made(parent: int) -> Area | None:
        letter = letters[parent]
        code, name = geography.NATIONS[letter]
        members = np.flatnonzero((parents == parent) & ~table.published)
        whole = letter == "E" and len(members) >= _COVERS * geography.ENGLAND.get(table.geography, np.inf)
        return _area(figures, table, code, name, members, whole)

    return parents, made


def _hierarchy(figures: Figures, table: Table, level: str) -> tuple[np.ndarray, Callable[[int], Area | None]]:
    hierarchy = table.hierarchies.get(level)
    if hierarchy is None:
        return np.full(len(table.universe), -1), lambda _: None

    def made(parent: int) -> Area | None:
        code, members = str(hierarchy.codes[parent]), hierarchy.members(parent)
        size = geography.region_size(code, table.geography)
        # A county's own files name its region: what is loaded of it is not the region.
        whole = level != REGION or (size is not None and len(members) >= _COVERS * size)
        return _area(figures, table, code, str(hierarchy.names[parent]), members, whole)

    return hierarchy.parents, made


def _area(figures: Figures, table: Table, code: str, name: str, members: np.ndarray, whole: bool) -> Area | None:
    """The area as the sum of its blocks where they are all here, or by a published row, of this table or of another

    with one of its indicators; else None.
    """
    if whole:
        return Area(code, name, members)
    if geography.align(np.array([code]), table.universe)[0] >= 0:
        return Area(code, name, np.empty(0, dtype=np.int64))
    for other in _twinned(figures, table):
        if geography.align(np.array([code]), figures.tables[other].universe)[0] >= 0:
            return Area(code, name, np.empty(0, dtype=np.int64))
    return None


def _twinned(figures: Figures, table: Table) -> list[str]:
    """Other geographies that have an indicator of this table."""
    if not figures.twins:
        return []
    found: dict[str, None] = {}
    for plan in table.stack.plans:
        for geo, _ in figures.twins_of(table.geography, plan.indicator):
            found[geo] = None
    return list(found)


def _blank(found: Estimates, gone: np.ndarray) -> Estimates:
    """No value for the areas of which no blocks are here: an empty sum is not their number."""
    parts = ("value", "lower", "upper", "numerator", "denominator")
    return replace(found, **{part: np.where(gone[:, None], np.nan, getattr(found, part)) for part in parts})


def values_of(figures: Figures, table: Table, areas: tuple[Area, ...]) -> Estimates:
    """Values of the areas (rows): as published where the table has the area's own row, else summed from its blocks,

    else as published for the same indicator on other areas (a district file beside one of wards).
    """
    ones = matrix_of([(area.blocks, np.ones(len(area.blocks))) for area in areas], len(table.universe))
    summed = _blank(estimates(ones, table.stack), np.array([not len(area.blocks) for area in areas], dtype=bool))
    codes = np.array([area.code for area in areas], dtype="U9")
    published = published_values(table, codes)
    if published is not None:
        summed = _first_of(published, summed)
    lacking = np.isnan(summed.value)
    if not figures.twins or not lacking.any():
        return summed
    for geo in _twinned(figures, table):
        there = published_values(figures.tables[geo], codes)
        if there is None:
            continue
        brought = {part: np.full(summed.value.shape, np.nan) for part in _PARTS}
        for place, plan in enumerate(table.stack.plans):
            for other, at in figures.twins_of(table.geography, plan.indicator):
                if other == geo:
                    for part in _PARTS:
                        brought[part][:, place] = getattr(there, part)[:, at]
        notes = np.zeros(summed.notes.shape, dtype=np.int8)
        summed = _first_of(summed, Estimates(**brought, missing=np.zeros(lacking.shape), notes=notes))
    return summed


_PARTS = ("value", "lower", "upper", "numerator", "denominator")


def published_values(table: Table, codes: np.ndarray) -> Estimates | None:
    """Values of the areas (a,) with rows of their own in a table, NaN for the others; None where none has one.

    An indicator without counts has the value, and the limits, that were published for the area.
    """
    rows = geography.align(codes, table.universe) if len(codes) else np.empty(0, int)
    there = np.flatnonzero(rows >= 0)
    if not len(there):
        return None
    shape = (len(codes), len(table.universe))
    own = sparse.csr_array((np.ones(len(there)), (there, rows[there])), shape=shape)
    made = estimates(own, table.stack)
    given = np.isfinite(made.value) & (made.denominator > 0)
    given |= np.isfinite(made.value) & np.array([plan.denominator < 0 for plan in table.stack.plans], dtype=bool)
    parts = {part: np.where(given, getattr(made, part), np.nan) for part in _PARTS}
    absent = np.ones(len(codes), dtype=bool)
    absent[there] = False
    for part in _PARTS:
        parts[part][absent] = np.nan
    notes = made.notes.copy()
    for plan, values in table.values.items():
        if table.stack.plans[plan].indicator.measure:
            continue
        fill = there[~given[there, plan]]
        parts["value"][fill, plan] = values[rows[fill]]
        if plan in table.limits:
            lower, upper = table.limits[plan]
            parts["lower"][fill, plan], parts["upper"][fill, plan] = lower[rows[fill]], upper[rows[fill]]
        notes[fill, plan] = np.where(np.isfinite(values[rows[fill]]), OK, notes[fill, plan])
    return Estimates(**parts, missing=made.missing, notes=notes)


def _first_of(first: Estimates, second: Estimates) -> Estimates:
    """The first's values with the second's where it has none."""
    given = np.isfinite(first.value)
    both = {
        part: np.where(given, getattr(first, part), getattr(second, part)) for part in (*_PARTS, "missing", "notes")
    }
    return Estimates(**both)
