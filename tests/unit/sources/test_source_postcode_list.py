"""Lists of postcodes as practices and officers have them."""

from pathlib import Path

import pytest

from jsna_desktop.errors import FileProblem, UsageProblem
from jsna_desktop.sources.child import Reader
from jsna_desktop.sources.postcode_list import read_postcode_list


def written(folder: Path, text: str, name: str = "list.csv") -> Path:
    path = folder / name
    path.write_text(text, "utf-8")
    return path


@pytest.mark.parametrize(
    ("text", "column"),
    [
        ("SN1 1AA\nSN2 2BB\nsn33cc\n", ""),
        ("Postcode\nSN1 1AA\nSN2 2BB\nsn33cc\n", "Postcode"),
        ("Patient,Home,List size\n1,SN1 1AA,9\n2,SN2 2BB,9\n3,sn33cc,9\n", "Home"),
        ("PCDS,Old postcode\nSN1 1AA,BA1 1AA\nSN2 2BB,\n,BA1 1AA\nsn33cc,\n", "PCDS"),
    ],
    ids=["no heading", "one column", "told by its cells", "told by its heading"],
)
def test_the_column_of_postcodes_is_found(tmp_path: Path, text: str, column: str) -> None:
    found = read_postcode_list(written(tmp_path, text))
    assert found.postcodes.tolist() == ["SN1 1AA", "SN2 2BB", "sn33cc"]
    assert found.column == column


def test_one_postcode_alone(tmp_path: Path) -> None:
    assert read_postcode_list(written(tmp_path, "SN1 1AA\n", "one.txt")).postcodes.tolist() == ["SN1 1AA"]


def test_two_columns_of_postcodes_ask_which(tmp_path: Path) -> None:
    path = written(tmp_path, "Home,Work\nSN1 1AA,BA1 1AA\nSN2 2BB,BA2 2BB\n")
    with pytest.raises(FileProblem, match="not clear which column"):
        read_postcode_list(path)
    assert read_postcode_list(path, column="work").postcodes.tolist() == ["BA1 1AA", "BA2 2BB"]
    with pytest.raises(UsageProblem, match="no column"):
        read_postcode_list(path, column="School")


def test_a_table_without_postcodes_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileProblem, match="no column of postcodes"):
        read_postcode_list(written(tmp_path, "name,size\nA,1\nB,2\n"))


def test_the_child_reads_it_alike(tmp_path: Path) -> None:
    path = written(tmp_path, "Postcode\nSN1 1AA\n=1+1\n")
    with Reader() as reader:
        assert reader.read_postcode_list(path).postcodes.tolist() == ["SN1 1AA", "=1+1"]
