"""Make a pack: which places, in which folder; then its progress, and the folder."""

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFrame, QHBoxLayout, QListWidget, QListWidgetItem, QProgressBar, QWidget

from jsna_desktop.app import words
from jsna_desktop.app.dialogs.sheet import Sheet
from jsna_desktop.app.session import Session
from jsna_desktop.app.tasks import Task, Tasks
from jsna_desktop.app.theme import Look
from jsna_desktop.app.widgets import Button, Field, Text
from jsna_desktop.areas.locality import Locality
from jsna_desktop.errors import UserError
from jsna_desktop.jobs.progress import Progress


class MakePack(Sheet):
    """A tick for each place of the set; one PDF each. `broke` carries an error of the program's own."""

    broke = Signal(object)

    def __init__(
        self,
        look: Look,
        window: QWidget,
        session: Session,
        tasks: Tasks,
        places: Sequence[Locality],
        chosen: int | None,
        choose_folder: Callable[[str, Path], Path | None],
        folder: Path,
    ) -> None:
        super().__init__(look, window, "Make a pack", "A tagged PDF for each place that is ticked.", width=560)
        self._session, self._tasks, self._choose_folder = session, tasks, choose_folder
        self._task: Task | None = None
        self.made: list[Path] = []
        self.list = QListWidget()
        self.list.setProperty("kind", "ticks")
        self.list.setAccessibleName("Places to make a pack for")
        self.list.setFont(look.font("body"))
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setMinimumHeight(look.px(120))
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)  # long names are cut
        for place in places:
            item = QListWidgetItem(place.name, self.list)
            item.setToolTip(place.name)
            item.setData(Qt.ItemDataRole.UserRole, place)
            item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsUserCheckable | Qt.ItemFlag.ItemIsSelectable)
            ticked = place.id == chosen or (chosen is None and len(places) == 1)
            item.setCheckState(Qt.CheckState.Checked if ticked else Qt.CheckState.Unchecked)
        self.list.itemChanged.connect(self._count)
        self.all = Button(look, "Tick all", kind="link")
        self.all.clicked.connect(lambda: self._tick(True))
        self.none = Button(look, "Tick none", kind="link")
        self.none.clicked.connect(lambda: self._tick(False))
        ticks = QHBoxLayout()
        ticks.addWidget(self.all)
        ticks.addWidget(self.none)
        ticks.addStretch(1)
        self.folder = Field(look, "Folder for the packs", str(folder))
        browse = Button(look, "Choose …", name="Choose the folder")
        browse.clicked.connect(self._browse)
        where = QHBoxLayout()
        where.addWidget(self.folder, 1)
        where.addWidget(browse)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName("Progress")
        self.bar.hide()
        self.doing = Text(look, "", "small", "muted", wrap=True)
        self.body.addLayout(ticks)
        self.body.addWidget(self.list, 1)
        self.body.addWidget(Text(look, "Folder", "small_strong", "muted"))
        self.body.addLayout(where)
        self.above.addWidget(self.bar)
        self.cancel = Button(look, "Cancel")
        self.cancel.clicked.connect(self.refuse)
        self.show_folder = Button(look, "Open the folder")
        self.show_folder.clicked.connect(self._show)
        self.show_folder.hide()
        self.go = Button(look, "Make", kind="primary")
        self.go.clicked.connect(self._make)
        self.foot.addWidget(self.doing, 1)
        self.foot.addWidget(self.cancel)
        self.foot.addWidget(self.show_folder)
        self.foot.addWidget(self.go)
        self._count()
        ticked = next(
            (i for i in range(self.list.count()) if self.list.item(i).checkState() == Qt.CheckState.Checked), 0
        )
        self.list.setCurrentRow(ticked)

    def start(self) -> None:
        self.open(self.list)
        self.list.scrollToItem(self.list.currentItem())

    def ticked(self) -> list[Locality]:
        items = (self.list.item(place) for place in range(self.list.count()))
        return [item.data(Qt.ItemDataRole.UserRole) for item in items if item.checkState() == Qt.CheckState.Checked]

    def refuse(self) -> None:
        if self._task is not None:
            self.doing.setText("Stopping …")
            self._task.cancel()
            return
        self.close_sheet()

    def _tick(self, ticked: bool) -> None:
        state = Qt.CheckState.Checked if ticked else Qt.CheckState.Unchecked
        self.list.blockSignals(True)  # counted once, not for each of thousands
        for place in range(self.list.count()):
            self.list.item(place).setCheckState(state)
        self.list.blockSignals(False)
        self.list.viewport().update()
        self._count()

    def _count(self) -> None:
        count = len(self.ticked())
        self.go.setText("Make 1 pack" if count == 1 else f"Make {words.count(count)} packs")
        self.go.setEnabled(count > 0 and self._task is None)

    def _browse(self) -> None:
        chosen = self._choose_folder("Folder for the packs", Path(self.folder.text()))
        if chosen is not None:
            self.folder.setText(str(chosen))

    def _make(self) -> None:
        places, folder, session = self.ticked(), Path(self.folder.text().strip()).expanduser(), self._session
        if not folder.is_absolute():
            self._say_problem("Give the whole path of a folder.")
            return

        def work(progress: Progress) -> list[Path]:
            from jsna_desktop.jobs.pack import make_packs  # and with it every page: the window opens without

            folder.mkdir(parents=True, exist_ok=True)
            with session.gate:
                return make_packs(session.store, places, folder, progress=progress)

        self.bar.setRange(0, 0)
        self.bar.show()
        self.show_folder.hide()
        self._task = self._tasks.run("Making packs", work, self._done, self._fail)
        self._task.progressed.connect(self._progress)
        self._task.cancelled.connect(self._stopped)
        self._count()
        self.fit()

    def _progress(self, message: str, fraction: float | None) -> None:
        self.doing.setText(message)
        self.bar.setRange(0, 0 if fraction is None else 1000)
        if fraction is not None:
            self.bar.setValue(round(fraction * 1000))

    def _done(self, made: list[Path]) -> None:
        self._task = None
        self.made = made
        self.bar.hide()
        self.doing.setText("1 pack made." if len(made) == 1 else f"{words.count(len(made))} packs made.")
        self.cancel.setText("Close")
        self.cancel.setAccessibleName("Close")
        self.show_folder.show()
        self._count()
        self.show_folder.setFocus()

    def _stopped(self) -> None:
        self._task = None
        self.bar.hide()
        self.doing.setText("Stopped. Packs that were finished are in the folder.")
        self._count()

    def _fail(self, error: Exception) -> None:
        self._task = None
        self.bar.hide()
        self._count()
        if isinstance(error, UserError | OSError):
            told = error.message if isinstance(error, UserError) else _unwritable(error)
            self._say_problem(told)
            return
        self.close_sheet()
        self.broke.emit(error)

    def _say_problem(self, told: str) -> None:
        self.doing.setText(told)
        self.fit()
        self.folder.setFocus()

    def _show(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(self.folder.text()))


def _unwritable(error: OSError) -> str:
    reason = error.strerror or type(error).__name__
    return f"The folder cannot be written: {reason[:1].lower()}{reason[1:]}."
