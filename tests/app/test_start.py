"""The start screen, and how fast it is there."""

import subprocess
import sys
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from jsna_desktop.app.dialogs.new_workspace import NewWorkspace, file_name
from jsna_desktop.workspace.store import Store

_HEAVY = ("pandas", "geopandas", "matplotlib", "pyogrio", "pyarrow", "rasterio", "openpyxl", "pyproj")
_SHOW = """
import sys
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication
from jsna_desktop.app.main_window import make_window
app = QApplication([])
window = make_window(app, QSettings(sys.argv[1], QSettings.Format.IniFormat))
window.show()
app.processEvents()
if len(sys.argv) > 2:
    from pathlib import Path
    window.open_path(Path(sys.argv[2]))
    while window.desk is None or not window.desk.is_settled:
        app.processEvents()
print(*sys.modules)
window.close()
"""


def _modules(*arguments: Path) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-c", _SHOW, *map(str, arguments)], capture_output=True, text=True, check=True, timeout=120
    )
    return set(done.stdout.split())


def test_the_window_is_shown_without_the_heavy_libraries(tmp_path):
    loaded = _modules(tmp_path / "settings.ini")
    assert "jsna_desktop.app.window" in loaded
    assert loaded.isdisjoint(_HEAVY)


def test_open_profile_and_paint_need_no_heavy_library_either(tmp_path, workspace):
    loaded = _modules(tmp_path / "settings.ini", workspace)
    assert "jsna_desktop.jobs.profile" in loaded
    assert loaded.isdisjoint(_HEAVY)


def test_nothing_that_needs_a_workspace_can_be_done_yet(window):
    assert window.pages.currentWidget() is window.start
    assert not window.header.find_box.isVisible()
    assert not any(action.isEnabled() for action in window.actions_.at_work() if action is not window.actions_.add)


def test_files_dropped_on_the_start_screen_first_get_a_workspace(qtbot, window, settled, tmp_path):
    window.add_files([tmp_path / "nothing.csv"])
    sheet = window.sheet
    assert isinstance(sheet, NewWorkspace)
    sheet.folder.setText(str(tmp_path))
    sheet.name.setText("Downshire: north")
    QTest.keyClick(sheet.name, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.session is not None and window.sheet is not None and not window.tasks.busy)
    with Store.open(tmp_path / "Downshire- north.jsna", read_only=True) as store:
        assert store.name == "Downshire: north"
    assert "1 left out" in window.sheet.lead.text()


def test_a_workspace_is_never_made_over_a_file(window, tmp_path):
    (tmp_path / "Taken.jsna").write_text("something of mine")
    window.new_workspace()
    window.sheet.folder.setText(str(tmp_path))
    window.sheet.name.setText("Taken")
    window.sheet.make.click()
    assert "Taken.jsna is there already" in window.sheet.problem.text()
    assert (tmp_path / "Taken.jsna").read_text() == "something of mine"


def test_a_name_becomes_a_file_name():
    assert file_name('A/B: "C"?') == "A-B- -C--"
    assert file_name(" . ") == ""


def test_recent_workspaces_are_offered_and_those_that_went_are_not(at_work, window, workspace):
    assert window.recent.paths() == [workspace.resolve()]
    window.close_workspace()
    workspace.unlink()
    assert window.recent.paths() == []


def test_what_is_no_workspace_is_refused_in_words(qtbot, window, tmp_path):
    wrong = tmp_path / "wrong.jsna"
    wrong.write_bytes(b"not a database at all, but long enough to look like one" * 40)
    window.open_path(wrong)
    qtbot.waitUntil(lambda: window.sheet is not None)
    assert "damaged or is not one" in window.sheet.lead.text()
    assert window.pages.currentWidget() is window.start
