"""Residents of a place by five-year age band and sex."""

import numpy as np

from jsna_desktop.areas import geography
from jsna_desktop.jobs.comparators import DISTRICT
from jsna_desktop.jobs.figures import Figures
from jsna_desktop.jobs.profile import Profile
from jsna_desktop.packs.findings import Pyramid
from jsna_desktop.workspace import catalogue

_BANDS = tuple(range(0, 91, 5))
LABELS = tuple(f"{start}–{start + 4}" if start < 90 else "90+" for start in _BANDS)


def age_bands(single_years: np.ndarray) -> np.ndarray:
    """Sums (…, 19) of single years of age 0 … 90+ (…, 91) by five-year band."""
    return np.add.reduceat(single_years, _BANDS, axis=-1)


def pyramid(figures: Figures, made: Profile, place: int) -> Pyramid | None:
    """Shares of residents by band for one place and its district, from the latest ages that are loaded."""
    store = figures.store
    rows = store.all(
        "SELECT d.key, d.geography, d.period, d.codeset FROM dataset d JOIN value_column c ON c.dataset = d.key "
        "WHERE c.name = 'ages_persons' AND d.sensitive = 0 AND d.replaced_by IS NULL ORDER BY d.period DESC, d.key DESC"
    )
    for key, geo, period, _ in rows:
        part = next((p for p in made.parts if p.table.geography == geo), None)
        labels = catalogue.labels(store, key, "ages_persons")
        if part is None or place in part.weights.unmade or len(labels) != 91:
            continue
        own = geography.align(part.table.universe, catalogue.codes(store, key))
        row = part.weights.matrix[[place]]
        names = set(catalogue.column_names(store, key))
        bysex = {"ages_female", "ages_male"} <= names
        wanted = ("ages_persons", "ages_male", "ages_female") if bysex else ("ages_persons",)
        tables = {name: catalogue.column(store, key, name) for name in wanted}
        here = {n: _sum(t, own, row.indices, row.data) for n, t in tables.items()}
        total = here["ages_persons"].sum()
        if not np.isfinite(total) or not total:
            continue
        district = part.table.hierarchies.get(DISTRICT)
        area = district.holding(row.indices) if district is not None and row.nnz else -1
        there: dict[str, np.ndarray] = {}
        name = ""
        if district is not None and area >= 0:
            members, name = district.members(area), str(district.names[area])
            there = {n: _sum(t, own, members, np.ones(len(members))) for n, t in tables.items()}
            their_total = there["ages_persons"].sum()
            there = {n: v / their_total for n, v in there.items()}
            if not np.isfinite(their_total) or not their_total:
                there, name = {}, ""
        return Pyramid(
            f"mid-{period}",
            LABELS,
            here["ages_persons"] / total,
            here["ages_male"] / total if bysex else None,
            here["ages_female"] / total if bysex else None,
            name,
            there.get("ages_persons"),
            there.get("ages_male"),
            there.get("ages_female"),
        )
    return None


def _sum(ages: np.ndarray, own: np.ndarray, blocks: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Weighted sum of bands; NaN where a block of the place has no ages (a total with a hole is none)."""
    places = own[blocks]
    if (places < 0).any():
        return np.full(len(_BANDS), np.nan)
    return age_bands(weight @ ages[places])
