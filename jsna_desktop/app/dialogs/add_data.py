"""Dropped or chosen files: what each was recognised as, before anything is changed."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from jsna_desktop.app import words
from jsna_desktop.app.dialogs.choose_columns import ChooseColumns
from jsna_desktop.app.dialogs.sheet import Sheet
from jsna_desktop.app.session import Session
from jsna_desktop.app.tasks import Task, Tasks
from jsna_desktop.app.theme import Look
from jsna_desktop.app.widgets import Button, Elided, Rule, Text
from jsna_desktop.errors import UserError
from jsna_desktop.jobs.add import (
    ALREADY,
    ASK,
    LEFT_OUT,
    READY,
    WHICH_AREAS,
    WHICH_COLUMNS,
    Found,
    add,
    choose,
    marked_sensitive,
    recognise,
    say_vintage,
)
from jsna_desktop.jobs.localities import add_missing_outlines
from jsna_desktop.jobs.progress import Progress
from jsna_desktop.jobs.replace import Replacement, candidates
from jsna_desktop.sources.dataset import Problem


class AddData(Sheet):
    """Reads the files, shows the list, adds what is ready. `added` comes with the datasets that were added."""

    added = Signal(object)
    broke = Signal(object)  # an error that is no fault of the person's
    _read = Signal(int, object)  # from the worker: a file of the list, read

    def __init__(self, look: Look, window: QWidget, session: Session, tasks: Tasks, paths: Sequence[Path]) -> None:
        super().__init__(look, window, f"Add {_files(len(paths))}", width=930)
        self._session, self._tasks, self._paths = session, tasks, list(paths)
        self.found: list[Found] = []
        self._newer: dict[int, tuple[Replacement, ...]] = {}
        self._task: Task | None = None
        self.lead.setText("Reading. Nothing has been changed yet.")
        self.lead.show()
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setRange(0, 1000)
        self.bar.setAccessibleName("Progress")
        self._list = self.body
        self._list.setContentsMargins(0, 0, 0, 0)
        self._list.setSpacing(0)
        self.above.addWidget(self.bar)
        self.doing = Text(look, "", "small", "muted", wrap=True)
        self.cancel = Button(look, "Cancel")
        self.cancel.clicked.connect(self.refuse)
        self.go = Button(look, "Add", kind="primary")
        self.go.setEnabled(False)
        self.go.clicked.connect(self._add)
        self.sensitive = QCheckBox("About single people: sensitive")
        self.sensitive.setToolTip("Small numbers from sensitive files never leave the program.")
        self.sensitive.setFont(look.font("small"))
        self.sensitive.hide()
        self.foot.addWidget(self.sensitive)
        self.foot.addWidget(self.doing, 1)
        self.foot.addWidget(self.cancel)
        self.foot.addWidget(self.go)
        self._rows = [FileRow(look, path) for path in self._paths]
        for row in self._rows:
            self._list.addWidget(row)
        self._read.connect(self._show_one)

    def start(self) -> None:
        self.open(self.cancel)
        store = self._session.store

        def work(progress: Progress) -> object:
            return self._compared(recognise(self._paths, store, progress, told=self._read.emit))

        self._run("Reading", work, self._show_found)

    def refuse(self) -> None:
        if self._task is not None:
            self.doing.setText("Stopping …")
            self.cancel.setEnabled(False)
            self._task.cancel()
            return
        self.close_sheet()

    def _run(self, label: str, work, then) -> None:
        self._task = self._tasks.run(label, work, then, self._fail)
        self._task.progressed.connect(self._show_progress)
        self._task.cancelled.connect(self._stopped)

    def _show_progress(self, message: str, fraction: float | None) -> None:
        self.doing.setText(message)
        if fraction is None:
            self.bar.setRange(0, 0)
        else:
            self.bar.setRange(0, 1000)
            self.bar.setValue(round(fraction * 1000))

    def _stopped(self) -> None:
        self._task = None
        self.close_sheet()

    def _show_one(self, place: int, item: Found) -> None:
        """Put what a file turned out to be in the place of its row, open where the row was open."""
        row, before = FileRow(self.look, item.path, item, self._newer.get(place, ())), self._rows[place]
        row.changed.connect(self.fit)
        row.choosing.connect(lambda: self._choose(place))
        row.vintage.connect(lambda year: self._say_vintage(place, year))
        self._list.replaceWidget(before, row)
        before.hide()
        before.setParent(None)
        before.deleteLater()
        self._rows[place] = row
        row.show()  # a hidden row has no height yet
        self.fit()

    def _choose(self, place: int) -> None:
        """Ask which columns are which, then read the file by that."""
        item = self.found[place] if self.found else None
        if self._task is not None or item is None or item.proposal is None:
            return

        def read(columns: dict) -> None:
            store, found = self._session.store, self.found
            self.go.setEnabled(False)
            self._run("Reading", lambda progress: self._compared(choose(store, found, place, columns, progress)),
                      self._show_found)  # fmt: skip

        ChooseColumns(self.look, self._window, item.path.name, item.proposal, read).start()

    def _say_vintage(self, place: int, year: str) -> None:
        if self._task is None:
            store, found = self._session.store, self.found
            self.go.setEnabled(False)
            self._run("Reading", lambda _p: self._compared(say_vintage(store, found, place, year)), self._show_found)

    def _compared(self, found: list[Found]) -> tuple[list[Found], dict[int, tuple[Replacement, ...]]]:
        """The files with what each would take the place of, worked out on the worker's thread."""
        store = self._session.store
        newer = {
            place: tuple(candidates(store, item.reading))
            for place, item in enumerate(found)
            if item.reading is not None and item.status == READY
        }
        return found, newer

    def _show_found(self, result: tuple[list[Found], dict[int, tuple[Replacement, ...]]]) -> None:
        self._task = None
        found, self._newer = result
        self.found = found
        for place, item in enumerate(found):
            if self._rows[place].found is not item or self._newer.get(place):
                self._show_one(place, item)
        ready = sum(item.status == READY for item in found)
        self.lead.setText(_summary(found))
        self.bar.setRange(0, 1000)
        self.bar.setValue(1000)
        self.doing.setText("")
        self.go.setText(f"Add {ready} now" if ready else "Nothing to add")
        self.go.setAccessibleName(self.go.text())
        self.go.setEnabled(ready > 0)
        self.sensitive.setVisible(ready > 0)
        self.fit()
        (self.go if ready else self.cancel).setFocus()

    def _add(self) -> None:
        if self._task is not None:
            return
        self.go.setEnabled(False)
        self.lead.setText("Adding. All of it is added, or none.")
        self.sensitive.hide()
        found = marked_sensitive(self.found) if self.sensitive.isChecked() else self.found
        replacing = [
            item.reading.dataset.checksum
            for item, row in zip(self.found, self._rows, strict=True)
            if item.reading is not None and row.replaces
        ]
        self._run("Adding", lambda progress: _add_all(self._session, found, progress, replacing), self._done)

    def _done(self, datasets: object) -> None:
        self._task = None
        self.close_sheet()  # first: what follows shows its own progress
        self.added.emit(datasets)

    def _fail(self, error: Exception) -> None:
        self._task = None
        if isinstance(error, UserError):
            self.lead.setText(error.message)
            self.lead.setProperty("tone", "wine")
            self.lead.style().polish(self.lead)
            self.doing.setText("Nothing was added.")
            self.cancel.setEnabled(True)
            self.fit()
            return
        self.close_sheet()
        self.broke.emit(error)


