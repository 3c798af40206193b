"""Need, supply and use of a service by deprivation and by locality: who is served as much as their need (methods.md 5).

Need is an indicator's count (people with a condition, say), or the residents where none is named; use is an indicator's
count of contacts, referrals, people seen; supply is the service's own places and their capacity, by where they are.
"""

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from jsna_desktop.areas import geography, locate
from jsna_desktop.errors import UsageProblem
from jsna_desktop.jobs.deprivation_groups import PLACE, ranking
from jsna_desktop.jobs.figures import RESIDENTS, Figures, Table, load_figures
from jsna_desktop.jobs.life_expectancy import grouped, number
from jsna_desktop.jobs.located import Places as Postcodes
from jsna_desktop.jobs.measured_places import Choice, Places, chosen_places
from jsna_desktop.jobs.release_groups import released_counts
from jsna_desktop.measures.inequality import gradient
from jsna_desktop.measures.intervals import byar_count, standard_normal
from jsna_desktop.measures.parts import Plan
from jsna_desktop.workspace import catalogue
from jsna_desktop.workspace.store import Store

_Z = standard_normal(0.95)


@dataclass(frozen=True)
class Supply:
    """Services (blocks,) and their capacity (blocks,) by block; how many are elsewhere, and how many tell no capacity.

    `has_capacity` is false where none of them tells it.
    """

    services: np.ndarray
    capacity: np.ndarray
    elsewhere: int
    without_capacity: int

    @property
    def has_capacity(self) -> bool:
        return bool(self.capacity.sum() > 0)


def supply_of(store: Store, service: str, geo: str, universe: np.ndarray) -> Supply:
    """The services of one type by block. UsageProblem where there are none."""
    known: set[str] = set()
    blocks, capacity = [], []
    located = Postcodes(store)
    for (key,) in store.all("SELECT key FROM dataset WHERE kind = 'services' AND replaced_by IS NULL ORDER BY key"):
        names = catalogue.column_names(store, key)
        types = catalogue.column(store, key, "service")
        known |= set(np.unique(types).tolist())
        mine = types == service
        if not mine.any():
            continue
        codes = np.full(int(mine.sum()), "", dtype="U9")
        if "postcode" in names:
            codes = located.blocks(catalogue.column(store, key, "postcode")[mine], geo).codes.astype("U32")
        if "easting" in names and (outline := located.outline(geo)) is not None:
            east, north = (catalogue.column(store, key, name)[mine].astype(float) for name in ("easting", "northing"))
            there = np.isfinite(east) & np.isfinite(north)
            held = locate.blocks_of_points(east[there], north[there], outline.shapes)[0]
            found = np.where(held >= 0, outline.codes[held], "")
            codes = codes.astype("U32")
            codes[there] = np.where(found != "", found, codes[there])
        blocks.append(codes)
        own = catalogue.column(store, key, "capacity")[mine] if "capacity" in names else np.full(len(codes), np.nan)
        capacity.append(own.astype(float))
    if not blocks:
        raise UsageProblem(f"there is no service {service}", found=", ".join(sorted(known)) or "no services at all")
    codes, places = np.concatenate(blocks), np.concatenate(capacity)
    at = geography.align(codes, universe)
    inside = at >= 0
    size = len(universe)
    return Supply(
        np.bincount(at[inside], minlength=size).astype(float),
        np.bincount(at[inside], np.nan_to_num(places[inside]), minlength=size),
        int((~inside).sum()),
        int(np.isnan(places[inside]).sum()),
    )


def equity(
    store: Store,
    service: str,
    choice: Choice,
    need: str | None = None,
    use: str | None = None,
    by: str | None = None,
    groups: int = 5,
    within: str = PLACE,
) -> tuple[list[dict], list[str]]:
    """(a row for each group of each place, and for each locality; findings in plain words)."""
    wanted = [one for one in (RESIDENTS, need, use) if one]
    figures = load_figures(store, wanted)
    table = _table(figures, [one for one in (need, use) if one])
    people = table.population(9999)
    if people is None or people.sensitive:
        raise UsageProblem("there are no open residents of these areas", todo="Add a population")
    blocks = geography.is_block(table.universe, table.geography) & ~table.published
    rank = ranking(store, table.geography, table.universe, by)
    places = chosen_places(store, choice, table.geography, table.universe, blocks)
    cut = grouped(places, rank, groups, within, blocks)
    supply = supply_of(store, service, table.geography, table.universe)
    dimensions = [("deprivation", cut.places, [cut.labels[g - 1] for g in cut.group.tolist()],
                   [places.names[p] for p in cut.of.tolist()], groups)]  # fmt: skip
    local = [p for p, whole in enumerate(places.whole.tolist()) if not whole]
    if local:
        own = places.only(local)
        dimensions.append(("locality", own, list(own.names), list(own.names), len(local)))
    rows, findings = [], []
    for dimension, these, labels, names, size in dimensions:
        columns = _columns(store, figures, table, these, people.residents, supply, need, use)
        for start in range(0, len(labels), size):
            chosen = slice(start, start + size)
            part = {name: values[chosen] for name, values in columns.items()}
            mine, said = _audited(dimension, labels[chosen], names[chosen], service, part, supply, need, use)
            rows += mine
            findings += said
    if supply.elsewhere:
        findings.append(f"{supply.elsewhere:,} of the services are in none of these areas")
    if supply.has_capacity and supply.without_capacity:
        findings.append(f"{supply.without_capacity:,} services tell no capacity, and count as none of it")
    return rows, findings


