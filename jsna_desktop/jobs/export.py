"""Localities out of a workspace: shapes for a GIS, or blocks and weights; either can be read back as it was.

Whole blocks are written by their codes, drawn places by their outline to the last digit, with the method, the vintage
and the checksum of the boundaries that the shares were made from: whoever has those files gets the same weights.
"""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from jsna_desktop.areas import apportion, geography
from jsna_desktop.areas.locality import SELECTION, Locality, Weights
from jsna_desktop.errors import UsageProblem
from jsna_desktop.jobs import audit, vintage
from jsna_desktop.jobs.outlines import Outlines, default_method
from jsna_desktop.jobs.output import unrun
from jsna_desktop.jobs.weights import weights_for
from jsna_desktop.workspace import catalogue
from jsna_desktop.workspace.store import Store

_DRIVERS = {".gpkg": "GPKG", ".geojson": "GeoJSON"}
# A cell no longer than this is kept by every spreadsheet, and read back.
_CELL = 900
# Of a degree: a hundredth of a millimetre.
_DECIMALS = 10
HEADINGS = (
    "set", "locality", "geography", "area_code", "weight", "method", "code", "kind", "made_of", "boundaries",
    "checksum", "note", "outline",
)  # fmt: skip


@dataclass(frozen=True)
class Exported:
    """How many rows were written, and what could not be."""

    rows: int
    notes: tuple[str, ...] = ()


def export_localities(
    store: Store,
    places: list[Locality],
    path: Path,
    geographies: Sequence[str] = (),
    methods: Sequence[str] = (),
) -> int:
    """Write localities to `path`; how many rows (`export`)."""
    return export(store, places, path, geographies, methods).rows


def export(
    store: Store,
    places: list[Locality],
    path: Path,
    geographies: Sequence[str] = (),
    methods: Sequence[str] = (),
) -> Exported:
    """Write localities to `path`: .gpkg and .geojson hold shapes, .csv blocks with their weights.

    A .csv has the weights on every geography that has indicators, by the method of each place; or on those asked for,
    by each of the methods asked for.
    """
    from pyogrio.errors import DataSourceError

    if path.exists():
        raise UsageProblem("there is already a file of this name", where=str(path), todo="Choose another name")
    if not path.parent.is_dir():
        raise UsageProblem("the folder does not exist", where=str(path.parent))
    ending = path.suffix.lower()
    if ending != ".csv" and (geographies or methods):
        raise UsageProblem("a geography and a method are chosen for a list of weights", expected="a .csv file")
    try:
        made = _written(store, places, path, ending, geographies, methods)
    except (OSError, DataSourceError) as error:
        raise UsageProblem(
            "the file cannot be written", where=str(path), todo="Choose a folder that you may write to"
        ) from error
    audit.record_leaving(store, audit.EXPORTED, str(path), localities=len(places), rows=made.rows)
    return made


def _written(
    store: Store, places: list[Locality], path: Path, ending: str, geographies: Sequence[str], methods: Sequence[str]
) -> Exported:
    if ending == ".csv":
        return _weights(store, places, path, geographies, methods)
    if ending not in _DRIVERS:
        raise UsageProblem("localities are exported as .gpkg, .geojson or .csv", where=str(path))
    return _shapes(store, places, path, _DRIVERS[ending])


def _shapes(store: Store, places: list[Locality], path: Path, driver: str) -> Exported:
    import geopandas

    shaped = [place for place in places if place.shape is not None]
    if not shaped:
        raise UsageProblem("none of these localities has an outline yet", todo="Add boundaries first")
    basis, drawn_by = _Basis(store), default_method(store)
    rows = [_properties(place, basis, drawn_by) for place in shaped]
    columns = {name: [row[name] for row in rows] for name in rows[0]}
    frame = geopandas.GeoDataFrame(columns, geometry=np.array([p.shape for p in shaped], dtype=object), crs=27700)
    options: dict[str, Any] = {}
    if driver == "GeoJSON":
        frame = frame.to_crs(4326)  # RFC 7946: GeoJSON is longitude and latitude
        options = {"COORDINATE_PRECISION": _DECIMALS}
    frame.to_file(path, driver=driver, **options)
    bare = [place.name for place in places if place.shape is None]
    notes = (f"Without an outline, and left out: {', '.join(bare)}.",) if bare else ()
    return Exported(len(shaped), notes)


