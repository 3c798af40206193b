"""How far long work has got, and the way to stop it."""

import threading
from collections.abc import Callable

from jsna_desktop.errors import Cancelled


class Progress:
    """Call it with what is being done and the fraction done (0–1, or None where unknown).

    A call after `cancel()` raises Cancelled: work that tells its progress can be stopped there. `show` is told every
    step, on the thread that works.
    """

    def __init__(self, show: Callable[[str, float | None], None] | None = None) -> None:
        self._show = show
        self._stop = threading.Event()

    def __call__(self, message: str, fraction: float | None = None) -> None:
        if self._stop.is_set():
            raise Cancelled(message)
        if self._show is not None:
            self._show(message, fraction)

    def cancel(self) -> None:
        self._stop.set()

    @property
    def cancelled(self) -> bool:
        return self._stop.is_set()
