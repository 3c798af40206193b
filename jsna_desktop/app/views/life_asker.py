"""Asks for the life expectancy of what is chosen, off the window's thread, and hands it to its view."""

from dataclasses import dataclass, replace

from jsna_desktop.app.session import Session
from jsna_desktop.app.views.asker import Asker
from jsna_desktop.app.views.life import LifeView, ways_of
from jsna_desktop.app.views.words import todo_in_window
from jsna_desktop.errors import UserError
from jsna_desktop.jobs.life_expectancy import parse_years
from jsna_desktop.jobs.life_findings import OTHER, Ground, Question, ground, life_findings, periods
from jsna_desktop.jobs.mortality import Mortality, load_mortality
from jsna_desktop.packs.life import LifeFindings


@dataclass(frozen=True)
class _Answer:
    ground: Ground
    asked: Question
    found: LifeFindings


class LifeAsker(Asker):
    """What is chosen in the view (sex, years, age) stays from place to place."""

    def __init__(self, session: Session, view: LifeView) -> None:
        super().__init__(session, view)
        self.view = view
        self._data: tuple[object, Mortality] | None = None
        view.question.connect(self._ask)

    def _ask(self, asked: Question | None) -> None:
        if asked is not None:
            self._asked = asked
        session, place, among = self.session, self._place, self._among
        unlocked = session.unlocked

        def work(_progress: object) -> _Answer | UserError:
            try:
                with session.gate:
                    start = ground(session.store, self._mortality(), place, among)
                    question = _fitting(start, asked)
                    return _Answer(start, question, life_findings(start, question, true_figures=unlocked))
            except UserError as error:  # said where the view would be: there may be no deaths at all
                return error

        self._latest.ask(work)

    def _mortality(self) -> Mortality:
        """The deaths, read once for as long as the workspace holds the same."""
        contents = self.session.contents
        if self._data is None or self._data[0] is not contents:
            self._data = contents, load_mortality(self.session.store, causes=True)
        return self._data[1]

    def _show(self, answer: _Answer | UserError) -> None:
        if isinstance(answer, UserError):
            self.view.show_nothing(self._title("Life expectancy"), self.beside, todo_in_window(answer))
            return
        self._asked = answer.asked
        start, found = answer.ground, answer.found
        place = start.place.names[0] if start.place is not None else ""
        years = parse_years(found.period)
        assert years is not None
        others = start.others.names if start.others is not None else ()
        ways = ways_of(start.ways, place, start.district.names[0], others)
        self.view.offer(answer.asked, ways, start.data.sexes, periods(start.data), years)
        self.view.show_findings(found, self.beside)


def _fitting(start: Ground, asked: Question | None) -> Question:
    """The question as it can be asked of this place: another way or sex where the one before is not there."""
    ways, sexes = start.ways, start.data.sexes
    if asked is None:
        return Question(ways[0] if ways else "", sexes[0] if sexes else "persons")
    known = asked.way in ways and (
        asked.way != OTHER or (start.others is not None and asked.other in start.others.names)
    )
    way = asked.way if known else ways[0] if ways else asked.way
    sex = asked.sex if asked.sex in sexes else sexes[0] if sexes else asked.sex
    return replace(asked, way=way, sex=sex)
