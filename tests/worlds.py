"""Small simulated worlds with known answers."""

from pathlib import Path

import numpy as np
import shapely

from jsna_desktop.areas import coverage
from jsna_desktop.indicator import Indicator
from jsna_desktop.jobs.add import READY, Found, add
from jsna_desktop.sources.dataset import Dataset, Lookup, Reading
from jsna_desktop.workspace.store import Store

SIDE = 6
CODES = np.array([f"E01{number:06d}" for number in range(1, SIDE * SIDE + 1)])
SQUARES = np.array([shapely.box(x, y, x + 1000, y + 1000) for y in range(0, 6000, 1000) for x in range(0, 6000, 1000)])
__all__ = ["CODES", "SQUARES", "boundaries", "coverage", "dataset", "keep", "table"]


def dataset(identity: str, kind: str, geography: str = "lsoa2021", period: str = "2024", **more) -> Dataset:
    return Dataset(
        identity, identity, kind, geography, period, "nobody", "none", "", f"{identity}.csv", "made up",
        rows=len(CODES), checksum=identity, **more,
    )  # fmt: skip


def keep(store: Store, *readings: Reading) -> None:
    """Add readings as if they had come from files."""
    add(store, [Found(Path(r.dataset.filename), READY, "", "", reading=r) for r in readings])


def boundaries() -> Reading:
    """Six by six squares of a kilometre, the left half in one district and the right half in another."""
    half = np.array(["E06000001" if shapely.get_x(shapely.centroid(s)) < 3000 else "E06000002" for s in SQUARES])
    return Reading(
        dataset("boundaries.lsoa2021", "boundaries"),
        CODES,
        {"lad": half, "ladnm": np.where(half == "E06000001", "Westshire", "Eastshire")},
        names=np.char.add("Square ", CODES),
        lookups=(Lookup("district", "lad", "ladnm"),),
        geometry=shapely.to_wkb(SQUARES),
    )


def table(indicator: Indicator, codes: np.ndarray | None = None, **columns) -> Reading:
    """A table with one indicator; a column named `…_withheld` marks suppressed cells of the column before it."""
    withheld = {name[:-9]: mask for name, mask in columns.items() if name.endswith("_withheld")}
    values = {name: value for name, value in columns.items() if not name.endswith("_withheld")}
    return Reading(
        dataset(f"table.{indicator.id}.{indicator.period}", "indicator", indicator.geography, indicator.period),
        CODES if codes is None else codes,
        values,
        indicators=(indicator,),
        withheld=withheld,
    )


def residents(people: np.ndarray, year: str = "2024") -> Reading:
    indicator = Indicator(
        "population.residents", "Residents", "count", year, "lsoa2021", unit="residents", numerator="persons"
    )
    return table(indicator, persons=people)
