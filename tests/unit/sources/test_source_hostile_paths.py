"""Files by what the disk says of them: pipes, devices, links, odd names, files that change or may not be read."""

import os
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import geopandas
import pytest

from jsna_desktop.errors import FileProblem
from jsna_desktop.jobs.add import LEFT_OUT, recognise
from jsna_desktop.sources import read
from jsna_desktop.sources.child import Reader
from jsna_desktop.workspace.store import Store

Squares = Callable[..., geopandas.GeoDataFrame]
TABLE = "area_code,indicator,period,numerator,denominator\nE01000001,a,2024,1,10\n"
NAMES = [
    "a!b", "a;b", "a{b}c", "a}b", "a?b=c&d", "a#b", "-a", "a:b", "a,b", "a'b\"c", "a%20b", "http:", "a\nb", "\u202ea",
    "a.zip", "ä 😀", " a ", "a" * 200,
]  # fmt: skip
posix = pytest.mark.skipif(os.name != "posix", reason="Windows has neither these names nor these files")


@posix
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "endless.csv")
    with pytest.raises(FileProblem, match="no file but a device or a pipe"):
        read(tmp_path / "endless.csv")


@posix
@pytest.mark.parametrize("device", ["/dev/zero", "/dev/stdin", "/dev/null"])
def test_a_device(device: str, tmp_path: Path) -> None:
    (tmp_path / "link.csv").symlink_to(device)
    with pytest.raises(FileProblem, match="no file but a device or a pipe"):
        read(tmp_path / "link.csv")


@posix
def test_a_socket(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with socket.socket(socket.AF_UNIX) as made:
        made.bind("a.csv")
        with pytest.raises(FileProblem, match="no file but a device or a pipe"):
            read(tmp_path / "a.csv")


@posix
def test_adding_does_not_wait_for_them_either(tmp_path: Path) -> None:
    """Adding looks for the same file in the workspace first: that too reads it."""
    os.mkfifo(tmp_path / "endless.csv")
    (tmp_path / "zero.csv").symlink_to("/dev/zero")
    with Store.create(tmp_path / "w.jsna") as store:
        found = recognise([tmp_path / "endless.csv", tmp_path / "zero.csv"], store)
    assert [item.status for item in found] == [LEFT_OUT, LEFT_OUT]
    assert all("device or a pipe" in item.error for item in found)


@posix
def test_links_to_files_are_files_and_links_to_nothing_are_none(tmp_path: Path) -> None:
    (tmp_path / "real.csv").write_text(TABLE)
    (tmp_path / "link.csv").symlink_to("real.csv")
    assert read(tmp_path / "link.csv").dataset.filename == "link.csv"
    (tmp_path / "lost.csv").symlink_to("gone.csv")
    (tmp_path / "round.csv").symlink_to("round.csv")
    with pytest.raises(FileProblem, match="no such file"):
        read(tmp_path / "lost.csv")
    with pytest.raises(FileProblem, match="cannot be opened"):
        read(tmp_path / "round.csv")


def test_names_that_no_disk_takes() -> None:
    with pytest.raises(FileProblem, match="cannot be opened"):
        read(Path("/tmp") / ("a" * 5000))
    with pytest.raises(FileProblem, match="no such file"):
        read(Path("a\x00b.csv"))


@posix
@pytest.mark.parametrize("name", NAMES)
def test_odd_names_of_tables_and_shapes(squares: Squares, tmp_path: Path, name: str) -> None:
    """In the file's name and in its folder's: read, or refused for the name itself; never another file."""
    folder = tmp_path / name
    folder.mkdir()
    (folder / f"{name}.csv").write_text(TABLE)
    squares(["E01000001"]).to_file(tmp_path / "good.gpkg")
    squares(["E01000002"]).to_file(tmp_path / "good.shp")
    (folder / f"{name}.gpkg").write_bytes((tmp_path / "good.gpkg").read_bytes())
    (folder / f"{name}.zip").write_bytes((tmp_path / "good.gpkg").read_bytes())
    for ending in (".shp", ".shx", ".dbf", ".prj"):
        (folder / f"{name}{ending}").write_bytes((tmp_path / f"good{ending}").read_bytes())
    assert read(folder / f"{name}.csv").codes.tolist() == ["E01000001"]
    assert read(folder / f"{name}.gpkg").codes.tolist() == ["E01000001"]
    assert read(folder / f"{name}.zip").codes.tolist() == ["E01000001"]
    try:
        assert read(folder / f"{name}.shp").codes.tolist() == ["E01000002"]
    except FileProblem as error:
        assert "has a sign in its name" in error.message


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux takes names that are no text")
def test_a_name_that_is_no_text_crosses_to_the_child(squares: Squares, tmp_path: Path) -> None:
    path = tmp_path / os.fsdecode(b"caf\xe9")
    squares(["E01000001"]).to_file(tmp_path / "a.gpkg")
    path.with_suffix(".gpkg").write_bytes((tmp_path / "a.gpkg").read_bytes())
    path.with_suffix(".csv").write_text(TABLE)
    path.with_suffix(".pdf").write_bytes(b"%PDF-1.7")
    with Reader() as reader:
        for ending in (".csv", ".gpkg"):
            found = reader.read(path.with_suffix(ending))
            assert found.codes.tolist() == ["E01000001"]
            assert found.dataset.filename == f"caf\ufffd{ending}"
        with pytest.raises(FileProblem, match="PDF"):
            reader.read(path.with_suffix(".pdf"))


def test_a_file_that_changes_while_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(TABLE)

    def saved_again(message: str, _fraction: float | None) -> None:
        path.write_text(TABLE + "E01000002,a,2024,1,10\n")

    with pytest.raises(FileProblem, match="changed while it was read"):
        read(path, progress=saved_again)


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="Windows keeps its permissions elsewhere")
def test_a_file_that_may_not_be_read(tmp_path: Path) -> None:
    (tmp_path / "closed").mkdir()
    for path in (tmp_path / "a.csv", tmp_path / "closed" / "a.csv"):
        path.write_text(TABLE)
    (tmp_path / "a.csv").chmod(0)
    (tmp_path / "closed").chmod(0)
    code = (
        "import os, sys, pathlib\n"
        "from jsna_desktop.sources import read\n"
        "from jsna_desktop.errors import FileProblem\n"
        "os.geteuid() or os.setuid(65534)\n"
        "for path in sys.argv[1:]:\n"
        "    try:\n"
        "        read(pathlib.Path(path))\n"
        "    except FileProblem as error:\n"
        "        print(error)\n"
    )
    # Root may read everything; the folders above are pytest's, closed to others.
    for above in (tmp_path, *list(tmp_path.parents)[:3]):
        if above.name.startswith(("pytest", "test")):
            above.chmod(0o755)
    done = subprocess.run(
        [sys.executable, "-c", code, tmp_path / "a.csv", tmp_path / "closed" / "a.csv"],
        capture_output=True,
        text=True,
        check=True,
    )
    (tmp_path / "closed").chmod(0o755)
    lines = done.stdout.splitlines()
    assert len(lines) == 2
    assert all("cannot be opened. Found Permission denied" in line for line in lines)


def test_a_date_that_no_calendar_has(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(TABLE)
    os.utime(path, (2**38, 2**38))
    assert read(path).dataset.retrieved == "" or path.stat().st_mtime < 2**38
