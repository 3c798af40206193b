"""Places as points: where a service or an asset says that it is, by a postcode or by coordinates.

Nothing is located here: postcodes stay text, and are looked up when they are used, in what the workspace holds then.
"""

import re
from collections.abc import Sequence
from typing import Any

import numpy as np

from jsna_desktop.errors import FileProblem
from jsna_desktop.sources import crs
from jsna_desktop.sources.dataset import MAX_EXAMPLES
from jsna_desktop.sources.table import Table

POSTCODE = re.compile(r"[A-Z]{1,2}\d[A-Z\d]?\s*\d[A-Z]{2}")
# Postcode area of the fictional demonstration county: no real postcode begins so.
FICTIONAL_AREA = "QX"
# Squares of 100 km of the National Grid with land in them, by the first digits of easting and northing (OS, A guide to
# coordinate systems in Great Britain, 7). A point in any other lies in the sea.
_LAND = {
    0: (0, 1, 2, 3, 4, 5), 1: (1, 2, 3, 4, 5, 6), 2: (1, 2, 3, 4, 5, 6), 3: (2, 3, 4, 5, 6), 4: (2, 3, 4, 5),
    5: (1, 2, 3, 4, 5), 6: (1, 2, 3, 4), 7: (0, 1, 2, 3), 8: (0, 1, 2, 3, 4), 9: (0, 1, 2, 3), 10: (1, 2, 3, 4),
    11: (3, 4), 12: (4,),
}  # fmt: skip
_LONGITUDES, _LATITUDES = (-9.0, 2.5), (49.0, 61.5)


def normal_postcode(text: str) -> str:
    """`sn11aa` → `SN1 1AA`; "" where it is no postcode."""
    upper = text.strip().upper()
    if POSTCODE.fullmatch(upper) is None:
        return ""
    packed = "".join(upper.split())
    return f"{packed[:-3]} {packed[-3:]}"


def postcodes(table: Table, heading: str) -> np.ndarray:
    """A column of postcodes (n,) as `SN1 1AA`; "" where blank, or where a recorded problem says that it is none."""
    index, distinct = table.factor(heading)
    normal = np.array([normal_postcode(text) for text in distinct.tolist()] or [""])
    odd = ((normal == "") & (distinct != ""))[index]
    if odd.any():
        table.problem("a postcode that is none; taken as missing", np.flatnonzero(odd), _quoted(distinct[index][odd]))
    return normal[index]


def fictional(codes: np.ndarray) -> bool:
    """Whether most of the postcodes (n,) are the demonstration county's."""
    given = codes[codes != ""]
    return bool(len(given)) and bool(np.char.startswith(given, FICTIONAL_AREA).mean() > 0.5)


