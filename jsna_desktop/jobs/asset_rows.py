"""The register as rows: for the terminal, for the window, and as a file for partners, which can be read back.

What says whom to ask is left out unless it is asked for, and assets of sensitive data never leave.
"""

import csv
import io
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from jsna_desktop.areas.locality import Locality
from jsna_desktop.errors import DisclosureRefused, UsageProblem
from jsna_desktop.jobs import audit
from jsna_desktop.jobs.assets import MONTHS, Asset, Register, duplicates, is_stale, lying_in
from jsna_desktop.jobs.output import unrun
from jsna_desktop.workspace.store import Store

HEADINGS = (
    "name", "kind", "theme", "postcode", "easting", "northing", "place", "contact", "last_checked", "source", "address",
)  # fmt: skip
_WIDEST = 44


def rows(found: Register, places: Sequence[Locality], *, contact: bool = False, months: int = MONTHS) -> list[dict]:
    """A row for each asset: what is told of it, the localities that it lies in, whether it is stale.

    Without `contact` it has no contact.
    """
    held = lying_in(found.points, places)
    names = [[places[at].name for at in inside] for inside in held]
    return [_row(one, own, found, contact, months) for one, own in zip(found.assets, names, strict=True)]


def _row(one: Asset, localities: list[str], found: Register, contact: bool, months: int) -> dict:
    row = {
        "id": one.key,
        "name": one.name,
        "kind": one.kind,
        "theme": one.theme,
        "locality": ", ".join(dict.fromkeys(localities)),
        "postcode": one.postcode,
        "easting": one.x if one.is_placed else None,
        "northing": one.y if one.is_placed else None,
        "place": one.place,
        "last_checked": one.last_checked,
        "stale": is_stale(one, found.today, months),
        "source": one.source,
        "address": one.address,
        "state": one.state,
    }
    return row | ({"contact": one.contact} if contact else {})


def in_places(found: Register, places: Sequence[Locality]) -> Register:
    """Those that lie in any of the places."""
    held = lying_in(found.points, places)
    return replace(found, assets=tuple(one for one, inside in zip(found.assets, held, strict=True) if inside))


def duplicate_rows(found: Register, metres: float, alike: float) -> list[dict]:
    """A row for each pair that may be one asset, the most alike first."""
    made = []
    for twin in duplicates(found, metres, alike):
        a, b = found.assets[twin.first], found.assets[twin.second]
        known = twin.metres == twin.metres  # NaN is not itself
        made.append({
            "id": a.key, "name": a.name, "other_id": b.key, "other_name": b.name, "kind": a.kind, "other_kind": b.kind,
            "likeness": round(twin.likeness, 4), "metres": twin.metres if known else None,
            "note": "" if known else "one of them has no place",
        })  # fmt: skip
    return made


def may_leave(found: Register, notes: list[str]) -> Register:
    """The assets that may leave the program, with a note on those that may not. DisclosureRefused where none may."""
    open_ones = found.open()
    hidden = len(found.assets) - len(open_ones.assets)
    if hidden and not open_ones.assets:
        raise DisclosureRefused("every asset is from sensitive data, and does not leave the program")
    if hidden:
        notes.append(f"{hidden:,} assets are from sensitive data and are left out")
    return open_ones


def export_assets(
    store: Store, found: Register, path: Path, *, contact: bool = False, replace_file: bool = False
) -> tuple[int, list[str]]:
    """Write the register as a plain table (.csv or .xlsx) that can be added again; how many rows, and what is left out.

    It is recorded. UsageProblem where there is nothing to write, the file cannot be written, or is there already:
    `replace_file` where a person has said that it may go.
    """
    notes = list(found.notes)
    leaving = may_leave(found, notes)
    if not leaving.assets:
        raise UsageProblem("there are no assets to write")
    if path.exists() and not replace_file:
        raise UsageProblem("there is already a file of this name", where=str(path), todo="Choose another name")
    if not path.parent.is_dir():
        raise UsageProblem("the folder does not exist", where=str(path.parent))
    headings = [name for name in HEADINGS if contact or name != "contact"]
    if path.suffix.lower() not in (".csv", ".xlsx"):
        raise UsageProblem("assets are written as .csv or .xlsx", where=str(path))
    lines = [[_cell(one, name) for name in headings] for one in leaving.assets]
    part = path.with_name(path.name + ".part")
    try:
        part.write_bytes(_xlsx(headings, lines) if path.suffix.lower() == ".xlsx" else _csv(headings, lines))
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise UsageProblem("the file cannot be written", where=str(path), found=error.strerror or "") from error
    audit.record_leaving(store, audit.ASSETS_EXPORTED, str(path), rows=len(lines), contact=contact)
    return len(lines), notes


def _cell(one: Asset, name: str) -> str | float | None:
    if name in ("easting", "northing"):
        return round(one.x if name == "easting" else one.y, 2) if one.is_placed else None
    return getattr(one, name)


def _csv(headings: list[str], lines: list[list]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(headings)
    writer.writerows([[unrun(cell) if isinstance(cell, str) else _number(cell) for cell in line] for line in lines])
    return text.getvalue().encode("utf-8-sig")  # a spreadsheet takes it for what it is


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.12g}"


def _xlsx(headings: list[str], lines: list[list]) -> bytes:
    from openpyxl import Workbook
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "assets"
    for column, name in enumerate(headings, start=1):
        sheet.cell(1, column, name).font = Font(bold=True)
        texts = [str(line[column - 1] or "") for line in lines]
        sheet.column_dimensions[get_column_letter(column)].width = min(_WIDEST, max(map(len, [name, *texts])) + 2)
        for row, line in enumerate(lines, start=2):
            cell = sheet.cell(row, column, line[column - 1])
            if isinstance(line[column - 1], str):
                cell.data_type = "s"  # never a formula, whatever it begins with
                cell.number_format = "@"
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = sheet.dimensions
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()
