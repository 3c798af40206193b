"""Places against a fixed value: funnel limits, verdict, over-dispersion, and the places most like each (methods.md 7).

Made from the rows of the profile that have passed the disclosure gate, so that nothing here can say more than they do.
"""

import numpy as np

from jsna_desktop.errors import UsageProblem
from jsna_desktop.indicator import ISR, PROPORTION, RATE
from jsna_desktop.jobs.comparators import DISTRICT, FIXED
from jsna_desktop.jobs.figures import load_figures
from jsna_desktop.jobs.life_expectancy import number
from jsna_desktop.jobs.measured_places import Choice
from jsna_desktop.jobs.peers import peers
from jsna_desktop.jobs.profile import profile
from jsna_desktop.jobs.release import released_rows
from jsna_desktop.measures import benchmarking
from jsna_desktop.workspace.store import Store

_NO_FUNNEL = "no funnel: only proportions and rates have limits that follow from their numbers"
_NO_CENTRE = "no funnel: there is no value to compare with"


def benchmark(
    store: Store, identity: str, choice: Choice, against: str = DISTRICT, *, leaving: bool = True
) -> list[dict]:
    """A row for each place, period, sex and age of an indicator; the funnel is round the `against` area's value.

    Where that area has no value the next larger one is taken. Proportions have Wilson's limits, rates exact Poisson.
    Not `leaving`, the rows are for a screen: as those that leave, and not recorded as having left.
    """
    places = choice.places(store)
    if not places:
        raise UsageProblem("there are no localities", todo="Add some with: jsna-desktop localities add")
    figures = load_figures(store, [identity])
    made = profile(figures, places, choice.method, FIXED)
    rows = released_rows(figures, made, leaving=leaving)
    near = peers(store, places)
    alike = {
        (place.set, place.name): [
            {"locality": near.localities[at].name, "distance": number(distance)} for at, distance in of
        ]
        for place, of in zip(places, near.of, strict=True)
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
    return found


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
