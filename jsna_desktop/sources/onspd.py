"""ONS Postcode Directory and National Statistics Postcode Lookup: where every postcode lies, and in which block.

The zip as published (`Data/ONSPD_….csv`, `Data/multi_csv/`, `Documents/`), or its CSV. ONS changes the headings with
the years (`oseast1m`, `east1m`; `lsoa21`, `lsoa21cd`): see *ONS Postcode Directory user guide*, annex A.
"""

import csv
import re
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from jsna_desktop.errors import FileProblem
from jsna_desktop.sources import archive, known, places, streamed
from jsna_desktop.sources.dataset import MAX_EXAMPLES, Problem, Reading
from jsna_desktop.sources.reading import Options, Peek, Recognised

_HEAD = 8000
_POSTCODES = ("pcds", "pcd7", "pcd8", "pcd", "pcd2")
_EASTING, _NORTHING = ("oseast1m", "east1m"), ("osnrth1m", "north1m")
_QUALITY, _BEGUN, _ENDED = ("osgrdind", "gridind"), ("dointr",), ("doterm",)
_COUNTRY = re.compile(r"ctry(\d\d)?(cd)?")
# Blocks by the headings that hold them. 2011 output areas and MSOAs only where there are none of 2021: each column of
# two million codes is 70 MB.
_BLOCKS = {
    "oa2021": ("oa21cd", "oa21"), "lsoa2021": ("lsoa21cd", "lsoa21"), "msoa2021": ("msoa21cd", "msoa21"),
    "lsoa2011": ("lsoa11cd", "lsoa11"),
}  # fmt: skip
_OLD_BLOCKS = {"oa2011": ("oa11cd", "oa11"), "msoa2011": ("msoa11cd", "msoa11")}
# Only in the directory; the lookup has them under other names or not at all.
_OF_DIRECTORY = re.compile(r"oscty|oslaua|osward|parish.*|parncp.*|oa01.*|oa11cd")
_NO_PLACE = "9"
_BLOCK_BYTES = 1 << 22
_POSTCODE = r"^[A-Z]{1,2}\d[A-Z\d]?\d[A-Z]{2}$"
_AREAS_NAMED = 12


@dataclass(frozen=True)
class _Columns:
    """The headings of a file, as it writes them, by what they hold."""

    postcode: str
    easting: str
    northing: str
    ended: str
    begun: str = ""
    quality: str = ""
    country: str = ""
    blocks: dict[str, str] = field(default_factory=dict)
    directory: bool = False

    @property
    def used(self) -> list[str]:
        own = (self.postcode, self.easting, self.northing, self.ended, self.begun, self.quality, self.country)
        return [heading for heading in (*own, *self.blocks.values()) if heading]


def recognise(peek: Peek) -> Recognised | None:
    """A CSV, alone or in a zip with its papers, with a postcode, its end and its place under ONS's headings."""
    if peek.form == "codepoint":
        names = _tables(peek)
        columns = _columns(archive.head(peek.path, names[0], peek.where, _HEAD)) if names else None
    elif peek.form == "text":
        names, columns = peek.tables, _columns(peek.head[:_HEAD])
    else:
        return None
    if columns is None:
        return None
    title = "ONS Postcode Directory" if columns.directory else "National Statistics Postcode Lookup"
    reason = f"{title}: columns {columns.postcode}, {columns.ended}, {columns.easting}, {columns.northing}"
    return Recognised("postcodes", title, "", reason, {"columns": columns, "names": names})


def _columns(head: bytes) -> _Columns | None:
    lines = head.decode("utf-8-sig", errors="replace").splitlines()[:1]
    headings = next(csv.reader(lines), [])
    by_lower = {heading.strip().lower(): heading for heading in headings}

    def first(names: tuple[str, ...]) -> str:
        return next((by_lower[name] for name in names if name in by_lower), "")

    needed = [first(names) for names in (_POSTCODES, _EASTING, _NORTHING, _ENDED)]
    if not all(needed) or len(by_lower) != len(headings):
        return None
    blocks = {name: heading for name, headings_of in _BLOCKS.items() if (heading := first(headings_of))}
    if not any(name.endswith("2021") for name in blocks):
        blocks |= {name: heading for name, headings_of in _OLD_BLOCKS.items() if (heading := first(headings_of))}
    country = next((heading for plain, heading in by_lower.items() if _COUNTRY.fullmatch(plain)), "")
    directory = any(_OF_DIRECTORY.fullmatch(plain) for plain in by_lower)
    return _Columns(
        needed[0], needed[1], needed[2], needed[3], first(_BEGUN), first(_QUALITY), country, blocks, directory
    )


