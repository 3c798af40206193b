"""Profiles: every indicator for any number of places, with what they are compared with."""

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from functools import cached_property

import numpy as np
import shapely
from scipy import sparse

from jsna_desktop.areas import apportion, geography
from jsna_desktop.areas.locality import POLYGON, Locality, Weights, matrix_of
from jsna_desktop.errors import UsageProblem
from jsna_desktop.jobs import against as comparing
from jsna_desktop.jobs import comparators, profile_rows
from jsna_desktop.jobs.against import Against, Peers, Second, counts
from jsna_desktop.jobs.figures import Figures, Table
from jsna_desktop.jobs.profile_rows import Chance, Told
from jsna_desktop.jobs.raster_parts import RasterParts
from jsna_desktop.jobs.weights import Weighing
from jsna_desktop.measures.profile import MISSING_LIMIT, UNPLACED, Estimates, estimates

_NOWHERE = np.empty(0, dtype=np.int64)
_WHOLE = comparators.SLIVER  # an area is called cut where more than this share is cut off


@dataclass(frozen=True)
class Part:
    """The profile on one geography. `exact` are the places that are one of its areas: what was published holds."""

    table: Table
    weights: Weights
    estimates: Estimates
    against: tuple[Against, ...]
    exact: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Others:
    """What places are compared with beside the larger areas that hold them (`profile`).

    `localities` by name, `areas` as (code, name), whether their `parent` is, and their `peers` (jobs/peers.py).
    """

    localities: tuple[Locality, ...] = ()
    areas: tuple[tuple[str, str], ...] = ()
    parent: bool = False
    sets: dict[str, tuple[Locality, ...]] | None = None  # every locality of the places' sets, for `parent`
    peers: Peers | None = None


NOBODY = Others()


@dataclass(frozen=True)
class Summary:
    """Who lives in a place: residents, how many of them in cut blocks, and the range over methods."""

    locality: str
    set: str
    method: str
    residents: float | None
    residents_year: int | None
    residents_cut: float
    residents_range: tuple[float, float] | None
    blocks: int


@dataclass(frozen=True)
class Profile:
    localities: tuple[Locality, ...]
    parts: tuple[Part, ...]
    summaries: tuple[Summary, ...]
    sensitive: frozenset[str]
    titles: dict[int, str]  # dataset key → title

    @cached_property
    def told(self) -> tuple[Told, ...]:
        """Trends, probabilities and what is detail, part by part."""
        return tuple(profile_rows.told(part) for part in self.parts)

    def rows(self) -> Iterator[dict]:
        """Rows as the command line gives them, place by place; the disclosure gate has yet to see them."""
        return profile_rows.rows(self)

    def chance(self) -> tuple[Chance, ...]:
        """For each place how many comparisons were made, and how many of them would differ by chance alone."""
        return profile_rows.chance(self)


def profile(
    figures: Figures,
    localities: list[Locality],
    method: str | None = None,
    compare_with: tuple[str, ...] = comparators.FIXED,
    others: Others = NOBODY,
    weighing: Weighing | None = None,
) -> Profile:
    """The profile of these localities over the loaded indicators.

    `method` overrides how drawn places share out cut blocks; `others` are what else to compare with; `weighing` keeps
    what weights are made from, from one profile to the next.
    """
    weighing = weighing or Weighing(figures.store)
    parts: list[Part] = []
    for table in figures.tables.values():
        parts.append(_part(weighing, figures, table, localities, method, compare_with, others, parts))
    made = {part.table.geography: part.weights for part in parts}
    told = summaries(figures, localities, method, made, weighing)
    return Profile(tuple(localities), tuple(parts), told, figures.sensitive, figures.titles)


