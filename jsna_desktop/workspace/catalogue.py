"""What is in a workspace: datasets, indicators, columns, lookups, shapes."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, fields, replace
from datetime import datetime

import numpy as np

from jsna_desktop.sources.dataset import Dataset, Grid, Indicator, Problem, Reading
from jsna_desktop.workspace import arrays
from jsna_desktop.workspace.store import Store

_DATASET_FIELDS = tuple(f.name for f in fields(Dataset) if f.name != "problems")


def add_reading(store: Store, reading: Reading) -> tuple[int, Dataset]:
    """Keep a reading, inside the caller's transaction: (the dataset's key, the dataset as kept).

    Codes are sorted and every column with them. A second dataset of the same id gets a number behind it.
    """
    order = np.argsort(reading.codes, kind="stable")
    codes = reading.codes[order]
    dataset = replace(reading.dataset, id=_free_id(store, reading.dataset.id))
    problems = json.dumps([asdict(p) for p in dataset.problems], ensure_ascii=False)
    values = [getattr(dataset, name) for name in _DATASET_FIELDS]
    marks = ", ".join("?" * (len(values) + 3))
    key = store.run(
        f"INSERT INTO dataset ({', '.join(_DATASET_FIELDS)}, problems, added, codeset) VALUES ({marks})",
        [*values, problems, datetime.now().isoformat(timespec="seconds"), _codeset(store, codes)],
    )
    columns = dict(reading.columns)
    if reading.names is not None:
        columns["name"] = reading.names
    columns |= {f"{name}?withheld": mask.astype(float) for name, mask in reading.withheld.items() if mask.any()}
    _keep_columns(store, key, {name: np.asarray(column)[order] for name, column in columns.items()}, reading.labels)
    _keep_indicators(store, key, reading.indicators)
    for lookup in reading.lookups:
        store.run("INSERT INTO lookup VALUES (?, ?, ?, ?)", [key, lookup.level, lookup.codes, lookup.names])
    for table, parts in reading.tables.items():
        for name, column in parts.items():
            form, data = arrays.pack_exact(np.asarray(column))
            store.run("INSERT INTO table_column VALUES (?, ?, ?, ?, ?)", [key, table, name, form, data])
    if reading.grid is not None:
        _keep_grid(store, key, reading.grid)
    if reading.geometry is not None:
        rows = ((key, place, bytes(wkb)) for place, wkb in enumerate(reading.geometry[order]))
        store.run_many("INSERT INTO shape VALUES (?, ?, ?)", rows)
    return key, dataset


def _keep_grid(store: Store, key: int, grid: Grid) -> None:
    definition = {"transform": grid.transform, "shape": grid.shape, "tile": grid.tile, "unit": grid.unit}
    if grid.names:
        definition["names"] = grid.names
    store.run("INSERT INTO grid VALUES (?, ?)", [key, json.dumps(definition, ensure_ascii=False)])
    packed = ((key, *place, *arrays.pack_exact(cells)) for place, cells in grid.tiles.items())
    store.run_many("INSERT INTO tile VALUES (?, ?, ?, ?, ?)", packed)


def keep_values(
    store: Store,
    key: int,
    of: int | None,
    columns: dict[str, np.ndarray],
    indicators: Sequence[Indicator],
    basis: str,
    classes: dict[str, np.ndarray] | None = None,
) -> None:
    """Give a raster values for the areas of the dataset `of`, in their order, in place of those that it had.

    `indicators` are what its columns become; `basis` says what they were made from, `classes` what its numbers
    stand for (jobs/raster_values.py). Without `of` it has none. Inside the caller's transaction.
    """
    for table in ("value_column", "indicator", "table_column"):
        store.run(f"DELETE FROM {table} WHERE dataset = ?", [key])
    codeset = (
        _codeset(store, np.empty(0, dtype="U1"))
        if of is None
        else store.one("SELECT codeset FROM dataset WHERE key = ?", [of])[0]
    )
    store.run("UPDATE dataset SET codeset = ? WHERE key = ?", [codeset, key])
    _keep_columns(store, key, columns, {})
    _keep_indicators(store, key, indicators)
    for table, kept in (("basis", {"basis": np.array([basis])}), ("classes", classes or {})):
        for name, column in kept.items():
            store.run("INSERT INTO table_column VALUES (?, ?, ?, ?, ?)", [key, table, name, *arrays.pack_exact(column)])


def _keep_columns(store: Store, key: int, columns: dict[str, np.ndarray], labels: dict[str, tuple[str, ...]]) -> None:
    for name, column in columns.items():
        form, data = arrays.pack(column)
        named = json.dumps(list(labels.get(name, ())))
        store.run("INSERT INTO value_column VALUES (?, ?, ?, ?, ?)", [key, name, form, named, data])


def _keep_indicators(store: Store, key: int, indicators: Sequence[Indicator]) -> None:
    for position, indicator in enumerate(indicators):
        shared = [indicator.id, indicator.period, indicator.geography, indicator.sex, indicator.age]
        store.run(
            "INSERT INTO indicator VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [key, position, *shared, json.dumps(asdict(indicator), ensure_ascii=False)],
        )


def _free_id(store: Store, wanted: str) -> str:
    taken = {row[0] for row in store.all("SELECT id FROM dataset")}
    number, candidate = 2, wanted
    while candidate in taken:
        candidate, number = f"{wanted}.{number}", number + 1
    return candidate


def _codeset(store: Store, codes: np.ndarray) -> int:
    data = arrays.pack_codes(codes)
    digest = hashlib.sha256("\n".join(codes.tolist()).encode()).hexdigest()
    known = store.all("SELECT key FROM codeset WHERE digest = ?", [digest])
    return (
        known[0][0]
        if known
        else store.run("INSERT INTO codeset (digest, size, codes) VALUES (?, ?, ?)", [digest, len(codes), data])
    )


def remove_dataset(store: Store, dataset_id: str) -> None:
    """Take a dataset out, inside the caller's transaction."""
    store.run("DELETE FROM dataset WHERE id = ?", [dataset_id])
    store.run("DELETE FROM codeset WHERE key NOT IN (SELECT codeset FROM dataset)")


