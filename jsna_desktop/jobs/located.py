"""Where postcodes are, by whatever the workspace holds when it is asked: the order of adding does not matter."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import shapely

from jsna_desktop.areas import geography, locate
from jsna_desktop.sources.dataset import Reading
from jsna_desktop.workspace import catalogue
from jsna_desktop.workspace.store import Store


@dataclass(frozen=True)
class Outline:
    """Boundaries of one geography: sorted `codes` (m,) and their shapes, read when they are first needed."""

    codes: np.ndarray
    store: Store | None = None
    dataset: int = 0
    wkb: np.ndarray | None = None

    @cached_property
    def shapes(self) -> np.ndarray:
        """Shapely polygons (m,), EPSG:27700."""
        wkb = self.wkb
        if wkb is None:
            assert self.store is not None
            wkb = catalogue.shapes(self.store, self.dataset)
        return shapely.from_wkb(wkb)


@dataclass(frozen=True)
class _Source:
    """One dataset of postcodes, in the workspace or about to be: codes and columns, read when first needed."""

    store: Store | None = None
    dataset: int = 0
    reading: Reading | None = None

    @cached_property
    def known(self) -> locate.Postcodes:
        if self.reading is not None:
            return locate.Postcodes.of(self.reading.codes)
        assert self.store is not None
        return locate.Postcodes.of(catalogue.codes(self.store, self.dataset))

    @cached_property
    def names(self) -> set[str]:
        if self.reading is not None:
            return set(self.reading.columns)
        assert self.store is not None
        return set(catalogue.column_names(self.store, self.dataset))

    def column(self, name: str) -> np.ndarray:
        if self.reading is not None:
            return self.reading.columns[name]
        assert self.store is not None
        return catalogue.column(self.store, self.dataset, name)


@dataclass(frozen=True)
class Blocks:
    """Where postcodes lie: `codes` (n,) of their blocks, "" where unplaced.

    `known` (n,) postcodes that any dataset has; `near` (n,) those that lie just outside the outline they were given to.
    """

    codes: np.ndarray
    known: np.ndarray
    near: np.ndarray


@dataclass(frozen=True)
class Places:
    """What postcodes are located with: those that are not replaced, the later added first, and the boundaries in use.

    `fresh` are readings on their way into the workspace in the same call.
    """

    store: Store
    fresh: Sequence[Reading] = field(default=())

    @cached_property
    def _sources(self) -> list[_Source]:
        rows = self.store.all(
            "SELECT key FROM dataset WHERE kind = 'postcodes' AND replaced_by IS NULL ORDER BY key DESC"
        )
        fresh = [_Source(reading=r) for r in reversed(self.fresh) if r.dataset.kind == "postcodes"]
        return [*fresh, *(_Source(self.store, row[0]) for row in rows)]

    @property
    def have_postcodes(self) -> bool:
        return bool(self._sources)

    @cached_property
    def geographies(self) -> tuple[str, ...]:
        """Geographies that postcodes can be placed in: those with boundaries, then those that postcodes name."""
        rows = self.store.all(
            "SELECT DISTINCT geography FROM dataset WHERE kind = 'boundaries' AND replaced_by IS NULL"
        )
        outlined = {row[0] for row in rows} | {
            r.dataset.geography for r in self.fresh if r.dataset.kind == "boundaries" and r.geometry is not None
        }
        named = set().union(*(source.names for source in self._sources)) if self._sources else set()
        order = [geo for geo in geography.BLOCKS if geo in outlined]
        return (*order, *(geo for geo in geography.BLOCKS if geo in named and geo not in outlined))

    def outline(self, geo: str) -> Outline | None:
        """The boundaries in use for a geography, those about to be added among them: the most areas."""
        key = catalogue.boundaries(self.store, geo)
        found = None if key is None else Outline(catalogue.codes(self.store, key), self.store, key)
        for reading in self.fresh:
            if reading.dataset.kind == "boundaries" and reading.dataset.geography == geo:
                assert reading.geometry is not None
                if found is None or len(reading.codes) >= len(found.codes):
                    order = np.argsort(reading.codes, kind="stable")
                    found = Outline(reading.codes[order], wkb=reading.geometry[order])
        return found

    def points(self, postcodes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Easting and northing (n,) of postcodes (n,) of text, metres; NaN where unknown."""
        keys = locate.postcode_keys(postcodes)
        east, north = np.full(len(keys), np.nan), np.full(len(keys), np.nan)
        for source, rows, positions in self._found(keys):
            east[rows] = source.column("easting")[positions]
            north[rows] = source.column("northing")[positions]
        return east, north

    def blocks(self, postcodes: np.ndarray, geo: str) -> Blocks:
        """The block of each postcode (n,): the code that the postcodes' publisher gives it, else by its point."""
        keys = locate.postcode_keys(postcodes)
        codes = np.full(len(keys), "", dtype="U9")
        known, near = np.zeros(len(keys), dtype=bool), np.zeros(len(keys), dtype=bool)
        for source, rows, positions in self._found(keys):
            known[rows] = True
            if geo in source.names:
                codes[rows] = source.column(geo)[positions]
        rest = np.flatnonzero(known & (codes == ""))
        outline = self.outline(geo) if len(rest) else None
        if outline is not None:
            east, north = self.points(postcodes[rest])
            held, near[rest] = locate.blocks_of_points(east, north, outline.shapes)
            codes = codes.astype(np.promote_types(codes.dtype, outline.codes.dtype))
            codes[rest] = np.where(held >= 0, outline.codes[held], "")
        return Blocks(codes, known, near)

    def meant(self, postcode: str) -> str:
        """The known postcode that may be meant by one that is not; "" where none comes near."""
        return locate.nearest_spelling(postcode, [source.known for source in self._sources])

    def _found(self, keys: np.ndarray) -> list[tuple[_Source, np.ndarray, np.ndarray]]:
        """(dataset, rows, positions) of the keys that it places: each key once, by the later added that has it."""
        made = []
        open_rows = np.flatnonzero(keys >= 0)
        for source in self._sources:
            positions = source.known.positions(keys[open_rows])
            hit = positions >= 0
            if hit.any():
                made.append((source, open_rows[hit], positions[hit]))
                open_rows = open_rows[~hit]
        return made


def postcode_places(store: Store, postcodes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Easting and northing (n,) of postcodes (n,) of text, metres; NaN where no postcodes of the workspace know it."""
    return Places(store).points(postcodes)


def block_of_postcodes(store: Store, postcodes: np.ndarray, geo: str) -> np.ndarray:
    """Code (n,) of the block of this geography that each postcode (n,) lies in; "" where it cannot be placed."""
    return Places(store).blocks(postcodes, geo).codes
