"""Asks for the assets of what is chosen, off the window's thread; shows them on the map, and carries out changes."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PySide6.QtCore import Signal

from jsna_desktop.app.asset_steps import AssetStep
from jsna_desktop.app.colouring import Colouring
from jsna_desktop.app.desk import Desk
from jsna_desktop.app.dialogs.asset import AssetSheet, ask_export
from jsna_desktop.app.map.areas import show_area
from jsna_desktop.app.panels.asset_table import Line
from jsna_desktop.app.session import Session
from jsna_desktop.app.views.asker import Asker
from jsna_desktop.app.views.assets import AssetsView
from jsna_desktop.app.views.pointing import Pointing, Then
from jsna_desktop.app.views.words import todo_in_window
from jsna_desktop.app.workbench import Workbench
from jsna_desktop.areas.locality import Locality
from jsna_desktop.errors import UserError
from jsna_desktop.jobs import asset_edits, asset_rows
from jsna_desktop.jobs.asset_edits import Change
from jsna_desktop.jobs.asset_findings import Question, strengths
from jsna_desktop.jobs.assets import Asset, Register, duplicates, is_stale, lying_in, register
from jsna_desktop.jobs.points import PointLayer, point_layers
from jsna_desktop.packs.strengths import Gap, Strengths
from jsna_desktop.sources.known import counted

_LAYER = "asset:"  # and the kind: the keys of the map's layers
_SAME_M = 1.0  # a point of the map and an asset that are so near are one
_EMPTY = (
    "Assets are what communities already have: groups, networks, activities, spaces and services. There are none here "
    "yet. Choose Add for the first one, or Add data for a table with the columns name, kind, theme and a postcode."
)


@dataclass(frozen=True)
class _Answer:
    register: Register
    lines: list[Line]
    found: Strengths | UserError
    asked: Question
    place: str
    at: str
    points: list[PointLayer] | None


class AssetsAsker(Asker):
    """One session's. `sheet_made` carries a sheet that is to be the only one, `file_asked` who gets a path to write.

    The asset in hand is ringed on the map, where it can be dragged; a click on an asset there takes it in hand.
    """

    sheet_made = Signal(object)
    file_asked = Signal(str, str, object)
    said = Signal(str)

    def __init__(
        self, session: Session, view: AssetsView, desk: Desk, bench: Workbench, colouring: Colouring
    ) -> None:  # fmt: skip
        super().__init__(session, view)
        self.view, self.desk, self._bench, self._colouring = view, desk, bench, colouring
        self._canvas = bench.map.canvas
        self._pointing = Pointing(self._canvas, self)
        self._asked = Question()
        self._register: Register | None = None
        self._at = ""  # the asset to be in hand when the register is shown next
        self._edited = False
        self._there = False  # whether the tab is shown
        view.question.connect(self._ask)
        view.add_asked.connect(self.add)
        view.edit_asked.connect(self.edit)
        view.remove_asked.connect(self.remove)
        view.checked_asked.connect(self.checked_today)
        view.export_asked.connect(self.export)
        view.table.picked.connect(self._hold)
        view.area_asked.connect(lambda code: show_area(self._canvas, session.contents.blocks, code))
        self._canvas.point_clicked.connect(self._clicked)
        self._canvas.point_moved.connect(self._dragged)

    # ---- showing

    def show_place(self, place: Locality | None, among: list[Locality]) -> None:
        self._canvas.asks_points = self._there = True
        super().show_place(place, among)

    def rest(self) -> None:
        """The tab is left: the map is as before."""
        self._there = False
        self._pointing.stop()
        self._canvas.asks_points = False
        self._canvas.hold(None)
        self._canvas.show_change()
        self._colouring.lend_points(None)

    def leave(self) -> None:
        self.rest()
        self._pointing.leave()
        self._canvas.point_clicked.disconnect(self._clicked)
        self._canvas.point_moved.disconnect(self._dragged)
        super().leave()

    def _ask(self, asked: Question) -> None:
        self._asked = asked
        session, place, among, at, edited = self.session, self._place, self._among, self._at, self._edited

        def work(_progress: object) -> _Answer:
            with session.gate:
                found = register(session.store)
                told: Strengths | UserError
                try:
                    told = strengths(session.store, place, asked, found)
                except UserError as error:  # said where the numbers would be: nobody may be counted
                    told = error
                points = point_layers(session.store) if edited else None
            lines = _lines(found, place, among)
            return _Answer(found, lines, told, asked, "" if place is None else place.name, at, points)

        self._latest.ask(work)

    def _show(self, answer: _Answer) -> None:
        beside = self.beside
        self._register = answer.register
        title = f"What {answer.place} has" if answer.place else "Community assets"
        if answer.at == self._at:
            self._at = ""
        if answer.points is not None:
            self._edited = False
            self.session.take_points(answer.points)
        if not answer.register.assets:
            self.view.show_nothing(title, beside, _EMPTY)
            self._show_map(())
            return
        if isinstance(answer.found, UserError):
            self.view.show_no_numbers(title, beside, todo_in_window(answer.found))
        else:
            self.view.show_findings(answer.found, answer.asked, beside)
        self.view.show_register(answer.lines, answer.place, answer.at)
        self._show_map(() if isinstance(answer.found, UserError) else answer.found.gaps)

    # ---- the map

    def _show_map(self, gaps: Sequence[Gap]) -> None:
        """Every asset, and hatched the small areas where need is high and reach is low."""
        if not self._there:
            return
        contents = self.session.contents
        keys = [layer.key for layer in contents.point_layers if layer.key.startswith(_LAYER)]
        hatched = np.empty(0, dtype=int)
        if contents.blocks is not None:
            hatched = np.flatnonzero(np.isin(contents.blocks.codes, [one.code for one in gaps]))
        self._canvas.show_change(hatched=hatched)
        self._colouring.lend_points(keys or None, "hatched: deprived, and few near an asset" if len(hatched) else "")
        self._hold()

    def _hold(self) -> None:
        """Ring the asset in hand; the map follows who goes through the register."""
        one = self.view.table.current
        if not self._there or one is None or not one.is_placed:
            self._canvas.hold(None)
            return
        self._canvas.hold((one.x, one.y))
        if self.view.table.hasFocus():
            self._canvas.bring_into_view(one.x, one.y)

    def _clicked(self, key: str, easting: float, northing: float) -> None:
        """Take in hand what was clicked; of several at one place the next."""
        if not self._there or self._register is None or not key.startswith(_LAYER):
            return
        kind, current = key.removeprefix(_LAYER), self.view.table.current
        near = [one.key for one in self._register.assets
                if one.kind == kind and np.hypot(one.x - easting, one.y - northing) <= _SAME_M]  # fmt: skip
        if near:
            at = near.index(current.key) + 1 if current is not None and current.key in near else 0
            self.view.take_in_hand(near[at % len(near)])
            self._bench.show_sheet(True)

    def _dragged(self, easting: float, northing: float) -> None:
        one = self.view.table.current
        if self._there and one is not None:
            self.move(one, easting, northing)

    def _point(self, then: Then) -> None:
        def take(place: tuple[float, float] | None) -> None:
            self._bench.show_sheet(True)
            then(place)

        self._bench.show_sheet(False)
        self._pointing.ask(take)

    # ---- changing

    def add(self) -> None:
        self._open(None, "add", lambda given: asset_edits.add_asset(self.session.store, given))

    def edit(self, one: Asset) -> None:
        self._open(one, "change", lambda given: asset_edits.edit_asset(self.session.store, one.key, given))

    def remove(self, one: Asset) -> None:
        self._try(f"remove {one.name}", lambda: asset_edits.remove_asset(self.session.store, one.key))

    def checked_today(self, one: Asset) -> None:
        given = {"last_checked": "today"}
        self._try(f"check {one.name}", lambda: asset_edits.edit_asset(self.session.store, one.key, given))

    def move(self, one: Asset, easting: float, northing: float) -> None:
        self._try(f"move {one.name}", lambda: asset_edits.move_asset(self.session.store, one.key, easting, northing))

    def _open(
        self,
        one: Asset | None,
        verb: str,
        make: Callable[[dict[str, str]], Change],
        words: dict[str, str] | None = None,
    ) -> None:
        def give(given: dict[str, str]) -> None:
            name = given.get("name") or (one.name if one is not None else "an asset")
            self._do(f"{verb} {name}", lambda: make(given))

        def point(words: dict[str, str]) -> None:
            def take(place: tuple[float, float] | None) -> None:
                there = (
                    {}
                    if place is None
                    else {"postcode": "", "easting": f"{place[0]:.0f}", "northing": f"{place[1]:.0f}"}
                )
                self._open(one, verb, make, words | there)

            self._point(take)

        every = () if self._register is None else self._register.assets
        known = {
            name: sorted({getattr(asset, name) for asset in every} - {""}) for name in ("theme", "place", "source")
        }
        sheet = AssetSheet(self.view.look, self.view.window(), one, known, give, point)
        if words is not None:
            sheet.fill(words)
        self.sheet_made.emit(sheet)
        sheet.start()

    def _try(self, text: str, make: Callable[[], Change]) -> None:
        try:
            self._do(text, make)
        except UserError as error:
            self.problem.emit(error)

    def _do(self, text: str, make: Callable[[], Change]) -> None:
        """Carry a change out as a step; a UserError leaves no trace."""
        AssetStep(self.session, text, make, self._changed).take(self.desk.undo_stack, self.problem.emit)

    def _changed(self, key: str) -> None:
        self._at, self._edited = key, True
        self._ask(self._asked)

    # ---- handing on

    def export(self, lines: list[Line]) -> None:
        if self._register is None or not lines:
            return
        found = Register(tuple(line.asset for line in lines), self._register.today)

        def write(contact: bool) -> None:
            def take(path: Path | None) -> None:
                if path is not None:
                    self._write(found, path, contact=contact)

            here = self._place is not None and self.view.wanted.here
            name = f"Assets of {self._place.name}.xlsx" if self._place is not None and here else "Assets.xlsx"
            self.file_asked.emit("Export the register", name, take)

        self.sheet_made.emit(ask_export(self.view.look, self.view.window(), len(lines), write))

    def _write(self, found: Register, path: Path, *, contact: bool) -> None:
        named = path if path.suffix else path.with_suffix(".xlsx")
        try:
            # The system's dialog has asked already whether a file of this name may go.
            with self.session.gate:
                asset_rows.export_assets(self.session.store, found, named, contact=contact, replace_file=True)
        except UserError as error:
            self.problem.emit(error)
            return
        contacts = "with contacts" if contact else "without contacts"
        self.said.emit(f"{counted(len(found.assets), 'asset')} written to {named}, {contacts}.")


def _lines(found: Register, place: Locality | None, among: list[Locality]) -> list[Line]:
    """Every asset with where it lies, whether that is in the place, and what is to be looked at."""
    places = among if place is None or any(one.id == place.id for one in among) else [place, *among]
    held = lying_in(found.points, places)
    twins: dict[int, tuple[str, int]] = {}
    for number, pair in enumerate(duplicates(found)):
        for own, other in ((pair.first, pair.second), (pair.second, pair.first)):
            apart = "" if math.isnan(pair.metres) else f"{pair.metres:,.0f} m: "
            twins.setdefault(own, (f"{apart}like {found.assets[other].name}", number))
    made = []
    for at, one in enumerate(found.assets):
        inside = [places[number] for number in held[at]]
        where = inside[0].name if inside else "" if one.is_placed else "no place known"
        here = place is None or any(each.id == place.id for each in inside)
        stale = is_stale(one, found.today)
        words = "" if not stale else "stale" if one.last_checked else "never checked"
        made.append(Line(one, where, here, words, *twins.get(at, ("", -1))))
    return made
