"""Years in good health from the command line: closed forms, whose share it is, and what does not fit."""

import csv
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from jsna_desktop.cli import main
from jsna_desktop.measures.life_expectancy import life_table
from tests.endtoend.conftest import Said
from tests.endtoend.test_life_mistakes import BANDS, CODES, DEATHS, HEAD, PEOPLE, rows, write

Jsna = Callable[..., Said]
HEALTH = ["area_code", "indicator", "period", "numerator", "denominator", "name", "kind", "polarity", "sex", "age"]
ENGLAND, DISTRICT = "E92000001", "E06000054"
WIDE = {"0-4": 0.99, "5-14": 0.95, "15-64": 0.8, "65+": 0.5}
BOTH = ("female", "male")


def health(
    name: str, share: Callable[[str], float], bands=tuple(BANDS), codes=CODES, sexes=BOTH, asked: int = 200,
    kind: str = "proportion", polarity: str = "high good", title: str = "In good health",
) -> list[list]:  # fmt: skip
    return [[code, name, 2021, round(share(band) * asked), asked, title, kind, polarity, sex, band]
            for code in codes for sex in sexes for band in bands]  # fmt: skip


FIRST = health("mixed", lambda band: 0.9 - 0.03 * BANDS.index(band), codes=CODES[:1], asked=300)
SECOND = health("mixed", lambda band: 0.6, codes=CODES[1:], asked=100)
HOMES = "lives_in_communal_establishment"
TABLE = [
    *health("perfect", lambda band: 1.0),
    *health("well", lambda band: 0.7, title="In good health (usual residents)"),
    *health("ill", lambda band: 0.3, polarity="low good"),
    *FIRST,
    *SECOND,
    *health("near", lambda band: 0.7, codes=CODES[:1]),
    *health("wide", WIDE.__getitem__, bands=tuple(WIDE)),
    *health("persons", lambda band: 0.8, sexes=("persons",)),
    *health("cut", lambda band: 0.8, bands=("0-15", "16-64", "65+")),
    *health("short", lambda band: 0.8, bands=tuple(BANDS[:-2])),
    *health("ageless", lambda band: 0.8, bands=("all",)),
    *health("unsaid", lambda band: 0.8, polarity="none"),
    *health("often", lambda band: 0.8, kind="rate"),
    # One of 200 is not in good health, in four rows.
    *health("few", lambda band: 0.995 if band == "90+" else 1.0),
    [CODES[0], HOMES, 2021, 90, 1_000, "Lives in a communal establishment", "proportion", "none", "persons", "all"],
    [CODES[1], HOMES, 2021, 4, 1_000, "Lives in a communal establishment", "proportion", "none", "persons", "all"],
]
LARGER = [
    ("district", health("near", lambda band: 0.6, codes=(DISTRICT,)) + health("local", lambda band: 0.8,
     codes=(DISTRICT,), asked=5_000) + health("elsewhere", lambda band: 0.8, codes=("E06000001",))),
    ("nation", health("near", lambda band: 0.5, codes=(ENGLAND,)) + health("national", lambda band: 0.8,
     codes=(ENGLAND,), asked=5_000)),
]  # fmt: skip


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two areas with residents; each is a locality, and both together."""
    folder = tmp_path_factory.mktemp("healthy")
    workspace = folder / "bare.jsna"
    people = write(folder / "people.csv", [*HEAD, "population"], rows(PEOPLE, BANDS))
    district = write(folder / "lad.csv", ["LSOA21CD", "LAD25CD", "LAD25NM"],
                     [[code, DISTRICT, "Wiltshire"] for code in CODES])  # fmt: skip
    assert main(["new", str(workspace)]) == 0
    assert main(["add", str(workspace), str(people), str(district), "--geography", "lsoa2021"]) == 0
    for field, places in (("A", ["Place 1", "Place 2"]), ("B", ["Both"] * 2)):
        file = write(folder / f"{field}.csv", ["LSOA21CD", "CODE", "NAME"],
                     [[code, place, place] for code, place in zip(CODES, places, strict=True)])  # fmt: skip
        assert main(["localities", "add", str(workspace), str(file), "--set", field, "--name-field", "NAME",
                     "--code-field", "CODE"]) == 0  # fmt: skip
    write(folder / "deaths.csv", [*HEAD, "deaths"], rows(DEATHS, BANDS))
    write(folder / "health.csv", HEALTH, TABLE)
    return workspace


def with_more(bare: Path, name: str, *added: tuple[str, ...]) -> Path:
    workspace = bare.with_name(f"{name}.jsna")
    shutil.copy(bare, workspace)
    for file, *options in added:
        assert main(["add", str(workspace), str(bare.with_name(file)), *options]) == 0
    return workspace


@pytest.fixture(scope="module")
def world(bare: Path) -> Path:
    added = [("deaths.csv", "--geography", "lsoa2021"), ("health.csv", "--geography", "lsoa2021")]
    for geography, table in LARGER:
        write(bare.with_name(f"{geography}.csv"), HEALTH, table)
        added.append((f"{geography}.csv", "--geography", geography))
    return with_more(bare, "world", *added)


def told(jsna: Jsna, workspace: Path, name: str, *more: str, places: str = "B") -> list[dict]:
    said = jsna("life-expectancy", workspace, "--healthy", f"local.{name}", "--set", places, *more, "--format", "json")
    assert said.code == 0, said.err
    return said.json()["rows"]


def test_in_perfect_health_it_is_life_expectancy_at_every_age(world: Path, jsna: Jsna) -> None:
    whole = jsna("life-expectancy", world, "--set", "B", "--format", "json").json()["rows"]
    found = told(jsna, world, "perfect")
    assert len(found) == len(whole) == 3 * 20
    limits = ("value", "lower_ci", "upper_ci")
    for mine, theirs in zip(found, whole, strict=True):
        for name, number in theirs.items():
            if name in limits:
                assert mine[name] == pytest.approx(max(number, 0), rel=1e-12)
            elif name != "note":
                assert mine[name] == number
        assert mine["share"] == pytest.approx(1)
        assert mine["life_expectancy"] == theirs["value"]
        assert mine["note"].startswith("shares of 2021")


@pytest.mark.parametrize("name", ["well", "ill"])
def test_the_same_share_at_every_age_is_that_share_of_life(world: Path, jsna: Jsna, name: str) -> None:
    for row in told(jsna, world, name):
        assert row["value"] == pytest.approx(0.7 * row["life_expectancy"])
        assert row["share"] == pytest.approx(0.7)


def test_areas_are_put_together_by_their_counts(world: Path, jsna: Jsna) -> None:
    """Sullivan by hand: years lived in each band of the pooled life table, times pooled cases over pooled asked."""
    found = [row for row in told(jsna, world, "mixed") if row["sex"] == "female"]
    cases = np.array([line[3] for line in FIRST[:20]]) + np.array([line[3] for line in SECOND[:20]])
    table = life_table(2.0 * DEATHS, 2.0 * PEOPLE)
    years = np.cumsum((table.lived * cases / 400)[::-1])[::-1] / table.survivors
    np.testing.assert_allclose([row["value"] for row in found], years, rtol=1e-12)
    assert [row["asked"] for row in found][:2] == [20 * 400, 19 * 400]
    assert found[0]["cases"] == cases.sum()


@pytest.mark.parametrize(("name", "area"), [("national", "England"), ("local", "Wiltshire")])
def test_where_only_a_larger_area_has_it_its_share_is_taken_and_said(
    world: Path, jsna: Jsna, name: str, area: str
) -> None:
    for row in told(jsna, world, name):
        assert row["value"] == pytest.approx(0.8 * row["life_expectancy"])
        assert row["prevalence_of"] == area
        assert row["note"].startswith(f"shares of 2021; prevalence of {area}")


def test_its_own_share_goes_before_the_districts_and_that_before_the_nations(world: Path, jsna: Jsna) -> None:
    said = told(jsna, world, "near", places="A") + told(jsna, world, "near")
    of = {row["locality"]: (row["prevalence_of"], row["share"]) for row in said if row["age"] == 0}
    assert of["Place 1"] == ("", pytest.approx(0.7))
    # Half of the residents are in an area without a share of its own: not enough.
    assert of["Place 2"] == of["Both"] == ("Wiltshire", pytest.approx(0.6))


def test_wider_bands_are_spread_and_said(world: Path, jsna: Jsna) -> None:
    found = told(jsna, world, "wide")
    assert "one share for every age of 5-14, 15-64, 65+" in found[0]["note"]
    assert [round(found[at]["share"], 9) for at in (14, 17, 19)] == [0.5] * 3
    assert found[0]["asked"] == 2 * 2 * 4 * 200  # two areas, both sexes: each wide group once


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--healthy", "local.cut"), "0-15, 16-64 lie across bands of it"),
        (("--healthy", "local.short"), "nothing of 85-89, 90+"),
        (("--healthy", "local.ageless"), "local.ageless is not by age"),
        (("--healthy", "local.unsaid"), "does not say whether it counts good health or bad"),
        (("--healthy", "local.often"), "is no share of people"),
        (("--healthy", "local.weell"), "Did you mean local.well"),
        (("--healthy", "local.well", "--gap", "Place 1:Place 2"), "no gaps"),
    ],
)
def test_what_does_not_fit_is_refused_by_name(world: Path, jsna: Jsna, arguments: tuple[str, ...], said: str) -> None:
    done = jsna("life-expectancy", world, *arguments)
    assert done.code == 2
    assert said in done.err


def test_no_sex_is_taken_from_persons(world: Path, jsna: Jsna) -> None:
    found = {row["sex"]: row for row in told(jsna, world, "persons") if row["age"] == 0}
    assert found["persons"]["share"] == pytest.approx(0.8)
    for sex in BOTH:
        assert found[sex]["value"] is None
        assert found[sex]["note"] == f"not given: the share is not known for {sex}"
        assert found[sex]["life_expectancy"] > 60


def test_a_share_that_nobody_near_has_is_withheld(world: Path, jsna: Jsna) -> None:
    for row in told(jsna, world, "elsewhere"):
        assert row["value"] is None
        assert "neither here nor of an area that holds it all" in row["note"]


def test_care_homes_are_flagged_and_whom_the_share_is_of_is_said(world: Path, jsna: Jsna) -> None:
    asked = ("life-expectancy", world, "--set", "A", "--format", "json", "--healthy")
    said = jsna(*asked, "local.well").json()
    places = {row["locality"]: row for row in said["rows"]}
    assert places["Place 1"]["communal_share"] == pytest.approx(0.09)
    assert "9.0 % of residents live in communal establishments" in places["Place 1"]["note"]
    assert "communal" not in places["Place 2"]["note"]
    assert "In good health (usual residents): of all residents, those of communal establishments too" in said["notes"]
    assert not any("not known" in note for note in said["notes"])


def test_where_nothing_is_known_of_communal_establishments_that_is_said(bare: Path, jsna: Jsna) -> None:
    write(bare.with_name("one.csv"), HEALTH, health("one", lambda band: 0.8))
    plain = with_more(bare, "plain", ("deaths.csv", "--geography", "lsoa2021"), ("one.csv", "--geography", "lsoa2021"))
    notes = jsna("life-expectancy", plain, "--healthy", "local.one", "--format", "json").json()["notes"]
    assert "In good health: its table does not say whether it counts residents of communal establishments" in notes
    assert "the share of residents in communal establishments is not known" in notes


@pytest.mark.parametrize("secret", ["deaths.csv", "health.csv"])
def test_sensitive_sides_leave_at_two_ages_to_one_decimal(world: Path, bare: Path, jsna: Jsna, secret: str) -> None:
    added = [(file, "--geography", "lsoa2021", *(["--sensitive"] if file == secret else []))
             for file in ("deaths.csv", "health.csv")]  # fmt: skip
    hidden = with_more(bare, f"secret {secret[:-4]}", *added)
    exact = {(row["sex"], row["age"]): row for row in told(jsna, world, "well")}
    found = told(jsna, hidden, "well")
    assert {row["age"] for row in found} == {0, 65}
    for row in found:
        whole = exact[row["sex"], row["age"]]
        assert row["value"] == round(whole["value"], 1)
        assert row["life_expectancy"] == round(whole["life_expectancy"], 1)
        assert row["share"] == pytest.approx(row["value"] / row["life_expectancy"])
        assert {row[name] for name in ("deaths", "population", "asked", "cases")} == {None}
    few = told(jsna, hidden, "few")
    if secret == "health.csv":
        assert {(row["value"], row["life_expectancy"], row["share"]) for row in few} == {(None, None, None)}
        assert all("fewer than ten people" in row["note"] for row in few)
    else:
        assert all(row["value"] is not None for row in few)


def test_a_table_for_people_says_the_years_and_the_share(world: Path, jsna: Jsna) -> None:
    said = jsna("life-expectancy", world, "--healthy", "local.well", "--set", "B", "--sex", "female")
    assert said.out.splitlines()[0].split()[:4] == ["Locality", "Sex", "Period", "Age"]
    assert "70.0 %" in said.out
    listed = list(csv.DictReader(jsna("life-expectancy", world, "--healthy", "local.well", "--set", "B", "--format",
                                      "csv").out.splitlines()))  # fmt: skip
    assert float(listed[0]["share"]) == pytest.approx(0.7)
