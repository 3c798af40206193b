"""The mean of a raster within a shape, against intersecting every cell and against closed forms."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from jsna_desktop.areas import grid_cells
from jsna_desktop.areas.grid_cells import Affine, Cells, mean_within, weights_within


def grid(values: np.ndarray, transform: Affine, beyond: float = np.nan) -> Cells:
    """A raster of these cells; `beyond` its edge."""

    def window(row: int, column: int, rows: int, columns: int) -> np.ndarray:
        found = np.full((rows, columns), beyond)
        r, c = np.indices(found.shape)
        r, c = r + row, c + column
        there = (r >= 0) & (r < values.shape[0]) & (c >= 0) & (c < values.shape[1])
        found[there] = values[r[there], c[there]]
        return found

    return Cells(transform, window)


def boxes(transform: Affine, shape: tuple[int, int]) -> np.ndarray:
    a, _, c, _, e, f = transform
    rows, columns = np.indices(shape)
    left, top = c + columns * a, f + rows * e
    return shapely.box(left, top + e, left + a, top)


def any_shape(draws: np.random.Generator) -> shapely.Geometry:
    """Parts and a hole, within 0…600 m."""
    low, high = np.sort(draws.uniform(0, 600, (2, 2)), axis=0)
    disc = shapely.Point(draws.uniform(150, 450, 2)).buffer(draws.uniform(40, 150))
    return disc.symmetric_difference(shapely.box(*low, *high)).difference(shapely.box(100, 100, 200, 250))


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000))
def test_it_is_what_intersecting_every_cell_gives(seed: int) -> None:
    draws = np.random.default_rng(seed)
    transform = (37.0, 0.0, -20.0, 0.0, -41.0, 630.0)
    values = draws.normal(10, 3, (16, 18))
    values[draws.random(values.shape) < 0.2] = np.nan
    shape = any_shape(draws)
    area = shapely.area(shapely.intersection(boxes(transform, values.shape), shape))
    known = np.isfinite(values)
    made = mean_within(shape, grid(values, transform))
    assert made.value == pytest.approx((area * np.nan_to_num(values)).sum() / area[known].sum(), rel=1e-9)
    assert made.valued / made.weight == pytest.approx(area[known].sum() / area.sum(), rel=1e-9)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000))
def test_by_people_of_cells_that_do_not_match(seed: int) -> None:
    """Cells of people of another size and place are spread evenly over their land."""
    draws = np.random.default_rng(seed)
    transform = (50.0, 0.0, -20.0, 0.0, -60.0, 640.0)
    other = (draws.uniform(20, 130), 0.0, draws.uniform(-90, 60), 0.0, -draws.uniform(20, 130), draws.uniform(500, 700))
    values, people = draws.normal(10, 3, (11, 13)), draws.integers(0, 9, (24, 24)).astype(float)
    values[draws.random(values.shape) < 0.1] = np.nan
    shape = any_shape(draws)
    cells, homes = boxes(transform, values.shape), boxes(other, people.shape)
    inside = shapely.intersection(homes, shape)
    parts = shapely.area(shapely.intersection(inside[:, :, None, None], cells[None, None]))
    held = people[:, :, None, None] * parts / (other[0] * -other[4])
    known = np.isfinite(values)
    made = mean_within(shape, grid(values, transform), grid(people, other, 0.0))
    total = (people * shapely.area(inside)).sum() / (other[0] * -other[4])
    assert made.weight == pytest.approx(total, rel=1e-9, abs=1e-9)
    assert made.valued == pytest.approx(held[:, :, known].sum(), rel=1e-9, abs=1e-9)
    if held[:, :, known].sum() > 0:
        expected = (held.sum(axis=(0, 1)) * np.nan_to_num(values)).sum() / held[:, :, known].sum()
        assert made.value == pytest.approx(expected, rel=1e-9)


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 10_000), st.booleans())
def test_weights_of_classes_are_what_intersecting_every_cell_gives(seed: int, by_people: bool) -> None:
    draws = np.random.default_rng(seed)
    transform = (50.0, 0.0, -20.0, 0.0, -60.0, 640.0)
    other = (draws.uniform(20, 130), 0.0, draws.uniform(-90, 60), 0.0, -draws.uniform(20, 130), draws.uniform(500, 700))
    numbers = np.array([-3, 0, 2, 60], dtype=np.float32)
    values, people = draws.choice(numbers, (11, 13)), draws.integers(0, 9, (24, 24)).astype(float)
    values[draws.random(values.shape) < 0.1] = np.nan
    shape = any_shape(draws)
    pieces = shapely.intersection(boxes(transform, values.shape), shape)
    if by_people:
        homes = boxes(other, people.shape)
        parts = shapely.area(shapely.intersection(pieces[:, :, None, None], homes[None, None]))
        held = (parts * people / (other[0] * -other[4])).sum(axis=(2, 3))
        inside = (shapely.area(shapely.intersection(homes, shape)) * people).sum() / (other[0] * -other[4])
        made = weights_within(shape, grid(values, transform), numbers, grid(people, other, 0.0))
    else:
        held, inside = shapely.area(pieces) / 3000, shapely.area(shape) / 3000
        made = weights_within(shape, grid(values, transform), numbers)
    np.testing.assert_allclose(made[:-1], [held[values == number].sum() for number in numbers], rtol=1e-9, atol=1e-9)
    assert made.sum() == pytest.approx(inside, rel=1e-9, abs=1e-9)


def test_a_slope_has_its_value_in_the_middle() -> None:
    """Of a value that grows evenly to the east the mean over a square of whole cells is that at its centre."""
    values = np.tile(np.arange(40) + 0.5, (40, 1))  # metres / 25 east
    slope = grid(values, (25.0, 0.0, 0.0, 0.0, -25.0, 1000.0))
    assert mean_within(shapely.box(200, 300, 500, 600), slope).value == pytest.approx(350 / 25, rel=1e-12)
    # A quarter of one cell, all of the next: (0.25 · 7.5 + 8.5) / 1.25.
    assert mean_within(shapely.box(193.75, 0, 225, 10), slope).value == pytest.approx(8.3, rel=1e-12)


def test_nothing_inside_is_no_mean() -> None:
    values = grid(np.full((4, 4), 5.0), (10.0, 0.0, 0.0, 0.0, -10.0, 40.0))
    away = mean_within(shapely.box(100, 100, 120, 120), values)
    assert np.isnan(away.value) and away.valued == 0 and away.weight == pytest.approx(4)
    assert np.isnan(mean_within(shapely.Polygon(), values).value)
    nobody = grid(np.zeros((4, 4)), values.transform, 0.0)
    assert mean_within(shapely.box(0, 0, 40, 40), values, nobody).weight == 0


def test_bands_of_a_large_shape_add_up(monkeypatch: pytest.MonkeyPatch) -> None:
    draws = np.random.default_rng(5)
    transform = (7.0, 0.0, 0.0, 0.0, -7.0, 630.0)
    values, people = (
        grid(draws.normal(0, 1, (90, 90)), transform),
        grid(draws.random((60, 60)), (11, 0, 0, 0, -11, 660)),
    )
    shape = any_shape(draws)
    whole = [mean_within(shape, values), mean_within(shape, values, people)]
    monkeypatch.setattr(grid_cells, "_BAND", 150)
    for made, before in zip([mean_within(shape, values), mean_within(shape, values, people)], whole, strict=True):
        assert (made.value, made.weight, made.valued) == pytest.approx((before.value, before.weight, before.valued))
