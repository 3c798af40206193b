"""Localities from files: what is told of areas that the workspace does not know."""

from collections.abc import Iterator
from pathlib import Path

import geopandas
import numpy as np
import pytest
import shapely

from jsna_desktop.errors import FileProblem, UsageProblem
from jsna_desktop.jobs.import_localities import import_file
from jsna_desktop.jobs.localities import add_polygon, localities
from jsna_desktop.workspace.store import Store
from tests.worlds import CODES, boundaries, keep, residents


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.create(tmp_path / "world.jsna") as made:
        keep(made, boundaries(), residents(np.full(36, 1500.0)))
        yield made


def written(folder: Path, *rows: str, heading: str = "LSOA21CD") -> Path:
    path = folder / "places.csv"
    path.write_text(f"{heading},Locality\n" + "".join(f"{row}\n" for row in rows), "utf-8")
    return path


def drawn(folder: Path, **shapes: shapely.Geometry) -> Path:
    path = folder / "drawn.gpkg"
    frame = geopandas.GeoDataFrame({"name": list(shapes)}, geometry=list(shapes.values()), crs=27700)
    frame.to_file(path)
    return path


def test_a_table_that_does_not_say_its_census_gets_the_one_that_knows_its_codes(store: Store, tmp_path: Path) -> None:
    import_file(store, written(tmp_path, f"{CODES[0]},North", f"{CODES[1]},North", heading="lsoa_code"))
    place = localities(store)[0]
    assert place.geography == "lsoa2021"
    assert place.shape is not None


def test_a_table_that_nothing_tells_the_census_of_is_refused(tmp_path: Path) -> None:
    with Store.create(tmp_path / "new.jsna") as empty:
        path = written(tmp_path, f"{CODES[0]},North", heading="area_code")
        with pytest.raises(FileProblem, match="2011 or 2021"):
            import_file(empty, path)
        assert not localities(empty)
        import_file(empty, path, blocks="lsoa2011")
        assert localities(empty)[0].geography == "lsoa2011"


def test_a_geography_that_there_is_not(store: Store, tmp_path: Path) -> None:
    with pytest.raises(UsageProblem, match="lsoa1991"):
        import_file(store, written(tmp_path, f"{CODES[0]},North"), blocks="lsoa1991")


def test_rows_without_a_code_or_a_locality_are_left_out_and_said(store: Store, tmp_path: Path) -> None:
    made = import_file(store, written(tmp_path, f"{CODES[0]},North", ",North", f"{CODES[1]},"))
    blocks = localities(store)[0].blocks
    assert blocks is not None
    assert blocks.tolist() == [CODES[0]]
    assert any("without an area code" in note for note in made.notes)
    assert any("without a locality" in note for note in made.notes)


def test_small_areas_that_are_in_no_data_are_named(store: Store, tmp_path: Path) -> None:
    made = import_file(store, written(tmp_path, f"{CODES[0]},North", "E01999999,North"))
    assert any("E01999999" in note for note in made.notes)


def test_areas_that_nothing_is_known_of_are_said(store: Store, tmp_path: Path) -> None:
    made = import_file(store, written(tmp_path, "E05013400,North", heading="WD25CD"))
    assert any("nothing on wards" in note for note in made.notes)


def test_a_polygon_that_reaches_beyond_the_boundaries_is_told(store: Store, tmp_path: Path) -> None:
    made = import_file(store, drawn(tmp_path, half=shapely.box(5000, 0, 7000, 1000), inside=shapely.box(0, 0, 900, 9)))
    assert len(made.notes) == 1
    assert "half (50 %)" in made.notes[0]
    assert "inside" not in made.notes[0]


def test_names_lose_what_nobody_sees(store: Store) -> None:
    place = add_polygon(store, " East\nset ", "\u202eNorth\x07 \n Hill 😀", shapely.box(0, 0, 10, 10))
    assert (place.set, place.name) == ("East set", "North Hill 😀")
