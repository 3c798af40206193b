"""What if a service closed, moved or opened: asked, undone, kept beside the facts and brought back."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QObject
from PySide6.QtGui import QUndoStack
from PySide6.QtWidgets import QMenu

from jsna_desktop.app.map.canvas import MapCanvas
from jsna_desktop.app.panels.choice_list import Choice, ChoicePopup
from jsna_desktop.app.theme import Look
from jsna_desktop.app.undo import Step
from jsna_desktop.app.views.pointing import Pointing
from jsna_desktop.app.views.words import todo_in_window
from jsna_desktop.errors import UsageProblem, UserError
from jsna_desktop.jobs import access_words, scenarios
from jsna_desktop.jobs.access_change import Change, Opened, check_places
from jsna_desktop.jobs.access_words import shown
from jsna_desktop.jobs.building import points_named
from jsna_desktop.jobs.points import title
from jsna_desktop.jobs.progress import Progress
from jsna_desktop.jobs.service_places import service_types
from jsna_desktop.jobs.siting import Sites, site
from jsna_desktop.jobs.siting_people import row_of
from jsna_desktop.jobs.siting_rows import findings

if TYPE_CHECKING:
    from jsna_desktop.app.views.access_asker import AccessAsker

_COUNTS = (1, 2, 3, 5)  # of places that may be asked for at once


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
        if self._asker.made is None or at < 0 or at in self._asker.change.close:
            return
        name = shown(str(self._asker.made.services.names[at]))
        self._do(f"close {name}", replace(self._asker.change, close=(*self._asker.change.close, at)))

    def move_service(self, at: int, easting: float, northing: float) -> None:
        made = self._asker.made
        if made is None or at < 0:
            return
        self._do(f"move {shown(str(made.services.names[at]))}",
                 self._asker.change.moved(made.services, at, easting, northing))  # fmt: skip

    def open_service(self, name: str, easting: float, northing: float) -> None:
        count = len(self._asker.change.open) + 1
        one = Opened(name or f"New one {count}", easting, northing)
        self._do(f"open {one.name}", replace(self._asker.change, open=(*self._asker.change.open, one)))

    def fill_menu(self, menu: QMenu) -> None:
        menu.addAction("A service closed …").triggered.connect(lambda: self._ask_service(self.close_service))
        menu.addAction("A service moved …").triggered.connect(lambda: self._ask_service(self.ask_move))
        menu.addAction("A new one opened …").triggered.connect(self._ask_open)
        place, whole = self._asker.place, "new ones"
        if place is not None:
            whole, name = "the whole area", place.name.replace("&", "&&")  # one alone would mark a key
            menu.addAction(f"The best places for {name} …").triggered.connect(partial(self._ask_best, place.name))
        menu.addAction(f"The best places for {whole} …").triggered.connect(partial(self._ask_best, ""))
        saved = self._scenarios()
        menu.addSeparator()
        keep = menu.addAction("Keep this scenario …")
        keep.setEnabled(self._asker.change != Change() and not self._asker.session.store.read_only)
        keep.triggered.connect(lambda: self._asker.name_asked.emit(self._keep))
        if saved:
            menu.addSeparator()
        for one in saved:
            menu.addAction(f"Scenario: {one.name}").triggered.connect(partial(self._take_scenario, one))
        if saved and not self._asker.session.store.read_only:
            forget = menu.addMenu("Forget a scenario")
            for one in saved:
                forget.addAction(one.name).triggered.connect(partial(self._forget, one.name))

    def _scenarios(self) -> list[scenarios.Scenario]:
        with self._asker.session.gate:
            return [one for one in scenarios.scenarios(self._asker.session.store) if one.service == self._asker.service]

    def _keep(self, name: str) -> None:
        if self._asker.made is None:
            return
        try:
            with self._asker.session.gate:
                scenarios.save(self._asker.session.store, name, self._asker.made.services, self._asker.change)
        except UserError as error:
            self._asker.problem.emit(error)
            return
        self._asker.said.emit(f"The scenario {name} is kept beside the facts: What if … brings it back.")

    def _take_scenario(self, one: scenarios.Scenario) -> None:
        if self._asker.made is None:
            return
        try:
            self._do(f"the scenario {one.name}", one.change(self._asker.made.services))
        except UserError as error:
            self._asker.problem.emit(error)

    def _forget(self, name: str) -> None:
        try:
            with self._asker.session.gate:
                scenarios.remove(self._asker.session.store, name)
        except UserError as error:
            self._asker.problem.emit(error)

    def _ask_service(self, take: Callable[[int], None]) -> None:
        """Choose one of the services by its name."""
        if self._asker.made is None:
            return
        self._take = take
        rows = [(at, self._asker.made.services.names[at]) for at in np.flatnonzero(self._asker.made.used).tolist()]
        choices = [Choice(shown(str(name)), "", "", at) for at, name in sorted(rows, key=lambda row: str(row[1]))]
        self.popup.ask(choices, None, self._asker.panel.what_if)

    # ---- where new ones would do most

    def _ask_best(self, locality: str, _checked: bool = False) -> None:
        """Choose how many, and among which places: for the residents of a locality, or ("") of the whole area."""
        asker = self._asker
        with asker.session.gate:
            types = [one for one in service_types(asker.session.store) if one != asker.service]
        kinds = [layer.key.partition(":")[2] for layer in asker.session.contents.point_layers
                 if layer.key.startswith("asset:")]  # fmt: skip
        offered = [(one, title(f"service:{one}")) for one in types] + [(one, title(f"asset:{one}")) for one in kinds]
        choices = [
            Choice(f"{count} among {said}", "", "One place" if count == 1 else f"{count} places", (one, count))
            for count in _COUNTS
            for one, said in offered
        ]
        if not choices:
            asker.said.emit("There are no places yet where one could open. Add other services or assets.")
            return
        self._take = lambda value: self.find_best(value[0], value[1], locality)
        self.popup.ask(choices, None, asker.panel.what_if)

    def find_best(self, candidates: str, count: int, locality: str = "") -> None:
        """Look for the places that bring the mean journey of a locality's residents lowest, or ("") of all of them.

        They are shown as opened.
        """
        asker = self._asker
        made, session, service = asker.made, asker.session, asker.service
        if made is None:
            return

        def work(progress: Progress) -> Sites:
            with session.gate:
                of = (row_of(made.prepared.residents, locality),) if locality else ()
                return site(made.prepared, service, candidates, count, of=of, progress=progress)

        asker.task_asked.emit("Looking for the best places", work, self._show_best)

    def _show_best(self, found: Sites) -> None:
        asker = self._asker
        if found.sensitive and not asker.session.unlocked:
            asker.said.emit("The best places are withheld: these services, places or residents are sensitive data.")
            return
        at = found.order.tolist()
        opened = tuple(
            Opened(shown(str(found.candidates.names[one])), *(float(part) for part in found.candidates.places[one]))
            for one in at
        )
        verdict = findings(found)[0]
        if not opened:
            asker.said.emit(f"{verdict[:1].upper()}{verdict[1:]}.")
            return
        word = "place" if len(opened) == 1 else f"{len(opened)} places"
        where = f" for {found.served.where}" if found.served.where else ""
        self._do(f"the best {word}{where}", replace(Change(), open=opened))
        names = ", ".join(one.name for one in opened)
        asker.said.emit(f"Best for {access_words.one(asker.service)}: {names}. {verdict[:1].upper()}{verdict[1:]}.")

    def ask_move(self, at: int) -> None:
        if self._asker.made is None or at < 0:
            return
        name = shown(str(self._asker.made.services.names[at]))
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
            self.pointing.ask(lambda place: None if place is None else then(given, *place))

        self._asker.where_asked.emit(heading, name, (typed, point))
