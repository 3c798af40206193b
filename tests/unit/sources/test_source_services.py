"""The plain table of services: where they are, what is closed, and what officers type wrong."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Transformer

from jsna_desktop.errors import FileProblem
from jsna_desktop.sources import places
from jsna_desktop.sources.dataset import Reading

Table = Callable[..., Reading]
TO_DEGREES = Transformer.from_crs(27700, 4326, always_xy=True)


def messages(found: Reading) -> list[str]:
    return [problem.message for problem in found.dataset.problems]


def test_services_by_postcode_with_everything_that_may_be_there(table: Table) -> None:
    text = (
        "Name,Service,Postcode,Code,Capacity,Status,Category,Opening,Address\n"
        "Teston Library,Library,qx11aa,L001,40,Open,Branch,Mon-Fri 9-5,1 High Street\n"
        "Upton Library,library,QX1 1AB,L002,,open,Mobile,,\n"
        "Old Library,library,QX1 1AC,L003,20,Closed,Branch,,\n"
    )
    found = table(text)
    assert found.dataset.id == "services.library"
    assert found.dataset.kind == "services"
    assert found.codes.tolist() == ["L001", "L002"]
    assert found.columns["postcode"].tolist() == ["QX1 1AA", "QX1 1AB"]
    assert found.columns["service"].tolist() == ["library", "library"]
    np.testing.assert_array_equal(found.columns["capacity"], [40, np.nan])
    assert np.isnan(found.columns["easting"]).all()
    assert found.columns["opening"][0] == "Mon-Fri 9-5"
    assert found.columns["category"].tolist() == ["Branch", "Mobile"]
    assert messages(found) == ["a service that is not open; left out"]
    assert found.dataset.problems[0].examples == ("row 4: “closed”",)


def test_services_by_coordinates_get_codes_of_one_width(table: Table) -> None:
    rows = "".join(f"Place {n},youth club,{400_000 + 100 * n},{200_000 + n}\n" for n in range(12))
    found = table("name,service,easting,northing\n" + rows)
    assert found.codes.tolist()[:2] == ["01", "02"]
    assert len(set(found.codes.tolist())) == 12
    assert found.columns["easting"].tolist() == [400_000 + 100 * n for n in range(12)]
    assert found.columns["service"][0] == "youth_club"
    assert not found.dataset.problems


def test_longitude_and_latitude_give_the_same_places(table: Table) -> None:
    east, north = np.array([418_700.0, 329_500.0, 655_000.0]), np.array([169_200.0, 434_000.0, 310_000.0])
    longitude, latitude = TO_DEGREES.transform(east, north)
    pairs = zip(longitude, latitude, strict=True)
    found = table("name,service,longitude,latitude\n" + "".join(f"P,park,{x:.7f},{y:.7f}\n" for x, y in pairs))
    np.testing.assert_allclose(found.columns["easting"], east, atol=0.1)
    np.testing.assert_allclose(found.columns["northing"], north, atol=0.1)


def test_degrees_and_swapped_pairs_under_the_headings_of_metres(table: Table) -> None:
    longitude, latitude = TO_DEGREES.transform(418_700, 169_200)
    text = (
        "name,service,easting,northing\n"
        "A,park,418700,169200\n"
        f"B,park,{longitude:.7f},{latitude:.7f}\n"
        f"C,park,{latitude:.7f},{longitude:.7f}\n"
        "D,park,310000,655000\n"
        "E,park,655000,310000\n"
    )
    found = table(text)
    np.testing.assert_allclose(found.columns["easting"][:3], 418_700, atol=0.1)
    # 655000, 310000 is Norfolk; the other way round it is a field in Lanarkshire, so it stays where it is.
    assert found.columns["easting"].tolist()[3:] == [310_000, 655_000]
    assert "degrees where metres should be; taken as longitude and latitude (WGS84)" in messages(found)
    turned = next(p for p in found.dataset.problems if "changed places" in p.message)
    assert turned.rows == 1


def test_a_file_with_its_columns_swapped_is_turned_round_whole(table: Table) -> None:
    # Of these the first can only lie on land one way, and the second either way.
    found = table("name,service,easting,northing\nA,park,169200,418700\nB,park,310000,655000\nC,park,169300,418700\n")
    assert found.columns["easting"].tolist() == [418_700, 655_000, 418_700]
    assert found.dataset.problems[0].rows == 3


def test_places_in_the_sea_half_pairs_and_zeros_are_missing(table: Table) -> None:
    text = (
        "name,service,easting,northing,postcode\n"
        "A,park,418700,169200,QX1 1AA\n"
        "Sea,park,690000,90000,QX1 1AB\n"
        "Far,park,9999999,5,QX1 1AC\n"
        "Half,park,418700,,QX1 1AD\n"
        "Zero,park,0,0,QX1 1AE\n"
    )
    found = table(text)
    assert np.isfinite(found.columns["easting"]).tolist() == [True, False, False, False, False]
    said = {problem.message: problem for problem in found.dataset.problems}
    assert said["a place in the sea or outside Great Britain; taken as missing"].rows == 2
    assert said["one coordinate without the other; taken as missing"].examples == ("row 5",)


def test_what_is_typed_wrong_is_said_with_its_row(table: Table) -> None:
    text = (
        "name,service,postcode,capacity,status\n"
        "A,gp,QX1 1AA,-5,open\n"
        "B,gp,NOWHERE,30,perhaps\n"
        "C,gp,QX1 1AC,*,open\n"
        "C,gp,QX1 1AC,*,open\n"
        "D,,QX1 1AD,1,open\n"
        "A,gp,QX1 1AA,7,open\n"
    )
    found = table(text)
    assert found.names is not None
    assert found.names.tolist() == ["A", "B", "C", "A"]
    np.testing.assert_array_equal(found.columns["capacity"], [np.nan, 30, np.nan, 7])
    said = {problem.message: problem.examples for problem in found.dataset.problems}
    assert said["“capacity” below zero; taken as missing"] == ("row 2: -5",)
    assert said["a postcode that is none; taken as missing"] == ("row 3: “NOWHERE”",)
    assert said["a status that is neither open nor closed; taken as open"] == ("row 3: “perhaps”",)
    assert said["a row that repeats another; left out"] == ("row 5",)
    assert said["a row that does not say which service it is; left out"] == ("row 6",)
    assert said["a service of the same name in the same place as another; both are kept"] == ("row 2: A", "row 7: A")
    assert said["a service without a postcode or coordinates; it has no place"] == ("row 3: B",)


def test_a_code_for_two_services_is_refused(table: Table) -> None:
    with pytest.raises(FileProblem, match=r"a service comes twice.*L1 in rows 2 and 4"):
        table("name,service,postcode,code\nA,x,QX1 1AA,L1\nB,x,QX1 1AB,L2\nC,x,QX1 1AC,L1\n")


def test_codes_keep_their_zeros_and_others_are_numbered_around_them(table: Table) -> None:
    found = table("name,service,postcode,code\nA,x,QX1 1AA,001\nB,x,QX1 1AB,\nC,x,QX1 1AC,1\n")
    assert found.codes.tolist() == ["001", "2", "1"]


def test_a_column_map_makes_it_of_any_table(table: Table) -> None:
    text = "Venue,Sort,Lat,Lng,Notes\nA,Toilet,51.42,-1.73,x\n"
    columns = {"name": "Venue", "service": "Sort", "latitude": "Lat", "longitude": "Lng"}
    found = table(text, column_map=columns)
    assert found.columns["service"].tolist() == ["toilet"]
    assert abs(found.columns["easting"][0] - 418_800) < 300
    assert messages(found) == ["columns that are not used: Notes"]


def test_formulas_and_infinities_do_no_harm(table: Table) -> None:
    text = (
        "name,service,easting,northing,capacity\n"
        '"=HYPERLINK(""x"")",park,inf,nan,1e400\n'
        "A,park,418700,169200,5\nB,park,418700,169200,6\n"
    )
    found = table(text)
    assert found.names is not None and found.names[0] == '=HYPERLINK("x")'
    assert np.isfinite(found.columns["easting"]).tolist() == [False, True, True]
    np.testing.assert_array_equal(found.columns["capacity"], [np.nan, 5, 6])


def test_every_service_closed_is_no_data(table: Table) -> None:
    with pytest.raises(FileProblem, match="no open service"):
        table("name,service,postcode,status\nA,gp,QX1 1AA,closed\n")


def test_names_without_a_service_or_a_place_are_no_services(table: Table) -> None:
    for text in ("name,service\nA,gp\n", "name,postcode\nA,QX1 1AA\n"):
        with pytest.raises(FileProblem, match="cannot be read as services"):
            table(text, kind="services")


@pytest.mark.parametrize(
    ("typed", "normal"),
    [("sn11aa", "SN1 1AA"), (" SN1  1AA ", "SN1 1AA"), ("W1A 0AX", "W1A 0AX"), ("SN1", ""), ("12345", ""), ("", "")],
)
def test_postcodes_are_written_one_way(typed: str, normal: str) -> None:
    assert places.normal_postcode(typed) == normal


# Towns on all coasts (OS, 1:50,000 Gazetteer), and places at sea between them.
@pytest.mark.parametrize(
    ("place", "land"),
    [
        ((90_500, 10_500), True),  # St Mary's, Scilly
        ((655_000, 293_000), True),  # Lowestoft
        ((447_500, 1_141_500), True),  # Lerwick
        ((142_500, 933_000), True),  # Stornoway
        ((622_000, 141_000), True),  # Folkestone
        ((238_000, 376_000), True),  # Holyhead and Anglesey
        ((550_000, 650_000), False),
        ((150_000, 350_000), False),
        ((700_000, 300_000), False),
        ((-5, 10), False),
        ((24.9, 60.2), False),  # degrees, of Helsinki
        ((np.nan, 10), False),
    ],
)
def test_land_is_told_from_the_sea_by_squares_of_100_km(place: tuple[float, float], land: bool) -> None:
    assert places.on_land(np.array([place[0]]), np.array([place[1]])).tolist() == [land]


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from(["", "", "1", "2", "01", "10", "A"]), max_size=30))
def test_codes_that_are_made_never_meet_those_that_are_given(given_codes: list[str]) -> None:
    found = places.numbered(np.array(given_codes, dtype=np.str_)).tolist()
    assert [made for made, code in zip(found, given_codes, strict=True) if code] == [c for c in given_codes if c]
    made = [made for made, code in zip(found, given_codes, strict=True) if not code]
    assert len(set(made)) == len(made)
    assert not set(made) & set(filter(None, given_codes))
    assert "" not in found
