"""Shapes of places: what cutting, joining and mending keep, and what is told of it."""

import math

import numpy as np
import pytest
import shapely
from hypothesis import assume, given
from hypothesis import strategies as st

from jsna_desktop.areas import shapes
from jsna_desktop.errors import UsageProblem

SQUARE = shapely.box(0, 0, 1000, 1000)


def star(corners: list[float], east: float, north: float) -> shapely.Polygon:
    """A polygon whose corners lie at these distances (m) around a point: never crosses itself."""
    turns = np.linspace(0, 2 * math.pi, len(corners), endpoint=False)
    return shapely.Polygon(
        [(east + r * math.cos(t), north + r * math.sin(t)) for r, t in zip(corners, turns, strict=True)]
    )


stars = st.builds(
    star,
    st.lists(st.floats(200, 2000), min_size=3, max_size=12),
    st.floats(400_000, 401_000),
    st.floats(160_000, 161_000),
)


@st.composite
def places_and_lines(draw) -> tuple[shapely.Geometry, shapely.LineString]:
    """A place, perhaps with an island far off, and a line with up to three bends that reaches across it."""
    place = draw(stars)
    if draw(st.booleans()):
        place = place.union(draw(st.builds(star, st.lists(st.floats(50, 300), min_size=3, max_size=5),
                                           st.just(406_000.0), st.just(160_500.0))))  # fmt: skip
    middle = (
        place.geoms[0].representative_point() if place.geom_type == "MultiPolygon" else place.representative_point()
    )
    turn = draw(st.floats(0, 2 * math.pi))
    far = np.array([math.cos(turn), math.sin(turn)]) * 9000
    bends = [
        (middle.x + draw(st.floats(-80, 80)), middle.y + draw(st.floats(-80, 80)))
        for _ in range(draw(st.integers(0, 3)))
    ]
    ends = np.array([middle.x, middle.y])
    return place, shapely.LineString([tuple(ends - far), *bends, (middle.x, middle.y), tuple(ends + far)])


@given(places_and_lines())
def test_what_is_split_and_merged_is_the_same(both) -> None:
    place, line = both
    assume(line.is_simple)  # of one that crosses itself, left and right have no meaning
    left, right = shapes.split(place, line)
    assert left.is_valid and right.is_valid
    assert left.area > 0 and right.area > 0
    assert left.area + right.area == pytest.approx(place.area, rel=1e-9)
    assert shapely.intersection(left, right).area < 1e-3
    merged = shapes.joined([left, right]).shape
    assert shapely.symmetric_difference(merged, place).area < 1e-3


@given(stars, stars)
def test_subtract_and_intersect_partition_a_place(first: shapely.Polygon, second: shapely.Polygon) -> None:
    rest, both = shapes.subtracted(first, [second]), shapes.common([first, second])
    lost = rest.left_out + both.left_out - rest.closed - both.closed
    assert rest.shape.area + both.shape.area + lost == pytest.approx(first.area, rel=1e-9, abs=1e-3)
    assert shapely.intersection(rest.shape, both.shape).area < 1e-3 + rest.closed + both.closed


@given(stars, stars)
def test_areas_add_up(first: shapely.Polygon, second: shapely.Polygon) -> None:
    union, both = shapes.joined([first, second]), shapes.common([first, second])
    assert union.shape.area + union.left_out - union.closed + both.shape.area + both.left_out == pytest.approx(
        first.area + second.area, rel=1e-9, abs=1e-3
    )


def test_left_is_left_of_the_line_as_it_was_drawn() -> None:
    up = shapely.LineString([(300, -10), (300, 1010)])
    left, right = shapes.split(SQUARE, up)
    assert (left.area, right.area) == pytest.approx((300_000, 700_000))
    left, right = shapes.split(SQUARE, up.reverse())
    assert (left.area, right.area) == pytest.approx((700_000, 300_000))


