"""Life expectancy of places and of groups of areas within them, at every age (methods.md 4)."""

from dataclasses import dataclass, replace

import numpy as np

from jsna_desktop.errors import UsageProblem
from jsna_desktop.jobs.deprivation_groups import Ranking, group_name, group_weights
from jsna_desktop.jobs.measured_places import Places
from jsna_desktop.jobs.mortality import SEXES, Counts, Mortality
from jsna_desktop.measures.gap_trend import PANDEMIC
from jsna_desktop.measures.life_expectancy import OK, REASONS, LifeTable, life_table

# Years that are pooled where none are chosen: of a locality, of a district.
POOLED, POOLED_DISTRICT = 5, 3
NO_PLACE = "not given: {said}"


@dataclass(frozen=True)
class Grouped:
    """Places cut into groups: `places` has a row for each group of each, `of` (rows,) the place, `group` (rows,) 1 …"""

    places: Places
    of: np.ndarray
    group: np.ndarray
    labels: tuple[str, ...]


@dataclass(frozen=True)
class Tables:
    """Life tables of the rows of `places`, one sex and one period: with what they are made of."""

    sex: str
    years: np.ndarray
    counts: Counts
    table: LifeTable
    unmade: dict[int, str]

    @property
    def period(self) -> str:
        return period_of(self.years)

    def why_not(self, row: int) -> str:
        """Why a row has no value; "" where it has one."""
        if row in self.unmade:
            return NO_PLACE.format(said=self.unmade[row])
        return REASONS[int(self.table.reason[row])]


def period_of(years: np.ndarray) -> str:
    first, last = int(years[0]), int(years[-1])
    return str(first) if first == last else f"{first}-{last}"


def parse_years(text: str | None) -> tuple[int, int] | None:
    """`2019-2023` or `2023`; UsageProblem for anything else."""
    if not text:
        return None
    first, _, last = text.replace("–", "-").partition("-")
    if not (first.isdigit() and (last or first).isdigit()) or len(first) != 4 or len(last or first) != 4:
        raise UsageProblem("these are no years", found=text, expected="--years 2019-2023")
    ends = int(first), int(last or first)
    if ends[0] > ends[1]:
        raise UsageProblem("the years run backwards", found=text, expected=f"--years {ends[1]}-{ends[0]}")
    return ends


def chosen_years(data: Mortality, ends: tuple[int, int] | None, pooled: int) -> np.ndarray:
    """The years asked for, or the latest `pooled` ones without a break.

    UsageProblem naming the years that the deaths or the residents lack.
    """
    if ends is None:
        run = data.years[::-1]
        unbroken = np.flatnonzero(np.diff(run) != -1)
        length = min(pooled, int(unbroken[0]) + 1 if len(unbroken) else len(run))
        return run[:length][::-1]
    wanted = np.arange(ends[0], ends[1] + 1)
    lacking = [int(year) for year in wanted if year not in data.years]
    if lacking:
        parts = [
            f"{', '.join(map(str, years))}: {words}"
            for years, words in (
                ([y for y in lacking if y in data.only_deaths], "deaths and no residents"),
                ([y for y in lacking if y in data.only_people], "residents and no deaths"),
                ([y for y in lacking if y not in data.only_deaths + data.only_people], "neither deaths nor residents"),
            )
            if years
        ]
        raise UsageProblem(
            f"not every year of {ends[0]} to {ends[1]} has both deaths and residents",
            found="; ".join(parts),
            expected=f"years among {', '.join(map(str, data.years.tolist()))}",
            todo="Choose other years, or add what is missing",
        )
    return wanted


def chosen_sexes(data: Mortality, sex: str | None) -> tuple[str, ...]:
    """The sex asked for, or all that the data have."""
    if sex is None or sex == "all":
        return data.sexes
    if sex not in data.sexes:
        known = ", ".join(data.sexes) or "none"
        raise UsageProblem(f"deaths and residents are not both known for {sex}", found=known, todo="Choose one of these"
                           if sex in SEXES else f"Choose one of {', '.join(SEXES)}")  # fmt: skip
    return (sex,)


