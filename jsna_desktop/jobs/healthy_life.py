"""Healthy or disability-free life expectancy of places, by Sullivan, from a share by sex and age (methods.md 4)."""

from dataclasses import dataclass

import numpy as np

from jsna_desktop.indicator import PROPORTION
from jsna_desktop.jobs.figures import Figures, all_levels, load_figures
from jsna_desktop.jobs.life_expectancy import (
    POOLED,
    POOLED_DISTRICT,
    Grouped,
    Tables,
    chosen_years,
    number,
    pandemic_note,
    tables,
)
from jsna_desktop.jobs.measured_places import Choice, Places, chosen_places
from jsna_desktop.jobs.mortality import Mortality
from jsna_desktop.jobs.prevalence import UNKNOWN_SEX, Again, Shares, brought, share_of, shares
from jsna_desktop.measures.healthy_life import HealthyLife, healthy_life
from jsna_desktop.measures.profile import estimates
from jsna_desktop.workspace import catalogue
from jsna_desktop.workspace.store import Store

# Twice the share of England and Wales in the census of 2021, 1.7 %: above it care homes may rule the oldest bands.
MANY_COMMUNAL = 0.034
_COMMUNAL = "communal"
_HOUSEHOLDS, _ALL_RESIDENTS = "household", ("all residents", "usual residents", "communal establishments included")


@dataclass(frozen=True)
class Healthy:
    """A row for each place (or group), sex and age; what is to be said of all of them; which side is sensitive."""

    rows: list[dict]
    notes: tuple[str, ...]
    sensitive_deaths: bool
    sensitive_share: bool


def healthy_rows(
    store: Store,
    data: Mortality,
    places: Places,
    sexes: tuple[str, ...],
    ends: tuple[int, int] | None,
    identity: str,
    choice: Choice,
    within: Grouped | None = None,
) -> Healthy:
    """Years in the good health that the indicator `identity` tells of, for the same places as life expectancy.

    Rows are those of life expectancy, and `health, life_expectancy, share` of it, `asked, cases, prevalence_of`
    (a larger area, "" for the place itself) and `communal_share`. They have not passed the gate (release_healthy.py).
    UsageProblem where the indicator is no share of people by age, or its bands do not match.
    """
    figures = load_figures(store, [identity], levels=all_levels(store))
    share_of(figures, identity)
    wanted = within.places if within is not None else places
    communal, about_communal = _communal(store, data, wanted, identity)
    found = []
    for whole in (True, False):
        chosen = np.flatnonzero(wanted.whole == whole).tolist()
        if not chosen:
            continue
        own = wanted.only(chosen)
        years = chosen_years(data, ends, POOLED_DISTRICT if whole else POOLED)
        for sex in sexes:
            told = shares(figures, identity, data, own, sex, _again(store, choice, chosen, within))
            made = tables(data, own, sex, years)
            lives = None if told is None else _lives(made, told)
            for row, place in enumerate(chosen):
                name = wanted.names[place] if within is None else places.names[int(within.of[place])]
                head = {"locality": name, "sex": sex, "period": made.period}
                head |= {} if within is None else {"group": within.labels[int(within.group[place]) - 1]}
                head |= {"health": identity, "communal_share": number(communal[place])}
                found += _at_every_age(data, made, lives, told, row, head)
    order = {name: at for at, name in enumerate(places.names)}
    found.sort(key=lambda row: order[row["locality"]])
    notes = (*data.notes, _whom(store, figures, identity), about_communal)
    secret = identity in figures.sensitive
    return Healthy(found, tuple(note for note in notes if note), data.sensitive, secret)


def _again(store: Store, choice: Choice, rows: list[int], within: Grouped | None) -> Again:
    def made(geo: str, universe: np.ndarray, blocks: np.ndarray) -> Places | None:
        # Groups are of the areas of the deaths: on other areas they are others.
        if within is not None:
            return None
        found = chosen_places(store, choice, geo, universe, blocks)
        return found.only(rows) if len(found.names) > max(rows) else None

    return made


