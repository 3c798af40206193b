"""ONS's lookups between the censuses, in their own layouts."""

from pathlib import Path

import pytest

from jsna_desktop.errors import FileProblem
from jsna_desktop.sources import read

LSOA = "LSOA11CD,LSOA11NM,LSOA21CD,LSOA21NM,CHGIND,LAD22CD,LAD22NM,LAD22NMW,ObjectId"
ROWS = [
    "E01000001,Here 001A,E01000001,Here 001A,U,E06000001,Here,,1",
    "E01000002,Here 001B,E01033769,Here 001F,S,E06000001,Here,,2",
    "E01000002,Here 001B,E01033770,Here 001G,S,E06000001,Here,,3",
    "E01000003,Here 001C,E01033771,Here 001H,M,E06000001,Here,,4",
    "E01000004,Here 001D,E01033771,Here 001H,M,E06000001,Here,,5",
]


def file(folder: Path, *rows: str, heading: str = LSOA) -> Path:
    path = folder / "lookup.csv"
    path.write_text("\n".join((heading, *rows)) + "\n", encoding="utf-8-sig")
    return path


def test_every_row_is_a_link_and_every_area_of_2011_a_code(tmp_path: Path) -> None:
    found = read(file(tmp_path, *ROWS))
    assert (found.dataset.kind, found.dataset.geography) == ("lookup", "lsoa2011")
    assert found.dataset.id == "vintages.lsoa2011.lsoa2021"
    assert found.dataset.title == "LSOA 2011 to LSOA 2021"
    assert "4 areas of 2011, 4 rows of change" in found.dataset.reason
    assert "© Crown copyright" in found.dataset.attribution
    assert found.codes.tolist() == ["E01000001", "E01000002", "E01000003", "E01000004"]
    links = found.tables["links"]
    assert list(zip(links["from"], links["to"], links["change"], strict=True))[1:4] == [
        ("E01000002", "E01033769", "S"),
        ("E01000002", "E01033770", "S"),
        ("E01000003", "E01033771", "M"),
    ]
    assert found.dataset.problems == ()


def test_of_many_odd_codes_twenty_are_shown(tmp_path: Path) -> None:
    odd = [f"X{n},Here,E01000001,Here,U,E06000001,Here,,{n}" for n in range(30)]
    (found,) = [p for p in read(file(tmp_path, *ROWS, *odd)).dataset.problems if "LSOA11CD" in p.message]
    assert (found.rows, len(found.examples)) == (30, 20)


@pytest.mark.parametrize(
    ("heading", "row", "identity"),
    [
        ("OA11CD,OA21CD,CHNGIND,LAD22CD,LAD22NM,LAD22NMW,ObjectId", "E00000001,E00000001,U,E06000001,Here,,1",
         "vintages.oa2011.oa2021"),
        ("MSOA11CD,MSOA11NM,MSOA21CD,MSOA21NM,CHNGIND,LAD22CD,LAD22NM,LAD22NMW,ObjectId",
         "W02000001,Ynys 001,W02000001,Ynys 001,U,W06000001,Ynys,Ynys,1", "vintages.msoa2011.msoa2021"),
    ],
)  # fmt: skip
def test_output_areas_and_msoas_too(tmp_path: Path, heading: str, row: str, identity: str) -> None:
    assert read(file(tmp_path, row, heading=heading)).dataset.id == identity


def test_without_the_column_of_changes_it_is_a_plain_lookup(tmp_path: Path) -> None:
    path = file(tmp_path, "E01000001,E06000001", heading="LSOA11CD,LAD22CD")
    assert read(path).dataset.id == "lookup.lsoa2011"


def test_repeated_blank_and_strange_rows_are_left_out_and_said(tmp_path: Path) -> None:
    odd = [
        ROWS[0],
        ",,E01033769,Here 001F,S,E06000001,Here,,6",
        "E01000005,Here,E06000001,Here,U,E06000001,Here,,7",
    ]
    found = read(file(tmp_path, *ROWS, *odd))
    said = {problem.message: problem.rows for problem in found.dataset.problems}
    assert said == {
        "a row without a code in column “LSOA11CD”; left out": 1,
        "a code in column “LSOA21CD” that is not of LSOA 2021; left out": 1,
        "a row repeats an earlier one; left out": 1,
    }
    assert len(found.tables["links"]["from"]) == 5


def test_an_unchanged_area_that_is_linked_twice_is_said(tmp_path: Path) -> None:
    found = read(file(tmp_path, *ROWS, "E01000001,Here 001A,E01033772,Here 001J,S,E06000001,Here,,6"))
    (problem,) = found.dataset.problems
    assert "says that its area is unchanged" in problem.message
    assert problem.examples == ("E01000001 to E01000001",)


def test_a_change_that_is_none_names_its_row(tmp_path: Path) -> None:
    with pytest.raises(FileProblem, match=r"row 3.*“Q”.*U, S, M or X"):
        read(file(tmp_path, ROWS[0], ROWS[1].replace(",S,", ",Q,")))


def test_a_file_of_other_codes_throughout_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileProblem, match="no codes of LSOA 2021"):
        read(file(tmp_path, "E01000001,Here,E06000001,Here,U,E06000001,Here,,1"))
