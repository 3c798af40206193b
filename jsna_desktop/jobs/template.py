"""Empty plain tables, with their headings explained."""

from pathlib import Path

from jsna_desktop.errors import UsageProblem

_KINDS: dict[str, tuple[tuple[str, str, str], ...]] = {
    "population": (
        ("area_code", "E01031841", "code of the area"),
        ("year", "2024", "mid-year of the estimate"),
        ("sex", "female", "persons, female or male"),
        ("age", "0", "a single year (0 … 90+), a band (0-4) or all"),
        ("population", "12", "residents"),
    ),
    "indicator": (
        ("area_code", "E01031841", "code of the area"),
        ("indicator", "smoking", "a short name without spaces; it becomes local.smoking"),
        ("period", "2024", "2024 or 2020-2024"),
        ("numerator", "120", "people or events counted; * where withheld"),
        ("denominator", "1500", "people at risk"),
        ("name", "Smoking prevalence (18 and over)", "may be missing: the name for people"),
        ("kind", "proportion", "may be missing: count, proportion, rate, mean, score, modelled"),
        ("unit", "%", "may be missing: % or per 100,000"),
        ("multiplier", "100", "may be missing: 100 for a proportion, 100000 for a rate"),
        ("polarity", "low good", "may be missing: high good, low good or none"),
        ("sex", "persons", "may be missing"),
        ("age", "18+", "may be missing"),
        ("source", "Our own survey", "may be missing"),
    ),
    "lookup": (
        ("LSOA21CD", "E01031841", "code of the small area"),
        ("LSOA21NM", "Wiltshire 012A", "its name"),
        ("CA24CD", "CA01", "code of your own area: a column of codes ends in CD"),
        ("CA24NM", "Marlborough", "its name: a column of names ends in NM"),
    ),
}
KINDS = tuple(_KINDS)


def write_template(kind: str, path: Path) -> None:
    """An empty table of this kind at `path`, CSV or xlsx by its ending; the xlsx has a sheet that explains it."""
    if kind not in _KINDS:
        raise UsageProblem(f"there is no template for {kind!r}", expected=", ".join(KINDS))
    if path.exists():
        raise UsageProblem("there is already a file of this name", where=str(path), todo="Choose another name")
    headings = [heading for heading, _, _ in _KINDS[kind]]
    if path.suffix.lower() == ".xlsx":
        _xlsx(kind, headings, path)
    elif path.suffix.lower() == ".csv":
        path.write_text(",".join(headings) + "\n", encoding="utf-8-sig", newline="")
    else:
        raise UsageProblem("a template is a .csv or an .xlsx file", where=str(path))


def explain(kind: str) -> list[tuple[str, str, str]]:
    """(heading, example, meaning) of each column."""
    return list(_KINDS[kind])


def _xlsx(kind: str, headings: list[str], path: Path) -> None:
    from openpyxl import Workbook
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    book = Workbook()
    table = book.active
    assert table is not None
    table.title = kind
    table.append(headings)
    guide = book.create_sheet("What to write")
    guide.append(["Heading", "Example", "Meaning"])
    for row in _KINDS[kind]:
        guide.append(list(row))
    for sheet in (table, guide):
        for cell in sheet[1]:
            cell.font = Font(bold=True)
        for number, column in enumerate(sheet.columns, start=1):
            width = max(len(str(cell.value or "")) for cell in column)
            sheet.column_dimensions[get_column_letter(number)].width = max(12, width + 2)
        sheet.freeze_panes = "A2"
    book.save(path)
