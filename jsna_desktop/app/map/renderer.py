"""Painting off the window's thread, into images that the window only has to copy.

PySide6 keeps the interpreter's lock inside one call, so a call that paints thousands of areas would
stall the window. Each call paints a few dozen, and after every couple of milliseconds the painter
sleeps for a moment: without a real sleep the thread takes the lock back before the window wakes.
"""

import atexit
import threading
import time
import weakref
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from typing import Protocol

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QImage

from jsna_desktop.app.map.layers import BlockShapes
from jsna_desktop.app.map.view import View

_SLICE_S = 0.0015
_REST_S = 0.0001
# What is wanted first, first: an answer to a click before the areas, and these before what lies round them.
_ORDER = ("marks", "blocks", "context", "background")
_SOONER = {"marks": (), "blocks": ("marks",), "context": ("marks",), "background": _ORDER[:-1]}


@dataclass(frozen=True)
class Frame:
    """A finished image of `view` (which is wider than the window), and the shapes it was made from."""

    kind: str
    number: int
    view: View
    image: QImage
    shapes: BlockShapes | None = None


def clear_image(view: View, ratio: float) -> QImage:
    """An image of the view for what lies over or under the blocks, `ratio` device pixels to a pixel."""
    size = round(view.width * ratio), round(view.height * ratio)
    image = QImage(*size, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    image.setDevicePixelRatio(ratio)
    return image


class Job(Protocol):
    """Something to paint: `steps` yields often and returns the finished frame."""

    @property
    def kind(self) -> str: ...

    def steps(self) -> Generator[None, None, Frame]: ...


class Renderer(QObject):
    """One thread that paints what was asked for last; `painted` hands over each finished frame.

    A newer job of the same kind drops the one in hand. Marks go before all others, even into the middle of them: they
    are small, and answer a click. The background waits for everything, also in its middle.
    """

    painted = Signal(object)
    failed = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._wanted: dict[str, Job] = {}
        self._stopping = self._dropping = self._busy = False
        self._change = threading.Condition()
        self._thread = threading.Thread(target=self._work, name="map painter", daemon=True)
        self._thread.start()
        # A thread still painting while the interpreter is taken down would crash it.
        atexit.register(_stop_if_alive, weakref.ref(self))

    def ask(self, job: Job) -> None:
        with self._change:
            self._wanted[job.kind] = job
            self._change.notify_all()

    def stop(self) -> None:
        """Ends the thread; what was asked for is not painted."""
        with self._change:
            self._stopping = True
            self._change.notify_all()
        if threading.current_thread() is not self._thread:
            self._thread.join(timeout=5)

    def drop(self) -> None:
        """Forgets what was asked for and returns when the thread no longer touches it."""
        with self._change:
            self._wanted.clear()
            self._dropping = True
            while self._busy and not self._stopping:
                self._change.wait()
            self._dropping = False

    def _next(self) -> Job | None:
        with self._change:
            self._busy = False
            self._change.notify_all()
            while not self._wanted and not self._stopping:
                self._change.wait()
            if self._stopping:
                return None
            self._busy = True
            return self._first_of(_ORDER) or self._wanted.popitem()[1]

    def _first_of(self, kinds: Sequence[str]) -> Job | None:
        return next((self._wanted.pop(kind) for kind in kinds if kind in self._wanted), None)

    def _work(self) -> None:
        while (job := self._next()) is not None:
            self._paint(job)

    def _paint(self, job: Job) -> None:
        steps = job.steps()
        rested = time.perf_counter()
        try:
            while True:
                try:
                    next(steps)
                except StopIteration as finished:
                    self._hand_over(self.painted, finished.value)
                    return
                now = time.perf_counter()
                if now - rested > _SLICE_S:
                    time.sleep(_REST_S)
                    rested = time.perf_counter()
                    if self._stopping or self._dropping or job.kind in self._wanted:
                        return
                    with self._change:
                        sooner = self._first_of(_SOONER.get(job.kind, ()))
                    if sooner is not None:
                        self._paint(sooner)
        except Exception as error:
            # Shown by the window like any other bug; the painter goes on with what comes next.
            self._hand_over(self.failed, error)
        finally:
            steps.close()

    def _hand_over(self, signal, value: object) -> None:
        if not (self._stopping or self._dropping):
            signal.emit(value)


def _stop_if_alive(renderer: "weakref.ref[Renderer]") -> None:
    alive = renderer()
    if alive is not None:
        alive.stop()