def _tables(peek: Peek) -> list[str]:
    """The files of a zip that hold the postcodes: one that holds them all, or else the parts; [] where it has none."""
    wanted = [name for name in peek.tables if name.lower().endswith(".csv")]
    with zipfile.ZipFile(peek.path) as book:
        sizes = {name: book.getinfo(name).file_size for name in wanted}
    largest = max(wanted, key=lambda name: sizes[name], default="")
    head = archive.head(peek.path, largest, peek.where, _HEAD) if largest else b""
    if _columns(head) is None:
        return []
    heading = head.splitlines()[0]
    folders: dict[str, list[str]] = {}
    for name in sorted(wanted):
        if archive.head(peek.path, name, peek.where, _HEAD).startswith(heading):
            folders.setdefault(name.rpartition("/")[0], []).append(name)
    # `multi_csv` holds by postcode area what the one large file beside it holds too: one folder is all there is.
    return max(folders.values(), key=lambda own: (sum(sizes[name] - len(heading) for name in own), -len(own)))


def read(peek: Peek, found: Recognised, options: Options) -> Reading:
    """Live postcodes (n,) of Great Britain with `easting`, `northing` (int32, metres) and the codes of their blocks.

    Blocks are text columns `oa2021`, `lsoa2021`, `msoa2021`, `lsoa2011` as far as the file has them, "" where it gives
    none. Terminated postcodes, those of Northern Ireland (which has a grid of its own) and those without coordinates
    are left out and counted. Read in pieces: no more than some pieces of 4 MB of the file are in memory.
    """
    columns: _Columns = found.details["columns"]
    kept, told = _Kept(list(columns.blocks)), _Told()
    for name in found.details["names"] if peek.form == "codepoint" else [*peek.tables, ""][:1]:
        for batch, share in _batches(peek, name, columns):
            options.progress(f"Reading {name or peek.where}", share)
            _take(batch, columns, kept, told)
    codes, easting, northing, blocks = kept.joined(peek.where)
    areas = sorted({re.sub(r"\d.*", "", code) for code in np.unique(codes.astype("U2")).tolist()})
    shown = ", ".join(areas) if len(areas) <= _AREAS_NAMED else f"{areas[0]} to {areas[-1]}"
    year = told.latest[:4]
    short = "onspd" if columns.directory else "nspl"
    dataset = known.describe(
        peek,
        id=f"postcodes.{short}",
        title=f"Postcodes ({found.title}{', ' + year if year else ''})",
        kind="postcodes",
        geography="",
        period=year,
        publisher=known.ONS_POSTCODES,
        reason=f"{found.reason}: {known.counted(len(codes), 'live postcode')}, areas {shown}",
        codes=codes,
        problems=told.problems(),
        fictional=areas == [places.FICTIONAL_AREA],
    )
    return Reading(dataset, codes, {"easting": easting, "northing": northing, **blocks})


class _Kept:
    """What is kept of every batch, a byte a sign: the text that readings hold takes four."""

    def __init__(self, blocks: list[str]) -> None:
        self.codes: list[np.ndarray] = []
        self.places: list[np.ndarray] = []
        self.blocks: dict[str, list[np.ndarray]] = {name: [] for name in blocks}

    def joined(self, where: str) -> tuple[np.ndarray, np.ndarray, np.ndarray, dict[str, np.ndarray]]:
        packed = np.concatenate(self.codes) if self.codes else np.empty(0, "S8")
        self.codes.clear()
        if not len(packed):
            raise FileProblem("no live postcode has coordinates", where=where, todo="Choose another file")
        # Eight signs as one number: sorting those is ten times as fast.
        ordered = np.sort(packed.view(">u8").astype(np.uint64))
        if (ordered[1:] == ordered[:-1]).any():
            twice = ordered[:-1][ordered[1:] == ordered[:-1]][:1].astype(">u8").view("S8")[0].decode()
            raise FileProblem("a postcode comes twice", where=where, found=twice, expected="each live one once")
        everywhere = np.concatenate(self.places)
        blocks = {name: np.concatenate(self.blocks.pop(name)).astype("U9") for name in list(self.blocks)}
        return packed.astype("U8"), everywhere[:, 0], everywhere[:, 1], blocks


@dataclass
class _Told:
    """What was left out, with examples, and the latest month that the file tells of."""

    counts: Counter[str] = field(default_factory=Counter)
    examples: dict[str, list[str]] = field(default_factory=dict)
    latest: str = ""

    def note(self, what: str, mask: Any, names: Any) -> None:
        pc = _arrow()
        number = pc.sum(mask).as_py() or 0
        if number:
            self.counts[what] += number
            shown = self.examples.setdefault(what, [])
            shown += names.filter(mask)[: MAX_EXAMPLES - len(shown)].to_pylist()

    def problems(self) -> list[Problem]:
        return [
            Problem(f"{number:,} {what}", number, tuple(self.examples.get(what, ())))
            for what, number in self.counts.items()
        ]


