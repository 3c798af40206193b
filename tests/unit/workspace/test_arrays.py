import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from jsna_desktop.workspace import arrays


@given(hnp.arrays(np.float64, st.integers(0, 40), elements=st.floats(allow_infinity=True, allow_nan=True, width=64)))
def test_numbers_come_back_to_the_last_bit(values: np.ndarray) -> None:
    np.testing.assert_array_equal(arrays.unpack(*arrays.pack(values)), values)


@given(st.lists(st.decimals(-9999, 9999, places=3).map(float), min_size=1, max_size=60))
def test_published_decimals_are_kept_exactly_as_whole_numbers(values: list[float]) -> None:
    form, data = arrays.pack(np.array(values))
    assert form.startswith("scaled/")
    assert arrays.unpack(form, data).tolist() == values


def test_missing_numbers_stay_missing_beside_zero() -> None:
    back = arrays.unpack(*arrays.pack(np.array([0.0, np.nan, 3.0])))
    assert back[0] == 0
    assert np.isnan(back[1])


def test_a_table_of_ages_keeps_its_shape() -> None:
    table = np.arange(12.0).reshape(4, 3)
    np.testing.assert_array_equal(arrays.unpack(*arrays.pack(table)), table)


@given(st.lists(st.text(max_size=8).filter(lambda t: "\x00" not in t), max_size=30))
def test_text_comes_back(values: list[str]) -> None:
    assert arrays.unpack(*arrays.pack(np.array(values, dtype=np.str_))).tolist() == values


@pytest.mark.parametrize("codes", [["E01000001", "E01000002"], ["A1", "SN1 1AA"], ["é1", "é2"], ["x"], []])
def test_codes_come_back(codes: list[str]) -> None:
    assert arrays.unpack_codes(arrays.pack_codes(np.array(codes, dtype=np.str_))).tolist() == codes
