"""Which column of a table names the places, where the table does not say."""

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QWidget

from jsna_desktop.app.dialogs.sheet import Sheet
from jsna_desktop.app.theme import Look
from jsna_desktop.app.widgets import Button, Flow


def ask_column(
    look: Look, window: QWidget, file: str, columns: Sequence[str], then: Callable[[str, str | None], None]
) -> Sheet:
    """Ask for one of the columns; `then` gets it and the column of its codes, where there is one."""
    lead = f"{file} has several columns that could name the places. Each name in the column becomes a place."
    sheet = Sheet(look, window, "Which column names the places?", lead, width=520)
    choices = Flow(gap=look.px(10), line_gap=look.px(10))
    first: Button | None = None
    for name, code in named_columns(columns):
        button = Button(look, name)

        def take(_checked: bool = False, name: str = name, code: str | None = code) -> None:
            sheet.close_sheet()
            then(name, code)

        button.clicked.connect(take)
        choices.addWidget(button)
        first = first or button
    sheet.body.addLayout(choices)
    cancel = Button(look, "Cancel")
    cancel.clicked.connect(sheet.close_sheet)
    sheet.foot.addStretch(1)
    sheet.foot.addWidget(cancel)
    sheet.open(first or cancel)
    return sheet


def named_columns(columns: Sequence[str]) -> list[tuple[str, str | None]]:
    """(column of names, column of their codes or None) of the headings: ONS pairs LAD25NM with LAD25CD."""
    paired = {name: f"{name[:-2]}CD" for name in columns if name.upper().endswith("NM")}
    if not paired:
        return [(name, None) for name in columns]
    return [(name, code if code in columns else None) for name, code in paired.items()]
