"""The workspaces that were open last."""

from pathlib import Path

from PySide6.QtCore import QSettings

_MOST = 5


class Recent:
    def __init__(self, settings: QSettings) -> None:
        self._settings = settings

    def paths(self) -> list[Path]:
        """Those that are still there, the last first."""
        kept = self._settings.value("recent", [])
        names = [kept] if isinstance(kept, str) else list(kept or [])  # type: ignore[call-overload]
        return [Path(name) for name in names if Path(name).is_file()]

    def remember(self, path: Path) -> None:
        first = Path(path).resolve()
        rest = [known for known in self.paths() if known != first]
        self._settings.setValue("recent", [str(known) for known in [first, *rest][:_MOST]])

    def forget(self, path: Path) -> None:
        self._settings.setValue("recent", [str(known) for known in self.paths() if known != Path(path)])
