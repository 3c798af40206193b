"""What national files are clipped to: the place that a workspace is about, and 20 km around it.

Residents near the edge use services, roads and green space beyond it (methods.md 8), and a workspace holds no more of a
national file than it needs. The place is told by boundaries, in the workspace or among the files of the same call.
"""

from collections.abc import Sequence

import numpy as np
import shapely

from jsna_desktop.areas import geography
from jsna_desktop.jobs.outlines import BOUNDS
from jsna_desktop.sources.dataset import Reading
from jsna_desktop.sources.reading import Box
from jsna_desktop.workspace import catalogue
from jsna_desktop.workspace.store import Store

MARGIN_M = 20_000.0
# No English county or integrated care board is as wide or as high: boundaries that reach further are of several places.
PLACE_M = 200_000.0


def clip_box(store: Store, readings: Sequence[Reading] = ()) -> Box | None:
    """West, south, east and north (EPSG:27700 metres) of the place and 20 km around it; None without boundaries.

    Boundaries of building blocks come before those of larger areas. Where they reach further than a place does (a
    national file), the workspace's localities say where it is, and without any the whole of the boundaries is taken.
    """
    outlined = _outlined(store, readings)
    blocks = [bounds for geo, bounds in outlined if geo in geography.BLOCKS]
    whole = _union(blocks or [bounds for _, bounds in outlined])
    if whole is None:
        return None
    if max(whole[2] - whole[0], whole[3] - whole[1]) > PLACE_M:
        # Of national boundaries beside a council's own the council's say where it is.
        local = _union([b for b in blocks if max(b[2] - b[0], b[3] - b[1]) <= PLACE_M])
        places = _union([p for p in (local, _localities(store)) if p is not None])
        whole = whole if places is None else places
    west, south, east, north = (float(edge) for edge in whole)
    return (west - MARGIN_M, south - MARGIN_M, east + MARGIN_M, north + MARGIN_M)


def _outlined(store: Store, readings: Sequence[Reading]) -> list[tuple[str, np.ndarray]]:
    """(geography, bounds (4,)) of every dataset of boundaries in use and of those that are being added."""
    found: list[tuple[str, np.ndarray]] = []
    for key, geo in store.all("SELECT key, geography FROM dataset WHERE kind = 'boundaries' AND replaced_by IS NULL"):
        kept = catalogue.level(store, key, BOUNDS)
        # An older workspace may lack them; the shapes themselves are there always.
        each = kept["bounds"] if "bounds" in kept else shapely.bounds(shapely.from_wkb(catalogue.shapes(store, key)))
        found.append((geo, each))
    found += [
        (reading.dataset.geography, shapely.bounds(shapely.from_wkb(reading.geometry)))
        for reading in readings
        if reading.dataset.kind == "boundaries" and reading.geometry is not None
    ]
    each_whole = ((geo, _union(list(np.reshape(each, (-1, 4))))) for geo, each in found)
    return [(geo, whole) for geo, whole in each_whole if whole is not None]


def _localities(store: Store) -> np.ndarray | None:
    rows = store.all("SELECT wkb FROM locality WHERE wkb IS NOT NULL")
    return _union(list(shapely.bounds(shapely.from_wkb([row[0] for row in rows])))) if rows else None


def _union(bounds: Sequence[np.ndarray]) -> np.ndarray | None:
    """Bounds (4,) of bounds (4,) each; None where none of them is of anything."""
    known = [each for each in bounds if not np.isnan(each).any()]
    if not known:
        return None
    every = np.stack(known)
    return np.concatenate([every[:, :2].min(axis=0), every[:, 2:].max(axis=0)])
