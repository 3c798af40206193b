"""`python -m tools.access DATA`: straight distances to general practices in Wiltshire against the published by road.

Draws docs/pictures/access-gp.png. DATA is the folder of published statistics.
"""

import argparse
import tempfile
from pathlib import Path

import numpy as np
import shapely

from jsna_desktop.areas import geography
from jsna_desktop.jobs import access, access_rows
from jsna_desktop.jobs.access_people import residents_of
from jsna_desktop.jobs.add import Hints, add, recognise
from jsna_desktop.jobs.measured_places import Choice
from jsna_desktop.jobs.outlines import Outlines
from jsna_desktop.jobs.progress import Progress
from jsna_desktop.jobs.reference import fill, find_council
from jsna_desktop.workspace import catalogue
from jsna_desktop.workspace.store import Store

PICTURE = Path(__file__).parents[2] / "docs" / "pictures" / "access-gp.png"
PUBLISHED = "iod2019_underlying.road_distance_to_a_gp_surgery_indicator_km"
FILES = (
    "postcodes/codepo_gb_wiltshire_areas.zip",
    "population/mid-2020-persons-lsoa-2011-single-year-of-age.csv.gz",
    "services/epraccur.csv",
    "indicators/IoD2019_underlying_indicators_lsoa11.csv.gz",
)


def draw(store: Store) -> None:
    """Outlines coloured by straight less published distance, km, with the practices of the file."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot
    from matplotlib.collections import PolyCollection

    made = access.reach(access.prepare(store, residents_of(store, Choice())), "gp")
    people = made.prepared.residents
    straight = access_rows.block_means(made)
    key, about = next(pair for pair in catalogue.keyed_indicators(store) if pair[1].id == PUBLISHED)
    assert about.value is not None
    at = geography.align(people.people.codes, catalogue.codes(store, key))
    published = np.where(at >= 0, catalogue.column(store, key, about.value)[at], np.nan)
    outlines = Outlines.of(store, people.people.geography)
    assert outlines is not None
    own = geography.align(outlines.codes, people.people.codes)
    parts, part_of = shapely.get_parts(outlines.shapes(np.arange(len(own))), return_index=True)
    figure, axes = pyplot.subplots(figsize=(7, 7.4), dpi=110)
    rings = [shapely.get_coordinates(shapely.get_exterior_ring(part)) for part in parts]
    drawn = PolyCollection(rings, cmap="RdBu_r", edgecolors="#888888", linewidths=0.3)
    drawn.set_array((straight - published)[own[part_of]])
    drawn.set_clim(-6, 6)
    axes.add_collection(drawn)
    places = made.services.places
    west, south, east, north = shapely.total_bounds(parts)
    axes.plot(*places.T, "k.", markersize=4)
    axes.set_xlim(west - 2000, east + 2000)
    axes.set_ylim(south - 2000, north + 2000)
    axes.set_aspect("equal")
    axes.set_axis_off()
    figure.colorbar(drawn, ax=axes, shrink=0.6, label="straight line less published road distance, km")
    figure.tight_layout()
    figure.savefig(PICTURE)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tools.access", description=__doc__)
    parser.add_argument("data", type=Path, metavar="DATA", help="the folder of published statistics")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, Store.create(Path(folder) / "wiltshire.jsna") as workspace:
        fill(workspace, find_council("Wiltshire"))
        add(workspace, recognise([options.data / name for name in FILES], workspace, Progress(), Hints()), Progress())
        draw(workspace)
