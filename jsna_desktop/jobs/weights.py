"""How much of each building block the localities of a workspace hold, made once and kept."""

import json
from typing import Any

import numpy as np
import shapely

from jsna_desktop.areas import apportion, geography
from jsna_desktop.areas.locality import SELECTION, Locality, Weights, matrix_of
from jsna_desktop.errors import WorkspaceProblem
from jsna_desktop.jobs.carried import Between, CarriedRow, other_census, waiting
from jsna_desktop.jobs.outlines import Outlines
from jsna_desktop.workspace import arrays
from jsna_desktop.workspace.store import Store

_NOTHING = (np.empty(0, dtype=np.int64), np.empty(0))


def weights_for(
    store: Store,
    localities: list[Locality],
    blocks: str,
    universe: np.ndarray,
    method: str | None = None,
    outlines: Outlines | None = None,
) -> Weights:
    """Weights of the localities over the sorted `universe` (m,) of the geography `blocks`.

    A selection of these very blocks is exact and takes whole blocks. One of the same kind of area of the other census
    is carried (jobs/carried.py), and so is everything where only that census's boundaries are loaded. The rest is
    shared out by its shape: by postcodes where there are any, else by area, unless another method is asked for.
    `outlines` are those of `blocks`, where the caller has them.
    """
    kept = _kept(store, localities, blocks)
    selected = _selected(localities, blocks, universe)
    carried = _carried(store, localities, blocks, universe, method)
    rows, methods, unmade, fresh = [], [], {}, []
    bases: dict[str, str] = {}
    without: dict[int, int] = {}
    for place, locality in enumerate(localities):
        if place in selected:
            positions = selected[place]
            rows.append((positions, np.ones(len(positions))))
            methods.append(apportion.BLOCKS)
            if not len(positions):
                unmade[place] = "none of its areas are in the data"
            continue
        if place in carried:
            rows.append((carried[place].positions, carried[place].shares))
            methods.append(carried[place].method)
            if not len(carried[place].positions):
                unmade[place] = carried[place].unmade or "none of its areas are in the data"
            continue
        outlines = outlines or Outlines.of(store, blocks)
        chosen = method or (apportion.AREA if outlines is None else outlines.methods[0])
        methods.append(chosen)
        if outlines is None or locality.shape is None:
            rows.append(_NOTHING)
            unmade[place] = (
                f"the place has no outline yet: add boundaries for its own areas ({geography.name(locality.geography)})"
                if outlines is not None
                else f"no boundaries of {geography.name(blocks)} to share these areas out by"
            )
            continue
        if chosen not in bases:
            bases[chosen] = outlines.basis(chosen)
        if chosen == apportion.BEST_FIT and (lacking := outlines.without_centroid(locality.shape)):
            without[place] = lacking
        known = kept.get((locality.id, chosen))
        if known is not None and known[0] == bases[chosen]:
            codes, shares = known[1], known[2]
        else:
            positions, shares = outlines.shares(locality.shape, chosen)
            codes = outlines.codes[positions]
            fresh.append((locality.id, blocks, chosen, bases[chosen], codes, shares))
        positions = geography.align(codes, universe)
        rows.append((positions[positions >= 0], shares[positions >= 0]))
    _keep(store, fresh)
    notes = {place: row.note for place, row in carried.items() if place not in unmade}
    lost = {place: row.lost for place, row in carried.items() if place not in unmade and row.lost}
    return Weights(blocks, matrix_of(rows, len(universe)), tuple(methods), unmade, without, notes, lost)


def _carried(
    store: Store, localities: list[Locality], blocks: str, universe: np.ndarray, method: str | None
) -> dict[int, CarriedRow]:
    """Rows of the places that the other census's blocks must be gone by, by place."""
    other = other_census(blocks)
    places = waiting(store, localities, blocks, other) if other else []
    if not other or not places:
        return {}
    between = Between.of(store, other, blocks, universe, [localities[place] for place in places])
    made = weights_for(store, [localities[place] for place in places], other, between.before, method)
    return dict(zip(places, between.rows(made), strict=True))


