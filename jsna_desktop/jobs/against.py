"""Places beside what they are compared with: fixed larger areas, their parent, peers, any area, another locality.

What holds the place is a fixed value; what lies apart from it is a place of like size, tested by the difference; what
overlaps it in part is not compared (methods: Verdicts).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from jsna_desktop.areas import geography
from jsna_desktop.areas.locality import Locality, Weights
from jsna_desktop.jobs import comparators
from jsna_desktop.jobs.comparators import Area, Compared
from jsna_desktop.jobs.figures import Figures, Table
from jsna_desktop.measures import compare
from jsna_desktop.measures.profile import RANGE, Estimates

CONSERVATIVE = "it holds the place itself: the test is conservative"
OVERLAPS = "it overlaps the place: not compared"
MOST_PEERS = 5
_PARTS = ("value", "lower", "upper", "numerator", "denominator", "missing", "notes")


@dataclass(frozen=True)
class Against:
    """A comparator of L places: names and estimates by place, and verdicts (L, K).

    `difference` holds the place minus the comparator with its limits, each (L, K), where it is tested so; `notes` and
    `distances` have an entry a place where there is something to say.
    """

    level: str
    names: tuple[str, ...]  # (L,), "" where a place has none
    estimates: Estimates  # rows brought to the places, NaN where there is none
    verdicts: np.ndarray
    torn: np.ndarray  # verdicts that differ between the methods that share out cut blocks
    difference: tuple[np.ndarray, np.ndarray, np.ndarray] | None = None
    notes: dict[int, str] = field(default_factory=dict)
    distances: dict[int, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Second:
    """The places that cut blocks (positions), by another method of sharing these out."""

    places: np.ndarray
    estimates: Estimates


@dataclass(frozen=True)
class Peers:
    """The peers of L places: for each, positions in `localities` and distances (NaN where unknown), nearest first."""

    localities: tuple[Locality, ...]
    of: tuple[tuple[tuple[int, float], ...], ...]


def counts(table: Table) -> np.ndarray:
    """Which indicators (K,) are counts: alone they get no verdict, for a larger place has more of everything."""
    return table.stack.groups.is_count


def _polarity(table: Table) -> np.ndarray:
    return table.stack.groups.polarity


def _indirect(table: Table) -> np.ndarray:
    return table.stack.groups.is_indirect


def at_level(
    figures: Figures,
    table: Table,
    weights: Weights,
    found: Estimates,
    level: str,
    seconds: tuple[Second, ...] = (),
    kept: dict[tuple, Estimates] | None = None,
) -> Against:
    """The area of one level (`england`, `region`, `district` …) that holds each place, as a fixed value.

    `kept` holds the values of areas from one profile to the next: they do not change as a line is drawn.
    """
    return fixed(figures, table, found, comparators.compared(figures, table, weights, level, kept), seconds)


def fixed(
    figures: Figures, table: Table, found: Estimates, against: Compared, seconds: tuple[Second, ...] = ()
) -> Against:
    """Verdicts against fixed values. Suppressed numbers decide only where both their ends say the same."""
    values = _by_place(against)
    verdicts = compare.against_fixed(found.lower, found.upper, values.value, _polarity(table))
    unlike = counts(table)
    torn = np.zeros(verdicts.shape, dtype=bool)
    for second in seconds:
        cut, other = second.places, second.estimates
        again = compare.against_fixed(other.lower, other.upper, values.value[cut], _polarity(table))
        torn[cut] |= (again != verdicts[cut]) & (verdicts[cut] != compare.NOT_COMPARED) & ~unlike
    verdicts = np.where(torn | against.same[:, None] | unlike, compare.NOT_COMPARED, verdicts)
    if against.level != figures.standard:
        verdicts[:, _indirect(table)] = compare.NOT_COMPARED
    # A range (suppressed numbers) decides only where both its ends say the same.
    verdicts = np.where((found.notes == RANGE) & (verdicts == compare.SIMILAR), compare.NOT_COMPARED, verdicts)
    names = tuple(against.areas[a].name if a >= 0 else "" for a in against.of)
    return Against(against.level, names, values, verdicts, torn)


def _by_place(against: Compared) -> Estimates:
    """The comparator's estimates with a row a place."""
    none = against.of < 0
    rows = {}
    for name in _PARTS:
        areas = getattr(against.estimates, name)
        padded = np.concatenate([areas, np.zeros((1, areas.shape[1]), dtype=areas.dtype)])
        spread = padded[against.of]
        rows[name] = np.where(none[:, None], np.nan, spread) if areas.dtype.kind == "f" else spread
    return Estimates(**rows)


