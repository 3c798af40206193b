"""The land of a block on one side of a straight line, or of a corner, that cuts it: by arithmetic, for many at once.

Most blocks that a plainly drawn polygon cuts are cut by one of its edges, or by two that meet. Then the share inside
needs no overlay of two outlines. With the origin on the line (at the corner), what the cut adds to the outline of the
part inside goes through the origin and adds nothing to its area by the shoelace formula, so that

    area = ½ |Σ (t₁ − t₀) · (a × b)|   over the edges a→b of a ring, [t₀, t₁] the part of each that lies inside.
"""

from dataclasses import dataclass

import numpy as np
import shapely

# Of an outline with more corners few blocks are cut by an edge alone, and to look costs more than it saves.
_CORNERS = 32
# Metres: an edge as near as this to a block's box is taken to meet it.
_NEAR = 1e-9
_POLYGON, _MULTIPOLYGON = 3, 6


@dataclass(frozen=True)
class _Edges:
    """The edges (e,) of polygons, what is inside on their left: `start`, `end` (e, 2).

    `first`, `count` (p,) say where each polygon's are; a polygon of too many corners, or none, has none.
    """

    start: np.ndarray
    end: np.ndarray
    first: np.ndarray
    count: np.ndarray


def straight_areas(polygons: np.ndarray, blocks: np.ndarray, owner: np.ndarray, block: np.ndarray) -> np.ndarray:
    """Square metres (n,) of each pair's block that lie in its polygon; NaN where the cut is not so plain.

    `polygons` (p,) and `blocks` (m,) shapely, valid; `owner`, `block` (n,) positions of pairs that meet.
    """
    areas = np.full(len(owner), np.nan)
    edges = _edges_of(polygons)
    if not len(edges.start) or not len(owner):
        return areas
    pair, edge = _meeting(edges, owner, shapely.bounds(blocks[block]))
    meets = np.bincount(pair, minlength=len(owner))
    first = np.cumsum(meets) - meets

    one = np.flatnonzero(meets == 1)
    at = edge[first[one]]
    line = edges.end[at] - edges.start[at]
    middle = shapely.bounds(blocks[block[one]]).reshape(-1, 2, 2).mean(axis=1)
    along = ((middle - edges.start[at]) * line).sum(axis=1) / (line**2).sum(axis=1)
    areas[one] = _area_left_of(blocks[block[one]], edges.start[at] + along[:, None] * line, [line])

    two = np.flatnonzero(meets == 2)
    into, out = edge[first[two]], edge[first[two] + 1]
    turned = (edges.end[out] == edges.start[into]).all(axis=1)
    into, out = np.where(turned, out, into), np.where(turned, into, out)
    joined = (edges.end[into] == edges.start[out]).all(axis=1)
    two, into, out = two[joined], into[joined], out[joined]
    before, after = edges.end[into] - edges.start[into], edges.end[out] - edges.start[out]
    turn = _cross(before, after)
    # Of a corner that points inwards, what lies outside is the wedge.
    way = np.where(turn > 0, 1.0, -1.0)[:, None]
    wedge = _area_left_of(blocks[block[two]], edges.start[out], [way * before, way * after])
    areas[two] = np.where(turn > 0, wedge, np.where(turn < 0, shapely.area(blocks[block[two]]) - wedge, np.nan))
    return areas


def _edges_of(polygons: np.ndarray) -> _Edges:
    kind = shapely.get_type_id(polygons)
    plain = ((kind == _POLYGON) | (kind == _MULTIPOLYGON)) & (shapely.get_num_coordinates(polygons) <= _CORNERS)
    parts, of_polygon = shapely.get_parts(polygons[plain], return_index=True)
    rings, of_part = shapely.get_rings(parts, return_index=True)
    at, of_ring = shapely.get_coordinates(rings, return_index=True)
    same = of_ring[1:] == of_ring[:-1]
    start, end, of_ring = at[:-1][same], at[1:][same], of_ring[:-1][same]
    # A shell that runs anticlockwise has its inside on the left, and so has a hole that runs clockwise.
    hole = np.concatenate([[False], of_part[1:] == of_part[:-1]])[: len(rings)]
    turned = (shapely.is_ccw(rings) == hole)[of_ring]
    start, end = np.where(turned[:, None], end, start), np.where(turned[:, None], start, end)
    count = np.bincount(np.flatnonzero(plain)[of_polygon[of_part[of_ring]]], minlength=len(polygons))
    return _Edges(start, end, np.cumsum(count) - count, count)


def _meeting(edges: _Edges, owner: np.ndarray, boxes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Pairs (k,), ascending, and the edge (k,) of their polygon that meets the block's box (n, 4)."""
    count = edges.count[owner]
    pair = np.repeat(np.arange(len(owner)), count)
    edge = np.arange(len(pair)) + np.repeat(edges.first[owner] - (np.cumsum(count) - count), count)
    start, end = edges.start[edge], edges.end[edge]
    low, high = boxes[pair, :2], boxes[pair, 2:]
    beside = (np.minimum(start, end) <= high + _NEAR) & (np.maximum(start, end) >= low - _NEAR)
    near = np.flatnonzero(beside.all(axis=1))
    pair, edge = pair[near], edge[near]
    line, half = end[near] - start[near], (high[near] - low[near]) / 2
    away = np.abs(_cross(line, (high[near] + low[near]) / 2 - start[near]))
    reach = np.abs(line[:, 0]) * half[:, 1] + np.abs(line[:, 1]) * half[:, 0]
    meets = away <= reach + _NEAR * np.hypot(line[:, 0], line[:, 1])
    return pair[meets], edge[meets]


def _area_left_of(blocks: np.ndarray, origin: np.ndarray, lines: list[np.ndarray]) -> np.ndarray:
    """Square metres (n,) of each block to the left of every line (n, 2) through its origin (n, 2)."""
    if not len(blocks):
        return np.empty(0)
    parts, of_block = shapely.get_parts(blocks, return_index=True)
    rings, of_part = shapely.get_rings(parts, return_index=True)
    at, of_ring = shapely.get_coordinates(rings, return_index=True)
    place = of_block[of_part]
    of_pair = place[of_ring]
    x, y = at[:, 0] - origin[of_pair, 0], at[:, 1] - origin[of_pair, 1]
    low, high = np.zeros(len(x) - 1), np.ones(len(x) - 1)
    for line in lines:
        side = line[of_pair, 0] * y - line[of_pair, 1] * x
        one, other = side[:-1], side[1:]
        with np.errstate(invalid="ignore", divide="ignore"):
            crosses = np.clip(one / (one - other), 0.0, 1.0)
        low = np.where(one < other, np.maximum(low, crosses), low)
        high = np.where(one > other, np.minimum(high, crosses), high)
        high[(one == other) & (one <= 0)] = 0.0
    inside = np.maximum(high - low, 0) * (x[:-1] * y[1:] - y[:-1] * x[1:])
    inside[of_ring[1:] != of_ring[:-1]] = 0.0
    starts = np.searchsorted(of_ring, np.arange(len(rings)))
    # The last coordinate closes its ring and starts no edge.
    of_rings = np.abs(np.add.reduceat(np.append(inside, 0.0), starts)) / 2
    hole = np.concatenate([[False], of_part[1:] == of_part[:-1]])
    return np.bincount(place, np.where(hole, -of_rings, of_rings), minlength=len(blocks))


def _cross(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    return one[:, 0] * other[:, 1] - one[:, 1] * other[:, 0]
