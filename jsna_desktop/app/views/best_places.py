"""The best places for new services: asked, looked for off the window's thread, shown as opened and as a table."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QMenu

from jsna_desktop.app.dialogs.best_places import AskBest, FoundPlaces, Wanted
from jsna_desktop.app.views.words import todo_in_window
from jsna_desktop.errors import UserError
from jsna_desktop.jobs import siting_rows
from jsna_desktop.jobs.access_change import Change, Opened
from jsna_desktop.jobs.access_words import called, one, shown
from jsna_desktop.jobs.points import title
from jsna_desktop.jobs.progress import Progress
from jsna_desktop.jobs.service_places import service_types
from jsna_desktop.jobs.siting import site
from jsna_desktop.jobs.siting_people import NEED

if TYPE_CHECKING:
    from jsna_desktop.app.views.access_asker import AccessAsker

_WITHHELD = "The best places are withheld: these services, places or residents are sensitive data."


@dataclass(frozen=True)
class _Found:
    """What was found for a service: as a scenario, and as it is told."""

    service: str
    where: str
    change: Change
    rows: list[dict]
    findings: list[str]
    notes: list[str]
    sensitive: bool


class BestPlaces(QObject):
    """`do` makes a change a step of its own: (what it is called, the change)."""

    def __init__(self, asker: "AccessAsker", do: Callable[[str, Change], None]) -> None:
        super().__init__(asker)
        self._asker, self._do = asker, do
        self._last = Wanted()
        self._found: _Found | None = None

    def fill_menu(self, menu: QMenu) -> None:
        menu.addAction("The best places for new ones …").triggered.connect(self.ask)
        if self._is_shown:
            menu.addAction("The best places found …").triggered.connect(self.show_found)

    @property
    def _is_shown(self) -> bool:
        """Whether the scenario is the one of the places found last."""
        found, asker = self._found, self._asker
        return found is not None and (found.service, found.change) == (asker.service, asker.change)

    def ask(self) -> None:
        """Ask for what; the answers of the last time are there."""
        self._ask("")

    def _ask(self, problem: str) -> None:
        asker = self._asker
        if asker.made is None:
            return
        with asker.session.gate:
            types = [each for each in service_types(asker.session.store) if each != asker.service]
        keys = [f"service:{each}" for each in types]
        keys += [layer.key for layer in asker.session.contents.point_layers if layer.key.startswith("asset:")]
        offered = [(title(key), key.partition(":")[2]) for key in keys]
        if not offered:
            asker.said.emit("There are no places yet where one could open. Add other services or assets.")
            return
        place = asker.place.name if asker.place is not None else ""
        sheet = AskBest(
            asker.panel.look, asker.panel.window(), f"The best places for {one(asker.service)}", offered, place,
            asker.made.prepared.unit, self._last, lambda wanted: self.find(wanted, "" if wanted.whole else place),
        )  # fmt: skip
        asker.sheet_made.emit(sheet)
        sheet.start(problem)

    def find(self, wanted: Wanted, locality: str) -> None:
        """Look for the places that serve a locality's residents best, or ("") all of them; show them as opened."""
        asker = self._asker
        made, session, service = asker.made, asker.session, asker.service
        self._last = wanted
        if made is None:
            return

        def work(progress: Progress) -> _Found | UserError:
            with session.gate:
                try:
                    of = (made.prepared.residents.row_of(locality),) if locality else ()
                    found = site(
                        made.prepared, service, ",".join(wanted.among), wanted.count, of=of,
                        weight=NEED if wanted.need else None, objective=wanted.objective, limit=wanted.limit,
                        progress=progress,
                    )  # fmt: skip
                except UserError as error:  # said where it was asked
                    return error
                kind = called(service)
                opened = tuple(
                    Opened(
                        f"{kind[:1].upper()}{kind[1:]} at {shown(str(found.candidates.names[at]))}",
                        *(float(part) for part in found.candidates.places[at]),
                    )
                    for at in found.order.tolist()
                )
                notes = [*siting_rows.findings(found)[1:], *found.notes, siting_rows.method(found)]
                return _Found(
                    service, found.served.where, Change(open=opened), siting_rows.rows(found),
                    siting_rows.findings(found), list(dict.fromkeys(notes)), found.sensitive,
                )  # fmt: skip

        asker.task_asked.emit("Looking for the best places", work, partial(self._take, service))

    def _take(self, service: str, found: _Found | UserError) -> None:
        asker = self._asker
        if service != asker.service:
            return  # another is looked at by now
        if isinstance(found, UserError):
            self._ask(todo_in_window(found))
            return
        if found.sensitive and not asker.session.unlocked:
            asker.said.emit(_WITHHELD)
            return
        if not found.rows:
            self._ask(_sentence(found.findings[0]))
            return
        self._found = found
        count = len(found.rows)
        where = f" for {found.where}" if found.where else ""
        self._do(f"the best {'place' if count == 1 else f'{count} places'}{where}", found.change)
        if self._is_shown:
            self.show_found()

    def show_found(self) -> None:
        """The table of the places found, and the proof that none is better, or the gap."""
        found, asker = self._found, self._asker
        if found is None:
            return
        if found.sensitive and not asker.session.unlocked:
            asker.said.emit(_WITHHELD)
            return
        where = f" of {found.where}" if found.where else " of the whole area"
        count = "place" if len(found.rows) == 1 else f"{len(found.rows)} places"
        sheet = FoundPlaces(
            asker.panel.look, asker.panel.window(),
            f"The best {count} for {one(found.service)}, for residents{where}",
            _sentence(found.findings[0]), found.rows, found.notes,
        )  # fmt: skip
        asker.sheet_made.emit(sheet)
        sheet.start()


def _sentence(said: str) -> str:
    return f"{said[:1].upper()}{said[1:]}."
