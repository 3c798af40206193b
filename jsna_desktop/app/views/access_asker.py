"""Asks how far people are from a service and what a change would do, and shows it in the panel and on the map."""

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import Signal
from PySide6.QtGui import QUndoStack

from jsna_desktop.app.colouring import Colouring, Other
from jsna_desktop.app.map.areas import show_area
from jsna_desktop.app.panels.access import AccessPanel
from jsna_desktop.app.session import Session
from jsna_desktop.app.views.asker import Asker
from jsna_desktop.app.views.service_in_hand import ServiceInHand
from jsna_desktop.app.views.what_if import WhatIf
from jsna_desktop.app.views.words import todo_in_window
from jsna_desktop.app.workbench import Workbench
from jsna_desktop.areas import geography
from jsna_desktop.areas.locality import Locality
from jsna_desktop.areas.roads import DISTANCE, DRIVE, STRAIGHT, WALK
from jsna_desktop.errors import UserError
from jsna_desktop.jobs.access import Access, Prepared, prepare, reach, road_datasets
from jsna_desktop.jobs.access_change import Change, changed
from jsna_desktop.jobs.access_findings import access_findings, supply_findings
from jsna_desktop.jobs.access_people import residents_of
from jsna_desktop.jobs.access_supply import parse_zones, supply
from jsna_desktop.jobs.measured_places import Choice as Chosen
from jsna_desktop.jobs.points import title
from jsna_desktop.jobs.service_places import service_types
from jsna_desktop.packs.access import AccessFindings

CAPACITY = "capacity"
_MODES = ((DRIVE, "By car"), (WALK, "On foot"), (DISTANCE, "Road distance"), (CAPACITY, "Capacity in reach"),
          (STRAIGHT, "Straight line"))  # fmt: skip
_NO_SERVICES = "There are no services yet whose distance could be measured. Choose Add data and add some."


@dataclass(frozen=True)
class _Answer:
    service: str
    mode: str
    types: tuple[str, ...]
    with_roads: bool
    made: Access | None
    found: AccessFindings | UserError


