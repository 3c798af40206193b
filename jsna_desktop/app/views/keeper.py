"""Which view of the chosen place is shown: one beside the map as its profile is, or a wide one over both."""

from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QObject, Signal

from jsna_desktop.app.colouring import Colouring
from jsna_desktop.app.desk import Desk
from jsna_desktop.app.panels.tabs import ACCESS, ASSETS, INEQUALITY, LIFE, PROFILE
from jsna_desktop.app.session import Session
from jsna_desktop.app.theme import Look
from jsna_desktop.app.views.asker import Asker
from jsna_desktop.app.workbench import Workbench

if TYPE_CHECKING:
    from jsna_desktop.app.views.asking_view import AskingView

_View = TypeVar("_View", bound="AskingView")


class Keeper(QObject):
    """One session's views, each made when it is first asked for. `how_asked` carries a title and how it is made."""

    problem = Signal(object)
    where_asked = Signal(str, object, object)
    name_asked = Signal(object)
    said = Signal(str)
    turned = Signal()  # something else is shown: news of what was is old
    task_asked = Signal(str, object, object)
    how_asked = Signal(str, object)
    sheet_made = Signal(object)  # one that is to be the only one
    file_asked = Signal(str, str, object)  # title, name, and who gets the path to write to

    def __init__(self, session: Session, desk: Desk, bench: Workbench, look: Look, colouring: Colouring) -> None:
        super().__init__(bench)
        self._colouring = colouring
        self.session, self.desk, self.bench, self._look = session, desk, bench, look
        self.shown = PROFILE
        self._askers: dict[str, Asker] = {}
        bench.view_asked.connect(self.show_view)
        desk.subject_changed.connect(self.refresh)
        session.places_changed.connect(self.refresh)
        session.contents_changed.connect(self.refresh)

    @property
    def is_settled(self) -> bool:
        asker = self._askers.get(self.shown)
        return asker is None or asker.is_settled

    def show_view(self, key: str) -> None:
        """Show the profile, or a wide view."""
        if key == self.shown:
            return
        if key != PROFILE and key not in self._askers:
            self._make(key)
        if self.shown in self._askers:
            self._askers[self.shown].rest()
        self.turned.emit()  # while what said it is still there
        self.shown = key
        self.bench.show_view(key)
        self.refresh()

    def refresh(self) -> None:
        """Show what is chosen now in the view that is shown."""
        asker = self._askers.get(self.shown)
        if asker is None:
            return
        subject = self.desk.subject
        place = subject.locality if subject is not None and subject.stored else None
        asker.show_place(place, self.session.places(self.desk.in_set))

    def leave(self) -> None:
        self.bench.view_asked.disconnect(self.show_view)
        self.desk.subject_changed.disconnect(self.refresh)
        self.session.places_changed.disconnect(self.refresh)
        self.session.contents_changed.disconnect(self.refresh)
        for key, asker in self._askers.items():
            asker.leave()
            self.bench.drop_view(key)
        self.bench.show_view(PROFILE)
        self.deleteLater()

    def _make(self, key: str) -> None:
        """A tab's view and who asks for it. Each is imported when it is first shown: the window opens without."""
        make = {ACCESS: self._access, LIFE: self._life, ASSETS: self._assets}.get(key, self._inequality)
        asker = self._askers[key] = make()
        asker.problem.connect(self.problem.emit)

    def _life(self) -> Asker:
        from jsna_desktop.app.views.life import LifeView
        from jsna_desktop.app.views.life_asker import LifeAsker

        return LifeAsker(self.session, self._wide(LIFE, LifeView(self._look)))

    def _inequality(self) -> Asker:
        from jsna_desktop.app.views.inequality import InequalityView
        from jsna_desktop.app.views.inequality_asker import InequalityAsker

        return InequalityAsker(self.session, self._wide(INEQUALITY, InequalityView(self._look)))

    def _assets(self) -> Asker:
        from jsna_desktop.app.views.assets import AssetsView
        from jsna_desktop.app.views.assets_asker import AssetsAsker

        view = AssetsView(self._look)
        view.made_asked.connect(self.how_asked.emit)
        asker = AssetsAsker(self.session, view, self.desk, self.bench, self._colouring)
        self.bench.add_panel(ASSETS, view)
        asker.sheet_made.connect(self.sheet_made.emit)
        asker.said.connect(self.said.emit)
        asker.file_asked.connect(self.file_asked.emit)
        return asker

    def _access(self) -> Asker:
        from jsna_desktop.app.panels.access import AccessPanel
        from jsna_desktop.app.views.access_asker import AccessAsker

        panel = AccessPanel(self._look)
        panel.made_asked.connect(self.how_asked.emit)
        asker = AccessAsker(self.session, panel, self.bench, self._colouring, self.desk.undo_stack)
        asker.where_asked.connect(self.where_asked.emit)
        asker.name_asked.connect(self.name_asked.emit)
        asker.said.connect(self.said.emit)
        asker.turned.connect(self.turned.emit)
        asker.sheet_made.connect(self.sheet_made.emit)
        asker.task_asked.connect(self.task_asked.emit)
        self.bench.add_panel(ACCESS, panel)
        return asker

    def _wide(self, key: str, view: _View) -> _View:
        view.failed.connect(self.problem.emit)
        view.made_asked.connect(self.how_asked.emit)
        self.bench.add_view(key, view)
        return view
