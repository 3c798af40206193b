"""Deaths and events by age band over residents by age band: what is standardised of them.

A table of deaths gives a rate for each sex over its latest five years together, and for all persons in each year;
a table of events one for all persons. Residents of a year are those of the nearest year that is loaded.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

import numpy as np

from jsna_desktop.areas import geography
from jsna_desktop.indicator import COUNT, DSR, Indicator
from jsna_desktop.jobs import standardised
from jsna_desktop.measures.parts import BlockValues
from jsna_desktop.measures.rates import BANDS
from jsna_desktop.sources.cells import age_range
from jsna_desktop.workspace import catalogue
from jsna_desktop.workspace.store import Store

if TYPE_CHECKING:
    from jsna_desktop.jobs.figures import Population

POOLED = 5  # years together
_ALL = "all"
_SEXES = ("persons", "female", "male")
_STARTS = np.array([age_range(band)[0] for band in BANDS])
_NO_PEOPLE = "it needs residents by sex and age: add a population by age for these areas"
_WORDS = {"deaths": "Deaths", "events": "Events"}


class Loader(Protocol):
    """What is asked of who reads the columns (jobs/figures.py)."""

    store: Store
    homes: dict[int, tuple[int, str]]
    hidden: set[int]

    def grid(self, dataset: int, name: str, universe: np.ndarray) -> np.ndarray: ...

    def column(self, dataset: int, name: str, universe: np.ndarray, geo: str) -> np.ndarray: ...


@dataclass(frozen=True)
class _Counted:
    """A dataset of deaths or events: `totals` has its indicator of all of them by year."""

    key: int
    table: str
    stem: str
    title: str
    totals: dict[int, Indicator]


@dataclass(frozen=True)
class _People:
    """Residents (blocks, bands) of one year."""

    year: int
    bands: np.ndarray
    secret: bool


def ids(keyed: list[tuple[int, Indicator]], geo: str = "") -> set[str]:
    """Ids of the rates that tables of deaths and events give, on one geography or any."""
    return {f"{one.stem}.dsr" for one in _counted(keyed) if not geo or _geography(one) == geo}


def named(indicators: Iterable[Indicator]) -> list[tuple[str, str]]:
    """(id, name) of the rates that tables of deaths and events give, among all indicators of a workspace."""
    found = {f"{one.stem}.dsr": one.title + standardised.DIRECTLY for one in _counted([(0, i) for i in indicators])}
    return list(found.items())


def _geography(counted: _Counted) -> str:
    return next(iter(counted.totals.values())).geography


def _counted(keyed: list[tuple[int, Indicator]]) -> list[_Counted]:
    found: dict[int, dict[str, dict[int, Indicator]]] = {}
    for key, one in keyed:
        family = one.id.split(".")[0]
        if family in _WORDS and one.kind == COUNT and one.sex == "persons" and one.age == _ALL and one.period.isdigit():
            found.setdefault(key, {}).setdefault(one.id, {})[int(one.period)] = one
    made = []
    for key, by_id in found.items():
        identity = next((i for i in by_id if i.endswith(".all")), next(iter(by_id)) if len(by_id) == 1 else "")
        if identity:
            stem, totals = identity.rpartition(".")[0], by_id[identity]
            name = next(iter(totals.values())).name
            made.append(_Counted(key, identity.split(".")[0], stem, name, totals))
    return made


def rates(
    loader: Loader,
    geo: str,
    universe: np.ndarray,
    keyed: list[tuple[int, Indicator]],
    wanted: list[str] | None,
    residents: "Population | None",
) -> Iterator[tuple[int, BlockValues, bool]]:
    """(dataset key, what the rate brings to the stack, whether anything of it is sensitive) of each rate."""
    for counted in _counted(keyed):
        identity = f"{counted.stem}.dsr"
        asked = {identity} | standardised.indirect_ids({identity})
        if _geography(counted) != geo or (wanted is not None and not asked & set(wanted)):
            continue
        table = catalogue.table(loader.store, counted.key, counted.table)
        if not table:
            continue
        rows = _Rows.of(loader, geo, universe, counted, table)
        people = {sex: _people(loader, geo, universe, sex) for sex in _SEXES}
        years = sorted(counted.totals)
        latest = years[-POOLED:]
        asked_for = [(sex, latest) for sex in (_SEXES if counted.table == "deaths" else _SEXES[:1])]
        asked_for += [("persons", [year]) for year in years] if counted.table == "deaths" and len(latest) > 1 else []
        for sex, chosen in asked_for:
            if sex != "persons" and not rows.has(sex):
                continue
            item, secret = _rate(counted, rows, people[sex], sex, chosen, geo)
            population = None if residents is None else residents.residents
            yield counted.key, replace(item, population=population), secret or counted.key in loader.hidden


def _rate(
    counted: _Counted, rows: "_Rows", people: list[_People], sex: str, years: list[int], geo: str
) -> tuple[BlockValues, bool]:
    period = str(years[0]) if len(years) == 1 else f"{years[0]}-{years[-1]}"
    indicator = Indicator(
        f"{counted.stem}.dsr", counted.title + standardised.DIRECTLY, DSR, period, geo,
        unit="per 100,000", multiplier=100_000.0, polarity="low good" if counted.table == "deaths" else "none", sex=sex,
        group=_WORDS[counted.table], caveat=rows.caveat,
    )  # fmt: skip
    if rows.refusal or not people:
        return BlockValues(indicator, {}, refusal=rows.refusal or _NO_PEOPLE), False
    used = [min(people, key=lambda one, year=year: (abs(one.year - year), -one.year)) for year in years]
    bands = np.sum([one.bands for one in used], axis=0)
    events, withheld = rows.bands(sex, years)
    exact = sorted({one.year for one in used})
    name = f"residents by age band, {exact[0]}" + (f" to {exact[-1]}" if len(exact) > 1 else "")
    if exact != years:
        name += " (the nearest years that are loaded)"
    item = BlockValues(indicator, {"events": events, "people": bands}, withheld if withheld.any() else None)
    return replace(item, population_name=name), any(one.secret for one in used)


def _people(loader: Loader, geo: str, universe: np.ndarray, sex: str) -> list[_People]:
    """Residents by band of every year that is loaded, of one sex; open ones alone where there are any."""
    found: dict[int, _People] = {}
    rows = loader.store.all(
        "SELECT c.dataset, c.name, d.period FROM value_column c JOIN dataset d ON d.key = c.dataset "
        "WHERE d.geography = ? AND d.replaced_by IS NULL AND (c.name = ? OR c.name LIKE ?) ORDER BY c.dataset",
        [geo, f"ages_{sex}", f"ages_{sex}_%"],
    )
    for key, name, period in rows:
        last = name.rpartition("_")[2]
        year = int(last) if last.isdigit() else int(period[-4:]) if period[-4:].isdigit() else 0
        band = [_band(label) for label in catalogue.labels(loader.store, key, name)]
        if not year or -1 in band or set(band) != set(range(len(BANDS))):
            continue
        ages = loader.grid(key, name, universe)
        order = np.argsort(band, kind="stable")
        starts = np.searchsorted(np.array(band)[order], np.arange(len(BANDS)))
        secret = key in loader.hidden
        if year not in found or found[year].secret or not secret:
            found[year] = _People(year, np.add.reduceat(ages[:, order], starts, axis=1), secret)
    return [one for one in found.values() if not one.secret] or list(found.values())


def _band(label: str) -> int:
    """The band of the standard that an age lies in wholly; −1 for none."""
    try:
        low, high = age_range(label)
    except ValueError:
        return -1
    place = int(np.searchsorted(_STARTS, low, side="right")) - 1
    last = age_range(BANDS[place])[1]
    return place if high <= last else -1


@dataclass(frozen=True)
class _Rows:
    """The rows of a table of deaths or events that count, by block, year, sex and band."""

    blocks: int
    place: np.ndarray
    year: np.ndarray
    sex: np.ndarray
    band: np.ndarray
    count: np.ndarray
    withheld: np.ndarray
    total: dict[int, np.ndarray]  # year → all events of each block, NaN where unknown
    writes_zeros: bool
    refusal: str = ""
    caveat: str = ""

    @classmethod
    def of(
        cls, loader: Loader, geo: str, universe: np.ndarray, counted: _Counted, table: dict[str, np.ndarray]
    ) -> "_Rows":
        deaths = counted.table == "deaths"
        count = table["deaths" if deaths else "count"].astype(float)
        withheld = table["withheld"].astype(bool) if "withheld" in table else np.zeros(len(count), dtype=bool)
        place = geography.align(table["area"], universe)
        chosen = (place >= 0) & np.isin(table["year"], list(counted.totals))
        if "cause" in table:
            chosen &= _whole(table["cause"], table["year"], chosen)
        by_age = table["age"] != _ALL
        labels, index = np.unique(table["age"], return_inverse=True)
        bands = np.array([_band(label) if label != _ALL else -1 for label in labels.tolist()])[index]
        known = np.array([_is_age(label) for label in labels.tolist()])[index]
        refusal, caveat = "", ""
        strange = sorted(set(table["age"][chosen & by_age & known & (bands < 0)].tolist()), key=age_range)
        if strange:
            verb = "is" if len(strange) == 1 else "are"
            refusal = f"its age bands are not those of {standardised.EUROPEAN}: {', '.join(strange)} {verb} not in it"
        elif not (chosen & by_age).any():
            refusal = f"{_WORDS[counted.table].lower()} are not by age"
        unknown = chosen & by_age & ~known
        if unknown.any():
            caveat = f"{_WORDS[counted.table]} of unknown age are left out."
        chosen &= by_age & known
        column = {year: str(one.numerator) for year, one in counted.totals.items()}
        total = {year: loader.column(counted.key, name, universe, geo) for year, name in column.items()}
        year, sex = table["year"][chosen], table["sex"][chosen]
        return cls(
            len(universe), place[chosen], year, sex, bands[chosen], count[chosen], withheld[chosen], total,
            bool((count == 0).any()) and "withheld" in table, refusal, caveat,
        )  # fmt: skip

    def has(self, sex: str) -> bool:
        return bool((self.sex == sex).any())

    def bands(self, sex: str, years: list[int]) -> tuple[np.ndarray, np.ndarray]:
        """Events (blocks, bands), NaN where unknown, and how many suppressed numbers are in each, over these years."""
        events = np.zeros((self.blocks, len(BANDS)))
        hidden = np.zeros((self.blocks, len(BANDS)))
        for year in years:
            rows = self.year == year
            if sex == "persons":
                rows &= (self.sex == "persons") if (self.sex[rows] == "persons").any() else (self.sex != "persons")
            else:
                rows &= self.sex == sex
            cell = self.place[rows] * len(BANDS) + self.band[rows]
            size = self.blocks * len(BANDS)

            def summed(what: np.ndarray, cell: np.ndarray = cell, size: int = size) -> np.ndarray:
                return np.bincount(cell, what, minlength=size).reshape(-1, len(BANDS))

            kept = self.withheld[rows]
            counts = self.count[rows]
            here = summed(np.nan_to_num(counts))
            here[summed(np.isnan(counts) & ~kept) > 0] = np.nan
            # Without a total an area is not in the table, or one of its numbers is not known.
            unknown = np.isnan(self.total[year])
            told = summed(np.ones(len(cell)))
            in_table = (told > 0).any(axis=1)
            lacking = (told == 0) & (unknown & (~in_table | self.writes_zeros))[:, None]
            here[lacking] = np.nan
            events += here
            hidden += summed(kept.astype(float))
        return events, hidden


def _is_age(label: str) -> bool:
    return label != _ALL and label[:1].isdigit()


def _whole(causes: np.ndarray, years: np.ndarray, chosen: np.ndarray) -> np.ndarray:
    """Rows of all causes together in years that have such rows, of every cause in the others."""
    whole = causes == _ALL
    with_all = np.unique(years[whole & chosen])
    return np.where(np.isin(years, with_all), whole, True)
