"""What if a service closed, moved or opened: asked, undone, kept beside the facts and brought back."""

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QObject
from PySide6.QtGui import QUndoStack
from PySide6.QtWidgets import QMenu

from jsna_desktop.app.map.canvas import MapCanvas
from jsna_desktop.app.panels.choice_list import Choice, ChoicePopup
from jsna_desktop.app.theme import Look
from jsna_desktop.app.undo import Step
from jsna_desktop.app.views.best_places import BestPlaces
from jsna_desktop.app.views.kept_scenarios import KeptScenarios
from jsna_desktop.app.views.pointing import Pointing
from jsna_desktop.app.views.words import todo_in_window
from jsna_desktop.errors import UsageProblem, UserError
from jsna_desktop.jobs.access_change import Change, Opened, check_places
from jsna_desktop.jobs.access_words import shown
from jsna_desktop.jobs.building import points_named

if TYPE_CHECKING:
    from jsna_desktop.app.views.access_asker import AccessAsker


class _ChangeStep(Step):
    """A change of the scenario, which is no fact: it can be taken back like any other.

    A change names services by their position: it belongs to one type of service and to the data of its day.
    """

    def __init__(self, asker: "AccessAsker", text: str, now: Change) -> None:
        super().__init__(text)
        self._asker, self._was, self._now = asker, asker.change, now
        self._service, self._datasets = asker.service, asker.session.contents.datasets

    def carry_out(self) -> None:
        self._show(self._now)

    def take_back(self) -> None:
        self._show(self._was)

    def _show(self, change: Change) -> None:
        if self._asker.session.contents.datasets is not self._datasets and change != Change():
            raise UsageProblem("the data have changed since this scenario", todo="Make it again on the data of today")
        self._asker.show_change(change, self._service)


class WhatIf(QObject):
    """Changes of services, each a step that can be undone. The asker shows what they would do."""

    def __init__(self, asker: "AccessAsker", look: Look, canvas: MapCanvas, undo_stack: QUndoStack) -> None:
        super().__init__(asker)
        self._asker, self._undo = asker, undo_stack
        self.pointing = Pointing(canvas, self)
        self._take: Callable[[Any], None] = self.close_service  # who gets what is chosen in the popup
        self.popup = ChoicePopup(look, asker.panel, "Search the services")
        self.popup.taken.connect(lambda choice: self._take(choice.value))
        self.best = BestPlaces(asker, self._do)
        self.kept = KeptScenarios(asker, undo_stack, self._do)

    def _do(self, text: str, change: Change) -> None:
        """Make a change one step; a new place that no road comes near is said, and nothing changes."""
        try:
            if self._asker.made is not None:
                check_places(self._asker.made, change.open)
        except UserError as error:
            self._asker.problem.emit(error)
            return
        _ChangeStep(self._asker, text, change).take(self._undo, self._asker.problem.emit)

    def end(self) -> None:
        """Back to the services as they are."""
        if self._asker.change != Change():
            self._do("end the scenario", Change())

    def close_service(self, at: int) -> None:
        """Close a service, or take a new one away."""
        asker = self._asker
        if asker.made is None or at < 0 or at in asker.change.close:
            return
        new = self.new_one(at)
        if new is not None:
            rest = tuple(one for one in asker.change.open if one is not new)
            self._do(f"leave out {shown(new.name)}", replace(asker.change, open=rest))
            return
        name = shown(str(asker.made.services.names[at]))
        self._do(f"close {name}", replace(asker.change, close=(*asker.change.close, at)))

    def keep_open(self, at: int) -> None:
        """A service that would close, or move, stays as it is."""
        asker = self._asker
        if asker.made is None or at not in asker.change.close:
            return
        name = str(asker.made.services.names[at])
        close = tuple(one for one in asker.change.close if one != at)
        opened = tuple(one for one in asker.change.open if one.name != name)
        self._do(f"leave {shown(name)} as it is", Change(close, opened))

    def move_service(self, at: int, easting: float, northing: float) -> None:
        asker = self._asker
        if asker.made is None or at < 0 or at in asker.change.close:
            return
        new = self.new_one(at)
        if new is not None:
            opened = tuple(replace(one, easting=easting, northing=northing) if one is new else one
                           for one in asker.change.open)  # fmt: skip
            self._do(f"move {shown(new.name)}", replace(asker.change, open=opened))
            return
        self._do(f"move {shown(str(asker.made.services.names[at]))}",
                 asker.change.moved(asker.made.services, at, easting, northing))  # fmt: skip

    def open_service(self, name: str, easting: float, northing: float) -> None:
        count = len(self._asker.change.open) + 1
        one = Opened(name or f"New one {count}", easting, northing)
        self._do(f"open {one.name}", replace(self._asker.change, open=(*self._asker.change.open, one)))

    def new_one(self, at: int) -> Opened | None:
        """The new service of a position, which are behind those of today; None where it is one of today."""
        made = self._asker.made
        new = -1 if made is None else at - len(made.services.names)
        return self._asker.change.open[new] if 0 <= new < len(self._asker.change.open) else None

    def fill_menu(self, menu: QMenu) -> None:
        menu.addAction("A service closed …").triggered.connect(lambda: self._ask_service(self.close_service))
        menu.addAction("A service moved …").triggered.connect(lambda: self._ask_service(self.ask_move))
        menu.addAction("A new one opened …").triggered.connect(self._ask_open)
        self.best.fill_menu(menu)
        self.kept.fill_menu(menu)

    def _ask_service(self, take: Callable[[int], None]) -> None:
        """Choose one of the services by its name: of today, but for those that would close, or a new one."""
        made, change = self._asker.made, self._asker.change
        if made is None:
            return
        self._take = take
        rows = [(at, str(made.services.names[at])) for at in np.flatnonzero(made.used).tolist()
                if at not in change.close]  # fmt: skip
        rows += [(len(made.services.names) + at, one.name) for at, one in enumerate(change.open)]
        choices = [Choice(shown(name), "", "", at) for at, name in sorted(rows, key=lambda row: row[1])]
        self.popup.ask(choices, None, self._asker.panel.what_if)

    def ask_move(self, at: int) -> None:
        made, new = self._asker.made, self.new_one(at)
        if made is None or at < 0:
            return
        name = shown(str(made.services.names[at]) if new is None else new.name)
        self._ask_where(f"If {name} moved", None, lambda _name, x, y: self.move_service(at, x, y))

    def _ask_open(self) -> None:
        self._ask_where("If a new one opened", "", self.open_service)

    def _ask_where(self, heading: str, name: str | None, then) -> None:
        def typed(given: str, text: str) -> str:
            try:
                with self._asker.session.gate:
                    points, _ = points_named(self._asker.session.store, text)
            except UserError as error:
                return todo_in_window(error)
            if len(points) != 1:
                return f"“{text}” is {len(points)} places: give a postcode, or easting and northing."
            then(given, float(points[0, 0]), float(points[0, 1]))
            return ""

        def point(given: str) -> None:
            def take(place: tuple[float, float] | None) -> None:
                self._asker.uncover(False)
                if place is not None:
                    then(given, *place)

            self._asker.uncover(True)
            self.pointing.ask(take)

        self._asker.where_asked.emit(heading, name, (typed, point))
