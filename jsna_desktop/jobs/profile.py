"""Profiles: every indicator for any number of places, with what they are compared with."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import shapely

from jsna_desktop.areas import apportion
from jsna_desktop.areas.locality import Locality, Weights
from jsna_desktop.errors import UsageProblem
from jsna_desktop.indicator import COUNT
from jsna_desktop.jobs import comparators
from jsna_desktop.jobs.comparators import Compared
from jsna_desktop.jobs.figures import Figures, Table
from jsna_desktop.jobs.weights import cut_range, weights_for
from jsna_desktop.measures import compare
from jsna_desktop.measures.profile import MISSING_LIMIT, NOTES, OK, RANGE, REFUSED, UNPLACED, Estimates, estimates

_WHOLE = comparators.SLIVER  # an area is called cut where more than this share is cut off


@dataclass(frozen=True)
class Against:
    """A comparator of L places: names and estimates by place, and verdicts (L, K)."""

    level: str
    names: tuple[str, ...]  # (L,), "" where a place has none
    estimates: Estimates  # rows brought to the places, NaN where there is none
    verdicts: np.ndarray
    torn: np.ndarray  # verdicts that differ between the methods that share out cut blocks


@dataclass(frozen=True)
class Part:
    """The profile on one geography."""

    table: Table
    weights: Weights
    estimates: Estimates
    against: tuple[Against, ...]


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

    def rows(self) -> Iterator[dict]:
        """Rows as contract.md gives them, place by place; the disclosure gate has yet to see them."""
        for place, locality in enumerate(self.localities):
            for part in self.parts:
                yield from _rows(part, place, locality)


def profile(
    figures: Figures,
    localities: list[Locality],
    method: str | None = None,
    compare_with: tuple[str, ...] = comparators.FIXED,
    others: tuple[Locality, ...] = (),
) -> Profile:
    """The profile of these localities over the loaded indicators.

    `method` overrides how drawn places share out cut blocks; `others` are localities to compare with.
    """
    parts = tuple(_part(figures, table, localities, method, compare_with, others) for table in figures.tables.values())
    made = {part.table.geography: part.weights for part in parts}
    return Profile(tuple(localities), parts, summaries(figures, localities, method, made), figures.sensitive)


def _part(
    figures: Figures,
    table: Table,
    localities: list[Locality],
    method: str | None,
    levels: tuple[str, ...],
    others: tuple[Locality, ...],
) -> Part:
    weights = weights_for(figures.store, localities, table.geography, table.universe, method)
    found = _placed(estimates(weights.matrix, table.stack), weights, _counts(table))
    cut = np.flatnonzero(weights.cut())
    second = _second_opinion(figures, table, localities, weights, cut) if len(cut) else None
    against = [_fixed(table, weights, found, level, second, cut) for level in levels]
    against += [_other(figures, table, weights, found, other, method) for other in others]
    return Part(table, weights, found, tuple(against))


def _placed(found: Estimates, weights: Weights, counts: np.ndarray) -> Estimates:
    """No value at all for places whose weights could not be made, nor where too many residents were lost on the way."""
    if not weights.unmade and not weights.lost:
        return found
    gone = np.zeros(found.value.shape, dtype=bool)
    gone[list(weights.unmade)] = True
    for place, share in weights.lost.items():
        gone[place] = share > MISSING_LIMIT
        gone[place, counts] |= share > 0  # a total with a hole in it is no total
    blank = {
        name: np.where(gone, np.nan, getattr(found, name))
        for name in ("value", "lower", "upper", "numerator", "denominator")
    }
    return replace(found, **blank, notes=np.where(gone, np.int8(UNPLACED), found.notes))


def _second_opinion(
    figures: Figures, table: Table, localities: list[Locality], weights: Weights, cut: np.ndarray
) -> Estimates:
    """Estimates of the places that cut blocks by the other method (rows as `cut`)."""
    other = apportion.AREA if weights.methods[cut[0]] == apportion.BEST_FIT else apportion.BEST_FIT
    rows = weights_for(figures.store, [localities[c] for c in cut], table.geography, table.universe, other)
    return estimates(rows.matrix, table.stack)


def _fixed(
    table: Table, weights: Weights, found: Estimates, level: str, second: Estimates | None, cut: np.ndarray
) -> Against:
    against = comparators.compared(table, weights, level)
    values = _by_place(against)
    polarity = np.array([plan.indicator.polarity for plan in table.stack.plans])
    verdicts = compare.against_fixed(found.lower, found.upper, values.value, polarity)
    torn = np.zeros(verdicts.shape, dtype=bool)
    if second is not None:
        again = compare.against_fixed(second.lower, second.upper, values.value[cut], polarity)
        torn[cut] = (again != verdicts[cut]) & (verdicts[cut] != compare.NOT_COMPARED) & ~_counts(table)
    verdicts = np.where(torn | against.same[:, None] | _counts(table), compare.NOT_COMPARED, verdicts)
    # A range (suppressed numbers) decides only where both its ends say the same.
    verdicts = np.where((found.notes == RANGE) & (verdicts == compare.SIMILAR), compare.NOT_COMPARED, verdicts)
    names = tuple(against.areas[a].name if a >= 0 else "" for a in against.of)
    return Against(level, names, values, verdicts, torn)


def _counts(table: Table) -> np.ndarray:
    """Which indicators (K,) are counts: alone they get no verdict, for a larger place has more of everything."""
    return np.array([plan.indicator.kind == COUNT for plan in table.stack.plans], dtype=bool)


def _by_place(against: Compared) -> Estimates:
    """The comparator's estimates with a row a place."""
    none = against.of < 0
    rows = {}
    for name in ("value", "lower", "upper", "numerator", "denominator", "missing", "notes"):
        areas = getattr(against.estimates, name)
        padded = np.concatenate([areas, np.zeros((1, areas.shape[1]), dtype=areas.dtype)])
        spread = padded[against.of]
        rows[name] = np.where(none[:, None], np.nan, spread) if areas.dtype.kind == "f" else spread
    return Estimates(**rows)