def on_land(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Which places (n,), in metres of the National Grid, lie in one of its squares that hold land."""
    wide = np.zeros((14, 8), dtype=bool)
    for row, squares in _LAND.items():
        wide[row, list(squares)] = True
    with np.errstate(invalid="ignore"):
        inside = (x > 0) & (y > 0) & (x < 700_000) & (y < 1_300_000)
        # By the grid's origin is open sea: such a pair is of degrees, of somewhere abroad.
        inside &= (x > 180) | (y > 180)
    east, north = (np.where(inside, axis, -1) // 100_000 for axis in (x, y))
    return inside & wide[north.astype(int), east.astype(int)]


def coordinates(table: Table, first: str, second: str, *, degrees: bool = False) -> np.ndarray:
    """Eastings and northings (n, 2) of two columns, NaN where there are none; what was wrong is recorded.

    The columns hold metres of the National Grid, or with `degrees` longitude and latitude (WGS84). Numbers of the other
    kind under either are told by where Great Britain lies, and so are two that have changed places. 0 is "no place".
    """
    x, y = table.numbers(first).values.copy(), table.numbers(second).values.copy()
    half = np.isfinite(x) != np.isfinite(y)
    if half.any():
        table.problem("one coordinate without the other; taken as missing", np.flatnonzero(half))
    nowhere = half | ((x == 0) & (y == 0))
    x[nowhere], y[nowhere] = np.nan, np.nan
    given = np.isfinite(x)
    x, y, angular = _told(table, x, y, degrees)
    if angular.any():
        import shapely

        points: Any = shapely.points(x[angular], y[angular])
        moved, _ = crs.to_grid(points, "EPSG:4326", table.where)
        x[angular], y[angular] = shapely.get_coordinates(moved).T
    lost = given & ~on_land(x, y)
    if lost.any():
        said = [f"{table.frame[first].iloc[row]}, {table.frame[second].iloc[row]}" for row in np.flatnonzero(lost)[:20]]
        table.problem("a place in the sea or outside Great Britain; taken as missing", np.flatnonzero(lost), said)
    x[lost], y[lost] = np.nan, np.nan
    return np.column_stack([x, y])


def _told(table: Table, x: np.ndarray, y: np.ndarray, degrees: bool) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The pairs (n,) with those turned round that have to be, and which of them are longitudes and latitudes."""
    forward = {True: _in_degrees(x, y), False: on_land(x, y)}
    back = {True: _in_degrees(y, x), False: on_land(y, x)}
    # Some pairs of metres lie on land either way: they go with the rest of the file.
    sure, turned = forward[False] & ~back[False], back[False] & ~forward[False]
    if turned.sum() > sure.sum():
        turned = back[False]
    turned = turned | back[True]
    if turned.any():
        table.problem("coordinates that had changed places; turned round", np.flatnonzero(turned))
        x, y = np.where(turned, y, x), np.where(turned, x, y)
    angular = forward[True] | back[True]
    other = (on_land(x, y) if degrees else angular).nonzero()[0]
    if len(other):
        what = "metres where degrees should be; taken as British National Grid"
        if not degrees:
            what = "degrees where metres should be; taken as longitude and latitude (WGS84)"
        table.problem(what, other)
    return x, y, angular


def _in_degrees(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    with np.errstate(invalid="ignore"):
        return (x >= _LONGITUDES[0]) & (x <= _LONGITUDES[1]) & (y >= _LATITUDES[0]) & (y <= _LATITUDES[1])


def capacities(table: Table, heading: str) -> np.ndarray:
    """A column of capacities (n,) in their own unit: places, beds, lists; NaN where missing, or below zero (said)."""
    values = table.numbers(heading).values
    with np.errstate(invalid="ignore"):
        negative = values < 0
    if negative.any():
        said = [f"{value:g}" for value in values[negative][:MAX_EXAMPLES]]
        table.problem(f"“{heading}” below zero; taken as missing", np.flatnonzero(negative), said)
    return np.where(negative, np.nan, values)


def joined(table: Table, headings: Sequence[str], between: str = ", ") -> np.ndarray:
    """Columns of text as one (n,), blank cells left out: the lines of an address."""
    lines = [table.text(heading).tolist() for heading in headings]
    if not lines:
        return np.full(len(table), "")
    # Lines within a cell are lines of the address too.
    rows = [[" ".join(part.split()) for part in parts] for parts in zip(*lines, strict=True)]
    return np.array([between.join(part for part in parts if part) for parts in rows], dtype=np.str_)


def numbered(given: np.ndarray) -> np.ndarray:
    """Codes (n,) as given, and numbers of one width for those that have none."""
    taken, width = set(given.tolist()), len(str(len(given)))
    # Twice as many numbers as rows: some may be codes that are given.
    free = (number for number in (str(n).zfill(width) for n in range(1, 2 * len(given) + 1)) if number not in taken)
    return np.array([code or next(free) for code in given.tolist()], dtype=np.str_)


def check_once(table: Table, codes: np.ndarray, one: str) -> None:
    """FileProblem where a code (n,) comes twice; "" is no code. `one` is what it stands for."""
    distinct, counts = np.unique(codes[codes != ""], return_counts=True)
    if (counts > 1).any():
        code = distinct[counts > 1][0]
        raise FileProblem(
            f"a {one} comes twice",
            where=table.where,
            found=f"{code} in {table.rows_of(np.flatnonzero(codes == code))}",
            expected=f"one row for each {one}",
            todo="Remove the row that is wrong",
        )


def without_place(table: Table, one: str, codes: np.ndarray, postcode: np.ndarray, places: np.ndarray) -> None:
    """Record those with neither a postcode (n,) nor coordinates (n, 2): they are kept, and no map can show them."""
    bare = (postcode == "") & np.isnan(places[:, 0])
    if bare.any():
        what = f"{'an' if one[0] in 'aeiou' else 'a'} {one} without a postcode or coordinates; it has no place"
        table.problem(what, np.flatnonzero(bare), codes[bare][:MAX_EXAMPLES].tolist())


def columns(
    service: np.ndarray,
    postcode: np.ndarray,
    places: np.ndarray,
    *,
    category: np.ndarray | None = None,
    capacity: np.ndarray | None = None,
    opening: np.ndarray | None = None,
    address: np.ndarray | None = None,
) -> dict[str, np.ndarray]:
    """The columns of a dataset of services, (n,) each; `places` (n, 2) is NaN where a postcode is to place it."""
    none = np.full(len(service), "")
    return {
        "service": service,
        "postcode": postcode,
        "easting": places[:, 0],
        "northing": places[:, 1],
        "category": none if category is None else category,
        "capacity": np.full(len(service), np.nan) if capacity is None else capacity,
        "opening": none if opening is None else opening,
        "address": none if address is None else address,
    }


def nowhere(count: int) -> np.ndarray:
    """Coordinates (n, 2) of places that only have a postcode."""
    return np.full((count, 2), np.nan)


def _quoted(texts: np.ndarray) -> list[str]:
    return [f"“{text[:40]}”" for text in texts[:MAX_EXAMPLES].tolist()]
