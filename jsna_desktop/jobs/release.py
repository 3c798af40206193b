"""The one gate through which everything that leaves the program passes (methods.md 9).

Open published data is open. Counts from sensitive data leave as zero, rounded to five, or not at all; rates and
proportions are worked out from the rounded counts; what is hidden stays hidden beside everything that left before
(measures/disclosure.py, jobs/ledger.py). All other figures from sensitive data are withheld.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from jsna_desktop.areas.locality import matrix_of
from jsna_desktop.indicator import COUNT, PROPORTION, RATE, Indicator
from jsna_desktop.jobs import comparators, ledger
from jsna_desktop.measures import compare, disclosure, intervals
from jsna_desktop.measures.disclosure import Cells
from jsna_desktop.measures.plans import PEOPLE

if TYPE_CHECKING:
    from jsna_desktop.jobs.figures import Figures
    from jsna_desktop.jobs.profile import Part, Profile, Summary
    from jsna_desktop.measures.parts import Plan

WITHHELD = "withheld: made from sensitive data, which does not leave this program"
SMALL = "withheld: a small number, or one from which a small number could be worked out"
ROUNDED = "rounded to 5: made from sensitive data"
STANDARDISED = "to one decimal: made from sensitive data"
FEWEST_EVENTS = 10.0
_NUMBERS = ("value", "lower_ci", "upper_ci", "numerator", "denominator", "missing_share")
_KEY = ("geography", "indicator", "period", "sex", "age")
_ENTRY = ("value", "lower_ci", "upper_ci")


@dataclass(frozen=True)
class _Shown:
    """What may be shown of one indicator: rounded parts by place, and by comparator area of each level, NaN hidden."""

    plan: "Plan"
    numerator: np.ndarray
    denominator: np.ndarray
    areas: dict[str, tuple[np.ndarray, np.ndarray]]


def released_rows(figures: "Figures", made: "Profile", *, leaving: bool) -> list[dict]:
    """The rows of a profile as they may leave the program, or be seen of it where `leaving` is false.

    What leaves of sensitive counts is kept in the ledger first. DisclosureRefused where it cannot be.
    """
    if not made.sensitive:
        return list(made.rows())
    secret = _Secret.of(figures, made)
    return list(_rows(made, secret, _shown(figures, made, secret, leaving)))


@dataclass(frozen=True)
class _Secret:
    """Which of a profile's figures are sensitive: `datasets` by key; `ids` of those that only such data could weight.

    One indicator may come from an open dataset in one year and from a sensitive one in another.
    """

    datasets: frozenset[int]
    ids: frozenset[str]
    homes: dict[tuple[str, ...], int]  # `_key` of each indicator → its dataset

    @classmethod
    def of(cls, figures: "Figures", made: "Profile") -> "_Secret":
        datasets = frozenset(row[0] for row in figures.store.all("SELECT key FROM dataset WHERE sensitive = 1"))
        own = {
            row[0]
            for row in figures.store.all(
                "SELECT i.id FROM indicator i JOIN dataset d ON d.key = i.dataset WHERE d.sensitive = 1"
            )
        }
        homes = {
            _key(plan.indicator): key
            for part in made.parts
            for plan, key in zip(part.table.stack.plans, part.table.keys, strict=True)
        }
        return cls(datasets, made.sensitive - own, homes)

    def holds(self, row: dict) -> bool:
        return self.homes[_key_of(row)] in self.datasets or row["indicator"] in self.ids


def _rows(made: "Profile", secret: _Secret, shown: dict[tuple[int, int], _Shown]) -> Iterator[dict]:
    plans = {_key(part.table.stack.plans[k].indicator): (p, k) for p, k in shown for part in [made.parts[p]]}
    places = {(locality.set, locality.name): at for at, locality in enumerate(made.localities)}
    for row in made.rows():
        if not secret.holds(row):
            yield row
            continue
        counts = shown.get(plans.get(_key_of(row), (-1, -1)))
        if counts is not None:
            yield _counted(counts, row, places[row["set"], row["locality"]])
        elif row["kind"] in ("dsr", "isr"):
            yield _standardised(row)
        else:
            yield withhold(row)


def _key(indicator: Indicator) -> tuple[str, ...]:
    return indicator.geography, indicator.id, indicator.period, indicator.sex, indicator.age


def _key_of(row: dict) -> tuple[str, ...]:
    return tuple(row[name] for name in _KEY)


def _shown(figures: "Figures", made: "Profile", secret: _Secret, leaving: bool) -> dict[tuple[int, int], _Shown]:
    """What may be shown of every sensitive count, ratio and proportion, by (part, plan)."""
    store = figures.store
    found: dict[tuple[int, int], _Shown] = {}
    kept: list[tuple[ledger.Figure, np.ndarray, list[str], Cells]] = []
    names = [place.name for place in made.localities]
    for p, part in enumerate(made.parts):
        plans = part.table.stack.plans
        mine = [
            k
            for k, plan in enumerate(plans)
            # Open counts that only sensitive people could divide are withheld.
            if part.table.keys[k] in secret.datasets
            and plan.indicator.kind in (COUNT, PROPORTION, RATE)
            and plan.numerator >= 0
            and not plan.refusal
        ]
        if not mine:
            continue
        levels = {
            a.level: comparators.compared(figures, part.table, part.weights, a.level)
            for a in part.against
            if a.level in comparators.FIXED
        }
        # An area that is there by its own published row alone has no counts here to be rounded.
        areas = [
            (level, at, area) for level, one in levels.items() for at, area in enumerate(one.areas) if len(area.blocks)
        ]
        rows = matrix_of([(area.blocks, np.ones(len(area.blocks))) for _, _, area in areas], len(part.table.universe))
        weights = sparse.csr_array(sparse.vstack([part.weights.matrix, rows]))
        titles = [*names, *(area.name for _, _, area in areas)]
        for k in mine:
            plan = plans[k]
            cells = {}
            for role in ("numerator", "denominator"):
                column = getattr(plan, role)
                if column < 0:
                    continue
                figure = _figure(figures, part.table.keys[k], plan, role)
                counts = _counts(part, plan, column)
                universe = part.table.universe
                cells[role] = disclosure.protect(weights, counts, ledger.earlier(store, figure, universe))
                kept.append((figure, universe, titles, cells[role]))
            found[p, k] = _split(part, plan, cells, [(level, at) for level, at, _ in areas], levels)
    if leaving and kept:
        ledger.check_can_record(store)
        with store.transaction():
            for figure, universe, titles, cells_ in kept:
                ledger.record(store, figure, universe, titles, cells_)
    return found


def _figure(figures: "Figures", dataset: int, plan: "Plan", role: str) -> ledger.Figure:
    i = plan.indicator
    checksum = figures.store.one("SELECT checksum FROM dataset WHERE key = ?", [dataset])[0]
    return ledger.Figure(checksum, i.id, i.period, i.sex, i.age, role)


def _counts(part: "Part", plan: "Plan", column: int) -> np.ndarray:
    """Counts (blocks,) of one column of the stack, NaN where the block has none or its publisher hid it."""
    matrix = part.table.stack.matrix
    unknown = np.zeros(len(matrix), dtype=bool)
    for other in (plan.missing, plan.withheld):
        if other >= 0:
            unknown |= matrix[:, other] > 0
    # A block without residents weighs nothing among the missing, and still has no count of its own.
    return np.where(unknown, np.nan, matrix[:, column])


def _split(
    part: "Part",
    plan: "Plan",
    cells: dict[str, Cells],
    areas: list[tuple[str, int]],
    levels: dict[str, comparators.Compared],
) -> _Shown:
    """What may be shown: of the places, which come first, and of the areas (level, position there) behind them."""
    count = len(part.weights.methods)
    top = cells["numerator"].shown
    bottom = cells["denominator"].shown if "denominator" in cells else np.full(len(top), np.nan)
    found = {}
    for level, one in levels.items():
        spread = np.full((2, len(one.areas) + 1), np.nan)
        for row, (other, at) in enumerate(areas):
            if other == level:
                spread[:, at] = top[count + row], bottom[count + row]
        found[level] = (spread[0][one.of], spread[1][one.of])
    return _Shown(plan, top[:count], bottom[:count], found)


def _counted(shown: _Shown, row: dict, place: int) -> dict:
    """A row with its numbers worked out from the rounded counts; none of them where either count is hidden."""
    top, bottom = float(shown.numerator[place]), float(shown.denominator[place])
    value, lower, upper = _worked_out(shown.plan, top, bottom)
    if (row["value"] is None and row["lower_ci"] is None) or np.isnan(value):
        hidden = withhold(row)
        return hidden if row["value"] is None else hidden | {"note": SMALL}
    entries = [_compared(shown, entry, place, lower, upper) for entry in row["comparators"]]
    note = "; ".join([ROUNDED, *([row["note"]] if row["note"] else [])])
    numbers = {"value": value, "lower_ci": _none(lower), "upper_ci": _none(upper), "numerator": top,
               "denominator": _none(bottom)}  # fmt: skip
    return row | numbers | {"note": note, "comparators": entries}


def _worked_out(plan: "Plan", top: float, bottom: float) -> tuple[float, float, float]:
    """Value and limits from rounded counts, by the indicator's kind."""
    indicator, x, n = plan.indicator, np.array(top), np.array(bottom)
    if indicator.kind == COUNT:
        if indicator.unit in PEOPLE:
            return top, np.nan, np.nan
        low, high = intervals.poisson_count(x)
        return top, float(low), float(high)
    if np.isnan(top) or not bottom > 0:
        return np.nan, np.nan, np.nan
    factor = indicator.multiplier
    if indicator.kind == PROPORTION:
        x = np.minimum(x, n)
        low, high = intervals.wilson(x, n)
        return factor * float(x / n), factor * float(low), factor * float(high)
    low, high = intervals.byar_count(x)
    return factor * top / bottom, factor * float(low) / bottom, factor * float(high) / bottom


