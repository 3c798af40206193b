"""Places against a fixed value: funnel limits, verdict, over-dispersion, and the places most like each (methods.md 7).

Made from the rows of the profile that have passed the disclosure gate, so that nothing here can say more than they do.
"""

from difflib import get_close_matches

import numpy as np

from jsna_desktop.areas.geography import align
from jsna_desktop.areas.locality import SELECTION, Locality
from jsna_desktop.errors import UsageProblem
from jsna_desktop.indicator import ISR, PROPORTION, RATE
from jsna_desktop.jobs import larger_areas
from jsna_desktop.jobs.comparators import DISTRICT, FIXED, REGION
from jsna_desktop.jobs.figures import Figures, load_figures
from jsna_desktop.jobs.life_expectancy import number
from jsna_desktop.jobs.measured_places import Choice
from jsna_desktop.jobs.peers import district_neighbours, peers
from jsna_desktop.jobs.profile import profile
from jsna_desktop.jobs.release import released_rows
from jsna_desktop.measures import benchmarking
from jsna_desktop.workspace.store import Store

_DISTRICTS = "districts"
_NO_FUNNEL = "no funnel: only proportions and rates have limits that follow from their numbers"
_NO_CENTRE = "no funnel: there is no value to compare with"


def benchmark(
    store: Store,
    identity: str,
    choice: Choice,
    against: str = DISTRICT,
    *,
    leaving: bool = True,
    districts: bool = False,
) -> list[dict]:
    """A row for each place, period, sex and age of an indicator; the funnel is round the `against` area's value.

    Where that area has no value the next larger one is taken. Proportions have Wilson's limits, rates exact Poisson.
    Not `leaving`, the rows are for a screen: as those that leave, and not recorded as having left.
    With `districts` the places are the districts of the workspace, of these names where `choice` has some, round their
    region's or England's value; their neighbours are the districts most alike.
    """
    figures = load_figures(store, [identity])
    if districts:
        # All of them: the over-dispersion and the neighbours are those of the whole country that is loaded.
        others = places = _districts(store, figures)
        wanted = _named(places, choice)
        of = district_neighbours(store, places)
        against = REGION if against == DISTRICT else against
    else:
        places = choice.places(store)
        if not places:
            raise UsageProblem("there are no localities", todo="Add some with: jsna-desktop localities add")
        found_peers = peers(store, places)
        of, others = found_peers.of, found_peers.localities
        wanted = {place.name for place in places}
    made = profile(figures, places, choice.method, FIXED)
    rows = released_rows(figures, made, leaving=leaving)
    alike = {
        (place.set, place.name): [{"locality": others[at].name, "distance": number(distance)} for at, distance in own]
        for place, own in zip(places, of, strict=True)
    }
    levels = FIXED[FIXED.index(against) :] if against in FIXED else (against,)
    found = []
    series: dict[tuple, list[int]] = {}
    for row in rows:
        entry = _centre(row, levels)
        series.setdefault((row["geography"], row["period"], row["sex"], row["age"], entry.get("area")), []).append(
            len(found)
        )
        found.append(_bare(row, entry) | {"neighbours": alike.get((row["set"], row["locality"]), [])})
    for members in series.values():
        _funnel([rows[at] for at in members], [found[at] for at in members])
    return [row for row in found if row["locality"] in wanted]


def _districts(store: Store, figures: Figures) -> list[Locality]:
    """Every district that has areas with the indicator. UsageProblem where no lookup tells of districts."""
    found = []
    for area in larger_areas.every(store, DISTRICT):
        table = figures.tables.get(area.geography)
        if area.blocks is None or (table is not None and (align(area.blocks, table.universe) < 0).all()):
            continue
        found.append(Locality(0, area.name, _DISTRICTS, SELECTION, area.geography, area.blocks, code=area.code))
    if not found:
        raise UsageProblem("no lookup places the areas of this indicator in districts", todo="Add a lookup")
    return found


def _named(districts: list[Locality], choice: Choice) -> set[str]:
    """Those of the names chosen, or all."""
    if choice.sets:
        raise UsageProblem("districts are in no set", todo="Leave --set or --districts out")
    unknown = [name for name in choice.names if name not in {place.name for place in districts}]
    if unknown:
        near = get_close_matches(unknown[0], [place.name for place in districts], n=3, cutoff=0.6)
        raise UsageProblem(
            f"there is no district {unknown[0]!r}", todo=f"Did you mean {' or '.join(near)}?" if near else ""
        )
    return set(choice.names) or {place.name for place in districts}


