"""Asks for the gradient of an indicator, off the window's thread, and hands it to its view."""

from dataclasses import dataclass, replace

import numpy as np
from PySide6.QtCore import QObject, Signal

from jsna_desktop.app.panels.choice_list import Choice
from jsna_desktop.app.session import Session
from jsna_desktop.app.tasks import Latest
from jsna_desktop.app.views.inequality import InequalityView
from jsna_desktop.app.views.words import todo_in_window
from jsna_desktop.areas import geography
from jsna_desktop.areas.locality import Locality
from jsna_desktop.errors import UserError
from jsna_desktop.indicator import PROPORTION, RATE
from jsna_desktop.jobs.by_age import named
from jsna_desktop.jobs.gradient_findings import AROUND, OWN, Question, gradient_findings, has_gradient
from jsna_desktop.jobs.inequality import LIFE_EXPECTANCY
from jsna_desktop.jobs.measured_places import district_of
from jsna_desktop.packs.gradient import GradientFindings

_TITLE = "Inequality"
_NOTHING = "There is no rate, share or life expectancy yet that could be put on a gradient. Choose Add data."
_DEATHS = "deaths."


@dataclass(frozen=True)
class _Answer:
    asked: Question
    found: GradientFindings | UserError
    district: str


class InequalityAsker(QObject):
    """One session's questions. What is chosen in the view stays from place to place."""

    problem = Signal(object)

    def __init__(self, session: Session, view: InequalityView) -> None:
        super().__init__(view)
        self.session, self.view = session, view
        self._latest = Latest(self)
        self._latest.finished.connect(self._show)
        self._latest.failed.connect(self.problem.emit)
        self._asked: Question | None = None
        self._place: Locality | None = None
        self._among: list[Locality] = []
        view.question.connect(self._ask)

    @property
    def is_settled(self) -> bool:
        return not self._latest.busy and self.view.is_settled

    def show_place(self, place: Locality | None, among: list[Locality]) -> None:
        """Show the gradient over the district of a kept place (or of `among`), or over the place itself."""
        self._place, self._among = place, among
        self._ask(self._asked)

    def leave(self) -> None:
        self.view.question.disconnect(self._ask)
        self._latest.stop()
        self.deleteLater()

    def _ask(self, asked: Question | None) -> None:
        choices = self._choices()
        known = {choice.value for choice in choices}
        if asked is None or asked.indicator not in known:
            first = _first(self.session, choices)
            if not first:
                self._latest.forget()
                self.view.offer(Question(""), (), "", "", ())
                self.view.show_nothing(self._title(), self._beside(), _NOTHING)
                return
            asked = Question(first)
        if self._place is None and asked.scope == OWN:
            asked = replace(asked, scope=AROUND)
        self._asked = asked
        session, place, among = self.session, self._place, self._among
        question, unlocked = asked, session.unlocked

        def work(_progress: object) -> _Answer:
            with session.gate:
                district = _district(session, place, among)
                try:
                    found = gradient_findings(session.store, place, among, question, true_figures=unlocked)
                except UserError as error:  # said where the view would be
                    found = error
            return _Answer(question, found, district)

        self._latest.ask(work)

    def _choices(self) -> list[Choice]:
        """Every indicator that can be put on a gradient, life expectancy first where there are deaths."""
        contents = self.session.contents
        about = {i.id: i for i in contents.indicators if i.geography in geography.BLOCKS and has_gradient(i)}
        found = [Choice(i.name, i.period, contents.groups.get(i.id, ""), i.id) for i in about.values()]
        found += [Choice(name, "", "Standardised for age", identity) for identity, name in named(contents.indicators)]
        if any(i.id.startswith(_DEATHS) for i in contents.indicators):
            found.insert(0, Choice("Life expectancy at birth", "", "Deaths", LIFE_EXPECTANCY))
        return found

    def _title(self) -> str:
        return f"{_TITLE} in {self._place.name}" if self._place is not None else _TITLE

    def _beside(self) -> str:
        return self.session.name + (" · fictional data" if self.session.contents.fictional else "")

    def _show(self, answer: _Answer) -> None:
        place = self._place.name if self._place is not None else ""
        asked = answer.asked
        sexes = sorted(
            {i.sex for i in self.session.contents.indicators if i.id == asked.indicator}
            if asked.indicator != LIFE_EXPECTANCY
            else {"persons", "female", "male"},
            key=("persons", "female", "male").index,
        )
        self.view.offer(asked, self._choices(), place, answer.district, sexes)
        if isinstance(answer.found, UserError):
            self.view.show_nothing(self._title(), self._beside(), todo_in_window(answer.found))
        else:
            self.view.show_findings(answer.found, self._beside())


def _first(session: Session, choices: list[Choice]) -> str:
    """What is shown first: a rate or a share that is better low or high, of the officer's own data before others."""
    kinds = {i.id: i for i in session.contents.indicators}
    own = [c.value for c in choices if c.value in kinds and kinds[c.value].kind in (PROPORTION, RATE)]
    meant = [i for i in own if kinds[i].polarity != "none"]
    return next(iter([*meant, *own, *(c.value for c in choices)]), "")


def _district(session: Session, place: Locality | None, among: list[Locality]) -> str:
    """What the district around is called, by the boundaries that are shown."""
    blocks = session.contents.blocks
    if blocks is None:
        return "all areas"
    universe = np.sort(blocks.codes)
    held = [place] if place is not None else among
    every = np.ones(len(universe), dtype=bool)
    return district_of(session.store, held, blocks.geography, universe, every).names[0]
