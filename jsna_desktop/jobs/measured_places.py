"""The places that a measure is made for: localities, districts, or groups of areas within them, as weights."""

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from jsna_desktop.areas import geography
from jsna_desktop.areas.locality import Locality, matrix_of
from jsna_desktop.errors import UsageProblem
from jsna_desktop.jobs.localities import localities
from jsna_desktop.jobs.weights import weights_for
from jsna_desktop.workspace import catalogue
from jsna_desktop.workspace.store import Store


@dataclass(frozen=True)
class Places:
    """`names` (n,), `matrix` (n, blocks) their weights, `whole` (n,) whether each is a district or a larger area.

    `unmade` says why a place has no weights.
    """

    names: tuple[str, ...]
    matrix: sparse.csr_array
    whole: np.ndarray
    unmade: dict[int, str]

    def only(self, chosen: list[int]) -> "Places":
        unmade = {at: self.unmade[place] for at, place in enumerate(chosen) if place in self.unmade}
        return Places(tuple(self.names[p] for p in chosen), self.matrix[chosen], self.whole[chosen], unmade)

    def with_more(self, other: "Places") -> "Places":
        matrix = sparse.csr_array(sparse.vstack([self.matrix, other.matrix]))
        unmade = self.unmade | {len(self.names) + place: said for place, said in other.unmade.items()}
        return Places(self.names + other.names, matrix, np.concatenate([self.whole, other.whole]), unmade)


@dataclass(frozen=True)
class Choice:
    """The localities that are asked for: of these sets and of these names, or all of them."""

    sets: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    method: str | None = None
    around: tuple[Locality, ...] = ()  # the district that holds most of these, instead of localities

    @property
    def named(self) -> bool:
        return bool(self.sets or self.names)

    def places(self, store: Store) -> list[Locality]:
        return localities(store, self.sets, self.names)


def chosen_places(store: Store, choice: Choice, geo: str, universe: np.ndarray, blocks: np.ndarray) -> Places:
    """The localities chosen; where none are named, the districts first and every locality behind them."""
    if choice.around:
        return district_of(store, list(choice.around), geo, universe, blocks)
    own = of_localities(store, choice.places(store), geo, universe, choice.method)
    return own if choice.named else districts(store, geo, universe, blocks).with_more(own)


def of_localities(
    store: Store, chosen: list[Locality], geo: str, universe: np.ndarray, method: str | None = None
) -> Places:
    """These localities over the sorted codes `universe` of a geography."""
    made = weights_for(store, chosen, geo, universe, method)
    names = tuple(place.name for place in chosen)
    unmade = dict(made.unmade)
    for place, share in made.lost.items():
        unmade.setdefault(place, f"{100 * share:.0f} % of its residents could not be brought to these areas")
    return Places(names, made.matrix, np.zeros(len(names), dtype=bool), unmade)


def districts(store: Store, geo: str, universe: np.ndarray, blocks: np.ndarray) -> Places:
    """Every district of the workspace that `blocks` (boolean) lie in; all of the blocks as one where none is known."""
    for key, own, code_column, name_column in catalogue.lookups(store, "district"):
        if own != geo:
            continue
        codes = catalogue.column(store, key, code_column)
        titles = catalogue.column(store, key, name_column) if name_column else codes
        made = geography.hierarchy("district", universe, catalogue.codes(store, key), codes, titles)
        parents = np.where(blocks, made.parents, -1)
        found = np.unique(parents[parents >= 0])
        if len(found):
            rows = [(held := np.flatnonzero(parents == area), np.ones(len(held))) for area in found.tolist()]
            matrix = matrix_of(rows, len(universe))
            return Places(tuple(made.names[found].tolist()), matrix, np.ones(len(found), dtype=bool), {})
    held = np.flatnonzero(blocks)
    matrix = matrix_of([(held, np.ones(len(held)))], len(universe))
    return Places(("all areas",), matrix, np.ones(1, dtype=bool), {})


def district_of(store: Store, places: list[Locality], geo: str, universe: np.ndarray, blocks: np.ndarray) -> Places:
    """The one district that holds most of these localities; the first where there are none."""
    around = districts(store, geo, universe, blocks)
    return around.only([most_held(around, of_localities(store, places, geo, universe)) if places else 0])


def most_held(around: Places, held: Places) -> int:
    """The one of `around` that holds most of some places; the first where these have no weights."""
    return int(np.argmax(around.matrix @ held.matrix.sum(axis=0).ravel())) if held.matrix.nnz else 0


def named(store: Store, name: str, geo: str, universe: np.ndarray, blocks: np.ndarray) -> Places | None:
    """The one locality or district of this name; None where there is none. UsageProblem where there are several."""
    own = [place for place in localities(store) if place.name == name]
    if len(own) > 1:
        sets = ", ".join(f"“{place.set}”" for place in own)
        raise UsageProblem(f"there are {len(own)} localities called {name}", found=f"in the sets {sets}")
    if own:
        return of_localities(store, own, geo, universe)
    around = districts(store, geo, universe, blocks)
    return around.only([around.names.index(name)]) if name in around.names else None
