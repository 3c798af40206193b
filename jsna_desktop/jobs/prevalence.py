"""The share of people in good health by sex and age band, of the places that life tables are made for.

From an indicator of the workspace with counts. Of the place itself by weights where it is known for small areas, else
that of the smallest loaded area that holds the place, and the result says of which.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from jsna_desktop.areas import geography
from jsna_desktop.errors import UsageProblem
from jsna_desktop.indicator import PROPORTION
from jsna_desktop.jobs.comparators import without_slivers
from jsna_desktop.jobs.figures import Figures, Table
from jsna_desktop.jobs.measured_places import Places
from jsna_desktop.jobs.mortality import Mortality
from jsna_desktop.measures.prevalence_bands import Matched, matched
from jsna_desktop.measures.profile import EMPTY, MISSING_LIMIT, NOTES, REFUSED, SPARSE, estimates
from jsna_desktop.sources.cells import age, age_range
from jsna_desktop.workspace import catalogue

# The same places on the areas of another geography; None where that cannot be.
Again = Callable[[str, np.ndarray, np.ndarray], Places | None]
UNKNOWN_SEX = "not given: the share is not known for {sex}"
NOWHERE = "not given: the share is known neither here nor of an area that holds it all"


@dataclass(frozen=True)
class Shares:
    """Of one sex, for places (n,): `healthy` (n, bands) 0–1, `asked` and `cases` (n, bands), NaN where unknown.

    `cases` are those that the indicator counts, in good health or in bad. `of` names the larger area whose share it is,
    "" for the place's own; `why` says what a place lacks. `shared` and `wide` (n,) are of measures/prevalence_bands.py.
    """

    healthy: np.ndarray
    asked: np.ndarray
    cases: np.ndarray
    of: tuple[str, ...]
    why: tuple[str, ...]
    shared: tuple[np.ndarray, ...]
    wide: tuple[tuple[str, ...], ...]
    period: str


@dataclass(frozen=True)
class _Source:
    """One table's numbers for a sex: the plans (positions) of each age range, of several sexes where these add up."""

    table: Table
    labels: tuple[str, ...]
    plans: tuple[tuple[int, ...], ...]
    period: str
    bands: Matched

    def counts(self, matrix: sparse.csr_array) -> tuple[np.ndarray, np.ndarray, list[str]]:
        """Cases and people asked (n, bands) of weights on the table's areas, and why a row has none."""
        made = estimates(matrix, self.table.stack)
        top, bottom = (np.stack([part[:, list(own)].sum(axis=1) for own in self.plans], axis=1)
                       for part in (made.numerator, made.denominator))  # fmt: skip
        shape = (len(top), len(self.bands.parts))
        cases, asked = np.empty(shape), np.empty(shape)
        for band, parts in enumerate(self.bands.parts):
            cases[:, band], asked[:, band] = top[:, list(parts)].sum(axis=1), bottom[:, list(parts)].sum(axis=1)
        why = [""] * len(top)
        for row in np.flatnonzero(~(np.isfinite(cases) & (asked > 0)).all(axis=1)).tolist():
            notes = {
                NOTES[int(made.notes[row, at])].format(refusal=self.table.stack.plans[at].refusal)
                for own in self.plans for at in own if made.notes[row, at]
            }  # fmt: skip
            why[row] = "; ".join(sorted(notes)) or NOTES[EMPTY]
        return cases, asked, why


def share_of(figures: Figures, identity: str) -> bool:
    """Whether the indicator is a share of people in good health (True) or in bad. UsageProblem where it is neither."""
    found = [plan for table in figures.tables.values() for plan in table.stack.plans if plan.indicator.id == identity]
    if not found:
        raise UsageProblem(f"{identity} is no share of people")
    about = found[0].indicator
    if about.kind != PROPORTION or all(plan.refusal for plan in found):
        raise UsageProblem(
            f"{identity} is no share of people", found=next((p.refusal for p in found if p.refusal), about.kind),
            expected="an indicator of the kind proportion, with numerator and denominator",
        )  # fmt: skip
    if about.polarity not in ("high good", "low good"):
        raise UsageProblem(
            f"{identity} does not say whether it counts good health or bad",
            expected="the polarity high good (in good health) or low good (in bad health, disabled)",
            todo="Add it again with the column “polarity” filled in",
        )
    return about.polarity == "high good"


