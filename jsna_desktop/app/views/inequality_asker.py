"""Asks for the gradient of an indicator, off the window's thread, and hands it to its view."""

from dataclasses import dataclass, replace

import numpy as np

from jsna_desktop.app.panels.choice_list import Choice
from jsna_desktop.app.session import Session
from jsna_desktop.app.views.asker import Asker
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


class InequalityAsker(Asker):
    """What is chosen in the view stays from place to place."""

    def __init__(self, session: Session, view: InequalityView) -> None:
        super().__init__(session, view)
        self.view = view
        view.question.connect(self._ask)

    def _ask(self, asked: Question | None) -> None:
        choices = self._choices()
        known = {choice.value for choice in choices}
        if asked is None or asked.indicator not in known:
            first = _first(self.session, choices)
            if not first:
                self._latest.forget()
                self.view.offer(Question(""), (), "", "", ())
                self.view.show_nothing(self._title(_TITLE), self.beside, _NOTHING)
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
            self.view.show_nothing(self._title(_TITLE), self.beside, todo_in_window(answer.found))
        else:
            self.view.show_findings(answer.found, self.beside)


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
