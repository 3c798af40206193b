"""Paths, asked for with the system's own dialogs."""

from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget


class Chooser:
    """Each method gives what was chosen, or nothing; tests put their own answers in its place."""

    def __init__(self, window: QWidget) -> None:
        self._window = window

    def open(self, title: str, kinds: str, *, many: bool = False) -> list[Path]:
        if many:
            names, _ = QFileDialog.getOpenFileNames(self._window, title, "", kinds)
        else:
            name, _ = QFileDialog.getOpenFileName(self._window, title, "", kinds)
            names = [name] if name else []
        return [Path(name) for name in names]

    def save(self, title: str, name: str) -> Path | None:
        chosen, _ = QFileDialog.getSaveFileName(self._window, title, name)
        return Path(chosen) if chosen else None

    def folder(self, title: str, start: Path) -> Path | None:
        chosen = QFileDialog.getExistingDirectory(self._window, title, str(start))
        return Path(chosen) if chosen else None
