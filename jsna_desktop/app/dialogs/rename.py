"""A name for something: a place, a scenario."""

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from jsna_desktop.app.dialogs.sheet import Sheet
from jsna_desktop.app.theme import Look
from jsna_desktop.app.widgets import Button, Field

MOST_LETTERS = 120


def ask_name(
    look: Look,
    window: QWidget,
    name: str,
    then: Callable[[str], None],
    title: str = "Rename the place",
    verb: str = "Rename",
    what: str = "Name of the place",
) -> Sheet:
    """Ask for a name; `then` gets one that is not empty and not the old one."""
    sheet = Sheet(look, window, title, width=420)
    field = Field(look, what)
    field.setMaxLength(max(MOST_LETTERS, len(name)))  # a longer one came from a file: never cut it
    field.setText(name)
    field.selectAll()
    sheet.body.addWidget(field)
    cancel = Button(look, "Cancel")
    cancel.clicked.connect(sheet.close_sheet)
    keep = Button(look, verb, kind="primary")

    def give() -> None:
        given = " ".join(field.text().split())
        if given:
            sheet.close_sheet()
            if given != name:
                then(given)

    keep.clicked.connect(give)
    field.returnPressed.connect(give)
    sheet.foot.addStretch(1)
    sheet.foot.addWidget(cancel)
    sheet.foot.addWidget(keep)
    sheet.open(field)
    return sheet
