"""The numbers of a workspace, loaded once into arrays that any number of profiles are made from."""

from dataclasses import dataclass, replace

import numpy as np

from jsna_desktop.areas import geography
from jsna_desktop.areas.geography import Hierarchy
from jsna_desktop.errors import UsageProblem
from jsna_desktop.indicator import COUNT, Indicator
from jsna_desktop.jobs import by_age, standardised
from jsna_desktop.jobs.standardised import Banded
from jsna_desktop.measures.parts import BlockValues, Stack, stack
from jsna_desktop.workspace import catalogue
from jsna_desktop.workspace.store import Store

# The residents that MHCLG weighted each edition by (Technical Reports): the nearest year is taken.
WEIGHT_YEAR = {"imd2025": 2022, "imd2019": 2015}
RESIDENTS = "population.residents"
# Behind a column's name: the share of each area's residents for whom the value does not speak (jobs/raster_values.py).
WITHOUT = "?without"
_ROLES = ("numerator", "denominator", "value", "lower", "upper", "se", "n", "sd")
# Whom each domain is about, by the best that is loaded: MHCLG's own denominators, else residents of much the same ages.
MATCHED = {
    "employment": ("imd{}.denominator.working_age", "population.age_16_64"),
    "idaci": ("imd{}.denominator.children", "population.age_0_15"),
    "idaopi": ("imd{}.denominator.60_plus", "population.age_65_plus"),
}
LEVELS = ("district", "region")
# Who lives here comes first on every page and screen, the index of deprivation last.
_PAGE_ORDER = {"People": 0, "Deprivation": 2}


@dataclass(frozen=True)
class Population:
    """Residents (blocks,) of one year on one geography, NaN where unknown; whether they may leave the program."""

    year: int
    name: str
    residents: np.ndarray
    sensitive: bool = False


@dataclass(frozen=True)
class Table:
    """Everything on one geography: the sorted codes of its blocks, its stack, its residents, what it nests in.

    `published` marks rows of the stack that are larger areas with values of their own (a nation in a table of LSOAs).
    """

    geography: str
    universe: np.ndarray
    published: np.ndarray
    stack: Stack
    populations: tuple[Population, ...]
    hierarchies: dict[str, Hierarchy]
    values: dict[int, np.ndarray]  # plan → published values (blocks,) of indicators without counts
    limits: dict[int, tuple[np.ndarray, np.ndarray]]  # plan → the limits published with them
    keys: tuple[int, ...]  # dataset of each plan

    def population(self, year: int) -> Population | None:
        """The residents nearest to a year, the later of two as near."""
        return nearest(self.populations, year)


@dataclass(frozen=True)
class Figures:
    store: Store
    tables: dict[str, Table]
    sensitive: frozenset[str]  # ids of indicators from sensitive data
    sources: dict[str, int]  # indicator id → dataset key
    titles: dict[int, str]  # dataset key → its title
    twins: dict[tuple, tuple[tuple[str, int], ...]]  # the same indicator on several geographies: (geography, plan)
    standard: str = ""  # what indirect standardisation takes its rates from

    def twins_of(self, geo: str, indicator: Indicator) -> tuple[tuple[str, int], ...]:
        """Where else the same indicator, period, sex and age is: (geography, plan)."""
        return tuple(one for one in self.twins.get(same(indicator), ()) if one[0] != geo)


def same(indicator: Indicator) -> tuple[str, str, str, str]:
    """What two indicators of different areas share when they are one."""
    return indicator.id, indicator.period, indicator.sex, indicator.age


def nearest(populations: tuple[Population, ...], year: int) -> Population | None:
    return min(populations, key=lambda p: (abs(p.year - year), -p.year), default=None)