def shares(figures: Figures, identity: str, data: Mortality, places: Places, sex: str, again: Again) -> Shares | None:
    """The share of each place; None where nothing is known of this sex.

    UsageProblem where the ages are not told, or no table's bands match those of the life table.
    """
    good = share_of(figures, identity)
    sources = _sources(figures, identity, sex, data.starts)
    if not sources:
        return None
    count, bands = len(places.names), len(data.starts)
    cases, asked = np.full((count, bands), np.nan), np.full((count, bands), np.nan)
    of, why, used = [""] * count, [NOWHERE] * count, [sources[0]] * count

    def take(row: int, source: _Source, own: tuple[np.ndarray, np.ndarray], name: str) -> None:
        cases[row], asked[row] = own
        of[row], why[row], used[row] = name, "", source

    for source in sources:
        weights, lacking = _weights(source.table, data, places, sex, again)
        if weights is None:
            continue
        top, bottom, said = source.counts(weights)
        for row in range(count):
            reason = lacking.get(row) or said[row]
            if np.isnan(cases[row, 0]) and not reason:
                take(row, source, (top[row], bottom[row]), "")
            elif reason and why[row] == NOWHERE:
                why[row] = reason
    left = [row for row in range(count) if why[row] and row not in places.unmade]
    for row, areas in zip(left, _holding(figures, data, places, left), strict=True):
        for code, name in areas:
            found = next(((s, c) for s in sources if (c := _published(s, code)) is not None), None)
            if found is not None:
                take(row, found[0], found[1], name)
                break
    healthy = cases / asked if good else 1 - cases / asked
    return Shares(
        healthy, asked, cases, tuple(of), tuple(why), tuple(one.bands.shared for one in used),
        tuple(tuple(one.labels[at] for at in one.bands.wide) for one in used), sources[0].period,
    )  # fmt: skip


def _sources(figures: Figures, identity: str, sex: str, starts: np.ndarray) -> list[_Source]:
    """Tables with the latest period of this sex, both sexes together for persons; finest areas first."""
    found, refused, aged = [], [], False
    for table in figures.tables.values():
        by_sex: dict[str, dict[str, dict[str, int]]] = {}
        for at, plan in enumerate(table.stack.plans):
            about = plan.indicator
            if about.id == identity and (label := age(about.age)) and label != "all":
                by_sex.setdefault(about.sex, {}).setdefault(about.period, {})[label] = at
                aged = True
        wanted = [sex] if sex in by_sex else ["female", "male"] if sex == "persons" else [sex]
        if not set(wanted) <= set(by_sex):
            continue
        period = max(set.intersection(*(set(by_sex[one]) for one in wanted)), default="")
        labels = sorted(set.intersection(*(set(by_sex[one].get(period, ())) for one in wanted)), key=age_range)
        plans = tuple(tuple(by_sex[one][period][label] for one in wanted) for label in labels)
        bands = matched([age_range(label) for label in labels], starts)
        if bands.cut or bands.lacking:
            refused += _misfit(labels, bands)
            continue
        found.append(_Source(table, tuple(labels), plans, period, bands))
    if not found and refused:
        raise UsageProblem(
            f"the age bands of {identity} do not match those of the life table", found="; ".join(refused),
            expected="bands that hold whole ones of 0, 1-4, 5-9 … or lie within them",
            todo="Add it by such bands",
        )  # fmt: skip
    if not aged:
        raise UsageProblem(f"{identity} is not by age", expected="rows by sex and age band, as 0-4, 5-9 … 85+")
    order = {name: at for at, name in enumerate(geography.BLOCKS)}
    return sorted(found, key=lambda one: order.get(one.table.geography, len(order)))


