"""OS Code-Point Open: where each postcode lies. The zip as published, or one CSV file of it.

Columns (OS, *Code-Point Open technical specification*): 1 postcode, 2 positional quality (90 = no coordinates),
3 easting, 4 northing, then codes of country, health authorities, county, district and ward. No heading.
"""

import csv
import io
import re
from typing import Any

import numpy as np

from jsna_desktop.errors import FileProblem
from jsna_desktop.sources import archive, known
from jsna_desktop.sources.dataset import Problem, Reading
from jsna_desktop.sources.places import FICTIONAL_AREA, POSTCODE
from jsna_desktop.sources.reading import Options, Peek, Recognised

_WIDTH = 10
_NO_PLACE = 90


def recognise(peek: Peek) -> Recognised | None:
    """Ten columns without a heading: a postcode, a quality of two digits, an easting and a northing."""
    if peek.form == "codepoint":
        names = [name for name in peek.tables if name.lower().endswith(".csv")]
        if not names or not _looks_right(archive.head(peek.path, names[0], peek.where, 4000)):
            return None
    elif peek.form == "text" and _looks_right(peek.head[:4000]):
        names = peek.tables
    else:
        return None
    return Recognised(
        "postcodes", "Code-Point Open", "", "Code-Point Open: postcode, quality, easting, northing", {"names": names}
    )


def _looks_right(head: bytes) -> bool:
    lines = head.decode("utf-8", errors="replace").splitlines()[:10]
    rows = list(csv.reader(lines[:-1] if len(lines) > 1 else lines))
    return bool(rows) and all(
        len(row) == _WIDTH and POSTCODE.fullmatch(row[0]) and re.fullmatch(r"\d\d", row[1]) and row[2].isdigit()
        for row in rows
    )


def read(peek: Peek, found: Recognised, options: Options) -> Reading:
    """Postcodes (n,) with `easting`, `northing` (int32, metres) and `quality`; those without a place are left out."""
    import pandas as pd

    names = found.details["names"]
    parts = []
    for number, name in enumerate(names or [""]):
        options.progress(f"Reading {name or peek.where}", number / max(1, len(names)))
        content = peek.member(name) if peek.form == "codepoint" else peek.content
        parts.append(_part(content, name or peek.where, peek.where))
    frame: Any = pd.concat(parts, ignore_index=True)
    placed = ((frame["quality"] != _NO_PLACE) & (frame["easting"] > 0) & (frame["northing"] > 0)).to_numpy()
    problems = []
    if not placed.all():
        examples = tuple(frame["postcode"][~placed].head(20).tolist())
        problems.append(Problem("a postcode without coordinates; left out", int((~placed).sum()), examples))
    frame = frame[placed]
    codes, odd = _normal(frame["postcode"])
    if odd.any():
        problems.append(Problem("not a postcode; left out", int(odd.sum()), tuple(frame["postcode"][odd].head(20))))
        frame, codes = frame[~odd], codes[~odd]
    if not len(codes):
        raise FileProblem("no postcode has coordinates", where=peek.where, todo="Choose another file")
    distinct, counts = np.unique(codes, return_counts=True)
    if len(distinct) < len(codes):
        raise FileProblem(
            "a postcode comes twice", where=peek.where, found=str(distinct[counts > 1][0]), expected="each once"
        )
    areas = sorted({re.sub(r"\d.*", "", code) for code in np.unique(codes.astype("U4")).tolist()})
    dataset = known.describe(
        peek,
        id="postcodes",
        title="Postcodes (Code-Point Open)",
        kind="postcodes",
        geography="",
        period="",
        publisher=known.ORDNANCE_SURVEY,
        reason=f"{found.reason}: {known.counted(len(codes), 'postcode')}, areas {', '.join(areas)}",
        codes=codes,
        problems=problems,
        fictional=areas == [FICTIONAL_AREA],
    )
    columns = {name: frame[name].to_numpy(dtype=np.int32) for name in ("easting", "northing", "quality")}
    return Reading(dataset, codes, columns)


def _part(content: bytes, name: str, where: str) -> Any:
    import pandas as pd

    try:
        frame = pd.read_csv(
            io.BytesIO(content), header=None, usecols=[0, 1, 2, 3],
            names=["postcode", "quality", "easting", "northing"],
            dtype={"postcode": str, "quality": np.int32, "easting": np.int32, "northing": np.int32},
        )  # fmt: skip
        return frame.assign(postcode=frame["postcode"].fillna(""))
    except (ValueError, OverflowError, pd.errors.ParserError) as error:
        raise FileProblem(
            "a row is not a postcode with its coordinates",
            where=where if name == where else f"{where}, {name}",
            found=archive.in_plain_words(error),
            expected="postcode, quality, easting, northing",
            todo="Download it again",
        ) from error


def _normal(postcodes: Any) -> tuple[np.ndarray, np.ndarray]:
    """Postcodes as `SN1 1AA` (n,), and which (n,) are none. OS pads them to seven characters."""
    packed = postcodes.str.upper().str.replace(" ", "", regex=False)
    codes = np.array((packed.str[:-3] + " " + packed.str[-3:]).tolist(), dtype=np.str_)
    odd = ~packed.str.fullmatch(POSTCODE.pattern).to_numpy(dtype=bool)
    return codes, odd
