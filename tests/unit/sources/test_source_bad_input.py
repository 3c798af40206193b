"""What folders hold besides good files: each gets a clear message or a recorded problem, never a traceback."""

import gzip
import json
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import geopandas
import numpy as np
import pytest

from jsna_desktop.errors import FileProblem, UsageProblem, UserError
from jsna_desktop.sources import read
from jsna_desktop.sources.dataset import Reading

Squares = Callable[..., geopandas.GeoDataFrame]

Table = Callable[..., Reading]
INDICATOR = "area_code,indicator,period,numerator,denominator\n"


def refused(path: Path, *words: str, **options: object) -> None:
    with pytest.raises(FileProblem) as error:
        read(path, **options)  # type: ignore[arg-type]
    message = str(error.value)
    assert path.name in message
    for word in words:
        assert word in message


def write(path: Path, content: str | bytes) -> Path:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def test_an_empty_file(tmp_path: Path) -> None:
    refused(write(tmp_path / "a.csv", ""), "empty")


def test_a_missing_file(tmp_path: Path) -> None:
    refused(tmp_path / "gone.csv", "no such file")


def test_a_folder(tmp_path: Path) -> None:
    refused(tmp_path, "folder")


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"%PDF-1.7 and so on", "PDF"),
        (b"\x89PNG\r\n", "picture"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", ".xls"),
        (b"<!DOCTYPE html><html><body>Sign in</body></html>", "web page"),
        (b"\x00\x01\x02\x03" * 50, "no file of a kind"),
        (b"SQLite format 3\x00" + b"\x00" * 100, "workspace"),
        (b"Dear all,\nplease find attached the minutes.\n", "no kind of file that is known"),
        (
            b"# A place of lakes\n\nIts output areas, lakes and hills\nare invented, all of them\n",
            "no kind of file that is known",
        ),
        (b"make,model\nFord,Escort\n", "make, model"),
        (b"PAR1 this is not one", "damaged"),
        (b"PK\x03\x04 half a zip", "damaged"),
        (b"\x1f\x8b\x08\x00 half a gz", "damaged"),
        (b'{"type": "FeatureCollection", "features": [', "damaged"),
        (b'{"some": "settings"}', "damaged"),
    ],
)
def test_a_wrong_kind(tmp_path: Path, content: bytes, word: str) -> None:
    refused(write(tmp_path / "a.dat", content), word)


def test_a_zip_cut_short(squares: Squares, tmp_path: Path) -> None:
    whole = tmp_path / "whole.zip"
    squares(["E01000001", "E01000002"]).to_file(tmp_path / "s.shp")
    with zipfile.ZipFile(whole, "w") as archive:
        for part in tmp_path.glob("s.*"):
            archive.write(part, part.name)
    refused(write(tmp_path / "short.zip", whole.read_bytes()[:-200]), "damaged or cut short")


def test_a_geojson_cut_short(squares: Squares, tmp_path: Path) -> None:
    whole = tmp_path / "whole.geojson"
    squares([f"E0100000{i}" for i in range(1, 9)], crs="EPSG:4326").to_file(whole)
    refused(write(tmp_path / "short.geojson", whole.read_bytes()[:-400]), "damaged or cut short")


def test_a_gz_cut_short(tmp_path: Path) -> None:
    whole = gzip.compress((INDICATOR + "E01000001,smoking,2024,1,2\n" * 5000).encode())
    refused(write(tmp_path / "short.csv.gz", whole[:-40]), "damaged")


@pytest.mark.parametrize("part", ["shx", "dbf"])
def test_a_shapefile_without_a_part(squares: Squares, tmp_path: Path, part: str) -> None:
    squares(["E01000001", "E01000002"]).to_file(tmp_path / "s.shp")
    (tmp_path / f"s.{part}").unlink()
    refused(tmp_path / "s.shp", f".{part}", "beside it")


def test_a_zipped_shapefile_without_its_index(squares: Squares, tmp_path: Path) -> None:
    squares(["E01000001", "E01000002"]).to_file(tmp_path / "s.shp")
    with zipfile.ZipFile(tmp_path / "z.zip", "w") as archive:
        for end in ("shp", "dbf", "prj"):
            archive.write(tmp_path / f"s.{end}", f"s.{end}")
    refused(tmp_path / "z.zip", ".shx")


def test_a_part_of_a_shapefile_alone(squares: Squares, tmp_path: Path) -> None:
    squares(["E01000001"]).to_file(tmp_path / "s.shp")
    refused(tmp_path / "s.dbf", "one part of a shapefile", "s.shp")
    refused(tmp_path / "s.shx", "one part of a shapefile")
    (tmp_path / "s.dbf").rename(tmp_path / "land.tif.vat.dbf")
    refused(tmp_path / "land.tif.vat.dbf", "table of a raster’s classes", "Choose land.tif:")


