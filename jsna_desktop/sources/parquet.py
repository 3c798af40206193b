"""Parquet tables, which say themselves how much they hold: read where that can be true and is not too much."""

import io
from collections.abc import Sequence
from typing import Any

from jsna_desktop.errors import FileProblem
from jsna_desktop.sources import archive

# A column of one repeated value takes no place in the file and all of it in memory: cells are counted, not bytes.
LARGEST_CELLS = 60_000_000


def schema(file: Any, where: str) -> Any:
    """The Arrow schema of `file` (a path or its bytes). FileProblem for a file that is damaged or declares too much."""
    return _opened(file, where).schema_arrow


def row_count(file: Any, where: str) -> int:
    return int(_opened(file, where).metadata.num_rows)


def table(file: Any, where: str, columns: Sequence[str], shapes: str = "") -> Any:
    """These columns as an Arrow table, in this order: numbers, or text of whatever else there is.

    `shapes` names a column of bytes that stays as it is.
    """
    import pyarrow as pa

    opened = _opened(file, where)
    rows = opened.metadata.num_rows
    # Columns of one name are refused by whoever asks for them by name.
    if rows * max(1, len(columns)) > LARGEST_CELLS or _unpacked(opened.metadata) > archive.LARGEST_BYTES:
        raise FileProblem(
            "the Parquet file holds far more than data of this kind can be",
            where=where,
            found=f"{rows:,} rows, {len(columns):,} columns, {_unpacked(opened.metadata) / 1e6:,.0f} MB",
            expected=f"at most {LARGEST_CELLS:,} cells and {archive.LARGEST_BYTES / 1e6:,.0f} MB",
            todo="Cut it to your area",
        )
    try:
        read = opened.read(columns=list(columns))
        read.validate(full=True)
        places = [read.schema.get_field_index(name) for name in columns]
        if len(read) != rows or -1 in places:
            raise ValueError(f"{len(read):,} of {rows:,} rows")
        found = [_flat(read.column(place), name == shapes) for name, place in zip(columns, places, strict=True)]
    except (pa.ArrowException, OSError, ValueError, OverflowError) as error:
        raise archive.damaged("the Parquet file", where, error) from error
    return pa.Table.from_arrays(found, names=list(columns))


def _opened(file: Any, where: str) -> Any:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        return pq.ParquetFile(io.BytesIO(file) if isinstance(file, bytes) else file)
    # MemoryError: a damaged length is asked for as it stands.
    except (pa.ArrowException, OSError, ValueError, MemoryError) as error:
        raise archive.damaged("the Parquet file", where, error) from error


def _unpacked(metadata: Any) -> int:
    return sum(metadata.row_group(number).total_byte_size for number in range(metadata.num_row_groups))


def _flat(column: Any, as_it_is: bool) -> Any:
    """A column of numbers or text; dates, lists, records and bytes become the text that they read as."""
    import pyarrow as pa

    if isinstance(column.type, pa.ExtensionType):
        column = pa.chunked_array([chunk.storage for chunk in column.chunks], column.type.storage_type)
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    kind = column.type
    known = pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_boolean(kind)
    if as_it_is or known or pa.types.is_string(kind) or pa.types.is_large_string(kind):
        return column
    return pa.chunked_array([pa.array([_text(value) for value in column.to_pylist()], pa.string())])


def _text(value: Any) -> str | None:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else None if value is None else str(value)