def _compared(shown: _Shown, entry: dict, place: int, lower: float, upper: float) -> dict:
    """A comparator's entry from its own rounded counts; withheld where it is no fixed level."""
    parts = shown.areas.get(entry["level"])
    if parts is None or entry["value"] is None:
        return _bare(entry)
    value, low, high = _worked_out(shown.plan, float(parts[0][place]), float(parts[1][place]))
    if np.isnan(value):
        return _bare(entry)
    verdict = entry["verdict"]
    if verdict != compare.NOT_COMPARED:
        polarity = np.array([shown.plan.indicator.polarity])
        verdict = str(compare.against_fixed(np.array([lower]), np.array([upper]), np.array([value]), polarity)[0])
    return entry | {"value": value, "lower_ci": _none(low), "upper_ci": _none(high), "verdict": verdict}


def _standardised(row: dict) -> dict:
    """A standardised rate from true counts: to one decimal, from ten events on, its counts withheld."""
    events = row.get("numerator")
    if row["value"] is None or events is None or events < FEWEST_EVENTS:
        return withhold(row)
    rounded = {name: None if row[name] is None else round(row[name], 1) for name in _ENTRY}
    note = "; ".join([STANDARDISED, *([row["note"]] if row["note"] else [])])
    hidden = {"numerator": None, "denominator": None, "note": note}
    return row | rounded | hidden | {"comparators": [_bare(entry) for entry in row["comparators"]]}


def _none(value: float) -> float | None:
    return None if np.isnan(value) else value


def _bare(entry: dict) -> dict:
    numbers = {name: None for name in entry if isinstance(entry[name], int | float) or name in _ENTRY}
    return entry | numbers | {"verdict": compare.NOT_COMPARED}


def withhold(row: dict) -> dict:
    """The row without any of its numbers."""
    bare = row | dict.fromkeys(_NUMBERS) | {"note": WITHHELD}
    return bare | {"comparators": [_bare(entry) for entry in row["comparators"]]}


def release_summary(summary: "Summary", sensitive: frozenset[str]) -> "Summary":
    """Who lives in a place, fit to leave: nothing where the residents are from sensitive data."""
    if "population.residents" not in sensitive:
        return summary
    return replace(summary, residents=None, residents_year=None, residents_cut=0.0, residents_range=None)


def released_blocks(counts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Counts (n,) of small areas as the map may show them: rounded, NaN where small; and which (n,) are hidden."""
    hidden = disclosure.first_states(counts) == disclosure.SMALL
    return np.where(hidden, np.nan, disclosure.rounded(counts)), hidden