def test_no_coordinate_system_in_metres(squares: Squares, tmp_path: Path) -> None:
    squares(["E01000001", "E01000002"], crs=None).to_file(tmp_path / "s.shp")
    (tmp_path / "s.prj").unlink(missing_ok=True)
    found = read(tmp_path / "s.shp")
    assert "does not say its coordinate system" in found.dataset.problems[0].message
    assert found.geometry is not None
    assert _bounds(found)[0] == pytest.approx(400_000)


def test_longitude_and_latitude_without_saying_so(squares: Squares, tmp_path: Path) -> None:
    degrees = squares(["E01000001", "E01000002"], crs="EPSG:4326")
    degrees.set_crs(None, allow_override=True).to_file(tmp_path / "s.shp")
    found = read(tmp_path / "s.shp")
    assert "taken as longitude and latitude" in found.dataset.problems[0].message
    assert _bounds(found)[0] == pytest.approx(400_000, abs=0.01)


def test_longitude_and_latitude_that_claim_to_be_metres(squares: Squares, tmp_path: Path) -> None:
    degrees = squares(["E01000001", "E01000002"], crs="EPSG:4326")
    degrees.set_crs("EPSG:27700", allow_override=True).to_file(tmp_path / "s.gpkg", engine="pyogrio")
    found = read(tmp_path / "s.gpkg")
    assert "holds longitudes and latitudes" in found.dataset.problems[0].message
    assert _bounds(found)[:2] == pytest.approx([400_000, 200_000], abs=0.01)


def test_metres_in_a_geojson_that_says_nothing(tmp_path: Path) -> None:
    square = [[[4e5, 2e5], [4.01e5, 2e5], [4.01e5, 2.01e5], [4e5, 2e5]]]
    feature = {
        "type": "Feature",
        "properties": {"LSOA21CD": "E01000001"},
        "geometry": {"type": "Polygon", "coordinates": square},
    }
    path = write(tmp_path / "m.geojson", json.dumps({"type": "FeatureCollection", "features": [feature]}))
    found = read(path)
    assert "holds metres" in found.dataset.problems[0].message
    assert _bounds(found)[0] == 400_000


def test_shapes_in_another_country(squares: Squares, tmp_path: Path) -> None:
    frame = squares(["E01000001"], crs="EPSG:4326")
    frame.geometry = frame.translate(30, 0)
    frame.to_file(tmp_path / "far.gpkg")
    refused(tmp_path / "far.gpkg", "do not lie in Great Britain")


def test_duplicate_codes_in_boundaries_name_code_and_features(squares: Squares, tmp_path: Path) -> None:
    squares(["E01000001", "E01000002", "E01000001"]).to_file(tmp_path / "d.gpkg")
    refused(tmp_path / "d.gpkg", "E01000001", "features 1 and 3")


def test_duplicate_codes_in_a_table_name_code_and_rows(tmp_path: Path) -> None:
    rows = "E01000001,smoking,2024,1,10\nE01000002,smoking,2024,1,10\nE01000001,smoking,2024,3,10\n"
    refused(write(tmp_path / "d.csv", INDICATOR + rows), "E01000001", "rows 2 and 4", "smoking")


def test_codes_of_no_known_kind_are_recorded(table: Table) -> None:
    found = table(INDICATOR + "E01000001,a,2024,1,10\nE01000002,a,2024,1,10\nE0100003,a,2024,1,10\n")
    problem = next(p for p in found.dataset.problems if "unknown kind" in p.message)
    assert problem.rows == 1
    assert "row 4: E0100003" in problem.examples


@pytest.mark.parametrize(("mark", "suppressed"), [("*", True), ("[c]", True), ("..", False), ("-", False)])
def test_marks_are_missing_and_never_zero(table: Table, mark: str, suppressed: bool) -> None:
    found = table(INDICATOR + f"E01000001,a,2024,{mark},10\nE01000002,a,2024,4,10\n")
    column = found.indicators[0].numerator
    assert column is not None
    np.testing.assert_array_equal(found.columns[column], [np.nan, 4])
    assert (column in found.withheld) == suppressed
    if suppressed:
        assert found.withheld[column].tolist() == [True, False]


def test_thousands_separators(table: Table) -> None:
    found = table(INDICATOR + 'E01000001,a,2024,"1,234","12,345"\n')
    assert found.columns[found.indicators[0].numerator or ""].tolist() == [1234]


def test_cp1252(table: Table) -> None:
    text = "area_code,indicator,period,value,kind,name\nE01000001,rent,2024,£950,score,Rent – in £\n"
    found = table(text.encode("cp1252"))
    assert found.indicators[0].name == "Rent – in £"
    assert found.columns[found.indicators[0].value or ""].tolist() == [950]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_byte_order_marks(table: Table, encoding: str) -> None:
    found = table((INDICATOR + "E01000001,a,2024,1,10\n").encode(encoding))
    assert found.codes.tolist() == ["E01000001"]


