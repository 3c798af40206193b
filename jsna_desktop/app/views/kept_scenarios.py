"""Scenarios that are kept beside the facts: kept under a name, brought back, forgotten."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QUndoStack
from PySide6.QtWidgets import QMenu

from jsna_desktop.app.dialogs.sure import Sure
from jsna_desktop.app.session import Session
from jsna_desktop.app.undo import Step
from jsna_desktop.errors import UserError
from jsna_desktop.jobs import scenarios
from jsna_desktop.jobs.access_change import Change
from jsna_desktop.jobs.access_words import called
from jsna_desktop.jobs.scenarios import Scenario

if TYPE_CHECKING:
    from jsna_desktop.app.views.access_asker import AccessAsker


class _ForgetStep(Step):
    """A scenario goes, and comes back as it was; where its name is taken by then it stays away."""

    def __init__(self, session: Session, name: str) -> None:
        super().__init__(f"forget {name}")
        self._session, self._name = session, name
        self._was: Scenario | None = None

    def carry_out(self) -> None:
        with self._session.gate:
            self._was = scenarios.remove(self._session.store, self._name)

    def take_back(self) -> None:
        assert self._was is not None
        with self._session.gate:
            scenarios.keep(self._session.store, self._was)


class KeptScenarios(QObject):
    """`do` makes a change a step of its own: (what it is called, the change)."""

    def __init__(self, asker: "AccessAsker", undo_stack: QUndoStack, do: Callable[[str, Change], None]) -> None:
        super().__init__(asker)
        self._asker, self._undo, self._do = asker, undo_stack, do

    def fill_menu(self, menu: QMenu) -> None:
        asker = self._asker
        writable = not asker.session.store.read_only
        with asker.session.gate:
            saved = [one for one in scenarios.scenarios(asker.session.store) if one.service == asker.service]
        menu.addSeparator()
        keep = menu.addAction("Keep this scenario …")
        keep.setEnabled(asker.change != Change() and writable)
        keep.triggered.connect(lambda: asker.name_asked.emit(self.keep))
        if saved:
            menu.addSeparator()
        for one in saved:
            menu.addAction(f"Scenario: {_plain(one.name)}").triggered.connect(partial(self._bring_back, one))
        if saved and writable:
            forget = menu.addMenu("Forget a scenario")
            for one in saved:
                forget.addAction(_plain(one.name)).triggered.connect(partial(self._forget, one.name))

    def keep(self, name: str, *, replace: bool = False) -> None:
        """Keep the scenario that is shown. Where the name is taken, ask first."""
        asker = self._asker
        if asker.made is None:
            return
        try:
            with asker.session.gate:
                was = scenarios.named(asker.session.store, name)
                if was is None or replace:
                    scenarios.save(asker.session.store, name, asker.made.services, asker.change, replace=replace)
        except UserError as error:
            asker.problem.emit(error)
            return
        if was is not None and not replace:
            self._ask_to_replace(was)
            return
        asker.said.emit(f"The scenario {name} is kept beside the facts: What if … brings it back.")

    def _ask_to_replace(self, was: Scenario) -> None:
        asker = self._asker
        other = "" if was.service == asker.service else f" It is one of {called(was.service)}."
        sheet = Sure(
            asker.panel.look, asker.panel.window(), f"{was.name} is kept already. Replace it?",
            f"It was made on {was.made[:10]} by {was.who}.{other} What it says would be lost.",
            "Replace it", lambda: self.keep(was.name, replace=True),
        )  # fmt: skip
        asker.sheet_made.emit(sheet)
        sheet.start()

    def _bring_back(self, one: Scenario) -> None:
        if self._asker.made is None:
            return
        try:
            self._do(f"the scenario {one.name}", one.change(self._asker.made.services))
        except UserError as error:
            self._asker.problem.emit(error)

    def _forget(self, name: str) -> None:
        try:
            _ForgetStep(self._asker.session, name).take(self._undo, self._asker.problem.emit)
        except UserError as error:
            self._asker.problem.emit(error)
            return
        self._asker.said.emit(f"The scenario {name} is forgotten. Ctrl+Z brings it back.")


def _plain(name: str) -> str:
    """A single ampersand would mark a key."""
    return name.replace("&", "&&")
