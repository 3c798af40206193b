"""Work that takes more than 50 ms, off the window's thread: progress, cancel, and errors brought back."""

import traceback
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, QRunnable, Qt, QThreadPool, Signal

from jsna_desktop.errors import Cancelled
from jsna_desktop.jobs.progress import Progress


class Task(QObject):
    """One piece of work. `finished` brings its result, `failed` its error, `cancelled` that it was stopped.

    All signals are emitted on the window's thread; `ended` comes last whatever happened.
    """

    progressed = Signal(str, object)  # message, fraction or None
    finished = Signal(object)
    failed = Signal(object)  # the exception; its traceback as text is in its attribute `report`
    cancelled = Signal()
    ended = Signal()
    _told = Signal(str, object)

    def __init__(self, label: str, work: Callable[[Progress], Any], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.label = label
        self.progress = Progress(lambda message, fraction=None: self._told.emit("progress", (message, fraction)))
        self._work = work
        # Queued to a method of this object: a plain function would be called on the worker's thread.
        self._told.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    def cancel(self) -> None:
        self.progress.cancel()

    def run(self) -> None:
        """Do the work, on the calling thread."""
        try:
            result = self._work(self.progress)
        except Cancelled:
            self._told.emit("cancelled", None)
        except Exception as error:  # relayed, never swallowed: the window shows it
            error.__dict__["report"] = traceback.format_exc()
            self._told.emit("failed", error)
        else:
            self._told.emit("finished", result)

    def _deliver(self, what: str, content: Any) -> None:
        if what == "progress":
            self.progressed.emit(*content)
            return
        if what == "cancelled" or self.progress.cancelled:
            self.cancelled.emit()
        elif what == "failed":
            self.failed.emit(content)
        else:
            self.finished.emit(content)
        self.ended.emit()


class _Runner(QRunnable):
    def __init__(self, task: Task) -> None:
        super().__init__()
        self._task = task

    def run(self) -> None:
        self._task.run()


class Tasks(QObject):
    """Runs tasks one after another on one thread, so that a workspace is never changed by two at once."""

    started = Signal(object)
    failed = Signal(object)  # errors of tasks that nobody else listens to

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(1)
        self._open: set[Task] = set()

    @property
    def busy(self) -> bool:
        return bool(self._open)

    def run(
        self,
        label: str,
        work: Callable[[Progress], Any],
        then: Callable[[Any], None],
        failed: Callable[[Exception], None] | None = None,
    ) -> Task:
        """Start `work` (given a Progress); `then` gets its result on the window's thread."""
        task = Task(label, work, self)
        self._open.add(task)
        task.finished.connect(then)
        task.failed.connect(failed or self.failed.emit)
        task.ended.connect(lambda: self._close(task))
        self.started.emit(task)
        self._pool.start(_Runner(task))
        return task

    def _close(self, task: Task) -> None:
        self._open.discard(task)
        task.deleteLater()

    def stop(self) -> None:
        """Cancel everything and wait for it to end."""
        for task in list(self._open):
            task.cancel()
        self._pool.waitForDone(10_000)


class Latest(QObject):
    """Only the newest request matters: while one runs, the next waits and older ones are dropped."""

    finished = Signal(object)
    failed = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(1)
        self._running: Task | None = None
        self._waiting: Callable[[Progress], Any] | None = None

    @property
    def busy(self) -> bool:
        return self._running is not None

    def ask(self, work: Callable[[Progress], Any]) -> None:
        if self._running is not None:
            self._waiting = work
            return
        task = Task("", work, self)
        self._running = task
        task.finished.connect(self._finish)
        task.failed.connect(self._fail)
        task.ended.connect(self._next)
        self._pool.start(_Runner(task))

    def forget(self) -> None:
        """Drop what waits and do not tell what runs."""
        self._waiting = None
        if self._running is not None:
            self._running.cancel()

    def stop(self) -> None:
        self.forget()
        self._pool.waitForDone(10_000)

    def _finish(self, result: Any) -> None:
        self.finished.emit(result)

    def _fail(self, error: Exception) -> None:
        self.failed.emit(error)

    def _next(self) -> None:
        task, self._running = self._running, None
        if task is not None:
            task.deleteLater()
        if self._waiting is not None:
            work, self._waiting = self._waiting, None
            self.ask(work)
