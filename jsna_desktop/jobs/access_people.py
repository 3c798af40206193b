"""Whose journeys are measured: residents of localities, and of groups of them by deprivation, age and rurality."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import shapely
from scipy import sparse

from jsna_desktop.areas import geography
from jsna_desktop.areas.lived_in import OFF_THE_LINE
from jsna_desktop.areas.locality import Locality, matrix_of
from jsna_desktop.errors import UsageProblem
from jsna_desktop.jobs import origins as journeys_begin
from jsna_desktop.jobs.deprivation_groups import PLACE, group_name, group_weights, ranking
from jsna_desktop.jobs.measured_places import Choice, Places, districts, of_localities
from jsna_desktop.jobs.origins import Origins, origins
from jsna_desktop.jobs.people import People
from jsna_desktop.jobs.rurality import CLASSES, rurality
from jsna_desktop.sources.cells import age_range
from jsna_desktop.workspace import catalogue
from jsna_desktop.workspace.store import Store

WHOLE, DEPRIVATION, AGE, RURALITY = "all", "deprivation", "age", "rurality"
AGES = (("0–15", 0, 15), ("16–64", 16, 64), ("65–84", 65, 84), ("85+", 85, 200))


@dataclass(frozen=True)
class Row:
    """One row of results: `place` its position among the places, `group` "" for all of its residents."""

    place: int
    locality: str
    dimension: str
    group: str
    note: str = ""


@dataclass(frozen=True)
class Residents:
    """Residents of rows (r,) by where they begin: `matrix` (r, n) over the points of `origins`.

    `notes` are sentences on what is missing; `sensitive` where residents or groups are from sensitive data.
    """

    people: People
    origins: Origins
    rows: tuple[Row, ...]
    matrix: sparse.csr_array
    notes: tuple[str, ...]
    sensitive: bool

    @property
    def counted(self) -> np.ndarray:
        """Residents (n,) at each point, of the neighbours too."""
        return self.origins.share * np.nan_to_num(self.people.residents[self.origins.block])

    def held(self, at: int) -> tuple[np.ndarray, np.ndarray]:
        """The points (k,) where the residents of a row begin, and how many (k,) do at each."""
        own = slice(self.matrix.indptr[at], self.matrix.indptr[at + 1])
        return self.matrix.indices[own], self.matrix.data[own]

    def blocks_of(self, at: int) -> np.ndarray:
        """The blocks (positions, ascending) that the residents of a row begin in."""
        return np.unique(self.origins.block[self.held(at)[0]])

    def row_of(self, locality: str) -> int:
        """The position of the row of all residents of a place. UsageProblem where there is none."""
        for at, row in enumerate(self.rows):
            if (row.locality, row.dimension) == (locality, WHOLE):
                return at
        raise UsageProblem(f"there are no residents of {locality} among those whose journeys were measured")


@dataclass
class _Rows:
    rows: list[Row] = field(default_factory=list)
    held: list[tuple[np.ndarray, np.ndarray]] = field(default_factory=list)

    def add(self, row: Row, points: np.ndarray, residents: np.ndarray) -> None:
        some = residents > 0
        self.rows.append(row)
        self.held.append((points[some], residents[some]))


def residents_of(
    store: Store, choice: Choice, *, groups: bool = False, by: str | None = None, count: int = 5, within: str = PLACE
) -> Residents:
    """The residents of the places chosen: the workspace's districts first where none are named, then its localities.

    With `groups`, of each place's fifths by deprivation (`by`, `count`, `within` as in `inequality`), age groups and
    urban and rural parts, as far as the data tell them; what they do not is in `notes`. UsageProblem where nobody is
    counted.
    """
    people = People.of(store)
    if people is None:
        raise UsageProblem("there are no residents whose journeys could be measured", todo="Add a population")
    found = origins(store, people)
    if not found.home.any():
        raise UsageProblem(
            f"nothing tells where the residents of {geography.name(people.geography)} live",
            todo="Add their boundaries, and postcodes",
        )
    chosen = choice.places(store)
    places = of_localities(store, chosen, people.geography, people.codes, choice.method)
    shapes: list[Locality | None] = [*chosen]
    if not choice.named:
        whole = _districts(store, people, found.home)
        places, shapes = whole.with_more(places), [None] * len(whole.names) + shapes
    held = [_begin(places, at, shape, people, found) for at, shape in enumerate(shapes)]
    made = _Rows()
    notes = journeys_begin.told(found, people)
    sensitive = people.sensitive
    for at, (points, residents) in enumerate(held):
        note = f"not given: {places.unmade[at]}" if at in places.unmade else ""
        made.add(Row(at, places.names[at], WHOLE, "", note), points, residents)
    if groups:
        sensitive |= _by_deprivation(store, people, found, places, held, made, notes, by, count, within)
        _by_age(store, people, found, places, held, made, notes)
        _by_rurality(store, people, found, places, held, made, notes)
    order = sorted(range(len(made.rows)), key=lambda at: made.rows[at].place)
    matrix = matrix_of([made.held[at] for at in order], len(found.points))
    return Residents(people, found, tuple(made.rows[at] for at in order), matrix, tuple(notes), sensitive)


def _districts(store: Store, people: People, home: np.ndarray) -> Places:
    """The districts all of whose blocks are of the workspace; its blocks as one where there is no such district."""
    every = districts(store, people.geography, people.codes, geography.is_block(people.codes, people.geography))
    whole = np.flatnonzero(every.matrix @ (~home).astype(float) == 0)
    if len(whole):
        return every.only(whole.tolist())
    blocks = np.flatnonzero(home)
    matrix = matrix_of([(blocks, np.ones(len(blocks)))], len(people.codes))
    return Places(("all areas",), matrix, np.ones(1, dtype=bool), {})


def _begin(
    places: Places, at: int, place: Locality | None, people: People, found: Origins
) -> tuple[np.ndarray, np.ndarray]:
    """Points (k,) where a place's residents begin, and how many (k,) do.

    Those of a block that its line cuts begin at the points inside, where there are any.
    """
    held = slice(places.matrix.indptr[at], places.matrix.indptr[at + 1])
    blocks, weight = places.matrix.indices[held], places.matrix.data[held]
    first = np.searchsorted(found.block, blocks, side="left")
    sizes = np.searchsorted(found.block, blocks, side="right") - first
    row = np.repeat(np.arange(len(blocks)), sizes)
    points = np.repeat(first - (np.cumsum(sizes) - sizes), sizes) + np.arange(sizes.sum())
    residents = weight[row] * np.nan_to_num(people.residents[blocks])[row] * found.share[points]
    cut = ((weight > 0) & (weight < 1))[row]
    if place is not None and place.shape is not None and cut.any():
        shapely.prepare(place.shape)
        inside = np.ones(len(points), dtype=bool)
        x, y = (found.points[points[cut]] + OFF_THE_LINE).T
        inside[cut] = shapely.contains_xy(place.shape, x, y)
        share = np.bincount(row, found.share[points] * inside, minlength=len(blocks))
        some = (share > 0)[row]
        residents[some] *= (inside / np.where(share > 0, share, 1.0)[row])[some]
    return points, residents


def _by_deprivation(
    store: Store, people: People, found: Origins, places: Places, held: Sequence[tuple[np.ndarray, np.ndarray]],
    made: _Rows, notes: list[str], by: str | None, count: int, within: str,
) -> bool:  # fmt: skip
    """Add the rows of each place's groups; whether they are made from sensitive data."""
    try:
        rank = ranking(store, people.geography, people.codes, by)
    except UsageProblem as problem:
        if by is not None:
            raise
        notes.append(f"not by deprivation: {problem.what}")
        return False
    blocks = geography.is_block(people.codes, people.geography)
    cut = group_weights(places.matrix, rank, count, within, blocks)
    if not cut.nnz:
        notes.append(f"not by deprivation: {rank.title} does not know these areas")
        return False
    for at, (points, residents) in enumerate(held):
        for group in range(count):
            row = at * count + group
            member = np.zeros(len(people.codes), dtype=bool)
            member[cut.indices[cut.indptr[row] : cut.indptr[row + 1]]] = True
            own = member[found.block[points]]
            label = group_name(rank, group + 1, count)
            note = "" if own.any() else "not given: none of its areas are in this group"
            made.add(Row(at, places.names[at], DEPRIVATION, label, note), points[own], residents[own])
    return rank.sensitive