def beside(
    table: Table,
    found: Estimates,
    theirs: Estimates,
    apart: np.ndarray,
    level: str,
    names: tuple[str, ...],
    seconds: tuple[Second, ...] = (),
) -> Against:
    """Compared with places of like size, a row each, by the limits of the difference where they are `apart` (L,)."""
    pair = (theirs.value, theirs.lower, theirs.upper)
    difference, lower, upper = compare.difference_interval(found.value, found.lower, found.upper, *pair)
    never = ~apart[:, None] | (counts(table) | _indirect(table))[None, :]
    verdicts = np.where(never, compare.NOT_COMPARED, compare.against_place(lower, upper, _polarity(table)))
    torn = np.zeros(verdicts.shape, dtype=bool)
    for second in seconds:
        at, ours = second.places, second.estimates
        again = compare.difference_interval(ours.value, ours.lower, ours.upper, *(part[at] for part in pair))
        words = np.where(never[at], compare.NOT_COMPARED, compare.against_place(again[1], again[2], _polarity(table)))
        torn[at] |= (words != verdicts[at]) & (verdicts[at] != compare.NOT_COMPARED)
    verdicts = np.where(torn, compare.NOT_COMPARED, verdicts)
    # Suppressed numbers are a range: its ends are the limits, and what they cannot tell is not told.
    ranged = (found.notes == RANGE) | (theirs.notes == RANGE)
    verdicts = np.where(ranged & (verdicts == compare.SIMILAR), compare.NOT_COMPARED, verdicts)
    shown = tuple(np.where(never, np.nan, part) for part in (difference, lower, upper))
    overlapping = {place: OVERLAPS for place in np.flatnonzero(~apart).tolist() if names[place]}
    return Against(level, names, theirs, verdicts, torn, (shown[0], shown[1], shown[2]), overlapping)


def other(table: Table, weights: Weights, found: Estimates, theirs: Weights, values: Estimates, name: str) -> Against:
    """Compared with one other locality (its weights and values have one row)."""
    overlap = np.asarray((weights.matrix @ theirs.matrix.T).toarray()).reshape(-1) > 0
    count = len(found.value)
    spread = Estimates(**{part: np.repeat(getattr(values, part), count, axis=0) for part in _PARTS})
    return beside(table, found, spread, ~overlap, name, (name,) * count)


def peers(
    table: Table, weights: Weights, found: Estimates, theirs: Weights, values: Estimates, chosen: Peers
) -> list[Against]:
    """Compared with each place's nearest peers, a comparator for the nearest, the second nearest …"""
    made = []
    for rank in range(min(MOST_PEERS, max((len(one) for one in chosen.of), default=0))):
        of = np.array([one[rank][0] if rank < len(one) else -1 for one in chosen.of])
        there = np.flatnonzero(of >= 0)
        parts = {}
        for part in _PARTS:
            rows = getattr(values, part)[of]
            if rows.dtype.kind == "f":
                rows[of < 0] = np.nan
            parts[part] = rows
        overlap = np.zeros(len(of), dtype=bool)
        mine = weights.matrix[there].multiply(theirs.matrix[of[there]])
        overlap[there] = np.asarray(mine.sum(axis=1)).reshape(-1) > 0
        names = tuple(chosen.localities[peer].name if peer >= 0 else "" for peer in of.tolist())
        one = beside(table, found, Estimates(**parts), ~overlap & (of >= 0), f"peer{rank + 1}", names)
        distances = {place: chosen.of[place][rank][1] for place in there.tolist()}
        known = {place: distance for place, distance in distances.items() if np.isfinite(distance)}
        made.append(Against(one.level, names, one.estimates, one.verdicts, one.torn, one.difference, one.notes, known))
    return made


def named(
    figures: Figures, table: Table, weights: Weights, found: Estimates, code: str, name: str,
    seconds: tuple[Second, ...] = (),
) -> Against:  # fmt: skip
    """Compared with any one area: a fixed value for the places that it holds, a place of like size for those apart."""
    area = comparators.area_of(figures, table, code, name)
    count = len(found.value)
    if area is None:
        none = np.full(found.value.shape, np.nan)
        empty = Estimates(none, none, none, none, none, none, np.zeros(none.shape, dtype=np.int8))
        nothing = np.full(none.shape, compare.NOT_COMPARED)
        return Against(name, (name,) * count, empty, nothing, np.zeros(none.shape, dtype=bool))
    inside, apart, same = _relation(table, weights, area)
    values = comparators.values_of(figures, table, (area,))
    of = np.zeros(count, dtype=np.int64)
    holding = fixed(figures, table, found, Compared(name, (area,), of, same, values), seconds)
    spread = Estimates(**{part: np.repeat(getattr(values, part), count, axis=0) for part in _PARTS})
    aside = beside(table, found, spread, apart, name, holding.names, seconds)
    verdicts = np.where(inside[:, None], holding.verdicts, aside.verdicts)
    torn = np.where(inside[:, None], holding.torn, aside.torn)
    assert aside.difference is not None
    notes = dict.fromkeys(np.flatnonzero(inside & ~same).tolist(), CONSERVATIVE)
    notes |= dict.fromkeys(np.flatnonzero(~inside & ~apart).tolist(), OVERLAPS)
    return Against(name, holding.names, holding.estimates, verdicts, torn, aside.difference, notes)