def datasets(store: Store) -> list[Dataset]:
    """Every dataset, in the order of adding."""
    rows = store.all(f"SELECT {', '.join(_DATASET_FIELDS)}, problems FROM dataset ORDER BY key")
    return [_dataset(row) for row in rows]


def keyed_datasets(store: Store) -> list[tuple[int, Dataset]]:
    """(key, dataset) of every dataset that is in use, none that was replaced."""
    rows = store.all(
        f"SELECT key, {', '.join(_DATASET_FIELDS)}, problems FROM dataset WHERE replaced_by IS NULL ORDER BY key"
    )
    return [(row[0], _dataset(row[1:])) for row in rows]


def replaced_by(store: Store) -> dict[str, str]:
    """Id of each replaced dataset → id of the one in use in its place."""
    next_one = dict(store.all("SELECT d.id, n.id FROM dataset d JOIN dataset n ON n.key = d.replaced_by"))
    found = {}
    for older, newer in next_one.items():
        while newer in next_one:
            newer = next_one[newer]  # noqa: PLW2901 - along the line of replacements, which has an end
        found[older] = newer
    return found


def replace_dataset(store: Store, older: str, newer: str) -> None:
    """Keep a dataset for nothing but a look back: another (both by id) has its place; in the caller's transaction."""
    store.run("UPDATE dataset SET replaced_by = (SELECT key FROM dataset WHERE id = ?) WHERE id = ?", [newer, older])


