"""The data that ship with the program: a workspace from the name of a council, with no file at all.

The small areas are those of 2011, for these may be passed on with the program. ONS's outlines of 2021 can be added at
any time, and are used from then on.
"""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from jsna_desktop.errors import UsageProblem
from jsna_desktop.jobs.add import READY, Found, add
from jsna_desktop.jobs.progress import Progress
from jsna_desktop.resources import shipped
from jsna_desktop.sources import known
from jsna_desktop.sources.archive import checksum
from jsna_desktop.sources.dataset import Dataset, Lookup, Reading
from jsna_desktop.sources.known import Publisher
from jsna_desktop.workspace.store import Store

OUTLINES, LOOKUP, POSTCODES = "lsoa_2011_outlines.parquet", "lsoa_2011_lookup.parquet", "postcodes.parquet"
# Postcodes are kept of the council and so far beyond it: services across the border are used too.
SURROUND_M = 20_000.0
_GEOGRAPHY = "lsoa2011"
SHIPPED = "shipped with the program"  # how the reason of what is made from these begins
_RETRIEVED = "2026-11-25"  # when the packages that these data are made from were downloaded (boundaries/README.md)
_LEVELS = (("msoa2011", "MSOA11"), ("district", "LAD25"), ("upper_tier", "CTYUA25"), ("region", "RGN25"))
_LETTERS = 26


@dataclass(frozen=True)
class Council:
    """A council to choose: a `district` (or unitary authority, or borough), or an `upper_tier` county of several.

    `districts` are the codes of what it holds (itself alone for a district), `region` is "Wales" in Wales, and `areas`
    counts its LSOAs of 2011.
    """

    code: str
    name: str
    level: str
    districts: tuple[str, ...]
    region: str
    areas: int


def councils() -> list[Council]:
    """Every council of England and Wales (as of April 2025) by its name, for a chooser."""
    return _councils(_lookup())


def _councils(table: dict[str, np.ndarray]) -> list[Council]:
    found = []
    for level, prefix in _LEVELS[1:3]:
        codes, first, index = np.unique(table[f"{prefix}CD"], return_index=True, return_inverse=True)
        sizes = np.bincount(index)
        for place, code in enumerate(codes.tolist()):
            if level == "upper_tier" and not code.startswith("E10"):
                continue  # a unitary authority is in the list already
            inside = np.unique(table["LAD25CD"][index == place])
            name = str(table[f"{prefix}NM"][first[place]])
            region = str(table["RGN25NM"][first[place]]) or "Wales"
            found.append(Council(code, name, level, tuple(inside.tolist()), region, int(sizes[place])))
    return sorted(found, key=lambda council: (council.name.casefold(), council.code))


def districts_of_2011() -> tuple[np.ndarray, np.ndarray]:
    """Codes (34,753,) of the LSOAs of 2011 of England and Wales, sorted, and the district that each lies in."""
    table = _lookup()
    return table["LSOA11CD"], table["LAD25CD"]


def find_council(text: str) -> Council:
    """The council of this name or code; a UsageProblem with the nearest names where there is none."""
    return _find(councils(), text)


def _find(known_councils: list[Council], text: str) -> Council:
    wanted = _plain(text)
    for spelt in (lambda c: c.code.casefold(), lambda c: _plain(c.name), lambda c: _plain(c.name.partition(",")[0])):
        held = [council for council in known_councils if spelt(council) == wanted]
        if len(held) == 1:
            return held[0]
    raise UsageProblem(f"there is no council “{text}” in England and Wales", todo=_near(text, known_councils))


def _plain(name: str) -> str:
    """Without capitals, stops and “council”: `St. Helens` and `st helens` are one."""
    words = re.sub(r"[^\w]+", " ", name.casefold().replace("&", " and ")).split()
    ending = ("council", "district", "borough", "county", "city", "metropolitan", "unitary")
    while len(words) > 1 and words[-1] in ending:
        words.pop()
    return " ".join(words)


