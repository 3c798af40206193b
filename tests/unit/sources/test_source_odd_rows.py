"""Rows that say odd things: what is refused with its row, what is recorded, what is understood."""

from collections.abc import Callable

import numpy as np
import pytest

from jsna_desktop.errors import FileProblem
from jsna_desktop.sources import cells, codes
from jsna_desktop.sources.dataset import Reading

Table = Callable[..., Reading]
COUNTS = "area_code,indicator,period,numerator,denominator"
CODES = tuple(f"E0103400{n}" for n in range(1, 6))


def counts(*last: str, heading: str = COUNTS, first: str = "s,2024,5,100") -> str:
    """A table of five areas; each of `last` is what stands at the end of an area's row."""
    ends = last or ("",) * 5
    return heading + "\n" + "".join(f"{code},{first}{end}\n" for code, end in zip(CODES, ends, strict=True))


def messages(reading: Reading) -> str:
    return " ".join(problem.message for problem in reading.dataset.problems)


def test_a_blank_first_cell_is_no_blank_row(table: Table) -> None:
    found = table(counts() + ",s,2024,5,100\n")
    assert len(found.codes) == 5
    assert "without an area code" in messages(found)


@pytest.mark.parametrize("cell", ["inf", "-inf", "1e400"])
def test_a_number_without_end_is_wrong_and_said(table: Table, cell: str) -> None:
    found = table(counts().replace("5,100", f"{cell},100", 1))
    assert np.isnan(found.columns["local.s|2024|numerator"]).sum() == 1
    problem = next(p for p in found.dataset.problems if "text where a number" in p.message)
    assert problem.examples[0].startswith("row 2")
    assert cells.number(cell)[1] == "wrong"


@pytest.mark.parametrize("multiplier", ["0", "-100"])
def test_a_multiplier_that_turns_or_wipes_values_is_refused(table: Table, multiplier: str) -> None:
    with pytest.raises(FileProblem, match=r"row 2.*multiplier"):
        table(counts(*(f",{multiplier}",) * 5, heading=COUNTS + ",multiplier"))


@pytest.mark.parametrize(
    ("column", "one", "other"),
    [
        ("kind", "proportion", "rate"),
        ("polarity", "low good", "high good"),
        ("multiplier", "100", "1"),
        ("unit", "%", "x"),
    ],
)
def test_rows_of_one_indicator_that_disagree_are_refused(table: Table, column: str, one: str, other: str) -> None:
    with pytest.raises(FileProblem, match=f"row 5.*“{column}”"):
        table(counts("," + one, ",", "," + one.upper(), "," + other, "," + one, heading=f"{COUNTS},{column}"))


def test_rows_of_one_indicator_that_agree_or_say_nothing_are_read(table: Table) -> None:
    found = table(counts(",rate", ",", ",RATE", ",", ",rate", heading=COUNTS + ",kind"))
    assert found.indicators[0].kind == "rate"


def test_a_row_without_a_period_is_refused(table: Table) -> None:
    with pytest.raises(FileProblem, match=r"row 2.*period"):
        table(counts(first="s,,5,100"))


def test_too_many_cells_in_a_row_are_said_with_the_row(table: Table) -> None:
    with pytest.raises(FileProblem, match="row 4: a row has more cells") as caught:
        table(counts("", "", ",9,9", "", ""))
    assert "\n" not in caught.value.message
    assert "C error" not in caught.value.message


def test_a_quotation_mark_that_is_never_closed(table: Table) -> None:
    with pytest.raises(FileProblem, match="row 3: a quotation mark"):
        table(counts().replace(f"{CODES[1]},s", f'{CODES[1]},"s'))


def test_codes_with_spaces_in_them_are_closed_up(table: Table) -> None:
    found = table(counts().replace("E0103400", "e01 03400 "))
    assert found.codes.tolist() == list(CODES)
    assert found.dataset.geography == "lsoa2021"
    assert codes.tidy(np.array(["Area one", "E01 034001"])).tolist() == ["AREA ONE", "E01034001"]


def test_codes_of_no_known_kind_are_recorded(table: Table) -> None:
    found = table(counts().replace("E0103400", "Patch "))
    assert found.dataset.geography == ""
    assert "of no kind known" in messages(found)


def test_an_indicator_without_any_number_is_left_out_and_said(table: Table) -> None:
    found = table(counts() + "".join(f"{code},empty,2024,..,..\n" for code in CODES))
    assert [indicator.id for indicator in found.indicators] == ["local.s"]
    assert "no number in any row of empty, 2024" in messages(found)


def test_a_table_without_any_number_is_refused(table: Table) -> None:
    with pytest.raises(FileProblem, match="no number in any row"):
        table(counts(first="s,2024,..,.."))


def test_a_unit_says_the_multiplier(table: Table) -> None:
    found = table(counts(*(',rate,"per 1,000"',) * 5, heading=COUNTS + ",kind,unit"))
    assert found.indicators[0].multiplier == 1000
    with pytest.raises(FileProblem, match="contradict"):
        table(counts(*(',rate,"per 1,000",100',) * 5, heading=COUNTS + ",kind,unit,multiplier"))
