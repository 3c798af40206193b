"""The counts of an indicator by sex and by age, in places: what an equity audit sets beside one another.

Open data only: parts by sex and age of sensitive counts would tell of small numbers beside the counts of all persons.
"""

from dataclasses import dataclass

import numpy as np

from jsna_desktop.areas import geography
from jsna_desktop.errors import UsageProblem
from jsna_desktop.jobs.death_rows import SEXES
from jsna_desktop.jobs.figures import RESIDENTS, Figures, Table
from jsna_desktop.jobs.measured_places import Places
from jsna_desktop.jobs.mortality import load_mortality
from jsna_desktop.jobs.release_groups import released_counts
from jsna_desktop.measures.equity import apart, common_ages
from jsna_desktop.measures.plans import Plan
from jsna_desktop.sources.cells import age, age_range
from jsna_desktop.workspace import catalogue

DEATHS = "deaths.all"
_ALL = "all"
_COARSE = (0, 5, 20, 40, 65, 75, 85)
_MOST_AGES = 8
SENSITIVE = "{identity} is sensitive, and its parts by sex and age do not leave"


@dataclass(frozen=True)
class Parts:
    """Counts (places,) by sex and age label (`all` of an age that is not told); `why` there are none."""

    counts: dict[tuple[str, str], np.ndarray]
    why: str = ""

    def of_sex(self, sex: str) -> np.ndarray | None:
        """All ages of a sex; None where it is not told."""
        if (sex, _ALL) in self.counts:
            return self.counts[sex, _ALL]
        own = {label: counts for (which, label), counts in self.counts.items() if which == sex}
        return sum(own.values(), np.zeros(1)) if own and apart([age_range(label) for label in own]) else None

    def by_age(self) -> dict[tuple[int, int], np.ndarray]:
        """Both sexes by age range, as told of persons or else of women and men together."""
        by_sex = {sex: {age_range(label): counts for (which, label), counts in self.counts.items()
                        if which == sex and label != _ALL} for sex in SEXES}  # fmt: skip
        if by_sex["persons"]:
            return by_sex["persons"]
        female, male = by_sex["female"], by_sex["male"]
        return {ages: female[ages] + male[ages] for ages in female if ages in male}


def parts_of(figures: Figures, table: Table, places: Places, identity: str) -> Parts:
    """The parts of residents, of deaths, or of any indicator with counts, of its latest period."""
    if identity == RESIDENTS:
        return _residents(figures, table, places)
    if identity in figures.sensitive:
        return Parts({}, SENSITIVE.format(identity=identity))
    if identity == DEATHS:
        return _deaths(figures, table, places)
    plans = _counting(table, identity)
    latest = max((plan.indicator.period for plan in plans), default="")
    return Parts(
        {
            (plan.indicator.sex, age(plan.indicator.age) or ""): _released(figures, table, places, plan)
            for plan in plans
            if plan.indicator.period == latest and age(plan.indicator.age)
        }
    )


def whole_of(figures: Figures, table: Table, places: Places, identity: str) -> np.ndarray:
    """All that an indicator counts (places,), of its latest period: its total, or what is told by sex or age added up.

    UsageProblem where it counts nothing, or its parts overlap.
    """
    plans = _counting(table, identity)
    if not plans:
        about = next(plan for plan in table.stack.plans if plan.indicator.id == identity)
        raise UsageProblem(f"{identity} counts no people or events", found=about.refusal or about.indicator.kind)
    latest = max(plan.indicator.period for plan in plans)
    plans = [plan for plan in plans if plan.indicator.period == latest]
    by_sex = {sex: _adding_up([plan for plan in plans if plan.indicator.sex == sex]) for sex in SEXES}
    chosen = by_sex["persons"] or (by_sex["female"] + by_sex["male"] if by_sex["female"] and by_sex["male"] else [])
    chosen = chosen or (plans if len(plans) == 1 else [])
    if not chosen:
        told = ", ".join(dict.fromkeys(f"{plan.indicator.sex} {plan.indicator.age}" for plan in plans))
        raise UsageProblem(f"the parts of {identity} do not add up to one number", found=told,
                           todo="Add it with a row for all persons, or by ages that do not overlap")  # fmt: skip
    return np.sum([_released(figures, table, places, plan) for plan in chosen], axis=0)


def _counting(table: Table, identity: str) -> list[Plan]:
    return [
        plan for plan in table.stack.plans
        if plan.indicator.id == identity and plan.numerator >= 0 and not plan.refusal and plan.indicator.has_counts
    ]  # fmt: skip


