"""An officer of Wiltshire who has downloaded nothing yet."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.endtoend.conftest import Said
from tests.published.conftest import SHARED

Run = Callable[..., Said]


@pytest.fixture
def data() -> Path:
    if not (SHARED / "data").is_dir():
        pytest.skip("the published statistics (../shared/data) are not here")
    return SHARED / "data"


def test_a_workspace_of_the_council_alone(jsna: Run, tmp_path: Path) -> None:
    workspace = tmp_path / "w.jsna"
    said = jsna("new", workspace, "--council", "Wiltshire")
    assert (said.code, said.out) == (0, f"Made {workspace} for Wiltshire: 285 LSOAs, outlines of 2011\n")
    shown = jsna("show", workspace, "--json").json()
    assert shown["workspace"] == "Wiltshire"
    assert [d["kind"] for d in shown["datasets"]] == ["boundaries", "lookup", "postcodes"]
    assert all(d["licence"] == "Open Government Licence v3.0" for d in shown["datasets"])
    named = jsna("new", tmp_path / "n.jsna", "--council", "E06000054", "--name", "My county")
    assert named.code == 0
    assert jsna("show", tmp_path / "n.jsna", "--json").json()["workspace"] == "My county"
    wrong = jsna("new", tmp_path / "x.jsna", "--council", "Wilshire")
    assert wrong.code == 2
    assert "Did you mean Wiltshire" in wrong.err
    assert not (tmp_path / "x.jsna").exists()


def test_from_nothing_to_a_profile(jsna: Run, data: Path, tmp_path: Path) -> None:
    """A postcode is found, two files of 2011 areas give a profile, one of 2021 areas is carried and says so."""
    from jsna_desktop.jobs.located import Places
    from jsna_desktop.workspace.store import Store

    workspace = tmp_path / "w.jsna"
    assert jsna("new", workspace, "--council", "Wiltshire").code == 0
    with Store.open(workspace) as store:
        import numpy as np

        (lsoa,) = Places(store).blocks(np.array(["sp1 1jh"]), "lsoa2011").codes
    places = tmp_path / "places.csv"
    # Salisbury's market place, and the LSOAs of Wiltshire whose codes follow it.
    members = [f"E010{number}" for number in range(int(lsoa[4:]), int(lsoa[4:]) + 6)]
    places.write_text("\n".join(["LSOA11CD,CA24NM,CA24CD", *(f"{code},Middle,M1" for code in members)]) + "\n")
    files = (
        data / "deprivation/File_2_IoD2019_Domains_of_Deprivation.csv",
        data / "population/mid-2020-persons-lsoa-2011-single-year-of-age.csv.gz",
        data / "deprivation/File_7_IoD2025_All_Ranks_Scores_Deciles.csv",
    )
    added = jsna("add", workspace, *files)
    assert added.code == 0, added.err
    assert "geoportal.statistics.gov.uk" in added.out
    named = ("--set", "Places", "--name-field", "CA24NM", "--code-field", "CA24CD")
    assert jsna("localities", "add", workspace, places, *named).code == 0
    told = jsna("profile", workspace, "--format", "json")
    assert told.code == 0, told.err
    rows = {r["indicator"]: r for r in json.loads(told.out)["rows"]}
    assert rows["population.residents"]["value"] > 5_000
    assert rows["population.residents"]["note"] == ""
    ranks = rows["imd2019.average_rank"]
    assert 1 < ranks["value"] < 32_844
    assert [c["area"] for c in ranks["comparators"]] == ["Wiltshire", "South West", "England"]
    assert "carried from LSOAs 2011" in rows["imd2025.average_score"]["note"]
    assert jsna("check", workspace).out == "The workspace is sound\n"
