"""The page of local strengths: what is on it, and that it is left out where there is nothing."""

import io
from dataclasses import replace

import numpy as np
import pypdf
import pytest

from jsna_desktop.packs import pdf
from jsna_desktop.packs.asset_map import kinds_of, strengths_map
from jsna_desktop.packs.findings import Findings
from jsna_desktop.packs.sections import local_strengths
from jsna_desktop.packs.strengths import Gap, Listed, Sort, Strengths

KINDS = ("group", "space", "", "service")


@pytest.fixture
def strengths(full: Findings) -> Strengths:
    x, y = full.outline.centroid.x, full.outline.centroid.y  # type: ignore[union-attr]
    listed = tuple(
        Listed(f"Asset {at}", kind, "Food", checked, stale)
        for at, (kind, checked, stale) in enumerate(
            zip(KINDS, ("2024-09-13", "2019", "", "2023-02"), (False, True, True, False), strict=True)
        )
    )
    return Strengths(
        "Eastmere", "What Eastmere has", "Eastmere has 4 assets. 83\u00a0% of residents live within 800 m of one.",
        800.0, "kind", Sort("all assets", 4, 0.324, 0.83),
        (Sort("group", 1, 0.08, 0.004), Sort("network", 0, 0.0, 0.0)),
        "Mereshire", Sort("all assets", 40, None, 0.999), (Gap("Mere 001A", "E01000001", 1234.4, 0.2),),
        "most deprived fifth of the district", 0.0, 2, (("Reach", "As it is."),), "",
        listed, np.array([[x + 100 * at, y] for at in range(4)]),
    )  # fmt: skip


def _text(findings: Findings) -> str:
    reader = pypdf.PdfReader(io.BytesIO(pdf.pdf_bytes(findings)))
    return " ".join(" ".join(page.extract_text() for page in reader.pages).replace("\u200b", "").split())


def test_the_page_has_the_numbers_the_gaps_and_the_list(full: Findings, strengths: Strengths) -> None:
    text = _text(replace(full, strengths=strengths))
    for words in (
        "Local strengths", "83% of residents", "0.32", "under 1%", "99%", "Mere 001A", "1,234", "Sep 2024",
        "2019, stale", "never", "groups", "others", "from the register of 4 assets",
    ):  # fmt: skip
        assert words in text, words
    # No row for a kind that the place has none of.
    assert "Network 0" not in text


def test_there_is_no_page_without_assets(full: Findings) -> None:
    assert local_strengths.content(full) is None
    assert "Local strengths" not in _text(full)


def test_a_place_without_an_outline_or_an_asset_has_a_page_without_a_map(full: Findings, strengths: Strengths) -> None:
    bare = replace(strengths, listed=(), points=None, gaps=(), whole=Sort("all assets", 0, 0.0, 0.0))
    made = local_strengths.content(replace(full, strengths=bare, outline=None))
    assert made is not None
    assert made.drawings == {}
    assert "What there is" not in _text(replace(full, strengths=bare, outline=None))


def test_a_long_list_is_cut_and_says_so(full: Findings, strengths: Strengths) -> None:
    many = tuple(Listed(f"Asset {at}", "group", "", "2024", stale=False) for at in range(75))
    made = local_strengths.content(replace(full, strengths=replace(strengths, listed=many, points=np.zeros((75, 2)))))
    assert made is not None
    assert len(made.data["listed"]) == local_strengths.MOST_LISTED
    assert made.data["more"] == "And 15 more, in the register."


def test_the_map_says_what_it_shows(full: Findings, strengths: Strengths) -> None:
    drawn = strengths_map(strengths, full.outline, full.inside, full.around)
    assert drawn.alt == "Map of Eastmere with its assets: 1 group, 1 space, 1 service and 1 other."
    assert kinds_of(strengths) == ["group", "space", "service", ""]
    assert b"<svg" in drawn.svg


def test_gaps_are_hatched_with_a_key_and_said(full: Findings, strengths: Strengths) -> None:
    assert full.inside is not None
    gaps = replace(strengths, gap_shapes=full.inside.polygons[:1])
    plain, hatched = (strengths_map(one, full.outline, full.inside, full.around) for one in (strengths, gaps))
    assert hatched.alt == f"{plain.alt} Hatched: 1 small area where need is high and reach is low."
    assert (b"<pattern" in plain.svg, b"<pattern" in hatched.svg) == (False, True)
    assert "need is high and reach is low" in _text(replace(full, strengths=gaps)).partition("Where need is high")[0]


def test_the_rows_of_all_say_so_as_the_window_does(full: Findings, strengths: Strengths) -> None:
    made = local_strengths.content(replace(full, strengths=strengths))
    assert made is not None
    assert [row[0] for row in made.data["sorts"]] == ["All in Eastmere", "Group", "All in Mereshire"]
