"""Community assets beside the map: the finding, the register, how many of each kind there are and who lives near."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from PySide6.QtCore import Qt, QTimer, Signal, SignalInstance
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QTableWidget, QWidget

from jsna_desktop.app.panels.asset_table import AssetTable, Line, Wanted
from jsna_desktop.app.panels.chart import ChartTable, fill_table
from jsna_desktop.app.panels.menu_button import MenuButton
from jsna_desktop.app.panels.tabs import ASSETS
from jsna_desktop.app.theme import Look, watch
from jsna_desktop.app.views.asking_view import AskingView
from jsna_desktop.app.widgets import Button, Field, Flow, Text, column
from jsna_desktop.jobs.asset_findings import DISTANCES, WAYS, Question, distance_words, share_words
from jsna_desktop.packs.sheet import plain
from jsna_desktop.packs.strengths import Sort, Strengths

_PAUSE_MS = 120
_MOST_GAPS = 8


class AssetsView(AskingView):
    """`question` carries what a person asks; the others what is to be done with the asset in hand."""

    add_asked = Signal()
    edit_asked = Signal(object)
    remove_asked = Signal(object)
    checked_asked = Signal(object)
    export_asked = Signal(object)  # the lines that are listed
    area_asked = Signal(str)  # the code of a small area with a gap, to be shown on the map
    compact_tabs = True

    def __init__(self, look: Look) -> None:
        self.metres = MenuButton(look, "How near")
        self.by = MenuButton(look, "By kind or theme")
        super().__init__(look, ASSETS, (self.by, self.metres))
        self._asked = Question()
        self._place = ""
        self._lines: list[Line] = []
        self._gap_codes: list[str] = []
        self._build_register()
        self._build_numbers()
        for chooser, name in ((self.metres, "metres"), (self.by, "by")):
            chooser.chosen.connect(partial(self._ask, name))
        self._show_buttons()
        watch(look, self, self._tall)

    def _build_register(self) -> None:
        look = self.look
        self.heading = Text(look, "", "strong", wrap=True)
        self.search = Field(look, "Search the assets")
        self.search.setPlaceholderText("Search the assets")
        self.search.setClearButtonEnabled(True)
        self._pause = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._pause.timeout.connect(self._narrow)
        self.search.textChanged.connect(lambda _text: self._pause.start())
        self.here, self.kind, self.theme = (MenuButton(look, name) for name in ("Where", "Kind", "Theme"))
        for chooser in (self.here, self.kind, self.theme):
            chooser.chosen.connect(partial(self._choose, chooser))
        self.stale, self.twins = Button(look, ""), Button(look, "")
        for button in (self.stale, self.twins):
            button.setCheckable(True)
            button.toggled.connect(lambda _on: self._narrow())
        self.add_button = Button(look, "Add", icon="plus", kind="primary", name="Add an asset")
        self.add_button.clicked.connect(self.add_asked.emit)
        self.edit = Button(look, "Change", icon="edit", name="Change the asset in hand")
        self.remove = Button(look, "Remove", name="Remove the asset in hand")
        self.checked = Button(look, "Checked today", name="The asset in hand was checked today")
        self.export = Button(look, "Export", icon="document", name="Export the assets that are listed")
        for button, signal in (
            (self.edit, self.edit_asked), (self.remove, self.remove_asked), (self.checked, self.checked_asked),
        ):  # fmt: skip
            button.clicked.connect(partial(self._tell, signal))
        self.export.clicked.connect(lambda: self.export_asked.emit(self.table.shown))
        self.table = AssetTable(look)
        self.twins.toggled.connect(self.table.show_twins)
        self.table.opened.connect(self.edit_asked.emit)
        self.table.picked.connect(self._show_buttons)
        for keys, signal in ((QKeySequence.StandardKey.Delete, self.remove_asked),):
            shortcut = QShortcut(QKeySequence(keys), self.table, context=Qt.ShortcutContext.WidgetShortcut)
            shortcut.activated.connect(partial(self._tell, signal))
        self.none = Text(look, "", tone="muted", wrap=True)
        self.narrowing = _flowing(look, self.search, self.here, self.kind, self.theme, self.stale, self.twins)
        self._in_hand = (self.edit, self.checked, self.remove)
        self.doing = _flowing(look, self.add_button, *self._in_hand, self.export)
        self.add(self.left, self.heading, self.narrowing, self.doing, self.table, self.none)

    def _build_numbers(self) -> None:
        look = self.look
        self.sorts_heading = Text(look, "", "strong", wrap=True)
        self.sorts = QTableWidget()
        self.gaps_heading = Text(look, "Where need is high and reach is low", "strong", wrap=True)
        self.gaps_beside = Text(look, "", "small", "muted", wrap=True)
        self.gaps = QTableWidget()
        self.gaps.setAccessibleDescription("Enter shows a small area on the map.")
        self.gaps.activated.connect(lambda index: self._show_gap(index.row()))
        self.gaps.clicked.connect(lambda index: self._show_gap(index.row()))
        self._counts, self._lack, self._foot = QWidget(), QWidget(), QWidget()
        self._counts.setLayout(column(self.sorts_heading, self.sorts, gap=6))
        self._lack.setLayout(column(self.gaps_heading, self.gaps_beside, self.gaps, gap=4))
        self._foot.setLayout(column(self.source, self.how, gap=6))
        self.add(self.right, self._counts, self._lack, self._foot)

    @property
    def is_settled(self) -> bool:
        return not self._pause.isActive()

    @property
    def wanted(self) -> Wanted:
        """What the register is narrowed down to."""
        return Wanted(
            self.search.text(), self.kind.value or "", self.theme.value or "", bool(self.here.value and self._place),
            self.stale.isChecked(), self.twins.isChecked(),
        )  # fmt: skip

    # ---- showing

    def show_nothing(self, title: str, beside: str, why: str) -> None:
        """The workspace has no assets: what they are, and how to begin."""
        self._shown = None
        self.show_words(title, beside, why)
        for part in (self.heading, self.narrowing, self.table, self.none, self.right, self.metres, self.by):
            part.hide()
        for button in (*self._in_hand, self.export):
            button.hide()
        self.fold_again()

    def show_register(self, lines: Sequence[Line], place: str, at: str = "") -> None:
        """Every asset of the workspace; `place` is the one that is chosen, `at` the key of the asset to be in hand.

        Who works off a list of what is to be looked at keeps that list, and goes on to its next one.
        """
        for part in (self.heading, self.narrowing, self.table, *self._in_hand, self.export):
            part.show()
        worked_off = (self.stale.isChecked() or self.twins.isChecked()) and any(
            line.asset.key == at for line in self._lines
        )
        self._lines, self._place = list(lines), place
        here = True if self.here.value is None else bool(self.here.value)
        self.here.offer([(f"In {place}", True), ("Everywhere", False)] if place else [], here)
        kinds = sorted({one.asset.kind for one in lines if one.asset.kind})
        themes = sorted({one.asset.theme for one in lines if one.asset.theme}, key=str.casefold)
        self.kind.offer([("Every kind", ""), *((kind, kind) for kind in kinds)], _kept(self.kind.value, kinds))
        self.theme.offer([("Every theme", ""), *((one, one) for one in themes)], _kept(self.theme.value, themes))
        if at and not worked_off:
            self._uncover(at)
        self.table.show_lines(lines, self.wanted, at)
        self._say_count()
        self.fold_again()

    def take_in_hand(self, key: str) -> None:
        """The asset of this key, whatever the register is narrowed down to."""
        self._uncover(key)
        self.table.narrow(self.wanted)
        self.table.pick(key)
        self._say_count()

    def _uncover(self, key: str) -> None:
        """Let go of what the register is narrowed down to, where the asset of this key would not be listed."""
        line = next((one for one in self._lines if one.asset.key == key), None)
        if line is None or self.wanted.takes(line):
            return
        for button in (self.stale, self.twins):
            button.blockSignals(True)
            button.setChecked(False)
            button.blockSignals(False)
        self.table.show_twins(False)
        self.search.blockSignals(True)
        self.search.clear()
        self.search.blockSignals(False)
        for chooser, value in ((self.kind, ""), (self.theme, ""), (self.here, line.here and bool(self.here.value))):
            chooser.offer(chooser.choices, value)

    def show_findings(self, found: Strengths, asked: Question, beside: str) -> None:
        self._shown, self._asked = found, asked
        self.show_words(found.title, beside, found.sentence)
        self.right.show()
        for part in (self._counts, self._foot):
            part.show()
        self.metres.offer([(f"Within {distance_words(one)}", one) for one in DISTANCES], asked.metres)
        self.by.offer([(f"By {way}", way) for way in WAYS], asked.by)
        near = f"Within {distance_words(found.metres)}"
        rows = [_sort_row(replace(found.whole, name=f"All in {found.place}")), *map(_sort_row, found.sorts)]
        if found.around is not None:
            rows.append(_sort_row(replace(found.around, name=f"All in {found.around_name}")))
        self.sorts_heading.setText("Assets, and residents who live near one")
        fill_table(self.look, self.sorts, ChartTable(("", "Assets", "Per 1,000", near), tuple(rows)), "Assets by kind")
        self._lack.setVisible(bool(found.gaps))
        if found.gaps:
            more = f". The {_MOST_GAPS} with the most residents beyond" if len(found.gaps) > _MOST_GAPS else ""
            said = found.gaps_said
            self.gaps_beside.setText(f"{said[:1].upper()}{said[1:]}{more}.")
            self._gap_codes = [one.code for one in found.gaps[:_MOST_GAPS]]
            listed = tuple((one.name, f"{one.beyond:,.0f}", share_words(one.share)) for one in found.gaps[:_MOST_GAPS])
            fill_table(self.look, self.gaps, ChartTable(("", "Further away", near), listed), "Small areas with gaps")
        edge = ""
        if found.edge:
            edge = f" For {share_words(found.edge)} of residents, near the edge of the data, one may be nearer."
        self.source.setText(f"{found.source}{edge}".strip())
        self.fold_again()

    def show_no_numbers(self, title: str, beside: str, why: str) -> None:
        """The register is there, and the numbers beside it are not."""
        self._shown = None
        self.show_words(title, beside, why)
        self.right.hide()
        for part in (self.metres, self.by):
            part.hide()
        self.fold_again()

    # ---- narrowing down and asking

    def _choose(self, chooser: MenuButton, value: object) -> None:
        chooser.offer(chooser.choices, value)
        self._narrow()

    def _narrow(self) -> None:
        self.table.narrow(self.wanted)
        self._say_count()

    def _say_count(self) -> None:
        wanted, shown = self.wanted, len(self.table.shown)
        inside = [line for line in self._lines if line.here or not wanted.here]
        late, twins = sum(bool(line.stale) for line in inside), sum(bool(line.twin) for line in inside)
        for button, words, count in ((self.stale, "Stale", late), (self.twins, "Duplicates", twins)):
            button.say(f"{'✓ ' if button.isChecked() else ''}{words} {count:,}")
            elsewhere = sum(bool(line.stale if button is self.stale else line.twin) for line in self._lines) - count
            more = f", {elsewhere:,} more elsewhere" if elsewhere else ""
            doing = "only these" if button.isChecked() else "show only these"
            button.setAccessibleName(f"{words}: {count:,}{more}, {doing}")
            button.setToolTip(more.removeprefix(", "))
            button.setEnabled(bool(count or elsewhere) or button.isChecked())
        of = f"{shown:,} of {len(inside):,}" if shown != len(inside) else f"{shown:,}"
        self.heading.setText(f"The register: {of} {'asset' if len(inside) == 1 else 'assets'}"
                             + (f" in {self._place}" if wanted.here else ""))  # fmt: skip
        self.none.setVisible(not shown)
        self.none.setText("" if shown else "No asset here. Look everywhere, or add one." if not inside else
                          "None of them fits. Look everywhere, or take a filter away." if wanted.here else
                          "None of them fits. Take a filter away.")  # fmt: skip
        self._show_buttons()

    def _show_buttons(self) -> None:
        there = self.table.current is not None
        for button in self._in_hand:
            button.setEnabled(there)
        self.export.setEnabled(bool(self.table.shown))

    def _show_gap(self, row: int) -> None:
        if 0 <= row < len(self._gap_codes):
            self.area_asked.emit(self._gap_codes[row])

    def _tell(self, signal: SignalInstance, _checked: bool = False) -> None:
        if self.table.current is not None:
            signal.emit(self.table.current)

    # ---- room

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._tall()

    def _tall(self) -> None:
        """The table leaves room for the first numbers below it on a large window, and has some rows on a small one."""
        px = self.look.px
        self.search.setFont(self.look.font("body"))
        self.search.setMinimumSize(px(180), px(32))
        self.table.setFixedHeight(max(px(190), self.height() - px(490)))


def _flowing(look: Look, *widgets: QWidget) -> QWidget:
    made = QWidget()
    flow = Flow(gap=look.px(8), line_gap=6)
    for widget in widgets:
        flow.addWidget(widget)
    made.setLayout(flow)
    return made


def _kept(value: object, known: Sequence[str]) -> str:
    return value if isinstance(value, str) and value in known else ""


def _sort_row(one: Sort) -> tuple[str, ...]:
    name = f"{one.name[:1].upper()}{one.name[1:]}"
    density = "" if one.per_1000 is None else plain(one.per_1000)
    return (name, f"{one.assets:,}", density, "" if one.share is None else share_words(one.share))
