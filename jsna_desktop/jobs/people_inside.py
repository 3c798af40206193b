"""What tells where the people of a cut block live, read from a workspace: its postcodes and its population grids."""

from dataclasses import dataclass, field

import numpy as np
import shapely

from jsna_desktop.areas import locate
from jsna_desktop.areas.geography import align
from jsna_desktop.areas.grid_cells import people_within
from jsna_desktop.areas.lived_in import LivedIn
from jsna_desktop.jobs.grid_windows import GridWindows
from jsna_desktop.jobs.located import Places
from jsna_desktop.workspace import catalogue
from jsna_desktop.workspace.store import Store

_OUTPUT_AREAS = ("oa2021", "oa2011")
_GRIDS = "raster.population"


def postcode_datasets(store: Store) -> list[int]:
    """Keys of the postcodes in use, the later added first."""
    rows = store.all("SELECT key FROM dataset WHERE kind = 'postcodes' AND replaced_by IS NULL ORDER BY key DESC")
    return [row[0] for row in rows]


def grid_datasets(store: Store) -> list[int]:
    """Keys of the population grids in use, the later added first."""
    rows = store.all(
        "SELECT d.key FROM dataset d JOIN grid g ON g.dataset = d.key "
        "WHERE d.kind = 'raster' AND (d.id = ? OR d.id LIKE ?) AND d.replaced_by IS NULL ORDER BY d.key DESC",
        [_GRIDS, f"{_GRIDS}.%"],
    )
    return [row[0] for row in rows]


def live_postcodes(store: Store) -> tuple[np.ndarray, np.ndarray]:
    """Every live postcode (n,) of the workspace that has a place, each once by the later added, and where (n, 2)."""
    found, postcodes, seen = [], [], np.empty(0, dtype=np.int64)
    for key in postcode_datasets(store):
        codes = catalogue.codes(store, key)
        points = np.column_stack([catalogue.column(store, key, name) for name in ("easting", "northing")])
        keys = locate.postcode_keys(codes)
        new = np.isfinite(points).all(axis=1) & ~np.isin(keys, seen)
        found.append(points[new].astype(float))
        postcodes.append(codes[new])
        seen = np.concatenate([seen, keys[new]])
    if not found:
        return np.empty(0, dtype="U8"), np.empty((0, 2))
    return np.concatenate(postcodes), np.concatenate(found)


def lived_in(store: Store) -> LivedIn | None:
    """The live postcodes of the workspace; None where there are no postcodes.

    With the residents of each where those of output areas are known: an output area's, shared equally among its
    postcodes.
    """
    if not postcode_datasets(store):
        return None
    postcodes, points = live_postcodes(store)
    return LivedIn(points, postcode_residents(store, postcodes))


def residents_datasets(store: Store) -> list[tuple[str, int, str]]:
    """(geography, dataset key, column) of the open counts of residents by output area, the latest census first."""
    hidden = {row[0] for row in store.all("SELECT key FROM dataset WHERE sensitive = 1")}
    counts = [
        (indicator.geography, indicator.period[-4:], key, column)
        for key, indicator in catalogue.keyed_indicators(store)
        if indicator.id == "population.residents" and indicator.kind == "count" and indicator.sex == "persons"
        and indicator.age == "all" and key not in hidden and indicator.geography in _OUTPUT_AREAS
        and (column := indicator.value or indicator.numerator)
    ]  # fmt: skip
    counts.sort(key=lambda one: (one[0], one[1]), reverse=True)
    return [(geo, key, column) for geo, _, key, column in counts[:1]]


def postcode_residents(store: Store, postcodes: np.ndarray) -> np.ndarray | None:
    """Residents (n,) of postcodes (n,), NaN where unknown; None where no output areas have any."""
    for geo, key, column in residents_datasets(store):
        codes, people = catalogue.codes(store, key), catalogue.column(store, key, column)
        own = align(Places(store).blocks(postcodes, geo).codes, codes)
        known = own >= 0
        shared = np.bincount(own[known], minlength=len(codes))
        residents = np.full(len(postcodes), np.nan)
        residents[known] = (people / np.maximum(shared, 1))[own[known]]
        return residents
    return None


@dataclass(frozen=True)
class PopulationGrids:
    """The population grids of a workspace; their tiles are read as they are needed, and the latest kept."""

    store: Store
    keys: list[int]
    _windows: dict[int, GridWindows] = field(default_factory=dict)
    _people: dict[tuple[int, bytes], float] = field(default_factory=dict)

    def people(self, key: int, shapes: np.ndarray) -> np.ndarray:
        """People (n,) on one grid within shapes (n,)."""
        windows = self.windows(key)
        return people_within(shapes, windows.transform, windows.counts)

    def whole(self, key: int, blocks: np.ndarray) -> np.ndarray:
        """People (n,) on one grid within whole blocks (n,): kept, for the same block is asked for again."""
        marks = [(key, wkb) for wkb in shapely.to_wkb(blocks).tolist()] if len(blocks) else []
        for place, mark in enumerate(marks):
            if mark not in self._people:
                self._people[mark] = float(self.people(key, blocks[place : place + 1])[0])
        return np.array([self._people[mark] for mark in marks])

    def windows(self, key: int) -> GridWindows:
        if key not in self._windows:
            self._windows[key] = GridWindows(self.store, key)
        return self._windows[key]
