"""Life expectancy, gaps and gradients of the demonstration county, against what its deaths were drawn from."""

import csv
import gzip
import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.endtoend.conftest import Said

FILES = Path(__file__).parents[2] / "resources" / "demonstration"
TRUTH = json.loads((FILES / "truth.json").read_text())
COUNTY = "Marrowshire"
Jsna = Callable[..., Said]


def true_at_birth(sex: str, period: str) -> dict[str, float]:
    return {
        one["place"]: one["at_birth"]
        for one in TRUTH["life_expectancy"]
        if (one["sex"], one["period"]) == (sex, period)
    }


@pytest.mark.parametrize("sex", ["persons", "female", "male"])
def test_places_are_given_what_is_true_of_them_to_within_chance(demonstration: Path, jsna: Jsna, sex: str) -> None:
    told = jsna("life-expectancy", demonstration, "--sex", sex, "--years", "2020-2024", "--format", "json").json()
    truth = true_at_birth(sex, "2020-2024")
    rows = {row["locality"]: row for row in told["rows"] if row["age"] == 0}
    assert rows.keys() == truth.keys()
    # Half as wide again as the 95 % interval: 3 in 1,000 by chance.
    for name, row in rows.items():
        assert abs(row["value"] - truth[name]) < 1.5 * (row["upper_ci"] - row["value"]), name
    assert rows[COUNTY]["upper_ci"] - rows[COUNTY]["lower_ci"] < 1


def test_the_county_is_the_sum_of_its_community_areas(demonstration: Path, jsna: Jsna) -> None:
    rows = jsna("life-expectancy", demonstration, "--years", "2022-2024", "--format", "json").json()["rows"]
    assert len(rows) == 13 * 3 * 20
    for sex in ("persons", "female", "male"):
        for age in (0, 65, 90):
            mine = [row for row in rows if (row["sex"], row["age"]) == (sex, age)]
            whole = next(row for row in mine if row["locality"] == COUNTY)
            for part in ("deaths", "population"):
                parts = sum(row[part] for row in mine if row["locality"] != COUNTY)
                assert parts == pytest.approx(whole[part], rel=1e-12)


@pytest.mark.parametrize("by", ["age", "cause"])
def test_the_gap_of_the_fifths_is_true_and_is_the_sum_of_its_parts(demonstration: Path, jsna: Jsna, by: str) -> None:
    told = jsna("life-expectancy", demonstration, "--gap", "deprivation", "--years", "2020-2024", "--decompose", by,
                "--format", "json").json()  # fmt: skip
    rows = [row for row in told["rows"] if row["value"] is not None]
    for row in rows:
        assert sum(part["years"] for part in row["parts"]) == pytest.approx(row["value"], abs=1e-9)
    names = {part["cause"] for row in rows for part in row["parts"]}
    assert names == ({"all"} if by == "age" else set(TRUTH["causes"]))
    for one in TRUTH["gradient"]:
        if one["period"] == "2020-2024":
            row = next(r for r in rows if (r["locality"], r["sex"]) == (COUNTY, one["sex"]))
            assert (row["a"], row["b"]) == ("least deprived fifth", "most deprived fifth")
            assert abs(row["value"] - one["gap"]) < 1.5 * (row["upper_ci"] - row["value"])


def test_the_gap_of_two_places_turns_round_with_them(demonstration: Path, jsna: Jsna) -> None:
    def gap(text: str) -> list[dict]:
        return jsna("life-expectancy", demonstration, "--gap", text, "--format", "json").json()["rows"]

    there, back = gap("Wexbourne:Kelderford"), gap("Kelderford:Wexbourne")
    assert {row["sex"] for row in there} == {"persons", "female", "male"}
    for mine, theirs in zip(there, back, strict=True):
        assert mine["lower_ci"] > 3
        assert mine["value"] == pytest.approx(-theirs["value"], abs=1e-12)
    overlap = gap(f"Kelderford:{COUNTY}")
    assert all(row["value"] is None and "share residents" in row["note"] for row in overlap)


def test_the_planted_narrowing_is_seen_and_the_slow_part_falls_behind(demonstration: Path, jsna: Jsna) -> None:
    told = jsna("life-expectancy", demonstration, "--gap", "deprivation", "--rolling", "--sex", "persons", "--format",
                "json").json()  # fmt: skip
    county = next(one for one in told["trend"] if one["locality"] == COUNTY)
    planted = next(o for o in TRUTH["gap_over_time"] if (o["sex"], o["years"]) == ("persons", 3))
    assert county["verdict"] == county["relative_verdict"] == "narrowing"
    assert county["slope_lower"] < planted["change_a_year"] < county["slope_upper"] < 0
    periods = [row for row in told["rows"] if row["locality"] == COUNTY]
    assert [row["period"] for row in periods][:2] == ["2015-2017", "2016-2018"]
    assert [row["pandemic"] for row in periods] == [False, False, False, True, True, True, True, False]
    slow = {one["period"]: one for one in TRUTH["life_expectancy"]
            if (one["place"], one["sex"]) == (TRUTH["slow_part"], "persons")}  # fmt: skip
    whole = {one["period"]: one for one in TRUTH["life_expectancy"]
             if (one["place"], one["sex"]) == (COUNTY, "persons")}  # fmt: skip
    behind = [whole[period]["at_birth"] - slow[period]["at_birth"] for period in ("2015-2019", "2020-2024")]
    assert 0 < behind[0] < behind[1]