def _properties(place: Locality, basis: "_Basis", drawn_by: str) -> dict[str, str]:
    own = place.kind == SELECTION
    title, checksum = basis.of(place.geography, apportion.AREA) if own else ("", "")
    return {
        "name": place.name,
        "code": place.code,
        "set": place.set,
        "kind": place.kind,
        "made_of": place.geography if own else "",
        "blocks": " ".join(place.blocks.tolist()) if own and place.blocks is not None else "",
        "method": apportion.BLOCKS if own else drawn_by,
        "boundaries": title,
        "checksum": checksum,
    }


class _Basis:
    """The boundaries (and points) that shares on a geography were made from: title, and checksums of the files."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._known: dict[tuple[str, str], tuple[str, str]] = {}

    def of(self, blocks_of: str, method: str) -> tuple[str, str]:
        """("LSOAs 2021 …, 2021", SHA-256), of several files joined by +; blank where no boundaries are loaded."""
        key = (blocks_of, method)
        if key not in self._known:
            outlines = Outlines.of(self._store, blocks_of)
            found = ("", "")
            if outlines is not None:
                title, period = self._store.one("SELECT title, period FROM dataset WHERE key = ?", [outlines.dataset])
                found = (f"{title}, {period}" if period else title, outlines.basis(method))
            self._known[key] = found
        return self._known[key]


def _weights(
    store: Store, places: list[Locality], path: Path, geographies: Sequence[str], methods: Sequence[str]
) -> Exported:
    known = vintage.known_codes(store)
    for name in geographies:
        vintage.possible(name)
        if name not in known:
            raise UsageProblem(
                f"the workspace has nothing on {geography.name(name)}", expected=", ".join(sorted(known)) or "data"
            )
    with_indicators = {indicator.geography for indicator in catalogue.indicators(store)}
    chosen = list(geographies) or [name for name in geography.BLOCKS if name in known and name in with_indicators]
    basis, notes, rows = _Basis(store), [], 0
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(HEADINGS)
        lines = [_own_rows(place, basis) for place in places]
        for name in chosen:
            for method in methods or (None,):
                made = weights_for(store, places, name, known[name], method)
                for number, place in enumerate(places):
                    if number in made.unmade:
                        notes.append(f"{place.name} on {geography.name(name)}: {made.unmade[number]}.")
                    elif not (place.kind == SELECTION and place.geography == name):
                        lines[number] += _rows_on(name, known[name], made, number, basis)
        for place, own in zip(places, lines, strict=True):
            rows += _write(writer, place, own)
    return Exported(rows, tuple(notes))


def _own_rows(place: Locality, basis: _Basis) -> list[list[Any]]:
    """A selection's own blocks, each whole: what it is made of, whatever the data have of it."""
    if place.kind != SELECTION or place.blocks is None:
        return []
    source = basis.of(place.geography, apportion.AREA)
    return [[place.geography, code, 1.0, apportion.BLOCKS, *source, ""] for code in place.blocks.tolist()]


def _rows_on(name: str, universe: np.ndarray, made: Weights, number: int, basis: _Basis) -> list[list[Any]]:
    held = slice(made.matrix.indptr[number], made.matrix.indptr[number + 1])
    codes, shares = universe[made.matrix.indices[held]], made.matrix.data[held]
    source = basis.of(name, made.methods[number])
    more = [made.methods[number], *source, made.carried.get(number, "")]
    return [[name, code, share, *more] for code, share in zip(codes.tolist(), shares.tolist(), strict=True)]


def _write(writer: Any, place: Locality, rows: list[list[Any]]) -> int:
    """The locality's rows, with its outline in pieces beside them; how many."""
    drawn = place.kind != SELECTION and place.shape is not None
    pieces = _pieces(shapely.to_wkt(place.shape, rounding_precision=-1)) if drawn and place.shape else iter(())
    count = 0
    head = (unrun(place.set), unrun(place.name))
    made_of = place.geography if place.kind == SELECTION else ""
    for row, piece in zip_longest(rows, pieces):
        blocks_of, code, share, method, title, checksum, note = row or ["", "", "", "", "", "", ""]
        tail = [title, checksum, note, piece or ""]
        writer.writerow(
            [*head, blocks_of, unrun(code), share, method, unrun(place.code), place.kind, made_of, *map(unrun, tail)]
        )
        count += 1
    return count


def _pieces(text: str) -> Iterator[str]:
    """A text cut behind commas into pieces that a cell holds."""
    text = text.replace(", ", ",")
    start = 0
    while start < len(text):
        end = start + _CELL if len(text) - start > _CELL else len(text)
        if end < len(text):
            end = text.rindex(",", start, end) + 1
        yield text[start:end]
        start = end
