"""Files into a workspace: recognise, show, and only then add, all in one transaction."""

import os
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import shapely

from jsna_desktop.areas import coverage, geography
from jsna_desktop.errors import FileProblem, UnknownFile, UsageProblem, UserError
from jsna_desktop.jobs import audit, clip, column_maps, records, vintage
from jsna_desktop.jobs import replace as replace_job
from jsna_desktop.jobs.localities import add_missing_outlines
from jsna_desktop.jobs.located import Places
from jsna_desktop.jobs.outlines import BOUNDS
from jsna_desktop.jobs.progress import Progress
from jsna_desktop.sources import KINDS
from jsna_desktop.sources.archive import checksum
from jsna_desktop.sources.child import Reader
from jsna_desktop.sources.column_map import ColumnMap, parse
from jsna_desktop.sources.columns import Proposal
from jsna_desktop.sources.dataset import Dataset, Problem, Reading
from jsna_desktop.sources.reading import Box, Waits
from jsna_desktop.sources.vector import is_geodatabase
from jsna_desktop.workspace import catalogue
from jsna_desktop.workspace.store import Store

WHICH_COLUMNS = "Which columns are which?"
READY, ALREADY, LEFT_OUT, ASK = "ready", "already", "left out", "choose"
_OF_NO_AREAS = ("roads", "raster", "background")


@dataclass(frozen=True)
class Found:
    """What a file turned out to be. Nothing has been changed yet.

    `title` and `detail` are for people; `error` says why a file is left out; `reading` is there when it is ready. A
    file to `ASK` about is a table whose columns a person can name: `proposal` is what they seem to be. `mapped` is the
    map that the person gave with the file's headings, to be remembered when the file is added.
    """

    path: Path
    status: str
    title: str
    detail: str
    problems: tuple[Problem, ...] = ()
    error: str = ""
    reading: Reading | None = None
    proposal: Proposal | None = None
    mapped: tuple[tuple[str, ...], ColumnMap] | None = None


@dataclass(frozen=True)
class Hints:
    """What the person says of files that do not say it themselves."""

    kind: str | None = None
    geography: str | None = None
    column_map: dict | None = None
    sensitive: bool = False
    keep_records: bool = False


def recognise(
    paths: Sequence[Path],
    store: Store,
    progress: Progress | None = None,
    hints: Hints | None = None,
    told: Callable[[int, Found], None] = lambda _number, _item: None,
) -> list[Found]:
    """What each file is, read and checked in a child process; nothing is added.

    A file that cannot be read is in the list with its reason. Cancelling ends the child. `told` hears of each file,
    by its place in the list, as soon as it is read; what the files say of each other is settled at the end.
    """
    progress, hints = progress or Progress(), hints or Hints()
    _possible(hints)
    found: list[Found] = []
    seen: set[str] = set()
    waiting: list[int] = []
    with Reader() as reader:
        for number, path in enumerate(paths):
            progress(f"Reading {path.name} … {number + 1} of {len(paths)}", number / len(paths))
            try:
                item = _recognise(Path(path), store, reader, progress, hints)
            except Waits as waits:
                # Clipped to the place that the boundaries tell, which may come later in the list.
                waiting.append(number)
                found.append(Found(Path(path), LEFT_OUT, str(waits), ""))
                continue
            item = _once(item, seen)
            found.append(item)
            told(number, item)
        box = clip.clip_box(store, [i.reading for i in found if i.reading is not None]) if waiting else None
        for number in waiting:
            path = found[number].path
            progress(f"Reading {path.name}", number / len(paths))
            item = _recognise(path, store, reader, progress, hints, box, wait=False)
            item = _once(item, seen)
            found[number] = item
            told(number, item)
    return _settled(store, found, hints)


