"""A check that the installed window works: open a workspace, paint it, profile a place, close."""

import sys
import tempfile
from pathlib import Path

from PySide6.QtCore import QEventLoop, QSettings, QTimer
from PySide6.QtWidgets import QApplication

from jsna_desktop.app.main_window import make_window

_PATIENCE_MS = 60_000


def check_window(workspace: Path) -> str:
    """Open `workspace` in a real window (on whatever platform Qt is told) and wait until map and profile are there.

    What was shown, as a sentence; a RuntimeError where it did not come within a minute.
    """
    app = QApplication.instance() or QApplication(sys.argv[:1])
    if not isinstance(app, QApplication):
        raise RuntimeError("Qt is running without windows")
    with tempfile.TemporaryDirectory() as folder:
        settings = QSettings(str(Path(folder) / "settings.ini"), QSettings.Format.IniFormat)
        window = make_window(app, settings)
        loop, patience = QEventLoop(), QTimer(singleShot=True, interval=_PATIENCE_MS)
        patience.timeout.connect(loop.quit)
        failures: list[BaseException] = []
        window.tasks.failed.connect(failures.append)

        def look() -> None:
            if failures or (window.desk is not None and window.desk.is_settled):
                loop.quit()

        ticks = QTimer(interval=20)
        ticks.timeout.connect(look)
        window.show()
        window.open_path(workspace)
        patience.start()
        ticks.start()
        loop.exec()
        ticks.stop()
        if failures:
            raise RuntimeError("the window could not show the workspace") from failures[0]
        if window.desk is None or window.session is None or not window.desk.is_settled:
            raise RuntimeError("the window did not show the workspace within a minute")
        blocks = window.session.contents.blocks
        areas = 0 if blocks is None else len(blocks.codes)
        said = f"{window.windowTitle()}: {areas:,} areas painted, {len(window.session.places()):,} places"
        window.close()
        settings.sync()
    return said
