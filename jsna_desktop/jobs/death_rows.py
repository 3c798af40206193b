"""The rows of tables of deaths, laid out by block, year, band, sex and cause: nothing twice, nothing by half.

An area may be told by persons or by sex, by all causes together or by each, for all ages together or by band; what it
is not told of is not known, not none.
"""

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from jsna_desktop.areas import geography
from jsna_desktop.sources.cells import age_range
from jsna_desktop.sources.deaths import add_up
from jsna_desktop.workspace import catalogue
from jsna_desktop.workspace.store import Store

SEXES = ("persons", "female", "male")
ALL = "all"


def band_of(label: str, starts: np.ndarray) -> int:
    """The band (its position) that an age lies in wholly; −1 for one that straddles two, −2 for no age."""
    if label == ALL or not label[:1].isdigit():
        return -2
    low, high = age_range(label)
    place = int(np.searchsorted(starts, low, side="right")) - 1
    end = starts[place + 1] - 1 if place + 1 < len(starts) else 200
    return place if high <= end else -1


@dataclass(frozen=True)
class Rows:
    """The rows of deaths by age that count: block, year, band, sex and cause of each; `whole` rows add up to all."""

    place: np.ndarray
    year: np.ndarray
    band: np.ndarray
    sex: np.ndarray
    cause: np.ndarray
    count: np.ndarray
    hidden: np.ndarray
    whole: np.ndarray
    missing: np.ndarray  # (blocks, years) that the table does not tell of
    notes: tuple[str, ...]

    @classmethod
    def of(
        cls,
        store: Store,
        home: dict[int, int],
        tables: dict[int, dict[str, np.ndarray]],
        universe: np.ndarray,
        starts: np.ndarray,
        years: np.ndarray,
    ) -> "Rows":
        parts, notes = [], []
        missing = np.zeros((len(universe), len(years)), dtype=bool)
        for key in dict.fromkeys(home.values()):
            table, own = tables[key], [year for year, where in home.items() if where == key]
            count = table["deaths"].astype(float)
            names, index = np.unique(table["age"], return_inverse=True)
            band = np.array([band_of(name, starts) for name in names.tolist()], dtype=int)[index]
            stated = np.array([name == ALL for name in names.tolist()])[index]
            mine = np.isin(table["year"], own)
            unknown_age = mine & (band == -2) & ~stated
            if unknown_age.any():
                notes.append(f"{np.nansum(count[unknown_age]):,.0f} deaths of unknown age are left out")
            cause = table["cause"] if "cause" in table else np.full(len(count), ALL)
            kept = mine & (band >= 0)
            place = geography.align(table["area"], universe)
            at = np.searchsorted(years, table["year"])
            cell = place * len(years) + np.minimum(at, len(years) - 1)
            # Area by area: one may be told by all causes together and another by each.
            whole = np.where(np.isin(cell, cell[kept & (cause == ALL)]), cause == ALL, add_up(cause))
            hidden = table["withheld"].astype(bool) if "withheld" in table else np.zeros(len(count), dtype=bool)
            parts.append([part[kept] for part in (place, at, band, table["sex"], cause, count, hidden, whole)])
            missing |= _untold(store, key, table, universe, years, own)
            ageless = np.setdiff1d(cell[mine & stated & ~(count == 0)], cell[kept])
            missing.reshape(-1)[ageless] = True  # told for all ages together alone
        joined = [np.concatenate(column) for column in zip(*parts, strict=True)]
        place, at, band, sex, cause, count, hidden, whole = joined
        return cls(place, at, band, sex, cause, count, hidden, whole, missing, tuple(notes))


def _untold(
    store: Store, key: int, table: dict[str, np.ndarray], universe: np.ndarray, years: np.ndarray, own: list[int]
) -> np.ndarray:
    """Which areas and years (blocks, years) a dataset of deaths does not tell of: not known, not none."""
    found = np.zeros((len(universe), len(years)), dtype=bool)
    codes, names = catalogue.codes(store, key), set(catalogue.column_names(store, key))
    places = geography.align(codes, universe)
    inside = places >= 0
    # A table that writes its zeros has forgotten the numbers that it lacks; one that writes none leaves them out.
    writes_zeros = bool((table["deaths"] == 0).any())
    for year in own:
        at = int(np.searchsorted(years, year))
        found[:, at] = True
        if f"all_{year}" in names:
            total = catalogue.column(store, key, f"all_{year}")
            found[places[inside], at] = np.isnan(total[inside])
            if writes_zeros:
                continue
        told = geography.align(np.unique(table["area"][table["year"] == year]), universe)
        found[told[told >= 0], at] = False
    return found


def _over_bands(untold: np.ndarray, bands: int) -> sparse.csr_array:
    """Which cells (blocks, years · bands) are not told of, from areas and years (blocks, years)."""
    return sparse.csr_array(np.repeat(untold.astype(float), bands, axis=1))


@dataclass(frozen=True)
class BySex:
    deaths: dict[str, sparse.csr_array]
    unknown: dict[str, sparse.csr_array]
    causes: tuple[str, ...]
    by_cause: dict[str, sparse.csr_array]


def by_sex(rows: Rows, blocks: int, bands: int, years: int, causes: bool) -> BySex:
    deaths, unknown, by_cause = {}, {}, {}
    names, which = np.unique(rows.cause, return_inverse=True)
    listed = [name for name in names.tolist() if name != ALL] if causes else []
    # A cause of all is no cause of its own, and causes that hold one another are no parts.
    column = np.array([listed.index(name) if name in listed else -1 for name in names.tolist()])[which]
    if listed and not bool(add_up(rows.cause[column >= 0]).all()):
        listed, column = [], np.full(len(which), -1)
    # Area by area again: persons where an area is told so, else both sexes together.
    here = rows.place * years + rows.year
    by_persons, by_sexes = np.unique(here[rows.sex == "persons"]), np.unique(here[rows.sex != "persons"])
    both = [year for year in range(years) if {"female", "male"} <= set(rows.sex[rows.year == year].tolist())]
    for sex in SEXES:
        if sex == "persons":
            own = np.where(np.isin(here, by_persons), rows.sex == "persons", np.isin(rows.year, both))
            # One sex alone is not all persons.
            gone = np.setdiff1d(here[~np.isin(rows.year, both)], by_persons)
        else:
            own = rows.sex == sex
            gone = np.setdiff1d(by_persons, by_sexes)
        if not own.any():
            continue
        untold = rows.missing.copy()
        untold.reshape(-1)[gone] = True

        def laid(chosen: np.ndarray, values: np.ndarray, column: np.ndarray, width: int) -> sparse.csr_array:
            made = sparse.coo_array((values[chosen], (rows.place[chosen], column[chosen])), shape=(blocks, width))
            return sparse.csr_array(made)

        cell = rows.year * bands + rows.band
        chosen = own & rows.whole
        deaths[sex] = laid(chosen, np.nan_to_num(rows.count), cell, years * bands)
        gaps = (np.isnan(rows.count) | rows.hidden).astype(float)
        unknown[sex] = sparse.csr_array(
            laid(chosen & (gaps > 0), gaps, cell, years * bands) + _over_bands(untold, bands)
        )
        chosen = own & (column >= 0)
        width = max(1, len(listed))
        by_cause[sex] = laid(chosen, np.nan_to_num(rows.count), cell * width + column, years * bands * width)
    if not listed:
        by_cause = {sex: sparse.csr_array((blocks, 0)) for sex in by_cause}
    return BySex(deaths, unknown, tuple(listed), by_cause)
