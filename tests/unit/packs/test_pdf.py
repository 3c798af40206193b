"""The PDF: tagged, complete, the same every time, and safe from what people type."""

import io
import os
import stat
from dataclasses import replace
from pathlib import Path
from typing import Any

import pypdf
import pytest

from jsna_desktop.errors import UserError
from jsna_desktop.packs import pdf
from jsna_desktop.packs.findings import Findings
from jsna_desktop.packs.sections import cover, profile


@pytest.fixture(scope="module")
def pack(full: Findings) -> pypdf.PdfReader:
    return _read(full)


def _read(findings: Findings) -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(pdf.pdf_bytes(findings)))


def _text(reader: pypdf.PdfReader) -> str:
    return " ".join(" ".join(page.extract_text() for page in reader.pages).replace("\u200b", "").split())


def _elements(node: Any, kind: str) -> list[Any]:
    """All structure elements of a kind, in reading order."""
    node = node.get_object()
    if isinstance(node, list):
        return [found for child in node for found in _elements(child, kind)]
    if not isinstance(node, dict):
        return []
    own = [node] if node.get("/S") == f"/{kind}" else []
    return own + (_elements(node["/K"], kind) if "/K" in node else [])


def test_it_is_tagged_with_title_language_and_date(pack: pypdf.PdfReader) -> None:
    root: Any = pack.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en-GB"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert pack.metadata is not None
    assert pack.metadata.title == "Eastmere: area profile, November 2026"
    assert str(pack.metadata["/CreationDate"]).startswith("D:20261124090507")
    assert b"pdfuaid:part" in root["/Metadata"].get_data()


def test_every_figure_has_its_own_alternative_text(pack: pypdf.PdfReader) -> None:
    root: Any = pack.trailer["/Root"]
    texts = [str(figure["/Alt"]) for figure in _elements(root["/StructTreeRoot"], "Figure")]
    assert len(texts) == len(set(texts)) == 4
    assert texts[0].startswith("Map of Eastmere by national decile of deprivation. Of 10 small areas, ")
    assert "Most live in decile 1, 18.2%" in texts[2]


def test_headings_are_in_the_order_of_the_sections(pack: pypdf.PdfReader) -> None:
    titles = [item.title for item in pack.outline if not isinstance(item, list)]
    assert titles == [
        "Summary",
        "People",
        "Deprivation and the social gradient",
        "Profile against England",
        "Data quality and method",
        "The numbers behind the charts",
    ]


def test_tables_have_header_cells(pack: pypdf.PdfReader) -> None:
    root: Any = pack.trailer["/Root"]
    tables = _elements(root["/StructTreeRoot"], "Table")
    assert len(tables) == 7
    assert all(_elements(table, "TH") for table in tables)


def test_the_numbers_and_reasons_are_on_the_pages(pack: pypdf.PdfReader) -> None:
    text = _text(pack)
    for words in ("12,345", "22.3%", "20.1 to 24.6", "18.0%", "worse", "31.3", "withheld"):
        assert words in text
    assert "Withheld: 31% of residents live where there is no value" in text
    assert "Fictional" not in text


def test_every_page_of_fictional_data_says_so(full: Findings) -> None:
    pages = _read(replace(full, fictional=True)).pages
    assert len(pages) > 2
    assert all("Fictional data" in page.extract_text() for page in pages)


def test_a_name_is_never_read_as_markup(full: Findings) -> None:
    name = '#panic("x") *a* $b$ _c_ "quote" <tag> @ref \\ [d] é'
    row = full.rows[0] | {"name": name, "group": name, "note": name}
    findings = replace(
        full,
        locality=name,
        publisher=name,
        lede=name,
        standout=(name,),
        definition=((name, name),),
        rows=(row,),
        comparator_names={"district": name, "england": name},
        around_name=name,
        methods=((name, name),),
    )
    reader = _read(findings)
    assert _text(reader).count(name) >= 10
    assert reader.metadata is not None and reader.metadata.title == f"{name}: area profile, November 2026"


