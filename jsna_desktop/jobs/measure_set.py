"""Whether the localities of a set partition their district, leave gaps or overlap: measured in residents and hectares.

Selections of one geography are compared block by block, exactly; anything else by shape. Two outlines of one line,
generalised to 20 m, differ by slivers: parts thinner than that are counted by themselves and are neither gap nor
overlap.
"""

from dataclasses import asdict, dataclass

import numpy as np
import shapely
from scipy import sparse

from jsna_desktop.areas import geography, shapes
from jsna_desktop.areas.locality import POLYGON, SELECTION, Locality
from jsna_desktop.errors import UsageProblem
from jsna_desktop.jobs.larger_areas import LargerArea, find, outline
from jsna_desktop.jobs.localities import localities
from jsna_desktop.jobs.outlines import Outlines
from jsna_desktop.jobs.people import People, told
from jsna_desktop.jobs.whereabouts import DISTRICT
from jsna_desktop.workspace.store import Store

PARTITION, GAPS, OVERLAPS, BOTH, APART = "partition", "gaps", "overlaps", "gaps and overlaps", "no overlaps"
# ONS generalises its outlines to 20 m (BGC).
WIDTH = 20.0
_MOST_OF_A_DISTRICT = 0.5
_EXTENT = shapes.HECTARE


@dataclass(frozen=True)
class Extent:
    """How much lies somewhere; `residents` None where they are not known or may not leave the program."""

    residents: float | None
    area_ha: float | None


@dataclass(frozen=True)
class Pair:
    """Two localities that overlap."""

    first: str
    second: str
    extent: Extent


@dataclass(frozen=True)
class SetMeasure:
    """What a set of localities covers of `within` (names of districts; empty where none is known).

    `gaps` of the district lie in no locality, `overlaps` in two or more, `beyond` in localities outside the district;
    `slivers` are thin parts of gaps and overlaps, by shape, that count as neither. `verdict` is one of the words above.
    """

    set: str
    localities: int
    within: tuple[str, ...]
    verdict: str
    whole: Extent
    gaps: Extent
    overlaps: Extent
    beyond: Extent
    pairs: tuple[Pair, ...]
    slivers: int
    slivers_ha: float
    exact: bool
    gap_blocks: tuple[str, ...]
    residents_of: str
    notes: tuple[str, ...]

    def as_dict(self) -> dict:
        """JSON values."""
        return asdict(self)


def measure_set(store: Store, in_set: str, within: str | None = None) -> SetMeasure:
    """Measure a set against a larger area (by name or code), or the districts of which it holds half or more.

    UsageProblem where there is no such set or area, or a locality has no outline yet.
    """
    places = localities(store, [in_set])
    people = People.of(store)
    if people is not None and people.sensitive:
        people = None
    notes = (
        [] if people is not None else ["No residents that may leave the program are loaded: areas are measured alone."]
    )
    areas = [find(store, within)] if within else _districts(places, people)
    if not areas:
        notes.append("No lookup says which district this is: gaps cannot be measured (say --within).")
    one = {place.geography for place in places}
    exact = len(one) == 1 and all(place.kind == SELECTION for place in places)
    exact = exact and all(area.blocks is not None and area.geography in one for area in areas)
    how = _by_block if exact else _by_shape
    return how(store, in_set, places, people, areas, notes)


def _districts(places: list[Locality], people: People | None) -> list[LargerArea]:
    """The districts of which the set holds at least half of the residents; else the one of which it holds most."""
    level = people.hierarchies.get(DISTRICT) if people is not None else None
    if people is None or level is None:
        return []
    matrix = people.weights(places).matrix
    held = np.minimum(np.asarray(matrix.sum(axis=0)).reshape(-1), 1.0) * np.nan_to_num(people.residents)
    inside = level.parents >= 0
    mine = np.bincount(level.parents[inside], held[inside], len(level.codes))
    total = np.bincount(level.parents[inside], np.nan_to_num(people.residents)[inside], len(level.codes))
    chosen = np.flatnonzero((total > 0) & (mine >= _MOST_OF_A_DISTRICT * total) & (mine > 0))
    if not len(chosen) and mine.any():
        chosen = np.array([np.argmax(mine)])
    return [
        LargerArea(
            DISTRICT, str(level.codes[a]), str(level.names[a]), "", people.geography, people.codes[level.members(a)]
        )
        for a in chosen.tolist()
    ]