def bring_back(store: Store, older: str, newer: str) -> None:
    """Use a replaced dataset again, and `newer`, which has its place, for nothing; in the caller's transaction."""
    store.run("UPDATE dataset SET replaced_by = NULL WHERE id = ?", [older])
    replace_dataset(store, newer, older)


def _dataset(row: tuple) -> Dataset:
    known = dict(zip(_DATASET_FIELDS, row, strict=False))
    known["sensitive"], known["fictional"] = bool(known["sensitive"]), bool(known["fictional"])
    problems = tuple(
        Problem(p["message"], p["rows"], tuple(p["examples"])) for p in json.loads(row[len(_DATASET_FIELDS)])
    )
    return Dataset(**known, problems=problems)


def dataset_with_checksum(store: Store, checksum: str) -> Dataset | None:
    """The dataset made from a file with this SHA-256, where there is one."""
    rows = store.all(f"SELECT {', '.join(_DATASET_FIELDS)}, problems FROM dataset WHERE checksum = ?", [checksum])
    return _dataset(rows[0]) if rows else None


def indicators(store: Store) -> list[Indicator]:
    """Every indicator; where two datasets give the same one for the same period, the later added."""
    return [indicator for _, indicator in keyed_indicators(store)]


def keyed_indicators(store: Store) -> list[tuple[int, Indicator]]:
    """(dataset key, indicator), as `indicators`."""
    kept: dict[tuple, tuple[int, Indicator]] = {}
    rows = store.all(
        "SELECT i.dataset, i.definition FROM indicator i JOIN dataset d ON d.key = i.dataset "
        "WHERE d.replaced_by IS NULL ORDER BY i.dataset, i.position"
    )
    for key, definition in rows:
        indicator = Indicator(**json.loads(definition))
        kept[indicator.id, indicator.period, indicator.geography, indicator.sex, indicator.age] = (
            key,
            indicator,
        )
    return list(kept.values())


def codes(store: Store, dataset: int) -> np.ndarray:
    """The dataset's codes (n,), sorted."""
    row = store.one("SELECT c.codes FROM codeset c JOIN dataset d ON d.codeset = c.key WHERE d.key = ?", [dataset])
    return arrays.unpack_codes(row[0])


def codeset_keys(store: Store, *, replaced: bool = True) -> dict[int, tuple[int, str]]:
    """Dataset key → (codeset key, geography); with or without those that were replaced."""
    which = "" if replaced else " WHERE replaced_by IS NULL"
    rows = store.all(f"SELECT key, codeset, geography FROM dataset{which}")
    return {key: (codeset, geo) for key, codeset, geo in rows}


def codeset(store: Store, key: int) -> np.ndarray:
    return arrays.unpack_codes(store.one("SELECT codes FROM codeset WHERE key = ?", [key])[0])


def column(store: Store, dataset: int, name: str) -> np.ndarray:
    """A column of a dataset, aligned to its codes; a LookupError where it has none of that name."""
    form, data = store.one("SELECT form, data FROM value_column WHERE dataset = ? AND name = ?", [dataset, name])
    return arrays.unpack(form, data)


def column_names(store: Store, dataset: int) -> list[str]:
    return [row[0] for row in store.all("SELECT name FROM value_column WHERE dataset = ?", [dataset])]


def table(store: Store, dataset: int, name: str, columns: Sequence[str] | None = None) -> dict[str, np.ndarray]:
    """The columns (m,) of a long table of a dataset, or those named; {} where it has none of that name."""
    rows = store.all(
        "SELECT name, form, data FROM table_column WHERE dataset = ? AND in_table = ? ORDER BY rowid", [dataset, name]
    )
    return {heading: arrays.unpack(form, data) for heading, form, data in rows if columns is None or heading in columns}