def _selected(localities: list[Locality], blocks: str, universe: np.ndarray) -> dict[int, np.ndarray]:
    """Positions in the universe of every selection of these very blocks, by place: all of them aligned at once."""
    own = {
        place: locality.blocks
        for place, locality in enumerate(localities)
        if locality.kind == SELECTION and locality.geography == blocks and locality.blocks is not None
    }
    if not own:
        return {}
    positions = geography.align(np.concatenate(list(own.values())), universe)
    pieces = np.split(positions, np.cumsum([len(codes) for codes in own.values()])[:-1])
    return {place: piece[piece >= 0] for place, piece in zip(own, pieces, strict=True)}


def _kept(store: Store, localities: list[Locality], blocks: str) -> dict[tuple[int, str], tuple]:
    wanted = [one.id for one in localities if one.id and not (one.kind == SELECTION and one.geography == blocks)]
    rows = (
        store.all(
            "SELECT locality, method, boundaries, blocks, share FROM weight "
            "WHERE geography = ? AND locality IN (SELECT value FROM json_each(?))",
            [blocks, json.dumps(wanted)],
        )
        if wanted
        else []
    )
    return {
        (key, method): (checksum, arrays.unpack_codes(codes), np.frombuffer(share, "<f8"))
        for key, method, checksum, codes, share in rows
    }


def _keep(store: Store, fresh: list[tuple]) -> None:
    fresh = [row for row in fresh if row[0]]
    if not fresh or store.read_only:
        return
    try:
        with store.transaction():
            for key, blocks, method, checksum, codes, shares in fresh:
                store.run(
                    "INSERT OR REPLACE INTO weight VALUES (?, ?, ?, ?, ?, ?)",
                    [key, blocks, method, checksum, arrays.pack_codes(codes), shares.astype("<f8").tobytes()],
                )
    except WorkspaceProblem:
        # Weights are kept to save time alone. In a folder that cannot be written, or beside a program that is writing,
        # the workspace can still be read and the weights made again.
        return


class Weighing:
    """The weights of one profile: what they are made from is read once, for every method and geography.

    `areas` keeps the comparator areas of the profile (jobs/comparators.py), `rasters` what was read of rasters, by
    geography (jobs/raster_parts.py).
    """

    def __init__(self, store: Store) -> None:
        self.store = store
        self.areas: dict[tuple, Any] = {}
        self.rasters: dict[str, Any] = {}
        self._outlines: dict[str, Outlines | None] = {}

    def outlines(self, blocks: str) -> Outlines | None:
        if blocks not in self._outlines:
            self._outlines[blocks] = Outlines.of(self.store, blocks)
        return self._outlines[blocks]

    def methods(self, blocks: str) -> tuple[str, ...]:
        """The methods that the data allow for a drawn place, the default first."""
        outlines = self.outlines(blocks)
        return (apportion.AREA, apportion.BEST_FIT) if outlines is None else outlines.methods

    def weights(
        self, localities: list[Locality], blocks: str, universe: np.ndarray, method: str | None = None
    ) -> Weights:
        """As `weights_for`."""
        drawn = any(not (one.kind == SELECTION and one.geography == blocks) for one in localities)
        outlines = self.outlines(blocks) if drawn else None
        return weights_for(self.store, localities, blocks, universe, method, outlines)

    def cut_ranges(
        self, localities: list[Locality], blocks: str, universe: np.ndarray, residents: np.ndarray
    ) -> list[tuple[float, float] | None]:
        """The lowest and highest residents of each place over the methods that the data allow.

        `residents` (m,) of the universe, no NaN. None for a place of whole blocks and one that has no weights.
        """
        if not localities:
            return []
        totals = []
        without = {p for p, one in enumerate(localities) if one.kind == SELECTION and one.geography == blocks}
        for method in self.methods(blocks):
            made = self.weights(localities, blocks, universe, method)
            totals.append(made.matrix @ residents)
            without |= set(made.unmade)
        low, high = np.min(totals, axis=0), np.max(totals, axis=0)
        return [None if p in without else (float(low[p]), float(high[p])) for p in range(len(localities))]


def from_wkb(wkb: bytes | None) -> shapely.Geometry | None:
    return None if wkb is None else shapely.from_wkb(wkb)
