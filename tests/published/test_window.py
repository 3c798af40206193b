"""The window on real Wiltshire data: pictures to be looked at, kept in JSNA_SCREENSHOTS where that is set."""

import csv
import gc
import os
from collections.abc import Iterator
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
import pytest
from PySide6.QtCore import QSettings
from PySide6.QtGui import QImage

from jsna_desktop.app.main_window import make_window
from jsna_desktop.app.window import MainWindow
from jsna_desktop.jobs.add import add, recognise
from jsna_desktop.jobs.localities import add_selection
from jsna_desktop.jobs.map_data import load_blocks
from jsna_desktop.workspace.store import Store

_FILES = (
    "boundaries/Lower_layer_Super_Output_Areas_December_2021_Boundaries_Wiltshire_BGC.gpkg",
    "lookups/lsoa_2021_to_lad_to_region_ew.csv",
    "deprivation/File_7_IoD2025_All_Ranks_Scores_Deciles.csv",
    "population/census-2021-usual-residents-lsoa-2021.csv",
    "census2021/disability21_lsoa21_ew.csv.gz",
    "census2021/household_deprivation21_lsoa21.csv.gz",
    "census2021/household_overcrowding21_lsoa21.csv.gz",
    "census2021/household_tenure21_lsoa21.csv.gz",
)


@pytest.fixture(scope="module")
def wiltshire(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with all of Wiltshire as one place, and its north and south."""
    path = tmp_path_factory.mktemp("wiltshire") / "Wiltshire.jsna"
    with Store.create(path, "Wiltshire community areas") as store:
        add(store, recognise([data / name for name in _FILES], store))
        blocks = load_blocks(store)
        assert blocks is not None
        bounds = blocks.levels[-1].polygons.bounds
        northern = bounds[:, 1] > np.median(bounds[:, 1])
        for name, chosen in (
            ("Whole county", np.ones(len(northern), bool)),
            ("North", northern),
            ("South", ~northern),
        ):
            add_selection(store, "Halves", name, blocks.geography, blocks.codes[chosen])
    return path


@pytest.fixture
def window(qtbot, qapp, wiltshire: Path, tmp_path: Path) -> Iterator[MainWindow]:
    gc.disable()
    made = make_window(qapp, QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat))
    qtbot.addWidget(made)
    made.resize(1366, 768)
    with qtbot.waitExposed(made):
        made.show()
    made.open_path(wiltshire)
    qtbot.waitUntil(lambda: made.desk is not None and made.desk.is_settled, timeout=30_000)
    yield made
    made.close()
    gc.collect()
    gc.enable()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    chosen = Path(os.environ.get("JSNA_SCREENSHOTS", tmp_path))
    chosen.mkdir(parents=True, exist_ok=True)
    return chosen


def _choose(window: MainWindow, qtbot, name: str) -> None:
    assert window.session is not None and window.desk is not None
    window.desk.choose_place(next(place.id for place in window.session.places() if place.name == name))
    qtbot.waitUntil(lambda: window.desk is not None and window.desk.is_settled, timeout=30_000)


def test_the_county_has_the_residents_of_the_census(window, qtbot, data):
    _choose(window, qtbot, "Whole county")
    rows = window.profile._view.rows
    residents = next(row for row in rows if row["indicator"] == "population.residents")
    codes = set(window.session.contents.blocks.codes.tolist())
    with (data / _FILES[3]).open(encoding="utf-8-sig", newline="") as file:
        counted = sum(int(row[-1]) for row in csv.reader(file) if row[0] in codes)
    assert residents["value"] == counted
    assert len(window.map.canvas.codes) == 307
    assert not window.header.badge.isVisible()


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_pictures_of_the_window_at_work(window, qtbot, folder, mode):
    window.look.set_mode(mode)
    _choose(window, qtbot, "South")
    path = folder / f"wiltshire_{mode}.png"
    assert window.grab().save(str(path))
    image = QImage(str(path))
    inside = {image.pixelColor(x, y).name() for x in range(240, 980, 5) for y in range(60, 640, 5)}
    assert {colour.lower() for colour in window.look.ramp()} <= inside


def test_everything_in_the_window_says_whose_data_it_is(window):
    assert "Crown copyright" in window.map.canvas._attribution
