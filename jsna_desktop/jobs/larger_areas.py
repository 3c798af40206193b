"""Wards, MSOAs, parishes, districts and other larger areas of a workspace, found by name or code.

A lookup says which blocks an area has: exact. Where none does, boundaries of that level give its shape.
"""

from dataclasses import dataclass
from difflib import get_close_matches

import numpy as np
import shapely

from jsna_desktop.areas import geography
from jsna_desktop.errors import UsageProblem
from jsna_desktop.jobs.outlines import Outlines
from jsna_desktop.jobs.people import People
from jsna_desktop.workspace import catalogue
from jsna_desktop.workspace.store import Store

# Levels that are made of whole small areas of the census; a lookup to any other places each small area in one of them.
_NESTING = ("msoa", "district", "upper_tier", "region", "nation", "sub_icb", "icb", "nhs_region")


@dataclass(frozen=True)
class LargerArea:
    """A larger area of a level: its `blocks` (n,) of `geography` by a lookup, or, with none, its `shape` alone.

    `source` is the title of the dataset that says so.
    """

    level: str
    code: str
    name: str
    source: str
    geography: str = ""
    blocks: np.ndarray | None = None
    shape: shapely.Geometry | None = None

    @property
    def nests(self) -> bool:
        """Whether its level is made of whole small areas, so that a lookup to it is exact."""
        return self.level.rstrip("0123456789") in _NESTING


@dataclass(frozen=True)
class _Level:
    """One dataset that has areas of a level: their codes and names (n,), and, from a lookup, the blocks (n,)."""

    level: str
    source: str
    codes: np.ndarray
    names: np.ndarray
    geography: str = ""
    blocks: np.ndarray | None = None


def levels(store: Store) -> list[str]:
    """The levels that larger areas can be found at, largest source first."""
    rows = store.all(
        "SELECT DISTINCT l.level FROM lookup l JOIN dataset d ON d.key = l.dataset WHERE d.replaced_by IS NULL"
    )
    outlined = store.all(
        "SELECT DISTINCT geography FROM dataset WHERE kind = 'boundaries' AND replaced_by IS NULL AND geography <> ''"
    )
    return list(dict.fromkeys([row[0] for row in rows] + [row[0] for row in outlined]))


def find(store: Store, text: str, level: str | None = None) -> LargerArea:
    """The one area of this code or name; UsageProblem where there is none or there are several."""
    found = [(one, positions) for one in _sources(store, level) if len(positions := _of(one, text))]
    distinct = dict.fromkeys((one.level, code) for one, where in found for code in np.unique(one.codes[where]).tolist())
    if not distinct:
        raise UsageProblem(f"there is no area “{text}”{_at(level)}", todo=_near(store, text, level))
    if len(distinct) > 1:
        listed = ", ".join(f"{code} ({geography.name(where)})" for where, code in list(distinct)[:6])
        raise UsageProblem(f"several areas are called “{text}”", found=listed, todo="Use the code, or say --level")
    # Of several sources that know it the first is the best (`_sources`).
    one, positions = found[0]
    return _made(store, one, str(one.codes[positions[0]]))


def every(store: Store, level: str, within: LargerArea | None = None) -> list[LargerArea]:
    """Every area of a level, by name; with `within`, those with at least half of their blocks, or ground, in it."""
    sources = _sources(store, level)
    if not sources:
        raise UsageProblem(f"there are no {geography.name(level)} in the workspace", todo="Add a lookup or boundaries")
    one = sources[0]
    codes, first = np.unique(one.codes, return_index=True)
    names = dict(zip(codes.tolist(), one.names[first].tolist(), strict=True))
    areas = [_made(store, one, code) for code in sorted(names, key=lambda code: (names[code].casefold(), code)) if code]
    return areas if within is None else [area for area in areas if _mostly_in(store, area, within)]


def _mostly_in(store: Store, area: LargerArea, within: LargerArea) -> bool:
    if area.blocks is not None and within.blocks is not None and area.geography == within.geography:
        return bool(np.isin(area.blocks, within.blocks).mean() >= 0.5)
    ours, theirs = outline(store, area), outline(store, within)
    if ours is None or theirs is None:
        raise UsageProblem(
            f"nothing says which {geography.name(area.level)} lie in {within.name}", todo="Add a lookup or boundaries"
        )
    return bool(shapely.area(shapely.intersection(ours, theirs)) >= shapely.area(ours) / 2)


def outline(store: Store, area: LargerArea) -> shapely.Geometry | None:
    """The area's shape: its own, or that of its blocks; None where no boundaries are loaded."""
    if area.shape is not None or area.blocks is None:
        return area.shape
    outlines = Outlines.of(store, area.geography)
    if outlines is None:
        return None
    places = geography.align(area.blocks, outlines.codes)
    return outlines.union(places[places >= 0]) if (places >= 0).any() else None


def _at(level: str | None) -> str:
    return f" among the {geography.name(level)}" if level else ""


def _of(one: _Level, text: str) -> np.ndarray:
    """Positions of the rows with this code or name."""
    wanted = " ".join(text.split())
    coded = np.flatnonzero(one.codes == wanted.upper())
    return coded if len(coded) else np.flatnonzero(np.char.lower(one.names) == wanted.lower())


def _sources(store: Store, level: str | None) -> list[_Level]:
    """What has areas of a level (all where None): lookups of the blocks that people are counted on, others, shapes."""
    wanted = [name for name in levels(store) if level is None or level in (name, name.rstrip("0123456789"))]
    people = People.of(store)
    counted = people.geography if people is not None else ""
    found = []
    for name in wanted:
        own = []
        for key, blocks_of, codes, names in catalogue.lookups(store, name):
            if blocks_of not in geography.BLOCKS or blocks_of in (name, "ward"):
                continue
            columns = (catalogue.column(store, key, codes), catalogue.column(store, key, names or codes))
            own.append(_Level(name, _title(store, key), *columns, blocks_of, catalogue.codes(store, key)))
        found += sorted(own, key=lambda one: one.geography != counted)
        key = catalogue.boundaries(store, name)
        if key is not None:
            codes = catalogue.codes(store, key)
            named = "name" in catalogue.column_names(store, key)
            names = catalogue.column(store, key, "name") if named else codes
            found.append(_Level(name, _title(store, key), codes, names))
    return found


def _title(store: Store, dataset: int) -> str:
    return store.one("SELECT title FROM dataset WHERE key = ?", [dataset])[0]


def _made(store: Store, one: _Level, code: str) -> LargerArea:
    rows = np.flatnonzero(one.codes == code)
    name = str(one.names[rows[0]]) or code
    if one.blocks is not None:
        return LargerArea(one.level, code, name, one.source, one.geography, np.unique(one.blocks[rows]))
    outlines = Outlines.of(store, one.level)
    assert outlines is not None
    shape = outlines.shapes(geography.align(np.array([code]), outlines.codes))[0]
    return LargerArea(one.level, code, name, one.source, shape=shape)


def _near(store: Store, text: str, level: str | None) -> str:
    sources = _sources(store, level)
    names = sorted({name for one in sources for name in np.unique(one.names).tolist() if name})
    close = get_close_matches(text, names, n=3, cutoff=0.6)
    if close:
        return f"Did you mean {' or '.join(close)}?"
    known = ", ".join(dict.fromkeys(geography.name(one.level) for one in sources))
    return f"The workspace knows {known}" if known else "Add a lookup or boundaries of larger areas first"
