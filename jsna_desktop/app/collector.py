"""Python's cyclic garbage is collected on the window's thread only.

Python collects on whatever thread happens to allocate, and a widget that is part of a cycle would then be destroyed
on a worker's thread, which ends the program. So automatic collection rests while the window is open.
"""

import gc

from PySide6.QtCore import QObject, QTimer

_EVERY_MS = 1000
# The oldest generation costs the most: one look in this many.
_RARELY = 30


class Collector(QObject):
    """Collects once a second, young objects each time and old ones now and then; `stop` gives it back to Python."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._was = gc.isenabled()
        self._looks = 0
        gc.disable()
        self._timer = QTimer(self, interval=_EVERY_MS)
        self._timer.timeout.connect(self._look)
        self._timer.start()

    def _look(self) -> None:
        self._looks += 1
        gc.collect(2 if self._looks % _RARELY == 0 else 1)

    def stop(self) -> None:
        self._timer.stop()
        if self._was:
            gc.enable()
