"""Whether each small area is urban or rural, by a rural-urban classification of the workspace (ONS's RUC)."""

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from jsna_desktop.areas import geography
from jsna_desktop.jobs.measured_places import Places
from jsna_desktop.workspace import catalogue
from jsna_desktop.workspace.store import Store

CLASSES = ("urban", "rural")
# The first letters of the classes' codes: of 2021 UN1, UF1, RSN1 …; of 2011 A1, B1, C1, C2 and D1 to F2.
_URBAN, _RURAL = "UABC", "RDEF"


@dataclass(frozen=True)
class Rurality:
    """`of` (blocks,) indexes CLASSES, −1 where unknown; `title` of the dataset that says so."""

    of: np.ndarray
    title: str

    def split(self, places: Places) -> tuple[Places, np.ndarray]:
        """Each place's urban and rural part, in this order, and the place (rows,) that each is of."""
        rows = [places.matrix.multiply((self.of == which).astype(float)) for which in range(len(CLASSES))]
        order = np.arange(2 * len(places.names)).reshape(2, -1).T.ravel()
        matrix = sparse.csr_array(sparse.csr_array(sparse.vstack(rows))[order])
        matrix.eliminate_zeros()
        of = np.repeat(np.arange(len(places.names)), len(CLASSES))
        names = tuple(f"{places.names[place]}, {CLASSES[at % 2]}" for at, place in enumerate(of.tolist()))
        unmade = {at: places.unmade[place] for at, place in enumerate(of.tolist()) if place in places.unmade}
        return Places(names, matrix, places.whole[of], unmade), of


def rurality(store: Store, geo: str, universe: np.ndarray) -> Rurality | None:
    """The classification of the sorted codes `universe` of a geography; None where none is loaded for it."""
    for (level,) in store.all("SELECT DISTINCT level FROM lookup ORDER BY level DESC"):
        if not (level.startswith("ruc") or "rural" in level):
            continue
        for key, own, code_column, name_column in catalogue.lookups(store, level):
            if own != geo:
                continue
            codes = catalogue.column(store, key, code_column)
            names = catalogue.column(store, key, name_column) if name_column else codes
            both = list(zip(codes.tolist(), names.tolist(), strict=True))
            known = {pair: _class(*pair) for pair in set(both)}
            at = geography.align(universe, catalogue.codes(store, key))
            found = np.array([known[pair] for pair in both])
            title = store.one("SELECT title FROM dataset WHERE key = ?", [key])[0]
            return Rurality(np.where(at >= 0, found[at], -1), title)
    return None


def _class(code: str, name: str) -> int:
    said = name.lower()
    if "rural" in said or "urban" in said:
        return int("rural" in said)
    return 0 if code[:1] in _URBAN and code else 1 if code[:1] in _RURAL and code else -1
