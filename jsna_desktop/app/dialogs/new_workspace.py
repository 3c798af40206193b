"""A name and a folder for a new workspace: from then on it is always saved."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from jsna_desktop.app.dialogs.sheet import Sheet
from jsna_desktop.app.theme import Look
from jsna_desktop.app.widgets import Button, Text

_FORBIDDEN = '<>:"/\\|?*'
_LONGEST = 60  # letters, which may be four bytes each: file systems take 255 bytes


class NewWorkspace(Sheet):
    """`then` gets the path of the file to be made and the workspace's name."""

    def __init__(
        self,
        look: Look,
        window: QWidget,
        folder: Path,
        choose_folder: Callable[[str, Path], Path | None],
        then: Callable[[Path, str], None],
    ) -> None:
        lead = "One file holds all of it, and every change is saved as it is made. The name is shown on packs."
        super().__init__(look, window, "New workspace", lead, width=520)
        self._choose_folder, self._then = choose_folder, then
        self.name = self._field("My county", "Name of the workspace")
        self.name.selectAll()
        self.folder = self._field(str(folder), "Folder of the workspace")
        browse = Button(look, "Choose …", name="Choose the folder")
        browse.clicked.connect(self._browse)
        where = QHBoxLayout()
        where.addWidget(self.folder, 1)
        where.addWidget(browse)
        self.problem = Text(look, "", "small", "wine", wrap=True)
        self.problem.hide()
        self.body.addWidget(Text(look, "Name", "small_strong", "muted"))
        self.body.addWidget(self.name)
        self.body.addWidget(Text(look, "Folder", "small_strong", "muted"))
        self.body.addLayout(where)
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
        self.open(self.name)

    def _field(self, text: str, name: str) -> QLineEdit:
        field = QLineEdit(text)
        field.setFont(self.look.font("body"))
        field.setMinimumHeight(self.look.px(34))
        field.setAccessibleName(name)
        return field

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
        self.problem.setText(problem)
        self.problem.setVisible(bool(problem))
        if problem:
            self.fit()
            return
        self.close_sheet()
        self._then(path, name)


def file_name(name: str) -> str:
    """A name without the characters that a file's name may not have."""
    kept = "".join("-" if letter in _FORBIDDEN else letter for letter in name).strip(" .")
    return kept[:_LONGEST].rstrip(" .")