class AccessAsker(Asker):
    """One session's questions of access. `where_asked` wants a place for a service: (title, name or None, then)."""

    where_asked = Signal(str, object, object)
    name_asked = Signal(object)  # a name for the scenario, given to this
    said = Signal(str)
    task_asked = Signal(str, object, object)  # long work: (label, work, then)
    sheet_made = Signal(object)  # one that is to be the only one
    turned = Signal()  # something else is shown: news of what was is old

    def __init__(
        self, session: Session, panel: AccessPanel, bench: Workbench, colouring: Colouring, undo_stack: QUndoStack
    ) -> None:
        super().__init__(session, panel)
        self.panel, self._bench, self._colouring = panel, bench, colouring
        self.change = Change()
        self.service, self.mode = "", ""
        self.made: Access | None = None
        self._prepared: dict[str, Prepared] = {}
        self._stamp: tuple[object, tuple] | None = None
        self.there = False  # whether the tab is shown
        self._looked_at = Change()  # the one whose areas were brought into view
        panel.name_of = self._name_of
        self.what_if = what_if = WhatIf(self, panel.look, bench.map.canvas, undo_stack)
        canvas = bench.map.canvas
        self.hand = ServiceInHand(self, canvas)
        self._slots = (
            (panel.service_chosen, self._choose_service),
            (panel.mode_chosen, self._choose_mode),
            (panel.end_asked, what_if.end),
            (panel.menu_asked, what_if.fill_menu),
            (panel.picked_closed, self.hand.close),
            (panel.picked_moved, lambda: what_if.ask_move(self.hand.at)),
            (panel.picked_left, lambda: self.hand.take(-1)),
            (panel.area_asked, self._show_area),
            (canvas.point_clicked, self.hand.clicked),
            (canvas.point_moved, self.hand.dragged),
        )
        for signal, slot in self._slots:
            signal.connect(slot)

    def show_place(self, place: Locality | None, among: list[Locality]) -> None:
        self._bench.map.canvas.asks_points = self.there = True
        super().show_place(place, among)

    def rest(self) -> None:
        """The tab is left: the map is coloured as before, and the scenario waits."""
        self.there = False
        self.hand.take(-1)
        canvas = self._bench.map.canvas
        canvas.asks_points = False
        canvas.show_change()
        canvas.show_catchment()
        if self.what_if.pointing.stop():
            self.uncover(False)
        self._colouring.lend_points(None)
        self._colouring.show_other(None)

    def leave(self) -> None:
        for signal, slot in self._slots:
            signal.disconnect(slot)
        self.what_if.pointing.leave()
        self._bench.map.canvas.hold(None)
        self._bench.map.canvas.show_change()
        self._bench.map.canvas.show_catchment()
        self._bench.map.canvas.asks_points = False
        super().leave()

    # ---- asking

    def _ask(self, asked: object = None) -> None:
        session = self.session
        stamp = (session.contents.datasets, tuple((p.id, p.name, p.set) for p in session.places()))
        other_data = self._stamp is not None and self._stamp[0] is not stamp[0]
        fresh = self._stamp is None or other_data or self._stamp[1] != stamp[1]
        self._stamp = stamp
        if fresh:
            self._prepared, self.made = {}, None
        if other_data:
            self.change = Change()  # it names services by their position among those of before
            self.hand.take(-1)
        place, change, made = self._place, self.change, self.made
        service, mode, unlocked = self.service, self.mode, session.unlocked

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
        self.made, self.service, self.mode = answer.made, answer.service, answer.mode
        panel, contents = self.panel, self.session.contents
        name = self._place.name if self._place is not None else self.session.name
        panel.show_head(name, self._residents())
        panel.what_if.setEnabled(answer.made is not None)
        if isinstance(answer.found, UserError) and answer.service:
            self._offer(answer)
            panel.show_refused(todo_in_window(answer.found))
            self._show_no_map()
            return
        if isinstance(answer.found, UserError):
            panel.show_nothing(answer.found.message)
            self._show_no_map()
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
            self._show_no_map()
            return
        at = geography.align(blocks.codes, found.codes)
        values = np.where(at >= 0, found.values[at], np.nan)
        changing = self.made is not None and found.change is not None
        worse, better = (
            np.flatnonzero(np.isin(at, blocks_of) & (at >= 0)) if changing else np.empty(0, dtype=int)
            for blocks_of in (found.worse, found.better)
        )
        self._colouring.lend_points([f"service:{self.service}"])
        self._colouring.show_other(Other(found.map_title, values, _hatching(worse, better), found.ends))
        places = self.made.services.places if self.made is not None else np.empty((0, 2))
        struck = [tuple(places[at].tolist()) for at in self.change.close if changing and np.isfinite(places[at]).all()]
        opened = [(one.easting, one.northing) for one in self.change.open if changing]
        canvas.show_change(struck, opened, worse, better)
        if self.change != self._looked_at:
            self._looked_at = self.change
            self._look_at(np.concatenate([worse, better]), [*struck, *opened])

    def _look_at(self, touched: np.ndarray, places: list[tuple[float, float]]) -> None:
        """Bring all that a change touches into view: blocks, and places of services."""
        blocks = self.session.contents.blocks
        boxes = [(*place, *place) for place in places]
        if blocks is not None and len(touched):
            boxes += blocks.levels[-1].polygons.bounds[touched].tolist()
        if boxes:
            every = np.array(boxes)
            low, high = np.nanmin(every[:, :2], axis=0).tolist(), np.nanmax(every[:, 2:], axis=0).tolist()
            self._bench.map.canvas.bring_box_into_view((*low, *high))

    def _show_no_map(self) -> None:
        self._colouring.lend_points(None)
        self._colouring.show_other(None)
        self._bench.map.canvas.show_change()

    def _choose_service(self, service: str) -> None:
        self.service = service
        self.hand.take(-1)
        self.change = Change()
        self.turned.emit()
        self._ask()

    def _choose_mode(self, mode: str) -> None:
        self.mode = mode
        self._ask()

    # ---- what if

    def show_change(self, change: Change, service: str) -> None:
        """Show what another change would do to a type of service."""
        self.change, self.service = change, service
        self.hand.take(-1)
        self._ask()

    # ---- the map

    def uncover(self, on: bool) -> None:
        """Clear the map of the panel where that lies over it, to point at a place; or bring the panel back."""
        self._bench.show_sheet(not on)

    def _show_area(self, code: str) -> None:
        show_area(self._bench.map.canvas, self.session.contents.blocks, code)

    def _name_of(self, code: str) -> str:
        blocks = self.session.contents.blocks
        found = np.flatnonzero(blocks.codes == code) if blocks is not None else np.empty(0, dtype=int)
        return str(blocks.names[found[0]]) if blocks is not None and len(found) else code


def _hatching(worse: np.ndarray, better: np.ndarray) -> str:
    """What the hatching of the map means, for the legend."""
    said = ["/// further away"] * bool(len(worse)) + ["\\\\\\ nearer"] * bool(len(better))
    return f"hatched {', '.join(said)} than now" if said else ""
