"""Reports of the NHS Organisation Data Service: told apart by their codes, what is closed left out and counted."""

import csv
import io
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from jsna_desktop.errors import FileProblem
from jsna_desktop.sources import read
from jsna_desktop.sources.dataset import Reading

Table = Callable[..., Reading]
WIDTH = 27


def organisation(code: str, name: str, postcode: str = "QX1 1AA", **more: str) -> list[str]:
    """One row as ODS writes it; `closed`, `status`, `kind`, `parent`, `left` and `setting` fill their columns."""
    row = [""] * WIDTH
    row[0:5] = code, name, "X54", "QXX", "1 HIGH STREET"
    row[6], row[9], row[10], row[21] = "TESTON", postcode, "20000401", "0"
    for place, part in ((11, "closed"), (12, "status"), (13, "kind"), (14, "parent"), (16, "left"), (25, "setting")):
        row[place] = more.get(part, "")
    return row


def report(rows: Sequence[Sequence[str]]) -> str:
    made = io.StringIO()
    csv.writer(made, quoting=csv.QUOTE_ALL).writerows(rows)
    return made.getvalue()


def test_pharmacies_without_closed_ones_and_appliance_contractors(table: Table) -> None:
    rows = [
        organisation("FQX01", "TESTON PHARMACY", status="A", kind="1", parent="P001"),
        organisation("FQX02", "OLD PHARMACY", status="C", closed="20200101", kind="1"),
        organisation("FQX03", "APPLIANCES BY POST", status="A", kind="2"),
        organisation("FQX04", "MARKET PHARMACY", "QX11AB", status="A", kind="1"),
    ]
    found = table(report(rows))
    assert found.dataset.id == "services.pharmacy"
    assert found.codes.tolist() == ["FQX01", "FQX04"]
    assert found.columns["service"].tolist() == ["pharmacy", "pharmacy"]
    assert found.columns["postcode"].tolist() == ["QX1 1AA", "QX1 1AB"]
    assert "edispensary" in found.dataset.reason
    message = found.dataset.problems[0].message
    assert message == "1 pharmacies that are closed, dormant or proposed, and 1 appliance contractors, left out"
    assert found.dataset.fictional


def test_statuses_and_roles_as_data_search_and_export_writes_them(table: Table) -> None:
    practices = [
        organisation("QX0001", "TESTON SURGERY", status="ACTIVE", kind="B", setting="RO76"),
        organisation("QX0002", "TESTON CLINIC", status="ACTIVE", kind="Z", setting="RO80|RO246"),
        organisation("QX0003", "MARKET PRACTICE", status="ACTIVE", kind="B", setting="RO72|RO76"),
        organisation("QX0004", "OLD PRACTICE", status="INACTIVE", kind="B", setting="RO76"),
    ]
    assert table(report(practices)).codes.tolist() == ["QX0001", "QX0003"]
    pharmacies = [
        organisation("FQX01", "TESTON PHARMACY", status="ACTIVE", kind="RO182"),
        organisation("FQX02", "APPLIANCES BY POST", status="ACTIVE", kind="RO94"),
    ]
    assert table(report(pharmacies), "ods.csv").codes.tolist() == ["FQX01"]


def test_branches_have_no_status_and_go_by_their_date_of_closing(table: Table) -> None:
    rows = [
        organisation("Q10001001", "TESTON SURGERY, UPTON", parent="Q10001"),
        organisation("Q10001002", "TESTON SURGERY, OLD ROAD", parent="Q10001", closed="20190331"),
        organisation("Q10002001", "MARKET PRACTICE, TO CLOSE", parent="Q10002", closed="29991231"),
    ]
    found = table(report(rows))
    assert found.dataset.title == "GP branch surgeries"
    assert found.codes.tolist() == ["Q10001001", "Q10002001"]
    assert set(found.columns["service"].tolist()) == {"gp_branch"}


