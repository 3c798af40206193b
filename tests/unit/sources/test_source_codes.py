import numpy as np
import pytest

from jsna_desktop.sources import codes


@pytest.mark.parametrize(
    ("text", "geography", "part"),
    [
        ("LSOA21CD", "lsoa2021", "code"), ("LSOA11NM", "lsoa2011", "name"), ("lsoa21_code", "lsoa2021", "code"),
        ("LSOA code (2021)", "lsoa2021", "code"), ("LSOA 2021 name", "lsoa2021", "name"), ("LSOA Code", "lsoa", "code"),
        ("Local Authority District code (2024)", "district", "code"), ("LA name (2021 boundaries)", "district", "name"),
        ("LADCD_ACTIVE", "district", "code"), ("RGN25NM", "region", "name"), ("WD25CD", "ward", "code"),
        ("CA24CD", "community_area", "code"), ("ltla24_code", "district", "code"), ("OA21CD", "oa2021", "code"),
        ("Lower layer Super Output Areas Code", "", ""),
    ],
)  # fmt: skip
def test_headings(text: str, geography: str, part: str) -> None:
    found = codes.heading(text)
    assert ((found.geography, found.part) if found else ("", "")) == (geography, part)


@pytest.mark.parametrize(
    "text", ["area_code", "postcode", "PCD", "name", "prop", "total_residents", "FID", "Area", "icd"]
)
def test_headings_that_are_no_columns_of_areas(text: str) -> None:
    assert codes.heading(text) is None


def test_levels_by_code() -> None:
    given = np.array(["E01000001", "W02000001", "X06000001", "E12000009", "E92000001", "CA01", "E0100000", "E0100000A"])
    assert codes.levels(given).tolist() == ["lsoa", "msoa", "district", "region", "nation", "", "", ""]


def test_a_code_made_after_2011_settles_the_census() -> None:
    assert codes.settle("lsoa", np.array(["E01000001", "E01035000"])) == "lsoa2021"
    assert codes.settle("lsoa", np.array(["E01000001", "W01001999"])) == "lsoa2021"
    assert codes.settle("lsoa", np.array(["E01000001", "E01000002"])) == "lsoa"
