"""What files are, read and checked before anything is added (`add.py`)."""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from jsna_desktop.areas import geography
from jsna_desktop.errors import FileProblem, UnknownFile, UsageProblem, UserError
from jsna_desktop.jobs import clip, column_maps, records, vintage
from jsna_desktop.jobs.located import Places
from jsna_desktop.jobs.progress import Progress
from jsna_desktop.sources import KINDS
from jsna_desktop.sources.archive import LARGEST_BYTES, checksum
from jsna_desktop.sources.child import Reader
from jsna_desktop.sources.column_map import ColumnMap, parse
from jsna_desktop.sources.columns import Proposal
from jsna_desktop.sources.dataset import Problem, Reading
from jsna_desktop.sources.reading import Box, Waits
from jsna_desktop.sources.vector import is_geodatabase
from jsna_desktop.workspace import catalogue
from jsna_desktop.workspace.store import Store

WHICH_COLUMNS, WHICH_AREAS = "Which columns are which?", "Areas of 2011 or of 2021?"
READY, ALREADY, LEFT_OUT, ASK = "ready", "already", "left out", "choose"


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


def say_vintage(store: Store, found: Sequence[Found], place: int, year: str) -> list[Found]:
    """The list with the areas of one table, which do not say it, taken as those of a census (`2011`, `2021`)."""
    item = found[place]
    assert item.reading is not None
    geo = f"{item.reading.dataset.geography}{year}"
    told = replace(item, status=READY, title=item.reading.dataset.title, detail=item.reading.dataset.reason, error="")
    settled = vintage.settled(told.reading, geo) if told.reading is not None else None
    return _settled(store, [replace(told, reading=settled) if at == place else one for at, one in enumerate(found)])


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
        # The checksum of a file that is larger than any but rasters and roads waits until the reader has looked at it.
        known = catalogue.dataset_with_checksum(store, "" if _is_large(path) else _checksum(path))
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
    if _is_large(path) and (known := catalogue.dataset_with_checksum(store, reading.dataset.checksum)) is not None:
        return Found(path, ALREADY, known.title, "This very file is in the workspace already")
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


def _is_large(path: Path) -> bool:
    return path.is_file() and path.stat().st_size > LARGEST_BYTES


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
    told = vintage.vintage_of(stem, reading.codes, known) or vintage.by_what_ships(stem, reading.codes)
    if told is None:
        error = FileProblem(
            vintage.WHICH,
            where=str(item.path.name),
            todo=f"Add their boundaries or a lookup first (or, on the command line, say --geography {stem}2021)",
        ).message
        return replace(item, status=ASK, title=WHICH_AREAS, detail=error, error=error)
    reading = vintage.settled(reading, told.geography)
    if told.tie:
        note = Problem(
            f"Its codes fit both 2011 and 2021 areas: taken as {geography.name(told.geography)}.", len(reading.codes)
        )
        reading = reading.with_problem(note)
    return replace(item, reading=reading, problems=reading.dataset.problems)