def choose(
    store: Store, found: Sequence[Found], place: int, column_map: dict, progress: Progress | None = None
) -> list[Found]:
    """The list of `recognise` with one file read again by the column map that a person made for it.

    Where the map does not fit, the file is still to be asked about, and its error says why.
    """
    before = found[place]
    hints = Hints(column_map=column_map)
    _possible(hints)
    with Reader() as reader:
        item = _recognise(before.path, store, reader, progress or Progress(), hints)
    if item.status == LEFT_OUT:
        item = replace(before, title="These columns do not fit", error=item.error, detail=item.error)
    return _settled(store, [item if at == place else one for at, one in enumerate(found)])


def marked_sensitive(found: Sequence[Found]) -> list[Found]:
    """The list with every file that is ready marked as sensitive."""
    return [
        item
        if item.reading is None
        else replace(item, reading=replace(item.reading, dataset=replace(item.reading.dataset, sensitive=True)))
        for item in found
    ]


def _once(item: Found, seen: set[str]) -> Found:
    """The item, or a word that the same file came before in the list; `seen` has the checksums so far."""
    checksum = item.reading.dataset.checksum if item.reading is not None else ""
    if checksum and checksum in seen:
        return Found(item.path, ALREADY, item.title, "This very file is in the list already")
    seen.add(checksum)
    return item


def _possible(hints: Hints) -> None:
    """UsageProblem for a kind or a geography that there is not: no file could be it."""
    if hints.kind is not None and hints.kind not in KINDS:
        raise UsageProblem(f"there is no kind “{hints.kind}”", expected="one of " + ", ".join(KINDS))
    vintage.possible(hints.geography)
    if hints.column_map is not None:
        said = parse(hints.column_map)
        if said.kind and said.kind not in KINDS:
            raise UsageProblem(f"there is no kind “{said.kind}”", expected="one of " + ", ".join(KINDS))
        vintage.possible(said.geography)


def _recognise(
    path: Path,
    store: Store,
    reader: Reader,
    progress: Progress,
    hints: Hints,
    box: Box | None = None,
    wait: bool = True,
) -> Found:
    try:
        known = catalogue.dataset_with_checksum(store, _checksum(path))
        if known is not None:
            return Found(path, ALREADY, known.title, "This very file is in the workspace already")
        reading = reader.read(
            path,
            kind=hints.kind,
            geography=hints.geography,
            column_map=hints.column_map,
            progress=progress,
            box=box,
            wait=wait,
        )
        mapped = _mapped(path, reader, progress, hints) if hints.column_map is not None else None
    except UserError as error:
        if isinstance(error, UnknownFile) and hints.column_map is None:
            return _unknown(path, store, reader, progress, hints, error)
        return Found(path, LEFT_OUT, "Not added", error.message, error=error.message)
    if hints.sensitive:
        reading = replace(reading, dataset=replace(reading.dataset, sensitive=True))
    about = reading.dataset
    return Found(path, READY, about.title, about.reason, about.problems, reading=reading, mapped=mapped)


def _mapped(path: Path, reader: Reader, progress: Progress, hints: Hints) -> tuple[tuple[str, ...], ColumnMap] | None:
    """The person's map and the headings it is for; None where a map was given for what is no table."""
    outline = reader.outline(path, progress)
    said = parse(hints.column_map or {})
    kind, geo = hints.kind or said.kind, hints.geography or said.geography
    if outline is None:
        return None
    return column_maps.headings_of(outline, said), replace(said, kind=kind, geography=geo)


def _unknown(path: Path, store: Store, reader: Reader, progress: Progress, hints: Hints, error: UnknownFile) -> Found:
    """A file that no reader knows: by the map remembered for its headings, or with a proposal for a person to judge."""
    left_out = Found(path, LEFT_OUT, "Not added", error.message, error=error.message)
    try:
        proposal = reader.outline(path, progress)
    except UserError:
        return left_out  # what is wrong with the file was said already
    if proposal is None:
        return left_out
    remembered = column_maps.recalled(store, proposal, path)
    if remembered is not None and not remembered.lacking:
        with_map = replace(hints, column_map=remembered.map.as_dict())
        item = replace(_recognise(path, store, reader, progress, with_map), mapped=None)
        return _said_by_map(item, remembered)
    if remembered is not None:
        proposal = column_maps.as_proposal(remembered, proposal)
    if not proposal.kind:
        return left_out
    asked = column_maps.question(error, proposal).message
    return Found(path, ASK, WHICH_COLUMNS, asked, error=asked, proposal=proposal)


