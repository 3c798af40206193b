"""A name and a folder for a new workspace: from then on it is always saved."""

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QWidget
from shiboken6 import isValid

from jsna_desktop.app.dialogs.password import NewPassword
from jsna_desktop.app.dialogs.sheet import Sheet
from jsna_desktop.app.open_workspace import Asked
from jsna_desktop.app.theme import Look
from jsna_desktop.app.widgets import Button, Field, Text

_UNNAMED = "My county"
_FORBIDDEN = '<>:"/\\|?*'
_LONGEST = 60  # letters, which may be four bytes each: file systems take 255 bytes


class NewWorkspace(Sheet):
    """`then` gets what is to be made."""

    def __init__(
        self,
        look: Look,
        window: QWidget,
        folder: Path,
        choose_folder: Callable[[str, Path], Path | None],
        then: Callable[[Asked], None],
    ) -> None:
        lead = "One file holds all of it, and every change is saved as it is made. The name is shown on packs."
        super().__init__(look, window, "New workspace", lead, width=520)
        self._choose_folder, self._then = choose_folder, then
        self._codes: dict[str, str] = {}
        self.council = Field(look, "Council")
        self.council.setPlaceholderText("Your council, or leave it empty to begin with nothing")
        self.council.textChanged.connect(self._follow)
        self._told = Text(look, "", "small", "muted", wrap=True)
        self.name = Field(look, "Name of the workspace", _UNNAMED)
        self.name.selectAll()
        self.folder = Field(look, "Folder of the workspace", str(folder))
        browse = Button(look, "Choose …", name="Choose the folder")
        browse.clicked.connect(self._browse)
        where = QHBoxLayout()
        where.addWidget(self.folder, 1)
        where.addWidget(browse)
        self.problem = Text(look, "", "small", "wine", wrap=True)
        self.problem.hide()
        self.body.addWidget(Text(look, "Council", "small_strong", "muted"))
        self.body.addWidget(self.council)
        self.body.addWidget(self._told)
        self.body.addWidget(Text(look, "Name", "small_strong", "muted"))
        self.body.addWidget(self.name)
        self.body.addWidget(Text(look, "Folder", "small_strong", "muted"))
        self.body.addLayout(where)
        self.secret = QCheckBox("Encrypt it: it will hold sensitive data")
        self.secret.setFont(look.font("body"))
        self.password = NewPassword(look, self._refit)
        self.password.hide()
        self.secret.toggled.connect(self._show_password)
        self.body.addWidget(self.secret)
        self.body.addWidget(self.password)
        self.body.addWidget(self.problem)
        cancel = Button(look, "Cancel")
        cancel.clicked.connect(self.close_sheet)
        self.make = Button(look, "Make it", kind="primary")
        self.make.clicked.connect(self._give)
        self.name.returnPressed.connect(self._give)
        self.foot.addStretch(1)
        self.foot.addWidget(cancel)
        self.foot.addWidget(self.make)

    def start(self) -> None:
        self.open(self.council)
        self._follow(self.council.text())

    def offer(self, councils: Sequence[tuple[str, str]]) -> None:
        """The councils (name, code) that ship with the program, to choose from as one types."""
        if not isValid(self):
            return  # closed before the list was read
        self._codes = dict(councils)
        self.council.offer(list(self._codes))
        self._follow(self.council.text())

    def _refit(self) -> None:
        if self.isVisible():
            self.fit()

    def _show_password(self, on: bool) -> None:
        self.password.setVisible(on)
        self.fit()
        if on:
            self.password.first.setFocus()

    def _follow(self, text: str) -> None:
        """The workspace is called as its council, until it is given another name."""
        known = text.strip() in self._codes
        if known and (self.name.text() == _UNNAMED or self.name.text() in self._codes):
            self.name.setText(text.strip())
        self._told.setText(
            "Its small areas (outlines of 2011) and its postcodes come with the program. ONS’s outlines of 2021 "
            "can be added at any time."
            if known
            else "With your council the map is there at once, without any file."
        )
        self._refit()

    def _browse(self) -> None:
        chosen = self._choose_folder("Folder of the workspace", Path(self.folder.text()))
        if chosen is not None:
            self.folder.setText(str(chosen))

    def _give(self) -> None:
        name = " ".join(self.name.text().split())
        path = Path(self.folder.text()).expanduser() / f"{file_name(name)}.jsna"
        problem = ""
        if not file_name(name):
            problem = "The workspace needs a name."
        elif not path.is_absolute():
            problem = "Give the whole path of a folder."
        elif not path.parent.is_dir():
            problem = "There is no such folder."
        elif path.exists():
            problem = f"{path.name} is there already. Choose another name, or open it instead."
        elif self.council.text().strip() and self.council.text().strip() not in self._codes:
            problem = "There is no council of this name. Choose one of the list, or leave it empty."
        elif self.secret.isChecked():
            problem = self.password.problem
        self.problem.setText(problem)
        self.problem.setVisible(bool(problem))
        if problem:
            self.fit()
            return
        self.close_sheet()
        secret = self.password.first.text() if self.secret.isChecked() else None
        self._then(Asked(path, name, self._codes.get(self.council.text().strip(), ""), secret))


def file_name(name: str) -> str:
    """A name without the characters that a file's name may not have."""
    kept = "".join("-" if letter in _FORBIDDEN else letter for letter in name).strip(" .")
    return kept[:_LONGEST].rstrip(" .")
