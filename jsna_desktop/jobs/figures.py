"""The numbers of a workspace, loaded once into arrays that any number of profiles are made from."""

from dataclasses import dataclass

import numpy as np

from jsna_desktop.areas import geography
from jsna_desktop.areas.geography import Hierarchy
from jsna_desktop.errors import UsageProblem
from jsna_desktop.indicator import COUNT, Indicator
from jsna_desktop.measures.parts import BlockValues, Stack, stack
from jsna_desktop.workspace import catalogue
from jsna_desktop.workspace.store import Store

# The residents that MHCLG weighted each edition by (Technical Reports): the nearest year is taken.
WEIGHT_YEAR = {"imd2025": 2022, "imd2019": 2015}
_ROLES = ("numerator", "denominator", "value", "lower", "upper", "se", "n", "sd")
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

    def population(self, year: int) -> Population | None:
        """The residents nearest to a year, the later of two as near."""
        return nearest(self.populations, year)


@dataclass(frozen=True)
class Figures:
    store: Store
    tables: dict[str, Table]
    sensitive: frozenset[str]  # ids of indicators from sensitive data
    sources: dict[str, int]  # indicator id → dataset key


def nearest(populations: tuple[Population, ...], year: int) -> Population | None:
    return min(populations, key=lambda p: (abs(p.year - year), -p.year), default=None)


def load_figures(store: Store, wanted: list[str] | None = None) -> Figures:
    """Load the indicators of these ids, or all; an id that is not there is a UsageProblem."""
    keyed = sorted(catalogue.keyed_indicators(store), key=lambda pair: _PAGE_ORDER.get(pair[1].group, 1))
    if wanted is not None:
        known = {indicator.id for _, indicator in keyed}
        for identity in wanted:
            if identity not in known:
                raise UsageProblem(f"there is no indicator {identity}", todo=_did_you_mean(identity, known))
    hidden = {row[0] for row in store.all("SELECT key FROM dataset WHERE sensitive = 1")}
    loader = _Loader(store, catalogue.codeset_keys(store, replaced=False), hidden)
    tables = {}
    for name in _geographies(keyed):
        chosen = [
            (key, indicator)
            for key, indicator in keyed
            if indicator.geography == name and (wanted is None or indicator.id in wanted)
        ]
        if chosen:
            tables[name] = loader.table(name, chosen, keyed)
    return Figures(
        store,
        tables,
        frozenset({indicator.id for key, indicator in keyed if key in hidden} | loader.weighted_in_secret),
        {indicator.id: key for key, indicator in keyed},
    )


def _did_you_mean(wrong: str, known: set[str]) -> str:
    from difflib import get_close_matches

    near = get_close_matches(wrong, sorted(known), n=3, cutoff=0.5)
    return f"Did you mean {' or '.join(near)}?" if near else "jsna-desktop show WORKSPACE lists the indicators"


def _geographies(keyed: list[tuple[int, Indicator]]) -> list[str]:
    found = dict.fromkeys(indicator.geography for _, indicator in keyed)
    return sorted(found, key=lambda g: (geography.BLOCKS.index(g) if g in geography.BLOCKS else 99, g))


class _Loader:
    """Reads columns and brings them into one order of blocks, each alignment made once."""

    def __init__(self, store: Store, homes: dict[int, tuple[int, str]], hidden: set[int]) -> None:
        self.store, self.homes, self.hidden = store, homes, hidden
        # Ids of open indicators that only sensitive residents could weight.
        self.weighted_in_secret: set[str] = set()
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

    def populations(
        self, name: str, keyed: list[tuple[int, Indicator]], universe: np.ndarray
    ) -> tuple[Population, ...]:
        found = []
        for key, indicator in keyed:
            own = indicator.id == "population.residents" and indicator.sex == "persons" and indicator.age == "all"
            own = own and indicator.kind == COUNT  # a table may call anything so: only a count weights the others
            column = indicator.value or indicator.numerator
            if own and indicator.geography == name and column and indicator.period[-4:].isdigit():
                values = self.column(key, column, universe, name)
                title = f"{indicator.name}, {indicator.period}"
                found.append(Population(int(indicator.period[-4:]), title, values, key in self.hidden))
        # Sensitive residents weight nothing where there are open ones.
        return tuple(p for p in found if not p.sensitive) or tuple(found)

    def table(self, name: str, chosen: list[tuple[int, Indicator]], keyed: list[tuple[int, Indicator]]) -> Table:
        universe = self.universe(name)
        populations = self.populations(name, keyed, universe)
        published = ~geography.is_block(universe, name)
        items, values = [], {}
        for place, (key, indicator) in enumerate(chosen):
            arrays = {
                role: self.column(key, column, universe, name)
                for role in _ROLES
                if (column := getattr(indicator, role)) is not None
            }
            people = nearest(populations, weight_year(indicator))
            if people is not None and people.sensitive and not indicator.has_counts:
                self.weighted_in_secret.add(indicator.id)
            items.append(
                BlockValues(
                    indicator,
                    arrays,
                    self._withheld(key, indicator, universe, name),
                    None if people is None else people.residents,
                    "" if people is None else people.name,
                )
            )
            if published.any() and "value" in arrays:
                values[place] = arrays["value"]
        hierarchies = {level: h for level in LEVELS if (h := self.hierarchy(level, name, universe)) is not None}
        return Table(name, universe, published, stack(name, len(universe), items), populations, hierarchies, values)

    def _withheld(self, key: int, indicator: Indicator, universe: np.ndarray, name: str) -> np.ndarray | None:
        column = indicator.numerator or indicator.value
        try:
            marks = self.column(key, f"{column}?withheld", universe, name)
        except LookupError:
            return None
        return np.nan_to_num(marks) > 0

    def hierarchy(self, level: str, name: str, universe: np.ndarray) -> Hierarchy | None:
        for key, geo, code_column, name_column in catalogue.lookups(self.store, level):
            if geo != name:
                continue
            area_codes = catalogue.column(self.store, key, code_column)
            names = catalogue.column(self.store, key, name_column) if name_column else area_codes
            return geography.hierarchy(level, universe, self.codes(self.homes[key][0]), area_codes, names)
        return None


def weight_year(indicator: Indicator) -> int:
    """The year whose residents weight the indicator."""
    edition = WEIGHT_YEAR.get(indicator.id.split(".")[0])
    years = [int(part) for part in indicator.period.replace("/", "-").split("-") if len(part) == 4 and part.isdigit()]
    return edition or (years[-1] if years else 9999)
