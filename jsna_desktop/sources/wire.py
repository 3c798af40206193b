"""Readings as plain bytes, to cross from the reader's process: a JSON header and NumPy buffers, never pickle."""

import io
import json
from collections.abc import Sequence
from dataclasses import asdict
from itertools import pairwise
from typing import Any

import numpy as np

from jsna_desktop.errors import FileProblem, UnknownFile, UsageProblem, UserError
from jsna_desktop.sources.dataset import Dataset, Grid, Indicator, Lookup, Problem, Reading
from jsna_desktop.sources.localities import LocalityFile
from jsna_desktop.sources.postcode_list import PostcodeList

_ERRORS: dict[str, type[UserError]] = {
    "unknown": UnknownFile,
    "file": FileProblem,
    "usage": UsageProblem,
}


def pack_reading(reading: Reading) -> tuple[dict[str, Any], list[bytes]]:
    """(header, buffers): everything of a Reading."""
    arrays: dict[str, np.ndarray] = {"codes": reading.codes}
    if reading.names is not None:
        arrays["names"] = reading.names
    arrays |= {f"column {name}": column for name, column in reading.columns.items()}
    arrays |= {f"withheld {name}": column for name, column in reading.withheld.items()}
    arrays |= _pack_shapes(reading.geometry)
    for table, columns in reading.tables.items():
        arrays |= {f"table {table}\n{name}": column for name, column in columns.items()}
    grid = reading.grid
    if grid is not None:
        arrays |= {f"tile {row} {column}": cells for (row, column), cells in grid.tiles.items()}
    header = {
        "grid": None if grid is None else [grid.transform, grid.shape, grid.tile, grid.unit, grid.names],
        "dataset": asdict(reading.dataset),
        "indicators": [asdict(indicator) for indicator in reading.indicators],
        "lookups": [asdict(lookup) for lookup in reading.lookups],
        "labels": reading.labels,
        "arrays": list(arrays),
    }
    return header, [_bytes_of(array) for array in arrays.values()]


def unpack_reading(header: dict[str, Any], buffers: Sequence[bytes]) -> Reading:
    arrays = _arrays(header, buffers)
    dataset = dict(header["dataset"])
    dataset["problems"] = _problems(dataset["problems"])
    return Reading(
        Dataset(**dataset),
        arrays["codes"],
        _named(arrays, "column "),
        arrays.get("names"),
        tuple(Indicator(**indicator) for indicator in header["indicators"]),
        tuple(Lookup(**lookup) for lookup in header["lookups"]),
        _named(arrays, "withheld "),
        {name: tuple(labels) for name, labels in header["labels"].items()},
        _unpack_shapes(arrays),
        _unpack_tables(arrays),
        _unpack_grid(header["grid"], arrays),
    )


def _unpack_tables(arrays: dict[str, np.ndarray]) -> dict[str, dict[str, np.ndarray]]:
    tables: dict[str, dict[str, np.ndarray]] = {}
    for name, column in _named(arrays, "table ").items():
        table, _, heading = name.partition("\n")
        tables.setdefault(table, {})[heading] = column
    return tables


def _unpack_grid(header: Sequence[Any] | None, arrays: dict[str, np.ndarray]) -> Grid | None:
    if header is None:
        return None
    (a, b, c, d, e, f), (rows, columns), tile, unit, names = header
    tiles = {}
    for name, cells in _named(arrays, "tile ").items():
        row, _, column = name.partition(" ")
        tiles[int(row), int(column)] = cells
    return Grid((a, b, c, d, e, f), (rows, columns), tile, unit, tiles, tuple((number, name) for number, name in names))


def pack_localities(found: LocalityFile) -> tuple[dict[str, Any], list[bytes]]:
    """(header, buffers): everything of a file of localities."""
    arrays = {"names": found.names, "codes": found.codes, **_pack_shapes(found.shapes)}
    more = {name: getattr(found, name) for name in ("blocks", "sets", "made_of", "members")}
    arrays |= {name: array for name, array in more.items() if array is not None}
    header = {
        "geography": found.geography,
        "problems": [asdict(problem) for problem in found.problems],
        "arrays": list(arrays),
    }
    return header, [_bytes_of(array) for array in arrays.values()]


def unpack_localities(header: dict[str, Any], buffers: Sequence[bytes]) -> LocalityFile:
    arrays = _arrays(header, buffers)
    return LocalityFile(
        arrays["names"],
        arrays["codes"],
        _unpack_shapes(arrays),
        arrays.get("blocks"),
        header["geography"],
        _problems(header["problems"]),
        arrays.get("sets"),
        arrays.get("made_of"),
        arrays.get("members"),
    )


def pack_postcode_list(found: PostcodeList) -> tuple[dict[str, Any], list[bytes]]:
    header = {"column": found.column, "problems": [asdict(problem) for problem in found.problems], "arrays": ["listed"]}
    return header, [_bytes_of(found.postcodes)]


def unpack_postcode_list(header: dict[str, Any], buffers: Sequence[bytes]) -> PostcodeList:
    return PostcodeList(_arrays(header, buffers)["listed"], header["column"], _problems(header["problems"]))


def pack_error(error: UserError) -> dict[str, str]:
    kind = next((name for name, made in _ERRORS.items() if isinstance(error, made)), "file")
    parts = {name: getattr(error, name) for name in ("what", "where", "found", "expected", "todo")}
    return {"kind": kind, **parts}


def unpack_error(header: dict[str, str]) -> UserError:
    parts = dict(header)
    kind, what = parts.pop("kind"), parts.pop("what")
    return _ERRORS[kind](what, **parts)


def to_json(message: dict[str, Any]) -> bytes:
    """JSON in UTF-8; a file's name may hold bytes that are none, which Python keeps as lone surrogates."""
    return json.dumps(message, ensure_ascii=False).encode("utf-8", "surrogatepass")


def from_json(data: bytes) -> dict[str, Any]:
    return json.loads(data.decode("utf-8", "surrogatepass"))


def _bytes_of(array: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    np.lib.format.write_array(buffer, np.ascontiguousarray(array), allow_pickle=False)
    return buffer.getvalue()


def _arrays(header: dict[str, Any], buffers: Sequence[bytes]) -> dict[str, np.ndarray]:
    return {
        name: np.lib.format.read_array(io.BytesIO(data), allow_pickle=False)
        for name, data in zip(header["arrays"], buffers, strict=True)
    }


def _named(arrays: dict[str, np.ndarray], prefix: str) -> dict[str, np.ndarray]:
    return {name.removeprefix(prefix): array for name, array in arrays.items() if name.startswith(prefix)}


def _pack_shapes(shapes: np.ndarray | None) -> dict[str, np.ndarray]:
    """WKB (n,) as one run of bytes and the n + 1 places where each begins and ends."""
    if shapes is None:
        return {}
    sizes = np.array([len(wkb) for wkb in shapes], dtype=np.int64)
    ends = np.concatenate([[0], np.cumsum(sizes)])
    return {"shapes": np.frombuffer(b"".join(shapes), dtype=np.uint8), "shape ends": ends}


def _unpack_shapes(arrays: dict[str, np.ndarray]) -> np.ndarray | None:
    if "shapes" not in arrays:
        return None
    run, ends = arrays["shapes"].tobytes(), arrays["shape ends"].tolist()
    shapes = np.empty(len(ends) - 1, dtype=object)
    shapes[:] = [run[start:end] for start, end in pairwise(ends)]
    return shapes


def _problems(problems: Sequence[dict[str, Any]]) -> tuple[Problem, ...]:
    return tuple(Problem(p["message"], p["rows"], tuple(p["examples"])) for p in problems)
