"""One asset's words and place, to be added or changed; and the register to be handed on."""

import math
from collections.abc import Callable, Mapping, Sequence

from PySide6.QtWidgets import QCheckBox, QComboBox, QGridLayout, QHBoxLayout, QWidget

from jsna_desktop.app.dialogs.sheet import Sheet
from jsna_desktop.app.theme import Look
from jsna_desktop.app.widgets import Button, Field, Row, Text
from jsna_desktop.errors import UserError
from jsna_desktop.jobs.assets import NUMBERS, Asset
from jsna_desktop.sources.assets import KINDS

_LABELS = {
    "name": "Name", "kind": "Kind", "theme": "Theme", "postcode": "Postcode", "easting": "Easting, m",
    "northing": "Northing, m", "place": "Town, village or building", "address": "Address", "contact": "Contact",
    "last_checked": "Last checked", "source": "Source",
}  # fmt: skip
# Rows of the form: fields side by side, each with the columns (of six) that it takes.
_ROWS = (
    (("name", 6),), (("kind", 2), ("theme", 4)), (("postcode", 2), ("easting", 2), ("northing", 2)),
    (("place", 3), ("address", 3)), (("contact", 3), ("last_checked", 3)), (("source", 6),),
)  # fmt: skip
_PLACE = ("postcode", *NUMBERS)


class AssetSheet(Sheet):
    """`give` gets the fields that a person changed, and raises a UserError where that is not possible.

    `point` gets its words and lets the place be clicked on the map; `fill` puts them back.
    """

    def __init__(
        self,
        look: Look,
        window: QWidget,
        one: Asset | None,
        known: Mapping[str, Sequence[str]],
        give: Callable[[dict[str, str]], None],
        point: Callable[[dict[str, str]], None],
    ) -> None:
        title = "Add an asset" if one is None else "Change the asset"
        lead = "" if one is None else "The file that it came from stays as it is. Undo takes the change back."
        super().__init__(look, window, title, lead, width=620)
        self._one, self._give_it = one, give
        self._was = fields_of(one)
        self.kind = QComboBox()
        self.kind.addItems(["", *KINDS] if not self._was["kind"] else list(KINDS))
        self.kind.setCurrentText(self._was["kind"])
        self.kind.setFont(look.font("body"))
        self.kind.setMinimumHeight(look.px(32))
        self.kind.setAccessibleName(_LABELS["kind"])
        self.fields: dict[str, Field] = {}
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(4)
        for column in range(6):
            grid.setColumnStretch(column, 1)
        for row, parts in enumerate(_ROWS):
            at = 0
            for name, wide in parts:
                label = Text(look, _LABELS[name], "small_strong", "muted", wrap=True)
                grid.addWidget(label, 2 * row, at, 1, wide)
                grid.addWidget(self._control(name, known), 2 * row + 1, at, 1, wide)
                at += wide
        self.body.addLayout(grid)
        hint = "It is placed by its postcode, or by easting and northing. The contact stays in this workspace."
        self.on_map = Button(look, "Click on the map", name="Say on the map where it is")
        self.on_map.clicked.connect(lambda: self._point(point))
        below = QHBoxLayout()
        below.setSpacing(12)
        below.addWidget(Text(look, hint, "small", "muted", wrap=True), 1)
        below.addWidget(self.on_map)
        self.body.addLayout(below)
        self.body.addStretch(1)
        self.problem = Text(look, "", "small", "wine", wrap=True)
        cancel = Button(look, "Cancel")
        cancel.clicked.connect(self.close_sheet)
        self.keep = Button(look, "Add it" if one is None else "Change it", kind="primary")
        self.keep.clicked.connect(self._give)
        self.foot.addWidget(self.problem, 1)
        self.foot.addWidget(cancel)
        self.foot.addWidget(self.keep)
        # A postcode by itself is where the asset is: the coordinates were those of the place before.
        self.fields["postcode"].textEdited.connect(self._by_postcode)

    def start(self) -> None:
        self.open(self.fields["name"])

    def _control(self, name: str, known: Mapping[str, Sequence[str]]) -> QWidget:
        if name == "kind":
            return self.kind
        field = Field(self.look, _LABELS[name], self._was[name])
        field.returnPressed.connect(self._give)
        if known.get(name):
            field.offer(known[name])
        self.fields[name] = field
        if name != "last_checked":
            return field
        field.setPlaceholderText("3/5/2025, May 2025")
        self.today = Button(self.look, "Today", name="Checked today")
        self.today.clicked.connect(lambda: field.setText("today"))
        row = Row(field, self.today)
        field.setMinimumWidth(self.look.px(60))
        return row

    def words(self) -> dict[str, str]:
        """Every field as it stands."""
        return {name: field.text().strip() for name, field in self.fields.items()} | {"kind": self.kind.currentText()}

    def fill(self, words: Mapping[str, str]) -> None:
        for name, field in self.fields.items():
            field.setText(words.get(name, ""))
        self.kind.setCurrentText(words.get("kind", ""))

    def _point(self, point: Callable[[dict[str, str]], None]) -> None:
        words = self.words()
        self.close_sheet()
        point(words)

    def _by_postcode(self, _text: str) -> None:
        for name in NUMBERS:
            self.fields[name].clear()

    def changed(self) -> dict[str, str]:
        """The fields that are others than before; of the place all of it, where any part is another."""
        now = self.words()
        moved = any(now[name] != self._was[name] for name in _PLACE)
        return {name: text for name, text in now.items()
                if text != self._was[name] or (moved and name in _PLACE)}  # fmt: skip

    def _give(self) -> None:
        given = self.changed()
        if self._one is not None and not given:
            self.close_sheet()
            return
        if not self.fields["name"].text().strip():
            self._say("Give it a name.", self.fields["name"])
            return
        if self._one is None and not self.kind.currentText():
            self._say("Say of which kind it is.", self.kind)
            return
        try:
            self._give_it({name: text for name, text in given.items() if text or self._one is not None})
        except UserError as error:
            self._say(f"{error.message[:1].upper()}{error.message[1:]}", None)
            return
        self.close_sheet()

    def _say(self, words: str, where: QWidget | None) -> None:
        self.problem.setText(words)
        self.problem.setAccessibleName(words)
        self.fit()
        if where is not None:
            where.setFocus()


