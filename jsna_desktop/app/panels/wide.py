"""The frame of a wide view: its title, the tabs with the choices beside them, and what scrolls below."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from jsna_desktop.app.panels.tabs import Tabs
from jsna_desktop.app.theme import Look, watch
from jsna_desktop.app.widgets import Banner, Flow, IconButton, Rule, Text, UpAndDown

_RIGHT, _GAP, _TWO_COLUMNS = 420, 44, 900
_SHEET, _EDGE, _EDGE_OF_SHEET = 460, 24, 14  # narrower than this it is a sheet, whose edges are narrow too


class WideView(QFrame):
    """`left` and `right` hold what is shown: side by side, or one below the other where there is no room.

    Where it stands beside the map (`Workbench.add_panel`), `close_asked` closes the sheet of a narrow window.
    """

    tab_asked = Signal(str)
    close_asked = Signal()
    compact_tabs = False  # where there is little room from the start

    def __init__(self, look: Look, tab: str, choosers: Sequence[QWidget]) -> None:
        super().__init__()
        self.setObjectName("wide")
        self.look, self.key = look, tab
        self.title = Text(look, "", "title", wrap=True)
        self.beside = Text(look, "", "small", "muted")
        self.sentence = Text(look, "", "heading", wrap=True)
        self.sentence.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.tabs = Tabs(look, compact=self.compact_tabs)
        self.tabs.show_tab(tab)
        self.tabs.asked.connect(self.tab_asked.emit)
        self.choosers = QWidget()
        flow = Flow(gap=look.px(8), line_gap=6)
        self.choosers.setLayout(flow)
        for chooser in choosers:
            flow.addWidget(chooser)
        self.close_button = IconButton(look, "close", "Close the panel", size=32)
        self.close_button.clicked.connect(self.close_asked.emit)
        self.close_button.hide()
        self.banner = Banner(look, self)
        self.left, self.right = QWidget(), QWidget()
        for side in (self.left, self.right):
            column = QVBoxLayout(side)
            column.setContentsMargins(0, 0, 0, 0)
            column.setSpacing(look.px(14))
        self._build()
        watch(look, self, self._fold)

    def _build(self) -> None:
        head = QWidget()
        top = self._head = QVBoxLayout(head)
        top.setSpacing(8)
        titles = QHBoxLayout()
        titles.setSpacing(16)
        titles.addWidget(self.title, 0)
        titles.addWidget(self.beside, 0, Qt.AlignmentFlag.AlignBottom)
        titles.addStretch(1)
        titles.addWidget(self.close_button, 0, Qt.AlignmentFlag.AlignTop)
        top.addLayout(titles)
        self._bar = QGridLayout()
        self._bar.setContentsMargins(0, 0, 0, 0)
        self._bar.setVerticalSpacing(6)
        top.addLayout(self._bar)
        self._bar.addWidget(self.tabs, 0, 0, Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignLeft)
        inner = QWidget()
        body = self._body = QVBoxLayout(inner)
        body.setSpacing(14)
        body.addWidget(self.sentence)
        self._grid = QGridLayout()
        self._grid.setContentsMargins(0, 0, 0, 0)
        body.addLayout(self._grid)
        body.addStretch(1)
        self.scroll_area = UpAndDown(inner)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(1, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(head)
        layout.addWidget(Rule(self.look))
        layout.addWidget(self.banner)
        layout.addWidget(self.scroll_area, 1)

    def add(self, side: QWidget, *widgets: QWidget) -> None:
        column = side.layout()
        assert isinstance(column, QVBoxLayout)
        for widget in widgets:
            column.addWidget(widget)
        column.addStretch(1)

    def show_words(self, title: str, beside: str, sentence: str) -> None:
        self.title.setText(title)
        self.beside.setText(beside)
        self.sentence.setText(sentence)
        self.sentence.setVisible(bool(sentence))
        self.setAccessibleName(title)
        self._fold()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fold()

    def _fold(self) -> None:
        look, width = self.look, self.width()
        two = width >= look.px(_TWO_COLUMNS)
        for side in (self.left, self.right):
            self._grid.removeWidget(side)
        self._grid.setHorizontalSpacing(look.px(_GAP))
        self._grid.setVerticalSpacing(look.px(18))
        if two:
            self._grid.addWidget(self.left, 0, 0)
            self._grid.addWidget(self.right, 0, 1)
            self.right.setMinimumWidth(look.px(_RIGHT))
            self.right.setMaximumWidth(look.px(_RIGHT))
        else:
            self._grid.addWidget(self.left, 0, 0)
            self._grid.addWidget(self.right, 1, 0)
            self.right.setMinimumWidth(0)
            self.right.setMaximumWidth(16_777_215)
        edge = _EDGE if width >= look.px(_SHEET) else _EDGE_OF_SHEET
        self._body.setContentsMargins(edge, 12, edge - 6, 12)
        beside = width - self.tabs.sizeHint().width() - 96 >= self._choosers_wide()
        self._bar.removeWidget(self.choosers)
        self._head.setContentsMargins(edge, 14, edge, 0 if beside else 8)
        room = width - 2 * edge - (0 if self.close_button.isHidden() else self.close_button.sizeHint().width() + 16)
        named = self.title.fontMetrics().horizontalAdvance(self.title.text()) + 4
        self.title.setWordWrap(named > room)
        self.beside.setVisible(bool(self.beside.text()) and named + 16 + self.beside.sizeHint().width() <= room)
        if beside:
            self.choosers.setFixedWidth(self._choosers_wide())
            self._bar.addWidget(self.choosers, 0, 1, Qt.AlignmentFlag.AlignRight)
        else:
            self.choosers.setFixedWidth(max(100, width - 2 * edge - 1))
            self._bar.addWidget(self.choosers, 1, 0, 1, 2)
        self._bar.setColumnStretch(1, 1)

    def _choosers_wide(self) -> int:
        flow = self.choosers.layout()
        assert isinstance(flow, Flow)
        shown = [item.widget() for item in (flow.itemAt(at) for at in range(flow.count())) if item is not None]
        wide = [widget.sizeHint().width() for widget in shown if widget is not None and not widget.isHidden()]
        return sum(wide) + max(0, len(wide) - 1) * self.look.px(8) + 2

    @property
    def is_settled(self) -> bool:
        """Whether it shows what it was given, with nothing on its way."""
        return True

    def leave(self) -> None:
        """The session closes: end what is under way."""

    def fold_again(self) -> None:
        """The choosers have other words."""
        self._fold()
