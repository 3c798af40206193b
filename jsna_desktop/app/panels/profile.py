"""The profile panel: the place, what stands out, its table, the legend, and the line that explains a number."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from jsna_desktop.app import words
from jsna_desktop.app.marks import LINE_DISTRICT, LINE_ENGLAND, Mark
from jsna_desktop.app.panels.name_row import NameRow
from jsna_desktop.app.panels.profile_scale import is_compared, leading_verdict
from jsna_desktop.app.panels.profile_table import ProfileTable
from jsna_desktop.app.panels.tabs import Tabs
from jsna_desktop.app.theme import Look, watch
from jsna_desktop.app.widgets import Button, Flow, IconButton, Rule, Text, UpAndDown, clear

_LEGEND = {
    "better": "clearly better",
    "worse": "clearly worse",
    "higher": "higher or lower",
    "lower": "higher or lower",
    "similar": "no clear difference",
    "not compared": "not compared",
}


@dataclass(frozen=True)
class PlaceView:
    """What the panel shows: `findings` are (mark, lead, rest); `rows` as contract.md gives them with `group`."""

    title: str
    subtitle: str
    rows: Sequence[Mapping[str, Any]] = ()
    findings: Sequence[tuple[str, str, str]] = ()
    stored: bool = True
    warning: str = ""
    chance: str = ""  # how many of the comparisons chance alone may account for
    source: Callable[[Mapping[str, Any]], str] = field(default=lambda row: str(row["period"]))


class ProfilePanel(QFrame):
    """Shows a PlaceView. `name_given` comes when a place that is not stored yet was named."""

    name_given = Signal(str)
    explain = Signal(object)
    close_asked = Signal()

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.setObjectName("profile")
        self._look = look
        self._view: PlaceView | None = None
        self.setAccessibleName("Profile of the selected place")
        self._title = Text(look, "", "title", wrap=True)
        self._subtitle = Text(look, "", tone="muted", wrap=True)
        self._warning = Text(look, "", tone="wine", wrap=True)
        self.close_button = IconButton(look, "close", "Close the profile", size=32)
        self.close_button.clicked.connect(self.close_asked.emit)
        self.close_button.hide()
        self.compare_button = Button(look, "Compare with …", kind="link", role="small")
        self.compare_button.setAccessibleName("Compare this place with another place or area")
        self.tabs = Tabs(look, compact=True)
        self.naming = NameRow(look)
        self.naming.given.connect(self.name_given.emit)
        self._standout_heading = Text(look, "What stands out", "strong")
        self._standout = QVBoxLayout()
        self._standout.setSpacing(look.px(10))
        self.table = ProfileTable(look)
        self.table.focused.connect(self._explain_line)
        self.table.opened.connect(self.explain.emit)
        self.table.reached.connect(self._bring_into_view)
        self._chance = Text(look, "", "small", "muted", wrap=True)
        self._legend = QWidget()
        self._legend_flow = Flow(gap=look.px(10))
        self._legend.setLayout(self._legend_flow)
        self.focus_line = _FocusLine(look)
        self.focus_line.linkActivated.connect(self._open_current)
        self._focused: Mapping[str, Any] | None = None
        self._build()
        watch(look, self, self._restyle)

    def _build(self) -> None:
        head = QHBoxLayout()
        head.addWidget(self._title, 1)
        head.addWidget(self.close_button, 0, Qt.AlignmentFlag.AlignTop)
        inner = QWidget()
        body = QVBoxLayout(inner)
        body.setContentsMargins(18, 14, 18, 8)
        body.setSpacing(0)
        body.addLayout(head)
        # Margins of their own, so that what is hidden leaves no gap.
        parts = ((self._subtitle, 2), (self._warning, 6), (self.naming, 12), (self._standout_heading, 14))
        for widget, gap in parts:
            widget.setContentsMargins(0, gap, 0, 0)
            body.addWidget(widget)
        compare = QHBoxLayout()
        compare.setContentsMargins(0, 0, 0, 0)
        compare.addWidget(self.compare_button)
        compare.addStretch(1)
        body.insertLayout(2, compare)
        body.insertSpacing(3, 6)
        body.insertWidget(4, self.tabs)
        body.insertWidget(5, Rule(self._look))
        body.addSpacing(10)
        body.addLayout(self._standout)
        body.addSpacing(14)
        body.addWidget(self.table)
        self._chance.setContentsMargins(0, 8, 0, 4)
        body.addWidget(self._chance)
        body.addStretch(1)
        self._inner_body = body
        self.scroll_area = UpAndDown(inner)
        # The bar takes its room from the margin, so that the table is as wide with it as without.
        self.scroll_area.verticalScrollBar().rangeChanged.connect(
            lambda _low, high: body.setContentsMargins(18, 14, 8 if high else 18, 8)
        )
        self._pinned = QWidget()
        pinned = QVBoxLayout(self._pinned)
        pinned.setContentsMargins(18, 6, 18, 6)
        pinned.addWidget(self._legend)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(1, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.scroll_area, 1)
        layout.addWidget(self._pinned)
        layout.addWidget(self.focus_line)

    def show_place(self, view: PlaceView) -> None:
        """Show a place; where it is the one shown, the scroll and the row in focus stay."""
        self._view = view
        self._title.setText(words.breakable(view.title))
        self._subtitle.setText(view.subtitle)
        self._subtitle.setVisible(bool(view.subtitle))
        self._warning.setText(view.warning)
        self._warning.setVisible(bool(view.warning))
        self.naming.setVisible(not view.stored)
        self.compare_button.setVisible(bool(view.rows))
        self._show_findings(view.findings)
        self.table.setVisible(bool(view.rows))
        self.table.show_rows(view.rows)
        self._chance.setText(view.chance)
        self._chance.setVisible(bool(view.chance))
        self._show_legend(view.rows)
        row = self.table.current_row()
        self.focus_line.setVisible(row is not None)
        if row is not None:
            self._explain_line(row)

    def _show_findings(self, findings: Sequence[tuple[str, str, str]]) -> None:
        clear(self._standout)
        self._standout_heading.setVisible(bool(findings))
        for mark, lead, rest in findings:
            self._standout.addWidget(_FindingLine(self._look, mark, lead, rest))

    def _show_legend(self, rows: Sequence[Mapping[str, Any]]) -> None:
        clear(self._legend_flow)
        names: dict[str, str] = {}
        seen: dict[str, str] = {}
        for row in rows:
            if not is_compared(row):
                continue
            for other in row["comparators"]:
                if other["value"] is not None and other["level"] in ("england", "district"):
                    names.setdefault(other["level"], other["area"])
            verdict = leading_verdict(row)
            seen.setdefault(_LEGEND[verdict], verdict)
        for level, kind in (("england", LINE_ENGLAND), ("district", LINE_DISTRICT)):
            if level in names:
                self._key(kind, names[level])
        for meaning in dict.fromkeys(_LEGEND.values()):
            if meaning in seen:
                self._key(seen[meaning], meaning)
        self._pinned.setVisible(bool(names or seen))
        self._legend.updateGeometry()

    def _key(self, mark: str, meaning: str) -> None:
        key = QWidget()
        layout = QHBoxLayout(key)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(self._look.px(4))
        layout.addWidget(Mark(self._look, mark))
        layout.addWidget(Text(self._look, meaning, "small", "muted"))
        self._legend_flow.addWidget(key)

    def _bring_into_view(self, row: QRect) -> None:
        inner = self.scroll_area.widget()
        assert inner is not None
        middle = self.table.mapTo(inner, row.center())
        self.scroll_area.ensureVisible(0, middle.y(), 0, row.height())

    def _explain_line(self, row: Mapping[str, Any]) -> None:
        self._focused = row
        source = self._view.source(row) if self._view is not None else row["period"]
        self.focus_line.say(*words.focus_parts(row, source))

    def _open_current(self) -> None:
        if self._focused is not None:
            self.explain.emit(self._focused)

    def _restyle(self) -> None:
        if self._view is not None:
            self.show_place(self._view)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        # Where height is short the legend scrolls with the table, so that rows keep their room.
        pinned = self.height() > self._look.px(460)
        home = self._pinned.layout() if pinned else self._inner_body
        if home is not None and home.indexOf(self._legend) < 0:
            home.addWidget(self._legend)
        self._pinned.setMaximumHeight(16_777_215 if pinned else 0)


class _FindingLine(QWidget):
    """A mark and a sentence whose first words are strong."""

    def __init__(self, look: Look, mark: str, lead: str, rest: str) -> None:
        super().__init__()
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(look.px(12))
        layout.addWidget(Mark(look, mark), 0, Qt.AlignmentFlag.AlignTop)
        text = QLabel(f"<b style='font-weight:600'>{words.html(lead)}</b> {words.html(rest)}")
        text.setTextFormat(Qt.TextFormat.RichText)
        text.setWordWrap(True)
        text.setFont(look.font("body"))
        text.setAccessibleName(f"{lead} {rest}")
        text.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.MinimumExpanding)
        layout.addWidget(text, 1)


class _FocusLine(QLabel):
    """The number in focus, explained, at the foot of the panel."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._said = ("", "")
        self.setObjectName("focusLine")
        self.setTextFormat(Qt.TextFormat.RichText)
        self.setWordWrap(True)
        self.setContentsMargins(18, 8, 14, 8)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.LinksAccessibleByKeyboard | Qt.TextInteractionFlag.LinksAccessibleByMouse
        )
        watch(look, self, lambda: self.say(*self._said))

    def say(self, strong: str, rest: str) -> None:
        self._said = (strong, rest)
        self.setFont(self._look.font("small"))
        link = f"<a style='color:{self._look.tokens['blue']}' href='how'>how it is made</a>"
        self.setText(f"<b style='font-weight:600'>{words.html(strong)}</b>{words.html(rest)} · {link}")
        self.setAccessibleName(strong + rest)
        # Two lines' room at least, so that the panel does not jump from number to number.
        self.setMinimumHeight(self.fontMetrics().lineSpacing() * 2 + 18)
        self.updateGeometry()
