"""The sections of life expectancy and inequality: every number on the page, tagged, and whole where parts lack."""

import io
from dataclasses import replace
from typing import Any

import numpy as np
import pypdf
import pytest

from jsna_desktop.packs import pdf
from jsna_desktop.packs.findings import Findings
from jsna_desktop.packs.gradient_page import Gradient, GradientPage, Pair
from jsna_desktop.packs.life import Group, LifeFindings, Line, Part
from jsna_desktop.packs.life_page import Fifths, LifePage
from jsna_desktop.packs.sections import inequality, life_expectancy, numbers
from tests.unit.packs.test_pdf import _elements, _text

PERIODS = ("2018-2020", "2019-2021", "2020-2022")


def _life(sex: str, by: float) -> LifeFindings:
    value = np.array([81.0, 81.2, 81.4]) + by
    least = Line("Least deprived fifth", value, value - 0.5, value + 0.5)
    most = Line("Most deprived fifth", value - 6, value - 6.5, value - 5.5)
    parts = (Part("Cancer", 3.5), Part("Circulatory", 2.75), Part("External causes", -0.25), Part("Rare", None))
    change = "The gap changes by −0.10 years a year (−0.30 to 0.10): no clear change. Relative: −0.1 % of the ratio."
    return LifeFindings(
        "", "", "", sex, 0, "2020-2022", 6.0, 5.0, 7.0, PERIODS, (least, most), (True, True, True), change,
        "no clear change", parts, "cause", (), None, (), "",
    )  # fmt: skip


def _groups(by: float) -> tuple[Group, ...]:
    return (
        Group("Eastmere", 77.7 + by, 76.1 + by, 79.3 + by, own=True),
        Group("Most deprived fifth", 75.4 + by, 75.0 + by, 75.8 + by),
        Group("Least deprived fifth", 81.4 + by, 81.0 + by, 81.8 + by),
        Group("Mereshire", 79.2 + by, 79.0 + by, 79.4 + by),
    )


def _row(name: str, values: tuple[float | None, ...], **changes: Any) -> dict[str, Any]:
    labels = ("most deprived fifth", "fifth 2", "fifth 3", "fifth 4", "least deprived fifth")
    groups = [
        {"group": at + 1, "label": label, "population": 1000.0, "events": 50.0, "value": value, "note": ""}
        | {"lower_ci": None if value is None else value - 1, "upper_ci": None if value is None else value + 1}
        for at, (label, value) in enumerate(zip(labels, values, strict=True))
    ]
    indices = {"sii": -12.5, "sii_lower": -14.5, "sii_upper": -10.5, "rii": 0.5, "rii_lower": 0.45, "rii_upper": 0.56}
    row = {"name": name, "sex": "persons", "period": "2024", "unit": "%", "groups": groups, "fitted": [25.0, 12.5]}
    return row | indices | {"note": ""} | changes


@pytest.fixture(scope="module")
def unequal(full: Findings) -> Findings:
    fifths = Fifths("Mereshire", (_life("male", 0.0), _life("female", 4.0)))
    life = LifePage(
        "Men in Eastmere can expect to live 77.7 years.", "Mereshire", ("male", "female"), "2018-2022",
        (_groups(0.0), _groups(4.0)), fifths,
    )  # fmt: skip
    around = Gradient("Mereshire", _row("Smoking", (24.5, 21.5, 18.5, 15.5, 12.75)), "Smoking: 2.0 times as high.")
    own = Gradient("Eastmere", _row("Smoking", (26.5, 23.25, 20.5, 17.5, 14.5)), "Smoking: as high.")
    hidden = {"fitted": None, "rii": 0.5, "note": "to one decimal: made from sensitive data"}
    secret = Gradient("Mereshire", _row("Falls", (None, 30.0, 20.0, 10.0, 5.0), **hidden), "Falls: 12.5 % higher.")
    pairs = (Pair(around, own), Pair(secret, None))
    return replace(full, life=life, gradients=GradientPage("Both have a clear gradient.", "Mereshire", (), pairs, ()))


@pytest.fixture(scope="module")
def pack(unequal: Findings) -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(pdf.pdf_bytes(unequal)))


