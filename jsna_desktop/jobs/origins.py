"""Where residents begin their journeys: the live postcodes of each block, or the block's own point."""

from dataclasses import dataclass

import numpy as np
import shapely

from jsna_desktop.areas import geography
from jsna_desktop.jobs.clip import MARGIN_M, clip_box
from jsna_desktop.jobs.located import Places
from jsna_desktop.jobs.outlines import Outlines
from jsna_desktop.jobs.people import People
from jsna_desktop.jobs.people_inside import live_postcodes, postcode_residents
from jsna_desktop.sources.known import counted
from jsna_desktop.workspace import catalogue
from jsna_desktop.workspace.store import Store

BY_POSTCODE, BY_CENTROID, BY_SURFACE, NOWHERE = range(4)


@dataclass(frozen=True)
class Origins:
    """Points (n, 2), EPSG:27700, in the order of their blocks: `block` (n,) positions in the residents' codes.

    `share` (n,) of the block's residents who begin there, 1 in all for each block; `by` (n,) where the point is from:
    a postcode, a population-weighted centroid, a point in the outline, or nowhere (NaN). `home` (blocks,) marks the
    blocks that the workspace is about: others are there as neighbours, where postcodes reach.
    """

    points: np.ndarray
    block: np.ndarray
    share: np.ndarray
    by: np.ndarray
    home: np.ndarray


def origins(store: Store, people: People) -> Origins:
    """Of every block that is of the workspace or has postcodes of it."""
    real = geography.is_block(people.codes, people.geography)
    postcodes, points = live_postcodes(store)
    held = Places(store).blocks(postcodes, people.geography).codes if len(postcodes) else np.empty(0, dtype="U9")
    at = geography.align(held, people.codes)
    kept = (at >= 0) & real[np.maximum(at, 0)]
    postcodes, points, at = postcodes[kept], points[kept], at[kept]
    outlines = Outlines.of(store, people.geography)
    home = real & _at_home(store, people.codes, outlines, at)
    lacking = np.flatnonzero(home & (np.bincount(at, minlength=len(home)) == 0))
    other, by = _own_points(store, people, outlines, lacking)
    block = np.concatenate([at, lacking])
    order = np.argsort(block, kind="stable")
    share = np.concatenate([_shares(store, postcodes, at, len(home)), np.ones(len(lacking))])
    every = np.concatenate([np.full(len(at), BY_POSTCODE), by])
    return Origins(np.concatenate([points, other])[order], block[order], share[order], every[order], home)


def _at_home(store: Store, codes: np.ndarray, outlines: Outlines | None, at: np.ndarray) -> np.ndarray:
    """Which blocks (b,) the workspace is about: those of its boundaries in its place, else all with postcodes."""
    if outlines is None:
        return np.bincount(at, minlength=len(codes)) > 0
    position = geography.align(codes, outlines.codes)
    found = position >= 0
    box = clip_box(store)
    if box is not None:
        west, south, east, north = box
        inner = np.array([west + MARGIN_M, south + MARGIN_M, east - MARGIN_M, north - MARGIN_M])
        x, y = (outlines.bounds[:, axis] / 2 + outlines.bounds[:, axis + 2] / 2 for axis in (0, 1))
        inside = (x >= inner[0]) & (y >= inner[1]) & (x <= inner[2]) & (y <= inner[3])
        found &= inside[np.maximum(position, 0)]
    return found


def _own_points(
    store: Store, people: People, outlines: Outlines | None, blocks: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Points (m, 2) of blocks without postcodes, and where they are from (m,)."""
    points, by = np.full((len(blocks), 2), np.nan), np.full(len(blocks), NOWHERE)
    codes = people.codes[blocks]
    key = catalogue.centroids(store, people.geography)
    if key is not None:
        place = geography.align(codes, catalogue.codes(store, key))
        columns = np.column_stack([catalogue.column(store, key, name) for name in ("easting", "northing")])
        there = (place >= 0) & np.isfinite(columns[np.maximum(place, 0)]).all(axis=1)
        points[there], by[there] = columns[place[there]], BY_CENTROID
    left = np.flatnonzero(by == NOWHERE)
    if outlines is not None and len(left):
        place = geography.align(codes[left], outlines.codes)
        left, place = left[place >= 0], place[place >= 0]
        points[left] = shapely.get_coordinates(shapely.point_on_surface(outlines.shapes(place)))
        by[left] = BY_SURFACE
    return points, by


def _shares(store: Store, postcodes: np.ndarray, at: np.ndarray, size: int) -> np.ndarray:
    """Share (k,) of its block's residents at each postcode: by residents where they are known of all, else alike."""
    weight = np.ones(len(postcodes))
    known = postcode_residents(store, postcodes) if len(postcodes) else None
    if known is not None:
        whole = np.bincount(at, np.isnan(known), minlength=size) == 0
        total = np.bincount(at, np.nan_to_num(known), minlength=size)
        use = (whole & (total > 0))[at]
        weight[use] = known[use]
    return weight / np.bincount(at, weight, minlength=size)[at]


def told(found: Origins, people: People) -> list[str]:
    """Sentences on the residents of the workspace's own blocks whose journeys do not begin at postcodes."""
    mine = found.home[found.block]
    residents = np.where(mine, found.share * np.nan_to_num(people.residents[found.block]), 0.0)
    total = residents.sum()
    said = []
    if unknown := int(np.isnan(people.residents[found.home]).sum()):
        said.append(f"without known residents, and left out: {counted(unknown, 'area')}")
    for kind, words in (
        (BY_CENTROID, "begin at the population-weighted centroid of their area, which has no postcode"),
        (BY_SURFACE, "begin at a point in their area, which has no postcode and no centroid"),
        (NOWHERE, "live in areas without a place: no boundaries, postcodes or centroids of them are loaded"),
    ):
        part = residents[found.by == kind].sum()
        if part > 0:
            said.append(f"{100 * part / total:.1f} % of residents {words}")
    return said