def _lives(made: Tables, told: Shares) -> list[HealthyLife]:
    """Place by place, for each may have its share by other bands."""
    return [
        healthy_life(made.counts.deaths[row], made.counts.people[row], told.healthy[row], told.asked[row],
                     shared=told.shared[row])
        for row in range(len(told.of))
    ]  # fmt: skip


def _at_every_age(
    data: Mortality, made: Tables, lives: list[HealthyLife] | None, told: Shares | None, row: int, head: dict
) -> list[dict]:
    lacking = UNKNOWN_SEX.format(sex=made.sex) if told is None else told.why[row]
    why = made.why_not(row) or lacking
    notes = [why] if why else [*pandemic_note(made.years), *_said(told, row, head["communal_share"])]
    deaths, people = (np.cumsum(part[row][::-1])[::-1] for part in (made.counts.deaths, made.counts.people))
    life = None if lives is None or why else lives[row]
    found = []
    for band, start in enumerate(data.starts.tolist()):
        asked, cases = (np.nan, np.nan) if told is None else _rests_on(told, row, band)
        found.append(
            head
            | {
                "age": int(start),
                "value": None if life is None else number(life.value[band]),
                "lower_ci": None if life is None else number(max(life.lower[band], 0.0)),
                "upper_ci": None if life is None else number(life.upper[band]),
                "share": None if life is None else number(life.share[band]),
                "life_expectancy": number(made.table.value[row, band]),
                "population": number(people[band]),
                "deaths": number(deaths[band]),
                "asked": number(asked),
                "cases": number(cases),
                "prevalence_of": "" if told is None else told.of[row],
                "note": "; ".join(notes),
            }
        )
    return found


def _rests_on(told: Shares, row: int, band: int) -> tuple[float, float]:
    """People asked and cases of this age and over; a wider age group, which several bands share, once."""
    shared = told.shared[row]
    first = [at for at in range(band, len(shared)) if at == band or shared[at] != shared[at - 1]]
    return float(told.asked[row, first].sum()), float(told.cases[row, first].sum())


def _said(told: Shares | None, row: int, communal: float | None) -> list[str]:
    assert told is not None
    area = f"prevalence of {told.of[row]}" if told.of[row] else ""
    wide = f"one share for every age of {', '.join(told.wide[row])}" if told.wide[row] else ""
    many = "" if communal is None or communal < MANY_COMMUNAL else (
        f"{100 * communal:.1f} % of residents live in communal establishments: care homes may rule the oldest ages"
    )  # fmt: skip
    return [part for part in (f"shares of {told.period}", area, wide, many) if part]


def _whom(store: Store, figures: Figures, identity: str) -> str:
    """Whom the share is of, as far as its table says."""
    key = figures.sources[identity]
    name = next(one.name for one in catalogue.indicators(store) if one.id == identity)
    source = store.one("SELECT source FROM dataset WHERE key = ?", [key])[0]
    text = " ".join([name, figures.titles[key], source]).lower()
    if any(words in text for words in _ALL_RESIDENTS):
        return f"{name}: of all residents, those of communal establishments too"
    if _HOUSEHOLDS in text:
        return f"{name}: of residents of households; those of communal establishments are left out"
    return f"{name}: its table does not say whether it counts residents of communal establishments"


def _communal(store: Store, data: Mortality, places: Places, identity: str) -> tuple[np.ndarray, str]:
    """Share (places,) of residents in communal establishments, and what is to be said of it."""
    nothing = np.full(len(places.names), np.nan)
    known = [
        one for one in catalogue.indicators(store)
        if _COMMUNAL in one.id.rpartition(".")[2] and one.kind == PROPORTION and one.geography == data.geography
        and one.sex == "persons" and one.age == "all" and one.id != identity
    ]  # fmt: skip
    if not known:
        return nothing, "the share of residents in communal establishments is not known"
    latest = max(known, key=lambda one: one.period)
    figures = load_figures(store, [latest.id])
    table = figures.tables[data.geography]
    if latest.id in figures.sensitive:
        return nothing, ""
    at = next(k for k, plan in enumerate(table.stack.plans) if plan.indicator == latest)
    found = estimates(brought(places.matrix, data.universe, table.universe), table.stack)
    return found.value[:, at] / latest.multiplier, ""