def test_a_line_that_goes_in_and_out_again_cuts_off_what_it_surrounds() -> None:
    bay = shapely.LineString([(200, 1100), (200, 500), (600, 500), (600, 1100)])
    left, right = shapes.split(SQUARE, bay)
    assert (left.area, right.area) == pytest.approx((200_000, 800_000))


def test_a_hole_and_an_island_stay_with_their_side() -> None:
    ring = SQUARE.difference(shapely.box(400, 400, 600, 600)).union(shapely.box(5000, 0, 5100, 100))
    left, right = shapes.split(ring, shapely.LineString([(500, -10), (500, 1010)]))
    assert left.area == pytest.approx(480_000)
    assert right.area == pytest.approx(480_000 + 10_000)


@pytest.mark.parametrize(
    "line",
    [
        [(-10, 2000), (2000, 2000)],
        [(500, 500), (500, 600)],
        [(-10, 500), (500, 500)],
        [(0, 0), (1000, 0)],
    ],
    ids=["beside it", "inside it", "ends in it", "along its edge"],
)
def test_a_line_that_cuts_nothing_is_refused(line: list[tuple[float, float]]) -> None:
    with pytest.raises(UsageProblem, match="does not cut"):
        shapes.split(SQUARE, shapely.LineString(line))


def test_a_ring_that_crosses_itself_is_mended_and_told() -> None:
    bow_tie = shapely.Polygon([(0, 0), (1000, 1000), (1000, 0), (0, 1000)])
    made = shapes.sound(bow_tie)
    assert made.shape.is_valid
    assert made.shape.area == pytest.approx(500_000)
    assert "crossed" in made.notes[0]
    assert "2 parts" in made.notes[-1]


def test_slivers_go_and_slits_are_closed_with_their_areas_told() -> None:
    holed = shapely.Polygon(SQUARE.exterior, [shapely.box(100, 500, 900, 500.2).exterior])
    sliver = shapely.box(2000, 0, 2000.4, 1000)
    made = shapes.sound(shapely.MultiPolygon([holed, sliver]))
    assert shapely.equals(made.shape, SQUARE)
    assert made.left_out == pytest.approx(400)
    assert made.closed == pytest.approx(160)
    assert made.notes == (
        "1 sliver (0.04 ha): thinner than 0.5 m, left out.", "1 slit (0.016 ha): thinner than 0.5 m, closed.",
    )  # fmt: skip


def test_holes_and_islands_are_told_and_kept() -> None:
    shape = SQUARE.difference(shapely.box(100, 100, 200, 200)).union(shapely.box(3000, 0, 3100, 100))
    made = shapes.sound(shape)
    assert made.shape.area == pytest.approx(shape.area)
    assert made.notes == (
        "1 hole (1.0 ha): not part of the place.", "It is in 2 parts: the largest has 99.0 ha, the others 1.0 ha.",
    )  # fmt: skip


def test_what_has_no_area_is_empty() -> None:
    lines = shapely.GeometryCollection([shapely.LineString([(0, 0), (1, 1)]), shapely.Point(3, 3)])
    assert shapes.sound(lines).shape.is_empty
    assert shapes.sound(shapely.Polygon()).shape.is_empty
    assert shapes.sound(shapely.GeometryCollection([lines, SQUARE])).shape.area == pytest.approx(1e6)


def test_heights_are_left_out() -> None:
    assert not shapes.sound(shapely.Polygon([(0, 0, 5), (1000, 0, 5), (0, 1000, 5)])).shape.has_z


def test_overlaps_are_pairs_and_slivers_are_counted_apart() -> None:
    own = np.array([shapely.box(0, 0, 1000, 1000), shapely.box(500, 0, 1500, 1000), shapely.box(1490, 0, 2000, 1000)])
    found, slivers, area = shapes.overlaps(own, 20)
    assert [(one.first, one.second, one.shape.area) for one in found] == [(0, 1, pytest.approx(500_000))]
    assert (slivers, area) == (1, pytest.approx(10_000))
