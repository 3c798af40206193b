"""The way that Tab goes: as one reads the window, from the header by the places and the map to the profile."""

from collections.abc import Iterable
from itertools import pairwise

from PySide6.QtWidgets import QWidget

from jsna_desktop.app.panels.header import Header
from jsna_desktop.app.panels.start import StartScreen
from jsna_desktop.app.widgets import IconButton
from jsna_desktop.app.workbench import Workbench


def set_tab_order(header: Header, start: StartScreen, bench: Workbench) -> None:
    """Once, when all of them are in the window; the layers' rows, which come and go, keep their place themselves."""
    places, map_area, profile = bench.places, bench.map, bench.profile
    chain(
        (
            *(header.places, header.name, header.find_box.field, header.add, header.pack),
            *(start.council, start.files, start.draw, start.demonstration, start.open),
            *(places.set_button, places.list, places.new_button),
            *map_area.tool_bar.findChildren(IconButton),
            *(map_area.colour_by, map_area.canvas, map_area.open_profile),
            *(
                profile.close_button,
                profile.compare_button,
                profile.tabs,
                profile.naming.field,
                profile.naming.keep,
                profile.table,
                profile.focus_line,
            ),
        )
    )


def chain(widgets: Iterable[QWidget]) -> None:
    for before, after in pairwise(widgets):
        QWidget.setTabOrder(before, after)
