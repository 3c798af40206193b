"""What a place may be compared with, and its profile beside it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from jsna_desktop.app.dialogs.compare import Compare
from jsna_desktop.app.panels.choice_list import Choice, ChoicePopup
from jsna_desktop.app.session import Session
from jsna_desktop.areas.locality import Locality
from jsna_desktop.jobs.profile import Others, profile
from jsna_desktop.jobs.release import released_rows

if TYPE_CHECKING:
    from jsna_desktop.app.window import MainWindow

_LEVELS = {"district": "Local authorities", "region": "Regions"}


@dataclass(frozen=True)
class Other:
    """A locality, or a larger area by (code, name)."""

    name: str
    locality: Locality | None = None
    area: tuple[str, str] | None = None


def choices(session: Session, place: Locality) -> list[Choice]:
    """Other places, set by set, then the larger areas that the workspace knows."""
    found = [
        Choice(other.name, "", other.set, Other(other.name, locality=other))
        for other in session.places()
        if other.id != place.id
    ]
    for table in session.contents.people.tables.values():
        for level, title in _LEVELS.items():
            hierarchy = table.hierarchies.get(level)
            if hierarchy is None:
                continue
            named = sorted(zip(hierarchy.names.tolist(), hierarchy.codes.tolist(), strict=True))
            found += [Choice(name, code, title, Other(name, area=(code, name))) for name, code in named if name]
    return list({(choice.group, choice.text): choice for choice in found}.values())


def beside(session: Session, place: Locality, other: Other) -> Sequence[dict]:
    """The rows of a place with the other among their comparators, as they may be seen."""
    others = Others(
        localities=(other.locality,) if other.locality is not None else (),
        areas=(other.area,) if other.area is not None else (),
    )
    with session.gate:
        figures = session.contents.figures
        made = profile(figures, [place], compare_with=(), others=others)
        return list(made.rows()) if session.unlocked else released_rows(figures, made, leaving=False)


class Comparing(QObject):
    """Belongs to the window, whose sheets it opens."""

    def __init__(self, window: "MainWindow") -> None:
        super().__init__(window)
        self._window = window
        self._others = ChoicePopup(window.look, window, "Search places and areas")
        self._others.taken.connect(self.show)

    def ask(self) -> None:
        """Ask what the chosen place is to be compared with, then show both."""
        window = self._window
        subject = window.desk.subject if window.desk is not None else None
        if window.session is None or subject is None:
            window.say("Choose a place first, or click areas: what is chosen is compared.")
            return
        found = choices(window.session, subject.locality)
        if not found:
            window.say("There is nothing yet to compare it with: keep another place, or add a lookup of districts.")
            return
        self._others.ask(found, None, window.profile.compare_button)

    def show(self, choice: Choice) -> None:
        """The chosen place beside the other."""
        window = self._window
        session, subject = window.session, window.desk.subject if window.desk is not None else None
        if session is None or subject is None:
            return
        place, other = subject.locality, choice.value

        def present(rows: Sequence[dict]) -> None:
            sheet = Compare(window.look, window, place.name, other.name, rows)
            window.open_sheet(sheet)
            sheet.start()

        window.tasks.run("Comparing", lambda _progress: beside(session, place, other), present)
