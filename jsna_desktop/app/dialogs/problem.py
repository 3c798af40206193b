"""What went wrong, said quietly; a report of a fault in the program that can be saved and holds no data."""

import platform
import traceback
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import qVersion
from PySide6.QtWidgets import QWidget

from jsna_desktop.app.dialogs.sheet import Sheet
from jsna_desktop.app.theme import Look
from jsna_desktop.app.widgets import Button
from jsna_desktop.errors import UserError


def error_report(error: BaseException) -> str:
    """Where in the program it happened. Messages and values are left out: they may hold data."""
    lines = [f"JSNA Desktop, Python {platform.python_version()}, Qt {qVersion()}, {platform.system()}"]
    seen: BaseException | None = error
    while seen is not None:
        lines.append(type(seen).__name__)
        for frame in traceback.extract_tb(seen.__traceback__):
            path = Path(frame.filename)
            lines.append(f"  {path.parent.name}/{path.name}, line {frame.lineno}, {frame.name}")
        seen = seen.__cause__
    return "\n".join(lines) + "\n"


def show_problem(
    look: Look, window: QWidget, error: BaseException, choose_file: Callable[[str, str], Path | None]
) -> Sheet:
    """A person's mistake in its own words; anything else with a report to save."""
    if isinstance(error, UserError):
        said = error.message if error.where else error.message[:1].upper() + error.message[1:]
        sheet = Sheet(look, window, "That did not work", said)
    else:
        sheet = Sheet(
            look,
            window,
            "Something went wrong in the program",
            "This is a fault of ours, not of yours. Your workspace is as it was. "
            "A report of where it happened can be saved and sent on; it holds no data.",
        )
        save = Button(look, "Save the report …")

        def save_report() -> None:
            path = choose_file("Save the report", "report.txt")
            if path is not None:
                path.write_text(error_report(error), encoding="utf-8")
                sheet.close_sheet()

        save.clicked.connect(save_report)
        sheet.foot.addWidget(save)
    close = Button(look, "Close", kind="primary")
    close.clicked.connect(sheet.close_sheet)
    sheet.foot.addStretch(1)
    sheet.foot.addWidget(close)
    sheet.open(close)
    return sheet
