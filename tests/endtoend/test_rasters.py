"""What people breathe: a raster's value where they live, by the command line alone, against the files themselves."""

import csv
import io
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import rasterio
import shapely


def _where_people_live(files: Path, name: str) -> dict[str, float]:
    """The mean of a GeoTIFF at the postcodes of each LSOA, by pyogrio, csv and rasterio alone."""
    import pyogrio

    (outlines,) = files.glob("Lower*.gpkg")
    areas = pyogrio.read_dataframe(outlines)
    with zipfile.ZipFile(files / "codepo_fictional.zip") as packed:
        tables = [packed.read(member).decode() for member in packed.namelist() if member.endswith(".csv")]
    rows = [row for text in tables for row in csv.reader(io.StringIO(text)) if len(row) == 10 and row[2].isdigit()]
    at = np.array([[float(row[2]), float(row[3])] for row in rows])
    with rasterio.open(files / name) as file:
        values = np.array([value[0] for value in file.sample(at)], dtype=float)
    point, area = shapely.STRtree(areas.geometry.values).query(shapely.points(at), predicate="within")
    codes = areas["LSOA21CD"].to_numpy()
    return {codes[a]: float(values[point[area == a]].mean()) for a in np.unique(area)}


def test_the_air_where_people_live(jsna: Callable, demonstration: Path) -> None:
    rows = jsna("profile", demonstration, "--indicator", "raster.pm25", "--indicator", "population.residents",
                "--format", "json").json()["rows"]  # fmt: skip
    files = demonstration.parent / "files"
    truth = _where_people_live(files, "pm25_2023_fictional_100m.tif")
    with next(files.glob("*Community_Area*.csv")).open(encoding="utf-8-sig", newline="") as text:
        place = {
            row["LSOA21CD"]: name for row in csv.DictReader(text) for key, name in row.items() if key.endswith("NM")
        }
    air = {row["locality"]: row for row in rows if row["indicator"] == "raster.pm25"}
    assert set(air) == set(place.values())
    for name, row in air.items():
        own = [truth[code] for code in truth if place[code] == name]
        # Residents of the LSOAs differ by a half at most: the plain mean is near, and the value within its LSOAs.
        assert row["value"] == pytest.approx(np.mean(own), abs=0.2)
        assert min(own) < row["value"] < max(own)
        assert (row["unit"], row["polarity"], row["missing_share"]) == ("µg/m³", "low good", 0.0)
        assert "within each area by its live postcodes" in row["weighted_by"]
    listed = {one["id"]: one for one in jsna("show", demonstration, "--json").json()["indicators"]}
    assert (listed["raster.green"]["kind"], listed["raster.green"]["polarity"]) == ("modelled", "high good")
    assert listed["raster.pm25"]["geography"] == "lsoa2021"


def test_one_small_area_to_the_last_figure(jsna: Callable, demonstration: Path, tmp_path: Path) -> None:
    files = demonstration.parent / "files"
    truth = _where_people_live(files, "green_cover_2023_fictional_100m.tif")
    codes = sorted(truth)[:40]
    table = tmp_path / "areas.csv"
    table.write_text("LSOA21CD,place\n" + "".join(f"{code},{code}\n" for code in codes), encoding="utf-8")
    copy = shutil.copy(demonstration, tmp_path / "copy.jsna")
    assert jsna("localities", "add", copy, table, "--set", "Each", "--name-field", "place").code == 0
    rows = jsna("profile", copy, "--set", "Each", "--indicator", "raster.green", "--format", "json").json()["rows"]
    assert len(rows) == 40
    # A postcode within a metre of the edge speaks for no area; of these few have one.
    apart = np.array([row["value"] - truth[row["locality"]] for row in rows])
    assert np.median(np.abs(apart)) < 1e-6 and np.abs(apart).max() < 2


def test_mistakes_are_sentences(jsna: Callable, demonstration: Path, tmp_path: Path) -> None:
    copy = shutil.copy(demonstration, tmp_path / "copy.jsna")
    with rasterio.open(demonstration.parent / "files" / "pm25_2023_fictional_100m.tif") as file:
        cells, profile, place = file.read(1), file.profile, file.transform

    def write(name: str, values: np.ndarray, **more) -> Path:
        path = tmp_path / name
        with rasterio.open(path, "w", **{**profile, **more}) as made:
            made.write(values.astype(profile["dtype"]), 1)
        return path

    nothing = jsna("add", copy, write("noise_2023.tif", np.full_like(cells, -9999)))
    assert nothing.code == 3 and "no cell of the raster has a value" in nothing.err
    nowhere = jsna(
        "add", copy, write("noise_a.tif", cells, transform=rasterio.Affine(100, 0, 5e7, 0, -100, 5e7), crs=None)
    )
    assert nowhere.code == 3 and "noise_a.tif" in nowhere.err
    # A coordinate system that is not said but can be no other; another unit is carried, never guessed at.
    assert jsna("add", copy, write("noise_2022.tif", cells, crs=None, transform=place)).code == 0
    (row, *_) = jsna("profile", copy, "--indicator", "raster.noise", "--format", "json").json()["rows"]
    assert row["period"] == "2022" and row["unit"] == "" and row["polarity"] == "low good"
    said = jsna("profile", copy, "--indicator", "raster.nois")
    assert said.code == 2 and "raster.noise" in said.err