def _add_all(session: Session, found: Sequence[Found], progress: Progress, replacing: Sequence[str]) -> object:
    with session.gate:
        made = add(session.store, found, progress, replacing)
        add_missing_outlines(session.store, progress)
    return made


def _files(count: int) -> str:
    return "1 file" if count == 1 else f"{words.count(count)} files"


def _summary(found: Sequence[Found]) -> str:
    counts = {status: sum(item.status == status for item in found) for status in (READY, ASK, ALREADY, LEFT_OUT)}
    parts = [
        f"{counts[READY]} recognised",
        f"{counts[ASK]} {'needs' if counts[ASK] == 1 else 'need'} a choice" if counts[ASK] else "",
        f"{counts[ALREADY]} already here" if counts[ALREADY] else "",
        f"{counts[LEFT_OUT]} left out" if counts[LEFT_OUT] else "",
    ]
    return ", ".join(part for part in parts if part) + ". Nothing has been changed yet."


class FileRow(QWidget):
    """A file: its sign, its name, what it is, and its problems to look at."""

    changed = Signal()
    choosing = Signal()
    vintage = Signal(str)  # the census that the person says

    def __init__(self, look: Look, path: Path, found: Found | None = None, newer: Sequence[Replacement] = ()) -> None:
        super().__init__()
        self._look, self.found = look, found
        sign, status = _sign(found)
        name = Elided(look, path.name, "muted")
        name.setToolTip(str(path))
        title = Text(look, found.title if found else "Reading …", "strong", "" if found else "muted", wrap=True)
        detail = Text(look, _detail(found), "small", "muted", wrap=True)
        if not detail.text():
            detail.hide()  # never show(): without a parent yet it would be a window of its own
        what = QVBoxLayout()
        what.setSpacing(1)
        what.addWidget(title)
        what.addWidget(detail)
        top = QHBoxLayout()
        top.setContentsMargins(18, 11, 18, 11)
        top.setSpacing(12)
        top.addWidget(_Sign(look, sign))
        top.addWidget(name, 4)
        top.addLayout(what, 6)
        self.problems = QWidget()
        self.problems.hide()
        self.look: Button | None = None
        self.replaces = bool(newer)
        if newer:
            what.addLayout(self._offer(newer))
        if found is not None and found.title == WHICH_AREAS:
            for year in ("2011", "2021"):
                button = Button(look, year, kind="link", name=f"The areas of {path.name} are those of {year}")
                button.clicked.connect(lambda _checked=False, said=year: self.vintage.emit(said))
                top.addWidget(button)
        elif found is not None and found.status == ASK:
            button = Button(look, "Choose columns", kind="link", name=f"Choose the columns of {path.name}")
            button.clicked.connect(self.choosing.emit)
            top.addWidget(_right(look, button))
        elif found is not None and found.problems:
            self.look = Button(look, "Look", kind="link", name=f"Look at what was met in {path.name}")
            self.look.clicked.connect(self._toggle)
            top.addWidget(_right(look, self.look))
            self.problems.setLayout(_problem_list(look, found.problems))
        else:
            told = Text(look, status, tone="muted")
            told.setMinimumWidth(look.px(112))
            told.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            top.addWidget(told)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(top)
        layout.addWidget(self.problems)
        layout.addWidget(Rule(look))

    def _offer(self, newer: Sequence[Replacement]) -> QHBoxLayout:
        """What the file would take the place of, and the choice to keep both in use."""
        told = [f"{one.older.title} of {one.older.retrieved}: {one.message}" for one in newer]
        told = [text if len(text) < 220 else f"{text[:219]}…" for text in told]
        line = QHBoxLayout()
        line.setSpacing(10)
        tick = QCheckBox("Takes the place of the older one")
        tick.setChecked(True)
        tick.setFont(self._look.font("small"))
        tick.setToolTip("The older one is kept, used for nothing, and can be brought back.")
        tick.toggled.connect(lambda on: setattr(self, "replaces", on))
        words_ = Text(self._look, "; ".join(told), "small", "muted", wrap=True)
        line.addWidget(tick, 0, Qt.AlignmentFlag.AlignTop)
        line.addWidget(words_, 1)
        return line

    def _toggle(self) -> None:
        assert self.look is not None
        self.problems.setVisible(not self.problems.isVisible())
        self.look.setText("Hide" if self.problems.isVisible() else "Look")
        self.changed.emit()


