"""Which indicator colours the map, its legend, and what is said of each block; and the layers that are shown."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QObject, Signal

from jsna_desktop.app import words
from jsna_desktop.app.backgrounds import Backgrounds
from jsna_desktop.app.desk import Desk
from jsna_desktop.app.map.context import PointMarks
from jsna_desktop.app.map.layers import WITHHELD
from jsna_desktop.app.panels.choice_list import Choice
from jsna_desktop.app.panels.layers import LayerItem
from jsna_desktop.app.panels.legend import LegendView
from jsna_desktop.app.session import Session
from jsna_desktop.app.theme import Look
from jsna_desktop.app.workbench import Workbench
from jsna_desktop.areas import geography
from jsna_desktop.indicator import Indicator
from jsna_desktop.jobs import map_data
from jsna_desktop.jobs.access_words import amount
from jsna_desktop.jobs.points import PointLayer
from jsna_desktop.packs.journey_classes import class_of, names_of

_FIRST = ("imd2025.average_score", "imd2019.average_score")
PLACES = "places"
_SERVICES, _ASSETS = "Services", "Assets"
_AROUND_M = 5000.0
_FEW_POINTS = 150  # as many, of all kinds together, are seen one by one; more are shown only when asked


@dataclass(frozen=True)
class Other:
    """What a view colours the map by: `values` (blocks,) of the map's blocks, NaN none.

    `ends` are those of five round classes of journeys, which stay while values change; without them fifths are made.
    """

    title: str
    values: np.ndarray
    note: str = ""
    ends: tuple[float, ...] = ()


class Colouring(QObject):
    """Follows the session's contents and the look. `geography_asked` wants other blocks on the map."""

    geography_asked = Signal(str)

    def __init__(self, session: Session, desk: Desk, bench: Workbench, look: Look) -> None:
        super().__init__(bench)
        self._session, self._desk, self._bench, self._look = session, desk, bench, look
        self.indicator: Indicator | None = None
        self._values = np.empty(0)
        self._read: tuple[Indicator, tuple[np.ndarray, np.ndarray, np.ndarray]] | None = None
        self._filled = self._outlined = True
        self._points: list[PointMarks] = []  # of each kind, those on or near the map's areas
        self._pointed: set[str] = set()  # the kinds of services and assets that are shown
        self._lent: set[str] | None = None  # instead of those, for as long as a view shows its own
        self._lent_first: frozenset[str] = frozenset()  # as the view gave them, before a person chose among them
        self._beside_note = ""  # what a view has on the map beside its colours
        self._other: Other | None = None  # what a view colours the map by
        self._offered: set[str] = set()  # those that were shown once unasked, or left out as too many
        self._slots = (
            (bench.map.colour_by.chosen, self.choose),
            (bench.layers.toggled, self._toggle),
            (session.contents_changed, self.load),
            (session.points_changed, self._show_new_points),
            (session.places_changed, self._show_layers),
            (bench.places.set_chosen, self._show_layers),
            (look.changed, self._paint),
        )
        for signal, slot in self._slots:
            signal.connect(slot)
        desk.describe_value = self._said_of
        self.backgrounds = Backgrounds(session.store, bench.map.canvas, self)
        self.backgrounds.changed.connect(self._show_backgrounds)
        self.backgrounds.failed.connect(desk.problem.emit)

    def leave(self) -> None:
        for signal, slot in self._slots:
            signal.disconnect(slot)
        self.backgrounds.leave()
        self._bench.map.legend.show_dots(None)

    def load(self) -> None:
        """Hand the blocks to the map and colour them by what coloured them before, else by deprivation."""
        blocks, canvas = self._session.contents.blocks, self._bench.map.canvas
        self._read = None
        if blocks is None:
            canvas.set_blocks([], [], [])
        else:
            levels = [(level.tolerance_m, level.polygons) for level in blocks.levels]
            points = self._session.contents.points
            canvas.set_blocks(blocks.codes, blocks.names, levels, blocks.detail, points)
        self.backgrounds.take(self._session.contents.backgrounds)
        self._take_points()
        choices = self._session.colourable()
        kept = next((i for i in choices if self.indicator is not None and i.id == self.indicator.id), None)
        first = next((i for wanted in _FIRST for i in choices if i.id == wanted), None)
        self.choose(kept or first or next(iter(choices), None))
        self._show_layers()

    def _take_points(self) -> None:
        """The services and assets of the workspace; those of few points are shown unasked the first time."""
        self._points = [self._near(sign, layer) for sign, layer in enumerate(self._session.contents.point_layers)]
        seen = sum(len(marks.places) for marks in self._points if marks.key in self._pointed)
        for marks in self._points:
            if marks.key not in self._offered and seen + len(marks.places) <= _FEW_POINTS:
                self._pointed.add(marks.key)
                seen += len(marks.places)
            self._offered.add(marks.key)
        self._show_points()

    def _show_new_points(self) -> None:
        self._take_points()
        self._show_layers()

    def show_other(self, other: "Other | None") -> None:
        """Colour the map by what a view found, or again by the indicator that was chosen."""
        self._other = other
        self._say_choice()
        self._paint()
        self._bench.map.arrange()

    def lend_points(self, keys: Iterable[str] | None, note: str = "") -> None:
        """Show these kinds of services and assets for as long as a view is there, or again those that were chosen.

        `note` says in the legend what else the view has put on the map.
        """
        first = frozenset(keys or ())
        if keys is None or self._lent is None or first != self._lent_first:
            self._lent, self._lent_first = None if keys is None else set(first), first
        self._show_points()
        self._show_layers()
        if note != self._beside_note:
            self._beside_note = note
            self._paint()

    def choose(self, indicator: Indicator | None) -> None:
        self._other = None
        self.indicator = indicator
        self._say_choice()
        self._paint()
        self._bench.map.arrange()

    def _say_choice(self) -> None:
        groups = self._session.contents.groups
        found = [Choice(i.name, _detail(i), groups.get(i.id, ""), i) for i in self._session.colourable()]
        current = next((choice for choice in found if choice.value == self.indicator), None)
        if self._other is not None:
            current = Choice(self._other.title, "", "", None)
        self._bench.map.colour_by.show_choice(found, current)

    def _paint(self) -> None:
        blocks, canvas = self._session.contents.blocks, self._bench.map.canvas
        legend = self._bench.map.legend
        if blocks is None:
            legend.show_legend(None)
            return
        if self._other is not None:
            self._values = self._other.values
            other, missing = self._other, int(np.isnan(self._values).sum())
            if other.ends:
                classes = class_of(self._values, other.ends)
                view = LegendView(other.title, (), other.note, missing, tuple(names_of(other.ends)))
            else:
                classes, breaks = map_data.fifths(self._values)
                view = LegendView(other.title, tuple(breaks.tolist()), other.note, missing)
            canvas.set_colours(classes, self._look.ramp())
            legend.show_legend(view if missing < len(self._values) else None)
            self._bench.map.arrange()
            return
        if self.indicator is None or not self._filled:
            self._values = np.full(len(blocks.codes), np.nan)
            canvas.set_colours(np.zeros(len(blocks.codes), dtype=int), [self._look.tokens["line"]])
            legend.show_legend(None)
            return
        # Read once: other colours of the window must not wait for the workspace, which may be in use.
        if self._read is None or self._read[0] != self.indicator:
            self._read = (self.indicator, self._session.colours(self.indicator))
        self._values, classes, breaks = self._read[1]
        canvas.set_colours(classes, self._look.ramp())
        if not len(breaks):
            legend.show_legend(None)
            return
        missing = int(np.isnan(self._values).sum())
        legend.show_legend(LegendView(_title(self.indicator), tuple(breaks.tolist()), self._note(breaks), missing))
        self._bench.map.arrange()

    def _note(self, breaks: np.ndarray) -> str:
        assert self.indicator is not None and self._session.contents.blocks is not None
        polarity = {"low good": "higher is worse", "high good": "higher is better"}.get(self.indicator.polarity, "")
        if self.indicator.id.startswith("imd"):
            polarity = "higher is more deprived"
        counted = int(np.isfinite(self._values).sum())
        areas = f"{words.count(counted)} {geography.name(self._session.contents.blocks.geography)}"
        fifths, least = f"fifths of {areas}", map_data.of_the_least(self._values)
        if least and breaks[0] < breaks[-1]:
            least_value = words.plain(float(breaks[0])) if breaks[0] else "0"
            fifths = f"{words.count(least)} of {areas} have {least_value}, the others in fourths"
        return " · ".join(part for part in (polarity, fifths, self._beside_note) if part)

    def _said_of(self, block: int) -> str:
        if self._other is not None and block < len(self._values):
            value = self._values[block]
            said = amount(float(value)) if self._other.ends else words.plain(float(value))
            return f"{self._other.title}: {'no value' if np.isnan(value) else said}"
        if self.indicator is None or block >= len(self._values):
            return ""
        value = self._values[block]
        if self._read is not None and self._read[1][1][block] == WITHHELD:
            return f"{self.indicator.name}: withheld, a small number"
        if np.isnan(value):
            return f"{self.indicator.name}: no value"
        unit = f"{words.NO_BREAK}%" if self.indicator.unit == "%" else ""
        shown = words.count(value) if self.indicator.kind == "count" else words.plain(float(value))
        return f"{self.indicator.name}: {shown}{unit}"

    # ---- layers

    def _show_layers(self) -> None:
        contents, items = self._session.contents, []
        places = self._session.places(self._desk.in_set) if self._desk.in_set else []
        if places:
            items.append(LayerItem(PLACES, self._desk.in_set, len(places), self._outlined))
        for name in contents.geographies:
            shown = contents.blocks is not None and contents.blocks.geography == name
            count = len(contents.blocks.codes) if shown and contents.blocks is not None else self._size(name)
            title = geography.name(name)
            items.append(LayerItem(name, title[:1].upper() + title[1:], count, shown and self._filled))
        for marks in self._points:
            shown = marks.key in (self._pointed if self._lent is None else self._lent)
            group, name = _SERVICES, marks.title
            if marks.key.startswith("asset:"):
                group, name = _ASSETS, (marks.key.partition(":")[2] or "other").capitalize()
            items.append(LayerItem(marks.key, name, len(marks.places), shown, marks.sign, group))
        items += self.backgrounds.items()
        self._bench.layers.show_layers(items)
        self._bench.layers.setVisible(bool(items))

    def _show_points(self) -> None:
        seen = self._pointed if self._lent is None else self._lent
        self._bench.map.canvas.set_points([marks for marks in self._points if marks.key in seen])

    def _near(self, sign: int, layer: PointLayer) -> PointMarks:
        """The points of a layer within a few miles of the areas on the map: a list may be national."""
        x, y = layer.places[:, 0], layer.places[:, 1]
        blocks = self._session.contents.blocks
        near = np.isfinite(x)
        if blocks is not None and len(blocks.codes):
            b = blocks.levels[-1].polygons.bounds
            left, bottom = np.nanmin(b[:, :2], axis=0) - _AROUND_M
            right, top = np.nanmax(b[:, 2:], axis=0) + _AROUND_M
            with np.errstate(invalid="ignore"):
                near = (x >= left) & (x <= right) & (y >= bottom) & (y <= top)
        return PointMarks(layer.key, layer.title, layer.places[near], layer.names[near], sign)

    def _show_backgrounds(self) -> None:
        """What goes with the backgrounds that are shown: their rows, whose they are, what the dots stand for."""
        said = self.backgrounds.attributions()
        self._bench.map.canvas.set_attribution(self._session.contents.attribution_with(said))
        self._bench.map.legend.show_dots(self.backgrounds.legend())
        self._bench.map.arrange()
        self._show_layers()

    def _size(self, name: str) -> int:
        return max(
            (d.rows for d in self._session.contents.datasets if d.kind == "boundaries" and d.geography == name),
            default=0,
        )

    def _toggle(self, key: str, shown: bool) -> None:
        contents = self._session.contents
        if key == PLACES:
            self._outlined = shown
            self._desk.show_outlines(shown)
        elif any(marks.key == key for marks in self._points):
            chosen = self._pointed if self._lent is None else self._lent
            chosen ^= {key}
            self._show_points()
        elif self.backgrounds.holds(key):
            self.backgrounds.toggle(key, shown)  # which tells when its row is another
            return
        elif contents.blocks is not None and key != contents.blocks.geography:
            self._filled = True
            self.geography_asked.emit(key)
            return
        else:
            self._filled = shown
            self._paint()
        self._show_layers()


def _detail(indicator: Indicator) -> str:
    parts = [] if indicator.sex == "persons" else [indicator.sex]
    return " · ".join([*parts, indicator.period.replace("-", "–")])


def _title(indicator: Indicator) -> str:
    unit = indicator.unit
    return f"{indicator.name}, {unit}" if unit and unit not in ("score",) else indicator.name