def _centre(row: dict, levels: tuple[str, ...]) -> dict:
    entries = {entry["level"]: entry for entry in row["comparators"]}
    for level in levels:
        if entries.get(level, {}).get("value") is not None:
            return entries[level]
    return {}


def _bare(row: dict, entry: dict) -> dict:
    own = ("locality", "set", "indicator", "name", "period", "sex", "age", "unit", "value", "lower_ci", "upper_ci",
           "numerator", "denominator")  # fmt: skip
    nothing = dict.fromkeys(("lower_95", "upper_95", "lower_998", "upper_998", "wider_lower_95", "wider_upper_95",
                             "wider_lower_998", "wider_upper_998", "overdispersion"))  # fmt: skip
    return (
        {name: row[name] for name in own}
        | {"against": entry.get("area", ""), "centre": entry.get("value")}
        | nothing
        | {"verdict": "not compared", "note": row["note"]}
    )


def _funnel(rows: list[dict], found: list[dict]) -> None:
    """Fill in limits and verdicts of the places of one series, which share a centre."""
    kind, centre = rows[0]["kind"], found[0]["centre"]
    why = _NO_CENTRE if centre is None else "" if kind in (PROPORTION, RATE, ISR) else _NO_FUNNEL
    if why or centre is None:
        for row in found:
            row["note"] = "; ".join(part for part in (row["note"], why) if part)
        return
    top = np.array([np.nan if row["numerator"] is None else row["numerator"] for row in rows], float)
    bottom = np.array([np.nan if row["denominator"] is None else row["denominator"] for row in rows], float)
    value = np.array([np.nan if row["value"] is None else row["value"] for row in rows], float)
    given = np.isfinite(top) & (bottom > 0) & np.isfinite(value)
    top, bottom = np.where(given, top, np.nan), np.where(given, bottom, np.nan)
    # In the indicator's own unit a unit of the denominator brings so much.
    factor = unit_factor(value, top, bottom)
    share = centre / factor
    limits: dict[str, np.ndarray] = {}
    for level, name in zip(benchmarking.LEVELS, ("95", "998"), strict=True):
        limits[f"lower_{name}"], limits[f"upper_{name}"] = funnel_limits(kind, centre, factor, bottom, level)
    if kind == PROPORTION:
        verdict = benchmarking.proportion_verdict(top, bottom, share)
        error = benchmarking.funnel_error(share, bottom)
    else:
        verdict = benchmarking.ratio_verdict(top, share * bottom)
        error = np.sqrt(share / bottom)
    spread = benchmarking.overdispersion(top / bottom, error, share)
    for name in ("95", "998"):
        low, high = benchmarking.widened(centre, limits[f"lower_{name}"], limits[f"upper_{name}"], spread)
        limits[f"wider_lower_{name}"], limits[f"wider_upper_{name}"] = np.maximum(low, 0), high
    for at, row in enumerate(found):
        if given[at]:
            row |= {name: number(values[at]) for name, values in limits.items()}
            row |= {"overdispersion": number(spread), "verdict": str(verdict[at])}


def funnel_limits(
    kind: str, centre: float, factor: float, denominator: np.ndarray, level: float
) -> tuple[np.ndarray, np.ndarray]:
    """Limits (n,) round `centre`, in the indicator's own unit, of which a unit of the denominator brings `factor`."""
    share = centre / factor
    if kind == PROPORTION:
        low, high = benchmarking.proportion_funnel(share, denominator, level)
        return factor * low, factor * high
    low, high = benchmarking.ratio_funnel(1.0, share * denominator, level)
    return factor * low * share, factor * high * share


def unit_factor(value: np.ndarray, top: np.ndarray, bottom: np.ndarray) -> float:
    """What the indicator is multiplied by, from a place that has some."""
    with np.errstate(invalid="ignore", divide="ignore"):
        factors = value * bottom / top
    factors = factors[np.isfinite(factors) & (top > 0)]
    return float(np.median(factors)) if len(factors) else 1.0
