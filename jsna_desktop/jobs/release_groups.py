"""What may leave of groups by deprivation from sensitive data: the counts through the gate, indices to one decimal.

A slope index uses the true counts, needs ten events in all and leaves to one decimal (methods.md 9). A group's own
value is worked out from its rounded counts, and hidden where these are.
"""

from dataclasses import replace

import numpy as np
from scipy import sparse

from jsna_desktop.indicator import DSR, PROPORTION, RATE
from jsna_desktop.jobs import inequality, ledger
from jsna_desktop.jobs.figures import Figures, Table
from jsna_desktop.jobs.inequality import Groups, Values
from jsna_desktop.jobs.release import FEWEST_EVENTS, ROUNDED, SMALL, STANDARDISED, WITHHELD
from jsna_desktop.measures import disclosure, intervals
from jsna_desktop.measures.parts import Plan
from jsna_desktop.workspace.store import Store

_INDICES = ("sii", "sii_lower", "sii_upper", "rii", "rii_lower", "rii_upper")
_REST = ("fitted", "concentration_relative", "concentration_absolute", "attributable_share", "burden_share", "what_if")
_SLIVER = 0.01
_VALUES = ("value", "lower_ci", "upper_ci")


def released_groups(
    store: Store, made: Groups, figures: Figures | None, table: Table | None, *, leaving: bool = True
) -> list[dict]:
    """The rows of a gradient as they may leave the program, or, not `leaving`, as a screen shows them.

    What leaves of counts is kept in the ledger first.
    """
    found = []
    for values in made.values:
        rows = inequality.rows(replace(made, values=(values,)))
        if values.sensitive:
            plan = _plan(table, values)
            if figures is not None and table is not None and plan is not None and _is_counted(figures, values):
                rows = _counted(store, made, values, rows, figures, table, plan, leaving=leaving)
            else:
                rows = [_standardised(values, row) for row in rows]
        found += rows
    return found


def _is_counted(figures: Figures, values: Values) -> bool:
    """Counts of a sensitive dataset itself; open ones that only sensitive people divide are withheld."""
    source = figures.sources.get(values.indicator.id, -1)
    own = figures.store.all("SELECT 1 FROM dataset WHERE key = ? AND sensitive = 1", [source])
    return bool(own) and values.indicator.kind in (PROPORTION, RATE)


def _plan(table: Table | None, values: Values) -> Plan | None:
    if table is None:
        return None
    return next(plan for plan in table.stack.plans if plan.indicator == values.indicator)


def _counted(
    store: Store,
    made: Groups,
    values: Values,
    rows: list[dict],
    figures: Figures,
    table: Table,
    plan: Plan,
    *,
    leaving: bool,
) -> list[dict]:
    """Groups from rounded counts, hidden beside everything that left before; the indices to one decimal."""
    about = values.indicator
    matrix, names = made.within.places.matrix, made.within.places.names
    top, bottom = (
        released_counts(store, figures, table, plan, role, matrix, names, leaving=leaving)
        for role in ("numerator", "denominator")
    )
    given = np.isfinite(top) & (bottom > 0)
    top = np.where(given, np.minimum(top, bottom) if about.kind == PROPORTION else top, np.nan)
    bottom = np.where(given, bottom, np.nan)
    with np.errstate(invalid="ignore", divide="ignore"):
        value = about.multiplier * top / bottom
        if about.kind == PROPORTION:
            limits = [about.multiplier * part for part in intervals.wilson(top, bottom)]
        else:
            limits = [about.multiplier * part / bottom for part in intervals.byar_count(top)]
    columns = {"value": value, "lower_ci": limits[0], "upper_ci": limits[1], "events": top, "population": bottom}
    found = []
    for place, row in enumerate(rows):
        groups = []
        for at, group in enumerate(row["groups"]):
            cell = place * made.count + at
            numbers = {name: _none(column[cell]) for name, column in columns.items()}
            said = ROUNDED if given[cell] else SMALL
            groups.append(group | numbers | {"note": said})
        true = [group["events"] for group in row["groups"]]
        enough = None not in true and sum(true) >= FEWEST_EVENTS
        bare = {} if enough else dict.fromkeys(_INDICES) | {"note": row["note"] or SMALL}
        found.append(_indices(row | {"groups": groups} | bare))
    return found


def released_counts(
    store: Store,
    figures: Figures,
    table: Table,
    plan: Plan,
    role: str,
    matrix: sparse.csr_array,
    names: tuple[str, ...],
    *,
    leaving: bool = True,
) -> np.ndarray:
    """Counts (rows,) of `role` as they may leave: of open data as they are; else rounded, NaN hidden.

    What is `leaving` is kept in the ledger.
    """
    about = plan.indicator
    counts = table.stack.matrix[:, getattr(plan, role)].copy()
    for other in (plan.missing, plan.withheld):
        if other >= 0:
            counts[table.stack.matrix[:, other] > 0] = np.nan
    if about.id not in figures.sensitive:
        gaps = (matrix > _SLIVER) @ np.isnan(counts).astype(float) > 0
        return np.where(gaps, np.nan, matrix @ np.nan_to_num(counts))
    source = figures.sources[about.id]
    checksum, secret = store.one("SELECT checksum, sensitive FROM dataset WHERE key = ?", [source])
    if not secret:  # open counts that only sensitive people divide
        return np.full(len(names), np.nan)
    figure = ledger.Figure(checksum, about.id, about.period, about.sex, about.age, role)
    cells = disclosure.protect(matrix, counts, ledger.earlier(store, figure, table.universe))
    if not leaving:
        return cells.shown
    ledger.check_can_record(store)
    with store.transaction():
        ledger.record(store, figure, table.universe, names, cells)
    return cells.shown


def _indices(row: dict) -> dict:
    """The indices to one decimal where ten events are behind them; nothing else that true counts gave."""
    given = row["sii"] is not None
    numbers = {name: None if row[name] is None else round(row[name], 1) for name in _INDICES}
    note = "; ".join([STANDARDISED, *([row["note"]] if row["note"] else [])]) if given else row["note"]
    return row | numbers | dict.fromkeys(_REST) | {"note": note}


def _standardised(values: Values, row: dict) -> dict:
    """Life expectancy and standardised rates: to one decimal from ten events on; everything else withheld."""
    allowed = values.indicator.kind == DSR or values.indicator.id == inequality.LIFE_EXPECTANCY
    groups = []
    total = 0.0
    for group in row["groups"]:
        events = group["events"] or 0.0
        total += events
        enough = allowed and group["value"] is not None and events >= FEWEST_EVENTS
        numbers = {name: round(group[name], 1) if enough and group[name] is not None else None for name in _VALUES}
        said = STANDARDISED if enough else (group["note"] or WITHHELD)
        groups.append(group | numbers | {"events": None, "population": None, "note": said})
    if not allowed or total < FEWEST_EVENTS:
        bare = dict.fromkeys((*_INDICES, *_REST))
        return row | bare | {"groups": groups, "note": row["note"] or WITHHELD}
    return _indices(row | {"groups": groups})


def _none(value: float) -> float | None:
    return None if not np.isfinite(value) else float(value)