def _by_block(
    store: Store, in_set: str, places: list[Locality], people: People | None, areas: list[LargerArea], notes: list[str]
) -> SetMeasure:
    """Whole blocks of one geography: counted, not measured."""
    blocks_of = places[0].geography
    own = [np.asarray(place.blocks) for place in places]
    held, times = np.unique(np.concatenate(own), return_counts=True)
    whole = np.unique(np.concatenate([area.blocks for area in areas if area.blocks is not None])) if areas else held
    twice = held[times > 1]
    lengths = [len(codes) for codes in own]
    which = sparse.csr_array(
        (np.ones(sum(lengths)), (np.repeat(np.arange(len(own)), lengths), np.searchsorted(held, np.concatenate(own))))
    )
    shared = sparse.triu(which @ which.T, k=1).tocoo()
    pairs = list(zip(shared.row.tolist(), shared.col.tolist(), strict=True))
    measured = _Blocks(store, blocks_of, people)
    told_pairs = [
        Pair(places[a].name, places[b].name, measured.extent(np.intersect1d(own[a], own[b]))) for a, b in sorted(pairs)
    ]
    gap = np.setdiff1d(whole, held)
    return _measured(
        in_set, places, areas, people, notes,
        whole=measured.extent(whole), gaps=measured.extent(gap), overlaps=measured.extent(twice),
        beyond=measured.extent(np.setdiff1d(held, whole)), pairs=tuple(told_pairs), exact=True,
        gap_blocks=tuple(gap.tolist()), in_gaps=len(gap) > 0, in_overlaps=len(twice) > 0,
    )  # fmt: skip


class _Blocks:
    """Residents and hectares of whole blocks of one geography."""

    def __init__(self, store: Store, blocks_of: str, people: People | None) -> None:
        self._outlines, self._people, self._blocks_of = Outlines.of(store, blocks_of), people, blocks_of

    def extent(self, codes: np.ndarray) -> Extent:
        residents = area = None
        if not len(codes):
            return Extent(0.0 if self._people is not None else None, 0.0)
        if self._people is not None:
            found = self._people.living([Locality(0, "", "", SELECTION, self._blocks_of, codes)])[0]
            residents = None if np.isnan(found) else float(found)
        if self._outlines is not None:
            positions = geography.align(codes, self._outlines.codes)
            if (positions >= 0).all():
                area = float(shapely.area(self._outlines.shapes(positions)).sum()) / _EXTENT
        return Extent(residents, area)


def _by_shape(
    store: Store, in_set: str, places: list[Locality], people: People | None, areas: list[LargerArea], notes: list[str]
) -> SetMeasure:
    bare = [place.name for place in places if place.shape is None]
    if bare:
        raise UsageProblem(f"{', '.join(bare[:5])} has no outline yet", todo="Add boundaries first")
    own = np.array([place.shape for place in places], dtype=object)
    found, slivers, thin = shapes.overlaps(own, WIDTH)
    union = shapely.union_all(own)
    twice = shapely.union_all([one.shape for one in found]) if found else shapely.MultiPolygon()
    outlines = [shape for area in areas if (shape := outline(store, area)) is not None]
    gap = beyond = shapely.MultiPolygon()
    if outlines:
        whole = shapely.union_all(outlines)
        gap, gap_slivers, gap_thin = shapes.without_slivers(shapely.difference(whole, union), WIDTH)
        beyond, beyond_slivers, beyond_thin = shapes.without_slivers(shapely.difference(union, whole), WIDTH)
        slivers, thin = slivers + gap_slivers + beyond_slivers, thin + gap_thin + beyond_thin
    else:
        whole = union
    extents = _extents(people, [whole, gap, twice, beyond, *(one.shape for one in found)])
    pairs = tuple(
        Pair(places[one.first].name, places[one.second].name, extent)
        for one, extent in zip(found, extents[4:], strict=True)
    )
    return _measured(
        in_set, places, areas, people, notes,
        whole=extents[0], gaps=extents[1], overlaps=extents[2], beyond=extents[3], pairs=pairs, exact=False,
        in_gaps=not shapely.is_empty(gap), in_overlaps=bool(found), slivers=slivers, slivers_ha=thin / _EXTENT,
    )  # fmt: skip