def _other(
    figures: Figures, table: Table, weights: Weights, found: Estimates, other: Locality, method: str | None
) -> Against:
    """Compared with another locality, by the limits of the difference; overlapping places are not compared."""
    theirs = weights_for(figures.store, [other], table.geography, table.universe, method)
    values = _placed(estimates(theirs.matrix, table.stack), theirs, _counts(table))
    _, lower, upper = compare.difference_interval(
        found.value, found.lower, found.upper, values.value, values.lower, values.upper
    )
    polarity = np.array([plan.indicator.polarity for plan in table.stack.plans])
    verdicts = compare.against_place(lower, upper, polarity)
    overlap = np.asarray((weights.matrix @ theirs.matrix.T).toarray()).reshape(-1) > 0
    verdicts = np.where(overlap[:, None] | _counts(table), compare.NOT_COMPARED, verdicts)
    count = len(found.value)
    spread = {
        name: np.repeat(getattr(values, name), count, axis=0)
        for name in ("value", "lower", "upper", "numerator", "denominator", "missing", "notes")
    }
    none = np.zeros(verdicts.shape, dtype=bool)
    return Against(other.name, (other.name,) * count, Estimates(**spread), verdicts, none)


def summaries(
    figures: Figures,
    localities: list[Locality],
    method: str | None = None,
    weighted: dict[str, Weights] | None = None,
) -> tuple[Summary, ...]:
    """Residents of each place by the latest population; `weighted` are weights that are made already, by geography."""
    tables = [t for t in figures.tables.values() if t.populations]
    if not tables:
        return tuple(Summary(p.name, p.set, method or "", None, None, 0.0, None, 0) for p in localities)
    tables.sort(key=lambda t: max(p.year for p in t.populations), reverse=True)
    made = dict(weighted or {})
    for table in tables:
        if table.geography not in made:
            made[table.geography] = weights_for(figures.store, localities, table.geography, table.universe, method)
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
    found = []
    for place, locality in enumerate(localities):
        placed = place not in weights.unmade and place not in weights.lost and not unknown[place]
        found.append(
            Summary(
                locality.name,
                locality.set,
                weights.methods[place],
                float(totals[place]) if placed else None,
                people.year if placed else None,
                float(in_cut[place]) if placed else 0.0,
                cut_range(figures.store, locality, table.geography, table.universe, known)
                if placed and in_cut[place] > 0
                else None,
                int(held[place]),
            )
        )
    return tuple(found)


def _number(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def _rows(part: Part, place: int, locality: Locality) -> Iterator[dict]:
    e, plans = part.estimates, part.table.stack.plans
    for k, plan in enumerate(plans):
        indicator = plan.indicator
        yield {
            "locality": locality.name,
            "indicator": indicator.id,
            "name": indicator.name,
            "period": indicator.period,
            "sex": indicator.sex,
            "age": indicator.age,
            "value": _number(e.value[place, k]),
            "lower_ci": _number(e.lower[place, k]),
            "upper_ci": _number(e.upper[place, k]),
            "numerator": _number(e.numerator[place, k]),
            "denominator": _number(e.denominator[place, k]),
            "unit": indicator.unit,
            "polarity": indicator.polarity,
            "note": _note(part, place, k),
            "comparators": [
                {
                    "level": a.level,
                    "area": a.names[place],
                    "value": _number(a.estimates.value[place, k]),
                    "lower_ci": _number(a.estimates.lower[place, k]),
                    "upper_ci": _number(a.estimates.upper[place, k]),
                    "verdict": str(a.verdicts[place, k]),
                }
                for a in part.against
                if a.names[place]
            ],
            "set": locality.set,
            "group": indicator.group,
            "kind": indicator.kind,
            "geography": indicator.geography,
            "method": part.weights.methods[place],
            "weighted_by": plan.population_name,
            "missing_share": float(e.missing[place, k]),
            "caveat": indicator.caveat,
        }


def _note(part: Part, place: int, k: int) -> str:
    code = int(part.estimates.notes[place, k])
    carried = part.weights.carried.get(place, "")
    if code == UNPLACED:
        return f"not given: {part.weights.unmade.get(place, carried)}"
    plan = part.table.stack.plans[k]
    said = [NOTES[code].format(refusal=plan.refusal) if code == REFUSED else NOTES[code]] if code != OK else []
    said += [carried] if carried else []
    missing = part.estimates.missing[place, k]
    if code in (OK, RANGE) and missing > 0:
        said.append(f"{100 * missing:.1f} % of residents live in areas without a value and are left out")
    if plan.indicator.kind == "modelled":
        said.append("modelled" + (", widest limits" if plan.error >= 0 else ""))
    if any(a.torn[place, k] for a in part.against):
        said.append("not compared where the methods of sharing out cut areas disagree")
    return "; ".join(said)


def profile_of_shape(figures: Figures, shape: shapely.Geometry, name: str = "New place") -> Profile:
    """The profile of a shape that is not stored (shapely, EPSG:27700): what is being drawn."""
    if not shapely.is_valid(shape) or shapely.area(shape) == 0:
        raise UsageProblem("the line crosses itself or holds no area", todo="Move or remove a point")
    return profile(figures, [Locality(0, name, "", "polygon", shape=shape)])


def profile_of_blocks(figures: Figures, geography: str, codes: np.ndarray, name: str = "New place") -> Profile:
    """The profile of a selection that is not stored."""
    return profile(figures, [Locality(0, name, "", "selection", geography, np.asarray(codes))])
