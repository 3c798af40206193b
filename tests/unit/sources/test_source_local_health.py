"""Local Health's downloads: Fingertips' rows without a number for the indicator."""

from collections.abc import Callable

import pytest

from jsna_desktop.sources.dataset import Reading

WARDS = """Indicator Name,Parent Name,Area Code,Area Name,Area Type,Sex,Age,Category,Time period,Value,\
Lower CI 95.0 limit,Upper CI 95.0 limit,Count,Denominator
"Child Development at age 5 (%)",Trafford,E05000819,Oak,Ward,Persons,5 yrs,,2013/14,60,50,69,60,100
"Child Development at age 5 (%)",Trafford,E05000820,Ashton,Ward,Persons,5 yrs,,2013/14,75,66,82,90,120
"Child Development at age 5 (%)",,E92000001,England,England,Persons,5 yrs,,2013/14,60.375,60.2,60.5,387000,641000
"Life expectancy at birth, (upper age band 90+)",Trafford,E05000819,Oak,Ward,Female,All ages,,2011 - 15,84.1,82,86,,
"""


def test_wards_with_ids_made_of_names(table: Callable[..., Reading]) -> None:
    reading = table(WARDS)
    assert reading.dataset.geography == "ward"
    assert reading.dataset.source == "Office for Health Improvement and Disparities"
    share, life = reading.indicators
    assert (share.id, share.kind) == ("localhealth.child_development_at_age_5", "proportion")
    assert share.numerator is not None
    assert dict(zip(reading.codes.tolist(), reading.columns[share.numerator].tolist(), strict=True)) == {
        "E05000819": 60, "E05000820": 90, "E92000001": 387_000,
    }  # fmt: skip
    assert (life.kind, life.sex, life.period) == ("published value", "female", "2011-2015")


def test_with_an_indicator_id_it_is_fingertips(table: Callable[..., Reading]) -> None:
    lines = WARDS.splitlines()
    numbered = "\n".join(["Indicator ID," + lines[0], *(f"93087,{line}" for line in lines[1:4])])
    assert table(numbered).dataset.id == "fingertips.93087"


@pytest.mark.parametrize("said", ["indicator", "local_health"])
def test_it_may_be_asked_for_by_kind(table: Callable[..., Reading], said: str) -> None:
    assert table(WARDS, kind=said).dataset.id == "localhealth.ward"