def _extents(people: People | None, parts: list[shapely.Geometry]) -> list[Extent]:
    areas = [float(shapely.area(part)) / _EXTENT for part in parts]
    living: list[float | None] = [None] * len(parts)
    if people is not None:
        there = [n for n, part in enumerate(parts) if not shapely.is_empty(part)]
        drawn = [Locality(0, "", "", POLYGON, shape=parts[n]) for n in there]
        living = [0.0] * len(parts)
        for n, residents in zip(there, people.living(drawn).tolist(), strict=True):
            living[n] = None if np.isnan(residents) else residents
    return [Extent(residents, area) for residents, area in zip(living, areas, strict=True)]


def _measured(
    in_set: str,
    places: list[Locality],
    areas: list[LargerArea],
    people: People | None,
    notes: list[str],
    *,
    whole: Extent,
    gaps: Extent,
    overlaps: Extent,
    beyond: Extent,
    pairs: tuple[Pair, ...],
    exact: bool,
    in_gaps: bool,
    in_overlaps: bool,
    gap_blocks: tuple[str, ...] = (),
    slivers: int = 0,
    slivers_ha: float = 0.0,
) -> SetMeasure:
    if not areas:
        verdict = OVERLAPS if in_overlaps else APART
        gaps = beyond = Extent(None, None)
    elif in_gaps and in_overlaps:
        verdict = BOTH
    else:
        verdict = GAPS if in_gaps else OVERLAPS if in_overlaps else PARTITION
    return SetMeasure(
        in_set, len(places), tuple(area.name for area in areas), verdict, whole, gaps, overlaps, beyond, pairs,
        slivers, slivers_ha, exact, gap_blocks, people.title if people is not None else "", tuple(notes),
    )  # fmt: skip


def sentences(made: SetMeasure) -> list[str]:
    """What was measured, for people."""
    where = ", ".join(made.within)
    said = [f"{made.set}: {made.localities:,} localities" + (f" in {where}" if where else "") + f": {made.verdict}."]
    if made.within:
        said.append(f"{where}: {_of(made.whole)}; in no locality: {_of(made.gaps, made.whole)}.")
    said.append(f"In two localities or more: {_of(made.overlaps, made.whole)}.")
    said += [f"  {pair.first} and {pair.second}: {_of(pair.extent)}." for pair in made.pairs]
    if made.within and (made.beyond.area_ha or made.beyond.residents):
        said.append(f"Beyond {where}: {_of(made.beyond)}.")
    if made.slivers:
        said.append(
            f"{made.slivers:,} slivers thinner than {WIDTH:g} m ({shapes.hectares(made.slivers_ha * _EXTENT)} in all) "
            "count as neither gaps nor overlaps: outlines of one line, each generalised, differ by so much."
        )
    if made.gap_blocks:
        more = f" and {len(made.gap_blocks) - 10:,} more" if len(made.gap_blocks) > 10 else ""
        said.append(f"In no locality: {', '.join(made.gap_blocks[:10])}{more}.")
    return [*said, *made.notes]


def _of(extent: Extent, whole: Extent | None = None) -> str:
    parts = []
    if extent.residents is not None:
        share = f" ({100 * extent.residents / whole.residents:.1f} %)" if whole and whole.residents else ""
        parts.append(told(extent.residents) + share)
    if extent.area_ha is not None:
        share = f" ({100 * extent.area_ha / whole.area_ha:.1f} %)" if whole and whole.area_ha else ""
        parts.append(shapes.hectares(extent.area_ha * _EXTENT) + share)
    return ", ".join(parts) or "not known"
