"""The ONS Postcode Directory and postcode lookup: live postcodes of Great Britain, whatever ONS calls its columns."""

import csv
import gzip
import io
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from jsna_desktop.errors import FileProblem
from jsna_desktop.sources import archive, read, streamed
from jsna_desktop.sources.dataset import Reading
from jsna_desktop.sources.reading import Peek

Table = Callable[..., Reading]
# The headings of May 2025 and of 2026 (ONSPD and NSPL), and of a directory before the census of 2021.
DIRECTORY = [
    "pcd", "pcd2", "pcds", "dointr", "doterm", "oscty", "ced", "oslaua", "osward", "parish", "usertype", "oseast1m",
    "osnrth1m", "osgrdind", "oshlthau", "nhser", "ctry", "rgn", "oa11", "lsoa11", "msoa11", "lat", "long", "imd", "icb",
    "oa21", "lsoa21", "msoa21",
]  # fmt: skip
LOOKUP = [
    "pcd7", "pcd8", "pcds", "dointr", "doterm", "usrtypind", "east1m", "north1m", "gridind", "oa21cd", "cty25cd",
    "lad25cd", "wd25cd", "ctry25cd", "rgn25cd", "lsoa21cd", "msoa21cd", "lat", "long", "imd20ind", "icb23cd",
]  # fmt: skip
OLD = [
    "pcd", "pcd2", "pcds", "dointr", "doterm", "oscty", "oslaua", "usertype", "oseast1m", "osnrth1m", "osgrdind",
    "ctry", "oa11", "lsoa11", "msoa11",
]  # fmt: skip
EAST, NORTH, GRID = ("oseast1m", "east1m"), ("osnrth1m", "north1m"), ("osgrdind", "gridind")


def postcode(text: str, headings: Sequence[str], **more: str) -> list[str]:
    """One row as ONS writes it, live and in England, unless `east`, `north`, `grid`, `end`, `country` say other."""
    packed = text.replace(" ", "")
    cells = {
        "pcd": f"{packed[:-3]:<4}{packed[-3:]}", "pcd7": f"{packed[:-3]:<4}{packed[-3:]}",
        "pcd2": f"{packed[:-3]:<4} {packed[-3:]}", "pcd8": f"{packed[:-3]:<4} {packed[-3:]}", "pcds": text,
        "dointr": more.get("begun", "198001"), "doterm": more.get("end", ""),
        "ctry": more.get("country", "E92000001"), "ctry25cd": more.get("country", "E92000001"),
        "oa21": "E00160001", "oa21cd": "E00160001", "lsoa21": more.get("lsoa", "E01034000"),
        "lsoa21cd": more.get("lsoa", "E01034000"), "msoa21": "E02006700", "msoa21cd": "E02006700",
        "oa11": "E00150001", "lsoa11": "E01032000", "msoa11": "E02006600",
    }  # fmt: skip
    cells |= dict.fromkeys(EAST, more.get("east", "418700")) | dict.fromkeys(NORTH, more.get("north", "0169200"))
    cells |= dict.fromkeys(GRID, more.get("grid", "1"))
    return [cells.get(heading, "") for heading in headings]


