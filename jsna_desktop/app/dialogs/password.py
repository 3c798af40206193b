"""Passwords of encrypted workspaces: to open one, and to choose one."""

from collections.abc import Callable

from PySide6.QtWidgets import QCheckBox, QLineEdit, QWidget

from jsna_desktop.app.dialogs.sheet import Sheet
from jsna_desktop.app.theme import Look
from jsna_desktop.app.widgets import Button, Field, Text
from jsna_desktop.jobs.passwords import advice_on_password, can_remember


def password_field(look: Look, name: str) -> QLineEdit:
    """A field that shows no letter, and is kept out of what the system learns of typing."""
    field = Field(look, name)
    field.setEchoMode(QLineEdit.EchoMode.Password)
    return field


class NewPassword(QWidget):
    """Two fields and a word on them, for a sheet; `problem` says why they will not do."""

    def __init__(self, look: Look, changed: Callable[[], None]) -> None:
        super().__init__()
        from PySide6.QtWidgets import QVBoxLayout

        self.first = password_field(look, "Password")
        self.again = password_field(look, "The same password again")
        self._advice = Text(look, "", "small", "muted", wrap=True)
        self._changed = changed
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(Text(look, "Password", "small_strong", "muted"))
        layout.addWidget(self.first)
        layout.addWidget(Text(look, "The same password again", "small_strong", "muted"))
        layout.addWidget(self.again)
        layout.addWidget(self._advice)
        self.first.textChanged.connect(self._tell)
        self._tell()

    def _tell(self) -> None:
        text = self.first.text()
        lost = "Nobody can open the workspace without it: there is no way round a lost password."
        self._advice.setText((advice_on_password(text) if text else "") or lost)
        self._changed()

    @property
    def problem(self) -> str:
        if not self.first.text():
            return "An encrypted workspace needs a password."
        return "" if self.first.text() == self.again.text() else "The two passwords differ."


class AskPassword(Sheet):
    """`then` gets the password and whether the system is to keep it."""

    def __init__(
        self, look: Look, window: QWidget, name: str, then: Callable[[str, bool], None], *, wrong: bool = False
    ) -> None:
        super().__init__(look, window, "Password", f"{name} is encrypted.", width=460)
        self._then = then
        self.field = password_field(look, f"Password of {name}")
        self.body.addWidget(self.field)
        if wrong:
            self.body.addWidget(Text(look, "That is not its password. Try again.", "small", "wine"))
        self.keep = QCheckBox("Let this computer remember it for me")
        self.keep.setFont(look.font("small"))
        self.keep.setVisible(can_remember())
        self.body.addWidget(self.keep)
        cancel = Button(look, "Cancel")
        cancel.clicked.connect(self.close_sheet)
        go = Button(look, "Open it", kind="primary")
        go.clicked.connect(self._give)
        self.field.returnPressed.connect(self._give)
        self.foot.addStretch(1)
        self.foot.addWidget(cancel)
        self.foot.addWidget(go)

    def start(self) -> None:
        self.open(self.field)

    def _give(self) -> None:
        if self.field.text():
            self.close_sheet()
            self._then(self.field.text(), self.keep.isChecked())


class ChoosePassword(Sheet):
    """A new password: for an encrypted copy, or in the place of the old one. `then` gets it."""

    def __init__(
        self, look: Look, window: QWidget, title: str, lead: str, word: str, then: Callable[[str], None]
    ) -> None:
        super().__init__(look, window, title, lead, width=480)
        self._then = then
        self.problem = Text(look, "", "small", "wine", wrap=True)
        self.problem.hide()
        self.password = NewPassword(look, self.fit)
        self.body.addWidget(self.password)
        self.body.addWidget(self.problem)
        cancel = Button(look, "Cancel")
        cancel.clicked.connect(self.close_sheet)
        go = Button(look, word, kind="primary")
        go.clicked.connect(self._give)
        self.password.again.returnPressed.connect(self._give)
        self.foot.addStretch(1)
        self.foot.addWidget(cancel)
        self.foot.addWidget(go)

    def start(self) -> None:
        self.open(self.password.first)

    def _give(self) -> None:
        self.problem.setText(self.password.problem)
        self.problem.setVisible(bool(self.password.problem))
        if self.password.problem:
            self.fit()
            return
        self.close_sheet()
        self._then(self.password.first.text())