def _misfit(labels: list[str], bands: Matched) -> list[str]:
    said = []
    if bands.cut:
        said.append(f"{', '.join(labels[at] for at in bands.cut)} lie across bands of it")
    if bands.lacking:
        ages = [f"{low}+" if high == 200 else str(low) if low == high else f"{low}-{high}"
                for low, high in bands.lacking]  # fmt: skip
        said.append(f"nothing of {', '.join(ages)}")
    return said


def _weights(
    table: Table, data: Mortality, places: Places, sex: str, again: Again
) -> tuple[sparse.csr_array | None, dict[int, str]]:
    """The places on the table's areas, and why one cannot be brought there; None where the areas are larger ones."""
    if table.geography not in geography.BLOCKS:
        return None, {}
    blocks = geography.is_block(table.universe, table.geography) & ~table.published
    if table.geography != data.geography:
        made = again(table.geography, table.universe, blocks)
        if made is None or made.names != places.names:
            return None, {}
        return made.matrix, {row: NOTES[REFUSED].format(refusal=said) for row, said in made.unmade.items()}
    at = geography.align(data.universe, table.universe)
    known = np.where(at >= 0, blocks[at], False)
    people = np.nan_to_num(data.people[sex][:, -1].sum(axis=1))
    with np.errstate(invalid="ignore", divide="ignore"):
        gone = 1 - (places.matrix @ np.where(known, people, 0)) / (places.matrix @ people)
    sparsely = np.flatnonzero(~(gone <= MISSING_LIMIT)).tolist()
    return brought(places.matrix, data.universe, table.universe), dict.fromkeys(sparsely, NOTES[SPARSE])


def brought(matrix: sparse.csr_array, universe: np.ndarray, other: np.ndarray) -> sparse.csr_array:
    """Weights (n, blocks) on `universe` as weights on the sorted codes `other`; blocks that it lacks are left out."""
    cells, at = matrix.tocoo(), geography.align(universe, other)
    here = at[cells.col] >= 0
    places = (cells.row[here], at[cells.col[here]])
    return sparse.csr_array(sparse.coo_array((cells.data[here], places), shape=(len(matrix.indptr) - 1, len(other))))


def _published(source: _Source, code: str) -> tuple[np.ndarray, np.ndarray] | None:
    """The counts of an area's own row; None where the table has none, or not of every band."""
    row = geography.align(np.array([code]), source.table.universe)[0]
    if row < 0:
        return None
    one = sparse.csr_array(([1.0], ([0], [row])), shape=(1, len(source.table.universe)))
    cases, asked, why = source.counts(one)
    return None if why[0] else (cases[0], asked[0])


def _holding(figures: Figures, data: Mortality, places: Places, rows: list[int]) -> list[list[tuple[str, str]]]:
    """The (code, name) of the larger areas that hold each of these places whole, the smallest first."""
    if not rows:
        return []
    matrix = without_slivers(places.matrix[rows])
    levels = []
    for (level,) in figures.store.all("SELECT DISTINCT level FROM lookup ORDER BY level"):
        for key, own, codes, names in catalogue.lookups(figures.store, level):
            if own == data.geography:
                columns = (
                    catalogue.column(figures.store, key, codes),
                    catalogue.column(figures.store, key, names or codes),
                )
                blocks = catalogue.codes(figures.store, key)
                levels.append(geography.hierarchy(level, data.universe, blocks, *columns))
                break
    found = []
    for row in range(len(rows)):
        held = matrix.indices[matrix.indptr[row] : matrix.indptr[row + 1]]
        areas = [(len(one.members(area)), str(one.codes[area]), str(one.names[area]))
                 for one in levels if len(held) and (area := one.holding(held)) >= 0]  # fmt: skip
        nations = {code[:1] for code in data.universe[held].tolist()} & set(geography.NATIONS)
        last = [geography.NATIONS[letter] for letter in nations] if len(nations) == 1 else []
        found.append([(code, name) for _, code, name in sorted(areas)] + last)
    return found