def as_csv(headings: Sequence[str], *rows: Sequence[str]) -> str:
    made = io.StringIO()
    csv.writer(made, lineterminator="\n").writerow(headings)
    csv.writer(made, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows(rows)
    return made.getvalue()


def some(headings: Sequence[str]) -> str:
    return as_csv(
        headings,
        postcode("QX1 1AA", headings),
        postcode("QX1 1AB", headings, end="200306"),
        postcode("QX10 1AC", headings, east="418800", north="0169300", begun="202504"),
        postcode("QX1 1AD", headings, east="", north="", grid="9"),
        postcode("BT1 1AA", headings, east="333700", north="0374500", country="N92000002"),
        postcode("IM1 1AA", headings, east="", north="", grid="9", country="M83000003", lsoa="M99999999"),
        postcode("QX2 2AA", headings, lsoa="E99999999"),
    )


@pytest.mark.parametrize(("headings", "short"), [(DIRECTORY, "onspd"), (LOOKUP, "nspl"), (OLD, "onspd")])
def test_live_postcodes_of_great_britain_with_their_blocks(table: Table, headings: list[str], short: str) -> None:
    found = table(some(headings))
    assert found.dataset.id == f"postcodes.{short}"
    assert found.dataset.kind == "postcodes"
    assert found.dataset.period == "2025"
    assert found.codes.tolist() == ["QX1 1AA", "QX10 1AC", "QX2 2AA"]
    assert found.columns["easting"].tolist() == [418_700, 418_800, 418_700]
    assert found.columns["northing"].tolist() == [169_200, 169_300, 169_200]
    assert found.dataset.fictional
    told = {problem.message: problem.examples for problem in found.dataset.problems}
    assert told == {
        "1 terminated postcodes; left out": ("QX1 1AB",),
        "1 postcodes of Northern Ireland, which has a grid of its own; left out": ("BT1 1AA",),
        "2 live postcodes without coordinates; left out": ("QX1 1AD", "IM1 1AA"),
    }


def test_blocks_are_text_and_a_stand_in_for_none_is_blank(table: Table) -> None:
    found = table(some(DIRECTORY))
    assert found.columns["lsoa2021"].tolist() == ["E01034000", "E01034000", ""]
    assert found.columns["lsoa2011"].tolist() == ["E01032000"] * 3
    assert found.columns["oa2021"].tolist() == ["E00160001"] * 3
    assert found.columns["msoa2021"].tolist() == ["E02006700"] * 3
    old = table(some(OLD), "old.csv")
    assert set(old.columns) == {"easting", "northing", "lsoa2011", "oa2011", "msoa2011"}


def published(path: Path, *, whole: bool = True, parts: bool = True) -> Path:
    """The zip as ONS lays it out, with its papers."""
    first = [postcode("QX1 1AA", DIRECTORY), postcode("QX1 1AC", DIRECTORY)]
    second = [postcode("QY1 1AA", DIRECTORY), postcode("QY1 1AC", DIRECTORY)]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("Documents/LA_UA names and codes UK as at 04_25.csv", "LAD25CD,LAD25NM\nE06000054,Wiltshire\n")
        book.writestr("Documents/Country names and codes UK as at 08_12.csv", "CTRY12CD,CTRY12NM\nE92000001,England\n")
        book.writestr("User Guide/ONSPD User Guide May 2025.pdf", "%PDF-1.4")
        if parts:
            book.writestr("Data/multi_csv/ONSPD_MAY_2025_UK_QX.csv", as_csv(DIRECTORY, *first))
            book.writestr("Data/multi_csv/ONSPD_MAY_2025_UK_QY.csv", as_csv(DIRECTORY, *second))
        if whole:
            book.writestr("Data/ONSPD_MAY_2025_UK.csv", as_csv(DIRECTORY, *first, *second))
    return path


@pytest.mark.parametrize(("whole", "parts"), [(True, True), (True, False), (False, True)])
def test_the_zip_with_the_whole_file_or_its_parts(tmp_path: Path, whole: bool, parts: bool) -> None:
    found = read(published(tmp_path / "onspd.zip", whole=whole, parts=parts))
    assert sorted(found.codes.tolist()) == ["QX1 1AA", "QX1 1AC", "QY1 1AA", "QY1 1AC"]
    assert found.dataset.problems == ()


def test_a_zip_with_nothing_else_and_a_gz(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "alone.zip", "w") as book:
        book.writestr("NSPL.csv", some(LOOKUP))
    (tmp_path / "nspl.csv.gz").write_bytes(gzip.compress(some(LOOKUP).encode()))
    assert read(tmp_path / "alone.zip").codes.tolist() == read(tmp_path / "nspl.csv.gz").codes.tolist()
    assert len(read(tmp_path / "alone.zip").codes) == 3


def test_code_point_open_is_still_read_as_such(samples: Path) -> None:
    assert read(samples / "qx.csv").dataset.id == "postcodes"


def test_a_live_postcode_twice_is_refused(table: Table) -> None:
    rows = [postcode("QX1 1AA", LOOKUP), postcode("QX1 1AC", LOOKUP), postcode("QX1 1AA", LOOKUP)]
    with pytest.raises(FileProblem, match=r"a postcode comes twice.*QX1 1AA"):
        table(as_csv(LOOKUP, *rows))


def test_one_that_was_ended_and_begun_again_is_kept_once(table: Table) -> None:
    found = table(as_csv(LOOKUP, postcode("QX1 1AA", LOOKUP, end="199912"), postcode("QX1 1AA", LOOKUP)))
    assert found.codes.tolist() == ["QX1 1AA"]


def test_nothing_live_is_refused(table: Table) -> None:
    with pytest.raises(FileProblem, match="no live postcode has coordinates"):
        table(as_csv(LOOKUP, postcode("QX1 1AA", LOOKUP, end="199912")))


def test_rows_that_are_none_are_counted_or_refused(table: Table) -> None:
    odd = postcode("QX1 1AA", LOOKUP)
    odd[2] = "=1+1"
    found = table(as_csv(LOOKUP, odd, postcode("QX1 1AC", LOOKUP, east="inf"), postcode("QX1 1AD", LOOKUP)))
    assert found.codes.tolist() == ["QX1 1AD"]
    assert [problem.rows for problem in found.dataset.problems] == [1, 1]
    with pytest.raises(FileProblem, match=r"a row of the table cannot be read"):
        table(as_csv(LOOKUP, postcode("QX1 1AA", LOOKUP)) + "one,two\n", "short.csv")
    with pytest.raises(FileProblem, match=r"a row of the table cannot be read"):
        table(as_csv(LOOKUP, postcode("QX1 1AA", LOOKUP)).encode() + b",,\xff\xfe" + b"," * (len(LOOKUP) - 3) + b"\n")


def test_a_damaged_zip_is_refused(tmp_path: Path) -> None:
    path = published(tmp_path / "onspd.zip", parts=False)
    content = path.read_bytes()
    cut = content.index(b"Data/ONSPD_MAY_2025_UK.csv") + 60
    path.write_bytes(content[:cut] + b"\x00" * 40 + content[cut + 40 :])
    with pytest.raises(FileProblem, match="damaged"):
        read(path)


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "bomb.zip"
    row = (",".join(postcode("QX1 1AA", LOOKUP, end="199912")) + "\n").encode() * 40_000
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as book, book.open("NSPL.csv", "w") as file:
        file.write((",".join(LOOKUP) + "\n").encode())
        for _ in range(60):
            file.write(row)
    assert path.stat().st_size < 3_000_000
    with pytest.raises(FileProblem, match=r"would unpack to far more.*200 times its packed size"):
        read(path)


def test_what_a_gz_says_of_its_size_is_not_believed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streamed, "LARGEST_BYTES", 1000)
    (tmp_path / "nspl.csv.gz").write_bytes(gzip.compress(some(LOOKUP).encode()))
    with pytest.raises(FileProblem, match="would unpack to far more"):
        read(tmp_path / "nspl.csv.gz")


def test_it_may_be_larger_than_what_is_held_in_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "LARGEST_BYTES", 500)
    plain, packed = tmp_path / "nspl.csv", tmp_path / "nspl.zip"
    plain.write_text(some(LOOKUP))
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("NSPL.csv", some(LOOKUP))
    for path in (plain, packed):
        with pytest.raises(FileProblem):
            assert not Peek(path).content
        assert len(read(path).codes) == 3


def test_a_line_that_never_ends_is_refused(table: Table) -> None:
    rows = as_csv(LOOKUP, postcode("QX1 1AA", LOOKUP)) + "x" * 20_000_000
    with pytest.raises(FileProblem, match="a row of the table cannot be read"):
        table(rows)
