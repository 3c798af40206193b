"""How deep the shapes in a WKB are nested: GEOS reads each level by one more call, until no stack is left.

Source: OGC 06-103r4, *Simple feature access*, clause 8: byte order, type (with Z and M as thousands or as EWKB's high
bits), then a count and that many rings, points or shapes.
"""

import struct

# Below this no nesting is deep enough to do harm, and nearly every shape is below it.
_HARMLESS_BYTES = 100_000
_DEEPEST = 32
_COLLECTIONS = (4, 5, 6, 7, 9, 10, 11, 12, 15, 16)
_HIGH_BITS = 0x80000000, 0x40000000, 0x20000000


def too_deep(wkb: bytes) -> bool:
    """Whether a WKB is nested deeper than any real shape. One that is damaged is not: whoever reads it says so."""
    if len(wkb) < _HARMLESS_BYTES:
        return False
    open_levels: list[int] = []  # how many shapes are still to come at each level
    place = 0
    try:
        while True:
            order = ">" if wkb[place] == 0 else "<"
            kind, dimensions, place = _head(wkb, place, order)
            if kind in _COLLECTIONS:
                (count,) = struct.unpack_from(f"{order}I", wkb, place)
                place += 4
                open_levels.append(count)
                if len(open_levels) > _DEEPEST:
                    return True
            else:
                place = _after(wkb, place, order, kind, dimensions)
            while open_levels and not open_levels[-1]:
                open_levels.pop()
            if not open_levels or place >= len(wkb):
                return False
            open_levels[-1] -= 1
    except (struct.error, IndexError):
        return False


def _head(wkb: bytes, place: int, order: str) -> tuple[int, int, int]:
    """(type without dimensions, numbers a point, place after it)."""
    (kind,) = struct.unpack_from(f"{order}I", wkb, place + 1)
    z, m, srid = (bool(kind & bit) for bit in _HIGH_BITS)
    kind &= 0x0FFFFFFF
    thousands, kind = divmod(kind, 1000)
    z, m = z or thousands in (1, 3), m or thousands in (2, 3)
    return kind, 2 + z + m, place + 5 + 4 * srid


def _after(wkb: bytes, place: int, order: str, kind: int, dimensions: int) -> int:
    """The place after a point, a line or the rings of a polygon."""
    if kind == 1:
        return place + 8 * dimensions
    (count,) = struct.unpack_from(f"{order}I", wkb, place)
    place += 4
    if kind in (2, 8, 13):
        return place + 8 * dimensions * count
    for _ in range(count):
        (points,) = struct.unpack_from(f"{order}I", wkb, place)
        place += 4 + 8 * dimensions * points
    return place
