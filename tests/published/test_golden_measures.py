"""Life tables, slope indices and funnels of OHID's PHEindicatormethods 2.1.0, through files and the command line.

Each golden area is cut into blocks, written as the plain tables an officer would add, and put together again.
"""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from jsna_desktop.cli import main

AGES = ["0", "1-4", *(f"{a}-{a + 4}" for a in range(5, 90, 5)), "90+"]
CUT = 3


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> str:
    assert main([str(argument) for argument in arguments]) == 0, capsys.readouterr().err
    return capsys.readouterr().out


def write(path: Path, rows: pd.DataFrame) -> Path:
    rows.to_csv(path, index=False)
    return path


def block(area: int, piece: int, pieces: int) -> str:
    return f"E01{area * pieces + piece + 1:06d}"


def cut(total: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Whole numbers (n,) in CUT parts (n, CUT), each part a third or so."""
    return np.array([rng.multinomial(int(one), [1 / CUT] * CUT) for one in total])


def test_life_expectancy_is_the_references_however_areas_are_cut(
    golden: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = pd.read_csv(golden / "life_expectancy_input.csv")
    expected = pd.read_csv(golden / "life_expectancy_expected.csv")
    areas = given.area.drop_duplicates().tolist()
    rng = np.random.default_rng(1)
    deaths, people, lookup = [], [], []
    for at, area in enumerate(areas):
        rows = given[given.area == area]
        lookup += [(block(at, piece, CUT), f"P{at}", area) for piece in range(CUT)]
        for table, name in ((deaths, "deaths"), (people, "population")):
            parts = cut(rows[name].to_numpy(), rng)
            table += [
                (block(at, piece, CUT), 2023, "persons", age, parts[band, piece])
                for band, age in enumerate(AGES)
                for piece in range(CUT)
            ]
    shared = ["area_code", "year", "sex", "age"]
    workspace = tmp_path / "golden.jsna"
    files = [
        write(tmp_path / "deaths.csv", pd.DataFrame(deaths, columns=[*shared, "deaths"])),
        write(tmp_path / "people.csv", pd.DataFrame(people, columns=[*shared, "population"])),
    ]
    places = write(tmp_path / "places.csv", pd.DataFrame(lookup, columns=["LSOA21CD", "PLACECD", "PLACENM"]))
    run(capsys, "new", workspace)
    run(capsys, "add", workspace, *files, "--geography", "lsoa2021")
    run(capsys, "localities", "add", workspace, places, "--set", "golden", "--name-field", "PLACENM",
        "--code-field", "PLACECD")  # fmt: skip
    told = json.loads(run(capsys, "life-expectancy", workspace, "--set", "golden", "--format", "json"))
    ours = pd.DataFrame(told["rows"]).set_index(["locality", "age"])
    theirs = expected.set_index(["area", "startage"])
    assert len(ours) == len(theirs) == 20 * len(areas)
    assert set(ours.period) == {"2023"}
    theirs = theirs.loc[ours.index]
    for mine, reference in (("value", "value"), ("lower_ci", "lowercl"), ("upper_ci", "uppercl")):
        np.testing.assert_allclose(ours[mine].astype(float), theirs[reference], rtol=1e-9)
    given_ones = theirs.value.notna()
    np.testing.assert_array_equal(ours.population[given_ones], theirs.pops_used[given_ones])
    np.testing.assert_array_equal(ours.deaths[given_ones], theirs.dths_used[given_ones])
    assert 0 < (~given_ones).sum() < len(ours)
    assert (ours.note[~given_ones] != "").all()


def test_slope_and_relative_indices_are_the_references(
    golden: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given, expected = pd.read_csv(golden / "sii_input.csv"), pd.read_csv(golden / "sii_expected.csv")
    areas = expected.area.tolist()
    given = given.sort_values(["area", "quantile"])
    given["code"] = [block(at, tenth, 10) for at in range(len(areas)) for tenth in range(10)]
    shared = {"area_code": given.code, "period": 2023}
    files = [
        write(tmp_path / "values.csv", pd.DataFrame({**shared, "indicator": "outcome", "value": given.value,
                                                     "se": given.se, "kind": "modelled", "unit": "years"})),
        write(tmp_path / "rank.csv", pd.DataFrame({**shared, "indicator": "deprived", "value": 11 - given["quantile"],
                                                   "kind": "score"})),
        write(tmp_path / "people.csv", pd.DataFrame({"area_code": given.code, "year": 2023, "sex": "persons",
                                                     "age": "all", "population": given.population})),
    ]  # fmt: skip
    lookup = pd.DataFrame({"LSOA21CD": given.code, "PLACECD": given.area, "PLACENM": given.area})
    workspace = tmp_path / "golden.jsna"
    run(capsys, "new", workspace)
    run(capsys, "add", workspace, *files, "--geography", "lsoa2021")
    run(capsys, "localities", "add", workspace, write(tmp_path / "places.csv", lookup), "--set", "golden",
        "--name-field", "PLACENM", "--code-field", "PLACECD")  # fmt: skip
    told = json.loads(
        run(capsys, "inequality", workspace, "--indicator", "local.outcome", "--by", "local.deprived", "--groups", "10",
            "--set", "golden", "--format", "json")
    )  # fmt: skip
    ours = pd.DataFrame(told["rows"]).set_index("locality").loc[areas]
    for name in ("sii", "rii"):
        np.testing.assert_allclose(ours[name].astype(float), expected[name], rtol=1e-9)
        width = (expected[f"{name}_upper95_0cl"] - expected[f"{name}_lower95_0cl"]).to_numpy()
        for end in ("lower", "upper"):
            off = ours[f"{name}_{end}"].to_numpy(float) - expected[f"{name}_{end}95_0cl"].to_numpy()
            assert np.abs(off / width).max() < 0.02, (name, end)


def test_tenths_within_a_parent_are_the_references(
    golden: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A group tells of its areas by the sum of their residents, each of which is a number of its own."""
    given, expected = pd.read_csv(golden / "quantile_input.csv"), pd.read_csv(golden / "quantile_expected.csv")
    rng = np.random.default_rng(3)
    people = rng.integers(1_000_000, 9_000_000, len(given))
    code = [block(0, at, len(given)) for at in range(len(given))]
    shared = {"area_code": code, "period": 2023}
    files = [
        write(tmp_path / "rank.csv", pd.DataFrame({**shared, "indicator": "deprived", "value": given.value,
                                                   "kind": "score"})),
        write(tmp_path / "asked.csv", pd.DataFrame({**shared, "indicator": "asked", "numerator": people // 10,
                                                    "denominator": people})),
        write(tmp_path / "people.csv", pd.DataFrame({"area_code": code, "year": 2023, "sex": "persons", "age": "all",
                                                     "population": people})),
    ]  # fmt: skip
    lookup = pd.DataFrame({"LSOA21CD": code, "PLACECD": given.parent, "PLACENM": given.parent})
    workspace = tmp_path / "golden.jsna"
    run(capsys, "new", workspace)
    run(capsys, "add", workspace, *files, "--geography", "lsoa2021")
    run(capsys, "localities", "add", workspace, write(tmp_path / "places.csv", lookup), "--set", "golden",
        "--name-field", "PLACENM", "--code-field", "PLACECD")  # fmt: skip
    told = json.loads(run(capsys, "inequality", workspace, "--indicator", "local.asked", "--by", "local.deprived",
                          "--groups", "10", "--set", "golden", "--format", "json"))  # fmt: skip
    theirs = pd.Series(people).groupby([expected.parent, expected["quantile"]]).sum()
    ours = {(row["locality"], group["group"]): group["population"] for row in told["rows"] for group in row["groups"]}
    assert len(ours) == len(theirs) == 10 * given.parent.nunique()
    assert ours == {key: float(total) for key, total in theirs.items()}


def test_funnels_are_the_references_however_areas_are_cut(
    golden: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """All areas are one district, whose share the funnel is round. (The reference's limits by size: test_golden.py.)"""
    given = pd.read_csv(golden / "proportion_input.csv")
    said = pd.read_csv(golden / "funnel_significance_proportion_expected.csv").set_index("area").significance
    limits = pd.read_csv(golden / "funnel_proportion_expected.csv").set_index("Population")
    rng = np.random.default_rng(2)
    rows, lookup, district = [], [], []
    for at, area in enumerate(given.area):
        whole = given.iloc[at]
        top = cut(np.array([whole.numerator]), rng)[0]
        rest = cut(np.array([whole.denominator - whole.numerator]), rng)[0]
        for piece in range(CUT):
            code = block(at, piece, CUT)
            rows.append((code, "golden", 2023, top[piece], top[piece] + rest[piece], "low good"))
            lookup.append((code, f"P{at}", area))
            district.append((code, "E06000001", "Goldenshire"))
    headings = ["area_code", "indicator", "period", "numerator", "denominator", "polarity"]
    workspace = tmp_path / "golden.jsna"
    run(capsys, "new", workspace)
    run(
        capsys,
        "add",
        workspace,
        write(tmp_path / "values.csv", pd.DataFrame(rows, columns=headings)),
        write(tmp_path / "districts.csv", pd.DataFrame(district, columns=["LSOA21CD", "LAD25CD", "LAD25NM"])),
        "--geography",
        "lsoa2021",
    )
    places = write(tmp_path / "places.csv", pd.DataFrame(lookup, columns=["LSOA21CD", "PLACECD", "PLACENM"]))
    run(capsys, "localities", "add", workspace, places, "--set", "golden", "--name-field", "PLACENM",
        "--code-field", "PLACECD")  # fmt: skip
    told = json.loads(run(capsys, "benchmark", workspace, "--indicator", "local.golden", "--set", "golden",
                          "--format", "json"))  # fmt: skip
    words = {
        "Low (0.001)": "low (99.8 %)", "Low (0.025)": "low (95 %)", "Not significant": "not different",
        "High (0.025)": "high (95 %)", "High (0.001)": "high (99.8 %)",
    }  # fmt: skip
    assert len(told["rows"]) == len(said)

    for row in told["rows"]:
        assert row["verdict"] == words[said[row["locality"]]], row["locality"]
        assert row["centre"] == pytest.approx(limits.baseline.iloc[0], rel=1e-9)
        size = row["denominator"]
        share = row["centre"] / 100
        for name, z in (("95", 1.959963984540054), ("998", 3.090232306167813)):
            half = 100 * z * np.sqrt(share * (1 - share) / size)
            assert row[f"lower_{name}"] == pytest.approx(max(row["centre"] - half, 0), rel=1e-9, abs=1e-9)
