"""Assets: the table that partners fill in."""

import io
from collections.abc import Callable
from datetime import UTC, date, datetime

import numpy as np
import pytest
from openpyxl import Workbook

from jsna_desktop.errors import FileProblem
from jsna_desktop.sources import dates
from jsna_desktop.sources.dataset import Reading

Table = Callable[..., Reading]


def test_everything_that_an_asset_may_have(table: Table) -> None:
    text = (
        "Name,Kind,Theme,Postcode,Place,Contact,Last checked,Source\n"
        "Walking Group,Group,Physical activity,qx1 1aa,Town Hall,walks@example.org,3/5/2025,Area board\n"
        "Repair Café,activities,Sustainability,QX1 1AB,,,May 2024,\n"
    )
    found = table(text)
    assert found.dataset.kind == "assets"
    assert found.names is not None and found.names.tolist() == ["Walking Group", "Repair Café"]
    assert found.columns["kind"].tolist() == ["group", "activity"]
    assert found.columns["theme"].tolist() == ["Physical activity", "Sustainability"]
    assert found.columns["postcode"].tolist() == ["QX1 1AA", "QX1 1AB"]
    assert found.columns["last_checked"].tolist() == ["2025-05-03", "2024-05"]
    assert found.columns["contact"].tolist() == ["walks@example.org", ""]
    assert found.columns["source"].tolist() == ["Area board", ""]
    assert np.isnan(found.columns["easting"]).all()
    assert found.dataset.problems == ()


def test_places_by_coordinates(table: Table) -> None:
    found = table("name,kind,theme,easting,northing\nGarden,space,Food,418700,169200\n")
    assert (found.columns["easting"][0], found.columns["northing"][0]) == (418_700, 169_200)


def test_a_workbook_with_real_dates(table: Table) -> None:
    book, content = Workbook(), io.BytesIO()
    sheet = book.active
    assert sheet is not None
    sheet.append(["name", "kind", "theme", "postcode", "last_checked"])
    sheet.append(["Garden", "space", "Food", "QX1 1AA", date(2025, 5, 3)])
    book.save(content)
    found = table(content.getvalue(), "assets.xlsx")
    assert found.columns["last_checked"].tolist() == ["2025-05-03"]


def test_an_unknown_kind_is_left_blank_with_what_may_have_been_meant(table: Table) -> None:
    text = "name,kind,theme,postcode\nA,grup,x,QX1 1AA\nB,Networks,x,QX1 1AB\nC,zebra,x,QX1 1AC\nD,,x,QX1 1AD\n"
    found = table(text)
    assert found.columns["kind"].tolist() == ["", "network", "", ""]
    problem = found.dataset.problems[0]
    assert "none of group, network, activity, space, service" in problem.message
    assert problem.examples == ("row 2: “grup”; did you mean group?", "row 4: “zebra”", "row 5: blank")


def test_one_asset_in_two_lists_is_flagged_and_a_repeated_row_left_out(table: Table) -> None:
    text = (
        "name,kind,theme,postcode\n"
        "Walking Group,group,Health,QX1 1AA\nwalking group,group,Sport,QX11AA\n"
        "Choir,group,Music,QX1 1AB\nChoir,group,Music,QX1 1AB\nChoir,group,Music,QX1 1AC\n"
    )
    found = table(text)
    assert len(found.codes) == 4
    said = {problem.message: problem.examples for problem in found.dataset.problems}
    assert said["a row that repeats another; left out"] == ("row 5",)
    twins = "an asset of the same name in the same place as another; both are kept"
    assert said[twins] == ("row 2: Walking Group", "row 3: walking group")


def test_dates_that_are_none_or_still_to_come_are_said(table: Table) -> None:
    late = datetime.now(UTC).year + 2
    text = f"name,kind,theme,postcode,last_checked\nA,group,x,QX1 1AA,31/2/2024\nB,group,x,QX1 1AB,1/1/{late}\n"
    found = table(text)
    assert found.columns["last_checked"].tolist() == ["", f"{late}-01-01"]
    assert [problem.examples for problem in found.dataset.problems] == [
        ("row 2: “31/2/2024”",),
        (f"row 3: {late}-01-01",),
    ]


def test_rows_without_a_name_are_left_out_and_nothing_but_those_is_refused(table: Table) -> None:
    found = table("name,kind,theme,postcode\n,group,x,QX1 1AA\nB,group,x,QX1 1AB\n")
    assert found.codes.tolist() == ["1"]
    assert found.dataset.problems[0].examples == ("row 2",)
    with pytest.raises(FileProblem, match="no asset has a name"):
        table("name,kind,theme,postcode\n,group,x,QX1 1AA\n")


@pytest.mark.parametrize(
    ("typed", "iso"),
    [
        ("2025-05-03", "2025-05-03"), ("3/5/2025", "2025-05-03"), ("03.05.25", "2025-05-03"),
        ("20250503", "2025-05-03"),
        ("3 May 2025", "2025-05-03"), ("3rd May 2025", "2025-05-03"), ("Saturday, 3 May 2025", "2025-05-03"),
        ("3-May-25", "2025-05-03"), ("Sept 2024", "2024-09"), ("2024-09", "2024-09"), ("2025", "2025"),
        ("2025-05-03 00:00:00", "2025-05-03"), ("29/2/2024", "2024-02-29"), ("29/2/2023", ""), ("13/13/2024", ""),
        ("5/31/2024", ""), ("soon", ""), ("45000", ""), ("", ""), ("31 Foo 2024", ""), ("1/1/0001", ""),
    ],
)  # fmt: skip
def test_dates_as_people_type_them(typed: str, iso: str) -> None:
    assert dates.day(typed) == iso
