import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from jsna_desktop.app.map.overlay import scale_bar_length
from jsna_desktop.app.map.view import CLOSEST, FURTHEST, View

places = st.tuples(st.floats(0, 700_000), st.floats(0, 1_200_000))
pixels = st.floats(-200, 2000)
views = st.builds(
    View,
    st.floats(0, 700_000),
    st.floats(0, 1_200_000),
    st.floats(1, 1000),
    st.integers(50, 3000),
    st.integers(50, 2000),
)


@given(views, places)
def test_screen_and_world_are_each_others_inverse(view: View, place):
    sx, sy = view.to_screen(np.array(place))
    assert np.allclose(view.to_world(sx, sy), place, atol=1e-4)


@given(views, st.floats(0.1, 10), pixels, pixels)
def test_the_place_under_the_cursor_stays_there_when_zooming(view: View, factor: float, sx: float, sy: float):
    zoomed = view.zoomed(factor, sx, sy)
    assert np.allclose(zoomed.to_world(sx, sy), view.to_world(sx, sy), atol=1e-3)
    assert CLOSEST <= zoomed.scale <= FURTHEST


@given(views, pixels, pixels)
def test_panning_back_gives_the_same_view(view: View, dx: float, dy: float):
    back = view.panned(dx, dy).panned(-dx, -dy)
    assert np.allclose([back.x, back.y], [view.x, view.y], atol=1e-4)
    assert back.scale == view.scale


@given(views, pixels, pixels)
def test_a_place_moves_with_the_hand(view: View, dx: float, dy: float):
    place = np.array([view.x, view.y])
    assert np.allclose(view.panned(dx, dy).to_screen(place) - view.to_screen(place), [dx, dy], atol=1e-4)


def test_a_fitted_box_is_inside_and_touches_its_padding():
    view = View.fitted((0, 0, 90_000, 40_000), 800, 600, padding=20)
    low, high = view.to_screen(np.array([[0, 0], [90_000, 40_000]]))
    assert np.isclose(low[0], 20) and np.isclose(high[0], 780)
    assert high[1] > 20 and low[1] < 580


def test_a_view_holds_a_smaller_one_of_the_same_scale_only():
    view = View(0, 0, 10, 400, 300)
    assert view.grown(50).holds(view)
    assert not view.holds(view.panned(60, 0))
    assert view.grown(50).holds(view.panned(50, -50))
    assert not view.grown(50).holds(view.zoomed(1.01, 200, 150))


@given(st.floats(0.2, 4000), st.floats(40, 200))
def test_the_scale_bar_is_the_longest_round_distance_that_fits(scale: float, room: float):
    metres = scale_bar_length(scale, room)
    assert metres <= scale * room < metres * 2.51
    assert f"{metres:e}"[0] in "125"
