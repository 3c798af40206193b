"""The open workspace as the window holds it: what is in it, and the few ways to change it."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import numpy as np
import shapely
from PySide6.QtCore import QObject, Signal

from jsna_desktop.app import words
from jsna_desktop.app.map.layers import WITHHELD
from jsna_desktop.areas import geography
from jsna_desktop.areas.coverage import representative_points
from jsna_desktop.areas.locality import Locality
from jsna_desktop.indicator import Indicator
from jsna_desktop.jobs import audit, map_data
from jsna_desktop.jobs import localities as places_job
from jsna_desktop.jobs.background import Background, backgrounds
from jsna_desktop.jobs.figures import Figures, load_figures
from jsna_desktop.jobs.map_data import MapBlocks
from jsna_desktop.jobs.points import PointLayer, point_layers
from jsna_desktop.jobs.profile import summaries
from jsna_desktop.jobs.progress import Progress
from jsna_desktop.jobs.reference import SHIPPED
from jsna_desktop.sources.dataset import Dataset
from jsna_desktop.workspace import catalogue
from jsna_desktop.workspace.store import Store

RESIDENTS = "population.residents"


class Numbers:
    """The numbers of every indicator, loaded when a profile first asks for them: of a large workspace that takes

    seconds and hundreds of megabytes, and the map must not wait for it.
    """

    def __init__(self, store: Store) -> None:
        self._store, self._lock = store, threading.Lock()
        self._figures: Figures | None = None

    def figures(self) -> Figures:
        with self._lock:
            if self._figures is None:
                self._figures = load_figures(self._store)
            return self._figures


@dataclass(frozen=True)
class Contents:
    """What is loaded of a workspace, read once on a worker's thread; `figures` when a profile first needs them."""

    datasets: tuple[Dataset, ...]
    indicators: tuple[Indicator, ...]
    people: Figures  # residents alone
    numbers: Numbers
    geographies: tuple[str, ...]  # those that have boundaries
    blocks: MapBlocks | None
    points: np.ndarray  # (n, 2) a point inside each block, EPSG:27700
    sources: dict[str, str]  # indicator id → title of its dataset
    groups: dict[str, str]  # indicator id → title of its dataset or its own group, for choosing
    point_layers: tuple[PointLayer, ...] = ()  # services and assets
    backgrounds: tuple[Background, ...] = ()  # what can be shown with the areas

    @property
    def figures(self) -> Figures:
        """Every indicator's numbers; not for the window's thread, which may have to wait for them."""
        return self.numbers.figures()

    @property
    def fictional(self) -> bool:
        return any(dataset.fictional for dataset in self.datasets)

    @property
    def attribution(self) -> str:
        """One line for the map's corner."""
        if self.fictional:
            return "Fictional data"
        shown = self.outlines
        said = "" if shown is None else shown.attribution
        official = "Office for National Statistics" in said and "OS data" in said
        said = "Contains National Statistics and OS data © Crown copyright" if official else said
        # Those that ship with the program are not the ones that most figures of today are for.
        older = "" if shown is None or not shown.reason.startswith(SHIPPED) else f"Outlines of {shown.period}."
        return " ".join(part for part in (older, said) if part)

    @property
    def outlines(self) -> Dataset | None:
        """The boundaries that are shown."""
        if self.blocks is None:
            return None
        checksum = self.blocks.outlines.checksum
        return next((d for d in self.datasets if d.kind == "boundaries" and d.checksum == checksum), None)

    def attribution_with(self, backgrounds: Sequence[str]) -> str:
        """The line with what the backgrounds that are shown (their attributions) call for, said once."""
        parts = [self.attribution] if self.attribution else []
        for said in backgrounds:
            if said.startswith("Contains OS data") and any("OS data" in part for part in parts):
                continue
            if said.startswith("Fictional data") and self.fictional:
                continue
            if said not in parts:
                parts.append(said)
        return " · ".join(part.removesuffix(".") for part in parts) if len(parts) > 1 else "".join(parts)


def load_contents(store: Store, progress: Progress, chosen: str | None = None) -> Contents:
    """Read what the window shows; `chosen` is the geography to paint."""
    progress("Reading the catalogue", 0.1)
    datasets = tuple(catalogue.datasets(store))
    keyed = catalogue.keyed_indicators(store)
    titles = dict(zip(sorted(catalogue.codeset_keys(store)), datasets, strict=True))
    known = {indicator.id for _, indicator in keyed}
    people = load_figures(store, [RESIDENTS] if RESIDENTS in known else [])
    progress("Loading the map", 0.4)
    blocks = map_data.load_blocks(store, chosen)
    progress("Almost there", 0.95)
    return Contents(
        datasets,
        tuple(indicator for _, indicator in keyed),
        people,
        Numbers(store),
        tuple(g for g in geography.BLOCKS if catalogue.boundaries(store, g) is not None),
        blocks,
        _points(blocks),
        {indicator.id: titles[key].title for key, indicator in keyed},
        {indicator.id: indicator.group or titles[key].title for key, indicator in keyed},
        tuple(point_layers(store)),
        tuple(backgrounds(store)),
    )


