"""Deaths and residents of the same areas, years, sexes and age bands: what every life table is made of.

Deaths are those of the plain table or of record-level extracts (`tables["deaths"]`), residents those by age of any
reader. A year counts where both are loaded. Deaths are kept sparse: in most LSOAs nobody of an age dies in a year.
"""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from scipy import sparse

from jsna_desktop.areas import geography
from jsna_desktop.errors import UsageProblem
from jsna_desktop.jobs.death_rows import SEXES, Rows, band_of, by_sex
from jsna_desktop.measures.life_expectancy import STARTS_85, STARTS_90
from jsna_desktop.sources.cells import age_range
from jsna_desktop.workspace import catalogue
from jsna_desktop.workspace.store import Store

NOT_BROKEN_DOWN = "not broken down by cause"
# Two generalised outlines of one line differ by slivers: a part of an area below this is none.
_SLIVER = 0.01


@dataclass(frozen=True)
class Counts:
    """Deaths and person-years of places over some years: (places, bands), NaN where a part of them is unknown.

    `causes` (places, bands, causes) add up to `deaths`, where they were asked for.
    """

    deaths: np.ndarray
    people: np.ndarray
    causes: np.ndarray | None = None


@dataclass(frozen=True)
class Mortality:
    """Deaths and residents on one geography, over the sorted codes `universe` (blocks,).

    `years` (years,) are those that have both; `deaths[sex]` sparse (blocks, years · bands), `unknown[sex]` alike marks
    numbers that were suppressed or are missing; `people[sex]` (blocks, years, bands). `causes` names those of
    `by_cause[sex]`, sparse (blocks, years · bands · causes). `notes` say what was left out.
    """

    geography: str
    universe: np.ndarray
    years: np.ndarray
    starts: np.ndarray
    deaths: dict[str, sparse.csr_array]
    unknown: dict[str, sparse.csr_array]
    people: dict[str, np.ndarray]
    causes: tuple[str, ...]
    by_cause: dict[str, sparse.csr_array]
    sensitive: bool
    only_deaths: tuple[int, ...] = ()
    only_people: tuple[int, ...] = ()
    notes: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()
    blocks: np.ndarray = field(default_factory=lambda: np.empty(0, dtype=bool))

    @property
    def sexes(self) -> tuple[str, ...]:
        return tuple(sex for sex in SEXES if sex in self.deaths and sex in self.people)

    def counts(self, matrix: sparse.csr_array, sex: str, years: np.ndarray, *, by_cause: bool = False) -> Counts:
        """Sums over `years` (k,) by the weights `matrix` (places, blocks); deaths and residents take the same."""
        bands, chosen = len(self.starts), np.flatnonzero(np.isin(self.years, years))
        shape = (-1, len(self.years), bands)

        def summed(cells: sparse.csr_array, weights: sparse.csr_array = matrix) -> np.ndarray:
            return sparse.csr_array(weights @ cells).toarray().reshape(shape)[:, chosen].sum(axis=1)

        held = matrix.copy()
        held.data = (held.data > _SLIVER).astype(float)
        residents = self.people[sex][:, chosen].sum(axis=1)
        gaps = held @ np.isnan(residents).astype(float) > 0
        deaths = np.where(summed(self.unknown[sex], held) > 0, np.nan, summed(self.deaths[sex]))
        people = np.where(gaps, np.nan, matrix @ np.nan_to_num(residents))
        if not by_cause:
            return Counts(deaths, people)
        count = len(self.causes)
        cells = sparse.csr_array(matrix @ self.by_cause[sex]).toarray()
        causes = cells.reshape(len(deaths), len(self.years), bands, count)[:, chosen].sum(axis=1)
        # What no cause has is said too: the parts add up to all deaths.
        rest = np.maximum(deaths - causes.sum(axis=-1), 0.0)
        return Counts(deaths, people, np.concatenate([causes, rest[..., None]], axis=-1))

    def cause_names(self) -> tuple[str, ...]:
        """The causes of `Counts.causes`, the last for deaths that have none."""
        return (*self.causes, NOT_BROKEN_DOWN)


