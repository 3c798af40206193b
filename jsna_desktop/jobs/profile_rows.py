"""The rows of a profile: every number with all that is known of how it was made, its trend, and what chance may do."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from jsna_desktop.areas.locality import Locality
from jsna_desktop.indicator import COUNT, DSR, ISR, MEAN, MODELLED, PROPORTION, RATE
from jsna_desktop.jobs.against import Against
from jsna_desktop.jobs.comparators import DISTRICT, ENGLAND, REGION
from jsna_desktop.measures import trend
from jsna_desktop.measures.chance import difference_p_value, p_value
from jsna_desktop.measures.compare import NOT_COMPARED
from jsna_desktop.measures.plans import PEOPLE
from jsna_desktop.measures.profile import NOTES, OK, RANGE, REFUSED, SUPPRESSED_MOST, UNPLACED

if TYPE_CHECKING:
    from jsna_desktop.jobs.profile import Part, Profile

# The comparator that a verdict in one word is against: the widest there is.
LEADING = (ENGLAND, REGION, DISTRICT)
# More categories than this of one table are detail: they flood a page and say little one by one.
MOST_CATEGORIES = 40
_METHODS = {
    PROPORTION: "Wilson score, 95 %",
    RATE: "Byar’s, exact Poisson below 10 events, 95 %",
    ISR: "Byar’s, exact Poisson below 10 events, 95 %",
    DSR: "Dobson’s, 95 %",
    MEAN: "Student’s t on the variance within and between areas, 95 %",
    MODELLED: "published standard errors, widest case, 95 %",
    COUNT: "exact Poisson, 95 %",
}


@dataclass(frozen=True)
class Chance:
    """How many comparisons were made for a place, and how many of them would differ by chance alone."""

    compared: int
    expected: float


@dataclass(frozen=True)
class Told:
    """What is worked out over a whole part: trends (L, K), p-values (L, K), and which plans (K,) are detail."""

    trends: np.ndarray
    probability: np.ndarray
    detail: np.ndarray


def rows(made: "Profile") -> Iterator[dict]:
    """Rows place by place. A row says nothing of its trend, nor of chance, where its data are sensitive."""
    told = made.told
    latest = _latest(made)
    for place, locality in enumerate(made.localities):
        clear = _clear(made, told, place)
        for part, known, marks in zip(made.parts, told, clear, strict=True):
            for k in _shown(made, part, place):
                yield _row(made, part, known, place, locality, k, marks[k], latest)


def chance(made: "Profile") -> tuple[Chance, ...]:
    """For each place, over the open indicators, against the leading comparator of each."""
    told = made.told
    found = []
    for place in range(len(made.localities)):
        compared = sum(int(np.isfinite(_open(made, p, t)[place]).sum()) for p, t in zip(made.parts, told, strict=True))
        found.append(Chance(compared, trend.by_chance(compared)))
    return tuple(found)


def _shown(made: "Profile", part: "Part", place: int) -> range | list[int]:
    """Plans with a row: what was published for one larger area belongs to that area's own profile alone."""
    plans = part.table.stack.plans
    if place in part.exact or not part.weights.unmade.get(place):
        own = place in part.exact
        if own or not any(_published(plan.indicator.id) for plan in plans):
            return range(len(plans))
    return [k for k, plan in enumerate(plans) if not _published(plan.indicator.id)]


def _published(identity: str) -> bool:
    return identity.startswith("published.")


def leading(part: "Part") -> list[Against]:
    """The comparators of a part, the one that leads first."""
    order = {level: place for place, level in enumerate(LEADING)}
    return sorted(part.against, key=lambda one: order.get(one.level, len(order)))


def told(part: "Part") -> Told:
    """Trends, probabilities and detail of a part."""
    return Told(_trends(part), _probabilities(part), _details(part))


def _details(part: "Part") -> np.ndarray:
    """Which plans are categories of a table with more than can be read: single years of age, countries of birth."""
    families = [plan.indicator.id.rpartition(".")[0] for plan in part.table.stack.plans]
    sizes: dict[str, set[str]] = {}
    for family, plan in zip(families, part.table.stack.plans, strict=True):
        sizes.setdefault(family, set()).add(plan.indicator.id)
    many = {family for family, ids in sizes.items() if len(ids) > MOST_CATEGORIES and family.count(".") >= 1}
    return np.array([family in many for family in families], dtype=bool)


def _latest(made: "Profile") -> dict[tuple[str, str, str], str]:
    """The latest period of each indicator, sex and age."""
    found: dict[tuple[str, str, str], str] = {}
    for part in made.parts:
        for plan in part.table.stack.plans:
            one = plan.indicator
            key = (one.id, one.sex, one.age)
            found[key] = max(found.get(key, ""), one.period, key=ending)
    return found


def ending(period: str) -> tuple[str, int]:
    """Periods in the order of their end, the longer of two later: 2019-2023 is told before 2023."""
    return period[-4:] if period[-4:].isdigit() else period[:4], len(period)


def _trends(part: "Part") -> np.ndarray:
    plans, e = part.table.stack.plans, part.estimates
    said = np.full(e.value.shape, trend.NOT_TESTED, dtype=f"<U{len(trend.NO_CHANGE) + 4}")
    series: dict[tuple[str, str, str, str], list[int]] = {}
    for k, plan in enumerate(plans):
        one = plan.indicator
        series.setdefault((one.id, one.sex, one.age, one.kind), []).append(k)
    for (*_, kind), places in series.items():
        points = trend.annual([plans[k].indicator.period for k in places]) if len(places) >= trend.POINTS else []
        if not points:
            continue
        five = [places[point] for point in points]
        if kind == PROPORTION:
            found = trend.proportion_trend(e.numerator[:, five], e.denominator[:, five])
        else:
            found = trend.weighted_trend(e.value[:, five], e.lower[:, five], e.upper[:, five])
        unbroken = np.isfinite(e.value[:, five]).all(axis=1)
        probability = np.where(unbroken, found[1], np.nan)
        words = trend.words(found[0], probability, plans[five[-1]].indicator.polarity)
        said[:, places] = words[:, None]
    return said


