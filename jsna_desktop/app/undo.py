"""Every change to places as a step that can be taken back."""

from collections.abc import Callable
from datetime import datetime

import shapely
from PySide6.QtCore import QTimer
from PySide6.QtGui import QUndoCommand, QUndoStack

from jsna_desktop.app import words
from jsna_desktop.app.session import Session
from jsna_desktop.areas.locality import Locality
from jsna_desktop.errors import UserError
from jsna_desktop.jobs import versions
from jsna_desktop.jobs.localities import Removed
from jsna_desktop.jobs.versions import Changes

Show = Callable[[int | None], None]


class Step(QUndoCommand):
    """A change that `take` carries out before it is put on the stack.

    The stack itself carries a command out as it takes it, and keeps it even where that failed: a change that was
    refused would stay there to be undone.
    """

    _fresh = False
    _refused = False  # the last undo or redo failed and the stack is being put back

    def carry_out(self) -> None:
        raise NotImplementedError

    def take_back(self) -> None:
        raise NotImplementedError

    def take(self, stack: QUndoStack, problem: Callable[[UserError], None]) -> None:
        """Carry the step out and keep it for undoing; an error leaves no trace. `problem` is told what later
        undoing or redoing could not do.
        """
        self.carry_out()
        self._fresh = True
        self._stack, self._problem = stack, problem
        stack.push(self)

    def redo(self) -> None:
        if self._fresh:
            self._fresh = False
        else:
            self._try(self.carry_out, self._stack.undo)

    def undo(self) -> None:
        self._try(self.take_back, self._stack.redo)

    def _try(self, change: Callable[[], None], put_back: Callable[[], None]) -> None:
        """The stack counts a step as gone whatever happens in it: one that was refused is put back there."""
        if self._refused:
            self._refused = False
            return
        try:
            change()
        except UserError as error:
            self._refused = True
            QTimer.singleShot(0, put_back)
            self._problem(error)


class MakePlace(Step):
    """`make` stores the new place the first time; afterwards it comes and goes under its own key."""

    def __init__(self, session: Session, name: str, make: Callable[[], Locality], show: Show) -> None:
        super().__init__(f"make {name}")
        self._session, self._make, self._show = session, make, show
        self._key: int | None = None
        self._removed: Removed | None = None

    def carry_out(self) -> None:
        if self._removed is None:
            self._key = self._make().id
        else:
            self._key = self._session.restore(self._removed).id
        self._show(self._key)

    def take_back(self) -> None:
        assert self._key is not None
        self._removed = self._session.remove(self._key)
        self._show(None)


class RemovePlace(Step):
    def __init__(self, session: Session, place: Locality, show: Show) -> None:
        super().__init__(f"delete {place.name}")
        self._session, self._key, self._show = session, place.id, show
        self._removed: Removed | None = None

    def carry_out(self) -> None:
        self._removed = self._session.remove(self._key)
        self._show(None)

    def take_back(self) -> None:
        assert self._removed is not None
        self._show(self._session.restore(self._removed).id)


class RenamePlace(Step):
    def __init__(self, session: Session, place: Locality, name: str, show: Show) -> None:
        super().__init__(f"rename {place.name}")
        self._session, self._key, self._show = session, place.id, show
        self._before, self._after = place.name, name

    def carry_out(self) -> None:
        self._show(self._session.rename(self._key, self._after).id)

    def take_back(self) -> None:
        self._show(self._session.rename(self._key, self._before).id)


class RedrawPlace(Step):
    """A new line for a drawn place; moves of one drag come as one step each."""

    def __init__(self, session: Session, place: Locality, shape: shapely.Geometry, show: Show) -> None:
        super().__init__(f"change the line of {place.name}")
        self._session, self._key, self._show = session, place.id, show
        assert place.shape is not None
        self._before, self._after = place.shape, shape

    def carry_out(self) -> None:
        self._show(self._session.redraw(self._key, self._after).id)

    def take_back(self) -> None:
        self._show(self._session.redraw(self._key, self._before).id)


class ChangePlaces(Step):
    """What a job has just done to one or several places (`done`); it is stored already when the step is taken."""

    def __init__(self, session: Session, text: str, done: Changes, show: Show) -> None:
        super().__init__(text)
        self._session, self._done, self._show = session, done, show
        self._is_stored = True

    def carry_out(self) -> None:
        if self._is_stored:
            self._is_stored = False
        else:
            with self._session.gate:
                versions.again(self._session.store, self._done)
                self._session.read_places()
        self._tell(next(iter(self._done.there), None))

    def take_back(self) -> None:
        with self._session.gate:
            versions.take_back(self._session.store, self._done)
            self._session.read_places()
        before = [change for change in self._done.each if change.before is not None]
        # The place that changed rather than one that it had taken in.
        before.sort(key=lambda change: change.after is None)
        self._tell(before[0].key if before else None)

    def _tell(self, key: int | None) -> None:
        self._session.places_changed.emit()
        self._session.saved.emit(words.when(datetime.now(), datetime.now()))
        self._show(key)