def _part(
    weighing: Weighing,
    figures: Figures,
    table: Table,
    localities: list[Locality],
    method: str | None,
    levels: tuple[str, ...],
    others: Others,
    before: list[Part],
) -> Part:
    weights = weighing.weights(localities, table.geography, table.universe, method)
    weights, exact = _exactly(figures, table, weights, before)
    cut = np.flatnonzero(weights.cut())
    made, again = _by_every_method(weighing, table, localities, weights, cut)
    found = _placed(_by_parts(weighing, table, localities, weights, made), weights, counts(table))
    if exact:
        found = _as_published(table, weights, found, exact)
    seconds = tuple(Second(cut, one) for one in again)
    made = [comparing.at_level(figures, table, weights, found, level, seconds, weighing.areas) for level in levels]
    if others.parent:
        whole = _sets(weighing, table, localities, others, method)
        made.append(comparing.parents(figures, table, weights, found, whole, seconds))
    made += [comparing.named(figures, table, weights, found, code, name, seconds) for code, name in others.areas]
    for other in others.localities:
        theirs = weighing.weights([other], table.geography, table.universe, method)
        values = _by_parts(weighing, table, [other], theirs, estimates(theirs.matrix, table.stack))
        values = _placed(values, theirs, counts(table))
        made.append(comparing.other(table, weights, found, theirs, values, other.name))
    if others.peers is not None:
        alike = list(others.peers.localities)
        theirs = weighing.weights(alike, table.geography, table.universe, method)
        values = _by_parts(weighing, table, alike, theirs, estimates(theirs.matrix, table.stack))
        values = _placed(values, theirs, counts(table))
        made += comparing.peers(table, weights, found, theirs, values, others.peers)
    return Part(table, weights, found, tuple(made), frozenset(exact))


def _by_parts(
    weighing: Weighing, table: Table, localities: list[Locality], weights: Weights, found: Estimates
) -> Estimates:
    """Estimates in which a drawn place has its own part of a raster in the areas that it cuts."""
    outlines = weighing.outlines(table.geography) if any(one.kind == POLYGON for one in localities) else None
    if outlines is None:
        return found
    parts = weighing.rasters.setdefault(table.geography, RasterParts(weighing.store, outlines))
    return parts.refined(table, localities, weights, found)


def _exactly(figures: Figures, table: Table, weights: Weights, before: list[Part]) -> tuple[Weights, dict[int, int]]:
    """Weights with the places that are exactly one of these larger areas, by the blocks of another table.

    (weights, place → position of the area).
    """
    if table.geography in geography.BLOCKS or not weights.unmade:
        return weights, {}
    rows: dict[int, int] = {}
    for part in before:
        for place, code in comparing.exactly(figures, part.table, table.geography, part.weights).items():
            position = int(geography.align(np.array([code]), table.universe)[0])
            if place in weights.unmade and position >= 0:
                rows.setdefault(place, position)
    if not rows:
        return weights, {}
    nothing = (np.empty(0, dtype=np.int64), np.empty(0))
    own = [(np.array([rows[p]]), np.ones(1)) if p in rows else nothing for p in range(len(weights.methods))]
    methods = tuple(apportion.BLOCKS if p in rows else method for p, method in enumerate(weights.methods))
    unmade = {place: said for place, said in weights.unmade.items() if place not in rows}
    matrix = weights.matrix + matrix_of(own, len(table.universe))
    return replace(weights, matrix=matrix, methods=methods, unmade=unmade), rows


def _as_published(table: Table, weights: Weights, found: Estimates, exact: dict[int, int]) -> Estimates:
    """Places that are one area of the table have what was published for it, where its areas cannot be combined."""
    places = np.array(sorted(exact))
    theirs = comparators.published_values(table, table.universe[[exact[p] for p in places.tolist()]])
    if theirs is None:
        return found
    parts = {}
    for part in ("value", "lower", "upper", "numerator", "denominator", "notes"):
        values = getattr(found, part).copy()
        use = np.isnan(found.value[places]) & np.isfinite(theirs.value)
        values[places] = np.where(use, getattr(theirs, part), values[places])
        parts[part] = values
    return replace(found, **parts)


def _sets(
    weighing: Weighing, table: Table, localities: list[Locality], others: Others, method: str | None
) -> list[tuple[str, np.ndarray]]:
    """The name of each place's set and the positions of all the blocks of the set."""
    held: dict[str, np.ndarray] = {}
    for name, members in (others.sets or {}).items():
        made = weighing.weights(list(members), table.geography, table.universe, method)
        held[name] = np.unique(comparators.without_slivers(made.matrix).indices) if not made.unmade else _NOWHERE
    return [(place.set, held.get(place.set, _NOWHERE)) for place in localities]


def _placed(found: Estimates, weights: Weights, totals: np.ndarray) -> Estimates:
    """No value at all for places whose weights could not be made, nor where too many residents were lost on the way."""
    if not weights.unmade and not weights.lost:
        return found
    gone = np.zeros(found.value.shape, dtype=bool)
    gone[list(weights.unmade)] = True
    for place, share in weights.lost.items():
        gone[place] = share > MISSING_LIMIT
        gone[place, totals] |= share > 0  # a total with a hole in it is no total
    blank = {
        name: np.where(gone, np.nan, getattr(found, name))
        for name in ("value", "lower", "upper", "numerator", "denominator")
    }
    return replace(found, **blank, notes=np.where(gone, np.int8(UNPLACED), found.notes))