def test_a_character_that_the_fonts_lack_does_not_stop_the_pack(full: Findings) -> None:
    assert "Tŷ ??? Mawr" in _text(_read(replace(full, locality="Tŷ 日本\U0001f600 Mawr")))


def test_a_very_long_word_stays_on_the_page(full: Findings) -> None:
    word = "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch" * 4
    page = _read(replace(full, locality=word)).pages[0]
    ends: list[float] = []

    def visit(text: str, _cm: Any, matrix: list[float], *_: Any) -> None:
        if text.strip():
            ends.append(matrix[4])

    page.extract_text(visitor_text=visit)
    assert ends and max(ends) < float(page.mediabox.width)
    assert word in page.extract_text().replace("\n", "").replace("\u200b", "").replace(" ", "")


def test_a_section_with_nothing_to_say_is_left_out(bare: Findings) -> None:
    reader = _read(bare)
    assert [item.title for item in reader.outline if not isinstance(item, list)] == ["Data quality and method"]
    assert len(reader.pages) == 1


@pytest.mark.parametrize(
    "missing",
    [
        {"pyramid": None},
        {"deciles": None},
        {"inside": None},
        {"around": None},
        {"outline": None},
        {"rows": ()},
        {"comparators": ()},
        {"comparators": ("district",)},
        {"age_groups": ()},
    ],
    ids=lambda missing: next(iter(missing)),
)
def test_any_part_may_be_missing(full: Findings, missing: dict[str, Any]) -> None:
    reader = _read(replace(full, **missing))
    assert "Eastmere" in reader.pages[0].extract_text()
    root: Any = reader.trailer["/Root"]
    figures = _elements(root["/StructTreeRoot"], "Figure")
    assert all(figure["/Alt"] for figure in figures)


def test_the_same_findings_give_the_same_bytes(full: Findings) -> None:
    assert pdf.pdf_bytes(full) == pdf.pdf_bytes(full)


def test_a_picture_without_alternative_text_is_refused(full: Findings, monkeypatch: pytest.MonkeyPatch) -> None:
    import typst

    monkeypatch.setattr(cover, "MARKUP", '#image("cover-map.svg")')
    with pytest.raises(typst.TypstError, match="PDF/UA-1"):
        pdf.pdf_bytes(full)


def test_it_is_written_whole_and_readable_by_others(full: Findings, tmp_path: Path) -> None:
    path = tmp_path / "new folder" / "Eastmere.pdf"
    pdf.write_pdf(full, path)
    assert path.read_bytes().startswith(b"%PDF")
    assert [entry.name for entry in path.parent.iterdir()] == ["Eastmere.pdf"]
    mask = os.umask(0)
    os.umask(mask)
    assert stat.S_IMODE(path.stat().st_mode) == 0o666 & ~mask


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file")
    with pytest.raises(UserError, match="could not be written") as caught:
        pdf.write_whole(b"x", tmp_path / "taken" / "pack.pdf")
    assert str(tmp_path / "taken") in caught.value.message


def test_a_failed_write_leaves_the_earlier_pack_and_no_part(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "pack.pdf"
    path.write_bytes(b"earlier")

    def locked(self: Path, target: Path) -> Path:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "replace", locked)
    with pytest.raises(UserError, match="Permission denied"):
        pdf.write_whole(b"new", path)
    assert path.read_bytes() == b"earlier"
    assert [entry.name for entry in tmp_path.iterdir()] == ["pack.pdf"]


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("England", ["England"]),
        ("Fictional England", ["Fictional", "England"]),
        ("Bath and North East Somerset", ["Bath and North", "East Somerset"]),
        ("Northumberland", ["Northumberland"]),
    ],
)
def test_long_headings_of_comparators_break_in_the_middle(name: str, lines: list[str]) -> None:
    assert profile._lines(name) == lines
