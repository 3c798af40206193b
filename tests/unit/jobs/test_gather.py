"""What is dropped on the window: folders, shapefiles in parts, hidden files."""

from pathlib import Path

import pytest

from jsna_desktop.errors import UsageProblem
from jsna_desktop.jobs import gather as gathering
from jsna_desktop.jobs.gather import gather


def _files(folder: Path, *names: str) -> list[Path]:
    made = []
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x")
        made.append(path)
    return made


def test_a_folder_is_its_files_by_name(tmp_path: Path) -> None:
    _files(tmp_path, "b.csv", "A.csv", "deep/er/c.csv", ".hidden", "~$open.xlsx", "Thumbs.db")
    assert [path.name for path in gather([tmp_path])] == ["A.csv", "b.csv", "c.csv"]


def test_the_parts_of_a_shapefile_go_with_it(tmp_path: Path) -> None:
    _files(tmp_path, "lsoa.SHP", "lsoa.shx", "lsoa.dbf", "lsoa.prj", "lsoa.cpg", "alone.dbf", "t.tab", "t.dat", "t.id")
    assert sorted(path.name for path in gather([tmp_path])) == ["alone.dbf", "lsoa.SHP", "t.tab"]


def test_a_geodatabase_is_one_file(tmp_path: Path) -> None:
    _files(tmp_path, "x.gdb/a00000001.gdbtable", "x.gdb/a00000001.gdbtablx", "y.csv")
    assert [path.name for path in gather([tmp_path])] == ["x.gdb", "y.csv"]


def test_a_file_named_twice_is_there_once(tmp_path: Path) -> None:
    [one] = _files(tmp_path, "one.csv")
    assert gather([one, tmp_path, one]) == [one]


def test_a_circle_of_links_ends(tmp_path: Path) -> None:
    _files(tmp_path, "one.csv")
    (tmp_path / "round").symlink_to(tmp_path)
    assert [path.name for path in gather([tmp_path])] == ["one.csv"]


def test_a_whole_drive_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gathering, "MOST_FILES", 3)
    _files(tmp_path, *(f"{n}.csv" for n in range(5)))
    with pytest.raises(UsageProblem, match="more than 3 files"):
        gather([tmp_path])


def test_a_file_that_is_not_there_is_left_for_the_reader_to_say(tmp_path: Path) -> None:
    assert gather([tmp_path / "gone.csv"]) == [tmp_path / "gone.csv"]
