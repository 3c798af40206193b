"""Pictures of the window, to be looked at: kept in JSNA_SCREENSHOTS where that is set."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

from jsna_desktop.app.dialogs.add_data import AddData

SIZE = (1366, 768)
_AT_TWICE = """
import sys
from pathlib import Path
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication
from jsna_desktop.app.main_window import make_window
workspace, settings, folder = map(Path, sys.argv[1:])
app = QApplication([])
window = make_window(app, QSettings(str(settings), QSettings.Format.IniFormat))
window.resize(683, 384)
window.show()
window.open_path(workspace)
while window.desk is None or not window.desk.is_settled:
    app.processEvents()
for name, drawer, sheet in (("map", False, False), ("places", True, False), ("profile", False, True)):
    window.bench.show_drawer(drawer)
    window.bench.show_sheet(sheet)
    app.processEvents()
    while not window.desk.is_settled:
        app.processEvents()
    window.grab().save(str(folder / f"twice_{name}.png"))
window.close()
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    chosen = Path(os.environ.get("JSNA_SCREENSHOTS", tmp_path))
    chosen.mkdir(parents=True, exist_ok=True)
    return chosen


def _varied(path: Path) -> bool:
    """Whether a picture has many colours: a blank or broken window has few."""
    image = QImage(str(path))
    return len({image.pixel(x, y) for x in range(0, image.width(), 7) for y in range(0, image.height(), 7)}) > 40


def test_the_start_screen(window, folder):
    path = folder / "start.png"
    QApplication.processEvents()
    assert window.grab().save(str(path))
    assert (QImage(str(path)).width(), QImage(str(path)).height()) == SIZE


@pytest.mark.parametrize("mode", ["light", "dark", "contrast"])
def test_the_window_at_work(at_work, settled, folder, mode):
    at_work.look.set_mode(mode)
    settled()
    path = folder / f"work_{mode}.png"
    assert at_work.grab().save(str(path))
    assert _varied(path)


def test_files_before_they_are_added(at_work, qtbot, folder, tmp_path):
    (tmp_path / "notes.docx").write_text("minutes")
    code = at_work.session.contents.blocks.codes[0]
    (tmp_path / "survey.csv").write_text(
        f"area_code,indicator,period,numerator,denominator\n{code},walks,2025,20,90\nX01999999,walks,2025,*,80\n"
    )
    at_work.add_files([tmp_path / "survey.csv", tmp_path / "notes.docx"])
    sheet = at_work.sheet
    assert isinstance(sheet, AddData)
    qtbot.waitUntil(lambda: bool(sheet.found), timeout=60_000)
    QApplication.processEvents()
    assert at_work.grab().save(str(folder / "add_data.png"))
    assert sheet.card.height() > 200


def test_at_200_per_cent_on_the_smallest_screen(workspace, settings, folder):
    settings.sync()
    subprocess.run(
        [sys.executable, "-c", _AT_TWICE, str(workspace), settings.fileName(), str(folder)],
        env={**os.environ, "QT_SCALE_FACTOR": "2", "QT_QPA_PLATFORM": "offscreen"},
        check=True,
        timeout=120,
    )
    for name in ("map", "places", "profile"):
        image = QImage(str(folder / f"twice_{name}.png"))
        assert (image.width(), image.height()) == SIZE
        assert _varied(folder / f"twice_{name}.png")