def grid(store: Store, dataset: int, tiles: Sequence[tuple[int, int]] | None = None) -> Grid:
    """A raster with these tiles read, (row, column) each; all of them where none are named."""
    about = json.loads(store.one("SELECT definition FROM grid WHERE dataset = ?", [dataset])[0])
    chosen = "" if tiles is None else " AND in_row = ? AND in_column = ?"
    asked: Sequence[tuple[int, ...]] = [()] if tiles is None else tiles
    read = {
        (row, column): arrays.unpack(form, data)
        for place in asked
        for row, column, form, data in store.all(
            f"SELECT in_row, in_column, form, data FROM tile WHERE dataset = ?{chosen}", [dataset, *place]
        )
    }
    a, b, c, d, e, f = about["transform"]
    rows, columns = about["shape"]
    names = tuple((number, name) for number, name in about.get("names", ()))
    return Grid((a, b, c, d, e, f), (rows, columns), about["tile"], about["unit"], read, names)


def labels(store: Store, dataset: int, name: str) -> tuple[str, ...]:
    row = store.one("SELECT labels FROM value_column WHERE dataset = ? AND name = ?", [dataset, name])
    return tuple(json.loads(row[0]))


def lookups(store: Store, level: str) -> list[tuple[int, str, str, str]]:
    """(dataset key, geography of its areas, code column, name column) for a level, best source first.

    The one that places the most areas comes first; of those alike a lookup file, then the later added.
    """
    return store.all(
        "SELECT d.key, d.geography, l.codes, l.names FROM lookup l JOIN dataset d ON d.key = l.dataset "
        "WHERE l.level = ? AND d.replaced_by IS NULL ORDER BY d.rows DESC, d.kind = 'lookup' DESC, d.key DESC",
        [level],
    )


def boundaries(store: Store, geography: str) -> int | None:
    """The boundaries in use for a geography: the dataset with the most areas, the later of two alike."""
    return _largest(store, "boundaries", geography)


def centroids(store: Store, geography: str) -> int | None:
    """The population-weighted centroids in use for a geography: the most areas, the later of two alike."""
    return _largest(store, "centroids", geography)


def _largest(store: Store, kind: str, geography: str) -> int | None:
    rows = store.all(
        "SELECT key FROM dataset WHERE kind = ? AND geography = ? AND replaced_by IS NULL "
        "ORDER BY rows DESC, key DESC LIMIT 1",
        [kind, geography],
    )
    return rows[0][0] if rows else None


def shapes(store: Store, dataset: int, positions: np.ndarray | None = None) -> np.ndarray:
    """WKB (m,) of the areas at `positions` (m,) of the sorted codes; all of them where none are given."""
    if positions is None:
        rows = store.all("SELECT wkb FROM shape WHERE dataset = ? ORDER BY position", [dataset])
    else:
        wanted = json.dumps(np.asarray(positions).tolist())
        rows = store.all(
            "SELECT s.wkb FROM json_each(?) w JOIN shape s ON s.dataset = ? AND s.position = w.value ORDER BY w.key",
            [wanted, dataset],
        )
    found = np.empty(len(rows), dtype=object)
    found[:] = [row[0] for row in rows]
    return found


def keep_level(store: Store, dataset: int, tolerance: float, parts: dict[str, np.ndarray]) -> None:
    """Keep the arrays of one simplified level, inside the caller's transaction."""
    for part, array in parts.items():
        form, data = arrays.pack_array(array)
        store.run("INSERT INTO map_level VALUES (?, ?, ?, ?, ?)", [dataset, tolerance, part, form, data])


def levels(store: Store, dataset: int) -> list[float]:
    """Tolerances (m) of the simplified levels that are kept, finest first."""
    rows = store.all("SELECT DISTINCT tolerance FROM map_level WHERE dataset = ? ORDER BY 1", [dataset])
    return [row[0] for row in rows]


def level(store: Store, dataset: int, tolerance: float) -> dict[str, np.ndarray]:
    rows = store.all("SELECT part, form, data FROM map_level WHERE dataset = ? AND tolerance = ?", [dataset, tolerance])
    return {part: arrays.unpack(form, data) for part, form, data in rows}
