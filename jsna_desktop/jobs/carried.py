"""Places of the areas of one census, where the data are of the other's (areas/vintages.py)."""

from dataclasses import dataclass

import numpy as np
import shapely

from jsna_desktop.areas import apportion, geography
from jsna_desktop.areas.locality import SELECTION, Locality, Weights
from jsna_desktop.areas.vintages import Carriage, Links, carriage, links_by_shape
from jsna_desktop.indicator import COUNT
from jsna_desktop.jobs.outlines import Outlines
from jsna_desktop.workspace import catalogue
from jsna_desktop.workspace.store import Store

BY_LOOKUP, BY_SHAPE, BY_CODE = "ONS’s lookup", "shape and population", "code"
_CENSUSES = {"2011": "2021", "2021": "2011"}
_STEMS = ("oa", "lsoa", "msoa")
_NO_LINKS = Links(np.empty(0, "U9"), np.empty(0, "U9"), np.empty(0))


@dataclass(frozen=True)
class CarriedRow:
    """A place on the blocks of the other census: positions and shares, the words for it, the share of residents lost.

    `unmade` says why there is nothing to carry.
    """

    positions: np.ndarray
    shares: np.ndarray
    method: str
    note: str
    lost: float
    unmade: str = ""


def other_census(blocks: str) -> str | None:
    """`lsoa2021` → `lsoa2011` and back; None for areas that are of no census."""
    stem, year = blocks[:-4], blocks[-4:]
    return f"{stem}{_CENSUSES[year]}" if stem in _STEMS and year in _CENSUSES else None


def waiting(store: Store, localities: list[Locality], blocks: str, other: str) -> list[int]:
    """Which places are to be carried from `other`: selections of those, and others where only their outlines are there.

    A selection stays what it is, whatever outlines are loaded: two generalisations of one line never meet. Codes alone
    carry nothing but what kept its code from 2011, where the outlines of 2011 are loaded and those of 2021 are not.
    """
    ours, theirs = (catalogue.boundaries(store, geo) is not None for geo in (other, blocks))
    by_code = ours and not theirs and other.endswith("2011")
    by_selection = by_code or (ours and theirs) or official(store, other, blocks) is not None
    by_outline = ours and not theirs and by_selection
    return [
        place
        for place, one in enumerate(localities)
        if (by_selection and one.kind == SELECTION and one.geography == other and one.blocks is not None)
        or (by_outline and one.shape is not None and one.geography != blocks)
    ]


@dataclass(frozen=True)
class Between:
    """The way from the sorted `before` (n,) to the data's blocks, as it was found: by lookup, by shape or by code."""

    source: str
    target: str
    before: np.ndarray
    people: np.ndarray
    way: Carriage
    by: str
    changed: np.ndarray  # (n,) areas that are not simply themselves

    @classmethod
    def of(cls, store: Store, source: str, target: str, universe: np.ndarray, places: list[Locality]) -> "Between":
        """From `source` (`lsoa2011`) to the sorted `universe` of `target` (`lsoa2021`), for these places."""
        ours, theirs = Outlines.of(store, source), Outlines.of(store, target)
        parts = [_NO_LINKS.before] if ours is None else [ours.codes]
        parts += [one.blocks for one in places if one.geography == source and one.blocks is not None]
        before = np.unique(np.concatenate(parts))
        before = before[geography.is_block(before, source)]
        links = official(store, source, target)
        by = BY_LOOKUP
        if links is None:
            links = _by_shape(store, ours, theirs, before, universe, places)
            by = BY_CODE if ours is None or theirs is None else BY_SHAPE
        else:
            links = links.reaching(before)
            before = np.union1d(before, links.before)
            if ours is not None and theirs is not None:
                links = _measured(links, ours, theirs)
        people = _people(store, before, source, universe, target)
        way = carriage(before, universe, links, people)
        itself = geography.align(before, universe) >= 0
        changed = np.isin(before, links.before[links.before != links.after]) | ~itself
        return cls(source, target, before, people, way, by, changed)

    def rows(self, made: Weights) -> list[CarriedRow]:
        """The rows of places (L,) that were made on `before`."""
        matrix, lost = self.way.carried(made.matrix, self.people)
        touched = made.matrix @ self.changed.astype(float) > 0
        found = []
        for place in range(len(lost)):
            first, last = matrix.indptr[place], matrix.indptr[place + 1]
            shares = matrix.data[first:last]
            whole = bool((shares == 1).all())
            method = made.methods[place]
            found.append(
                CarriedRow(
                    matrix.indices[first:last],
                    shares,
                    method if whole or method != apportion.BLOCKS else apportion.AREA,
                    self._note(bool(touched[place]), float(lost[place])),
                    float(lost[place]),
                    made.unmade.get(place, ""),
                )
            )
        return found

    def _note(self, touched: bool, lost: float) -> str:
        start = f"carried from {geography.name(self.source)}"
        if not touched:
            return f"{start}: none of its areas has changed"
        said = f"{start} by {self.by}"
        if lost:
            said += (
                f"; {max(100 * lost, 0.1):.1f} % of residents live in areas that changed and are left out: add ONS’s "
                f"boundaries of {geography.name(self.target)}, or its lookup from {geography.name(self.source)}"
            )
        return said


