"""A workspace from the name of a council: no file, no network."""

import time
from pathlib import Path

import numpy as np
import pytest
import shapely

from jsna_desktop.errors import UsageProblem, WorkspaceProblem
from jsna_desktop.jobs import reference
from jsna_desktop.jobs.located import postcode_places
from jsna_desktop.jobs.outlines import Outlines
from jsna_desktop.sources.dataset import Dataset, Reading
from jsna_desktop.workspace import catalogue
from jsna_desktop.workspace.store import Store
from tests.worlds import keep


@pytest.fixture(scope="module")
def wiltshire(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("council") / "w.jsna"
    reference.new_for_council(path, "Wiltshire")
    return path


def test_councils_are_the_districts_and_the_counties_above_them() -> None:
    found = reference.councils()
    assert sum(c.level == "district" for c in found) == 318
    counties = [c for c in found if c.level == "upper_tier"]
    assert len(counties) == 21
    cambridgeshire = next(c for c in counties if c.name == "Cambridgeshire")
    assert len(cambridgeshire.districts) == 5
    assert cambridgeshire.areas == sum(c.areas for c in found if c.code in cambridgeshire.districts)
    assert sum(c.areas for c in found if c.level == "district") == 34_753
    assert {c.region for c in found if c.code.startswith("W")} == {"Wales"}
    assert [c.name for c in found] == sorted((c.name for c in found), key=str.casefold)


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("Wiltshire", "E06000054"), ("e06000054", "E06000054"), ("wiltshire council", "E06000054"),
        ("St Helens", "E08000013"), ("Bristol", "E06000023"), ("Kent", "E10000016"), ("City of London", "E09000001"),
        ("Hammersmith & Fulham", "E09000013"), ("Cardiff", "W06000015"),
    ],
)  # fmt: skip
def test_a_council_is_found_as_people_write_it(said: str, code: str) -> None:
    assert reference.find_council(said).code == code


def test_a_name_that_nobody_has_is_told_the_nearest() -> None:
    with pytest.raises(UsageProblem, match="Wiltshire"):
        reference.find_council("Wilshire")
    with pytest.raises(UsageProblem, match="district, a unitary or a county"):
        reference.find_council("Atlantis")


def test_the_workspace_has_outlines_lookup_and_postcodes_with_their_licence(wiltshire: Path) -> None:
    with Store.open(wiltshire) as store:
        assert store.name == "Wiltshire"
        found = {d.kind: d for d in catalogue.datasets(store)}
        assert {kind: d.rows for kind, d in found.items()} | {"postcodes": 0} == {
            "boundaries": 285, "lookup": 34_753, "postcodes": 0,
        }  # fmt: skip
        for dataset in found.values():
            assert dataset.reason.startswith("shipped with the program: ")
            assert dataset.licence == "Open Government Licence v3.0"
            assert "©" in dataset.attribution
            assert len(dataset.checksum) == 64
        assert "Royal Mail" in found["postcodes"].attribution
        assert "outlines of 2011" in found["boundaries"].reason
        assert store.check() == []
        _, _, codes, names = catalogue.lookups(store, "region")[0]
        assert set(catalogue.column(store, catalogue.lookups(store, "region")[0][0], names)) >= {"South West", "London"}
        assert codes == "region_code"


def test_postcodes_are_those_within_twenty_kilometres(wiltshire: Path) -> None:
    """By an independent way: the distance of each from the unsimplified outline."""
    with Store.open(wiltshire) as store:
        outlines = Outlines.of(store, "lsoa2011")
        assert outlines is not None
        county = shapely.union_all(outlines.shapes(np.arange(len(outlines.codes))))
        key = next(k for k, d in zip(sorted(catalogue.codeset_keys(store)), catalogue.datasets(store), strict=True)
                   if d.kind == "postcodes")  # fmt: skip
        codes = catalogue.codes(store, key)
        east, north = (catalogue.column(store, key, name) for name in ("easting", "northing"))
        shapely.prepare(county)
        sample = np.random.default_rng(5).choice(len(codes), 3000, replace=False)
        away = shapely.distance(county, shapely.points(east[sample], north[sample]))
        assert 19_000 < away.max() < 20_100
        assert (away == 0).mean() > 0.1
        # Salisbury's Guildhall (SP1 1JH) lies in Salisbury; London's postcodes are not here.
        x, y = postcode_places(store, np.array(["SP1 1JH", "sp11jh", "SW1A 1AA"]))
        assert np.hypot(x[0] - 414_400, y[0] - 129_950) < 300
        assert (x[1], y[1]) == (x[0], y[0])
        assert np.isnan(x[2])


def test_postcodes_that_are_added_later_win_and_the_others_stay(wiltshire: Path, tmp_path: Path) -> None:
    copy = tmp_path / "w.jsna"
    copy.write_bytes(wiltshire.read_bytes())
    later = Dataset("postcodes", "later", "postcodes", "", "", "OS", "", "", "later.csv", "", rows=1, checksum="later")
    columns = {"easting": np.array([400_001]), "northing": np.array([150_001]), "quality": np.array([10])}
    with Store.open(copy) as store:
        keep(store, Reading(later, np.array(["SP1 1JH"]), columns))
        x, y = postcode_places(store, np.array(["SP1 1JH", "SN1 1AE"]))
        assert (x[0], y[0]) == (400_001, 150_001)
        assert np.isfinite(x[1])


def test_a_county_has_all_its_districts_and_an_encrypted_one_is_none_in_clear(tmp_path: Path) -> None:
    path = tmp_path / "k.jsna"
    council = reference.new_for_council(path, "Rutland", name="Our county", password="correct horse battery")
    assert council.areas == 23
    assert b"SQLite format 3" not in path.read_bytes()
    with Store.open(path, password="correct horse battery") as store:
        assert store.name == "Our county"
        assert catalogue.datasets(store)[0].rows == 23


def test_where_it_fails_no_file_is_left_and_none_is_overwritten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "w.jsna"
    with pytest.raises(UsageProblem):
        reference.new_for_council(path, "Atlantis")
    monkeypatch.setattr(reference, "SURROUND_M", "no distance")
    with pytest.raises(TypeError):
        reference.new_for_council(path, "Rutland")
    assert not path.exists()
    path.write_text("mine")
    with pytest.raises(WorkspaceProblem, match="already a file"):
        reference.new_for_council(path, "Rutland")
    assert path.read_text() == "mine"


def test_it_takes_under_two_seconds_of_work(tmp_path: Path) -> None:
    start = time.process_time()
    reference.new_for_council(tmp_path / "w.jsna", "Wiltshire")
    assert time.process_time() - start < 2