def _by_every_method(
    weighing: Weighing, table: Table, localities: list[Locality], weights: Weights, cut: np.ndarray
) -> tuple[Estimates, list[Estimates]]:
    """Estimates of the places, and of those that cut blocks by each other method that the data allow (rows as `cut`).

    Made in one go: for a few places the work is by the indicator, not by the place.
    """
    places = [localities[c] for c in cut]
    matrices = [weights.matrix]
    for method in weighing.methods(table.geography) if places else ():
        if any(weights.methods[c] != method for c in cut):
            matrices.append(weighing.weights(places, table.geography, table.universe, method).matrix)
    if len(matrices) == 1:
        return estimates(weights.matrix, table.stack), []
    every = estimates(sparse.csr_array(sparse.vstack(matrices)), table.stack)
    ends = np.cumsum([len(matrix.indptr) - 1 for matrix in matrices])
    parts = [
        Estimates(**{f.name: getattr(every, f.name)[start:end] for f in fields(Estimates)})
        for start, end in zip([0, *ends[:-1]], ends, strict=True)
    ]
    return parts[0], parts[1:]


def summaries(
    figures: Figures,
    localities: list[Locality],
    method: str | None = None,
    weighted: dict[str, Weights] | None = None,
    weighing: Weighing | None = None,
) -> tuple[Summary, ...]:
    """Residents of each place by the latest population; `weighted` are weights that are made already, by geography."""
    tables = [t for t in figures.tables.values() if t.populations]
    if not tables:
        return tuple(Summary(p.name, p.set, method or "", None, None, 0.0, None, 0) for p in localities)
    tables.sort(key=lambda t: max(p.year for p in t.populations), reverse=True)
    made = dict(weighted or {})
    weighing = weighing or Weighing(figures.store)
    for table in tables:
        if table.geography not in made:
            made[table.geography] = weighing.weights(localities, table.geography, table.universe, method)
        if not made[table.geography].lost:
            break
    else:
        table = tables[0]  # nobody's residents are all there: the latest, and none where some are lost
    people = max(table.populations, key=lambda p: p.year)
    weights = made[table.geography]
    known = np.nan_to_num(people.residents)
    totals = weights.matrix @ known
    parts = weights.matrix.copy()
    parts.data = np.where((parts.data > _WHOLE) & (parts.data < 1 - _WHOLE), parts.data, 0.0)
    in_cut = parts @ known
    # A total with a hole in it is no total; a sliver of a neighbour's area is no hole.
    gaps = np.isnan(people.residents)
    unknown = (weights.matrix > _WHOLE) @ gaps.astype(float) > 0 if gaps.any() else np.zeros(len(localities), bool)
    held = np.diff(weights.matrix.indptr)
    unplaced = set(weights.unmade) | set(weights.lost)
    ranged = [p for p in np.flatnonzero((in_cut > 0) & ~unknown).tolist() if p not in unplaced]
    ranges = dict(
        zip(
            ranged,
            weighing.cut_ranges([localities[p] for p in ranged], table.geography, table.universe, known),
            strict=True,
        )
    )
    found = []
    for place, locality in enumerate(localities):
        placed = place not in unplaced and not unknown[place]
        found.append(
            Summary(
                locality.name,
                locality.set,
                weights.methods[place],
                float(totals[place]) if placed else None,
                people.year if placed else None,
                float(in_cut[place]) if placed else 0.0,
                ranges.get(place),
                int(held[place]),
            )
        )
    return tuple(found)


def profile_of_shape(
    figures: Figures, shape: shapely.Geometry, name: str = "New place", weighing: Weighing | None = None
) -> Profile:
    """The profile of a shape that is not stored (shapely, EPSG:27700): what is being drawn."""
    if not shapely.is_valid(shape) or shapely.area(shape) == 0:
        raise UsageProblem("the line crosses itself or holds no area", todo="Move or remove a point")
    return profile(figures, [Locality(0, name, "", "polygon", shape=shape)], weighing=weighing)


def profile_of_blocks(figures: Figures, geography: str, codes: np.ndarray, name: str = "New place") -> Profile:
    """The profile of a selection that is not stored."""
    return profile(figures, [Locality(0, name, "", "selection", geography, np.asarray(codes))])