def fields_of(one: Asset | None) -> dict[str, str]:
    """The fields as text; coordinates in whole metres, "" where there are none."""
    if one is None:
        return dict.fromkeys(_LABELS, "")
    made = {}
    for name in _LABELS:
        value = getattr(one, name)
        made[name] = value if isinstance(value, str) else "" if math.isnan(value) else f"{value:.0f}"
    return made


def ask_export(look: Look, window: QWidget, count: int, then: Callable[[bool], None]) -> Sheet:
    """Ask what is to be in the file for partners; `then` gets whether contacts are."""
    many = "The asset that is" if count == 1 else f"The {count:,} assets that are"
    sheet = Sheet(
        look, window, "Export the register",
        f"{many} listed now, as a workbook (.xlsx) or a table (.csv) that partners can fill in and you can add again.",
        width=480,
    )  # fmt: skip
    tick = QCheckBox("With contacts")
    tick.setFont(look.font("body"))
    sheet.body.addWidget(tick)
    warning = "Names and numbers of people: hand them on only to those who may have them."
    sheet.body.addWidget(Text(look, warning, "small", "muted", wrap=True))
    cancel = Button(look, "Cancel")
    cancel.clicked.connect(sheet.close_sheet)
    keep = Button(look, "Choose a file …", kind="primary")

    def give() -> None:
        contact = tick.isChecked()
        sheet.close_sheet()
        then(contact)

    keep.clicked.connect(give)
    sheet.foot.addStretch(1)
    sheet.foot.addWidget(cancel)
    sheet.foot.addWidget(keep)
    sheet.open(tick)
    return sheet
