"""Postcodes in the find box: those that ship are found offline, and a file that is added later wins."""

from pathlib import Path
from types import SimpleNamespace
from typing import cast

import numpy as np

from jsna_desktop.app.search import Search
from jsna_desktop.app.session import Session
from jsna_desktop.jobs.reference import new_for_council
from jsna_desktop.sources.dataset import Dataset, Reading
from jsna_desktop.workspace.store import Store
from tests.worlds import keep


def found(store: Store, text: str) -> list[tuple[str, tuple[float, float] | None]]:
    contents = SimpleNamespace(blocks=None, point_layers=())
    session = SimpleNamespace(store=store, contents=contents, places=list, residents=lambda _: None)
    return [(choice.text, choice.value.point) for choice in Search(cast(Session, session))(text)]


def test_a_postcode_is_found_once_where_the_later_file_says(tmp_path: Path) -> None:
    path = tmp_path / "w.jsna"
    new_for_council(path, "Wiltshire")
    with Store.open(path) as store:
        ((name, shipped),) = found(store, "sp1 1jh")
        assert name == "SP1 1JH"
        later = Dataset("postcodes", "later", "postcodes", "", "", "OS", "", "", "l.csv", "", rows=1, checksum="later")
        columns = {"easting": np.array([400_001]), "northing": np.array([150_001]), "quality": np.array([10])}
        keep(store, Reading(later, np.array(["SP1 1JH"]), columns))
        assert found(store, "sp11jh") == [("SP1 1JH", (400_001.0, 150_001.0))]
        assert shipped != (400_001.0, 150_001.0)
        assert len(found(store, "sp1 1")) == 8
