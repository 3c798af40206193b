"""Asks how far people are from a service and what a change would do, and shows it in the panel and on the map."""

from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoStack
from PySide6.QtWidgets import QMenu

from jsna_desktop.app.colouring import Colouring, Other
from jsna_desktop.app.panels.access import AccessPanel, service_words
from jsna_desktop.app.panels.choice_list import Choice, ChoicePopup
from jsna_desktop.app.session import Session
from jsna_desktop.app.tasks import Latest
from jsna_desktop.app.undo import Step
from jsna_desktop.app.views.words import todo_in_window
from jsna_desktop.app.workbench import Workbench
from jsna_desktop.areas import geography
from jsna_desktop.areas.locality import Locality
from jsna_desktop.areas.roads import DISTANCE, DRIVE, STRAIGHT, WALK
from jsna_desktop.errors import UserError
from jsna_desktop.jobs import scenarios
from jsna_desktop.jobs.access import Access, Prepared, prepare, reach, road_datasets
from jsna_desktop.jobs.access_change import Change, Opened, changed
from jsna_desktop.jobs.access_findings import access_findings, catchment, supply_findings
from jsna_desktop.jobs.access_people import residents_of
from jsna_desktop.jobs.access_rows import service_rows
from jsna_desktop.jobs.access_supply import parse_zones, supply
from jsna_desktop.jobs.access_words import shown
from jsna_desktop.jobs.building import points_named
from jsna_desktop.jobs.measured_places import Choice as Chosen
from jsna_desktop.jobs.points import title
from jsna_desktop.jobs.service_places import service_types
from jsna_desktop.packs.access import AccessFindings

CAPACITY = "capacity"
_MODES = ((DRIVE, "By car"), (WALK, "On foot"), (DISTANCE, "Road distance"), (CAPACITY, "Capacity in reach"),
          (STRAIGHT, "Straight line"))  # fmt: skip
_NEAR_M = 1.0  # a point of the map and a service that are so near are one
_NO_SERVICES = "There are no services yet whose distance could be measured. Choose Add data and add some."


@dataclass(frozen=True)
class _Answer:
    service: str
    mode: str
    types: tuple[str, ...]
    with_roads: bool
    made: Access | None
    found: AccessFindings | UserError


class _ChangeStep(Step):
    """A change of the scenario, which is no fact: it can be taken back like any other."""

    def __init__(self, asker: "AccessAsker", text: str, now: Change) -> None:
        super().__init__(text)
        self._asker, self._was, self._now = asker, asker.change, now

    def carry_out(self) -> None:
        self._asker.show_change(self._now)

    def take_back(self) -> None:
        self._asker.show_change(self._was)


