"""The way in: one window, in the colours and text size that were chosen last."""

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import QByteArray, QSettings, QSize
from PySide6.QtWidgets import QApplication

from jsna_desktop.app.theme import MODES, SYSTEM, TEXT_SIZES, Look
from jsna_desktop.app.window import MainWindow


def make_window(app: QApplication, settings: QSettings) -> MainWindow:
    """The window, not shown yet."""
    mode, text = str(settings.value("mode", SYSTEM)), str(settings.value("text", "100"))
    percent = int(text) if text.isdigit() and int(text) in TEXT_SIZES else 100
    window = MainWindow(Look(app, mode if mode in MODES else SYSTEM, percent), settings)
    geometry = settings.value("geometry")
    if isinstance(geometry, QByteArray):
        window.restoreGeometry(geometry)
    else:
        screen = app.primaryScreen().availableGeometry().size()
        window.resize(QSize(1366, 768).boundedTo(screen))
    return window


def run(workspace: Path | None, argv: Sequence[str]) -> int:
    """Open the window, on a workspace where one is given; the exit code when it is closed."""
    app = QApplication(list(argv) or sys.argv[:1])
    app.setApplicationName("JSNA Desktop")
    app.setOrganizationName("JSNA Desktop")
    window = make_window(app, QSettings())
    sys.excepthook = _relay(window)
    window.show()
    if workspace is not None:
        window.open_path(workspace)
    return app.exec()


def _relay(window: MainWindow) -> Callable[..., None]:
    """A fault in the window itself is printed and shown, and the window goes on."""

    def show(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        sys.__excepthook__(kind, error, trace)
        window.show_problem(error)

    return show
