"""An indicator over the whole gradient: groups by deprivation, slope and relative index, and what they mean."""

from dataclasses import dataclass

import numpy as np

from jsna_desktop.areas import geography
from jsna_desktop.errors import UsageProblem
from jsna_desktop.indicator import COUNT, DSR, ISR, PROPORTION, RATE, Indicator
from jsna_desktop.jobs.deprivation_groups import PLACE, Ranking, ranking
from jsna_desktop.jobs.figures import Figures, Table, load_figures
from jsna_desktop.jobs.life_expectancy import (
    POOLED,
    POOLED_DISTRICT,
    Grouped,
    chosen_sexes,
    chosen_years,
    grouped,
    number,
    tables,
)
from jsna_desktop.jobs.measured_places import Choice, Places, chosen_places
from jsna_desktop.jobs.mortality import Mortality
from jsna_desktop.measures.inequality import attributable_share, burden_share, concentration, gradient
from jsna_desktop.measures.intervals import standard_normal
from jsna_desktop.measures.profile import NOTES, Estimates, estimates
from jsna_desktop.workspace.store import Store

LIFE_EXPECTANCY = "life_expectancy"
_UNNAMED = "a count has no gradient: it grows with the residents; choose a rate or a share"
_LOG, _LOGIT, _NONE = "log", "logit", "none"
_Z = standard_normal(0.95)


@dataclass(frozen=True)
class Values:
    """What the groups (rows,) of one indicator are: in its own unit, with limits, weighted by `population`.

    `events` (rows,) are what the values rest on, NaN where they are not counted; `why` says what a row lacks.
    """

    indicator: Indicator
    value: np.ndarray
    lower: np.ndarray
    upper: np.ndarray
    population: np.ndarray
    events: np.ndarray
    why: tuple[str, ...]
    sensitive: bool = False
    geography: str = ""


@dataclass(frozen=True)
class Groups:
    """Places cut into groups on one geography, and the values of every period, sex and age of the indicator."""

    names: tuple[str, ...]
    within: Grouped
    count: int
    by: str
    way: str
    values: tuple[Values, ...]


def of_indicator(
    store: Store, identity: str, choice: Choice, by: str | None = None, groups: int = 5, within: str = PLACE
) -> tuple[Groups, Figures, Table]:
    """The groups of an indicator. UsageProblem where it has no gradient, or areas of another geography."""
    figures = load_figures(store, [identity])
    made, said = None, []
    for table in figures.tables.values():
        if table.geography not in geography.BLOCKS:
            said.append(f"it is by {geography.name(table.geography)}")
            continue
        try:
            rank = ranking(store, table.geography, table.universe, by)
        except UsageProblem as problem:
            if len(figures.tables) == 1:
                raise
            said.append(problem.message)
            continue
        made = (table, rank)
        break
    if made is None:
        raise UsageProblem(f"{identity} cannot be cut into groups by deprivation", found="; ".join(said))
    table, rank = made
    places = chosen_places(store, choice, table.geography, table.universe, blocks_of(table))
    plans = [k for k, plan in enumerate(table.stack.plans) if plan.indicator.id == identity]
    return in_groups(figures, table, places, rank, plans, groups, within), figures, table


def blocks_of(table: Table) -> np.ndarray:
    """Which rows of a table (blocks,) are building blocks, and no larger areas."""
    return geography.is_block(table.universe, table.geography) & ~table.published


def in_groups(
    figures: Figures,
    table: Table,
    places: Places,
    rank: Ranking,
    plans: list[int],
    groups: int = 5,
    within: str = PLACE,
) -> Groups:
    """Groups of `places`, which are over the table's codes, of these plans of it: from figures that are loaded."""
    cut = grouped(places, rank, groups, within, blocks_of(table))
    values = estimates(cut.places.matrix, table.stack)
    found = tuple(_values(figures, table, cut, values, k) for k in plans)
    return Groups(places.names, cut, groups, rank.by, within, found)