def _batches(peek: Peek, name: str, columns: _Columns) -> Iterator[tuple[Any, float]]:
    """Pieces of one CSV (its used columns, as text), and how much of it is read."""
    import pyarrow as pa
    from pyarrow import csv as arrow_csv

    where = f"{peek.where}, {name}" if name and peek.form == "codepoint" else peek.where
    with streamed.opened(peek.path, where, name) as pieces:
        try:
            reader = arrow_csv.open_csv(
                pa.PythonFile(pieces, mode="r"),
                read_options=arrow_csv.ReadOptions(block_size=_BLOCK_BYTES),
                convert_options=arrow_csv.ConvertOptions(
                    include_columns=columns.used,
                    column_types=dict.fromkeys(columns.used, pa.string()),
                    strings_can_be_null=False,
                ),
            )
            for batch in reader:
                yield batch, pieces.share
        except (pa.ArrowInvalid, pa.ArrowKeyError) as error:
            raise FileProblem(
                "a row of the table cannot be read",
                where=where,
                found=str(error).splitlines()[0][:200],
                expected="rows as long as the heading, in UTF-8",
                todo="Download it again",
            ) from error


def _take(batch: Any, columns: _Columns, kept: _Kept, told: _Told) -> None:
    """Keep what is live, in Great Britain and has a place of one batch; count the rest."""
    pc = _arrow()
    for heading in filter(None, (columns.begun, columns.ended)):
        told.latest = max(told.latest, pc.max(_text(batch, heading)).as_py() or "")

    def without(rows: Any, mask: Any, what: str) -> Any:
        told.note(f"{what}; left out", mask, _text(rows, columns.postcode))
        return rows.filter(pc.invert(mask))

    batch = without(batch, pc.not_equal(_text(batch, columns.ended), ""), "terminated postcodes")
    odd = pc.invert(pc.match_substring_regex(_packed(batch, columns), _POSTCODE))
    batch = without(batch, odd, "rows without a postcode")
    irish = pc.starts_with(_packed(batch, columns), "BT")
    if columns.country:
        irish = pc.or_(irish, pc.starts_with(_text(batch, columns.country), "N"))
    batch = without(batch, irish, "postcodes of Northern Ireland, which has a grid of its own")
    easting, northing, there = _places(batch, columns)
    batch = without(batch, pc.invert(there), "live postcodes without coordinates")
    packed = _packed(batch, columns)
    outward, inward = pc.utf8_slice_codeunits(packed, 0, -3), pc.utf8_slice_codeunits(packed, -3)
    kept.codes.append(_fixed(pc.binary_join_element_wise(outward, inward, " "), 8))
    mask = there.to_numpy(zero_copy_only=False)
    kept.places.append(np.column_stack([easting[mask], northing[mask]]))
    for name, heading in columns.blocks.items():
        kept.blocks[name].append(_block_codes(_text(batch, heading)))


def _arrow() -> Any:
    """Arrow's functions of columns, which its type stubs do not list."""
    import pyarrow.compute

    return pyarrow.compute


def _text(batch: Any, heading: str) -> Any:
    pc = _arrow()
    return pc.utf8_trim_whitespace(batch.column(heading))


def _packed(batch: Any, columns: _Columns) -> Any:
    """Postcodes in capitals without their space; ONS pads them in three ways."""
    pc = _arrow()
    return pc.utf8_upper(pc.replace_substring(_text(batch, columns.postcode), " ", ""))


def _places(batch: Any, columns: _Columns) -> tuple[np.ndarray, np.ndarray, Any]:
    """Eastings and northings (n,) int32, and which postcodes have them: ONS writes quality 9 where there is none."""
    import pyarrow as pa

    pc = _arrow()
    found = []
    for heading in (columns.easting, columns.northing):
        cells = _text(batch, heading)
        digits = pc.if_else(pc.match_substring_regex(cells, r"^\d{1,7}$"), cells, "0")
        found.append(pc.cast(digits, pa.int32()).to_numpy(zero_copy_only=False))
    there = pa.array(places.on_land(found[0].astype(float), found[1].astype(float)))
    if columns.quality:
        there = pc.and_(there, pc.not_equal(_text(batch, columns.quality), _NO_PLACE))
    return found[0], found[1], there


def _block_codes(cells: Any) -> np.ndarray:
    """Codes of blocks (n,), "" where blank or one of ONS's stand-ins for none (`E99999999`)."""
    pc = _arrow()
    real = pc.and_(pc.match_substring_regex(cells, r"^[A-Z]\d{8}$"), pc.invert(pc.ends_with(cells, "99999999")))
    return _fixed(pc.if_else(real, cells, ""), 9)


def _fixed(texts: Any, width: int) -> np.ndarray:
    """Texts (n,) of ASCII, none longer than `width`, as bytes of one width, without an object for each."""
    pc = _arrow()
    padded = pc.ascii_rpad(texts, width, "\0")
    data = padded.buffers()[2]
    return np.frombuffer(data, f"S{width}", count=len(padded)) if len(padded) else np.empty(0, f"S{width}")
