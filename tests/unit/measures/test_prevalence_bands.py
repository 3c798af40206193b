"""Age bands of a prevalence, matched to those of a life table."""

import numpy as np
import pytest

from jsna_desktop.measures.life_expectancy import STARTS_85, STARTS_90
from jsna_desktop.measures.prevalence_bands import matched

FIVES = [(0, 0), (1, 4), *((a, a + 4) for a in range(5, 90, 5)), (90, 200)]


def test_the_same_bands_stand_each_for_itself() -> None:
    found = matched(FIVES, STARTS_90)
    assert found.parts == tuple((at,) for at in range(20))
    assert (found.wide, found.cut, found.lacking) == ((), (), ())
    assert len(set(found.shared.tolist())) == 20


def test_wider_bands_are_spread_and_named_and_children_under_five_are_no_wide_band() -> None:
    found = matched([(0, 4), (5, 14), (15, 64), (65, 200)], STARTS_90)
    assert [part[0] for part in found.parts] == [0] * 2 + [1] * 2 + [2] * 10 + [3] * 6
    assert found.shared.tolist() == [0] * 2 + [1] * 2 + [2] * 10 + [3] * 6
    assert found.wide == (1, 2, 3)


def test_finer_bands_add_up() -> None:
    years = [(a, a) for a in range(100)] + [(100, 200)]
    found = matched(years, STARTS_85)
    assert found.parts[1] == (1, 2, 3, 4)
    assert found.parts[-1] == tuple(range(85, 101))
    assert matched(FIVES, STARTS_85).parts[-1] == (18, 19)


def test_of_several_bands_that_hold_one_the_narrowest_is_taken() -> None:
    assert matched([(0, 200), *FIVES], STARTS_90).parts[5] == (6,)
    found = matched([(0, 200), (0, 15), *FIVES[4:]], STARTS_90)
    assert [part[0] for part in found.parts[:4]] == [1] * 4


@pytest.mark.parametrize(
    ("ranges", "cut", "lacking"),
    [
        ([(0, 15), (16, 64), (65, 200)], (0, 1), ()),  # 15–19 lies in neither
        (FIVES[:-2], (), ((85, 89), (90, 200))),
        (FIVES[:3] + FIVES[4:], (), ((10, 14),)),
        ([*FIVES[:-1], (90, 94)], (19,), ()),
    ],
)
def test_what_does_not_match_is_told(ranges: list, cut: tuple, lacking: tuple) -> None:
    found = matched(ranges, STARTS_90)
    assert found.cut == cut
    assert found.lacking == lacking


def test_the_order_of_the_bands_does_not_matter() -> None:
    rng = np.random.default_rng(3)
    order = rng.permutation(20)
    mixed = matched([FIVES[at] for at in order], STARTS_90)
    assert [order[part[0]] for part in mixed.parts] == list(range(20))