def test_a_total_row_is_left_out_and_said(table: Table) -> None:
    found = table(INDICATOR + "E01000001,a,2024,1,10\nTotal,a,2024,1,10\n")
    assert found.codes.tolist() == ["E01000001"]
    assert any("total row" in p.message and p.examples == ("row 3: TOTAL",) for p in found.dataset.problems)


def test_a_row_for_the_nation_is_kept_as_a_comparator(table: Table) -> None:
    found = table(INDICATOR + "E01000001,a,2024,1,10\nE01000002,a,2024,1,10\nE92000001,a,2024,900,9000\n")
    assert "E92000001" in found.codes
    assert found.dataset.geography == "lsoa"
    assert not found.dataset.problems


def test_welsh_codes_in_an_english_index_are_recorded(samples: Path, tmp_path: Path) -> None:
    text = (samples / "file_7.csv").read_text().replace("X01000004", "W01000004").replace("X0", "E0")
    found = read(write(tmp_path / "f.csv", text))
    assert any("Wales" in p.message and p.rows == 1 for p in found.dataset.problems)
    assert "W01000004" in found.codes


def test_text_where_most_cells_should_be_numbers(tmp_path: Path) -> None:
    path = write(tmp_path / "t.csv", INDICATOR + "E01000001,a,2024,many,10\nE01000002,a,2024,few,10\n")
    refused(path, "row 2", "numerator", "many")


def test_one_word_among_numbers_is_recorded_with_its_row(table: Table) -> None:
    found = table(INDICATOR + "".join(f"E0100000{i},a,2024,{i if i != 3 else 'three'},10\n" for i in range(1, 9)))
    problem = next(p for p in found.dataset.problems if "text where a number" in p.message)
    assert problem.examples == ("row 4: “three”",)


def test_a_heading_without_rows(tmp_path: Path) -> None:
    refused(write(tmp_path / "h.csv", INDICATOR), "no rows")


def test_two_columns_of_one_name(tmp_path: Path) -> None:
    text = "area_code,indicator,period,numerator,denominator,numerator\nE01000001,a,2024,1,2,3\n"
    refused(write(tmp_path / "h.csv", text), "two columns", "numerator")


def test_a_column_map_renames_and_a_wrong_one_is_said(tmp_path: Path) -> None:
    text = "Area,indicator,period,Smokers,denominator\nE01000001,a,2024,1,2\n"
    path = write(tmp_path / "m.csv", text)
    found = read(path, column_map={"area_code": "Area", "numerator": "Smokers"})
    assert found.codes.tolist() == ["E01000001"]
    with pytest.raises(UsageProblem, match="Place"):
        read(path, column_map={"area_code": "Place"})


def test_a_kind_that_the_file_is_not(samples: Path) -> None:
    refused(samples / "file_7.csv", "cannot be read as postcodes", kind="postcodes")
    with pytest.raises(UsageProblem, match="no kind"):
        read(samples / "file_7.csv", kind="poetry")


def test_a_geography_that_the_codes_are_not(tmp_path: Path) -> None:
    path = write(tmp_path / "g.csv", INDICATOR + "E01000001,a,2024,1,2\n")
    refused(path, "MSOA 2021", geography="msoa2021")
    assert read(path, geography="lsoa2021").dataset.geography == "lsoa2021"


def test_the_name_of_a_file_says_nothing(samples: Path, tmp_path: Path) -> None:
    shutil.copy(samples / "mid_year.csv.gz", tmp_path / "holiday.jpg")
    assert read(tmp_path / "holiday.jpg").dataset.kind == "population"


def _bounds(found: Reading) -> list[float]:
    import shapely

    return shapely.total_bounds(shapely.from_wkb(found.geometry)).tolist()


@pytest.mark.parametrize(
    "name", ["file_7.csv", "mid_year.csv.gz", "occupancy.csv", "epraccur.csv", "qx.csv", "b.gpkg", "b.geojson"]
)
def test_files_broken_anywhere_are_read_or_refused(samples: Path, tmp_path: Path, squares: Squares, name: str) -> None:
    if name.startswith("b."):
        squares([f"E0100000{i}" for i in range(5)], crs="EPSG:4326").to_file(tmp_path / name)
        whole = (tmp_path / name).read_bytes()
    else:
        whole = (samples / name).read_bytes()
    rng = np.random.default_rng(20)
    outcomes = set()
    for turn in range(30):
        broken = bytearray(whole)
        if turn % 2:
            del broken[rng.integers(1, len(broken)) :]
        else:
            for place in rng.integers(0, len(broken), 5):
                broken[place] = rng.integers(256)
        path = write(tmp_path / f"broken{turn}.dat", bytes(broken))
        try:
            read(path)
            outcomes.add("read")
        except UserError as error:
            assert path.name in str(error)
            outcomes.add("refused")
    assert "refused" in outcomes