def _by_age(
    store: Store, people: People, found: Origins, places: Places, held: Sequence[tuple[np.ndarray, np.ndarray]],
    made: _Rows, notes: list[str],
) -> None:  # fmt: skip
    shares = _age_shares(store, people)
    if shares is None:
        notes.append("not by age: no open residents by age of these areas tell the groups apart")
        return
    for at, (points, residents) in enumerate(held):
        own = shares[found.block[points]]
        known = np.isfinite(own).all(axis=1)
        for group, (label, _, _) in enumerate(AGES):
            made.add(Row(at, places.names[at], AGE, label), points[known], residents[known] * own[known, group])


def _age_shares(store: Store, people: People) -> np.ndarray | None:
    """Share (blocks, ages) of each block's residents in each age group, NaN unknown; None where nothing tells it."""
    rows = store.all(
        "SELECT d.key FROM dataset d JOIN value_column c ON c.dataset = d.key WHERE c.name = 'ages_persons' "
        "AND d.geography = ? AND d.sensitive = 0 AND d.replaced_by IS NULL ORDER BY d.period DESC, d.key DESC",
        [people.geography],
    )
    for (key,) in rows:
        ranges = [age_range(label) for label in catalogue.labels(store, key, "ages_persons")]
        of = [_group_of(first, last) for first, last in ranges]
        if not of or None in of or set(of) != set(range(len(AGES))):
            continue
        ages = catalogue.column(store, key, "ages_persons")
        sums = np.column_stack([ages[:, [one == group for one in of]].sum(axis=1) for group in range(len(AGES))])
        total = sums.sum(axis=1, keepdims=True)
        with np.errstate(invalid="ignore", divide="ignore"):
            share = np.where(total > 0, sums / total, np.nan)
        at = geography.align(people.codes, catalogue.codes(store, key))
        return np.where(at[:, None] >= 0, share[at], np.nan)
    return None


def _group_of(first: int, last: int) -> int | None:
    return next((g for g, (_, low, high) in enumerate(AGES) if low <= first and last <= high), None)


def _by_rurality(
    store: Store, people: People, found: Origins, places: Places, held: Sequence[tuple[np.ndarray, np.ndarray]],
    made: _Rows, notes: list[str],
) -> None:  # fmt: skip
    classes = rurality(store, people.geography, people.codes)
    if classes is None:
        notes.append("not by rurality: no rural-urban classification of these areas is loaded")
        return
    for at, (points, residents) in enumerate(held):
        of = classes.of[found.block[points]]
        for which, label in enumerate(CLASSES):
            made.add(Row(at, places.names[at], RURALITY, label), points[of == which], residents[of == which])