def test_both_follow_deprivation_and_precede_the_profile(pack: pypdf.PdfReader) -> None:
    titles = [item.title for item in pack.outline if not isinstance(item, list)]
    assert titles[2:6] == [
        "Deprivation and the social gradient",
        "Life expectancy",
        "Inequality",
        "Profile against England",
    ]


def test_every_chart_is_numbered_and_has_its_own_alternative_text(pack: pypdf.PdfReader) -> None:
    root: Any = pack.trailer["/Root"]
    texts = [str(figure["/Alt"]) for figure in _elements(root["/StructTreeRoot"], "Figure")]
    assert len(texts) == len(set(texts)) == 4 + 6 + 2
    assert texts[4].startswith("Men. Chart of values with 95 % intervals: Eastmere 77.7 (76.1 to 79.3); Most deprived")
    assert any(text.startswith("Smoking, fifths of Mereshire. Chart of 5 groups") for text in texts)
    text = _text(pack)
    assert all(f"Figure {number}:" in text for number in range(1, 13))
    assert all(_elements(table, "TH") for table in _elements(root["/StructTreeRoot"], "Table"))


def test_the_numbers_of_every_chart_are_on_the_pages(pack: pypdf.PdfReader) -> None:
    text = _text(pack)
    for words in (
        "Men in Eastmere can expect to live 77.7 years.",
        "81.7", "80.1 to 83.3",  # women of the place
        "Most deprived fifth of Mereshire",
        "75.4 (74.9 to 75.9)", "81.4 (80.9 to 81.9)",  # the latest period of both lines
        "+3.5", "−0.2", "withheld",  # causes
        "24.5", "12.8", "−12.5", "−14.5 to −10.5", "0.50", "0.45 to 0.56",
        "26.5", "23.2",  # the place's own fifths
        "Falls, Mereshire: to one decimal: made from sensitive data.",
    ):  # fmt: skip
        assert words in text, words


def test_a_hidden_line_has_indices_of_one_decimal(unequal: Findings) -> None:
    made = inequality.content(unequal)
    assert made is not None
    open_, secret = made.data["groups"]
    assert open_["rows"][0]["relative"] == "0.50"
    assert secret["rows"][0]["relative"] == "0.5"
    assert secret["rows"][0]["values"][0] == "withheld"


def test_a_place_without_a_value_keeps_the_reason_and_the_rest(unequal: Findings) -> None:
    life = unequal.life
    assert life is not None
    reason = "not given: fewer than 5,000 person-years in all"
    groups = tuple((Group("Eastmere", None, None, None, reason, own=True), *each[1:]) for each in life.groups)
    made = life_expectancy.content(replace(unequal, life=replace(life, groups=groups)))
    assert made is not None
    assert made.data["rows"][0] == ["Eastmere", "not given", "–", "not given", "–"]
    assert made.data["rows"][1][1] == "75.4"
    assert made.data["notes"] == ["Not given: Eastmere, men; Eastmere, women: fewer than 5,000 person-years in all."]


def test_nothing_to_show_is_no_section_and_one_sentence_is_enough(full: Findings) -> None:
    assert life_expectancy.content(full) is None
    assert inequality.content(full) is None
    page = LifePage("Life expectancy is not given for Eastmere: it lies elsewhere.", "", ("male",), "", (), None)
    reader = pypdf.PdfReader(io.BytesIO(pdf.pdf_bytes(replace(full, life=page))))
    assert "Life expectancy is not given for Eastmere: it lies elsewhere." in _text(reader)


def test_the_numbers_behind_the_charts_hold_every_period_and_cause(unequal: Findings) -> None:
    made = numbers.content(unequal)
    assert made is not None
    over, causes = made.data["years"]
    assert [row[0] for row in over["rows"]] == ["2018–2020", "2019–2021", "2020–2022"]
    assert over["header"][1:] == ["Men, least deprived", "Men, most deprived", "Women, least deprived",
                                  "Women, most deprived"]  # fmt: skip
    assert causes["rows"][-1] == ["Rare", "withheld", "withheld"]
