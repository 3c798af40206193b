"""A new place of larger areas, of a list of postcodes, or of all around somewhere; what it would be is said at once."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QIntValidator, QKeyEvent
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QGridLayout,
    QListWidget,
    QListWidgetItem,
    QPlainTextEdit,
    QWidget,
)
from shiboken6 import isValid

from jsna_desktop.app import words
from jsna_desktop.app.dialogs.rename import MOST_LETTERS
from jsna_desktop.app.dialogs.sheet import Sheet
from jsna_desktop.app.drafts import AREAS, AROUND, POSTCODES, Preview, Wanted, split_postcodes
from jsna_desktop.app.panels.choice_list import Choice, matching
from jsna_desktop.app.theme import Look, watch
from jsna_desktop.app.widgets import Button, Field, Row, Text, column
from jsna_desktop.errors import UserError
from jsna_desktop.jobs.building import Draft

_WAYS = {AREAS: "Larger areas by name", POSTCODES: "A list of postcodes", AROUND: "All around somewhere"}
_HINTS = {
    AREAS: "Tick one area or several.",
    POSTCODES: "Paste postcodes, or open a file of them.",
    AROUND: "Say a postcode, a service or two coordinates, and how far around.",
}
_MOST_SHOWN = 300
_PAUSE_MS = 200  # between the last key and the preview
_VALUE = Qt.ItemDataRole.UserRole


class NewPlace(Sheet):
    """`wanted` carries a request's number and what is asked for; `kept` a name, a set and the draft."""

    wanted = Signal(int, object)
    kept = Signal(str, str, object)
    file_asked = Signal()

    def __init__(
        self, look: Look, window: QWidget, services: Mapping[str, str], in_set: str, sets: Sequence[str]
    ) -> None:
        super().__init__(look, window, "New place", width=620)
        self._services = services
        self._number = 0
        self._draft: Draft | None = None
        self._areas: list[Choice] | None = None
        self._ticked: dict[tuple[str, str], Choice] = {}
        self._own_name = False
        self._file = ""
        self._is_low = window.height() < look.px(600)  # what it would be is to be seen without scrolling
        self.way = QComboBox()
        self.way.addItems(list(_WAYS.values()))
        self.way.setAccessibleName("Made of")
        self.way.setFont(look.font("body"))
        self.way.setMinimumHeight(look.px(32))
        self.way.currentIndexChanged.connect(self._show_way)
        self.body.addWidget(self.way)
        self._parts = {AREAS: self._build_areas(), POSTCODES: self._build_postcodes(), AROUND: self._build_around()}
        for part in self._parts.values():
            self.body.addWidget(part)
        self.told = Text(look, "", "small", "muted", wrap=True)
        self.body.addWidget(self.told)
        self.name = self._field("Name of the new place")
        self.name.setMaxLength(MOST_LETTERS)
        self.name.setPlaceholderText("Name of the new place")
        self.name.textEdited.connect(self._name_edited)
        self.name.textChanged.connect(self._follow)
        self.in_set = self._field("Set that it is kept in", in_set)
        self.in_set.setMaxLength(MOST_LETTERS)
        self.in_set.offer(sets)
        names = QGridLayout()
        names.setHorizontalSpacing(12)
        names.setVerticalSpacing(4)
        names.setColumnStretch(0, 3)
        names.setColumnStretch(1, 2)
        for place, (text, box) in enumerate((("Name", self.name), ("Set", self.in_set))):
            names.addWidget(Text(look, text, "small_strong", "muted"), 0, place)
            names.addWidget(box, 1, place)
        self.body.addLayout(names)
        self.body.addStretch(1)
        self.problem = Text(look, "", "small", "wine", wrap=True)
        cancel = Button(look, "Cancel")
        cancel.clicked.connect(self.close_sheet)
        self.keep = Button(look, "Keep it", kind="primary", name="Keep this place under its name")
        self.keep.clicked.connect(self._give)
        self.foot.addWidget(self.problem, 1)
        self.foot.addWidget(cancel)
        self.foot.addWidget(self.keep)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE_MS)
        self._pause.timeout.connect(self._ask)
        self._show_way()

    # ---- building

    def _field(self, name: str, text: str = "") -> Field:
        field = Field(self.look, name, text)
        field.returnPressed.connect(self._give)
        return field

    def _build_areas(self) -> QWidget:
        self.search = self._field("Search larger areas")
        self.search.setPlaceholderText("Search larger areas")
        self.search.textChanged.connect(self._show_areas)
        self.list = QListWidget()
        self.list.setProperty("kind", "ticks")
        self.list.setAccessibleName("Larger areas")
        self.list.setFont(self.look.font("body"))
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setFixedHeight(self.look.px(84 if self._is_low else 168))
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setUniformItemSizes(True)
        self.list.itemChanged.connect(self._tick)
        self.shown = Text(self.look, "Reading the larger areas …", "small", "muted", wrap=True)
        return _of(self.search, self.list, self.shown)

    def _build_postcodes(self) -> QWidget:
        self.postcodes = QPlainTextEdit()
        self.postcodes.setAccessibleName("Postcodes, one a line")
        self.postcodes.setPlaceholderText("One postcode a line")
        self.postcodes.setFrameShape(QFrame.Shape.NoFrame)
        self.postcodes.setFont(self.look.font("body"))
        self.postcodes.setFixedHeight(self.look.px(66 if self._is_low else 130))
        self.postcodes.setTabChangesFocus(True)
        self.postcodes.textChanged.connect(self._changed)
        watch(self.look, self.postcodes, self._restyle)
        browse = Button(self.look, "Open a file …", name="Open a file of postcodes")
        browse.clicked.connect(self.file_asked.emit)
        self.at_least = self._field("Least postcodes in an area for it to be taken", "1")
        self.at_least.setValidator(QIntValidator(1, 1_000_000, self))
        self.at_least.setFixedWidth(self.look.px(64))
        self.at_least.textChanged.connect(self._changed)
        least = Text(self.look, "Areas with at least", tone="muted")
        rest = Text(self.look, "of them", tone="muted")
        return _of(self.postcodes, Row(browse, least, self.at_least, rest, stretch=True))

    def _build_around(self) -> QWidget:
        self.centre = self._field("Where: a postcode, a service or coordinates")
        self.centre.setPlaceholderText("A postcode, or a service by its name")
        self.centre.offer(list(self._services))
        self.centre.textChanged.connect(self._changed)
        self.metres = self._field("Metres around", "800")
        self.metres.setValidator(QIntValidator(1, 100_000, self))
        self.metres.setFixedWidth(self.look.px(84))
        self.metres.textChanged.connect(self._changed)
        within = Text(self.look, "Within", tone="muted")
        rest = Text(self.look, "metres, as the crow flies", tone="muted")
        return _of(self.centre, Row(within, self.metres, rest, stretch=True))

    def _restyle(self) -> None:
        tokens = self.look.tokens
        self.postcodes.setStyleSheet(
            f"QPlainTextEdit {{ background: {tokens['card']}; color: {tokens['ink']}; border-radius: 6px; "
            f"border: 1px solid {tokens['border']}; padding: 4px 6px; }}"
            f"QPlainTextEdit:focus {{ border: 2px solid {tokens['focus']}; padding: 3px 5px; }}"
        )

    def start(self) -> None:
        self.open(self.search)

    # ---- what is asked for

    @property
    def chosen_way(self) -> str:
        return list(_WAYS)[self.way.currentIndex()]

    def choose(self, way: str) -> None:
        """As if the person had chosen one of the three ways."""
        self.way.setCurrentIndex(list(_WAYS).index(way))

    def asked(self) -> Wanted:
        way = self.chosen_way
        if way == AREAS:
            return Wanted(way, areas=tuple(self._ticked))
        if way == POSTCODES:
            listed = split_postcodes(self.postcodes.toPlainText())
            return Wanted(way, postcodes=listed, at_least=max(int(self.at_least.text() or 1), 1))
        typed = " ".join(self.centre.text().split())
        return Wanted(way, centre=self._services.get(typed, typed), metres=float(self.metres.text() or 0))

    def offer(self, areas: Sequence[Choice]) -> None:
        """The larger areas that the workspace knows."""
        if not isValid(self):
            return  # closed before they were read
        self._areas = list(areas)
        self._show_areas()

    def take_postcodes(self, file: str, postcodes: Sequence[str]) -> None:
        """What was read of a file."""
        if isValid(self):
            self._file = file.replace("_", " ")
            self.postcodes.setPlainText("\n".join(postcodes))

    def _show_way(self) -> None:
        for way, part in self._parts.items():
            part.setVisible(way == self.chosen_way)
        self._changed()

    def _show_areas(self) -> None:
        if self._areas is None:
            return
        found = matching(self._areas, self.search.text())
        chosen = [choice for choice in self._ticked.values() if choice not in found[:_MOST_SHOWN]]
        rest = max(len(found) - _MOST_SHOWN, 0)
        self.list.blockSignals(True)
        self.list.clear()
        for choice in (*chosen, *found[:_MOST_SHOWN]):
            item = QListWidgetItem(f"{choice.text} ({choice.detail})", self.list)
            item.setToolTip(f"{choice.text}, {choice.value[1]}")
            item.setData(_VALUE, choice)
            item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsUserCheckable | Qt.ItemFlag.ItemIsSelectable)
            ticked = choice.value in self._ticked
            item.setCheckState(Qt.CheckState.Checked if ticked else Qt.CheckState.Unchecked)
        self.list.blockSignals(False)
        if not self._areas:
            said = "The workspace knows no larger areas: add a lookup or their boundaries."
        elif not found:
            said = "No area is called so."
        else:
            said = f"{words.count(rest)} more: type to see them." if rest else ""
        self.shown.setText(said)
        self.shown.setVisible(bool(said))
        self._refit()

    def _tick(self, item: QListWidgetItem) -> None:
        choice: Choice = item.data(_VALUE)
        if item.checkState() == Qt.CheckState.Checked:
            self._ticked[choice.value] = choice
        else:
            self._ticked.pop(choice.value, None)
        self._changed()

    # ---- what it would be

    def _changed(self) -> None:
        self._number += 1  # what is on its way is no longer what is asked for
        self._draft = None
        self.problem.setText("")
        if not self._own_name:
            self.name.setText(self._likely_name())
        wanted = self.asked()
        self._pause.stop()
        if wanted.is_complete:
            self._pause.start()
            if self.told.text() in _HINTS.values():
                self._say("One moment …")
        else:
            self._say(_HINTS[wanted.way])
        self._follow()

    def _likely_name(self) -> str:
        wanted = self.asked()
        if wanted.way == AREAS:
            return " and ".join(choice.text for choice in self._ticked.values()) if len(self._ticked) < 3 else ""
        if wanted.way == POSTCODES:
            return self._file if wanted.postcodes else ""
        where = " ".join(self.centre.text().split()).removeprefix("All: ")
        return f"{wanted.metres:g} m around {where}"[:MOST_LETTERS] if wanted.is_complete else ""

    def _name_edited(self, text: str) -> None:
        self._own_name = bool(text.strip())

    def _ask(self) -> None:
        self.wanted.emit(self._number, self.asked())

    def take(self, preview: Preview) -> None:
        """The answer to a request; one that is no longer asked for is dropped."""
        if not isValid(self) or preview.number != self._number:
            return
        self._draft = preview.draft
        self._say(" ".join(preview.said))
        self._follow()

    def refused(self, error: UserError) -> None:
        """It could not be kept, or a file not be read: said here, where it can be put right."""
        self.problem.setText(error.message)
        self._follow()
        self._refit()

    def _say(self, text: str) -> None:
        self.told.setText(text)
        self._refit()

    def _refit(self) -> None:
        if self.isVisible():
            self.fit()

    def _follow(self) -> None:
        self.keep.setEnabled(self._draft is not None and bool(self.name.text().strip()))

    def _give(self) -> None:
        if self.keep.isEnabled() and self._draft is not None:
            self.keep.setEnabled(False)  # until it is kept or refused
            self.problem.setText("")
            self.kept.emit(" ".join(self.name.text().split()), " ".join(self.in_set.text().split()), self._draft)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._give()
            event.accept()
            return
        super().keyPressEvent(event)


def _of(*widgets: QWidget) -> QWidget:
    """Controls below one another, without margins."""
    made = QWidget()
    made.setLayout(column(*widgets, gap=6))
    return made