def test_the_slope_index_is_true(demonstration: Path, jsna: Jsna) -> None:
    told = jsna("inequality", demonstration, "--indicator", "life_expectancy", "--years", "2020-2024", "--format",
                "json").json()  # fmt: skip
    for one in TRUTH["gradient"]:
        if one["period"] != "2020-2024":
            continue
        row = next(r for r in told["rows"] if (r["locality"], r["sex"]) == (COUNTY, one["sex"]))
        assert abs(row["sii"] - one["sii"]) < 1.5 * (row["sii_upper"] - row["sii"])
        assert [group["group"] for group in row["groups"]] == [1, 2, 3, 4, 5]
        for group, true in zip(row["groups"], one["fifths"], strict=True):
            assert abs(group["value"] - true) < 2 * (group["upper_ci"] - group["value"])


def test_an_indicator_over_the_gradient(demonstration: Path, jsna: Jsna) -> None:
    rows = jsna("inequality", demonstration, "--indicator", "local.smoking", "--groups", "10", "--format",
                "json").json()["rows"]  # fmt: skip
    county = rows[0]
    assert county["locality"] == COUNTY
    value = [group["value"] for group in county["groups"]]
    assert len(value) == 10
    assert value[0] > value[4] > value[9]
    assert county["sii_upper"] < 0
    assert county["rii_upper"] < 1
    smokers = sum(group["events"] for group in county["groups"])
    expected = smokers - value[9] / 100 * sum(group["population"] for group in county["groups"])
    assert county["what_if"]["events_fewer"] == pytest.approx(expected)
    assert county["attributable_share"] == pytest.approx(expected / smokers)
    national = jsna("inequality", demonstration, "--indicator", "local.smoking", "--within", "national", "--format",
                    "json").json()["rows"]  # fmt: skip
    part = next(row for row in national if row["locality"] == "Nether Marrow")
    assert part["sii"] is None
    assert "none of its areas are in this group" in part["note"]


def test_tables_and_csv_hold_the_same(demonstration: Path, jsna: Jsna) -> None:
    asked = ("life-expectancy", demonstration, "--locality", "Kelderford", "--sex", "male")
    rows = jsna(*asked, "--format", "json").json()["rows"]
    listed = list(csv.DictReader(io.StringIO(jsna(*asked, "--format", "csv").out)))
    assert [float(line["value"]) for line in listed] == [row["value"] for row in rows]
    assert list(listed[0])[:7] == ["locality", "sex", "period", "age", "value", "lower_ci", "upper_ci"]
    assert f"{rows[0]['value']:.1f}" in jsna(*asked).out


def test_a_funnel_and_the_places_most_alike(demonstration: Path, jsna: Jsna) -> None:
    rows = jsna("benchmark", demonstration, "--indicator", "local.smoking", "--format", "json").json()["rows"]
    assert len(rows) == 12
    for row in rows:
        assert row["lower_998"] < row["lower_95"] < row["centre"] < row["upper_95"] < row["upper_998"]
        assert row["wider_upper_95"] > row["upper_95"]
        beyond = (row["value"] > row["upper_95"]) - (row["value"] < row["lower_95"])
        assert row["verdict"].split(" ")[0] == {1: "high", -1: "low", 0: "not"}[beyond]
        distances = [one["distance"] for one in row["neighbours"]]
        assert distances == sorted(distances)
        assert row["locality"] not in {one["locality"] for one in row["neighbours"]}


def test_need_supply_and_use_over_the_gradient(demonstration: Path, jsna: Jsna) -> None:
    told = jsna("equity", demonstration, "--service", "gp", "--need", "local.diabetes_recorded", "--use",
                "local.emergency_admissions", "--format", "json").json()  # fmt: skip
    county = [row for row in told["rows"] if (row["locality"], row["dimension"]) == (COUNTY, "deprivation")]
    local = [row for row in told["rows"] if row["dimension"] == "locality"]
    assert len(county) == 5
    assert len(local) == 12
    for part in ("need", "use", "services", "residents"):
        assert sum(row[part] for row in county) == pytest.approx(sum(row[part] for row in local))
    best = max(row["ratio"] for row in county)
    for row in county:
        assert row["ratio"] == pytest.approx(row["use"] / row["need"])
        assert row["lower_ci"] < row["ratio"] < row["upper_ci"]
        assert row["unserved"] == pytest.approx(best * row["need"] - row["use"], abs=1e-6)
    assert told["findings"][0].startswith(f"{COUNTY}, gp: for 1,000 in need the use is ")


