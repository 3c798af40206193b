"""Files into a workspace: recognise, show, and only then add, all in one transaction."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import shapely

from jsna_desktop.areas import coverage, geography
from jsna_desktop.errors import FileProblem, UserError
from jsna_desktop.jobs.localities import add_missing_outlines
from jsna_desktop.jobs.outlines import BOUNDS
from jsna_desktop.jobs.progress import Progress
from jsna_desktop.sources.child import Reader
from jsna_desktop.sources.dataset import Dataset, Problem, Reading
from jsna_desktop.workspace import catalogue
from jsna_desktop.workspace.store import Store

READY, ALREADY, LEFT_OUT = "ready", "already", "left out"


@dataclass(frozen=True)
class Found:
    """What a file turned out to be. Nothing has been changed yet.

    `title` and `detail` are for people; `error` says why a file is left out; `reading` is there when it is ready.
    """

    path: Path
    status: str
    title: str
    detail: str
    problems: tuple[Problem, ...] = ()
    error: str = ""
    reading: Reading | None = None


@dataclass(frozen=True)
class Hints:
    """What the person says of files that do not say it themselves."""

    kind: str | None = None
    geography: str | None = None
    column_map: dict | None = None
    sensitive: bool = False


def recognise(
    paths: Sequence[Path], store: Store, progress: Progress | None = None, hints: Hints | None = None
) -> list[Found]:
    """What each file is, read and checked in a child process; nothing is added.

    A file that cannot be read is in the list with its reason. Cancelling ends the child.
    """
    progress, hints = progress or Progress(), hints or Hints()
    found: list[Found] = []
    with Reader() as reader:
        for number, path in enumerate(paths):
            progress(f"Reading {path.name} … {number + 1} of {len(paths)}", number / len(paths))
            found.append(_recognise(Path(path), store, reader, progress, hints))
    return _settled(store, found)


def _recognise(path: Path, store: Store, reader: Reader, progress: Progress, hints: Hints) -> Found:
    try:
        known = catalogue.dataset_with_checksum(store, _checksum(path))
        if known is not None:
            return Found(path, ALREADY, known.title, "This very file is in the workspace already")
        reading = reader.read(
            path, kind=hints.kind, geography=hints.geography, column_map=hints.column_map, progress=progress
        )
    except UserError as error:
        return Found(path, LEFT_OUT, "Not added", error.message, error=error.message)
    if hints.sensitive:
        reading = replace(reading, dataset=replace(reading.dataset, sensitive=True))
    return Found(path, READY, reading.dataset.title, reading.dataset.reason, reading.dataset.problems, reading=reading)


def _checksum(path: Path) -> str:
    """SHA-256 of a file; a folder or a file that is not there is the reader's to refuse."""
    if not path.is_file():
        return ""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _settled(store: Store, found: list[Found]) -> list[Found]:
    """Tables of LSOAs that do not say their vintage get the one that their codes belong to."""
    known = _known_codes(store, found)
    return [
        _with_vintage(item, known) if item.reading and item.reading.dataset.geography in ("lsoa", "msoa") else item
        for item in found
    ]


def _known_codes(store: Store, found: list[Found]) -> dict[str, np.ndarray]:
    known: dict[str, np.ndarray] = {}
    for key, (_, geo) in catalogue.codeset_keys(store).items():
        known[geo] = np.union1d(known.get(geo, np.empty(0, "U1")), catalogue.codes(store, key))
    for item in found:
        if item.reading is not None:
            geo = item.reading.dataset.geography
            known[geo] = np.union1d(known.get(geo, np.empty(0, "U1")), item.reading.codes)
    return known


def _with_vintage(item: Found, known: dict[str, np.ndarray]) -> Found:
    assert item.reading is not None
    stem = item.reading.dataset.geography
    codes = item.reading.codes[geography.is_block(item.reading.codes, stem)]
    shares = {
        geo: float((geography.align(codes, known[geo]) >= 0).mean())
        for geo in (f"{stem}2021", f"{stem}2011")
        if geo in known and len(codes)
    }
    if not shares:
        error = FileProblem(
            "the table does not say whether its areas are of 2011 or 2021",
            where=str(item.path.name),
            todo=f"Add the boundaries or a lookup first, or say --geography {stem}2021",
        ).message
        return Found(item.path, LEFT_OUT, "Which areas?", error, error=error)
    best = max(shares, key=lambda geo: (shares[geo], geo))
    reading = item.reading
    dataset = replace(reading.dataset, geography=best)
    if len(shares) == 2 and len(set(shares.values())) == 1:
        note = Problem(f"Its codes fit both 2011 and 2021 areas: taken as {geography.name(best)}.", len(codes))
        dataset = replace(dataset, problems=(*dataset.problems, note))
    indicators = tuple(replace(i, geography=best) for i in reading.indicators)
    reading = replace(reading, dataset=dataset, indicators=indicators)
    return replace(item, reading=reading, problems=dataset.problems)


def add(store: Store, found: Sequence[Found], progress: Progress | None = None) -> list[Dataset]:
    """Add every ready file, all or none. Unknown codes are noted; boundaries get their levels for the map."""
    progress = progress or Progress()
    ready = [item for item in found if item.status == READY and item.reading is not None]
    made: list[Dataset] = []
    prepared = []
    for number, item in enumerate(ready):
        progress(f"Preparing {item.path.name}", number / max(1, len(ready)))
        assert item.reading is not None
        prepared.append((item.reading, _levels(item.reading, progress)))
    checked = _unknown_codes(store, [reading for reading, _ in prepared])
    with store.transaction():
        for reading, (_, levels) in zip(checked, prepared, strict=True):
            progress(f"Adding {reading.dataset.title}", None)
            if catalogue.dataset_with_checksum(store, reading.dataset.checksum) is not None:
                continue  # the same file twice in one call
            key, dataset = catalogue.add_reading(store, reading)
            for tolerance, parts in levels:
                catalogue.keep_level(store, key, tolerance, parts)
            made.append(dataset)
        if any(dataset.kind == "boundaries" for dataset in made):
            add_missing_outlines(store, progress)
    return made


def _levels(reading: Reading, progress: Progress) -> list[tuple[float, dict[str, np.ndarray]]]:
    """Simplified outlines for the map, in the order of the sorted codes, and the bounds of every area."""
    if reading.geometry is None:
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
    homes = catalogue.codeset_keys(store)
    known: dict[str, list[np.ndarray]] = {}
    kinds = dict(store.all("SELECT key, kind FROM dataset"))
    for key, (_, geo) in homes.items():
        if kinds[key] in ("boundaries", "lookup"):
            known.setdefault(geo, []).append(catalogue.codes(store, key))
    for reading in readings:
        if reading.dataset.kind in ("boundaries", "lookup"):
            known.setdefault(reading.dataset.geography, []).append(np.sort(reading.codes))
    return [_noted(reading, known.get(reading.dataset.geography, [])) for reading in readings]


def _noted(reading: Reading, known: list[np.ndarray]) -> Reading:
    if not known or reading.dataset.kind in ("boundaries", "lookup"):
        return reading
    blocks = reading.codes[geography.is_block(reading.codes, reading.dataset.geography)]
    everything = np.unique(np.concatenate(known))
    strange = blocks[geography.align(blocks, everything) < 0]
    # A council's own boundaries beside a national table is no mistake: only codes that nothing near them explains.
    if not len(strange) or len(strange) > len(blocks) / 2:
        return reading
    message = f"{len(strange):,} codes are in no boundary or lookup of the workspace."
    return reading.with_problem(Problem(message, len(strange), tuple(strange[:20].tolist())))