def _relation(table: Table, weights: Weights, area: Area) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Which places (L,) the area holds, which are apart from it, and which are the area itself."""
    matrix = comparators.without_slivers(weights.matrix)
    held = np.diff(matrix.indptr)
    members = np.zeros(len(table.universe))
    members[area.blocks] = 1.0
    if not len(area.blocks):
        # A nation by its published row holds what has its letter; of any other area without blocks nothing is known.
        nation = {code: letter for letter, (code, _) in geography.NATIONS.items()}.get(area.code)
        if nation is None:
            nothing = np.zeros(len(held), dtype=bool)
            return nothing, nothing, nothing
        members = (table.universe.astype("U1") == nation).astype(float)
    within = np.asarray((matrix > 0) @ members).reshape(-1)
    inside, apart = (within == held) & (held > 0), (within == 0) & (held > 0)
    whole = np.asarray(matrix.sum(axis=1)).reshape(-1) == held
    return inside, apart, inside & whole & (held == len(area.blocks))


def parents(
    figures: Figures, table: Table, weights: Weights, found: Estimates, sets: Sequence[tuple[str, np.ndarray]],
    seconds: tuple[Second, ...],
) -> Against:  # fmt: skip
    """The smallest loaded area that holds more than the place: of any level, its set as a whole, or the nation.

    `sets` are for each place the name of its set and the positions of all the set's blocks.
    """
    matrix = comparators.without_slivers(weights.matrix)
    held = np.diff(matrix.indptr)
    count = len(held)
    best = np.full(count, np.iinfo(np.int64).max)
    areas: list[Area] = []
    of = np.full(count, -1)
    for level in (*table.hierarchies, comparators.ENGLAND):
        there, which, same = comparators.located(figures, table, weights, level)
        for place, at in enumerate(which.tolist()):
            area = there[at] if at >= 0 else None
            size = (len(area.blocks) or np.iinfo(np.int64).max - 1) if area is not None else 0
            if area is not None and not same[place] and size < best[place]:
                best[place], of[place] = size, len(areas)
                areas.append(area)
    whole = np.asarray(matrix.sum(axis=1)).reshape(-1)
    for place, (name, blocks) in enumerate(sets):
        own = matrix.indices[matrix.indptr[place] : matrix.indptr[place + 1]]
        more = len(blocks) > held[place] or (len(blocks) == held[place] and whole[place] < held[place])
        if held[place] and more and len(blocks) < best[place] and np.isin(own, blocks).all():
            of[place] = len(areas)
            areas.append(Area("", f"All of {name}", blocks))
    distinct, index = _distinct(areas)
    values = comparators.values_of(figures, table, distinct)
    of = np.where(of >= 0, index[of] if len(index) else -1, -1)
    made = fixed(figures, table, found, Compared("parent", distinct, of, np.zeros(count, dtype=bool), values), seconds)
    notes = dict.fromkeys(np.flatnonzero(of >= 0).tolist(), CONSERVATIVE)
    return Against(made.level, made.names, made.estimates, made.verdicts, made.torn, None, notes)


def _distinct(areas: list[Area]) -> tuple[tuple[Area, ...], np.ndarray]:
    """Each area once, and where each of the list is among them."""
    found: dict[tuple[str, str], int] = {}
    index, kept = [], []
    for area in areas:
        key = (area.code, area.name)
        if key not in found:
            found[key] = len(kept)
            kept.append(area)
        index.append(found[key])
    return tuple(kept), np.array(index, dtype=np.int64)


def exactly(figures: Figures, table: Table, geo: str, weights: Weights) -> dict[int, str]:
    """Places that are exactly one area of a larger geography: place → the area's code."""
    if geo not in table.hierarchies:
        return {}
    areas, of, same = comparators.located(figures, table, weights, geo)
    return {place: areas[of[place]].code for place in np.flatnonzero(same).tolist()}
