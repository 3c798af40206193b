"""Rasters in a drawn place that cuts areas: of a cut area the cells where the people of the part inside live.

The value of the whole area is that of people on the other side of the line too, which along a river is another: of
places that cross flood zones the share in a zone was 11 points wrong in the median (docs/methods.md, *Rasters*). What
the part weighs is what the place's method of sharing out says; by postcodes and by people the parts of an area bring
together exactly what it has.
"""

from dataclasses import dataclass, field, replace

import numpy as np
import shapely

from jsna_desktop.areas.geography import align
from jsna_desktop.areas.locality import POLYGON, Locality, Weights
from jsna_desktop.jobs.figures import Table, weight_year
from jsna_desktop.jobs.grid_windows import GridWindows
from jsna_desktop.jobs.outlines import Outlines
from jsna_desktop.jobs.raster_values import ROUNDING, kept_classes, open_grids
from jsna_desktop.jobs.raster_within import Within, of_raster, where_people_live
from jsna_desktop.measures.profile import EMPTY, MISSING_LIMIT, OK, SPARSE, Estimates
from jsna_desktop.workspace.store import Store

_Row = tuple[np.ndarray, np.ndarray]  # positions in the table's universe, weights


@dataclass
class RasterParts:
    """The rasters of a workspace within parts of the areas of `outlines`: what was read is kept for the next place."""

    store: Store
    outlines: Outlines
    _rasters: dict[int, tuple[Within, tuple[str, ...]] | None] = field(default_factory=dict)
    _people: list[GridWindows] | None = None

    def raster(self, key: int) -> tuple[Within, tuple[str, ...]] | None:
        """(a raster, the columns of its values) by the dataset's key; None for what is no raster."""
        if key not in self._rasters:
            classes, found = kept_classes(self.store, key), None
            if self.store.all("SELECT 1 FROM grid WHERE dataset = ?", [key]):
                found = of_raster(self.store, key, classes), ("mean",) if classes is None else classes.words
            self._rasters[key] = found
        return self._rasters[key]

    def within(self, key: int, places: np.ndarray, shape: shapely.Geometry) -> tuple[np.ndarray, np.ndarray]:
        """(values (k, m), share (k,) of the people without any) of a raster in the parts of areas inside a shape.

        `places` (k,) are positions in the outlines. An area is weighted by what it is on its own.
        """
        raster = self.raster(key)
        assert raster is not None
        if self._people is None:
            self._people = [GridWindows(self.store, key) for key in open_grids(self.store)]
        found = [
            where_people_live(raster[0], self._people, self.outlines.lived_in, int(place), block, shape)
            for place, block in zip(places, self.outlines.near(places), strict=True)
        ]
        return np.array([values for values, _, _ in found]), np.array([without for _, without, _ in found])

    def refined(self, table: Table, localities: list[Locality], weights: Weights, found: Estimates) -> Estimates:
        """Estimates (rows as `localities`) in which rasters are taken from the places' own parts of cut areas."""
        plans = [k for k, key in enumerate(table.keys) if self._is_made(table, k, key)]
        cut = np.flatnonzero(weights.cut()) if plans else ()
        drawn = [
            p for p in cut if localities[p].kind == POLYGON and p not in weights.unmade and p not in weights.carried
        ]
        if not drawn:
            return found
        parts = {name: getattr(found, name).copy() for name in ("value", "denominator", "missing", "notes")}
        for place in drawn:
            own = slice(weights.matrix.indptr[place], weights.matrix.indptr[place + 1])
            row = weights.matrix.indices[own], weights.matrix.data[own]
            shape = localities[place].shape
            assert shape is not None
            shapely.prepare(shape)
            known: dict[int, tuple[np.ndarray, np.ndarray]] = {}
            at = align(table.universe[row[0]], self.outlines.codes)
            for k in plans:
                people = table.population(weight_year(table.stack.plans[k].indicator))
                if people is None:
                    continue
                cut_off = (row[1] < 1) & (at >= 0) & np.isfinite(people.residents[row[0]])
                key = table.keys[k]
                if key not in known:
                    known[key] = self.within(key, at[cut_off], shape)
                for name, made in zip(parts, self._joined(table, k, row, cut_off, known[key]), strict=True):
                    parts[name][place, k] = made
        return replace(found, **parts)

    def _is_made(self, table: Table, k: int, key: int) -> bool:
        plan = table.stack.plans[k]
        return plan.denominator >= 0 and self.raster(key) is not None

    def _joined(
        self, table: Table, k: int, row: _Row, cut: np.ndarray, inside: tuple[np.ndarray, np.ndarray]
    ) -> tuple[float, float, float, int]:
        """(value, weight, share of residents without one, note) of one place: whole areas, and parts of others."""
        plan, matrix = table.stack.plans[k], table.stack.matrix
        raster, people = self.raster(table.keys[k]), table.population(weight_year(plan.indicator))
        assert raster is not None and people is not None
        held, share = row[0][~cut], row[1][~cut]
        top, bottom = share @ matrix[held, plan.numerator], share @ matrix[held, plan.denominator]
        gone = share @ matrix[held, plan.missing] if plan.missing >= 0 else 0.0
        values, without = inside[0][:, raster[1].index(str(plan.indicator.value))], inside[1]
        part = row[1][cut] * people.residents[row[0][cut]]
        valued = np.where(np.isnan(values), 0.0, part * (1 - without))
        top, bottom = top + valued @ np.nan_to_num(values), bottom + valued.sum()
        gone += (part - valued).sum()
        missing = gone / (bottom + gone) if bottom + gone > 0 else 0.0
        missing = missing if missing > ROUNDING else 0.0
        note = SPARSE if missing > MISSING_LIMIT else EMPTY if not bottom > 0 else OK
        if note != OK:
            return np.nan, np.nan, missing, note
        return top / bottom, bottom, missing, note
