"""Ties an open workspace to the panels: what is chosen, what is drawn, what is shown of it."""

from collections.abc import Callable

import numpy as np
import shapely
from PySide6.QtCore import QObject, QPoint, Signal
from PySide6.QtGui import QUndoStack
from PySide6.QtWidgets import QMenu

from jsna_desktop.app.actions import Actions
from jsna_desktop.app.follow import Follower, Subject, of_blocks, of_shape
from jsna_desktop.app.map.tools import EditTool
from jsna_desktop.app.panels.places import PlaceItem
from jsna_desktop.app.panels.profile import PlaceView
from jsna_desktop.app.search import Hit, Search
from jsna_desktop.app.session import Session
from jsna_desktop.app.undo import ChangePlaces, MakePlace, RedrawPlace, RemovePlace, RenamePlace, Step
from jsna_desktop.app.workbench import Workbench
from jsna_desktop.areas.locality import POLYGON, Locality
from jsna_desktop.errors import UserError
from jsna_desktop.jobs.localities import DEFAULT_SET
from jsna_desktop.jobs.versions import Changes

_UNNAMED = 0  # the map's id for a line that has no name yet
_HINT = PlaceView(
    "No place chosen",
    "Choose a place in the list, click areas on the map, or draw a line: its profile appears here.",
)


_HINT_EMPTY = PlaceView(
    "Nothing on the map yet",
    "Drop the boundaries of your county’s small areas anywhere in this window, or choose Add data.",
)


