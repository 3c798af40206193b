"""Schools of Get information about schools: open ones, with phase, places and pupils."""

import csv
import io
from collections.abc import Callable

import numpy as np
import pytest

from jsna_desktop.errors import FileProblem
from jsna_desktop.sources.dataset import Reading

Table = Callable[..., Reading]
# A part of the register's columns, in its order and words.
HEADINGS = [
    "URN", "LA (code)", "LA (name)", "EstablishmentNumber", "EstablishmentName", "TypeOfEstablishment (code)",
    "TypeOfEstablishment (name)", "EstablishmentTypeGroup (name)", "EstablishmentStatus (code)",
    "EstablishmentStatus (name)", "OpenDate", "CloseDate", "PhaseOfEducation (code)", "PhaseOfEducation (name)",
    "SchoolCapacity", "NumberOfPupils", "Street", "Locality", "Address3", "Town", "County (name)", "Postcode",
    "HeadFirstName", "HeadLastName", "GOR (name)", "Easting", "Northing", "LSOA (code)",
]  # fmt: skip


def school(urn: str, name: str, status: str = "Open", **more: str) -> dict[str, str]:
    made = {
        "URN": urn, "EstablishmentName": name, "EstablishmentStatus (name)": status,
        "TypeOfEstablishment (name)": "Community school", "PhaseOfEducation (name)": "Primary", "SchoolCapacity": "210",
        "NumberOfPupils": "198", "Street": "School Lane", "Town": "Teston", "Postcode": "QX1 1AA",
        "HeadLastName": "Surname", "Easting": "418700", "Northing": "169200",
    }  # fmt: skip
    return made | {heading: more[key] for key, heading in KEYS.items() if key in more}


KEYS = {
    "kind": "TypeOfEstablishment (name)", "phase": "PhaseOfEducation (name)", "capacity": "SchoolCapacity",
    "pupils": "NumberOfPupils", "postcode": "Postcode", "easting": "Easting", "northing": "Northing",
}  # fmt: skip


def register(*rows: dict[str, str], encoding: str = "cp1252") -> bytes:
    made = io.StringIO()
    writer = csv.DictWriter(made, HEADINGS, quoting=csv.QUOTE_ALL)
    writer.writeheader()
    writer.writerows([dict.fromkeys(HEADINGS, "") | row for row in rows])
    return made.getvalue().encode(encoding)


def test_open_schools_with_phase_places_and_pupils(table: Table) -> None:
    content = register(
        school("100001", "St Zoë’s School"),
        school("100002", "Old School", "Closed"),
        school("100003", "Going School", "Open, but proposed to close", phase="Secondary", capacity="900"),
        school("100004", "Coming School", "Proposed to open"),
        school("100005", "Special School", phase="Not applicable", kind="Community special school", capacity=""),
    )
    found = table(content)
    assert found.dataset.id == "services.school"
    assert found.codes.tolist() == ["100001", "100003", "100005"]
    assert found.names is not None and found.names[0] == "St Zoë’s School"
    assert found.columns["category"].tolist() == ["Primary", "Secondary", "Community special school"]
    np.testing.assert_array_equal(found.columns["capacity"], [210, 900, np.nan])
    assert found.columns["pupils"].tolist() == [198, 198, 198]
    assert found.columns["easting"].tolist() == [418_700] * 3
    assert found.columns["address"][0] == "School Lane, Teston"
    assert found.dataset.problems[0].rows == 2
    assert found.dataset.problems[0].examples == ("closed: 1", "proposed to open: 1")


def test_what_is_no_school_of_a_place_is_left_out(table: Table) -> None:
    found = table(
        register(
            school("100001", "School"),
            school("100002", "Centre", kind="Children's centre"),
            school("100003", "School Abroad", kind="British schools overseas", postcode="", easting="", northing=""),
        )
    )
    assert found.codes.tolist() == ["100001"]
    assert found.dataset.problems[0].rows == 2


def test_nobodys_name_is_read(table: Table) -> None:
    found = table(register(school("100001", "School")))
    assert not any("Surname" in str(cell) for column in found.columns.values() for cell in column.tolist())


def test_no_place_on_the_grid_leaves_the_postcode(table: Table) -> None:
    found = table(register(school("100001", "School", easting="0", northing="0")))
    assert np.isnan(found.columns["easting"][0])
    assert found.columns["postcode"].tolist() == ["QX1 1AA"]
    assert not found.dataset.problems


def test_a_number_twice_and_no_open_school_are_refused(table: Table) -> None:
    with pytest.raises(FileProblem, match=r"a school comes twice.*100001 in rows 2 and 3"):
        table(register(school("100001", "One"), school("100001", "Two")))
    with pytest.raises(FileProblem, match="no open school"):
        table(register(school("100001", "One", "Closed")))
