"""Recognised files into a workspace: all in one transaction, or none. What they are is found first (`recognise.py`)."""

from collections.abc import Collection, Sequence

import numpy as np
import shapely

from jsna_desktop.areas import coverage, geography
from jsna_desktop.jobs import audit, column_maps, vintage
from jsna_desktop.jobs import replace as replace_job
from jsna_desktop.jobs.localities import add_missing_outlines
from jsna_desktop.jobs.outlines import BOUNDS
from jsna_desktop.jobs.progress import Progress
from jsna_desktop.jobs.raster_values import keep_raster_values
from jsna_desktop.jobs.recognise import (  # noqa: F401 - recognising and adding are one job to who calls it
    ALREADY,
    ASK,
    LEFT_OUT,
    READY,
    WHICH_AREAS,
    WHICH_COLUMNS,
    Found,
    Hints,
    _settled,
    choose,
    marked_sensitive,
    recognise,
    say_vintage,
)
from jsna_desktop.sources.dataset import Dataset, Problem, Reading
from jsna_desktop.workspace import catalogue
from jsna_desktop.workspace.store import Store

_OF_NO_AREAS = ("roads", "raster", "background")


def add(
    store: Store, found: Sequence[Found], progress: Progress | None = None, replacing: Collection[str] = ()
) -> list[Dataset]:
    """Add every ready file, all or none. Unknown codes are noted; boundaries get their levels for the map.

    Files whose SHA-256 is in `replacing` take the place of their older vintages (jobs/replace.py).
    """
    progress = progress or Progress()
    ready = [item for item in found if item.status == READY and item.reading is not None]
    made: list[Dataset] = []
    prepared = []
    for number, item in enumerate(ready):
        progress(f"Preparing {item.path.name}", number / max(1, len(ready)))
        assert item.reading is not None
        prepared.append((item.reading, _levels(item.reading, progress)))
    checked = _unknown_codes(store, [reading for reading, _ in prepared])
    checked = _without_centroid(store, checked)
    checked = vintage.without_outlines(store, checked)
    with store.transaction():
        for item, reading, (_, levels) in zip(ready, checked, prepared, strict=True):
            progress(f"Adding {reading.dataset.title}", None)
            if catalogue.dataset_with_checksum(store, reading.dataset.checksum) is not None:
                continue  # the same file twice in one call
            older = replace_job.older(store, reading) if reading.dataset.checksum in replacing else []
            key, dataset = catalogue.add_reading(store, reading)
            for tolerance, parts in levels:
                catalogue.keep_level(store, key, tolerance, parts)
            made.append(dataset)
            if item.mapped is not None:
                headings, said = item.mapped
                column_maps.remember(store, headings, said.kind, said.geography, said)
            _recorded(store, dataset)
            replace_job.put_in_place(store, [one.id for _, one in older], dataset)
        if any(dataset.kind == "boundaries" for dataset in made):
            add_missing_outlines(store, progress)
        keep_raster_values(store, progress)
    return made


def _recorded(store: Store, dataset: Dataset) -> None:
    audit.record(
        store,
        audit.ADDED,
        dataset.id,
        filename=dataset.filename,
        checksum=dataset.checksum,
        rows=dataset.rows,
        sensitive=dataset.sensitive,
    )


def _levels(reading: Reading, progress: Progress) -> list[tuple[float, dict[str, np.ndarray]]]:
    """Simplified outlines for the map, in the order of the sorted codes, and the bounds of every area."""
    if reading.geometry is None or reading.dataset.kind == "background":
        return []
    order = np.argsort(reading.codes, kind="stable")
    shapes = shapely.from_wkb(reading.geometry[order])
    kept = [(BOUNDS, {"bounds": shapely.bounds(shapes)})]
    progress("Simplifying the outlines for the map", None)
    for tolerance, simplified in coverage.simplified_levels(shapes):
        packed = coverage.pack(simplified)
        parts = {
            "coords": packed.coords,
            "origin": packed.origin,
            "ring_starts": packed.ring_starts,
            "ring_block": packed.ring_block,
            "bounds": packed.bounds,
        }
        kept.append((tolerance, parts))
    return kept


def _unknown_codes(store: Store, readings: list[Reading]) -> list[Reading]:
    """Record codes that no boundary or lookup knows, where there are any to go by."""
    homes = catalogue.codeset_keys(store, replaced=False)
    known: dict[str, list[np.ndarray]] = {}
    kinds = dict(store.all("SELECT key, kind FROM dataset"))
    for key, (_, geo) in homes.items():
        if kinds[key] in ("boundaries", "lookup"):
            known.setdefault(geo, []).append(catalogue.codes(store, key))
    for reading in readings:
        if reading.dataset.kind in ("boundaries", "lookup"):
            known.setdefault(reading.dataset.geography, []).append(np.sort(reading.codes))
    return [_noted(reading, known.get(reading.dataset.geography, [])) for reading in readings]


def _without_centroid(store: Store, readings: list[Reading]) -> list[Reading]:
    """Centroids with a word on the boundaries' areas that they leave out, which best fit places in another way."""
    outlined: dict[str, list[np.ndarray]] = {}
    for reading in readings:
        if reading.dataset.kind == "boundaries":
            outlined.setdefault(reading.dataset.geography, []).append(reading.codes)
    return [
        _centroids_noted(store, reading, outlined) if reading.dataset.kind == "centroids" else reading
        for reading in readings
    ]


def _centroids_noted(store: Store, reading: Reading, outlined: dict[str, list[np.ndarray]]) -> Reading:
    geo = reading.dataset.geography
    key = catalogue.boundaries(store, geo)
    known = [*outlined.get(geo, []), *([] if key is None else [catalogue.codes(store, key)])]
    lacking = np.setdiff1d(np.concatenate(known), reading.codes) if known else np.empty(0, "U1")
    if not len(lacking):
        return reading
    one = len(lacking) == 1
    message = (
        f"{len(lacking):,} {'area' if one else 'areas'} of the boundaries {'has' if one else 'have'} no centroid here: "
        f"by best fit {'it goes by its' if one else 'they go by their'} postcodes, or by a point on the land."
    )
    return reading.with_problem(Problem(message, len(lacking), tuple(lacking[:20].tolist())))


def _noted(reading: Reading, known: list[np.ndarray]) -> Reading:
    if not known or reading.dataset.kind in ("boundaries", "lookup", *_OF_NO_AREAS):
        return reading
    blocks = reading.codes[geography.is_block(reading.codes, reading.dataset.geography)]
    everything = np.unique(np.concatenate(known))
    strange = blocks[geography.align(blocks, everything) < 0]
    # A national table beside a council's own boundaries is no mistake: it has what is known, and more.
    covers = (geography.align(everything, np.sort(blocks)) >= 0).mean()
    if not len(strange) or (len(strange) > len(blocks) / 2 and covers > 0.5):
        return reading
    message = (
        f"{len(strange):,} codes are in no boundary or lookup of the workspace."
        if len(strange) > 1
        else f"{strange[0]} is in no boundary or lookup of the workspace."
    )
    return reading.with_problem(Problem(message, len(strange), tuple(strange[:20].tolist())))