class AccessAsker(QObject):
    """One session's questions of access. `where_asked` wants a place for a service: (title, name or None, then)."""

    problem = Signal(object)
    where_asked = Signal(str, object, object)
    name_asked = Signal(object)  # a name for the scenario, given to this
    said = Signal(str)

    def __init__(
        self, session: Session, panel: AccessPanel, bench: Workbench, colouring: Colouring, undo_stack: QUndoStack
    ) -> None:
        super().__init__(panel)
        self.session, self.panel, self._bench, self._colouring = session, panel, bench, colouring
        self._undo = undo_stack
        self.change = Change()
        self.service, self.mode = "", ""
        self._place: Locality | None = None
        self._made: Access | None = None
        self._prepared: dict[str, Prepared] = {}
        self._stamp: tuple[object, tuple] | None = None
        self._picked = -1
        self._then_point: object = None
        self._latest = Latest(self)
        self._latest.finished.connect(self._show)
        self._latest.failed.connect(self.problem.emit)
        self._popup = ChoicePopup(panel._look, panel, "Search the services")
        self._popup.taken.connect(lambda choice: self._take_choice(choice.value))
        self._taking = "pick"
        panel.name_of = self._name_of
        canvas = bench.map.canvas
        self._slots = (
            (panel.service_chosen, self._choose_service),
            (panel.mode_chosen, self._choose_mode),
            (panel.end_asked, self.end),
            (panel.menu_asked, self._fill_menu),
            (panel.picked_closed, lambda: self.close_service(self._picked)),
            (panel.picked_moved, lambda: self._ask_move(self._picked)),
            (panel.picked_left, lambda: self._pick(-1)),
            (panel.area_asked, self._go_to_area),
            (canvas.point_clicked, self._clicked),
            (canvas.place_pointed, self._pointed),
        )
        for signal, slot in self._slots:
            signal.connect(slot)

    @property
    def is_settled(self) -> bool:
        return not self._latest.busy

    def show_place(self, place: Locality | None, _among: list[Locality]) -> None:
        """Show the access of a kept place, or of the whole district."""
        self._place = place
        self._bench.map.canvas.asks_points = True
        self._ask()

    def rest(self) -> None:
        """The tab is left: the map is coloured as before, and the scenario waits."""
        canvas = self._bench.map.canvas
        canvas.asks_points = False
        canvas.show_change()
        canvas.show_catchment()
        if canvas.tool.name == "place":
            canvas.set_tool("select")
        self._colouring.show_other(None)

    def leave(self) -> None:
        for signal, slot in self._slots:
            signal.disconnect(slot)
        self._bench.map.canvas.show_change()
        self._bench.map.canvas.show_catchment()
        self._bench.map.canvas.asks_points = False
        self._latest.stop()
        self.deleteLater()

    # ---- asking

    def _ask(self) -> None:
        session, place, change = self.session, self._place, self.change
        service, mode, unlocked = self.service, self.mode, session.unlocked
        stamp = (session.contents, tuple((p.id, p.name, p.set) for p in session.places()))
        fresh = self._stamp is None or self._stamp[0] is not stamp[0] or self._stamp[1] != stamp[1]
        self._stamp = stamp
        if fresh:
            self._prepared, self._made = {}, None
        made = self._made

        def work(_progress: object) -> _Answer:
            with session.gate:
                types = tuple(service_types(session.store))
                roads = bool(road_datasets(session.store))
                own = service if service in types else next((t for t in ("gp", *types) if t in types), "")
                way = mode if mode and (roads or mode == STRAIGHT) else DRIVE if roads else STRAIGHT
                if not own:
                    return _Answer("", way, (), roads, None, UserError(_NO_SERVICES))
                try:
                    if way == CAPACITY:
                        taken = supply(self._ready(DRIVE), own, parse_zones(None))
                        shown_of = supply_findings(taken, place.name if place else None, true_figures=unlocked)
                        return _Answer(own, way, types, roads, None, shown_of)
                    one = made
                    if one is None or (one.services.service, one.prepared.mode) != (own, way):
                        one = reach(self._ready(way), own)
                    after = changed(one, change) if change != Change() else None
                    found = access_findings(one, place.name if place else None, after, true_figures=unlocked)
                    return _Answer(own, way, types, roads, one, found)
                except UserError as error:  # said where the figures would be
                    return _Answer(own, way, types, roads, None, error)

        self._latest.ask(work)

    def _ready(self, mode: str) -> Prepared:
        """The roads in a mode and the residents on them; made once for as long as the workspace holds the same."""
        if mode not in self._prepared:
            residents = next(iter(self._prepared.values())).residents if self._prepared else residents_of(
                self.session.store, Chosen(), groups=True)  # fmt: skip
            self._prepared[mode] = prepare(self.session.store, residents, mode)
        return self._prepared[mode]

    def _show(self, answer: _Answer) -> None:
        self._made, self.service, self.mode = answer.made, answer.service, answer.mode
        panel, contents = self.panel, self.session.contents
        name = self._place.name if self._place is not None else self.session.name
        panel.show_head(name, self._residents())
        panel.what_if.setEnabled(answer.made is not None)
        if isinstance(answer.found, UserError) and answer.service:
            self._offer(answer)
            panel.show_refused(todo_in_window(answer.found))
            self._colouring.show_other(None)
            self._bench.map.canvas.show_change()
            return
        if isinstance(answer.found, UserError):
            panel.show_nothing(answer.found.message)
            self._colouring.show_other(None)
            self._bench.map.canvas.show_change()
            return
        found = answer.found
        self._offer(answer)
        panel.show_findings(found)
        self._show_map(found, contents)

    def _offer(self, answer: _Answer) -> None:
        self.panel.service.offer([(title(f"service:{one}"), one) for one in answer.types], answer.service)
        modes = _MODES if answer.with_roads else _MODES[-1:]
        self.panel.mode.offer([(said, mode) for mode, said in modes], answer.mode)

    def _residents(self) -> str:
        if self._place is None:
            return "The whole area"
        number = self.session.residents(self._place.id)
        return "" if number is None else f"{number:,.0f} residents"

    def _show_map(self, found: AccessFindings, contents) -> None:
        blocks, canvas = contents.blocks, self._bench.map.canvas
        if blocks is None or found.withheld:
            self._colouring.show_other(None)
            canvas.show_change()
            return
        at = geography.align(blocks.codes, found.codes)
        values = np.where(at >= 0, found.values[at], np.nan)
        worse = np.flatnonzero(np.isin(at, found.worse) & (at >= 0))
        note = "hatched: further away than now" if found.change is not None and len(worse) else ""
        self._colouring.show_other(Other(found.map_title, values, note, f"service:{self.service}"))
        places = self._made.services.places if self._made is not None else np.empty((0, 2))
        changing = self._made is not None
        struck = [tuple(places[at].tolist()) for at in self.change.close if changing and np.isfinite(places[at]).all()]
        opened = [(one.easting, one.northing) for one in self.change.open if changing]
        canvas.show_change(struck, opened, worse if found.change is not None else ())

    def _choose_service(self, service: str) -> None:
        self.service = service
        self._pick(-1)
        self.change = Change()
        self._ask()

    def _choose_mode(self, mode: str) -> None:
        self.mode = mode
        self._ask()

    # ---- what if

    def show_change(self, change: Change) -> None:
        """Show what another change would do."""
        self.change = change
        self._pick(-1)
        self._ask()

    def _do(self, text: str, change: Change) -> None:
        _ChangeStep(self, text, change).take(self._undo, self.problem.emit)

    def end(self) -> None:
        """Back to the services as they are."""
        if self.change != Change():
            self._do("end the scenario", Change())

    def close_service(self, at: int) -> None:
        if self._made is None or at < 0 or at in self.change.close:
            return
        name = shown(str(self._made.services.names[at]))
        self._do(f"close {name}", replace(self.change, close=(*self.change.close, at)))

    def move_service(self, at: int, easting: float, northing: float) -> None:
        if self._made is None or at < 0:
            return
        name = shown(str(self._made.services.names[at]))
        self._do(f"move {name}", self.change.moved(self._made.services, at, easting, northing))

    def open_service(self, name: str, easting: float, northing: float) -> None:
        count = len(self.change.open) + 1
        one = Opened(name or f"New one {count}", easting, northing)
        self._do(f"open {one.name}", replace(self.change, open=(*self.change.open, one)))

    def _fill_menu(self, menu: QMenu) -> None:
        menu.addAction("A service closed …").triggered.connect(lambda: self._ask_service("close"))
        menu.addAction("A service moved …").triggered.connect(lambda: self._ask_service("move"))
        menu.addAction("A new one opened …").triggered.connect(self._ask_open)
        saved = self._scenarios()
        menu.addSeparator()
        keep = menu.addAction("Keep this scenario …")
        keep.setEnabled(self.change != Change() and not self.session.store.read_only)
        keep.triggered.connect(lambda: self.name_asked.emit(self._keep))
        if saved:
            menu.addSeparator()
        for one in saved:
            menu.addAction(f"Scenario: {one.name}").triggered.connect(partial(self._take_scenario, one))
        if saved and not self.session.store.read_only:
            forget = menu.addMenu("Forget a scenario")
            for one in saved:
                forget.addAction(one.name).triggered.connect(partial(self._forget, one.name))

    def _scenarios(self) -> list[scenarios.Scenario]:
        with self.session.gate:
            return [one for one in scenarios.scenarios(self.session.store) if one.service == self.service]

    def _keep(self, name: str) -> None:
        if self._made is None:
            return
        try:
            with self.session.gate:
                scenarios.save(self.session.store, name, self._made.services, self.change)
        except UserError as error:
            self.problem.emit(error)
            return
        self.said.emit(f"The scenario {name} is kept beside the facts: What if … brings it back.")

    def _take_scenario(self, one: scenarios.Scenario) -> None:
        if self._made is None:
            return
        try:
            self._do(f"the scenario {one.name}", one.change(self._made.services))
        except UserError as error:
            self.problem.emit(error)

    def _forget(self, name: str) -> None:
        try:
            with self.session.gate:
                scenarios.remove(self.session.store, name)
        except UserError as error:
            self.problem.emit(error)

    # ---- choosing a service

    def _ask_service(self, taking: str) -> None:
        """Choose one of the services by its name."""
        if self._made is None:
            return
        self._taking = taking
        rows = [(at, self._made.services.names[at]) for at in np.flatnonzero(self._made.used).tolist()]
        choices = [Choice(shown(str(name)), "", "", at) for at, name in sorted(rows, key=lambda row: str(row[1]))]
        self._popup.ask(choices, None, self.panel.what_if)

    def _take_choice(self, at: int) -> None:
        if self._taking == "move":
            self._ask_move(at)
        else:
            self.close_service(at)

    def _clicked(self, key: str, easting: float, northing: float) -> None:
        if self._made is None or key != f"service:{self.service}":
            return
        away = np.hypot(*(self._made.services.places - [easting, northing]).T)
        at = int(np.nanargmin(away))
        if away[at] <= _NEAR_M:
            self._pick(at)

    def _pick(self, at: int) -> None:
        """Take a service in hand, or put it down (−1)."""
        self._picked = at
        self._show_catchment(at)
        if at < 0 or self._made is None:
            self.panel.show_picked("", "")
            return
        made, name = self._made, str(self._made.services.names[at])
        rows = service_rows(made) if not made.sensitive or self.session.unlocked else []
        used = np.flatnonzero(made.used).tolist()
        said = ""
        if rows and at in used:
            row = rows[used.index(at)]
            said = service_words(row["residents"], row["mean"], "min" if row["unit"] == "minutes" else "km")
        self.panel.show_picked(shown(name), said)
        self._bench.show_sheet(True)

    def _show_catchment(self, at: int) -> None:
        blocks, made = self.session.contents.blocks, self._made
        if at < 0 or made is None or blocks is None or (made.sensitive and not self.session.unlocked):
            self._bench.map.canvas.show_catchment()
            return
        mine = made.prepared.residents.people.codes[catchment(made, at)]
        self._bench.map.canvas.show_catchment(np.flatnonzero(np.isin(blocks.codes, mine)))

    def _name_of(self, code: str) -> str:
        blocks = self.session.contents.blocks
        found = np.flatnonzero(blocks.codes == code) if blocks is not None else np.empty(0, dtype=int)
        return str(blocks.names[found[0]]) if blocks is not None and len(found) else code

    def _go_to_area(self, code: str) -> None:
        """Bring an area to the middle of the map and choose nothing."""
        blocks = self.session.contents.blocks
        found = np.flatnonzero(blocks.codes == code) if blocks is not None else np.empty(0, dtype=int)
        if blocks is None or not len(found):
            return
        left, bottom, right, top = blocks.levels[-1].polygons.bounds[found[0]].tolist()
        room = max(right - left, top - bottom)
        self._bench.map.canvas.fit((left - room, bottom - room, right + room, top + room))
        self._bench.map.canvas.pin(((left + right) / 2, (bottom + top) / 2))

    def _ask_move(self, at: int) -> None:
        if self._made is None or at < 0:
            return
        name = shown(str(self._made.services.names[at]))
        self._ask_where(f"If {name} moved", None, lambda _name, x, y: self.move_service(at, x, y))

    def _ask_open(self) -> None:
        self._ask_where("If a new one opened", "", self.open_service)

    def _ask_where(self, heading: str, name: str | None, then) -> None:
        def typed(given: str, text: str) -> str:
            try:
                with self.session.gate:
                    points, _ = points_named(self.session.store, text)
            except UserError as error:
                return todo_in_window(error)
            if len(points) != 1:
                return f"“{text}” is {len(points)} places: give a postcode, or easting and northing."
            then(given, float(points[0, 0]), float(points[0, 1]))
            return ""

        def point(given: str) -> None:
            self._then_point = lambda x, y: then(given, x, y)
            self._bench.map.canvas.set_tool("place")
            self._bench.map.canvas.setFocus()

        self.where_asked.emit(heading, name, (typed, point))

    def _pointed(self, easting: float, northing: float) -> None:
        then, self._then_point = self._then_point, None
        self._bench.map.canvas.set_tool("select")
        if callable(then):
            then(easting, northing)
