"""Where something is to be: typed as a postcode, a name or coordinates, or pointed at on the map."""

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from jsna_desktop.app.dialogs.sheet import Sheet
from jsna_desktop.app.theme import Look
from jsna_desktop.app.widgets import Button, Field, Text


def ask_where(
    look: Look,
    window: QWidget,
    title: str,
    name: str | None,
    typed: Callable[[str, str], str],
    point: Callable[[str], None],
) -> Sheet:
    """Ask where; with `name` not None, what it is called too.

    `typed` takes the name and the words and says what is wrong with them, or "" where they were taken; `point` takes
    the name and lets the place be clicked on the map.
    """
    sheet = Sheet(look, window, title, "A postcode, the name of a service, or easting and northing.", width=460)
    called = Field(look, "What it is called", name or "")
    where = Field(look, "Where: a postcode, or easting and northing")
    where.setPlaceholderText("Postcode, or 412345, 298765")
    wrong = Text(look, "", "small", "wine", wrap=True)
    wrong.hide()
    if name is not None:
        sheet.body.addWidget(Text(look, "Name", "small_strong"))
        sheet.body.addWidget(called)
        sheet.body.addWidget(Text(look, "Where", "small_strong"))
    sheet.body.addWidget(where)
    sheet.body.addWidget(wrong)
    on_map = Button(look, "Click on the map")
    go = Button(look, "Show what would change", kind="primary")

    def given() -> str:
        return " ".join(called.text().split())

    def give() -> None:
        said = typed(given(), where.text().strip())
        wrong.setText(said)
        wrong.setAccessibleName(said)
        wrong.setVisible(bool(said))
        if not said:
            sheet.close_sheet()
            return
        sheet.fit()
        sheet.scroll_area.ensureWidgetVisible(wrong)
        where.setFocus()
        where.selectAll()

    def click() -> None:
        sheet.close_sheet()
        point(given())

    go.clicked.connect(give)
    where.returnPressed.connect(give)
    on_map.clicked.connect(click)
    sheet.foot.addWidget(on_map)
    sheet.foot.addStretch(1)
    sheet.foot.addWidget(go)
    sheet.open(called if name is not None else where)
    return sheet