def has_deaths(store: Store) -> bool:
    """Whether the workspace has deaths by area, sex and age at all."""
    return bool(_datasets(store))


def load_mortality(store: Store, *, causes: bool = False) -> Mortality:
    """The deaths and residents of the workspace, on the finest geography that has both.

    UsageProblem where there are no deaths by age, no residents of the same areas and years, or no bands that match.
    """
    found = _datasets(store)
    if not found:
        raise UsageProblem(
            "the workspace has no deaths by area, sex and age", todo="Add some: jsna-desktop template deaths FILE"
        )
    order = sorted(found, key=lambda g: (geography.BLOCKS.index(g) if g in geography.BLOCKS else 99, g))
    people = {geo: _residents(store, geo) for geo in order}
    matched = [geo for geo in order if people[geo]]
    if not matched:
        raise UsageProblem(
            f"there are deaths by {geography.name(order[0])}, and no residents of these areas by sex and age",
            todo="Add a population by sex and age for the same areas and years",
        )
    geo = matched[0]
    return _made(store, geo, found[geo], people[geo], causes)


def _datasets(store: Store) -> dict[str, list[tuple[int, str, bool]]]:
    """(key, title, sensitive) of the datasets of deaths by geography, in the order of adding."""
    rows = store.all(
        "SELECT d.key, d.geography, d.title, d.sensitive FROM dataset d WHERE d.replaced_by IS NULL AND EXISTS "
        "(SELECT 1 FROM table_column t WHERE t.dataset = d.key AND t.in_table = 'deaths') ORDER BY d.key"
    )
    found: dict[str, list[tuple[int, str, bool]]] = {}
    for key, geo, title, secret in rows:
        found.setdefault(geo, []).append((key, title, bool(secret)))
    return found


@dataclass(frozen=True)
class _Ages:
    """A column of residents by age of one dataset, year and sex."""

    dataset: int
    column: str
    labels: tuple[str, ...]
    secret: bool
    title: str


def _residents(store: Store, geo: str) -> dict[tuple[int, str], _Ages]:
    """Where the residents of each (year, sex) are; open ones first, then the later added."""
    found: dict[tuple[int, str], _Ages] = {}
    rows = store.all(
        "SELECT c.dataset, c.name, d.period, d.sensitive, d.title FROM value_column c JOIN dataset d "
        "ON d.key = c.dataset WHERE d.geography = ? AND d.replaced_by IS NULL AND c.name LIKE 'ages_%' "
        "ORDER BY d.sensitive DESC, c.dataset",
        [geo],
    )
    for key, name, period, secret, title in rows:
        _, sex, *rest = name.split("_")
        year = rest[0] if rest else period[-4:]
        if sex in SEXES and year.isdigit():
            found[int(year), sex] = _Ages(key, name, catalogue.labels(store, key, name), bool(secret), title)
    return found


def _starts(labels: set[str], what: str) -> np.ndarray:
    """The bands, to 90+ or to 85+, that all these ages fit in; UsageProblem naming those that fit neither."""
    for starts in (STARTS_90, STARTS_85):
        if all(band_of(label, starts) != -1 for label in labels):
            return starts
    strange = sorted((one for one in labels if band_of(one, STARTS_85) == -1), key=age_range)
    raise UsageProblem(
        f"{what} are not by the age bands of a life table",
        found=", ".join(strange[:8]),
        expected="single years, or 0, 1-4, 5-9 … to 85+ or 90+",
        todo="Add them by these bands",
    )


