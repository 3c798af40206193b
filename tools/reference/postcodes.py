"""Code-Point Open of England and Wales: where each live postcode lies, and the larger areas that it names."""

import io
import re
import zipfile
from pathlib import Path
from typing import Any

import numpy as np

from jsna_desktop.errors import FileProblem

_COLUMNS = ("postcode", "quality", "easting", "northing", "nation", "sha", "county", "district")
_PLACES = (0, 1, 2, 3, 4, 6, 7, 8)
_NATIONS = ("E92000001", "W92000004")
_NO_PLACE = 90
_LETTERS = 26
INWARD = re.compile(r"\d[A-Z]{2}")


def read_code_point(path: Path) -> Any:
    """A frame with a row for every postcode of England and Wales that has coordinates, sorted by postcode.

    Columns `outward` (`SN1`), `inward` (int16, `packed_inward`), `easting`, `northing` (int32, metres), `quality`
    (int8), and the codes `sha`, `county`, `district` that Code-Point Open gives.
    """
    import pandas as pd

    parts = []
    with zipfile.ZipFile(path) as packed:
        for name in sorted(n for n in packed.namelist() if n.startswith("Data/CSV/") and n.endswith(".csv")):
            parts.append(
                pd.read_csv(
                    io.BytesIO(packed.read(name)),
                    header=None,
                    usecols=_PLACES,
                    names=[_COLUMNS[_PLACES.index(p)] if p in _PLACES else f"_{p}" for p in range(10)],
                    keep_default_na=False,
                    dtype=str,
                )
            )
    frame: Any = pd.concat(parts, ignore_index=True)
    for column in ("quality", "easting", "northing"):
        frame[column] = frame[column].astype(np.int32)
    frame = frame[frame["nation"].isin(_NATIONS) & (frame["quality"] != _NO_PLACE) & (frame["easting"] > 0)]
    closed = frame["postcode"].str.replace(" ", "", regex=False)
    odd = ~closed.str[-3:].str.fullmatch(INWARD.pattern)
    if odd.any():
        raise FileProblem("not a postcode", where=path.name, found=str(closed[odd].iloc[0]), expected="as in SN1 1AA")
    frame = frame.assign(outward=closed.str[:-3], inward=packed_inward(closed.str[-3:].to_numpy(dtype=np.str_)))
    frame = frame.sort_values(["outward", "inward"], kind="stable").reset_index(drop=True)
    frame["quality"] = frame["quality"].astype(np.int8)
    return frame.drop(columns=["postcode", "nation"])


def packed_inward(inward: np.ndarray) -> np.ndarray:
    """`1AA` (n,) as a number (n,) int16: the digit, then the letters, in the order of the alphabet."""
    signs = np.ascontiguousarray(inward.astype("U3")).view(np.uint32).reshape(len(inward), 3).astype(np.int32)
    digit, first, second = signs[:, 0] - ord("0"), signs[:, 1] - ord("A"), signs[:, 2] - ord("A")
    return (digit * _LETTERS**2 + first * _LETTERS + second).astype(np.int16)


def county_names(path: Path) -> dict[str, str]:
    """Code → name of every county council, by the code list in Code-Point Open's papers."""
    import pandas as pd

    with zipfile.ZipFile(path) as packed:
        listed = io.BytesIO(packed.read("Doc/Codelist.xlsx"))
    rows = pd.read_excel(listed, sheet_name="CTY", header=None, dtype=str, engine="calamine")
    return {str(code): re.sub(r" County$", "", str(name).strip()) for name, code in rows.itertuples(index=False)}


def larger_areas(postcodes: Any, column: str) -> dict[str, str]:
    """District → the code in `column` (`sha`, `county`) of all its postcodes; "" where they have none.

    FileProblem where fewer than 99 in 100 of a district's postcodes agree: then it lies in several.
    """
    counts = postcodes.groupby(["district", column], sort=True).size()
    found = {}
    for district, own in counts.groupby(level=0):
        if own.max() < 0.99 * own.sum():
            raise FileProblem(f"the district lies in several areas ({column})", found=str(district))
        found[str(district)] = str(own.idxmax()[1])
    return found
