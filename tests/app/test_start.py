"""The start screen, and how fast it is there."""

import subprocess
import sys
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from jsna_desktop.app.dialogs.new_workspace import NewWorkspace, file_name
from jsna_desktop.app.dialogs.password import AskPassword, ChoosePassword
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


def test_a_council_is_chosen_and_its_map_is_there_without_any_file(qtbot, window, settled, tmp_path):
    window.start.council.click()
    sheet = window.sheet
    assert isinstance(sheet, NewWorkspace)
    qtbot.waitUntil(lambda: sheet.council.completer() is not None, timeout=30_000)
    sheet.folder.setText(str(tmp_path))
    QTest.keyClicks(sheet.council, "Rutlan")
    sheet.council.setText("Rutland")
    assert sheet.name.text() == "Rutland"
    sheet.make.click()
    qtbot.waitUntil(lambda: window.session is not None and not window.tasks.busy, timeout=30_000)
    settled()
    assert len(window.session.contents.blocks.codes) > 20
    assert window.desk.search("LE15 6")
    assert {dataset.kind for dataset in window.session.contents.datasets} == {"boundaries", "lookup", "postcodes"}


def test_a_council_that_there_is_not_is_said(qtbot, window, tmp_path):
    window.new_workspace()
    sheet = window.sheet
    qtbot.waitUntil(lambda: sheet.council.completer() is not None, timeout=30_000)
    sheet.folder.setText(str(tmp_path))
    sheet.council.setText("Rutlandshire")
    sheet.make.click()
    assert "no council of this name" in sheet.problem.text()
    assert not list(tmp_path.glob("*.jsna"))


def test_an_encrypted_workspace_asks_for_its_password(qtbot, window, settled, tmp_path):
    window.new_workspace()
    sheet = window.sheet
    sheet.folder.setText(str(tmp_path))
    sheet.name.setText("Secret")
    sheet.secret.setChecked(True)
    sheet.make.click()
    assert "needs a password" in sheet.problem.text()
    sheet.password.first.setText("correct horse battery")
    sheet.password.again.setText("correct horse")
    sheet.make.click()
    assert "differ" in sheet.problem.text()
    sheet.password.again.setText("correct horse battery")
    sheet.make.click()
    qtbot.waitUntil(lambda: window.session is not None and not window.tasks.busy, timeout=30_000)
    assert window.session.store.encrypted
    path = window.session.path
    assert b"SQLite format" not in path.read_bytes()[:64]
    window.close_workspace()
    window.open_path(path)
    qtbot.waitUntil(lambda: isinstance(window.sheet, AskPassword), timeout=30_000)
    window.sheet.field.setText("wrong")
    QTest.keyClick(window.sheet.field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.session is None and isinstance(window.sheet, AskPassword), timeout=30_000)
    window.sheet.field.setText("correct horse battery")
    QTest.keyClick(window.sheet.field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.session is not None and not window.tasks.busy, timeout=30_000)
    assert window.session.name == "Secret"


def test_a_plain_workspace_goes_on_as_an_encrypted_copy(qtbot, at_work, settled, tmp_path, monkeypatch):
    copy = tmp_path / "copy.jsna"
    monkeypatch.setattr(at_work.choose, "save", lambda *_: copy)
    at_work.actions_.encrypt.trigger()
    assert isinstance(at_work.sheet, ChoosePassword)
    at_work.sheet.password.first.setText("correct horse battery")
    at_work.sheet.password.again.setText("correct horse battery")
    QTest.keyClick(at_work.sheet.password.again, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: at_work.session is not None and at_work.session.path == copy, timeout=60_000)
    assert at_work.session.store.encrypted
    assert at_work.session.places()


def test_who_comes_second_can_only_read_and_is_told(qtbot, window, settled, workspace):
    with Store.open(workspace):
        window.open_path(workspace)
        qtbot.waitUntil(lambda: window.session is not None and not window.tasks.busy, timeout=30_000)
        assert window.session.store.read_only
        assert "can only be read" in window.map.banner.text.text()


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
