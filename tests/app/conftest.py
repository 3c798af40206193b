"""A window on a copy of the demonstration county, which is built once."""

import gc
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import pytest
from PySide6.QtCore import QPoint, QSettings, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from jsna_desktop.app.dialogs.add_data import AddData
from jsna_desktop.app.main_window import make_window
from jsna_desktop.app.theme import LIGHT, Look
from jsna_desktop.app.window import MainWindow

PATIENCE_MS = 30_000


_ROW = {
    "locality": "Trowbridge", "set": "Places", "sex": "persons", "age": "all",
    "indicator": "census2021.disability.disabled", "name": "Disabled", "period": "2021",
    "value": 18.1269, "lower_ci": 17.78, "upper_ci": 18.47, "numerator": 8684.0, "denominator": 47908.0, "unit": "%",
    "polarity": "low good", "note": "", "kind": "proportion", "method": "blocks", "weighted_by": "", "caveat": "",
    "group": "People",
    "comparators": [
        {"level": "district", "area": "Wiltshire", "value": 16.9, "lower_ci": 16.8, "upper_ci": 17, "verdict": "worse"},
        {"level": "england", "area": "England", "value": 17.3, "lower_ci": 17.3, "upper_ci": 17.3, "verdict": "worse"},
    ],
}  # fmt: skip


@pytest.fixture(autouse=True)
def garbage_on_this_thread() -> Iterator[None]:
    """Widgets that a test leaves behind go here, never on a worker's thread (app/collector.py)."""
    gc.disable()
    yield
    gc.collect()
    gc.enable()


@pytest.fixture
def row() -> dict:
    """A row of a profile as the panel gets it."""
    return dict(_ROW)


@pytest.fixture
def workspace(county_built: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(county_built, tmp_path / "county.jsna"))


@pytest.fixture
def look(qapp: QApplication) -> Look:
    return Look(qapp, LIGHT)


@pytest.fixture
def settings(tmp_path: Path) -> QSettings:
    made = QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)
    made.setValue("mode", LIGHT)
    return made


@pytest.fixture
def faults() -> list[BaseException]:
    """Errors that the window showed and a test did not expect."""
    return []


class _NoDialogs:
    """A system dialog would wait for ever: a test that needs one puts its answer in its place."""

    def __getattr__(self, name: str) -> Callable:
        def asked(*_: object, **__: object) -> None:
            raise AssertionError(f"the window asked for {name}")

        return asked


@pytest.fixture
def window(qtbot, qapp: QApplication, settings: QSettings, faults: list) -> Iterator[MainWindow]:
    """The window on its start screen, 1366 × 768."""
    made = make_window(qapp, settings)
    qtbot.addWidget(made)
    made.tasks.failed.connect(faults.append)
    made.choose = _NoDialogs()
    made.resize(1366, 768)
    with qtbot.waitActive(made):
        made.show()
        made.activateWindow()
    yield made
    made.close()
    assert faults == []


@pytest.fixture
def settled(qtbot, window: MainWindow) -> Callable[[], None]:
    """Wait until map and profile show what is chosen."""

    def wait() -> None:
        qtbot.waitUntil(
            lambda: not window.tasks.busy and window.desk is not None and window.desk.is_settled, timeout=PATIENCE_MS
        )

    return wait


@pytest.fixture
def at_work(window: MainWindow, workspace: Path, settled) -> MainWindow:
    """The window at work on the county."""
    window.open_path(workspace)
    settled()
    return window


@pytest.fixture
def click_block(at_work: MainWindow) -> Callable[..., None]:
    """Click the middle of a block by its position."""

    def click(block: int, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        canvas = at_work.map.canvas
        x, y = canvas.view.to_screen(canvas.points[block])
        QTest.mouseClick(canvas, Qt.MouseButton.LeftButton, modifiers, QPoint(round(float(x)), round(float(y))))

    return click


@pytest.fixture
def recognised(qtbot, at_work: MainWindow) -> Callable[..., AddData]:
    """Give files to the window and wait for the list."""

    def give(*paths: Path) -> AddData:
        at_work.add_files(list(paths))
        sheet = at_work.sheet
        assert isinstance(sheet, AddData)
        qtbot.waitUntil(lambda: bool(sheet.found), timeout=2 * PATIENCE_MS)
        return sheet

    return give


@pytest.fixture
def drawn(qtbot, window: MainWindow) -> Callable[[], None]:
    """Wait until the tab's view shows what was asked, and the map with it."""

    def wait() -> None:
        for _ in range(2):  # what is found first may ask for more, such as its charts
            qtbot.waitUntil(
                lambda: (
                    window.views.is_settled
                    and (window.desk.is_settled or not window.map.isVisible())  # a hidden map is not painted
                    and not window.tasks.busy
                ),
                timeout=PATIENCE_MS,
            )

    return wait


@pytest.fixture
def tab(qtbot, at_work: MainWindow, settled, drawn) -> Callable[[str], MainWindow]:
    """Show a tab by its action, and wait for it."""

    def show(key: str) -> MainWindow:
        settled()
        at_work.actions_.views[key].trigger()
        drawn()
        return at_work

    return show
