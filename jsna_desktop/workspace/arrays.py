"""Arrays as compressed bytes, exactly and small.

A numeric column is written as whole numbers over a power of ten where that is exact (published values
have few decimals), else as float64; text as its distinct values and an index. Reading gives back
the same float64 values to the last bit.
"""

import json
import zlib
from collections.abc import Sequence

import numpy as np

_MISSING = np.int32(np.iinfo(np.int32).min)
_SCALES = (1, 10, 100, 1000, 10_000, 1_000_000)
_LEVEL = 3  # zlib: twice as fast as 6 and 4 % larger on File 7


def _scaled(values: np.ndarray) -> tuple[int, np.ndarray] | None:
    present = np.isfinite(values)
    if np.isinf(values).any():
        return None
    limit = np.abs(values[present]).max(initial=0.0)
    for scale in _SCALES:
        if limit * scale > 2_000_000_000:
            return None
        whole = np.full(values.shape, _MISSING, dtype="<i4")
        whole[present] = np.rint(values[present] * scale)
        if np.array_equal(whole[present] / scale, values[present]):
            return scale, whole
    return None


def pack_numbers(values: np.ndarray) -> tuple[str, bytes]:
    """`values` (n,) or (n, k) numbers → (form, bytes); NaN is kept."""
    values = np.ascontiguousarray(values, dtype=np.float64)
    shape = "x".join(map(str, values.shape))
    scaled = _scaled(values)
    if scaled is not None:
        scale, whole = scaled
        return f"scaled/{scale}/{shape}", zlib.compress(whole.tobytes(), _LEVEL)
    return f"float64/1/{shape}", zlib.compress(values.astype("<f8").tobytes(), _LEVEL)


def pack_text(values: Sequence[str] | np.ndarray) -> tuple[str, bytes]:
    """`values` (n,) text → (form, bytes)."""
    distinct, index = np.unique(np.asarray(values, dtype=np.str_), return_inverse=True)
    head = json.dumps(distinct.tolist(), ensure_ascii=False).encode()
    body = index.astype("<i4").tobytes()
    return f"text/{len(head)}/{len(index)}", zlib.compress(head + body, _LEVEL)


def pack_array(values: np.ndarray) -> tuple[str, bytes]:
    """Any numeric array with its own dtype, bit for bit."""
    shape = "x".join(map(str, values.shape))
    return f"raw:{values.dtype.str}/1/{shape}", zlib.compress(np.ascontiguousarray(values).tobytes(), 1)


def pack_exact(values: np.ndarray) -> tuple[str, bytes]:
    """Text, or numbers of any type with that type kept."""
    values = np.asarray(values)
    return pack_text(values) if values.dtype.kind in "UOTS" else pack_array(values)


def pack(values: np.ndarray) -> tuple[str, bytes]:
    """A column of numbers or text."""
    values = np.asarray(values)
    return pack_text(values) if values.dtype.kind in "UOTS" else pack_numbers(values)


def unpack(form: str, data: bytes) -> np.ndarray:
    """The array that `pack…` was given: float64 for numbers, text as fixed-width unicode."""
    kind, detail, size = form.split("/")
    raw = zlib.decompress(data)
    if kind == "text":
        cut = int(detail)
        distinct = np.array(json.loads(raw[:cut]), dtype=np.str_)
        index = np.frombuffer(raw, "<i4", offset=cut)
        return distinct[index] if len(distinct) else np.empty(0, dtype="U1")
    shape = tuple(int(part) for part in size.split("x"))
    if kind.startswith("raw:"):
        return np.frombuffer(raw, kind[4:]).reshape(shape)
    if kind == "float64":
        return np.frombuffer(raw, "<f8").reshape(shape).astype(np.float64)
    whole = np.frombuffer(raw, "<i4").reshape(shape)
    values = whole / float(detail) if detail != "1" else whole.astype(np.float64)
    if len(whole) and whole.min() == _MISSING:
        values[whole == _MISSING] = np.nan
    return values


def pack_codes(codes: np.ndarray) -> bytes:
    """Codes (n,) as one text, a line each, compressed."""
    return zlib.compress("\n".join(codes.tolist()).encode(), _LEVEL)


def unpack_codes(data: bytes) -> np.ndarray:
    raw = zlib.decompress(data)
    if not raw:
        return np.empty(0, dtype="U1")
    width = raw.find(b"\n") if b"\n" in raw else len(raw)
    count = (len(raw) + 1) // (width + 1)
    if raw.isascii() and (width + 1) * count == len(raw) + 1:
        # Codes of one width (nearly all are): no Python object a code.
        grid = np.frombuffer(raw + b"\n", np.uint8).reshape(count, width + 1)
        if (grid[:, -1] == 10).all() and not (grid[:, :-1] == 10).any():
            return np.ascontiguousarray(grid[:, :-1]).astype("<u4").view(f"<U{width}").reshape(count)
    return np.array(raw.decode().split("\n"), dtype=np.str_)
