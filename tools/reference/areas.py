"""LSOAs of 2011: their outlines, and what they lie in."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from jsna_desktop import sources
from jsna_desktop.errors import FileProblem
from tools.reference.reorganisation import MOVED, REGIONS

LSOAS = 34_753
COLUMNS = (
    "LSOA11CD", "LSOA11NM", "MSOA11CD", "MSOA11NM", "LAD25CD", "LAD25NM", "CTYUA25CD", "CTYUA25NM", "RGN25CD",
    "RGN25NM",
)  # fmt: skip


@dataclass(frozen=True)
class Outlines:
    """`codes`, `names` (n,) sorted by code; `shapes` (n,) shapely polygons, EPSG:27700, on a grid of a metre."""

    codes: np.ndarray
    names: np.ndarray
    shapes: np.ndarray


def outlines(path: Path) -> Outlines:
    """The outlines of a boundary file, by the program's own reader, on a grid of a metre.

    Corners that two areas share round alike, so their common edges stay common.
    """
    reading = sources.read(path, kind="boundaries")
    assert reading.geometry is not None and reading.names is not None
    order = np.argsort(reading.codes)
    return Outlines(reading.codes[order], reading.names[order], on_grid(shapely.from_wkb(reading.geometry[order])))


def on_grid(shapes: np.ndarray) -> np.ndarray:
    """Polygons (n,) with every corner at a whole metre, valid, and none of them lost."""
    rounded = shapely.transform(shapes, np.round)
    gone = ~(shapely.area(rounded) > 0)
    if gone.any():
        raise FileProblem("an outline vanishes on a grid of a metre", found=f"{int(gone.sum()):,} of them")
    rounded = shapely.remove_repeated_points(rounded, 0)
    wrong = ~shapely.is_valid(rounded)
    rounded[wrong] = shapely.make_valid(rounded[wrong], method="structure", keep_collapsed=False)
    return shapely.normalize(rounded)


def lookup(path: Path, counties: Mapping[str, str], county_names: Mapping[str, str], sha: Mapping[str, str]) -> Any:
    """The frame of COLUMNS, a row for each LSOA, sorted by code.

    `path` is ONS's postcode lookup of May 2022; its districts are brought to those of April 2025. `counties` and `sha`
    give each district its county ("" for none) and strategic health authority; Wales has no region. FileProblem where
    an LSOA lies in two districts, or a district is none that Code-Point Open knows.
    """
    import pandas as pd

    frame: Any = pd.read_csv(
        path,
        usecols=["lsoa11cd", "lsoa11nm", "msoa11cd", "msoa11nm", "ladcd", "ladnm"],
        dtype=str,
        keep_default_na=False,
        encoding="cp1252",
    ).drop_duplicates()
    frame = frame[frame["lsoa11cd"].str.match(r"[EW]01\d{6}$")].sort_values("lsoa11cd").reset_index(drop=True)
    twice = frame["lsoa11cd"].duplicated()
    if twice.any():
        raise FileProblem("an LSOA lies in two areas", where=path.name, found=str(frame["lsoa11cd"][twice].iloc[0]))
    district = [MOVED.get(c, (c, n)) for c, n in zip(frame["ladcd"], frame["ladnm"], strict=True)]
    strange = sorted({code for code, _ in district} - set(counties))
    if strange:
        raise FileProblem("Code-Point Open knows no such district", where=path.name, found=", ".join(strange[:5]))
    upper = [(counties[c], county_names[counties[c]]) if counties[c] else (c, n) for c, n in district]
    region = [REGIONS[sha[c]] if c.startswith("E") else ("", "") for c, _ in district]
    own = [frame[column] for column in ("lsoa11cd", "lsoa11nm", "msoa11cd", "msoa11nm")]
    larger = [[pair[part] for pair in pairs] for pairs in (district, upper, region) for part in (0, 1)]
    return pd.DataFrame(dict(zip(COLUMNS, [*own, *larger], strict=True)))