def _probabilities(part: "Part") -> np.ndarray:
    """Probability (L, K) of as large a difference from the leading comparator; NaN where nothing is compared."""
    e = part.estimates
    indicators = [plan.indicator for plan in part.table.stack.plans]
    found = np.full(e.value.shape, np.nan)
    for against in reversed(leading(part)):
        values = against.estimates.value
        if against.difference is not None:
            apart = difference_p_value(*against.difference)
        else:
            apart = np.full(values.shape, np.nan)
        holds = ~np.isfinite(apart)
        fixed = p_value(e, values, indicators)
        tested = against.verdicts != NOT_COMPARED
        found = np.where(tested, np.where(holds, fixed, apart), found)
        # A leading comparator that has a value and may not be compared leaves no other to take its place.
        found = np.where(~tested & np.isfinite(values), np.nan, found)
    return found


def _open(made: "Profile", part: "Part", told: Told) -> np.ndarray:
    """The p-values of open indicators alone."""
    secret = np.array([plan.indicator.id in made.sensitive for plan in part.table.stack.plans], dtype=bool)
    return np.where(secret, np.nan, told.probability) if secret.any() else told.probability


def _clear(made: "Profile", told: Sequence[Told], place: int) -> list[list[bool | None]]:
    """For each part and plan whether its difference stays clear among all of the place's (Benjamini and Hochberg)."""
    tested = [_open(made, part, one)[place] for part, one in zip(made.parts, told, strict=True)]
    together = np.concatenate(tested) if tested else np.empty(0)
    kept = trend.benjamini_hochberg(together)
    marks: list[bool | None] = [
        bool(k) if known else None for k, known in zip(kept.tolist(), np.isfinite(together).tolist(), strict=True)
    ]
    found, start = [], 0
    for one in tested:
        found.append(marks[start : start + len(one)])
        start += len(one)
    return found


def _number(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def _row(
    made: "Profile", part: "Part", told: Told, place: int, locality: Locality, k: int, clear: bool | None,
    latest: dict[tuple[str, str, str], str],
) -> dict:  # fmt: skip
    e, plan = part.estimates, part.table.stack.plans[k]
    indicator = plan.indicator
    secret = indicator.id in made.sensitive
    older = indicator.period != latest[indicator.id, indicator.sex, indicator.age]
    return {
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
        "comparators": [_entry(a, place, k) for a in part.against if a.names[place]],
        "trend": None if secret else str(told.trends[place, k]),
        "clear_after_many": None if secret else clear,
        "set": locality.set,
        "group": indicator.group,
        "detail": bool(told.detail[k]) or older,
        "kind": indicator.kind,
        "geography": indicator.geography,
        "method": part.weights.methods[place],
        "weighted_by": plan.population_name,
        "source": made.titles.get(part.table.keys[k], ""),
        "interval_method": _interval_method(part, place, k),
        "missing_share": float(e.missing[place, k]),
        "carried": part.weights.carried.get(place, ""),
        "caveat": indicator.caveat,
    }


def _entry(against: Against, place: int, k: int) -> dict:
    values = against.estimates
    entry = {
        "level": against.level,
        "area": against.names[place],
        "value": _number(values.value[place, k]),
        "lower_ci": _number(values.lower[place, k]),
        "upper_ci": _number(values.upper[place, k]),
        "verdict": str(against.verdicts[place, k]),
    }
    if against.difference is not None:
        names = ("difference", "difference_lower", "difference_upper")
        entry |= {name: _number(part[place, k]) for name, part in zip(names, against.difference, strict=True)}
    if place in against.notes:
        entry["note"] = against.notes[place]
    if place in against.distances:
        entry["distance"] = float(against.distances[place])
    return entry


def _interval_method(part: "Part", place: int, k: int) -> str:
    """How the limits were made; "" where there are none."""
    e, plan = part.estimates, part.table.stack.plans[k]
    if np.isnan(e.lower[place, k]):
        return ""
    if e.notes[place, k] == RANGE:
        return f"the lowest and the highest limits with suppressed numbers from 0 to {SUPPRESSED_MOST:.0f}"
    if plan.refusal:
        return "as published"
    if plan.indicator.kind == COUNT and plan.indicator.unit in PEOPLE:
        return ""
    return _METHODS.get(plan.indicator.kind, "95 %")


def _note(part: "Part", place: int, k: int) -> str:
    code = int(part.estimates.notes[place, k])
    carried = part.weights.carried.get(place, "")
    if code == UNPLACED:
        return f"not given: {part.weights.unmade.get(place, carried)}"
    plan = part.table.stack.plans[k]
    said = [NOTES[code].format(refusal=plan.refusal) if code == REFUSED else NOTES[code]] if code != OK else []
    said += [carried] if carried else []
    missing = part.estimates.missing[place, k]
    if code in (OK, RANGE) and missing > 0:
        share = f"{100 * missing:.1f} %" if missing >= 0.0005 else "under 0.1 %"
        said.append(f"{share} of residents live in areas without a value and are left out")
    if plan.indicator.kind == MODELLED:
        said.append("modelled" + (", widest limits" if plan.error >= 0 else ""))
    if plan.refusal and code == OK:
        said.append("as published for this area")
    if any(a.torn[place, k] for a in part.against):
        said.append("not compared where the methods of sharing out cut areas disagree")
    return "; ".join(said)
