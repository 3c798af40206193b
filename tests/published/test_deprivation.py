"""Every column of MHCLG's district summaries that the data allow, by `profile` from LSOAs, 2025 and 2019."""

from pathlib import Path

import pytest

from tools.deprivation.districts import (
    ALL_AGES,
    WORKING_AGE,
    Difference,
    columns_2019,
    columns_2025,
    differences_2019,
    differences_2025,
)
from tools.deprivation.page import page

# The most that any district may be off, by measure: census residents for mid-2022 ones, and MHCLG's rounding.
MOST = {"average_score": 0.7, "average_rank": 1000, "share_lsoas_decile1": 1e-4, "extent": 0.011,
        "local_concentration": 180, "income_domain_numerator": 45, "employment_domain_numerator": 80}  # fmt: skip
MIDDLE = {"average_score": 0.05, "average_rank": 30, "share_lsoas_decile1": 1e-4, "extent": 0.0008,
          "local_concentration": 15, "income_domain_numerator": 10, "employment_domain_numerator": 10}  # fmt: skip


@pytest.fixture(scope="module")
def measured(data: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Difference]:
    folder = tmp_path_factory.mktemp("districts")
    return differences_2025(data, folder) + differences_2019(data, folder)


def test_every_column_is_reproduced_within_what_the_weights_explain(measured: list[Difference]) -> None:
    told = [one for one in measured if not one.is_rank and one.weights != WORKING_AGE]
    assert {one.column for one in told} == {*columns_2025(), *columns_2019()}
    for one in told:
        measure = one.indicator.rpartition(".")[2]
        if ".employment.average" not in one.indicator:
            assert one.most <= MOST[measure], one
            assert one.middle <= MIDDLE[measure], one


def test_ranks_of_shares_are_exactly_mhclgs(measured: list[Difference]) -> None:
    shares = [one for one in measured if one.is_rank and one.indicator.endswith("share_lsoas_decile1")]
    assert len(shares) == 8
    assert all(one.most == 0 and one.districts == 296 for one in shares)


def test_employment_is_nearer_by_residents_of_working_age(measured: list[Difference]) -> None:
    def of(weights: str, measure: str) -> Difference:
        name = f"imd2025.employment.{measure}"
        return next(o for o in measured if o.weights == weights and o.indicator == name and not o.is_rank)

    for measure in ("average_score", "average_rank"):
        plain, matched = of(ALL_AGES, measure), of(WORKING_AGE, measure)
        assert matched.middle < 0.5 * plain.middle, measure
        assert matched.most < 0.6 * plain.most, measure


def test_the_page_says_what_was_measured(measured: list[Difference]) -> None:
    written = Path(__file__).parents[2] / "docs" / "deprivation.md"
    assert written.read_text("utf-8") == page(measured)