def load_figures(
    store: Store, wanted: list[str] | None = None, levels: tuple[str, ...] = LEVELS, standard: str = ""
) -> Figures:
    """Load the indicators of these ids, or all; an id that is not there is a UsageProblem.

    `levels` are the larger areas that blocks are placed in (`all_levels` for every one). With a `standard`
    (`england`, `district`) rates by age band are standardised indirectly too.
    """
    keyed = sorted(catalogue.keyed_indicators(store), key=lambda pair: _PAGE_ORDER.get(pair[1].group, 1))
    if wanted is not None:
        direct = by_age.ids(keyed) | {one.id for _, one in keyed if standardised.is_band(one)}
        known = {one.id for _, one in keyed} | direct | standardised.indirect_ids(direct)
        for identity in wanted:
            if identity not in known:
                raise UsageProblem(f"there is no indicator {identity}", todo=_did_you_mean(identity, known))
        if any(one.endswith((standardised.RATIO, standardised.INDIRECT_RATE)) for one in wanted):
            standard = standard or standardised.ENGLAND
    hidden = {row[0] for row in store.all("SELECT key FROM dataset WHERE sensitive = 1")}
    loader = _Loader(store, catalogue.codeset_keys(store, replaced=False), hidden, levels, standard)
    tables = {}
    for name in _geographies(keyed):
        chosen = [
            (key, one) for key, one in keyed if one.geography == name and (wanted is None or _is_wanted(one, wanted))
        ]
        made = by_age.ids(keyed, name)
        if chosen or (wanted is not None and (made | standardised.indirect_ids(made)) & set(wanted)):
            tables[name] = loader.table(name, chosen, keyed, wanted)
    twins: dict[tuple, list[tuple[str, int]]] = {}
    if len(tables) > 1:
        for name, table in tables.items():
            for place, plan in enumerate(table.stack.plans):
                twins.setdefault(same(plan.indicator), []).append((name, place))
    sources = {indicator.id: key for key, indicator in keyed}
    for table in tables.values():
        sources |= {plan.indicator.id: key for plan, key in zip(table.stack.plans, table.keys, strict=True)}
    return Figures(
        store,
        tables,
        frozenset({indicator.id for key, indicator in keyed if key in hidden} | loader.in_secret),
        sources,
        dict(store.all("SELECT key, title FROM dataset")),
        {key: tuple(places) for key, places in twins.items() if len(places) > 1},
        standard,
    )


def all_levels(store: Store) -> tuple[str, ...]:
    """Every level of larger areas that a lookup of the workspace places areas in."""
    return tuple(row[0] for row in store.all("SELECT DISTINCT level FROM lookup ORDER BY level"))


def _is_wanted(indicator: Indicator, wanted: list[str]) -> bool:
    names = {indicator.id}
    if standardised.is_band(indicator):
        names |= standardised.indirect_ids(names)
    return bool(names & set(wanted))


def _did_you_mean(wrong: str, known: set[str]) -> str:
    from difflib import get_close_matches

    near = get_close_matches(wrong, sorted(known), n=3, cutoff=0.5)
    return f"Did you mean {' or '.join(near)}?" if near else "jsna-desktop show WORKSPACE lists the indicators"


def _geographies(keyed: list[tuple[int, Indicator]]) -> list[str]:
    found = dict.fromkeys(indicator.geography for _, indicator in keyed)
    return sorted(found, key=lambda g: (geography.BLOCKS.index(g) if g in geography.BLOCKS else 99, g))