def test_doctors_are_counted_by_practice_and_not_named(table: Table) -> None:
    rows = [
        organisation("G9000001", "SMITH A", status="A", parent="QX0001"),
        organisation("G9000002", "JONES B", status="A", parent="QX0001"),
        organisation("G9000003", "BROWN C", status="A", parent="QX0002", postcode="QX1 1AB"),
        organisation("G9000004", "GREEN D", status="A", parent="QX0002", left="20200101"),
        organisation("G9000005", "WHITE E", status="C", parent="QX0002"),
    ]
    found = table(report(rows))
    assert found.codes.tolist() == ["QX0001", "QX0002"]
    assert found.columns["capacity"].tolist() == [2, 1]
    assert found.columns["postcode"].tolist() == ["QX1 1AA", "QX1 1AB"]
    everything = [found.names, *found.columns.values()]
    assert found.names is not None
    assert not any("SMITH" in str(cell) for column in everything if column is not None for cell in column.tolist())


@pytest.mark.parametrize(
    ("codes", "name", "service"),
    [
        (("RQX01", "RQX02"), "TESTON HOSPITAL", "nhs_site"),
        (("RQX", "RQY"), "TESTSHIRE NHS TRUST", "nhs_trust"),
        (("V00001", "V00002"), "TESTON DENTAL PRACTICE", "dentist"),
        (("8QX01", "8QX02"), "ST TESTA'S HOSPICE", "hospice"),
    ],
)
def test_other_reports_by_their_codes(table: Table, codes: tuple[str, str], name: str, service: str) -> None:
    found = table(report([organisation(code, name) for code in codes]))
    assert found.dataset.id == f"services.{service}"
    assert found.codes.tolist() == list(codes)


def test_what_a_file_is_called_does_not_matter(table: Table) -> None:
    rows = [organisation(f"FQX0{n}", "PHARMACY", status="A", kind="1") for n in range(3)]
    assert table(report(rows), "epraccur.csv").dataset.id == "services.pharmacy"


def test_the_zip_as_it_is_published(tmp_path: Path) -> None:
    rows = [organisation(f"FQX0{n}", "PHARMACY", status="A", kind="1") for n in range(3)]
    with zipfile.ZipFile(tmp_path / "edispensary.zip", "w") as archive:
        archive.writestr("edispensary.csv", report(rows))
        archive.writestr("edispensary.pdf", "%PDF-1.4")
    assert read(tmp_path / "edispensary.zip").dataset.rows == 3


def test_a_report_of_unknown_codes_is_refused_with_what_was_seen(table: Table) -> None:
    rows = [organisation(f"14{letter}", "AN AUTHORITY") for letter in "ABC"]
    with pytest.raises(FileProblem, match=r"Organisation Data Service that is not known.*14A.*edispensary"):
        table(report(rows))


def test_only_closed_ones_are_no_data(table: Table) -> None:
    with pytest.raises(FileProblem, match="no open pharmacy"):
        table(report([organisation(f"FQX0{n}", "PHARMACY", status="C", kind="1") for n in range(3)]))


def test_a_code_twice_is_refused(table: Table) -> None:
    rows = [organisation("FQX01", "ONE", status="A", kind="1"), organisation("FQX01", "TWO", status="A", kind="1")]
    with pytest.raises(FileProblem, match=r"a pharmacy comes twice.*FQX01 in rows 1 and 2"):
        table(report(rows))


def test_a_postcode_that_is_none_is_said_and_left_blank(table: Table) -> None:
    rows = [organisation(f"FQX0{n}", "PHARMACY", status="A", kind="1") for n in range(8)]
    rows.append(organisation("FQX09", "PHARMACY", "UNKNOWN", status="A", kind="1"))
    found = table(report(rows))
    assert found.columns["postcode"].tolist()[-1] == ""
    messages = {problem.message: problem for problem in found.dataset.problems}
    assert messages["a postcode that is none; taken as missing"].examples == ("row 9: “UNKNOWN”",)
    assert messages["a pharmacy without a postcode or coordinates; it has no place"].examples == ("row 9: FQX09",)