def _points(blocks: MapBlocks | None) -> np.ndarray:
    """What the keyboard and the lasso choose by; for England a third of a second, so not on the window's thread."""
    return np.empty((0, 2)) if blocks is None else representative_points(blocks.levels[-1].polygons)


class Session(QObject):
    """A store and its contents. Signals tell panels what to show again; every change is saved as it is made."""

    places_changed = Signal()
    contents_changed = Signal()
    points_changed = Signal()  # services or assets are others, and all else is as it was
    saved = Signal(str)  # HH:MM

    def __init__(self, store: Store, contents: Contents, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.store, self.contents = store, contents
        # Profiles are made on another thread and keep weights in the same file: one at a time.
        self.gate = threading.RLock()
        self.unlocked = False  # true figures of sensitive data on this screen, never in what leaves
        self._places: dict[int, Locality] = {}
        self._residents: dict[int, float | None] = {}
        self.read_places()

    # ---- what is there

    @property
    def path(self) -> Path:
        return self.store.path

    @property
    def name(self) -> str:
        return self.store.name

    def sets(self) -> list[tuple[str, int]]:
        """(name, number of places) of each set."""
        return places_job.sets(self.store)

    def places(self, in_set: str | None = None) -> list[Locality]:
        return [place for place in self._places.values() if in_set in (None, place.set)]

    def place(self, key: int) -> Locality | None:
        return self._places.get(key)

    def residents(self, key: int) -> float | None:
        return self._residents.get(key)

    def take_contents(self, contents: Contents) -> None:
        """Show other contents: data were added, or another geography is painted."""
        self.contents = contents
        self.read_places()
        self.contents_changed.emit()

    def take_points(self, layers: Sequence[PointLayer]) -> None:
        """Show other services and assets; the rest of the contents is as it was."""
        self.contents = replace(self.contents, point_layers=tuple(layers))
        self.points_changed.emit()

    def read_places(self) -> None:
        with self.gate:
            found = places_job.localities(self.store)
            self._places = {place.id: place for place in found}
            made = summaries(self.contents.people, found) if found else ()
        self._residents = {place.id: summary.residents for place, summary in zip(found, made, strict=True)}

    def unlock(self, on: bool) -> None:
        """Let profiles of this screen show true figures of sensitive data, or no more; recorded where it can be.

        A profile that is shown is to be made again (`Desk.profile_again`).
        """
        if on and not self.unlocked:
            audit.record_leaving(self.store, audit.UNLOCKED, self.name)
        self.unlocked = on

    @property
    def sensitive(self) -> bool:
        """Whether there are sensitive data at all."""
        return any(dataset.sensitive for dataset in self.contents.datasets)

    def colourable(self) -> list[Indicator]:
        """Indicators that can colour the blocks on the map."""
        blocks = self.contents.blocks
        return [] if blocks is None else [i for i in self.contents.indicators if map_data.can_colour(i, blocks)]

    def colours(self, indicator: Indicator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Values, fifths 0–4 (−1 none, −2 withheld) of the blocks (n,), and the six breaks."""
        assert self.contents.blocks is not None
        values, hidden = map_data.colour_values(self.store, indicator, self.contents.blocks)
        classes, breaks = map_data.fifths(values)
        return values, np.where(hidden, WITHHELD, classes), breaks

    # ---- what changes it

    def add_selection(self, in_set: str, name: str, blocks: str, codes: Sequence[str] | np.ndarray) -> Locality:
        with self.gate:
            made = places_job.add_selection(self.store, in_set, name, blocks, np.asarray(codes))
        return self._kept(made)

    def add_polygon(self, in_set: str, name: str, polygon: shapely.Geometry) -> Locality:
        with self.gate:
            made = places_job.add_polygon(self.store, in_set, name, polygon)
        return self._kept(made)

    def redraw(self, key: int, polygon: shapely.Geometry) -> Locality:
        with self.gate:
            made = places_job.redraw(self.store, key, polygon)
        return self._kept(made)

    def rename(self, key: int, name: str) -> Locality:
        with self.gate:
            made = places_job.rename(self.store, key, name)
        return self._kept(made)

    def remove(self, key: int) -> places_job.Removed:
        with self.gate:
            removed = places_job.remove(self.store, key)
        self._places.pop(key, None)
        self._residents.pop(key, None)
        self._tell()
        return removed

    def restore(self, removed: places_job.Removed) -> Locality:
        with self.gate:
            made = places_job.restore(self.store, removed)
        return self._kept(made)

    def _kept(self, made: Locality) -> Locality:
        with self.gate:
            self._residents[made.id] = summaries(self.contents.people, [made])[0].residents
        self._places[made.id] = made
        ordered = sorted(self._places.values(), key=lambda place: (place.set, place.name.casefold(), place.id))
        self._places = {place.id: replace(place) for place in ordered}
        self._tell()
        return made

    def _tell(self) -> None:
        self.places_changed.emit()
        self.saved.emit(words.when(datetime.now(), datetime.now()))

    def close(self) -> None:
        with self.gate:
            self.store.close()