class Desk(QObject):
    """One session's work. `problem` carries errors; `renaming` a place to ask a new name for."""

    problem = Signal(object)
    renaming = Signal(object)
    subject_changed = Signal()  # another place is chosen, or other places are there

    def __init__(self, session: Session, bench: Workbench, actions: Actions, undo_stack: QUndoStack) -> None:
        super().__init__(bench)
        self.session, self.bench, self.actions, self.undo_stack = session, bench, actions, undo_stack
        self.subject: Subject | None = None
        self.in_set = ""
        self.search = Search(session)
        self.follower = Follower(self)
        self.follower.ready.connect(self._show_profile)
        self.follower.failed.connect(self.problem.emit)
        self._links: list[tuple[object, Callable]] = []
        canvas, panel = bench.map.canvas, bench.profile
        self._link(canvas.selection_changed, self._blocks_chosen)
        self._link(canvas.locality_clicked, self.choose_place)
        self._link(canvas.polygon_changed, self._line_moves)
        self._link(canvas.polygon_finished, self._line_done)
        self._link(canvas.painting_failed, self.problem.emit)
        self._link(canvas.tool_changed, self._tool_taken)
        self._link(bench.places.chosen, self.choose_place)
        self._link(bench.places.set_chosen, self.choose_set)
        self._link(bench.places.menu_asked, self._ask_menu)
        self._link(panel.name_given, self._keep)
        self._link(session.places_changed, self.show_places)
        self._link(session.points_changed, self._search_again)
        canvas.describe = self._describe
        self.describe_value: Callable[[int], str] = lambda _block: ""

    def _link(self, signal, slot: Callable) -> None:
        signal.connect(slot)
        self._links.append((signal, slot))

    def leave(self) -> None:
        """Let go of the panels; the session is about to close."""
        self.follower.stop()
        for signal, slot in self._links:
            signal.disconnect(slot)  # type: ignore[attr-defined]
        self.bench.map.canvas.describe = None

    @property
    def is_settled(self) -> bool:
        """Whether the map and the profile show what is chosen, with nothing on its way."""
        return not self.follower.busy and self.bench.map.canvas.is_settled

    # ---- showing

    def begin(self) -> None:
        """Show the first set, with its first place chosen."""
        sets = self.session.sets()
        self.in_set = sets[0][0] if sets else ""
        self.show_places()
        first = next(iter(self.session.places(self.in_set)), None)
        self.choose_place(first.id) if first is not None else self._choose(None)

    def take_contents(self) -> None:
        """The session has other contents: what is chosen is profiled afresh."""
        self.search = Search(self.session)
        self.show_places()
        subject = self.subject
        if subject is not None and subject.stored:
            self._show_again(subject.locality.id)
        elif subject is not None and subject.locality.shape is not None:
            self.follower.follow(self.session, subject)  # a line that was drawn is never dropped
        else:
            self.begin()

    def _search_again(self) -> None:
        self.search = Search(self.session)

    def profile_again(self) -> None:
        """Make the profile of what is chosen anew: other figures of it may be shown."""
        if self.subject is not None:
            self.follower.follow(self.session, self.subject)

    def show_places(self) -> None:
        sets = self.session.sets()
        if self.in_set not in [name for name, _ in sets]:
            self.in_set = sets[0][0] if sets else ""
        places = self.session.places(self.in_set) if self.in_set else []
        items = [PlaceItem(place.id, place.name, self.session.residents(place.id)) for place in places]
        self.bench.places.show_places(self.in_set or DEFAULT_SET, sets, items)
        self.bench.places.show_map_is_there(self.session.contents.blocks is not None)
        self.show_outlines(self._outlines_shown)
        chosen = self.subject.locality.id if self.subject is not None and self.subject.stored else None
        self.bench.places.select(chosen)

    _outlines_shown = True
    _unnamed: Subject | None = None  # a line that is finished and waits for its name

    def show_outlines(self, shown: bool) -> None:
        """Show or hide the outlines of the set's places on the map."""
        self._outlines_shown = shown
        places = self.session.places(self.in_set) if shown else []
        drawn = [(place.id, place.name, place.shape) for place in places if place.shape is not None]
        if self._unnamed is not None and self._unnamed.locality.shape is not None:
            drawn.append((_UNNAMED, self._unnamed.locality.name, self._unnamed.locality.shape))
        self.bench.map.canvas.set_localities(drawn)

    # ---- choosing

    def choose_set(self, name: str) -> None:
        self.in_set = name
        self._choose(None)
        self.show_places()

    def choose_place(self, key: int | None) -> None:
        if key == _UNNAMED:
            return  # it is the one that is shown
        place = self.session.place(key) if key is not None else None
        if place is None:
            self._choose(None)
            return
        if place.set != self.in_set:
            self.in_set = place.set
            self.show_places()
        if self.bench.map.canvas.tool.name in ("polygon", "edit"):
            self.actions.tools["select"].trigger()
        self._choose(Subject(place))

    def _choose(self, subject: Subject | None) -> None:
        same = subject is not None and self.subject is not None and subject.locality.id == self.subject.locality.id
        self.subject = subject
        canvas = self.bench.map.canvas
        stored = subject.locality.id if subject is not None and subject.stored else None
        if (stored is not None or subject is None) and len(canvas.selection):
            canvas.set_selection(np.array([], dtype=int))
        if self._unnamed is not None and subject is not self._unnamed:
            self._unnamed = None
            self.show_outlines(self._outlines_shown)
        canvas.set_selected_locality(_UNNAMED if self._unnamed is not None else stored)
        self.bench.places.select(stored)
        self.actions.rename.setEnabled(stored is not None)
        self.actions.delete.setEnabled(stored is not None)
        drawn = subject is not None and subject.stored and subject.locality.kind == POLYGON
        self.actions.tools["edit"].setEnabled(drawn)
        for action in self.actions.of_place():
            action.setEnabled(stored is not None)
        self.actions.snap.setEnabled(drawn)
        if subject is None:
            self.follower.forget()
            self.bench.profile.show_place(_HINT if self.session.contents.blocks is not None else _HINT_EMPTY)
            self.bench.map.open_profile.say("Profile")
            self.subject_changed.emit()
            return
        if not subject.stored and not same:
            self.bench.profile.naming.begin(self.in_set or DEFAULT_SET)
        self.follower.follow(self.session, subject)
        self.subject_changed.emit()

    def _show_profile(self, subject: Subject, view: PlaceView) -> None:
        if self.subject is not subject and not self._is_drawing(subject):
            return
        self.bench.profile.show_place(view)
        self.bench.map.open_profile.say(view.title)
        self.bench.map.arrange()

    def _is_drawing(self, shown: Subject) -> bool:
        """Whether `shown` is an earlier state of the line in hand: while the mouse moves, the newest is always late."""
        now = self.subject
        return now is not None and not any(
            subject.stored or subject.locality.shape is None or self._unnamed is not None for subject in (now, shown)
        )

    def _blocks_chosen(self, blocks: np.ndarray) -> None:
        loaded = self.session.contents.blocks
        if loaded is None:
            return
        if not len(blocks):
            self._choose(None)
            return
        self._choose(of_blocks(loaded.geography, loaded.codes[blocks]))

    def _line_moves(self, shape: shapely.Geometry | None) -> None:
        editing = self.bench.map.canvas.tool.name == "edit"
        if shape is None:
            if not editing and self.subject is not None and not self.subject.stored:
                if self._unnamed is None:
                    self._choose(None)
            elif self.subject is not None and self.subject.stored:
                self.follower.follow(self.session, self.subject)
            return
        if editing and self.subject is not None and self.subject.stored:
            # The stored place stays the subject: what is shown is how it would be.
            self.follower.follow_change(self.session, self.subject, shape)
            return
        self._choose(of_shape(shape))

    def _line_done(self, shape: shapely.Geometry) -> None:
        if self.bench.map.canvas.tool.name == "edit":
            place = self.subject.locality if self.subject is not None and self.subject.stored else None
            if place is not None and not self._do(lambda: RedrawPlace(self.session, place, shape, self._show_again)):
                self._show_again(place.id)  # the line as it is kept
            return
        subject = self._unnamed = of_shape(shape)
        self._choose(subject)
        self.show_outlines(self._outlines_shown)
        self.bench.show_sheet(True)
        self.bench.profile.naming.field.setFocus()

    def _tool_taken(self, name: str) -> None:
        self.actions.tools[name].setChecked(True) if name in self.actions.tools else None

    # ---- changing, each step undoable

    def new_place(self) -> None:
        """Name what is chosen on the map, or begin to draw a line."""
        if self.subject is not None and not self.subject.stored:
            self.bench.show_sheet(True)
            self.bench.profile.naming.field.setFocus()
            return
        self.actions.tools["polygon"].trigger()
        self.bench.map.canvas.setFocus()

    def _keep(self, name: str) -> None:
        if self.subject is None or self.subject.stored:
            return
        place, in_set, session = self.subject.locality, self.in_set or DEFAULT_SET, self.session

        def make() -> Locality:
            if place.shape is not None:
                return session.add_polygon(in_set, name, place.shape)
            assert place.blocks is not None
            return session.add_selection(in_set, name, place.geography, place.blocks)

        if self._do(lambda: MakePlace(session, name, make, self._show_again)):
            self.bench.profile.naming.clear()
            self.actions.tools["select"].trigger()

    def rename_place(self) -> None:
        if self.subject is not None and self.subject.stored:
            self.renaming.emit(self.subject.locality)

    def rename(self, place: Locality, name: str) -> None:
        self._do(lambda: RenamePlace(self.session, place, name, self._show_again))

    def delete_place(self) -> None:
        if self.subject is not None and self.subject.stored:
            place = self.subject.locality
            if self._do(lambda: RemovePlace(self.session, place, self._show_again)):
                self.bench.map.canvas.say(f"{place.name} was deleted. Ctrl+Z brings it back.")

    def take_changes(self, text: str, done: Changes) -> None:
        """What a job has done to places becomes one step, named `text`, and is shown."""
        self._do(lambda: ChangePlaces(self.session, text, done, self._show_again))

    def _do(self, command: Callable[[], Step]) -> bool:
        """Carry a step out; a step that is refused is said and leaves no trace."""
        try:
            command().take(self.undo_stack, self.problem.emit)
        except UserError as error:
            self.problem.emit(error)
            return False
        return True

    def _show_again(self, key: int | None) -> None:
        place = self.session.place(key) if key is not None else None
        if place is not None and place.set != self.in_set:
            self.in_set = place.set
        self.show_places()
        self._choose(Subject(place) if place is not None else None)
        self._hold_line(place)

    def _hold_line(self, place: Locality | None) -> None:
        """Where a line is being changed, the corners in hand are those of the place as it is now."""
        tool = self.bench.map.canvas.tool
        if not isinstance(tool, EditTool):
            return
        if place is None or place.kind != POLYGON or place.shape is None:
            self.actions.tools["select"].trigger()
        elif not tool.holds(place.shape):
            self.bench.map.canvas.edit(place.shape)

    # ---- finding

    def go_to(self, hit: Hit) -> None:
        canvas, blocks = self.bench.map.canvas, self.session.contents.blocks
        if hit.place is not None:
            self.choose_place(hit.place)
            place = self.session.place(hit.place)
            if place is not None and place.shape is not None:
                canvas.fit(_padded(tuple(shapely.bounds(place.shape).tolist())))
            return
        block = hit.block
        if hit.point is not None:
            block = canvas.block_at(*hit.point)
        if block is None or block < 0 or blocks is None:
            canvas.say(f"{hit.text} lies outside the areas on the map.")
            return
        box = blocks.levels[-1].polygons.bounds[block]
        canvas.fit(_padded((float(box[0]), float(box[1]), float(box[2]), float(box[3]))))
        canvas.choose(np.array([block]))
        canvas.pin(hit.point)

    def _describe(self, block: int) -> str:
        blocks = self.session.contents.blocks
        if blocks is None or block < 0:
            return ""
        name, code, value = str(blocks.names[block]), str(blocks.codes[block]), self.describe_value(block)
        head = name if name == code else f"{name} ({code})"
        return f"{head}\n{value}" if value else head

    def _ask_menu(self, key: int, at: QPoint) -> None:
        self.choose_place(key)
        menu = QMenu(self.bench)
        menu.addActions([self.actions.rename, self.actions.delete])
        menu.addSeparator()
        menu.addActions([self.actions.tools["edit"], *self.actions.of_place()])
        menu.addSeparator()
        menu.addAction(self.actions.pack)
        menu.exec(at)


def _padded(bounds: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
    """Bounds with a third of their size around them, so that the neighbours are seen."""
    left, bottom, right, top = bounds
    room = max(right - left, top - bottom) / 3
    return (left - room, bottom - room, right + room, top + room)
