"""Names that mean one asset, and who lives near one, against brute force."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jsna_desktop.measures.assets import likeness, nearest, per_thousand, plain_name, twins, within_reach

NOWHERE = [np.nan, np.nan]


@pytest.mark.parametrize(("name", "plain"), [
    ("The Glover Carers' Circle", "glover carers circle"), ("Memory Café (new)", "memory cafe new"),
    ("Arts & Crafts", "arts and crafts"), ("SCOUTS-AND-GUIDES", "scouts and guides"), ("The The", "the the"),
    ("Canolfan Tŷ’r Bont", "canolfan tyr bont"), ("…", ""),
])  # fmt: skip
def test_a_name_is_compared_without_what_people_leave_out(name: str, plain: str) -> None:
    assert plain_name(name) == plain


def test_likeness_is_that_of_difflib_on_words_in_either_order() -> None:
    assert likeness("Drover Parents' Group", "Parents Group (Drover)") == 1
    # 2 · 19 / (19 + 23): "sexton peer support" is in "sexton peer support new" as a whole.
    assert likeness("Sexton Peer Support", "Sexton Peer Support (new)") == pytest.approx(38 / 42)
    assert likeness("Hazel Recreation Ground", "Hazel Allotments") < 0.6


@settings(max_examples=50)
@given(st.text("abéT'’ -(", max_size=9), st.text("abéT'’ -(", max_size=9))
def test_likeness_is_a_share_and_whole_for_the_same_name(a: str, b: str) -> None:
    assert 0 <= likeness(a, b) <= 1
    assert likeness(a, a) == 1


def test_twins_are_near_and_alike_and_those_without_a_place_by_their_name_alone() -> None:
    names = ["Mill Shed", "The Mill Shed", "Mill Shed", "Mill Shop", "MILL SHED"]
    places = np.array([[0, 0], [300, 0], [301, 400], [10, 0], NOWHERE], dtype=float)
    found = {(one.first, one.second): one for one in twins(names, places, 300, 0.9)}
    assert set(found) == {(0, 1), (0, 4), (1, 4), (2, 4)}
    assert found[0, 1].metres == 300
    assert np.isnan(found[0, 4].metres)
    assert twins(names[:2], places[:2], 299, 0.9) == []
    assert twins([], np.empty((0, 2)), 300, 0.9) == []


def test_leaving_out_what_cannot_be_alike_loses_no_pair() -> None:
    rng = np.random.default_rng(5)
    words = ["Mill", "Mills", "Shed", "Sheds", "Group", "Gruop", "Choir", "Café", "of", "Ty\u0302", "村"]
    names = [" ".join(rng.choice(words, rng.integers(1, 5))) for _ in range(60)]
    for least in (0.5, 0.85, 1.0):
        found = {(one.first, one.second) for one in twins(names, np.zeros((60, 2)), 1, least)}
        every = {(a, b) for a in range(60) for b in range(a + 1, 60) if likeness(names[a], names[b]) >= least}
        assert found == every


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 2**32 - 1), st.floats(1, 3000))
def test_reach_is_that_of_every_pair(seed: int, metres: float) -> None:
    rng = np.random.default_rng(seed)
    points, assets = rng.integers(0, 5000, (30, 2)).astype(float), rng.integers(0, 5000, (9, 2)).astype(float)
    points[::7], assets[::4] = np.nan, np.nan
    gaps = np.hypot(*np.moveaxis(points[:, None] - assets[None], 2, 0))
    best = np.nanmin(np.where(np.isnan(gaps), np.inf, gaps), axis=1)
    np.testing.assert_array_equal(within_reach(points, assets, metres), best <= metres)
    np.testing.assert_allclose(nearest(points, assets), np.where(np.isinf(best), np.nan, best))


def test_what_lies_at_the_very_distance_is_within_it_and_nothing_is_near_no_asset() -> None:
    points = np.array([[0.0, 0.0], [0.0, 0.5]])
    assert within_reach(points, np.array([[800.0, 0.0]]), 800).tolist() == [True, False]
    assert within_reach(points, np.empty((0, 2)), 800).tolist() == [False, False]
    assert np.isnan(nearest(points, np.array([NOWHERE]))).all()


def test_density_is_not_given_where_nobody_lives() -> None:
    np.testing.assert_array_equal(
        per_thousand(np.array([4, 4, 0, 1]), np.array([2000.0, 0.0, 500.0, np.nan])), [2, np.nan, 0, np.nan]
    )
