"""Weights of drawn places from what a workspace holds: the default, every method, the range, and a line as it moves."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import shapely

from jsna_desktop.areas.locality import Locality
from jsna_desktop.errors import UsageProblem
from jsna_desktop.jobs.drag import Drag, moved_between
from jsna_desktop.jobs.figures import load_figures
from jsna_desktop.jobs.outlines import Outlines
from jsna_desktop.jobs.profile import profile_of_shape
from jsna_desktop.jobs.weights import Weighing, weights_for
from jsna_desktop.sources.dataset import Grid, Reading
from jsna_desktop.workspace.store import Store
from tests import worlds

# Half of the first square, and all of the next two.
LINE = shapely.box(500, 0, 3000, 1000)
PEOPLE = np.full(len(worlds.CODES), 1000.0)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.create(tmp_path / "world.jsna") as made:
        worlds.keep(made, worlds.boundaries(), worlds.residents(PEOPLE))
        yield made


def postcodes(name: str, places: dict[str, tuple[float, float]]) -> Reading:
    about = worlds.dataset(name, "postcodes", "")
    at = np.array(list(places.values()))
    return Reading(about, np.array(list(places)), {"easting": at[:, 0], "northing": at[:, 1]})


def grid(people: np.ndarray) -> Reading:
    """Cells of 500 m over the six kilometres."""
    about = worlds.dataset("raster.population", "raster", "")
    cells = Grid((500.0, 0.0, 0.0, 0.0, -500.0, 6000.0), people.shape, 256, "people", {(0, 0): people})
    return Reading(about, np.empty(0, "U1"), {}, grid=cells)


def first_share(store: Store, method: str | None = None) -> tuple[float, str]:
    place = Locality(0, "A", "", "polygon", shape=LINE)
    made = weights_for(store, [place], "lsoa2021", worlds.CODES, method)
    return float(made.matrix.toarray()[0, 0]), made.methods[0]


def test_without_postcodes_cut_areas_go_by_their_land(store: Store) -> None:
    assert first_share(store) == (0.5, "area")
    with pytest.raises(UsageProblem, match="no postcodes"):
        first_share(store, "postcodes")
    with pytest.raises(UsageProblem, match="no population grid"):
        first_share(store, "dasymetric")


def test_postcodes_of_every_file_are_the_default_the_later_file_first(store: Store) -> None:
    worlds.keep(store, postcodes("old", {"AA1 1AA": (100, 500), "AA1 1AB": (200, 500), "AA1 1AC": (600, 500)}))
    assert first_share(store) == (pytest.approx(1 / 3), "postcodes")
    # The later file moves one of them over the line, and knows one more; the others stay.
    worlds.keep(store, postcodes("new", {"AA11AB": (700, 500), "AA1 1AD": (800, 500)}))
    assert first_share(store) == (0.75, "postcodes")


def test_kept_weights_are_made_again_when_postcodes_are_added(store: Store) -> None:
    from jsna_desktop.jobs.localities import add_polygon, localities

    add_polygon(store, "Places", "A", LINE)
    place = localities(store)
    worlds.keep(store, postcodes("old", {"AA1 1AA": (100, 500), "AA1 1AC": (600, 500)}))
    before = weights_for(store, place, "lsoa2021", worlds.CODES).matrix.toarray()[0, 0]
    worlds.keep(store, postcodes("new", {"AA1 1AD": (800, 500), "AA1 1AE": (900, 500)}))
    after = weights_for(store, place, "lsoa2021", worlds.CODES).matrix.toarray()[0, 0]
    assert (before, after) == (0.5, 0.75)


def test_a_population_grid_shares_out_by_its_people(store: Store) -> None:
    people = np.zeros((12, 12))
    people[10:12, 0], people[10:12, 1] = 10.0, 30.0
    worlds.keep(store, grid(people))
    assert first_share(store, "dasymetric") == (0.75, "dasymetric")
    outlines = Outlines.of(store, "lsoa2021")
    assert outlines is not None
    assert outlines.methods == ("area", "best-fit", "dasymetric")


def test_residents_their_cut_and_their_range_over_every_method(store: Store) -> None:
    people = np.zeros((12, 12))
    people[10:12, 0], people[10:12, 1] = 10.0, 90.0
    worlds.keep(store, postcodes("old", {"AA1 1AA": (100, 500), "AA1 1AB": (200, 500), "AA1 1AC": (600, 500)}))
    worlds.keep(store, grid(people))
    told = profile_of_shape(load_figures(store), LINE).summaries[0]
    assert told.residents == pytest.approx(2000 + 1000 / 3)
    assert told.residents_cut == pytest.approx(1000 / 3)
    # Best fit goes by the mean of the postcodes, which lies outside; the grid has nine tenths inside.
    assert told.residents_range == (pytest.approx(2000), pytest.approx(2900))


def test_a_line_that_moves_has_at_each_step_the_weights_it_has_alone(store: Store) -> None:
    draws = np.random.default_rng(7)
    at = draws.uniform(0, 6000, (400, 2)).round()
    worlds.keep(
        store, postcodes("all", {f"AA{n // 100} {n // 10 % 10}A{chr(65 + n % 10)}": tuple(p) for n, p in enumerate(at)})
    )
    worlds.keep(store, grid(draws.uniform(0, 20, (12, 12))))
    corners = np.array([[900.0, 900], [3000, 400], [5100, 1200], [5400, 4400], [2800, 5300], [700, 4600]])
    drag, alone = Drag(store), Weighing(store)
    for step in range(40):
        if step == 12:
            corners = np.insert(corners, 3, [5300.0, 2500.0], axis=0)
        elif step == 25:
            corners = np.delete(corners, 1, axis=0)
        else:
            corners[draws.integers(len(corners))] += draws.uniform(-250, 250, 2)
        hole = shapely.box(2500, 2500, 3100 + 10 * step, 3200)
        shape = shapely.Polygon(corners).difference(hole) if step > 30 else shapely.Polygon(corners)
        place = [Locality(0, "A", "", "polygon", shape=shape)]
        for method in drag.methods("lsoa2021"):
            moved = drag.weights(place, "lsoa2021", worlds.CODES, method).matrix.toarray()
            np.testing.assert_array_equal(
                moved, alone.weights(place, "lsoa2021", worlds.CODES, method).matrix.toarray()
            )


def test_what_moved_lies_in_its_box() -> None:
    draws = np.random.default_rng(5)
    corners = np.column_stack([np.cos(np.arange(24) / 24 * 2 * np.pi), np.sin(np.arange(24) / 24 * 2 * np.pi)]) * 1000
    for _ in range(200):
        place, kind = draws.integers(24), draws.integers(3)
        changed = corners.copy()
        if kind == 0:
            changed[place] *= draws.uniform(0.7, 1.3)
        elif kind == 1:
            changed = np.insert(changed, place, changed[place] * 1.1 + 3.0, axis=0)
        else:
            changed = np.delete(changed, place, axis=0)
        old, new = shapely.Polygon(corners), shapely.make_valid(shapely.Polygon(changed))
        if new.geom_type != "Polygon":
            continue
        box = shapely.box(*moved_between(old, new))
        assert shapely.area(shapely.difference(shapely.symmetric_difference(old, new), box)) < 1e-6