def _adding_up(plans: list[Plan]) -> list[Plan]:
    """The plan of all ages, or those of ages that do not overlap; [] where neither is there."""
    for plan in plans:
        if plan.indicator.age == _ALL:
            return [plan]
    labels = [age(plan.indicator.age) for plan in plans]
    ranges = [age_range(label) for label in labels if label]
    return plans if len(ranges) == len(plans) and apart(ranges) else []


def _released(figures: Figures, table: Table, places: Places, plan: Plan) -> np.ndarray:
    return released_counts(figures.store, figures, table, plan, "numerator", places.matrix, places.names)


def _residents(figures: Figures, table: Table, places: Places) -> Parts:
    rows = figures.store.all(
        "SELECT c.dataset, c.name, d.period FROM value_column c JOIN dataset d ON d.key = c.dataset "
        "WHERE d.geography = ? AND d.replaced_by IS NULL AND d.sensitive = 0 AND c.name LIKE 'ages_%' "
        "ORDER BY c.dataset",
        [table.geography],
    )
    found: dict[tuple[str, str], tuple[int, str]] = {}  # (year, sex) → where
    for key, name, period in rows:
        _, sex, *rest = name.split("_")
        year = rest[0] if rest else period[-4:]
        if sex in SEXES and year.isdigit():
            found[year, sex] = (key, name)
    counts: dict[tuple[str, str], np.ndarray] = {}
    for (year, sex), (key, name) in found.items():
        if year != max(year for year, _ in found):
            continue
        at = geography.align(table.universe, catalogue.codes(figures.store, key))
        grid = catalogue.column(figures.store, key, name)
        values = np.where((at >= 0)[:, None], grid[at], np.nan)
        for column, label in enumerate(catalogue.labels(figures.store, key, name)):
            if label[:1].isdigit():
                counts[sex, label] = summed(places, values[:, column])
    return Parts(counts)


def _deaths(figures: Figures, table: Table, places: Places) -> Parts:
    try:
        data = load_mortality(figures.store)
    except UsageProblem as problem:
        return Parts({}, problem.what)
    if data.geography != table.geography or data.sensitive:
        return Parts({}, f"{DEATHS} is not by these areas")
    at, bands = geography.align(table.universe, data.universe), len(data.starts)
    labels = [f"{low}-{high - 1}" if high - low > 1 else str(low) for low, high in
              zip(data.starts.tolist(), data.starts.tolist()[1:], strict=False)] + [f"{data.starts[-1]}+"]  # fmt: skip
    counts = {}
    for sex in data.deaths:
        last = slice((len(data.years) - 1) * bands, None)
        whole, gaps = data.deaths[sex][:, last].toarray(), data.unknown[sex][:, last].toarray()
        values = np.where((at >= 0)[:, None] & (gaps[at] == 0), whole[at], np.nan)
        counts |= {(sex, label): summed(places, values[:, band]) for band, label in enumerate(labels)}
    return Parts(counts)


def summed(places: Places, values: np.ndarray) -> np.ndarray:
    """Sums (places,) of counts (blocks,); NaN where a part is not known."""
    gaps = (places.matrix > 0.01) @ np.isnan(values).astype(float) > 0
    return np.where(gaps, np.nan, places.matrix @ np.nan_to_num(values))


@dataclass(frozen=True)
class Side:
    """Groups of one dimension: their labels, and need and use (places, groups)."""

    labels: tuple[str, ...]
    need: np.ndarray
    use: np.ndarray


def by_sex(need: Parts, use: Parts) -> Side | None:
    """Women and men; None where either side is not told by sex."""
    sides = [[one.of_sex(sex) for sex in ("female", "male")] for one in (need, use)]
    known = [[part for part in side if part is not None] for side in sides]
    if any(len(side) < 2 for side in known):
        return None
    return Side(("female", "male"), np.stack(known[0], axis=1), np.stack(known[1], axis=1))


def by_ages(need: Parts, use: Parts) -> Side | None:
    """The ages that both sides tell of; None where they have none in common."""
    sides = (need.by_age(), use.by_age())
    groups = common_ages(list(sides[0]), list(sides[1]), _COARSE, _MOST_AGES)
    if len(groups) < 2:
        return None
    columns = [
        np.stack([sum((counts for (a, b), counts in side.items() if a >= low and b <= high), np.zeros(1))
                  for low, high in groups], axis=1)
        for side in sides
    ]  # fmt: skip
    labels = tuple(f"{low}+" if high >= 200 else str(low) if low == high else f"{low}-{high}" for low, high in groups)
    return Side(labels, columns[0], columns[1])
