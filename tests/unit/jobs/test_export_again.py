"""What is exported is read back as it was: GeoPackage, GeoJSON, and the list of blocks and weights."""

import csv
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import shapely

from jsna_desktop.areas.locality import Locality
from jsna_desktop.errors import FileProblem, UsageProblem
from jsna_desktop.jobs import localities as job
from jsna_desktop.jobs.export import export, export_localities
from jsna_desktop.jobs.import_localities import import_file
from jsna_desktop.jobs.people import People
from jsna_desktop.sources.dataset import Reading
from jsna_desktop.workspace.store import Store
from tests.worlds import CODES, SQUARES, boundaries, dataset, keep, residents

# Longitudes and latitudes go to the grid and back to the millimetre in Great Britain alone.
WILTSHIRE = np.array([400_000, 160_000])


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.create(tmp_path / "world.jsna") as made:
        here = replace(boundaries(), geometry=shapely.to_wkb(shapely.transform(SQUARES, lambda xy: xy + WILTSHIRE)))
        keep(made, here, residents(np.arange(1000.0, 1036.0)))
        job.add_selection(made, "Towns", "=North", "lsoa2021", CODES[30:])
        # A long line of awkward numbers, with a hole and an island.
        turns = np.linspace(0, 2 * np.pi, 200, endpoint=False)
        rim = np.column_stack([3000 + 2000 * np.cos(turns) / 0.99, 2500 + 1900 * np.sin(turns)])
        drawn = shapely.Polygon(rim, [shapely.box(2900.1, 2400.3, 3100.7, 2600.9).exterior])
        shape = drawn.union(shapely.box(5300.5, 5300.5, 5800.25, 5800.125))
        shape, small = shapely.transform([shape, shapely.box(10.1, 20.2, 30.3, 40.4)], lambda xy: xy + WILTSHIRE)
        job.add_polygon(made, "Hills", "Ring", shape, "H1")
        job.add_polygon(made, "Towns", "Ring", small)
        yield made


def there(store: Store) -> dict[tuple[str, str], Locality]:
    return {(place.set, place.name): place for place in job.localities(store)}


@pytest.mark.parametrize("ending", [".gpkg", ".geojson", ".csv"])
def test_what_is_exported_comes_back_as_it_was(store: Store, tmp_path: Path, ending: str) -> None:
    before = there(store)
    people = People.of(store)
    assert people is not None
    weights = people.weights(list(before.values())).matrix.toarray()
    path = tmp_path / f"places{ending}"
    export_localities(store, list(before.values()), path)
    for place in before.values():
        job.remove(store, place.id)
    made = import_file(store, path)
    assert made.made == 3
    after = there(store)
    assert set(after) == set(before)
    for key, place in before.items():
        again = after[key]
        assert (again.kind, again.geography, again.code) == (place.kind, place.geography, place.code)
        if place.blocks is None:
            assert again.blocks is None
        else:
            assert again.blocks is not None and again.blocks.tolist() == place.blocks.tolist()
        assert again.shape is not None and place.shape is not None
        apart = shapely.hausdorff_distance(again.shape, place.shape)
        assert apart < 0.001 if ending == ".geojson" else shapely.equals(again.shape, place.shape)
    found = people.weights([after[key] for key in before]).matrix.toarray()
    np.testing.assert_allclose(found, weights, atol=1e-5 if ending == ".geojson" else 1e-12)


def test_the_list_says_by_what_it_was_made(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "weights.csv"
    export(store, job.localities(store), path, ["lsoa2021"], ["area", "best-fit"])
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    ring = [row for row in rows if row["locality"] == "Ring" and row["set"] == "Hills"]
    assert {row["method"] for row in ring} - {""} == {"area", "best-fit"}
    assert {row["checksum"] for row in ring if row["method"] == "area"} == {"boundaries.lsoa2021"}
    assert {row["boundaries"] for row in ring if row["method"]} == {"boundaries.lsoa2021, 2024"}
    north = [row for row in rows if row["locality"] == "'=North"]
    assert [(row["area_code"], row["weight"], row["method"]) for row in north] == [
        (code, "1.0", "blocks") for code in CODES[30:]
    ]
    assert all(len(row["outline"]) <= 900 for row in rows)


def test_a_drawn_shape_says_the_method_that_its_figures_are_by(store: Store, tmp_path: Path) -> None:
    import geopandas

    def told(name: str) -> dict[str, str]:
        export(store, job.localities(store), tmp_path / name)
        read = geopandas.read_file(tmp_path / name)
        return dict(zip(read["kind"], read["method"], strict=True))

    assert told("before.gpkg") == {"polygon": "area", "selection": "blocks"}
    middles = shapely.get_coordinates(shapely.centroid(SQUARES)) + WILTSHIRE
    at = {"easting": middles[:, 0], "northing": middles[:, 1]}
    names = np.array([f"AA{n} 1AA" for n in range(36)])
    keep(store, Reading(dataset("postcodes", "postcodes", ""), names, at))
    assert told("after.geojson") == {"polygon": "postcodes", "selection": "blocks"}


def test_what_cannot_be_asked_is_refused(store: Store, tmp_path: Path) -> None:
    places = job.localities(store)
    with pytest.raises(UsageProblem, match="nothing on"):
        export(store, places, tmp_path / "a.csv", ["oa2021"])
    with pytest.raises(UsageProblem, match="list of weights"):
        export(store, places, tmp_path / "a.gpkg", ["lsoa2021"])
    assert not (tmp_path / "a.csv").exists()


@pytest.mark.parametrize(
    ("column", "cell", "said"),
    [
        ("kind", "circle", "as it was exported"), ("weight", "0.5", "other than 1"), ("area_code", "=1+1", "exported"),
        ("made_of", "lsoa1066", "exported"),
    ],
)  # fmt: skip
def test_a_list_that_somebody_changed_is_refused(
    store: Store, tmp_path: Path, column: str, cell: str, said: str
) -> None:
    path = tmp_path / "weights.csv"
    export_localities(store, [place for place in job.localities(store) if place.blocks is not None], path)
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    rows[0][column] = cell
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    before = len(job.localities(store))
    with pytest.raises(FileProblem, match=said):
        import_file(store, path)
    assert len(job.localities(store)) == before


def test_an_outline_with_rows_taken_out_is_refused(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "weights.csv"
    export_localities(store, [place for place in job.localities(store) if place.code == "H1"], path)
    lines = path.read_text("utf-8").splitlines()
    path.write_text("\n".join([lines[0], *lines[2:]]), "utf-8")
    with pytest.raises(FileProblem, match="as it was exported"):
        import_file(store, path)
