"""Localities of a workspace: made from selections, polygons and code tables; listed, renamed, removed, restored."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from unicodedata import category

import numpy as np
import shapely

from jsna_desktop.areas.locality import POLYGON, SELECTION, Locality
from jsna_desktop.errors import UsageProblem
from jsna_desktop.jobs import versions
from jsna_desktop.jobs.outlines import Outlines
from jsna_desktop.jobs.progress import Progress
from jsna_desktop.jobs.versions import Form
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

    key: int
    form: Form


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


def form(place: Locality) -> Form:
    """A locality as it is to be stored."""
    return Form(
        place.name,
        place.set,
        place.code,
        place.kind,
        place.geography,
        None if place.blocks is None else arrays.pack_codes(place.blocks),
        None if place.shape is None else shapely.to_wkb(place.shape),
        versions.now(),
    )


def insert(store: Store, place: Locality, change: str = versions.MADE, note: str = "", *, told: bool = True) -> int:
    """Keep a locality, inside the caller's transaction; its key. A UsageProblem where the set has one of its name."""
    key = versions.new_key(store)
    versions.put(store, key, form(place), change, note, told=told)
    return key


def named(name: str) -> str:
    """The name in one line, without signs that nobody sees and that turn the text around them."""
    shown = (sign for sign in name if sign.isspace() or not (category(sign) == "Cc" or sign in _TURNING))
    name = " ".join("".join(shown).split())
    if not name:
        raise UsageProblem("a locality needs a name")
    return name


def _set_named(name: str) -> str:
    return named(name) if name.strip() else DEFAULT_SET


def add_selection(store: Store, in_set: str, name: str, geography: str, codes: np.ndarray, note: str = "") -> Locality:
    """A locality of whole blocks: `codes` (n,) of one geography."""
    blocks = np.unique(np.asarray(codes, dtype=np.str_))
    if not len(blocks):
        raise UsageProblem("no areas are selected")
    outlines = Outlines.of(store, geography)
    shape = outline_of(outlines, blocks) if outlines is not None else None
    place = Locality(0, named(name), _set_named(in_set), SELECTION, geography, blocks, shape)
    with store.transaction():
        return get(store, insert(store, place, note=note))


def add_polygon(
    store: Store, in_set: str, name: str, polygon: shapely.Geometry, code: str = "", note: str = ""
) -> Locality:
    """A drawn locality, EPSG:27700. A line that crosses itself is refused; say where to the person."""
    if not shapely.is_valid(polygon):
        raise UsageProblem("the line crosses itself", found=shapely.is_valid_reason(polygon), todo="Move a point")
    if shapely.area(polygon) == 0:
        raise UsageProblem("the line holds no area", todo="Draw at least three points")
    with store.transaction():
        place = Locality(0, named(name), _set_named(in_set), POLYGON, shape=polygon, code=code)
        return get(store, insert(store, place, note=note))


def redraw(store: Store, key: int, polygon: shapely.Geometry, note: str = "") -> Locality:
    """Give a locality a new line; one of whole blocks becomes a drawn one."""
    if not shapely.is_valid(polygon) or shapely.is_empty(polygon):
        raise UsageProblem("the line crosses itself", todo="Move a point")
    with store.transaction():
        before = _there(store, key)
        drawn = replace(before, kind=POLYGON, geography="", blocks=None, wkb=shapely.to_wkb(polygon))
        versions.put(store, key, drawn, versions.REDRAWN, note)
    return get(store, key)


def rename(store: Store, key: int, name: str, note: str = "") -> Locality:
    with store.transaction():
        versions.put(store, key, replace(_there(store, key), name=named(name)), versions.RENAMED, note)
    return get(store, key)


def remove(store: Store, key: int, note: str = "") -> Removed:
    """Take a locality out; the result brings it back by `restore`. A set that is left empty goes with it."""
    with store.transaction():
        before = _there(store, key)
        versions.put(store, key, None, versions.REMOVED, note)
    return Removed(key, before)


def restore(store: Store, removed: Removed) -> Locality:
    """Bring back what `remove` took, under its own key."""
    with store.transaction():
        versions.put(store, removed.key, removed.form, versions.RESTORED)
    return get(store, removed.key)


def _there(store: Store, key: int) -> Form:
    found = versions.form_of(store, key)
    if found is None:
        raise LookupError(f"locality {key}")
    return found


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