def _values(figures: Figures, table: Table, cut: Grouped, found: Estimates, k: int) -> Values:
    plan = table.stack.plans[k]
    if plan.indicator.kind == COUNT:
        raise UsageProblem(f"{plan.indicator.id}: {_UNNAMED}")
    why = []
    for row in range(len(cut.of)):
        note = NOTES[int(found.notes[row, k])].format(refusal=plan.refusal)
        why.append("none of its areas are in this group" if row in cut.places.unmade else note)
    events = np.full(len(cut.of), np.nan)
    if plan.indicator.kind in (PROPORTION, RATE, DSR, ISR):
        events = found.numerator[:, k]
    population = found.denominator[:, k]
    empty = np.array([row in cut.places.unmade for row in range(len(cut.of))])
    value = np.where(empty, np.nan, found.value[:, k])
    return Values(
        plan.indicator, value, found.lower[:, k], found.upper[:, k], population, events, tuple(why),
        plan.indicator.id in figures.sensitive, table.geography,
    )  # fmt: skip


def of_life_expectancy(
    store: Store,
    data: Mortality,
    choice: Choice,
    by: str | None,
    groups: int,
    within: str,
    sex: str | None = None,
    years: tuple[int, int] | None = None,
) -> Groups:
    """The groups of life expectancy at birth, of each sex; weighted by person-years."""
    rank = ranking(store, data.geography, data.universe, by)
    places = chosen_places(store, choice, data.geography, data.universe, data.blocks)
    return life_in_groups(data, places, rank, groups, within, sex, years)


def life_in_groups(
    data: Mortality,
    places: Places,
    rank: Ranking,
    groups: int = 5,
    within: str = PLACE,
    sex: str | None = None,
    years: tuple[int, int] | None = None,
) -> Groups:
    """Groups of `places`, which are over the codes of the deaths: life expectancy at birth of each sex."""
    cut = grouped(places, rank, groups, within, data.blocks)
    pooled = POOLED_DISTRICT if bool(places.whole.all()) else POOLED
    chosen = chosen_years(data, years, pooled)
    found = []
    for one in chosen_sexes(data, sex):
        made = tables(data, cut.places, one, chosen)
        about = Indicator(LIFE_EXPECTANCY, "Life expectancy at birth", "life expectancy", made.period, data.geography,
                          unit="years", polarity="high good", sex=one)  # fmt: skip
        table = made.table
        found.append(
            Values(about, table.value[:, 0], table.lower[:, 0], table.upper[:, 0], made.counts.people.sum(axis=1),
                   made.counts.deaths.sum(axis=1), tuple(made.why_not(row) for row in range(len(cut.of))),
                   data.sensitive or rank.sensitive, data.geography)
        )  # fmt: skip
    return Groups(places.names, cut, groups, rank.by, within, tuple(found))


def rows(made: Groups) -> list[dict]:
    """A row for each place, period, sex and age: the groups, both indices, concentration, burden, and what if."""
    return [row for values in made.values for row in _rows(made, values)]


