"""Batches: file names, formats, progress."""

import pathlib
from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jsna_desktop.errors import UsageProblem
from jsna_desktop.packs import build as batch
from jsna_desktop.packs.findings import Findings


def test_a_batch_gives_one_file_a_locality_in_order(bare: Findings, tmp_path: pathlib.Path) -> None:
    names = ["North", "north", 'East/West: "A"']
    said: list[tuple[str, float | None]] = []
    paths = batch.build(
        [replace(bare, locality=name) for name in names], tmp_path, progress=lambda *step: said.append(step)
    )
    assert [path.name for path in paths] == ["North.pdf", "north (2).pdf", "East West A.pdf"]
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(path.name for path in paths)
    assert said[1] == ("Pack 2 of 3: north", 1 / 3)
    assert said[-1] == ("Made 3 packs", 1.0)


def test_findings_are_taken_one_at_a_time(bare: Findings, tmp_path: pathlib.Path) -> None:
    written: list[int] = []

    def findings() -> Iterator[Findings]:
        for name in ("A", "B"):
            written.append(len(list(tmp_path.iterdir())))
            yield replace(bare, locality=name)

    batch.build(findings(), tmp_path)
    assert written == [0, 1]


def test_an_unknown_format_is_refused_before_anything_is_written(bare: Findings, tmp_path: pathlib.Path) -> None:
    with pytest.raises(UsageProblem, match=r"docx.*one of: pdf"):
        batch.build([bare], tmp_path, formats=("pdf", "docx"))
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("locality", "expected"),
    [
        ("../../etc/passwd", "etc passwd"),
        ("..", "Locality"),
        ("CON", "CON area"),
        ("nul.x", "nul.x area"),
        ("A. ", "A"),
        ("Tŷ Mawr", "Tŷ Mawr"),
        ("ŷ" * 80, "ŷ" * 50),
    ],
)
def test_file_names_suit_every_system(locality: str, expected: str) -> None:
    assert batch.file_name(locality, set()) == expected


@given(st.lists(st.text(max_size=120), max_size=8))
def test_names_never_collide_or_leave_the_folder(localities: list[str]) -> None:
    taken: set[str] = set()
    for locality in localities:
        name = batch.file_name(locality, taken)
        assert name.casefold() not in taken
        assert len(name.encode()) <= 120
        path = pathlib.PureWindowsPath(f"{name}.pdf")
        assert path.name == f"{name}.pdf" and not path.is_reserved()
        taken.add(name.casefold())
