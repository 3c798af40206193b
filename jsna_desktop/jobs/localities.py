"""Localities of a workspace: made from selections, polygons and code tables; listed, renamed, removed, restored."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from unicodedata import category

import numpy as np
import shapely

from jsna_desktop.areas.locality import POLYGON, SELECTION, Locality
from jsna_desktop.errors import UsageProblem
from jsna_desktop.jobs import audit
from jsna_desktop.jobs.outlines import Outlines
from jsna_desktop.jobs.progress import Progress
from jsna_desktop.jobs.weights import from_wkb
from jsna_desktop.workspace import arrays
from jsna_desktop.workspace.store import Store

DEFAULT_SET = "Places"
# Marks that set the direction of the text after them: in a name they turn a page's own words round.
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_COLUMNS = "l.key, l.name, s.name, l.kind, l.geography, l.blocks, l.wkb, l.code"
_FROM = "FROM locality l JOIN locality_set s ON s.key = l.in_set"


@dataclass(frozen=True)
class Removed:
    """What `restore` needs to bring a locality back."""

    row: tuple
    set: str


def localities(
    store: Store, sets: Sequence[str] = (), names: Sequence[str] = (), *, shapes: bool = True
) -> list[Locality]:
    """Localities in the order of their set and name; those asked for that are not there are a UsageProblem."""
    columns = _COLUMNS if shapes else _COLUMNS.replace("l.wkb", "NULL")
    rows = store.all(f"SELECT {columns} {_FROM} ORDER BY s.key, l.name COLLATE NOCASE, l.key")
    found = [_locality(row) for row in rows]
    for wanted, known, what in (
        (sets, {place.set for place in found}, "set"),
        (names, {place.name for place in found}, "locality"),
    ):
        for name in wanted:
            if name not in known:
                raise UsageProblem(f"there is no {what} {name!r}", todo=_near(name, known))
    if sets:
        found = [place for place in found if place.set in sets]
    if names:
        found = [place for place in found if place.name in names]
        missing = set(names) - {place.name for place in found}
        if missing:
            raise UsageProblem(f"{', '.join(sorted(missing))} is in none of the sets {', '.join(sets)}")
    return found


def _near(name: str, known: set[str]) -> str:
    from difflib import get_close_matches

    near = get_close_matches(name, sorted(known), n=3, cutoff=0.5)
    return f"Did you mean {' or '.join(near)}?" if near else "jsna-desktop localities list WORKSPACE shows them"


def _locality(row: tuple) -> Locality:
    key, name, in_set, kind, geography, blocks, wkb, code = row
    codes = arrays.unpack_codes(blocks) if blocks is not None else None
    return Locality(key, name, in_set, kind, geography, codes, from_wkb(wkb), code)


def get(store: Store, key: int) -> Locality:
    return _locality(store.one(f"SELECT {_COLUMNS} {_FROM} WHERE l.key = ?", [key]))


def sets(store: Store) -> list[tuple[str, int]]:
    """(name, number of localities) of every set, in the order of making."""
    return store.all(
        "SELECT s.name, count(l.key) FROM locality_set s LEFT JOIN locality l ON l.in_set = s.key "
        "GROUP BY s.key ORDER BY s.key"
    )


def _in_set(store: Store, name: str) -> int:
    rows = store.all("SELECT key FROM locality_set WHERE name = ?", [name])
    return rows[0][0] if rows else store.run("INSERT INTO locality_set (name) VALUES (?)", [name])


def insert(store: Store, place: Locality) -> int:
    """Keep a locality, inside the caller's transaction; its key. A UsageProblem where the set has one of its name."""
    home = _in_set(store, place.set)
    if store.all("SELECT 1 FROM locality WHERE in_set = ? AND name = ?", [home, place.name]):
        raise UsageProblem(
            f"there is already a locality “{place.name}” in “{place.set}”", todo="Give it another name or set"
        )
    return store.run(
        "INSERT INTO locality (in_set, name, code, kind, geography, blocks, wkb, made) VALUES (?,?,?,?,?,?,?,?)",
        [
            home,
            place.name,
            place.code,
            place.kind,
            place.geography,
            None if place.blocks is None else arrays.pack_codes(place.blocks),
            None if place.shape is None else shapely.to_wkb(place.shape),
            datetime.now().isoformat(timespec="seconds"),
        ],
    )


def named(name: str) -> str:
    """The name in one line, without signs that nobody sees and that turn the text around them."""
    shown = (sign for sign in name if sign.isspace() or not (category(sign) == "Cc" or sign in _TURNING))
    name = " ".join("".join(shown).split())
    if not name:
        raise UsageProblem("a locality needs a name")
    return name


