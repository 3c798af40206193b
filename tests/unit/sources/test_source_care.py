"""The two files of the Care Quality Commission: the directory with its title lines, and the one with filters."""

import csv
import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from openpyxl import Workbook

from jsna_desktop.errors import FileProblem
from jsna_desktop.sources import read
from jsna_desktop.sources.dataset import Reading

Table = Callable[..., Reading]
DIRECTORY = [
    "Name", "Also known as", "Address", "Postcode", "Phone number", "Service's website (if available)", "Service types",
    "Date of latest check", "Specialisms/services", "Provider name", "Local authority", "Region", "Location URL",
    "CQC Location ID (for office use only)", "CQC Provider ID (for office use only)",
]  # fmt: skip
TITLES = [["CQC care directory"], ["This data was produced on 1 May 2025"], ["Some services are not in it"], []]
FILTERS = [
    "Location ID", "Location HSCA start date", "Dormant (Y/N)", "Care home?", "Location Name", "Registered manager",
    "Care homes beds", "Location Local Authority", "Location Street Address", "Location Address Line 2",
    "Location City", "Location County", "Location Postal Code", "Location Latitude", "Location Longitude",
    "Provider ID",
    "Service type - Care home service with nursing", "Service type - Care home service without nursing",
    "Service type - Dental service", "Service type - Domiciliary care service", "Location Dual Registered",
    "Primary ID (Dual registration locations)",
]  # fmt: skip


def directory(*rows: tuple[str, str, str, str]) -> str:
    """The CSV of (name, postcode, service types, location)."""
    made = io.StringIO()
    writer = csv.writer(made)
    writer.writerows([*TITLES, DIRECTORY])
    for name, postcode, kinds, location in rows:
        address = "1 High Street,\nTeston,\nTestshire"
        cells = (
            name,
            "",
            address,
            postcode,
            "",
            "",
            kinds,
            "01/Jan/2024 - 00:00",
            "Dementia|Caring for adults over 65",
        )
        writer.writerow(
            [*cells, "Provider", "Testshire", "South West", f"https://example.org/{location}", location, "1-9"]
        )
    return made.getvalue()


def test_the_directory_under_its_title_lines(table: Table) -> None:
    found = table(
        directory(
            ("Alpha House", "QX1 1AA", "Nursing homes|Residential homes", "1-101"),
            ("Beta Dental", "QX1 1AB", "Dentist", "1-102"),
            ("Gamma at Home", "QX1 1AC", "Homecare agencies|Supported living", "1-103"),
            ("Delta Surgery", "QX1 1AD", "Doctors/GPs", "1-104"),
        )
    )
    assert found.dataset.id == "services.care"
    assert found.dataset.period == "2025"
    assert found.codes.tolist() == ["1-101", "1-102", "1-103", "1-104"]
    assert found.columns["service"].tolist() == ["care", "dentist", "care", "doctors_gps"]
    assert found.columns["category"][0] == "Nursing homes; Residential homes"
    assert found.columns["address"][0] == "1 High Street, Teston, Testshire"
    assert found.columns["postcode"].tolist() == ["QX1 1AA", "QX1 1AB", "QX1 1AC", "QX1 1AD"]
    assert "2 of them social care" in found.dataset.reason


def filters(path: Path, *rows: dict[str, str | float]) -> Path:
    book = Workbook()
    readme = book.active
    assert readme is not None
    readme.title = "README"
    readme.append(["Source: CQC database as at 1 May 2025"])
    sheet = book.create_sheet("HSCA_Active_Locations")
    sheet.append(FILTERS)
    for row in rows:
        sheet.append([row.get(heading, "") for heading in FILTERS])
    book.save(path)
    return path


def location(code: str, beds: float | str, kind: str, **more: str | float) -> dict[str, str | float]:
    made: dict[str, str | float] = {
        "Location ID": code, "Location Name": f"House {code}", "Dormant (Y/N)": "N", "Care homes beds": beds,
        "Registered manager": "Surname, Forename", "Location Street Address": "1 High Street",
        "Location City": "Teston",
        "Location Postal Code": "QX1 1AA", "Location Latitude": 51.42, "Location Longitude": -1.73,
        f"Service type - {kind}": "Y", "Primary ID (Dual registration locations)": "-",
    }  # fmt: skip
    return made | more


def test_the_directory_with_filters_gives_beds_and_places(tmp_path: Path) -> None:
    nursing, dental = "Care home service with nursing", "Dental service"
    path = filters(
        tmp_path / "hsca.xlsx",
        location("1-101", 40, nursing, **{"Service type - Care home service without nursing": "Y"}),
        location("1-102", "", dental),
        location("1-103", 30, nursing, **{"Dormant (Y/N)": "Y"}),
        location("1-104", 40, nursing, **{"Primary ID (Dual registration locations)": "1-101"}),
    )
    found = read(path)
    assert found.codes.tolist() == ["1-101", "1-102"]
    np.testing.assert_array_equal(found.columns["capacity"], [40, np.nan])
    assert found.columns["service"].tolist() == ["care", "dental_service"]
    assert found.columns["category"][0] == "Care home service with nursing; Care home service without nursing"
    # On a ball of 40,008 km round: 0.27° east of the grid's meridian (2° W), and 1.42° north of 50° N, which it crosses
    # at 11,000 m.
    degree = 40_008_000 / 360
    assert abs(found.columns["easting"][0] - 400_000 - 0.27 * degree * np.cos(np.radians(51.42))) < 200
    assert abs(found.columns["northing"][0] - 11_000 - 1.42 * degree) < 700
    assert sorted(problem.rows for problem in found.dataset.problems) == [1, 1]
    assert not any("Surname" in str(cell) for column in found.columns.values() for cell in column.tolist())


def test_a_location_twice_is_refused(table: Table) -> None:
    with pytest.raises(FileProblem, match=r"a location comes twice.*1-101"):
        table(directory(("Alpha", "QX1 1AA", "Dentist", "1-101"), ("Beta", "QX1 1AA", "Dentist", "1-101")))
