"""Places built from others and from larger areas, postcodes or circles; their versions; the check of a whole set.

The work runs off the window's thread; what it did to places becomes one step that can be undone.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from jsna_desktop.app import drafts, words
from jsna_desktop.app.desk import Desk
from jsna_desktop.app.dialogs.history import History
from jsna_desktop.app.dialogs.new_place import NewPlace
from jsna_desktop.app.dialogs.set_check import SetCheck
from jsna_desktop.app.panels.choice_list import Choice, ChoicePopup
from jsna_desktop.app.session import Session
from jsna_desktop.app.tasks import Latest, Tasks
from jsna_desktop.areas.locality import Locality
from jsna_desktop.errors import Cancelled, UserError
from jsna_desktop.jobs import building, measure_set, reshaping, versions
from jsna_desktop.jobs.building import Draft
from jsna_desktop.jobs.localities import DEFAULT_SET
from jsna_desktop.jobs.progress import Progress
from jsna_desktop.jobs.versions import Changes
from jsna_desktop.workspace.store import Store


class Building(QObject):
    """One session's. `said` carries words for the banner, `sheet_made` a sheet that is to be the only one.

    `window` has the look, the chooser of paths and the controls that popups open below.
    """

    said = Signal(str)
    sheet_made = Signal(object)

    def __init__(self, session: Session, desk: Desk, tasks: Tasks, window: Any) -> None:
        super().__init__(window)
        self._session, self._desk, self._tasks, self._window = session, desk, tasks, window
        self._left = False
        self.latest = Latest(self)  # drafts that a sheet previews; what a person does wrong is part of these
        self.latest.failed.connect(desk.problem.emit)
        self.others = ChoicePopup(window.look, window, "Search places")
        self.others.taken.connect(self._other_taken)
        self._then: Callable[[Locality], None] | None = None
        self._told = ""  # what the banner says of the last change
        desk.undo_stack.indexChanged.connect(self._retract)

    def leave(self) -> None:
        """The session is about to close: work that waits is dropped."""
        self._left = True
        self._desk.undo_stack.indexChanged.disconnect(self._retract)
        self._retract()
        self.latest.stop()
        self.others.hide()
        self.others.deleteLater()
        self.deleteLater()

    # ---- one place and another

    def merge(self) -> None:
        def carry_out(place: Locality, other: Locality) -> None:
            self._change(
                f"Merging {place.name} with {other.name}",
                f"merge {place.name} with {other.name}",
                lambda store: reshaping.merge(store, [place.id, other.id]),
            )

        self._with_another(carry_out)

    def subtract(self) -> None:
        def carry_out(place: Locality, other: Locality) -> None:
            self._change(
                f"Taking {other.name} away",
                f"take {other.name} away from {place.name}",
                lambda store: reshaping.subtract(store, place.id, [other.id]),
            )

        self._with_another(carry_out)

    def intersect(self) -> None:
        def carry_out(place: Locality, other: Locality) -> None:
            self._change(
                f"Keeping what is shared with {other.name}",
                f"keep what {place.name} shares with {other.name}",
                lambda store: reshaping.intersect(store, [place.id, other.id]),
            )

        self._with_another(carry_out)

    def snap(self) -> None:
        """Give the drawn place that is chosen the whole areas nearest to it."""
        place = self._place()
        if place is not None:
            self._change(
                f"Snapping {place.name}", f"snap {place.name} to whole areas",
                lambda store: reshaping.snap(store, place.id)[0],
            )  # fmt: skip

    def _with_another(self, carry_out: Callable[[Locality, Locality], None]) -> None:
        place = self._place()
        if place is None:
            return
        found = [
            Choice(other.name, self._residents(other), other.set, other)
            for other in self._session.places()
            if other.id != place.id
        ]
        if not found:
            self.said.emit("There is no other place yet. Keep another one first.")
            return
        self._then = lambda other: carry_out(place, other)
        self.others.ask(found, None, self._anchor())

    def _other_taken(self, choice: Choice) -> None:
        if self._then is not None:
            self._then(choice.value)

    def _residents(self, place: Locality) -> str:
        residents = self._session.residents(place.id)
        return "" if residents is None else f"{words.count(residents)} residents"

    def _anchor(self) -> QWidget:
        """Where the list of places opens: below their set, or the drawer's button."""
        own = self._window.places.set_button
        return own if own.isVisible() else self._window.header.places

    def _place(self) -> Locality | None:
        subject = self._desk.subject
        if subject is None or not subject.stored:
            self.said.emit("Choose a place in the list first.")
            return None
        return subject.locality

    # ---- versions

    def show_history(self) -> None:
        place = self._place()
        if place is None:
            return
        look, window = self._window.look, self._window

        def show(found: list[versions.Version]) -> None:
            def bring_back(number: int) -> None:
                self._change(
                    "Bringing an earlier form back", f"bring back version {number} of {place.name}",
                    lambda store: versions.bring_back(store, place.id, number),
                )  # fmt: skip

            if not self._left:
                self._show(History(look, window, place.name, found, bring_back))

        self._read("Reading the history", lambda store: versions.history(store, place.id), show)

    # ---- a new place

    def new_place(self) -> None:
        sets = [name for name, _ in self._session.sets()]
        sheet = NewPlace(
            self._window.look, self._window, drafts.services(self._session.contents.point_layers),
            self._desk.in_set or DEFAULT_SET, sets,
        )  # fmt: skip

        def refused(error: Exception) -> None:
            if isValid(sheet) and isinstance(error, UserError):
                sheet.refused(error)
            else:
                self._desk.problem.emit(error)

        def preview(number: int, wanted: drafts.Wanted) -> None:
            self.latest.ask(lambda progress: drafts.preview(self._session, number, wanted, progress))

        def keep(name: str, in_set: str, draft: Draft) -> None:
            self._change(
                f"Keeping {name}", f"make {name}",
                lambda store: building.keep(store, [(name, draft)], in_set),
                refused=refused, done=lambda: sheet.close_sheet() if isValid(sheet) else None,
            )  # fmt: skip

        def read_file() -> None:
            paths: list[Path] = self._window.choose.open("A list of postcodes", "")
            if paths:
                self._tasks.run(
                    f"Reading {paths[0].name}",
                    lambda progress: drafts.postcodes_of(paths[0], progress),
                    lambda found: sheet.take_postcodes(paths[0].stem, found),
                    refused,
                )

        def let_go() -> None:
            self.latest.finished.disconnect(sheet.take)
            self.latest.forget()

        sheet.wanted.connect(preview)
        sheet.kept.connect(keep)
        sheet.file_asked.connect(read_file)
        sheet.closed.connect(let_go)
        self.latest.finished.connect(sheet.take)
        self._show(sheet)
        self._read("Reading the larger areas", drafts.area_choices, sheet.offer, refused)

    # ---- a set

    def check_set(self) -> None:
        in_set = self._desk.in_set
        if not in_set:
            self.said.emit("There are no places yet. Make some first.")
            return

        def show(made: measure_set.SetMeasure) -> None:
            if not self._left:
                self._show(SetCheck(self._window.look, self._window, made))

        self._read("Measuring the set", lambda store: measure_set.measure_set(store, in_set), show)

    # ---- how it is done

    def _retract(self) -> None:
        """After another step, or undo, what was said of a change is no longer so."""
        banner = self._window.map.banner
        if self._told and banner.text.text() == self._told:
            banner.hide()
        self._told = ""

    def _show(self, sheet: Any) -> None:
        self.sheet_made.emit(sheet)
        sheet.start()

    def _read(
        self,
        label: str,
        work: Callable[[Store], Any],
        then: Callable[[Any], None],
        failed: Callable[[Exception], None] | None = None,
    ) -> None:
        self._tasks.run(label, lambda progress: self._at_gate(work, progress), then, failed or self._desk.problem.emit)

    def _at_gate(self, work: Callable[[Store], Any], progress: Progress) -> Any:
        with self._session.gate:
            if self._left:
                raise Cancelled
            progress("One moment", None)  # the last chance to stop it
            return work(self._session.store)

    def _change(
        self,
        label: str,
        text: str,
        work: Callable[[Store], Changes],
        *,
        refused: Callable[[Exception], None] | None = None,
        done: Callable[[], None] | None = None,
    ) -> None:
        """Carry out work that changes places; `text` names the step. An error leaves everything as it was."""
        made: list[Changes] = []

        def carry_out(store: Store) -> None:
            made.append(work(store))
            self._session.read_places()

        def take() -> None:
            # Also where Cancel came too late: what is stored is shown and can be undone.
            actions, stack = self._desk.actions, self._desk.undo_stack
            if self._left:
                return
            actions.undo.setEnabled(stack.canUndo())
            actions.redo.setEnabled(stack.canRedo())
            if made:
                if done is not None:
                    done()
                self._desk.take_changes(text, made[0])
                self._told = " ".join([*made[0].said, "Ctrl+Z takes it back."])
                self.said.emit(self._told)

        # The steps before it would be taken back from under it.
        self._desk.actions.undo.setEnabled(False)
        self._desk.actions.redo.setEnabled(False)
        task = self._tasks.run(
            label,
            lambda progress: self._at_gate(carry_out, progress),
            lambda _nothing: None,
            refused or self._desk.problem.emit,
        )
        task.ended.connect(take)
