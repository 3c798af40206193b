"""The start screen: what to do first, and what one did last."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from jsna_desktop.app.theme import Look
from jsna_desktop.app.widgets import Button, Flow, Text, clear


class StartScreen(QScrollArea):
    """Three steps, the demonstration county, a workspace from disk, and the recent ones."""

    council_asked = Signal()
    files_asked = Signal()
    draw_asked = Signal()
    demonstration_asked = Signal()
    open_asked = Signal()
    recent_asked = Signal(Path)

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self.setObjectName("start")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        title = Text(look, "What does this place need, and what is it good at?", "poster", wrap=True)
        lead = Text(
            look,
            "Everything stays on this computer. Drop files anywhere in this window to begin.",
            "lead",
            "muted",
            wrap=True,
        )
        self.council = Button(look, "Choose a council", kind="primary")
        self.council.clicked.connect(self.council_asked.emit)
        self.files = Button(look, "Add files")
        self.files.clicked.connect(self.files_asked.emit)
        self.draw = Button(look, "Try it", name="Try it on the demonstration county")
        self.draw.clicked.connect(self.draw_asked.emit)
        self._steps = [
            _Step(look, "1", "Add boundaries", "Choose your council from the built-in list, or drop a file "
                  "from the ONS geography portal.", self.council),
            _Step(look, "2", "Add what you know", "Deprivation, population, indicators, deaths, services: drop the "
                  "files as you downloaded them.", self.files),
            _Step(look, "3", "Draw a place", "Click neighbourhoods or draw a line. Its profile appears as you draw.",
                  self.draw),
        ]  # fmt: skip
        self._grid = QGridLayout()
        self._grid.setSpacing(20)
        self.demonstration = Button(look, "Open the demonstration county")
        self.demonstration.clicked.connect(self.demonstration_asked.emit)
        self.open = Button(look, "Open a workspace …")
        self.open.clicked.connect(self.open_asked.emit)
        self._recent = Flow(gap=4)
        more = Flow(gap=28, line_gap=10)
        more.addWidget(self.demonstration)
        more.addWidget(self.open)
        page = QWidget()
        column = QVBoxLayout()
        column.setSpacing(0)
        column.addWidget(title)
        column.addSpacing(6)
        column.addWidget(lead)
        column.addSpacing(26)
        column.addLayout(self._grid)
        column.addSpacing(28)
        column.addLayout(more)
        column.addSpacing(14)
        column.addLayout(self._recent)
        centred = QHBoxLayout()
        self._inner = QWidget()
        self._inner.setLayout(column)
        centred.addStretch(1)
        centred.addWidget(self._inner)
        centred.addStretch(1)
        outer = QVBoxLayout(page)
        outer.setContentsMargins(20, 20, 20, 20)
        outer.addStretch(1)
        outer.addLayout(centred)
        outer.addStretch(1)
        self.setWidget(page)
        self._columns = 0
        self._arrange()

    def show_recent(self, paths: Sequence[Path]) -> None:
        clear(self._recent)
        if paths:
            self._recent.addWidget(Text(self._look, "Recent:", "small", "muted"))
        for path in paths:
            link = Button(self._look, path.name, kind="link", role="small", name=f"Open {path.name}")
            link.setToolTip(str(path))
            link.clicked.connect(lambda _checked=False, chosen=path: self.recent_asked.emit(chosen))
            self._recent.addWidget(link)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        """Three cards side by side, or below each other where the window is narrow or the text large."""
        width = min(self.viewport().width() - 40, self._look.px(880))
        self._inner.setFixedWidth(max(width, 200))
        columns = 3 if width >= self._look.px(600) else 1
        if columns == self._columns:
            return
        self._columns = columns
        for place, step in enumerate(self._steps):
            self._grid.addWidget(step, place // columns, place % columns)
            self._grid.setColumnStretch(place, 1 if place < columns else 0)


class _Step(QFrame):
    def __init__(self, look: Look, number: str, heading: str, text: str, button: Button) -> None:
        super().__init__()
        self.setObjectName("step")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(22, 18, 22, 20)
        layout.setSpacing(0)
        layout.addWidget(Text(look, number, "poster", "blue"))
        layout.addSpacing(6)
        layout.addWidget(Text(look, heading, "heading", wrap=True))
        layout.addSpacing(4)
        words = Text(look, text, tone="muted", wrap=True)
        words.setAlignment(Qt.AlignmentFlag.AlignTop)
        layout.addWidget(words, 1)
        layout.addSpacing(16)
        layout.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