def official(store: Store, source: str, target: str) -> Links | None:
    """ONS's lookup between two censuses, read in the direction asked for; None where none is loaded."""
    for first, second in ((source, target), (target, source)):
        rows = store.all(
            "SELECT key FROM dataset WHERE kind = 'lookup' AND replaced_by IS NULL AND (id = ? OR id LIKE ?) "
            "ORDER BY rows DESC, key DESC LIMIT 1",
            [f"vintages.{first}.{second}", f"vintages.{first}.{second}.%"],
        )
        if rows:
            table = catalogue.table(store, rows[0][0], "links")
            links = Links(table["from"], table["to"], np.full(len(table["from"]), np.nan))
            return links if first == source else links.turned()
    return None


def _codesets(store: Store, geo: str) -> list[int]:
    rows = store.all("SELECT DISTINCT codeset FROM dataset WHERE geography = ? AND replaced_by IS NULL", [geo])
    return [row[0] for row in rows]


def _by_shape(
    store: Store,
    ours: Outlines | None,
    theirs: Outlines | None,
    before: np.ndarray,
    universe: np.ndarray,
    places: list[Locality],
) -> Links:
    """Links of the areas that have no counterpart, near these places; none where either's outlines are not loaded."""
    if ours is None or theirs is None:
        return _NO_LINKS
    gone = np.flatnonzero((geography.align(ours.codes, universe) < 0) & (geography.align(ours.codes, theirs.codes) < 0))
    new = np.flatnonzero(geography.align(theirs.codes, before) < 0)
    near = np.zeros(len(ours.codes), dtype=bool)
    for place in places:
        if place.shape is not None:
            near[ours.touching(place.shape)] = True
        elif place.blocks is not None:
            held = geography.align(place.blocks, ours.codes)
            near[held[held >= 0]] = True
    new = new[_meeting(theirs.bounds[new], ours.bounds[gone[near[gone]]])]
    # Across the edge of a county's outlines lie areas that kept their code too.
    for key in _codesets(store, ours.geography):
        new = new[geography.align(theirs.codes[new], catalogue.codeset(store, key)) < 0]
    gone = gone[_meeting(ours.bounds[gone], theirs.bounds[new])]
    return links_by_shape(ours.codes[gone], ours.shapes(gone), theirs.codes[new], theirs.shapes(new))


def _meeting(these: np.ndarray, those: np.ndarray) -> np.ndarray:
    """Which bounds (n, 4) meet any of the others (m, 4): boolean (n,)."""
    found = np.zeros(len(these), dtype=bool)
    if len(these) and len(those):
        found[shapely.STRtree(shapely.box(*those.T)).query(shapely.box(*these.T))[0]] = True
    return found


def _measured(links: Links, ours: Outlines, theirs: Outlines) -> Links:
    """The links with the area of each that is one of several on both of its sides; the others need none."""
    several = np.ones(len(links.before), dtype=bool)
    for side in (links.before, links.after):
        _, index, counts = np.unique(side, return_inverse=True, return_counts=True)
        several &= counts[index] > 1
    b, a = geography.align(links.before, ours.codes), geography.align(links.after, theirs.codes)
    # Every link of an area of several is measured, or its pieces could not be compared.
    wanted = np.isin(links.before, links.before[several]) & (b >= 0) & (a >= 0)
    area = links.area.copy()
    if wanted.any():
        area[wanted] = shapely.area(shapely.intersection(ours.shapes(b[wanted]), theirs.shapes(a[wanted])))
    return Links(links.before, links.after, area)


def _people(store: Store, before: np.ndarray, source: str, universe: np.ndarray, target: str) -> np.ndarray:
    """Residents (n,) of `before` by the latest open count, else by that on the other census's areas; NaN where none."""
    people = np.full(len(before), np.nan)
    for geo in (source, target):
        codes, residents = _residents(store, geo)
        if geo == target:
            kept = geography.align(codes, universe) >= 0
            codes, residents = codes[kept], residents[kept]
        places = geography.align(before, codes)
        known = (places >= 0) & np.isnan(people)
        people[known] = residents[places[known]]
    return people


def _residents(store: Store, geo: str) -> tuple[np.ndarray, np.ndarray]:
    """Codes and residents of the latest population of a geography that is not sensitive; empty where there is none."""
    hidden = {row[0] for row in store.all("SELECT key FROM dataset WHERE sensitive = 1")}
    found = [
        (indicator.period[-4:], key, column)
        for key, indicator in catalogue.keyed_indicators(store)
        if indicator.id == "population.residents" and indicator.geography == geo and indicator.kind == COUNT
        and indicator.sex == "persons" and indicator.age == "all" and key not in hidden
        and (column := indicator.value or indicator.numerator)
    ]  # fmt: skip
    if not found:
        return np.empty(0, "U9"), np.empty(0)
    _, key, column = max(found, key=lambda one: one[:2])
    return catalogue.codes(store, key), catalogue.column(store, key, column)
