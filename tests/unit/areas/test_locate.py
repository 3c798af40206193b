"""Postcodes as keys, near spellings, and points in blocks."""

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from jsna_desktop.areas.locate import Postcodes, blocks_of_points, nearest_spelling, postcode_keys

KNOWN = np.array(["SN1 1AA", "SN1 1AB", "BA14 8JN", "B1 1AA", "SN10 5FD"])
SIGNS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"


def test_spaces_and_capitals_do_not_matter() -> None:
    keys = postcode_keys(np.array(["SN1 1AA", "sn11aa", " SN 1 1aa ", "SN11AA"]))
    assert len(set(keys.tolist())) == 1
    assert keys[0] > 0


@pytest.mark.parametrize("text", ["", "   ", "SN1", "SN1 1AAAA", "SN1-1AA", "ЅN1 1AA", "SN1 1A£", "x" * 500])
def test_what_can_be_no_postcode_has_no_key(text: str) -> None:
    assert postcode_keys(np.array([text, "SN1 1AA"]))[0] == -1


def test_nothing_is_looked_up_in_nothing() -> None:
    assert Postcodes.of(np.empty(0, "U8")).positions(postcode_keys(KNOWN)).tolist() == [-1] * 5
    assert postcode_keys(np.empty(0, "U8")).tolist() == []


@given(st.lists(st.text(SIGNS, min_size=5, max_size=7), min_size=1, max_size=40, unique=True), st.randoms())
def test_every_known_postcode_is_found_where_it_is(known: list[str], random) -> None:
    asked = [*known, "ZZ99 9ZZ" if "ZZ999ZZ" not in known else "AAAAA"]
    random.shuffle(asked)
    found = Postcodes.of(np.array(known)).positions(postcode_keys(np.array(asked)))
    for text, position in zip(asked, found.tolist(), strict=True):
        packed = text.replace(" ", "")
        assert position == (known.index(packed) if packed in known else -1)


def test_two_postcodes_never_share_a_key() -> None:
    # The same signs with the gap elsewhere are one postcode; a sign more or fewer is another.
    keys = postcode_keys(np.array(["AAAAA", "AAAAAA", "AAAAAAA", "AAAAB", "BAAAA", "0AAAA"]))
    assert len(set(keys.tolist())) == 6


@pytest.mark.parametrize(
    ("wrong", "meant"),
    [
        ("SN1 IAB", "SN1 1AB"),  # I for 1
        ("SNIO 5FD", "SN10 5FD"),  # I for 1 and O for 0
        ("BA14 8N", "BA14 8JN"),  # a letter is missing
        ("BA14 88JN", "BA14 8JN"),  # one too many
        ("ba148jn", ""),  # it is known
        ("SN1 1A", ""),  # two are as near
        ("ZZ9 9ZZ", ""),
        ("SN1 1A*", ""),
        ("", ""),
    ],
)
def test_the_postcode_that_is_meant(wrong: str, meant: str) -> None:
    assert nearest_spelling(wrong, [Postcodes.of(KNOWN)]) == meant


SQUARES = np.array([shapely.box(x, y, x + 1000, y + 1000) for y in (0, 1000) for x in (0, 1000, 2000)])


def test_points_lie_in_their_squares() -> None:
    random = np.random.default_rng(7)
    x, y = random.uniform(0, 3000, 5000), random.uniform(0, 2000, 5000)
    found, near = blocks_of_points(x, y, SQUARES)
    np.testing.assert_array_equal(found, (y // 1000 * 3 + x // 1000).astype(int))
    assert not near.any()


def test_a_point_on_a_shared_line_goes_to_one_of_them() -> None:
    found, near = blocks_of_points(np.array([1000.0, 1000.0]), np.array([500.0, 1000.0]), SQUARES)
    assert found.tolist() == [0, 0]
    assert not near.any()


def test_a_point_just_outside_goes_to_the_nearest_and_is_marked() -> None:
    found, near = blocks_of_points(np.array([-50.0, -500.0, 2500.0]), np.array([500.0, 500.0, 2080.0]), SQUARES)
    assert found.tolist() == [0, -1, 5]
    assert near.tolist() == [True, False, True]


def test_no_coordinates_and_no_shapes() -> None:
    nowhere = np.array([np.nan, np.inf])
    assert blocks_of_points(nowhere, nowhere, SQUARES)[0].tolist() == [-1, -1]
    assert blocks_of_points(np.zeros(2), np.zeros(2), np.empty(0, dtype=object))[0].tolist() == [-1, -1]
