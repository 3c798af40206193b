"""What the program is doing just now, with a way to stop it; only for work that lasts."""

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from jsna_desktop.app import words
from jsna_desktop.app.tasks import Task
from jsna_desktop.app.theme import Look
from jsna_desktop.app.widgets import Button, Card, Text

_PATIENCE_MS = 350


class BusyCard(Card):
    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self._home = parent
        self._task: Task | None = None
        self.doing = Text(look, "", "small", wrap=True)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName("Progress")
        self.stop = Button(look, "Cancel")
        self.stop.clicked.connect(self._cancel)
        left = QVBoxLayout()
        left.setSpacing(8)
        left.addWidget(self.doing)
        left.addWidget(self.bar)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(14, 10, 12, 10)
        layout.setSpacing(14)
        layout.addLayout(left, 1)
        layout.addWidget(self.stop)
        self._look = look
        self._home.installEventFilter(self)
        self._patience = QTimer(self, singleShot=True, interval=_PATIENCE_MS)
        self._patience.timeout.connect(self._appear)
        self.hide()

    def watch(self, task: Task) -> None:
        """Follow a task; the card appears only if it lasts."""
        self._task = task
        self.doing.setText(words.breakable(task.label))
        self.bar.setRange(0, 0)
        task.progressed.connect(self._progress)
        task.ended.connect(lambda: self._end(task))
        self._patience.start()

    def place(self) -> None:
        parent = self._home
        self.setFixedWidth(min(self._look.px(360), parent.width() - 16))
        self.adjustSize()
        self.move((parent.width() - self.width()) // 2, max(8, parent.height() - self.height() - 60))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self.place()
        return super().eventFilter(watched, event)

    def _appear(self) -> None:
        if self._task is not None:
            self.place()
            self.show()
            self.raise_()

    def _progress(self, message: str, fraction: float | None) -> None:
        self.doing.setText(words.breakable(message))
        if self.isVisible() and self.heightForWidth(self.width()) > self.height():
            self.place()
        self.setAccessibleName(message)
        self.bar.setRange(0, 0 if fraction is None else 1000)
        if fraction is not None:
            self.bar.setValue(round(1000 * fraction))

    def _cancel(self) -> None:
        if self._task is not None:
            self.doing.setText("Stopping …")
            self._task.cancel()

    def _end(self, task: Task) -> None:
        if task is not self._task:
            return  # the next one is watched already
        self._task = None
        self._patience.stop()
        self.hide()
