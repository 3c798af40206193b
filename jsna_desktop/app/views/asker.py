"""What asks for a view's figures: of the place that is chosen, off the window's thread, the newest question only."""

from typing import Any

from PySide6.QtCore import QObject, Signal

from jsna_desktop.app.panels.side import SidePanel
from jsna_desktop.app.panels.wide import WideView
from jsna_desktop.app.session import Session
from jsna_desktop.app.tasks import Latest
from jsna_desktop.areas.locality import Locality


class Asker(QObject):
    """One session's questions for one view. `_ask` starts one on `_latest`, whose result `_show` gets.

    What was asked last (`_asked`) is asked again of the next place.
    """

    problem = Signal(object)

    def __init__(self, session: Session, view: WideView | SidePanel) -> None:
        super().__init__(view)
        self.session = session
        self._view = view
        self._latest = Latest(self)
        self._latest.finished.connect(self._show)
        self._latest.failed.connect(self.problem.emit)
        self._asked: Any = None
        self._place: Locality | None = None
        self._among: list[Locality] = []

    @property
    def is_settled(self) -> bool:
        return not self._latest.busy and self._view.is_settled

    @property
    def place(self) -> Locality | None:
        """The place that is chosen; None for the whole area."""
        return self._place

    @property
    def beside(self) -> str:
        """What stands beside a view's title: the workspace, and whether its data are fictional."""
        return self.session.name + (" · fictional data" if self.session.contents.fictional else "")

    def show_place(self, place: Locality | None, among: list[Locality]) -> None:
        """Show a kept place, or the district that most of `among` are in."""
        self._place, self._among = place, among
        self._ask(self._asked)

    def rest(self) -> None:
        """Another tab is shown: what reaches beyond the view is put back."""

    def leave(self) -> None:
        """The session closes."""
        self._latest.stop()
        self.deleteLater()

    def _title(self, what: str) -> str:
        return f"{what} in {self._place.name}" if self._place is not None else what

    def _ask(self, asked: Any) -> None:
        raise NotImplementedError

    def _show(self, answer: Any) -> None:
        raise NotImplementedError