class _Loader:
    """Reads columns and brings them into one order of blocks, each alignment made once."""

    def __init__(
        self,
        store: Store,
        homes: dict[int, tuple[int, str]],
        hidden: set[int],
        levels: tuple[str, ...],
        standard: str,
    ) -> None:
        self.store, self.homes, self.hidden, self.levels, self.standard = store, homes, hidden, levels, standard
        # Ids of indicators from open data that only sensitive residents could weight or divide.
        self.in_secret: set[str] = set()
        self._codes: dict[int, np.ndarray] = {}
        self._places: dict[tuple[int, str], np.ndarray | None] = {}
        self._columns: dict[tuple[int, str, str], np.ndarray] = {}

    def codes(self, codeset: int) -> np.ndarray:
        if codeset not in self._codes:
            self._codes[codeset] = catalogue.codeset(self.store, codeset)
        return self._codes[codeset]

    def universe(self, name: str) -> np.ndarray:
        """Every code that any dataset of this geography has, sorted."""
        sets = sorted({codeset for codeset, geo in self.homes.values() if geo == name})
        largest = max(sets, key=lambda s: len(self.codes(s)))
        whole = self.codes(largest)
        strangers = [codes[geography.align(codes, whole) < 0] for codes in map(self.codes, sets) if codes is not whole]
        new = np.unique(np.concatenate(strangers)) if strangers else np.empty(0, dtype="U1")
        return np.union1d(whole, new) if len(new) else whole

    def column(self, dataset: int, name: str, universe: np.ndarray, geo: str) -> np.ndarray:
        """A column of numbers brought into the order of the universe, NaN where the dataset has no such area."""
        key = (dataset, name, geo)
        if key not in self._columns:
            values = catalogue.column(self.store, dataset, name)
            codeset = self.homes[dataset][0]
            if (codeset, geo) not in self._places:
                places = geography.align(self.codes(codeset), universe)
                same = len(places) == len(universe) and bool((places == np.arange(len(universe))).all())
                self._places[codeset, geo] = None if same else places
            places = self._places[codeset, geo]
            if places is not None:
                spread = np.full(len(universe), np.nan)
                spread[places] = values
                values = spread
            self._columns[key] = values
        return self._columns[key]

    def grid(self, dataset: int, name: str, universe: np.ndarray) -> np.ndarray:
        """A column of numbers by age (blocks, ages) in the order of the universe, NaN where there is no such area."""
        values = catalogue.column(self.store, dataset, name)
        places = geography.align(self.codes(self.homes[dataset][0]), universe)
        spread = np.full((len(universe), values.shape[1]), np.nan)
        spread[places[places >= 0]] = values[places >= 0]
        return spread

    def populations(
        self, name: str, keyed: list[tuple[int, Indicator]], universe: np.ndarray, identity: str = RESIDENTS
    ) -> tuple[Population, ...]:
        found = []
        for key, indicator in keyed:
            own = indicator.id == identity and indicator.sex == "persons"
            own = own and (identity != RESIDENTS or indicator.age == "all")
            own = own and indicator.kind == COUNT  # a table may call anything so: only a count weights the others
            column = indicator.value or indicator.numerator
            if own and indicator.geography == name and column and indicator.period[-4:].isdigit():
                values = self.column(key, column, universe, name)
                title = f"{indicator.name}, {indicator.period}"
                found.append(Population(int(indicator.period[-4:]), title, values, key in self.hidden))
        # Sensitive residents weight nothing where there are open ones.
        return tuple(p for p in found if not p.sensitive) or tuple(found)

    def _matched(self, name: str, keyed: list[tuple[int, Indicator]], universe: np.ndarray) -> dict[str, tuple]:
        """Whom each domain of each edition is about, where that is loaded: `imd2025.idaci` → populations."""
        found: dict[str, tuple[Population, ...]] = {}
        for edition in WEIGHT_YEAR:
            for domain, wanted in MATCHED.items():
                for identity in wanted:
                    people = self.populations(name, keyed, universe, identity.format(edition[3:]))
                    people = tuple(one for one in people if not one.sensitive)
                    if people:
                        found[f"{edition}.{domain}"] = people
                        break
        return found

    def table(
        self,
        name: str,
        chosen: list[tuple[int, Indicator]],
        keyed: list[tuple[int, Indicator]],
        wanted: list[str] | None,
    ) -> Table:
        universe = self.universe(name)
        populations = self.populations(name, keyed, universe)
        matched = self._matched(name, keyed, universe) if any("imd" in one.id[:3] for _, one in chosen) else {}
        published = ~geography.is_block(universe, name)
        hierarchies = {level: h for level in self.levels if (h := self.hierarchy(level, name, universe)) is not None}
        by = None
        if self.standard:
            district = hierarchies.get("district")
            by = standardised.standard(self.standard, universe, name, district)
        items: list[BlockValues] = []
        keys: list[int] = []
        values, limits = {}, {}

        def take(key: int, item: BlockValues) -> None:
            if wanted is None or item.indicator.id in wanted:
                items.append(item)
                keys.append(key)

        def take_rate(key: int, item: BlockValues) -> None:
            take(key, item)
            if by is not None:
                for one in standardised.indirect(item, by, universe, name):
                    take(key, one)

        def maybe(key: int, column: str) -> np.ndarray | None:
            try:
                return self.column(key, column, universe, name)
            except LookupError:
                return None

        for one in standardised.fold(chosen):
            if isinstance(one, Banded):
                item = standardised.banded_values(one, maybe)
                people = nearest(populations, weight_year(one.indicator))
                residents = None if people is None else people.residents
                take_rate(one.key, replace(item, population=residents))
                continue
            key, indicator = one
            arrays = {
                role: self.column(key, column, universe, name)
                for role in _ROLES
                if (column := getattr(indicator, role)) is not None
            }
            domain = ".".join(indicator.id.split(".")[:2])
            about = () if indicator.measure.startswith("lsoas_in") else matched.get(domain, ())
            people = nearest(about or populations, weight_year(indicator))
            if people is not None and people.sensitive and not indicator.has_counts:
                self.in_secret.add(indicator.id)
            if "value" in arrays and (published.any() or name not in geography.BLOCKS):
                values[len(items)] = arrays["value"]
                if {"lower", "upper"} <= set(arrays):
                    limits[len(items)] = (arrays["lower"], arrays["upper"])
            take(
                key,
                BlockValues(
                    indicator,
                    arrays,
                    self._withheld(key, indicator, universe, name),
                    None if people is None else people.residents,
                    "" if people is None else _weighted_by(people, indicator),
                    without=self._without(key, indicator, universe, name),
                ),
            )
        for key, item, secret in by_age.rates(self, name, universe, keyed, wanted, nearest(populations, 9999)):
            if secret:
                self.in_secret |= {item.indicator.id} | standardised.indirect_ids({item.indicator.id})
            take_rate(key, item)
        made = stack(name, len(universe), items)
        return Table(name, universe, published, made, populations, hierarchies, values, limits, tuple(keys))

    def _withheld(self, key: int, indicator: Indicator, universe: np.ndarray, name: str) -> np.ndarray | None:
        column = indicator.numerator or indicator.value
        try:
            marks = self.column(key, f"{column}?withheld", universe, name)
        except LookupError:
            return None
        return np.nan_to_num(marks) > 0

    def _without(self, key: int, indicator: Indicator, universe: np.ndarray, name: str) -> np.ndarray | None:
        """Share of each block's residents for whom a raster has no value; None where it has one for all of them."""
        try:
            return np.nan_to_num(self.column(key, f"{indicator.value}{WITHOUT}", universe, name))
        except LookupError:
            return None

    def hierarchy(self, level: str, name: str, universe: np.ndarray) -> Hierarchy | None:
        for key, geo, code_column, name_column in catalogue.lookups(self.store, level):
            if geo != name:
                continue
            area_codes = catalogue.column(self.store, key, code_column)
            names = catalogue.column(self.store, key, name_column) if name_column else area_codes
            return geography.hierarchy(level, universe, self.codes(self.homes[key][0]), area_codes, names)
        return None


def _weighted_by(people: Population, indicator: Indicator) -> str:
    """Who weights an indicator; of a raster also what weights its cells within an area."""
    within = indicator.caveat.split(". ")[0].rstrip(".")
    said = indicator.id.startswith("raster.") and within
    return f"{people.name}, {within[:1].lower()}{within[1:]}" if said else people.name


def weight_year(indicator: Indicator) -> int:
    """The year whose residents weight the indicator."""
    edition = WEIGHT_YEAR.get(indicator.id.split(".")[0])
    years = [int(part) for part in indicator.period.replace("/", "-").split("-") if len(part) == 4 and part.isdigit()]
    return edition or (years[-1] if years else 9999)