def _right(look: Look, button: Button) -> QWidget:
    """A link at the right edge, as wide as the words of the other rows."""
    home = QWidget()
    home.setMinimumWidth(look.px(112))
    line = QHBoxLayout(home)
    line.setContentsMargins(0, 0, 0, 0)
    line.addStretch(1)
    line.addWidget(button)
    return home


def _sign(found: Found | None) -> tuple[str, str]:
    if found is None:
        return "wait", ""
    if found.status == READY:
        return ("warning" if any(problem.rows for problem in found.problems) else "check"), "Ready"
    if found.status == ASK:
        return "warning", ""
    return ("check", "Already here") if found.status == ALREADY else ("close", "Left out")


def _detail(found: Found | None) -> str:
    if found is None:
        return ""
    if found.title == WHICH_AREAS and found.reading is not None:
        return f"{found.reading.dataset.title}. The table does not say of which census its areas are."
    if found.title == WHICH_COLUMNS and found.proposal is not None:
        return f"Known by {found.proposal.why}. Which columns hold the values, and what are they?"
    if found.error:
        said = found.error.removeprefix(f"{found.path.name}: ")  # the name stands beside it
        return said[:1].upper() + said[1:]
    problems = "; ".join(problem.message.rstrip(".") for problem in found.problems)
    return f"{found.detail}; {problems}" if problems and len(problems) < 120 else found.detail


def _problem_list(look: Look, problems: Sequence[Problem]) -> QVBoxLayout:
    layout = QVBoxLayout()
    layout.setContentsMargins(54, 0, 18, 12)
    layout.setSpacing(3)
    for problem in problems:
        role = "small_strong" if problem.rows else "small"
        layout.addWidget(Text(look, f"{problem.message}{_rows(problem)}", role, wrap=True))
        for example in problem.examples:
            layout.addWidget(Text(look, example, "small", "muted", wrap=True))
        if problem.rows > len(problem.examples) > 0:
            rest = problem.rows - len(problem.examples)
            layout.addWidget(Text(look, f"… and {words.count(rest)} more", "small", "muted"))
    return layout


def _rows(problem: Problem) -> str:
    """How many rows a problem concerns; "" where it concerns the file as a whole, or is only to be known."""
    if problem.rows > 1:
        return f" ({words.count(problem.rows)} rows)"
    return " (1 row)" if problem.rows and problem.examples else ""


_SIGNS = {"check": ("teal", "teal_pale"), "warning": ("amber", "amber_pale"), "close": ("wine", "wine_pale")}


class _Sign(QWidget):
    """A round sign: tick, warning or cross; its meaning stands in words beside it."""

    def __init__(self, look: Look, sign: str) -> None:
        super().__init__()
        self._look, self._sign = look, sign
        self.setFixedSize(QSize(look.px(24), look.px(24)))

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ink, ground = _SIGNS.get(self._sign, ("muted", "pale"))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._look.color(ground))
        painter.drawEllipse(self.rect())
        if self._sign in _SIGNS:
            size = self._look.px(16)
            place = (self.width() - size) // 2
            self._look.icon(self._sign, ink).paint(painter, place, place, size, size)
        painter.end()
