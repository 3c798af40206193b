"""The page of getting to services: its numbers, its map, what is withheld, and nothing untagged."""

import io
from dataclasses import replace
from typing import Any

import numpy as np
import pypdf
import pytest

from jsna_desktop.packs import journey_map, pdf
from jsna_desktop.packs.findings import Findings
from jsna_desktop.packs.sections import services
from jsna_desktop.packs.services_page import JourneyMap, ServiceLine, ServicesPage


@pytest.fixture(scope="module")
def findings(full: Findings) -> Findings:
    assert full.inside is not None
    values = np.linspace(0.5, 9.5, len(full.inside.polygons))
    values[-1] = np.nan
    places = np.array([[403_500.0, 205_000.0], [900_000.0, 0.0], [np.nan, np.nan]])
    page = ServicesPage(
        "93% of residents of Eastmere live within 10 minutes’ drive of a general practice.",
        "minutes",
        True,
        10.0,
        "Mereshire",
        (
            ServiceLine("gp", "General practice", 4.32, 9.1, 0.934, 0.177, 5.04),
            ServiceLine("refuge", "Refuge", None, None, None, None, None, "withheld: sensitive"),
        ),
        ("General practice",),
        (("Most deprived", (2.14,)), ("Fifth 2", (None,))),
        JourneyMap("general practice", "General practices", full.inside.polygons, values, places),
        ("Edge, may be nearer: a note.",),
    )
    return replace(full, services=page)


def _elements(node: Any, kind: str) -> list[Any]:
    node = node.get_object()
    if isinstance(node, list):
        return [found for child in node for found in _elements(child, kind)]
    if not isinstance(node, dict):
        return []
    own = [node] if node.get("/S") == f"/{kind}" else []
    return own + (_elements(node["/K"], kind) if "/K" in node else [])


def _page(findings: Findings) -> tuple[str, pypdf.PdfReader]:
    reader = pypdf.PdfReader(io.BytesIO(pdf.pdf_bytes(findings)))
    texts = [" ".join(page.extract_text().replace("\u200b", "").split()) for page in reader.pages]
    return next((text for text in texts if "93% of residents of Eastmere" in text), ""), reader


def test_its_numbers_and_reasons_are_on_the_page(findings: Findings) -> None:
    text, reader = _page(findings)
    assert "General practice 4.3 9.1 93% 18% 5.0" in text
    assert "Refuge withheld – – – –" in text
    assert "Most deprived 2.1" in text and "Fifth 2 –" in text
    assert "Minutes by car" in text and "Within 10 min" in text and "Mean of Mereshire" in text
    assert "Edge, may be nearer: a note." in text
    assert "Getting to services" in [item.title for item in reader.outline if not isinstance(item, list)]


def test_its_map_and_tables_are_tagged(findings: Findings) -> None:
    _, reader = _page(findings)
    root: Any = reader.trailer["/Root"]
    texts = [str(figure["/Alt"]) for figure in _elements(root["/StructTreeRoot"], "Figure")]
    (said,) = [text for text in texts if "mean journey" in text]
    assert "Of 11 small areas, " in said and "; from 0.5 to " in said
    assert "1 small area has no value" in said
    assert said.endswith("1 general practice is marked on the map.")
    assert all(_elements(table, "TH") for table in _elements(root["/StructTreeRoot"], "Table"))


def test_a_straight_line_says_so(findings: Findings) -> None:
    assert findings.services is not None
    text, _ = _page(replace(findings, services=replace(findings.services, by_road=False, unit="km", usual=5.0)))
    assert "Kilometres, straight line" in text and "Within 5 km" in text
    assert "Mean straight line to the nearest general practice" in text


def test_any_part_may_be_missing(findings: Findings) -> None:
    page = findings.services
    assert page is not None
    alone = replace(page, district="", map=None, fifths=(), few=(), notes=(), lines=page.lines[:1])
    text, _ = _page(replace(findings, services=alone))
    assert "Mean of" not in text and "General practice 4.3 9.1 93% 18%" in text
    text, _ = _page(replace(findings, services=replace(alone, lines=())))
    assert "General practice" not in text.replace("general practice", "")
    text, _ = _page(replace(findings, outline=None, around=None))
    assert "By deprivation" in text
    assert services.content(replace(findings, services=None)) is None


def test_no_edge_no_column(findings: Findings) -> None:
    assert findings.services is not None
    lines = tuple(replace(one, edge=0.0) for one in findings.services.lines)
    text, _ = _page(replace(findings, services=replace(findings.services, lines=lines, notes=())))
    assert "Edge" not in text
    assert "General practice 4.3 9.1 93% 5.0" in text


def test_bars_are_as_long_as_their_numbers(findings: Findings) -> None:
    content = services.content(findings)
    assert content is not None
    drawn, ticks = content.data["lines"][0]["drawn"], content.data["ticks"]
    high = float(ticks[-1]["said"])
    assert (ticks[0]["at"], ticks[-1]["at"]) == (0, 1)
    assert [drawn[name] * high for name in ("mean", "most", "district")] == pytest.approx([4.32, 9.1, 5.04])
    assert content.data["lines"][1]["drawn"] is None


@pytest.mark.parametrize(
    ("values", "names"),
    [
        ([0.5, 9.5, np.nan], ["under 2", "2 to 4", "4 to 6", "6 to 8", "8 and over"]),
        ([0.1, 0.4], ["under 0.1", "0.1 to 0.2", "0.2 to 0.3", "0.3 to 0.4", "0.4 and over"]),
        ([0.0, 0.0], ["under 0.1", "0.1 to 0.2", "0.2 to 0.3", "0.3 to 0.4", "0.4 and over"]),
        ([400.0], ["under 100", "100 to 200", "200 to 300", "300 to 400", "400 and over"]),
    ],
)
def test_classes_are_round_and_hold_their_values(values: list[float], names: list[str]) -> None:
    of, called = journey_map.classes(np.array(values))
    assert called == names
    step = float(names[0].removeprefix("under "))
    for value, one in zip(values, of.tolist(), strict=True):
        assert one == (-1 if np.isnan(value) else min(4, int(value / step + 1e-9)))