def _table(figures: Figures, wanted: list[str]) -> Table:
    for table in figures.tables.values():
        ids = {plan.indicator.id for plan in table.stack.plans}
        if set(wanted) <= ids and table.populations and table.geography in geography.BLOCKS:
            return table
    raise UsageProblem(
        "need, use and residents are not all by the same areas" if wanted else "there are no residents by small areas",
        todo="Add a population, and indicators of its areas",
    )


def _columns(
    store: Store,
    figures: Figures,
    table: Table,
    places: Places,
    residents: np.ndarray,
    supply: Supply,
    need: str | None,
    use: str | None,
) -> dict[str, np.ndarray]:
    """Sums (rows,) over the places: residents, services, capacity, need and use; NaN where a part is not known."""
    matrix = places.matrix
    found = {
        "residents": _summed(matrix, residents),
        "services": matrix @ supply.services,
        "capacity": matrix @ supply.capacity,
    }
    for role, identity in (("need", need), ("use", use)):
        if identity is None:
            found[role] = found["residents"] if role == "need" else np.full(len(places.names), np.nan)
            continue
        found[role] = released_counts(store, figures, table, _plan(table, identity), "numerator", matrix, places.names)
    return found


def _plan(table: Table, identity: str) -> Plan:
    """The latest period of an indicator, for all persons; UsageProblem where it counts nothing."""
    plans = [plan for plan in table.stack.plans if plan.indicator.id == identity]
    plan = max(plans, key=lambda one: (one.indicator.sex == "persons", one.indicator.period))
    if plan.refusal or plan.numerator < 0 or not plan.indicator.has_counts:
        raise UsageProblem(f"{identity} counts no people or events", found=plan.refusal or plan.indicator.kind)
    return plan


def _summed(matrix: sparse.csr_array, values: np.ndarray) -> np.ndarray:
    gaps = (matrix > 0.01) @ np.isnan(values).astype(float) > 0
    return np.where(gaps, np.nan, matrix @ np.nan_to_num(values))


def _audited(
    dimension: str,
    labels: list[str],
    names: list[str],
    service: str,
    part: dict[str, np.ndarray],
    supply: Supply,
    need: str | None,
    use: str | None,
) -> tuple[list[dict], list[str]]:
    """Rows of one place's groups, and what follows from them."""
    offered = part["capacity"] if supply.has_capacity else part["services"]
    served = part["use"] if use is not None else offered
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio = served / part["need"]
        lower, upper = (limit / part["need"] for limit in byar_count(part["use"]))
        total = np.nansum(served) / np.nansum(np.where(np.isfinite(served), part["need"], np.nan))
        unserved = np.maximum(np.nanmax(ratio, initial=0.0) * part["need"] - served, 0.0)
    rows = [
        {
            "locality": names[at],
            "service": service,
            "dimension": dimension,
            "group": labels[at],
            "residents": number(part["residents"][at]),
            "need_indicator": need or RESIDENTS,
            "need": number(part["need"][at]),
            "services": number(part["services"][at]),
            "capacity": number(part["capacity"][at]) if supply.has_capacity else None,
            "supply_per_1000": number(1_000 * offered[at] / part["need"][at]) if part["need"][at] > 0 else None,
            "use_indicator": use or "",
            "use": number(part["use"][at]),
            "ratio": number(ratio[at]),
            "lower_ci": number(lower[at]),
            "upper_ci": number(upper[at]),
            "relative": number(ratio[at] / total) if total else None,
            "unserved": number(unserved[at]) if use is not None else None,
            "note": "" if np.isfinite(ratio[at]) else "not given: a number is missing, withheld, or nobody is in need",
        }
        for at in range(len(labels))
    ]
    if dimension != "deprivation" or not np.isfinite(ratio).all():
        return rows, []
    with np.errstate(invalid="ignore", divide="ignore"):
        error = (np.log(upper) - np.log(lower)) / (2 * _Z)
    counted = use is not None and bool((ratio > 0).all())
    line = gradient(part["need"], ratio, error, scale="log") if counted else gradient(
        part["need"], ratio, np.zeros(len(ratio)))  # fmt: skip
    for row in rows:
        row |= {"rii": number(float(line.rii)),
                "rii_lower": number(float(line.rii_lower)) if counted else None,
                "rii_upper": number(float(line.rii_upper)) if counted else None}  # fmt: skip
    return rows, [_finding(names[0], service, labels, ratio, unserved, line, counted, supply, use)]


def _finding(
    name: str,
    service: str,
    labels: list[str],
    ratio: np.ndarray,
    unserved: np.ndarray,
    line,
    counted: bool,
    supply: Supply,
    use: str | None,
) -> str:
    what = "use" if use is not None else "capacity" if supply.has_capacity else "number of services"
    head = (
        f"{name}, {service}: for 1,000 in need the {what} is {1_000 * ratio[0]:,.2f} in the {labels[0]} and "
        f"{1_000 * ratio[-1]:,.2f} in the {labels[-1]}"
    )
    if not counted:
        return f"{head}; without numbers of use nothing can be said of chance"
    low, high = float(line.rii_lower), float(line.rii_upper)
    if low > 1:
        verdict = "the more deprived, the less use for the same need (inverse care)"
    elif high < 1:
        verdict = "the more deprived, the more use for the same need"
    else:
        verdict = "no clear slope over deprivation"
    best = labels[int(np.argmax(ratio))]
    return f"{head}: {verdict}; {unserved.sum():,.0f} more if every group were served as the {best}"