def _near(text: str, known_councils: list[Council]) -> str:
    from difflib import get_close_matches

    names = {_plain(council.name): council.name for council in known_councils}
    near = [names[plain] for plain in get_close_matches(_plain(text), sorted(names), n=3, cutoff=0.6)]
    near = near or [name for plain, name in sorted(names.items()) if _plain(text) in plain][:3]
    return f"Did you mean {' or '.join(near)}?" if near else "Give the name of a district, a unitary or a county"


def new_for_council(
    path: Path, code: str, progress: Progress | None = None, *, name: str | None = None, password: str | None = None
) -> Council:
    """Make a workspace at `path` for the council of this name or code; it is called after it, or `name`.

    It has the council's LSOAs of 2011, what each LSOA of England and Wales lies in (so that data can be compared with
    a region and with England), and the postcodes of the council and `SURROUND_M` around it. Where anything fails no
    file is left.
    """
    table = _lookup()
    council = _find(_councils(table), code)
    store = Store.create(path, name or council.name, password=password)
    try:
        _fill(store, council, table, progress or Progress())
    except BaseException:
        store.close()
        path.unlink(missing_ok=True)
        raise
    store.close()
    return council


def fill(store: Store, council: Council, progress: Progress | None = None) -> list[Dataset]:
    """Add what ships of a council to a workspace, all or none of it."""
    return _fill(store, council, _lookup(), progress or Progress())


def _fill(store: Store, council: Council, table: dict[str, np.ndarray], progress: Progress) -> list[Dataset]:
    progress(f"Reading the outlines of {council.name}", 0.1)
    outlines = _outlines(council, table)
    progress(f"Reading the postcodes of {council.name}", 0.4)
    assert outlines.geometry is not None
    readings = [outlines, _larger_areas(table), _postcodes(council, shapely.from_wkb(outlines.geometry))]
    return add(store, [Found(shipped(r.dataset.filename), READY, r.dataset.title, "", reading=r) for r in readings],
               progress)  # fmt: skip


def _outlines(council: Council, table: dict[str, np.ndarray]) -> Reading:
    held = np.isin(table["LAD25CD"], council.districts)
    # Both files are sorted by code and hold the same areas.
    own = _parquet(OUTLINES).take(np.flatnonzero(held))
    dataset = _described(
        OUTLINES,
        id=f"boundaries.{_GEOGRAPHY}",
        title=f"LSOA 2011 boundaries of {council.name}, super generalised",
        kind="boundaries",
        geography=_GEOGRAPHY,
        period="2011",
        publisher=known.ONS_GEOGRAPHY,
        what=f"outlines of 2011, {known.counted(int(held.sum()), 'area')}",
        rows=int(held.sum()),
    )
    geometry = np.empty(int(held.sum()), dtype=object)
    geometry[:] = own.column("geometry").to_pylist()
    larger, lookups = _nested(table, held)
    return Reading(
        dataset,
        np.array(own.column("LSOA11CD").to_pylist(), dtype=np.str_),
        larger,
        np.array(own.column("LSOA11NM").to_pylist(), dtype=np.str_),
        lookups=lookups,
        geometry=geometry,
    )


def _larger_areas(table: dict[str, np.ndarray]) -> Reading:
    codes = table["LSOA11CD"]
    everywhere = np.ones(len(codes), dtype=bool)
    columns, lookups = _nested(table, everywhere)
    dataset = _described(
        LOOKUP,
        id=f"lookup.{_GEOGRAPHY}",
        title="LSOA 2011 to MSOA 2011, local authority, county and region",
        kind="lookup",
        geography=_GEOGRAPHY,
        period="2025",
        publisher=known.ONS_GEOGRAPHY,
        what=f"councils of April 2025, {known.counted(len(codes), 'area')}",
        rows=len(codes),
    )
    return Reading(dataset, codes, columns, table["LSOA11NM"], lookups=lookups)