def _made(
    store: Store,
    geo: str,
    datasets: list[tuple[int, str, bool]],
    residents: dict[tuple[int, str], _Ages],
    causes: bool,
) -> Mortality:
    tables = {key: catalogue.table(store, key, "deaths") for key, _, _ in datasets}
    home: dict[int, int] = {}  # year → dataset: of two that tell of one year, open data, else the later added
    for key, _, _ in sorted(datasets, key=lambda one: (not one[2], one[0])):
        home |= dict.fromkeys(np.unique(tables[key]["year"]).tolist(), key)
    secret_deaths = {key for key, _, hidden in datasets if hidden}
    with_ages = {year for year, sex in residents}
    years = np.array(sorted(set(home) & with_ages), dtype=int)
    if not len(years):
        raise UsageProblem(
            "deaths and residents are of different years",
            found=f"deaths of {_listed(home)}, residents of {_listed(with_ages)}",
            todo="Add the population of the years of the deaths",
        )
    labels = {label for table in tables.values() for label in np.unique(table["age"]).tolist()}
    starts = _starts(labels, "deaths")
    used = [one for (year, _), one in residents.items() if year in years]
    ages = _starts({label for one in used for label in one.labels}, "residents")
    starts = starts if len(starts) <= len(ages) else ages
    codes = {key: catalogue.codes(store, key) for key in {one.dataset for one in used}}
    universe = np.unique(np.concatenate([*codes.values(), *(np.unique(tables[key]["area"]) for key in tables)]))
    people = _people(store, residents, years, starts, universe, codes)
    rows = Rows.of(store, {year: home[year] for year in years.tolist()}, tables, universe, starts, years)
    laid = by_sex(rows, len(universe), len(starts), len(years), causes)
    known = np.any(np.isfinite(next(iter(people.values()))), axis=(1, 2))
    outside = int(rows.count[~known[rows.place] & rows.whole].sum())
    notes = list(rows.notes)
    if outside:
        notes.append(f"{outside:,} deaths in areas that no residents are known of belong to no place")
    sensitive = bool(secret_deaths & {home[year] for year in years.tolist()}) or any(one.secret for one in used)
    titles = dict.fromkeys([title for key, title, _ in datasets if key in home.values()] + [one.title for one in used])
    return Mortality(
        geo, universe, years, starts, laid.deaths, laid.unknown, people, laid.causes, laid.by_cause, sensitive,
        tuple(sorted(set(home) - with_ages)), tuple(sorted(with_ages - set(home))), tuple(notes), tuple(titles),
        geography.is_block(universe, geo) & known,
    )  # fmt: skip


def _listed(years: Any) -> str:
    found = sorted(years)
    if not found:
        return "no year"
    return ", ".join(map(str, found)) if len(found) < 6 else f"{found[0]} to {found[-1]}"


def _people(
    store: Store,
    residents: dict[tuple[int, str], _Ages],
    years: np.ndarray,
    starts: np.ndarray,
    universe: np.ndarray,
    codes: dict[int, np.ndarray],
) -> dict[str, np.ndarray]:
    """Residents (blocks, years, bands) by sex; persons from both sexes where only these are there."""
    found: dict[str, np.ndarray] = {}
    for sex in SEXES:
        made = np.full((len(universe), len(years), len(starts)), np.nan)
        for at, year in enumerate(years.tolist()):
            one = residents.get((year, sex))
            if one is None:
                continue
            band = np.array([band_of(label, starts) for label in one.labels])
            if set(band.tolist()) - {-2} != set(range(len(starts))):
                raise UsageProblem(
                    f"the residents of {year} lack an age band of the life table",
                    found=", ".join(one.labels[:4]) + " …",
                    expected="single years, or 0, 1-4, 5-9 … to 85+ or 90+",
                    todo="Add a population with these bands",
                )
            values = catalogue.column(store, one.dataset, one.column)
            places = geography.align(codes[one.dataset], universe)
            for place in range(len(starts)):
                made[places, at, place] = values[:, band == place].sum(axis=1)
        if np.isfinite(made).any():
            found[sex] = made
    if "persons" not in found and {"female", "male"} <= set(found):
        found["persons"] = found["female"] + found["male"]
    return found