def tables(data: Mortality, places: Places, sex: str, years: np.ndarray, *, by_cause: bool = False) -> Tables:
    """Life tables of every place at once; deaths and person-years take the same weights."""
    counts = data.counts(places.matrix, sex, years, by_cause=by_cause)
    if places.unmade:
        gone = list(places.unmade)
        counts = replace(counts, deaths=_without(counts.deaths, gone), people=_without(counts.people, gone))
    return Tables(sex, years, counts, life_table(counts.deaths, counts.people), places.unmade)


def _without(values: np.ndarray, rows: list[int]) -> np.ndarray:
    values = values.copy()
    values[rows] = np.nan
    return values


def grouped(places: Places, rank: Ranking, groups: int, within: str, blocks: np.ndarray) -> Grouped:
    """Each place cut into groups by deprivation, or by whatever the ranking is of."""
    matrix = group_weights(places.matrix, rank, groups, within, blocks)
    count = len(places.names)
    of, group = np.repeat(np.arange(count), groups), np.tile(np.arange(1, groups + 1), count)
    labels = tuple(group_name(rank, number, groups) for number in range(1, groups + 1))
    empty = np.diff(matrix.indptr) == 0
    unmade = {}
    for row in np.flatnonzero(empty).tolist():
        unmade[row] = places.unmade.get(int(of[row]), "none of its areas are in this group")
    names = tuple(f"{places.names[p]}, {labels[g - 1]}" for p, g in zip(of.tolist(), group.tolist(), strict=True))
    return Grouped(Places(names, matrix, places.whole[of], unmade), of, group, labels)


def rows(
    data: Mortality, places: Places, sexes: tuple[str, ...], ends: tuple[int, int] | None, within: Grouped | None = None
) -> list[dict]:
    """A row for every place (or group of `within`), sex and age; value None and the reason where not given."""
    wanted = within.places if within is not None else places
    found = []
    for whole in (True, False):
        chosen = np.flatnonzero(wanted.whole == whole)
        if not len(chosen):
            continue
        own = wanted.only(chosen.tolist())
        years = chosen_years(data, ends, POOLED_DISTRICT if whole else POOLED)
        for sex in sexes:
            made = tables(data, own, sex, years)
            more = {} if ends is not None else longer(data, own, made)
            for row, place in enumerate(chosen.tolist()):
                name = wanted.names[place] if within is None else places.names[int(within.of[place])]
                group = "" if within is None else within.labels[int(within.group[place]) - 1]
                found += _at_every_age(data, made, row, name, group, more.get(row, ""))
    order = {name: at for at, name in enumerate(places.names)}
    return sorted(found, key=lambda row: order[row["locality"]])


def longer(data: Mortality, places: Places, made: Tables) -> dict[int, str]:
    """For each row that is refused, the fewest latest years that would give a value, in words."""
    refused = [row for row in np.flatnonzero(made.table.reason != OK).tolist() if row not in places.unmade]
    said: dict[int, str] = {}
    for length in range(len(made.years) + 1, len(data.years) + 1):
        years = chosen_years(data, None, length)
        if not refused or len(years) < length:
            break
        again = tables(data, places.only(refused), made.sex, years)
        said |= {row: f"{period_of(years)} would give one" for row, why in
                 zip(refused, again.table.reason, strict=True) if why == OK}  # fmt: skip
        refused = [row for row in refused if row not in said]
    return said


def _at_every_age(data: Mortality, made: Tables, row: int, name: str, group: str, more: str) -> list[dict]:
    why = made.why_not(row)
    notes = [part for part in (why, more, *(() if why else pandemic_note(made.years))) if part]
    deaths = np.cumsum(made.counts.deaths[row][::-1])[::-1]
    people = np.cumsum(made.counts.people[row][::-1])[::-1]
    shared = {"locality": name, "sex": made.sex, "period": made.period}
    shared |= {"group": group} if group else {}
    return [
        shared
        | {
            "age": int(start),
            "value": number(made.table.value[row, band]),
            "lower_ci": number(made.table.lower[row, band]),
            "upper_ci": number(made.table.upper[row, band]),
            "population": number(people[band]),
            "deaths": number(deaths[band]),
            "note": "; ".join(notes),
        }
        for band, start in enumerate(data.starts.tolist())
    ]


def pandemic_note(years: np.ndarray) -> tuple[str, ...]:
    held = [str(year) for year in PANDEMIC if year in years]
    return (f"holds {' and '.join(held)}, years of the pandemic",) if held else ()


def number(value: float) -> float | None:
    return None if not np.isfinite(value) else float(value)
