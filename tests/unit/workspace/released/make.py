"""Write a workspace of today's schema with something in every table: python -m tests.unit.workspace.released.make"""

from dataclasses import replace
from pathlib import Path

import numpy as np
import shapely

from jsna_desktop.jobs.add import READY, Found, add
from jsna_desktop.jobs.figures import load_figures
from jsna_desktop.jobs.localities import add_polygon, add_selection, localities
from jsna_desktop.jobs.profile import profile
from jsna_desktop.sources.dataset import Grid, Reading
from jsna_desktop.workspace.store import SCHEMA, Store
from tests.worlds import CODES, boundaries, dataset, keep, residents

HERE = Path(__file__).parent


def fill(store: Store) -> None:
    """The six by six squares with residents, places, a raster, a road, a replaced dataset and a column map."""
    roads = Reading(
        dataset("roads", "roads", ""),
        np.array(["links"]),
        tables={"links": {"start": np.arange(3, dtype=np.int32), "length": np.array([10.5, 20, 30], dtype=np.float32)}},
    )
    heights = Grid((1000, 0, 0, 0, -1000, 6000), (2, 2), 2, "m", {(0, 0): np.array([[1.0, 2], [3, np.nan]])})
    raster = Reading(dataset("raster.heights", "raster", ""), np.array(["cells"]), grid=heights)
    keep(store, boundaries(), residents(np.arange(36.0)), roads, raster)
    newer = residents(np.arange(36.0) + 1)
    newer = replace(newer, dataset=replace(newer.dataset, checksum="newer"))
    add(store, [Found(Path("newer.csv"), READY, "", "", reading=newer)], replacing={"newer"})
    add_selection(store, "Towns", "North", "lsoa2021", CODES[30:])
    add_polygon(store, "Towns", "Drawn", shapely.box(500, 500, 2500, 2500))
    places = localities(store)
    profile(load_figures(store), places)  # keeps the weights
    with store.transaction():
        store.run(
            "INSERT INTO ledger VALUES (1, ?, ?, ?, ?, ?, 1, NULL)",
            ["2026-11-25T00:00:00", '["sum", "events.all"]', "North", b"", b""],
        )
        store.run(
            "INSERT INTO scenario VALUES (?, ?, ?, ?, ?)",
            ["A hub closes", "hub", '{"close": [], "open": []}', "2026-11-25T00:00:00", "officer"],
        )
        store.run(
            "INSERT INTO column_map VALUES (?, ?, ?, ?, ?)",
            ["area,rate", "indicator", "lsoa2021", '{"area_code": "Area", "value": "Rate"}', "2026-11-25T00:00:00"],
        )


def main() -> None:
    path = HERE / f"schema{SCHEMA}.jsna"
    with Store.create(path, "Released") as store:
        fill(store)
        empty = [
            name for (name,) in store.all("SELECT name FROM sqlite_master WHERE type = 'table'") if _empty(store, name)
        ]
    if empty:
        path.unlink()
        raise SystemExit(f"nothing is in {', '.join(empty)}: fill these too")
    print(f"Wrote {path}")


def _empty(store: Store, table: str) -> bool:
    return not store.one(f"SELECT count(*) FROM {table}")[0]


if __name__ == "__main__":
    main()
