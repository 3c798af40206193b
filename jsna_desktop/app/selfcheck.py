"""Does the window open here? Shown, loaded with a workspace, and closed again, with nobody at it."""

from pathlib import Path

from PySide6.QtCore import QDeadlineTimer, QSettings
from PySide6.QtWidgets import QApplication

from jsna_desktop.app.main_window import make_window
from jsna_desktop.errors import UserError

_SECONDS = 60


def check_window(workspace: Path) -> str:
    """Open the workspace in a window; what it shows. A UserError where it does not within a minute."""
    app = QApplication.instance() or QApplication(["jsna-desktop"])
    assert isinstance(app, QApplication)
    window = make_window(app, QSettings(str(workspace.with_suffix(".settings")), QSettings.Format.IniFormat))
    window.show()
    window.open_path(workspace)
    deadline = QDeadlineTimer(_SECONDS * 1000)
    while window.session is None and not deadline.hasExpired():
        app.processEvents()
    shown = window.session.name if window.session is not None else ""
    window.close()
    if not shown:
        raise UserError("the window did not open the workspace", where=str(workspace))
    return shown