def _set_named(name: str) -> str:
    return named(name) if name.strip() else DEFAULT_SET


def add_selection(store: Store, in_set: str, name: str, geography: str, codes: np.ndarray) -> Locality:
    """A locality of whole blocks: `codes` (n,) of one geography."""
    blocks = np.unique(np.asarray(codes, dtype=np.str_))
    if not len(blocks):
        raise UsageProblem("no areas are selected")
    outlines = Outlines.of(store, geography)
    shape = outline_of(outlines, blocks) if outlines is not None else None
    place = Locality(0, named(name), _set_named(in_set), SELECTION, geography, blocks, shape)
    with store.transaction():
        return get(store, insert(store, place))


def add_polygon(store: Store, in_set: str, name: str, polygon: shapely.Geometry, code: str = "") -> Locality:
    """A drawn locality, EPSG:27700. A line that crosses itself is refused; say where to the person."""
    if not shapely.is_valid(polygon):
        raise UsageProblem("the line crosses itself", found=shapely.is_valid_reason(polygon), todo="Move a point")
    if shapely.area(polygon) == 0:
        raise UsageProblem("the line holds no area", todo="Draw at least three points")
    with store.transaction():
        place = Locality(0, named(name), _set_named(in_set), POLYGON, shape=polygon, code=code)
        return get(store, insert(store, place))


def redraw(store: Store, key: int, polygon: shapely.Geometry) -> Locality:
    """Give a drawn locality a new line."""
    if not shapely.is_valid(polygon) or shapely.is_empty(polygon):
        raise UsageProblem("the line crosses itself", todo="Move a point")
    with store.transaction():
        store.run("UPDATE locality SET wkb = ?, kind = 'polygon' WHERE key = ?", [shapely.to_wkb(polygon), key])
        store.run("DELETE FROM weight WHERE locality = ?", [key])
    return get(store, key)


def rename(store: Store, key: int, name: str) -> Locality:
    place = get(store, key)
    name = named(name)
    if name != place.name:
        taken = "SELECT 1 FROM locality l JOIN locality_set s ON s.key = l.in_set WHERE s.name = ? AND l.name = ?"
        if store.all(taken, [place.set, name]):
            raise UsageProblem(f"there is already a locality “{name}” in “{place.set}”")
        with store.transaction():
            store.run("UPDATE locality SET name = ? WHERE key = ?", [name, key])
    return get(store, key)


def remove(store: Store, key: int) -> Removed:
    """Take a locality out; the result brings it back by `restore`. A set that is left empty goes with it."""
    row = store.one("SELECT key, name, code, kind, geography, blocks, wkb, made FROM locality WHERE key = ?", [key])
    home = get(store, key).set
    with store.transaction():
        store.run("DELETE FROM locality WHERE key = ?", [key])
        store.run("DELETE FROM locality_set WHERE key NOT IN (SELECT in_set FROM locality)")
        audit.record(store, audit.PLACE_REMOVED, row[1], set=home)
    return Removed(row, home)


def restore(store: Store, removed: Removed) -> Locality:
    """Bring back what `remove` took, under its own key."""
    key, name, *rest = removed.row
    with store.transaction():
        home = _in_set(store, removed.set)
        store.run(
            "INSERT INTO locality (key, in_set, name, code, kind, geography, blocks, wkb, made) "
            "VALUES (?,?,?,?,?,?,?,?,?)",
            [key, home, name, *rest],
        )
        audit.record(store, audit.PLACE_RESTORED, name, set=removed.set)
    return get(store, key)


def outline_of(outlines: Outlines, blocks: np.ndarray) -> shapely.Geometry | None:
    """One outline of these areas (n,); None where the boundaries have none of them."""
    from jsna_desktop.areas.geography import align

    places = align(blocks, outlines.codes)
    return outlines.union(places[places >= 0]) if (places >= 0).any() else None


def add_missing_outlines(store: Store, progress: Progress | None = None) -> int:
    """Give selections that were made before their boundaries an outline; how many got one."""
    waiting = store.all("SELECT key, geography, blocks FROM locality WHERE wkb IS NULL AND kind = 'selection'")
    made = []
    found: dict[str, Outlines | None] = {}
    for number, (key, geography, blocks) in enumerate(waiting):
        if progress is not None:
            progress("Drawing the outlines of localities", number / len(waiting))
        if geography not in found:
            found[geography] = Outlines.of(store, geography)
        outlines = found[geography]
        shape = outline_of(outlines, arrays.unpack_codes(blocks)) if outlines is not None else None
        if shape is not None:
            made.append((shapely.to_wkb(shape), key))
    if made:
        with store.transaction():
            store.run_many("UPDATE locality SET wkb = ? WHERE key = ?", made)
    return len(made)