@pytest.fixture(scope="module")
def secret(tmp_path_factory: pytest.TempPathFactory, demonstration: Path) -> Path:
    """The same county, its deaths from a sensitive extract."""
    from jsna_desktop.cli import main

    folder = tmp_path_factory.mktemp("secret")
    workspace = folder / "secret.jsna"
    files = [p for p in sorted(FILES.iterdir()) if "population" in p.name or "Boundaries" in p.name
             or "File_7" in p.name or "LAD" in p.name]  # fmt: skip
    deaths = folder / "our deaths.csv"
    packed = next(p for p in FILES.iterdir() if p.name.startswith("deaths"))
    deaths.write_bytes(gzip.decompress(packed.read_bytes()))
    assert main(["new", str(workspace)]) == 0
    assert main(["add", str(workspace), *map(str, files)]) == 0
    assert main(["add", str(workspace), "--sensitive", str(deaths)]) == 0
    lookup = next(p for p in FILES.iterdir() if "Community_Area" in p.name)
    assert main(["localities", "add", str(workspace), str(lookup), "--set", "areas", "--name-field", "CA24NM",
                 "--code-field", "CA24CD"]) == 0  # fmt: skip
    return workspace


def test_sensitive_deaths_leave_as_life_expectancy_at_two_ages_alone(secret: Path, demonstration: Path, jsna: Jsna):
    asked = ("--years", "2020-2024", "--format", "json")
    rows = jsna("life-expectancy", secret, *asked).json()["rows"]
    open_rows = {(r["locality"], r["sex"], r["age"]): r for r in
                 jsna("life-expectancy", demonstration, *asked).json()["rows"]}  # fmt: skip
    assert {row["age"] for row in rows} == {0, 65}
    for row in rows:
        assert row["deaths"] is None
        assert row["population"] is None
        assert row["value"] == round(open_rows[row["locality"], row["sex"], row["age"]]["value"], 1)
    assert json.dumps(rows).count("made from sensitive data") == len(rows)


def test_parts_of_a_gap_from_sensitive_deaths_rest_on_ten_of_them(secret: Path, demonstration: Path, jsna: Jsna):
    asked = ("--gap", "Kelderford:Nether Marrow", "--decompose", "cause", "--years", "2023-2024", "--format", "json")
    mine, open_ones = (jsna("life-expectancy", where, *asked).json()["rows"] for where in (secret, demonstration))
    few = 0
    for row, whole in zip(mine, open_ones, strict=True):
        if whole["value"] is None:
            continue
        assert row["ratio"] is None
        for part, true in zip(row["parts"], whole["parts"], strict=True):
            assert set(part) == {"age", "cause", "years"}
            few += part["years"] is None
            assert part["years"] in (None, round(true["years"], 1))
    assert few > 0
    aged = jsna("life-expectancy", secret, "--gap", "Kelderford:Wexbourne", "--age", "40", "--format", "json").json()
    assert all(row["value"] is None for row in aged["rows"])


def test_a_gradient_from_sensitive_deaths_is_rounded(secret: Path, jsna: Jsna) -> None:
    rows = jsna("inequality", secret, "--indicator", "life_expectancy", "--format", "json").json()["rows"]
    county = rows[0]
    assert county["sii"] == round(county["sii"], 1)
    assert county["fitted"] is None
    for group in county["groups"]:
        assert group["population"] is None
        assert group["events"] is None
        assert group["value"] == round(group["value"], 1)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--years", "2010-2014"), "neither deaths nor residents"),
        (("--years", "nineteen"), "these are no years"),
        (("--years", "2024-2020"), "run backwards"),
        (("--gap", "Kelderford:Atlantis"), "no locality or district 'Atlantis'"),
        (("--gap", "Kelderford"), "this is no gap"),
        (("--decompose", "age"), "of a gap"),
        (("--gap", "deprivation", "--age", "3"), "no age band begins at 3"),
        (("--gap", "deprivation", "--rolling", "30"), "no periods of 30 years"),
        (("--groups", "5", "--by", "imd2019"), "no index of deprivation"),
        (("--locality", "Atlantis"), "no locality 'Atlantis'"),
    ],
)
def test_what_cannot_be_done_is_said(demonstration: Path, jsna: Jsna, arguments: tuple[str, ...], said: str) -> None:
    done = jsna("life-expectancy", demonstration, *arguments)
    assert done.code == 2
    assert said in done.err
