"""What leaves the program as CSV is not run by a spreadsheet, whatever a file or a person called a place."""

import csv
from pathlib import Path

import numpy as np
import pytest

from jsna_desktop.jobs import localities as job
from jsna_desktop.jobs.export import export_localities
from jsna_desktop.jobs.figures import load_figures
from jsna_desktop.jobs.output import released, rendered, unrun
from jsna_desktop.jobs.profile import profile
from jsna_desktop.workspace.store import Store
from tests.worlds import CODES, boundaries, keep, residents

NAMES = ["=cmd|'/c calc'!A1", "+1+1", "-2+3", "@SUM(A1)", "＝1+1", '=HYPERLINK("http://127.0.0.1/","a")']


@pytest.fixture
def store(tmp_path: Path):
    with Store.create(tmp_path / "world.jsna") as made:
        keep(made, boundaries(), residents(np.arange(1000.0, 1036.0)))
        yield made


def test_names_that_begin_like_formulas_are_text_in_every_csv(store: Store, tmp_path: Path) -> None:
    places = [job.add_selection(store, "=Set", name, "lsoa2021", CODES[n : n + 1]) for n, name in enumerate(NAMES)]
    export_localities(store, places, tmp_path / "places.csv")
    with (tmp_path / "places.csv").open(encoding="utf-8", newline="") as file:
        exported = list(csv.DictReader(file))
    assert {row["locality"] for row in exported} == {"'" + place.name for place in places}
    assert {row["set"] for row in exported} == {"'=Set"}
    figures = load_figures(store)
    made = profile(figures, places)
    lines = list(csv.reader(rendered(store, made, "csv", None, released(figures, made)).splitlines()))
    texts = [cell for line in lines for cell in line if cell and not _is_number(cell)]
    assert not [cell for cell in texts if cell[0] in "=+-@"]
    assert {"'" + place.name for place in places} <= set(texts)


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("Marlborough", "Marlborough"), ("", ""), ("=1", "'=1"), ("  =1", "'  =1"), ("\t=1", "'\t=1"),
        ("a=1", "a=1"), ("'=1", "'=1"), ("＋1", "'＋1"), ("\u00a0@a", "'\u00a0@a"),
    ],
)  # fmt: skip
def test_only_what_begins_like_a_formula_is_changed(text: str, cell: str) -> None:
    assert unrun(text) == cell