def _rows(made: Groups, values: Values) -> list[dict]:
    shape = (len(made.names), made.count)
    value, population = values.value.reshape(shape), values.population.reshape(shape)
    lower, upper = values.lower.reshape(shape), values.upper.reshape(shape)
    events = values.events.reshape(shape)
    scale, error = _scale(values.indicator, value, lower, upper)
    limited = np.all(np.isfinite(error), axis=1)
    # On a scale of logarithms a group with none has no place.
    zero = np.any(value <= 0, axis=1) if scale != _NONE else np.zeros(len(value), dtype=bool)
    factor = values.indicator.multiplier if scale == _LOGIT else 1.0
    usable = np.where(zero[:, None], np.nan, value / factor)
    if scale == _LOGIT:
        usable = np.where(np.any(usable >= 1, axis=1)[:, None], np.nan, usable)
    line = gradient(population, usable, np.where(limited[:, None], error, 0.0), scale=scale)
    relative, absolute = concentration(population, value)
    share, burden = attributable_share(population, value), burden_share(population, value)
    counted = values.indicator.kind in (PROPORTION, RATE, DSR, ISR)
    found = []
    for place, name in enumerate(made.names):
        parts = [place * made.count + g for g in range(made.count)]
        why = _why(made, values, parts)
        if not why and zero[place]:
            why = "withheld: a group has no events, so that nothing can be said of ratios"
        if not why and np.isnan(line.sii[place]):
            why = "withheld: a group has a share of 100 %" if scale == _LOGIT else "withheld: a group has no value"
        given = not why
        about = values.indicator
        note = why or ("" if limited[place] else "no limits: these values have none")

        def limit(values: np.ndarray, place: int = place, kept: bool = given and bool(limited[place]), by: float = 1.0):
            return number(values[place] * by) if kept else None

        found.append(
            {
                "locality": name,
                "indicator": about.id,
                "name": about.name,
                "period": about.period,
                "sex": about.sex,
                "age": about.age,
                "unit": about.unit,
                "kind": about.kind,
                "polarity": about.polarity,
                "by": made.by,
                "within": made.way,
                "groups": [
                    {
                        "group": g + 1,
                        "label": made.within.labels[g],
                        "population": number(population[place, g]),
                        "events": number(events[place, g]),
                        "value": number(value[place, g]),
                        "lower_ci": number(lower[place, g]),
                        "upper_ci": number(upper[place, g]),
                        "note": values.why[parts[g]],
                    }
                    for g in range(made.count)
                ],
                "sii": number(line.sii[place] * factor) if given else None,
                "sii_lower": limit(line.sii_lower, by=factor),
                "sii_upper": limit(line.sii_upper, by=factor),
                "rii": number(line.rii[place]) if given else None,
                "rii_lower": limit(line.rii_lower),
                "rii_upper": limit(line.rii_upper),
                "fitted": [number(end * factor) for end in line.fitted[place]] if given else None,
                "concentration_relative": number(relative[place]) if given else None,
                "concentration_absolute": number(absolute[place]) if given else None,
                "attributable_share": number(share[place]) if given and counted else None,
                "burden_share": number(burden[place]) if given and counted else None,
                "what_if": _what_if(made, about, value[place], population[place]) if given else None,
                "note": note,
            }
        )
    return found


def _scale(about: Indicator, value: np.ndarray, lower: np.ndarray, upper: np.ndarray) -> tuple[str, np.ndarray]:
    """The scale that PHEIM draws an indicator's groups on, and their standard errors there, from their limits."""
    with np.errstate(invalid="ignore", divide="ignore"):
        if about.kind == PROPORTION:
            low, high = lower / about.multiplier, upper / about.multiplier
            return _LOGIT, (np.log(high / (1 - high)) - np.log(low / (1 - low))) / (2 * _Z)
        if about.kind in (RATE, DSR, ISR):
            return _LOG, (np.log(upper) - np.log(lower)) / (2 * _Z)
        return _NONE, (upper - lower) / (2 * _Z)


def _why(made: Groups, values: Values, parts: list[int]) -> str:
    lacking = [
        f"{made.within.labels[at]}: {values.why[row] or 'no value'}"
        for at, row in enumerate(parts)
        if not np.isfinite(values.value[row])
    ]
    return f"withheld: {'; '.join(lacking)}" if lacking else ""


def _what_if(made: Groups, about: Indicator, value: np.ndarray, population: np.ndarray) -> dict:
    """The whole place's value and events if every group had that of the best; the least deprived is best where

    neither high nor low is good.
    """
    best = {"low good": int(value.argmin()), "high good": int(value.argmax())}.get(about.polarity, len(value) - 1)
    now = float((value * population).sum() / population.sum())
    found = {"best_group": best + 1, "label": made.within.labels[best], "now": now, "if_best": float(value[best])}
    if about.kind in (PROPORTION, RATE):
        found["events_fewer"] = float(((value - value[best]) * population).sum() / about.multiplier)
    return found
