"""Where a place that was just drawn or selected gets its name and is kept."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from jsna_desktop.app.theme import Look, watch
from jsna_desktop.app.widgets import Button, Text, column


class NameRow(QWidget):
    """A field and a button; `given` carries the name."""

    given = Signal(str)

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self.field = QLineEdit()
        self.field.setPlaceholderText("Name of the new place")
        self.field.setAccessibleName("Name of the new place")
        self.field.setMaxLength(120)
        self.keep = Button(look, "Keep it", kind="primary", name="Keep this place under its name")
        self.keep.clicked.connect(self._give)
        self.field.returnPressed.connect(self._give)
        self.field.textChanged.connect(lambda: self.keep.setEnabled(bool(self.field.text().strip())))
        self.keep.setEnabled(False)
        self.where = Text(look, "", "small", "muted", wrap=True)
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addWidget(self.field, 1)
        line.addWidget(self.keep)
        layout = column(gap=4)
        layout.addLayout(line)
        layout.addWidget(self.where)
        self.setLayout(layout)
        watch(look, self, self._restyle)

    def _restyle(self) -> None:
        self.field.setFont(self._look.font("body"))
        self.field.setMinimumHeight(self._look.px(32))

    def begin(self, in_set: str) -> None:
        """Empty the field for a new place that will be kept in this set."""
        self.where.setText(f"It will be kept in {in_set}.")

    def clear(self) -> None:
        self.field.clear()

    def _give(self) -> None:
        name = " ".join(self.field.text().split())
        if name:
            self.given.emit(name)