def _said_by_map(item: Found, remembered: column_maps.Remembered) -> Found:
    if item.reading is None:
        return item
    reason = f"{item.reading.dataset.reason}; by the column map remembered on {remembered.made}{remembered.told}"
    reading = replace(item.reading, dataset=replace(item.reading.dataset, reason=reason))
    return replace(item, detail=reason, reading=reading)


def _checksum(path: Path) -> str:
    """SHA-256 of a file; "" for what is not there or not to be read, and for folders and pipes: the reader refuses."""
    if not os.access(path, os.R_OK) or not (path.is_file() or is_geodatabase(path)):
        return ""
    return checksum(path)


def _settled(store: Store, found: list[Found], hints: Hints | None = None) -> list[Found]:
    """Tables of LSOAs that do not say their vintage get the one that their codes belong to; records are counted."""
    known = vintage.known_codes(store)
    for item in found:
        if item.reading is not None and not _of_postcodes(item.reading):
            geo = item.reading.dataset.geography
            known[geo] = np.union1d(known.get(geo, np.empty(0, "U1")), item.reading.codes)
    return _with_records(store, [_with_vintage(item, known) for item in found], hints or Hints())


def _of_postcodes(reading: Reading) -> bool:
    """Whether the codes of a reading are postcodes, which are no areas."""
    return reading.dataset.kind == "postcodes" or (records.is_pending(reading) and not reading.dataset.geography)


def _with_records(store: Store, found: list[Found], hints: Hints) -> list[Found]:
    """Record-level files last of all: placed with what the workspace and this call hold, counted, and let go."""
    fresh = [i.reading for i in found if i.reading is not None and i.status == READY]
    places = Places(store, fresh)
    return [_counted(item, places, hints) for item in found]


def _counted(item: Found, places: Places, hints: Hints) -> Found:
    if item.reading is None or item.status != READY or not records.is_pending(item.reading):
        return item
    try:
        reading = records.counted_records(item.reading, places, hints.geography, keep=hints.keep_records)
    except UserError as error:
        return Found(item.path, LEFT_OUT, "Not added", error.message, error=error.message)
    return replace(item, reading=reading, problems=reading.dataset.problems)


def _with_vintage(item: Found, known: dict[str, np.ndarray]) -> Found:
    reading = item.reading
    if reading is None or reading.dataset.geography not in vintage.UNSETTLED:
        return item
    stem = reading.dataset.geography
    told = vintage.vintage_of(stem, reading.codes, known)
    if told is None:
        error = FileProblem(
            vintage.WHICH,
            where=str(item.path.name),
            todo=f"Add the boundaries or a lookup first, or say --geography {stem}2021",
        ).message
        return Found(item.path, LEFT_OUT, "Which areas?", error, error=error)
    own = reading.dataset.id
    settled = own.removesuffix(stem) + told.geography if own.endswith(f".{stem}") else own
    dataset = replace(reading.dataset, id=settled, geography=told.geography)
    if told.tie:
        note = Problem(
            f"Its codes fit both 2011 and 2021 areas: taken as {geography.name(told.geography)}.", len(reading.codes)
        )
        dataset = replace(dataset, problems=(*dataset.problems, note))
    indicators = tuple(replace(i, geography=told.geography) for i in reading.indicators)
    reading = replace(reading, dataset=dataset, indicators=indicators)
    return replace(item, reading=reading, problems=dataset.problems)


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
