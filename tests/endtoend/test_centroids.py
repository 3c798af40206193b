"""Best fit by population-weighted centroids, from the files to the profile, on the demonstration county."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas
import numpy as np
import pandas as pd
import pytest
import shapely

from tests.endtoend.conftest import Said

Run = Callable[..., Said]
CENTRE = "centroids.lsoa2021"


@pytest.fixture
def county(demonstration: Path, tmp_path: Path) -> Path:
    copy = tmp_path / "county.jsna"
    shutil.copyfile(demonstration, copy)
    return copy


@pytest.fixture(scope="module")
def lsoas(demonstration: Path) -> Any:
    frame: Any = geopandas.read_file(next((demonstration.parent / "files").glob("Lower_layer*.gpkg")))
    return frame.set_index("LSOA21CD").sort_index()


@pytest.fixture(scope="module")
def centroids(demonstration: Path, lsoas: Any) -> Any:
    """The mean of the middles of each LSOA's output areas: these hold about as many residents each, by design."""
    files = demonstration.parent / "files"
    small: Any = geopandas.read_parquet(next(files.glob("Output_Areas*")))
    column = next(name for name in small.columns if name.upper() == "OA21CD")
    lookup: Any = pd.read_csv(next(files.glob("OA_2021_to*")), dtype=str).set_index("OA21CD")["LSOA21CD"]
    middles = small.representative_point()
    table: Any = pd.DataFrame({"LSOA21CD": lookup[small[column]].to_numpy(), "x": middles.x, "y": middles.y})
    table = table.groupby("LSOA21CD", as_index=False).mean()
    assert table["LSOA21CD"].tolist() == lsoas.index.tolist()
    return table


def best_fit(jsna: Run, county: Path) -> dict:
    """The profile of the drawn circle by best fit."""
    select = ("--locality", "Circle", "--indicator", "population.residents", "--method", "best-fit")
    return jsna("profile", county, *select, "--format", "json").json()


def test_a_place_gets_the_areas_whose_centroids_lie_in_it(
    jsna: Run, county: Path, tmp_path: Path, lsoas: Any, centroids: Any
) -> None:
    middle = shapely.Point(centroids["x"].median(), centroids["y"].median())
    circle = middle.buffer(4000)
    geopandas.GeoDataFrame({"name": ["Circle"]}, geometry=[circle], crs=27700).to_file(tmp_path / "circle.gpkg")
    jsna("localities", "add", county, tmp_path / "circle.gpkg", "--set", "Drawn")
    before = best_fit(jsna, county)

    # One area at the edge: most of its land is inside, its people are said to live where it is not.
    outlines = lsoas.geometry.to_numpy()
    share = shapely.area(shapely.intersection(outlines, circle)) / shapely.area(outlines)
    edge = int(np.argmax(np.where(share < 0.999, share, 0)))
    assert share[edge] > 0.5
    outside = shapely.point_on_surface(shapely.difference(outlines[edge], circle))
    moved = centroids.copy()
    moved.loc[edge, ["x", "y"]] = [outside.x, outside.y]
    moved.drop(index=len(moved) - 1).to_csv(tmp_path / "centroids.csv", index=False)
    added = jsna("add", county, tmp_path / "centroids.csv")
    assert added.code == 0, added.err
    assert f"population-weighted centroids: {len(moved) - 1} points, column LSOA21CD" in added.out
    told = next(d for d in jsna("show", county, "--json").json()["datasets"] if d["id"] == CENTRE)
    assert (told["kind"], told["geography"], told["fictional"]) == ("centroids", "lsoa2021", True)
    assert any("1 area of the boundaries has no centroid" in p["message"] for p in told["problems"])

    after = best_fit(jsna, county)
    inside = shapely.contains_xy(circle, moved["x"].to_numpy(), moved["y"].to_numpy())
    assert not inside[edge]
    assert not inside[-1]
    assert after["localities"][0]["blocks"] == int(inside.sum())
    assert after["localities"][0]["residents_in_cut_areas"] == 0
    # The weights that were kept by the older rule are not used again.
    assert after["rows"][0]["value"] != before["rows"][0]["value"]


def test_a_layer_of_points_is_the_same_as_the_table(jsna: Run, county: Path, tmp_path: Path, centroids: Any) -> None:
    places = geopandas.points_from_xy(centroids["x"], centroids["y"], crs=27700)
    geopandas.GeoDataFrame({"LSOA21CD": centroids["LSOA21CD"]}, geometry=places).to_file(tmp_path / "c.gpkg")
    assert jsna("add", county, tmp_path / "c.gpkg").code == 0
    assert jsna("add", county, tmp_path / "c.gpkg").out.count("already there") == 1
    told = next(d for d in jsna("show", county, "--json").json()["datasets"] if d["id"] == CENTRE)
    assert (told["rows"], told["problems"]) == (len(centroids), [])
