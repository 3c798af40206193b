"""What people breathe: a raster's value where they live, by the command line alone, against the files themselves."""

import csv
import io
import json
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import rasterio
import rasterio.features
import shapely
from rasterio.transform import from_bounds


def _where_people_live(files: Path, name: str, number: int | None = None) -> dict[str, float]:
    """The mean of a GeoTIFF at the postcodes of each LSOA, by pyogrio, csv and rasterio alone; with a `number` the

    share (%) of them on its cells.
    """
    import pyogrio

    (outlines,) = files.glob("Lower*.gpkg")
    areas = pyogrio.read_dataframe(outlines)
    with zipfile.ZipFile(files / "codepo_fictional.zip") as packed:
        tables = [packed.read(member).decode() for member in packed.namelist() if member.endswith(".csv")]
    rows = [row for text in tables for row in csv.reader(io.StringIO(text)) if len(row) == 10 and row[2].isdigit()]
    at = np.array([[float(row[2]), float(row[3])] for row in rows])
    with rasterio.open(files / name) as file:
        values = np.array([value[0] for value in file.sample(at)], dtype=float)
    if number is not None:
        values = 100.0 * (values == number)
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


def _write(folder: Path, name: str, cells: np.ndarray, like: Path, **more) -> Path:
    """Cells over the extent of another GeoTIFF."""
    with rasterio.open(like) as file:
        west, south, east, north = file.bounds
    about = {"crs": 27700, "transform": from_bounds(west, south, east, north, cells.shape[1], cells.shape[0])} | more
    tags, path = about.pop("tags", {}), folder / name
    with rasterio.open(
        path, "w", driver="GTiff", count=1, height=cells.shape[0], width=cells.shape[1], dtype=cells.dtype.name, **about
    ) as made:
        made.write(cells, 1)
        made.update_tags(1, **tags)
    return path


def test_who_lives_where_a_river_may_flood(jsna: Callable, demonstration: Path, tmp_path: Path) -> None:
    """Zones along the demonstration county's river, in cells of 50 m, named in the file."""
    files = shutil.copytree(demonstration.parent / "files", tmp_path / "files")
    river = shapely.LineString(json.loads((files / "truth.json").read_text(encoding="utf-8"))["roads"]["river"])
    like = files / "pm25_2023_fictional_100m.tif"
    with rasterio.open(like) as file:
        west, south, east, north = file.bounds
    rows, columns = int((north - south) / 50), int((east - west) / 50)
    place = from_bounds(west, south, east, north, columns, rows)
    zones = np.zeros((rows, columns), dtype=np.uint8)
    for zone, metres in ((2, 800), (3, 300)):
        zones[~rasterio.features.geometry_mask([river.buffer(metres)], zones.shape, place)] = zone
    path = _write(files, "flood_zones_2024.tif", zones, like, tags={"CLASS_2": "Zone 2", "CLASS_3": "Zone 3"})
    copy = shutil.copy(demonstration, tmp_path / "copy.jsna")
    assert jsna("add", copy, path).code == 0
    listed = {one["id"]: one for one in jsna("show", copy, "--json").json()["indicators"]}
    assert listed["raster.flood.zone_3"]["name"] == "Flood risk: Zone 3 (share of residents)"
    assert (listed["raster.flood.zone_2"]["kind"], listed["raster.flood.zone_2"]["unit"]) == ("modelled", "%")
    truth = _where_people_live(files, "flood_zones_2024.tif", 3)
    codes = sorted(truth, key=lambda code: -truth[code])[:30] + sorted(truth)[:10]
    table = tmp_path / "areas.csv"
    table.write_text("LSOA21CD,place\n" + "".join(f"{code},{code}\n" for code in set(codes)), encoding="utf-8")
    assert jsna("localities", "add", copy, table, "--set", "Each", "--name-field", "place").code == 0
    rows = jsna(
        "profile", copy, "--set", "Each", "--indicator", "raster.flood.zone_3", "--format", "json"
    ).json()["rows"]  # fmt: skip
    apart = np.array([row["value"] - truth[row["locality"]] for row in rows])
    # A postcode within a metre of the edge speaks for no area; of these few have one.
    assert len(rows) == len(set(codes)) and max(row["value"] for row in rows) > 50
    assert np.median(np.abs(apart)) < 1e-6 and np.abs(apart).max() < 8


def test_classes_that_give_no_shares(jsna: Callable, demonstration: Path, tmp_path: Path) -> None:
    copy = shutil.copy(demonstration, tmp_path / "copy.jsna")
    like = demonstration.parent / "files" / "pm25_2023_fictional_100m.tif"
    kinds = np.random.default_rng(1).integers(1, 20, (400, 400)).astype(np.uint8)
    many = jsna("add", copy, _write(tmp_path, "land.tif", kinds, like))
    assert many.code == 0 and "19 classes" in many.out + many.err and "at most 12" in many.out + many.err
    without = jsna("add", copy, _write(tmp_path, "noise_bands.tif", kinds // 5, like, crs=None))
    assert without.code == 0 and "British National Grid" in without.out + without.err
    listed = [one["id"] for one in jsna("show", copy, "--json").json()["indicators"]]
    assert "raster.noise.class_3" in listed and not [one for one in listed if one.startswith("raster.land")]


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
