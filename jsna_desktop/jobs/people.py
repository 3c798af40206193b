"""Who lives in places that may not be stored yet: the latest residents of the workspace, shared out by weights."""

from dataclasses import dataclass

import numpy as np

from jsna_desktop.areas.geography import Hierarchy
from jsna_desktop.areas.locality import Locality, Weights
from jsna_desktop.jobs.figures import load_figures
from jsna_desktop.jobs.weights import weights_for
from jsna_desktop.workspace import catalogue
from jsna_desktop.workspace.store import Store

RESIDENTS = "population.residents"


@dataclass(frozen=True)
class People:
    """The latest residents: `codes` (n,) sorted blocks of `geography`, `residents` (n,) NaN where unknown.

    `title` names them with their year; `sensitive` where they may not leave the program. `hierarchies` says which
    district and region each block lies in, where a lookup does.
    """

    store: Store
    geography: str
    codes: np.ndarray
    residents: np.ndarray
    title: str
    sensitive: bool
    hierarchies: dict[str, Hierarchy]

    @classmethod
    def of(cls, store: Store) -> "People | None":
        """None where the workspace has no count of residents."""
        if RESIDENTS not in {indicator.id for indicator in catalogue.indicators(store)}:
            return None
        tables = [table for table in load_figures(store, [RESIDENTS]).tables.values() if table.populations]
        if not tables:
            return None
        table = max(tables, key=lambda one: max(p.year for p in one.populations))
        latest = max(table.populations, key=lambda p: p.year)
        residents = np.where(table.published, np.nan, latest.residents)
        return cls(store, table.geography, table.universe, residents, latest.name, latest.sensitive, table.hierarchies)

    def weights(self, places: list[Locality], method: str | None = None) -> Weights:
        """How much of each block the places hold, on these blocks."""
        return weights_for(self.store, places, self.geography, self.codes, method)

    def living(self, places: list[Locality], method: str | None = None) -> np.ndarray:
        """Residents (places,) by the method that profiles use; NaN where they cannot be told."""
        if not places:
            return np.empty(0)
        return self.counted(self.weights(places, method))

    def counted(self, made: Weights) -> np.ndarray:
        """Residents (places,) of weights on these blocks; NaN where a place's weights could not be made."""
        totals = made.matrix @ np.nan_to_num(self.residents)
        unknown = made.matrix @ np.isnan(self.residents).astype(float) > 1e-6
        totals = np.where(unknown, np.nan, totals)
        totals[[*made.unmade, *made.lost]] = np.nan
        return totals


def told(residents: float | None) -> str:
    """Residents in a sentence."""
    return (
        "an unknown number of residents" if residents is None or np.isnan(residents) else f"{residents:,.0f} residents"
    )