def _nested(table: dict[str, np.ndarray], held: np.ndarray) -> tuple[dict[str, np.ndarray], tuple[Lookup, ...]]:
    columns = {
        f"{level}_{part}": table[f"{prefix}{end}"][held]
        for level, prefix in _LEVELS
        for part, end in (("code", "CD"), ("name", "NM"))
    }
    return columns, tuple(Lookup(level, f"{level}_code", f"{level}_name") for level, _ in _LEVELS)


def _postcodes(council: Council, shapes: np.ndarray) -> Reading:
    table = _parquet(POSTCODES)
    east, north = (table.column(name).to_numpy() for name in ("easting", "northing"))
    held = np.flatnonzero(_within(east, north, shapes))
    chosen = table.take(held)
    outward = np.array(chosen.column("outward").to_pylist(), dtype=np.str_)
    codes = np.char.add(np.char.add(outward, " "), _inward(chosen.column("inward").to_numpy()))
    dataset = _described(
        POSTCODES,
        id="postcodes",
        title=f"Postcodes of {council.name} and {SURROUND_M / 1000:.0f} km around it",
        kind="postcodes",
        geography="",
        period="2025",
        publisher=known.ORDNANCE_SURVEY,
        what=f"Code-Point Open of April 2025, {known.counted(len(codes), 'postcode')}",
        rows=len(codes),
    )
    columns = {name: chosen.column(name).to_numpy().astype(np.int32) for name in ("easting", "northing", "quality")}
    return Reading(dataset, codes, columns)


def _within(east: np.ndarray, north: np.ndarray, shapes: np.ndarray) -> np.ndarray:
    """Which points (n,) lie within SURROUND_M of the shapes (m,): boolean (n,)."""
    left, bottom, right, top = shapely.total_bounds(shapes)
    near = (east >= left - SURROUND_M) & (east <= right + SURROUND_M)
    near &= (north >= bottom - SURROUND_M) & (north <= top + SURROUND_M)
    # Of 20 km the hundred metres that are simplified away are nothing, and it is ten times as fast.
    around = shapely.buffer(shapely.simplify(shapely.union_all(shapes), 100.0), SURROUND_M)
    shapely.prepare(around)
    places = np.flatnonzero(near)
    near[places] = shapely.contains_xy(around, east[places], north[places])
    return near


def _inward(packed: np.ndarray) -> np.ndarray:
    """The inward half (n,) of postcodes, `1AA`, from its number (boundaries/README.md)."""
    packed = packed.astype(np.int32)
    signs = np.empty((len(packed), 3), dtype=np.uint32)
    signs[:, 0] = packed // _LETTERS**2 + ord("0")
    signs[:, 1] = packed // _LETTERS % _LETTERS + ord("A")
    signs[:, 2] = packed % _LETTERS + ord("A")
    return signs.view("U3").reshape(-1)


def _lookup() -> dict[str, np.ndarray]:
    """The shipped lookup: columns (34,753,) of text."""
    table = _parquet(LOOKUP)
    return {name: np.array(table.column(name).to_pylist(), dtype=np.str_) for name in table.column_names}


def _parquet(name: str) -> Any:
    """A shipped file whole. By way of `pyarrow.dataset`, as `read_table` goes, it would wait for pandas."""
    import pyarrow.parquet as pq

    with pq.ParquetFile(shipped(name)) as file:
        return file.read()


def _described(
    filename: str, *, id: str, title: str, kind: str, geography: str, period: str, publisher: Publisher, what: str,
    rows: int,
) -> Dataset:  # fmt: skip
    return Dataset(
        id=id,
        title=title,
        kind=kind,
        geography=geography,
        period=period,
        source=publisher.source,
        licence=publisher.licence,
        attribution=publisher.attribution,
        filename=filename,
        reason=f"{SHIPPED}: {what}",
        rows=rows,
        retrieved=_RETRIEVED,
        checksum=checksum(shipped(filename)),
    )
