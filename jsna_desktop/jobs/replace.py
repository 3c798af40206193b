"""A newer vintage of a dataset in the place of an older one: what it would replace, and what has changed.

What is replaced is kept, and used for nothing; it can be brought back. Another period of the same table replaces
nothing: it stands beside the first, and both are used.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from jsna_desktop.errors import UsageProblem
from jsna_desktop.jobs import audit
from jsna_desktop.jobs.raster_values import keep_raster_values
from jsna_desktop.sources.dataset import Dataset, Reading
from jsna_desktop.workspace import catalogue
from jsna_desktop.workspace.store import Store

_EXAMPLES = 5
_SHARED = 0.5  # of the older codes that must be in the newer: another county's areas are no newer vintage


@dataclass(frozen=True)
class Changed:
    """One column of which values differ in rows that both have: how many, and up to five examples."""

    column: str
    count: int
    examples: tuple[str, ...] = ()


@dataclass(frozen=True)
class Replacement:
    """`older` is what the reading would replace; `added` and `removed` count rows, with examples of their codes.

    `changed` are the columns that both have and whose values differ; `new_columns` and `lost_columns` are in one only.
    Of sensitive data there are counts alone.
    """

    older: Dataset
    added: int
    removed: int
    added_examples: tuple[str, ...]
    removed_examples: tuple[str, ...]
    changed: tuple[Changed, ...]
    new_columns: tuple[str, ...] = ()
    lost_columns: tuple[str, ...] = ()
    by_row: bool = True  # whether it has rows that can be compared, as rasters and roads have not

    @property
    def message(self) -> str:
        """What has changed, in one sentence."""
        parts = []
        for count, verb, codes in (
            (self.added, "added", self.added_examples),
            (self.removed, "gone", self.removed_examples),
        ):
            if count:
                named = f" ({_listed(codes, count)})" if codes else ""
                parts.append(f"{count:,} {'row' if count == 1 else 'rows'} {verb}{named}")
        for one in self.changed:
            shown = f" ({_listed(one.examples, one.count)})" if one.examples else ""
            values = "value" if one.count == 1 else "values"
            column = one.column.replace("|", " ")  # a table's own parts: indicator, period, what it counts
            parts.append(f"{one.count:,} {values} of {column} changed{shown}")
        for columns, verb in ((self.new_columns, "new"), (self.lost_columns, "gone")):
            if columns:
                parts.append(f"{'column' if len(columns) == 1 else 'columns'} {_listed(columns, len(columns))} {verb}")
        same = "no row and no value has changed" if self.by_row else "what it holds is not compared"
        return "; ".join(parts) or same


def _listed(examples: Sequence[str], count: int) -> str:
    shown = ", ".join(examples[:_EXAMPLES])
    return shown + (", …" if count > min(len(examples), _EXAMPLES) else "")


def older(store: Store, reading: Reading) -> list[tuple[int, Dataset]]:
    """(key, dataset) of what a reading would replace: datasets in use of its own id, kind and areas, from other files.

    Where it has indicators, one must be the same in the same period; where it places areas, the levels must be the
    same; and it must have at least half of the older one's codes.
    """
    own = reading.dataset
    numbered = re.compile(re.escape(own.id) + r"(\.\d{1,3})?")
    return [
        (key, dataset)
        for key, dataset in catalogue.keyed_datasets(store)
        if (dataset.kind, dataset.geography) == (own.kind, own.geography)
        and numbered.fullmatch(dataset.id)
        and dataset.checksum != own.checksum
        and _same_table(store, key, reading)
    ]


def candidates(store: Store, reading: Reading) -> list[Replacement]:
    """What has changed from each of the `older` datasets to this reading."""
    return [_compared(store, key, dataset, reading) for key, dataset in older(store, reading)]


def _same_table(store: Store, key: int, reading: Reading) -> bool:
    if reading.grid is not None:
        return True  # the codes and the indicator of a raster are made from it when it is here
    kept = set(store.all("SELECT id, period, geography, sex, age FROM indicator WHERE dataset = ?", [key]))
    new = {(i.id, i.period, i.geography, i.sex, i.age) for i in reading.indicators}
    if (kept or new) and not kept & new:
        return False
    levels = {row[0] for row in store.all("SELECT level FROM lookup WHERE dataset = ?", [key])}
    if not levels <= {lookup.level for lookup in reading.lookups}:
        return False
    codes = catalogue.codes(store, key)
    return not len(codes) or bool(np.isin(codes, reading.codes).mean() >= _SHARED)


def _compared(store: Store, key: int, older: Dataset, reading: Reading) -> Replacement:
    if reading.grid is not None:
        return Replacement(older, 0, 0, (), (), (), by_row=False)
    order = np.argsort(reading.codes, kind="stable")
    new_codes, old_codes = reading.codes[order], catalogue.codes(store, key)
    both, in_old, in_new = np.intersect1d(old_codes, new_codes, return_indices=True)
    added, removed = np.setdiff1d(new_codes, old_codes), np.setdiff1d(old_codes, new_codes)
    new = dict(reading.columns) | ({} if reading.names is None else {"name": reading.names})
    names = [name for name in catalogue.column_names(store, key) if not name.endswith("?withheld")]
    told = not (older.sensitive or reading.dataset.sensitive)
    changed = []
    for name in sorted(set(names) & set(new)):
        was, now = catalogue.column(store, key, name)[in_old], np.asarray(new[name])[order][in_new]
        differ = np.flatnonzero(_differs(was, now))
        if len(differ):
            shown = [_example(str(both[at]), was[at], now[at]) for at in differ[:_EXAMPLES]] if told else []
            changed.append(Changed(name, len(differ), tuple(shown)))
    if reading.geometry is not None and len(both):
        outlines = catalogue.shapes(store, key)
        if len(outlines) == len(old_codes):
            moved = [
                bytes(a) != bytes(b) for a, b in zip(outlines[in_old], reading.geometry[order][in_new], strict=True)
            ]
            if any(moved):
                shown = both[moved][:_EXAMPLES].tolist() if told else []
                changed.append(Changed("the outlines", sum(moved), tuple(shown)))
    return Replacement(
        older,
        len(added),
        len(removed),
        tuple(added[:_EXAMPLES].tolist()) if told else (),
        tuple(removed[:_EXAMPLES].tolist()) if told else (),
        tuple(changed),
        tuple(sorted(set(new) - set(names))),
        tuple(sorted(set(names) - set(new))),
        by_row=bool(len(new_codes) or len(old_codes)),
    )


def _differs(was: np.ndarray, now: np.ndarray) -> np.ndarray:
    """Rows (n,) of two columns that are not alike; missing is like missing."""
    if was.shape != now.shape:
        return np.ones(len(was), dtype=bool)
    if was.dtype.kind in "UOTS" or now.dtype.kind in "UOTS":
        return was.astype(np.str_) != now.astype(np.str_)
    was, now = was.astype(np.float64), now.astype(np.float64)
    differ = (was != now) & ~(np.isnan(was) & np.isnan(now))
    return differ if differ.ndim == 1 else differ.any(axis=tuple(range(1, differ.ndim)))


def _example(code: str, was: np.ndarray, now: np.ndarray) -> str:
    if np.ndim(was):
        return code
    return f"{code}: {_shown(was)} → {_shown(now)}"


def _shown(value: object) -> str:
    if isinstance(value, float | np.floating):
        return "none" if np.isnan(value) else f"{value:,.10g}"
    return str(value) or "nothing"


def put_in_place(store: Store, replaced: Sequence[str], newer: Dataset) -> None:
    """Mark datasets (by id) as replaced by one that has been added, inside the caller's transaction."""
    for identity in replaced:
        catalogue.replace_dataset(store, identity, newer.id)
        audit.record(store, audit.REPLACED, identity, by=newer.id, filename=newer.filename)


def bring_back(store: Store, identity: str) -> str:
    """Use a replaced dataset again, and its replacement for nothing; the id of that one. Twice is as before.

    A UsageProblem for a dataset that is not there or not replaced.
    """
    newer = catalogue.replaced_by(store).get(identity)
    if newer is None:
        known = ", ".join(sorted(catalogue.replaced_by(store))) or "none is replaced"
        raise UsageProblem(f"there is no replaced dataset {identity!r}", expected=f"one of those replaced: {known}")
    with store.transaction():
        catalogue.bring_back(store, identity, newer)
        audit.record(store, audit.BROUGHT_BACK, identity, instead_of=newer)
        keep_raster_values(store)
    return newer
