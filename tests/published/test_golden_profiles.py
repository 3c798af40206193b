"""OHID's reference values through the command line: every area cut into blocks, and put together again as a locality.

An area of the reference becomes a few small areas with whole numbers that add up to it; the locality made of them must
have the reference's value and limits.
"""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from jsna_desktop.cli import main
from jsna_desktop.measures.rates import BANDS

PIECES = 3
RNG = np.random.default_rng(1854)


def _cut(counts: np.ndarray) -> np.ndarray:
    """Whole numbers (PIECES, n) that add up to `counts` (n,)."""
    shares = RNG.dirichlet(np.ones(PIECES), len(counts))
    whole = np.floor(shares * counts[:, None]).astype(np.int64).T
    whole[0] += counts.astype(np.int64) - whole.sum(axis=0)
    return whole


def _codes(areas: int) -> np.ndarray:
    """LSOA codes (areas, PIECES)."""
    return np.array([f"E01{number:06d}" for number in range(1, areas * PIECES + 1)]).reshape(areas, PIECES)


def _workspace(folder: Path, names: list[str], codes: np.ndarray, table: pd.DataFrame) -> Path:
    lookup = pd.DataFrame({"LSOA21CD": codes.ravel(), "place": np.repeat(names, PIECES)})
    lookup["place_code"] = lookup.place
    table.to_csv(folder / "table.csv", index=False)
    lookup.to_csv(folder / "lookup.csv", index=False)
    workspace = folder / "golden.jsna"
    assert main(["new", str(workspace)]) == 0
    assert main(["add", str(workspace), str(folder / "table.csv"), "--geography", "lsoa2021"]) == 0
    fields = ["--code-field", "place_code", "--name-field", "place", "--geography", "lsoa2021"]
    assert main(["localities", "add", str(workspace), str(folder / "lookup.csv"), *fields]) == 0
    return workspace


def _profile(workspace: Path, *more: str) -> pd.DataFrame:
    out = workspace.with_suffix(".json")
    assert main(["profile", str(workspace), "--format", "json", "--out", str(out), *more]) == 0
    return pd.DataFrame(json.loads(out.read_text("utf-8"))["rows"])


@pytest.fixture(scope="module")
def by_age(golden: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Rates by age band, and the reference population of the indirect ones as a row of England."""
    given, reference = pd.read_csv(golden / "dsr_input.csv"), pd.read_csv(golden / "isr_reference.csv")
    names = given.area.unique().tolist()
    codes = _codes(len(names))
    events, people = _cut(given.events.to_numpy()), _cut(given.population.to_numpy())
    bands = np.array(BANDS)[given.ageband]
    frames = [
        pd.DataFrame(
            {
                "area_code": np.repeat(codes[:, piece], len(BANDS)),
                "age": bands,
                "numerator": events[piece],
                "denominator": people[piece],
            }
        )
        for piece in range(PIECES)
    ]
    england = {"area_code": "E92000001", "age": bands[:19], "numerator": reference.events}
    frames.append(pd.DataFrame(england | {"denominator": reference.population}))
    table = pd.concat(frames).assign(indicator="falls", period="2024", kind="dsr")
    return _workspace(tmp_path_factory.mktemp("by_age"), names, codes, table)


def _agrees(found: pd.DataFrame, expected: pd.DataFrame, multiplier: float = 1.0) -> None:
    found = found.set_index("locality").loc[expected.area]
    for ours, theirs in (("value", "value"), ("lower_ci", "lowercl"), ("upper_ci", "uppercl")):
        np.testing.assert_allclose(found[ours].to_numpy(float), multiplier * expected[theirs], rtol=1e-9, atol=1e-12)


def test_directly_standardised_rates_of_cut_areas_are_the_references(by_age: Path, golden: Path) -> None:
    found, expected = _profile(by_age, "--indicator", "local.falls"), pd.read_csv(golden / "dsr_expected.csv")
    _agrees(found, expected)
    refused = found[found.value.isna()]
    assert 0 < len(refused) == expected.value.isna().sum()
    assert set(refused.note) == {"not given: fewer than 10 events, too few to standardise"}


@pytest.mark.parametrize(
    ("identity", "file", "multiplier"),
    [("local.falls.isr", "isratio_expected.csv", 100.0), ("local.falls.israte", "israte_expected.csv", 1.0)],
)
def test_indirectly_standardised_ratios_and_rates_of_cut_areas_are_the_references(
    by_age: Path, golden: Path, identity: str, file: str, multiplier: float
) -> None:
    found = _profile(by_age, "--indicator", identity, "--standard", "england")
    expected = pd.read_csv(golden / file)
    _agrees(found, expected, multiplier)
    np.testing.assert_allclose(found.set_index("locality").loc[expected.area].numerator, expected.observed)
    verdicts = {entry["verdict"] for row in found.comparators for entry in row if entry["level"] == "england"}
    assert verdicts == {"higher", "lower", "similar"}


@pytest.mark.parametrize(("stem", "kind", "multiplier"), [("proportion", "proportion", 100.0), ("rate", "rate", 1.0)])
def test_proportions_and_rates_of_cut_areas_are_the_references(
    golden: Path, tmp_path: Path, stem: str, kind: str, multiplier: float
) -> None:
    given = pd.read_csv(golden / f"{stem}_input.csv")
    expected = pd.read_csv(golden / f"{stem}_expected.csv").rename(
        columns={"lower95_0cl": "lowercl", "upper95_0cl": "uppercl"}
    )
    codes = _codes(len(given))
    top = _cut(given.numerator.to_numpy())
    rest = given.denominator - given.numerator if kind == "proportion" else given.denominator
    bottom = _cut(rest.to_numpy()) + (top if kind == "proportion" else 0)
    frames = [
        pd.DataFrame({"area_code": codes[:, piece], "numerator": top[piece], "denominator": bottom[piece]})
        for piece in range(PIECES)
    ]
    table = pd.concat(frames).assign(indicator="asked", period="2024", kind=kind)
    workspace = _workspace(tmp_path, given.area.tolist(), codes, table)
    _agrees(_profile(workspace, "--indicator", "local.asked"), expected, multiplier)
