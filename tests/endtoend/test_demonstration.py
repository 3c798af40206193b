"""The demonstration county as a workspace: every file of it is read, nothing is amiss, and all of it says fictional."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path


def test_every_dataset_is_there_and_fictional(jsna: Callable, demonstration: Path) -> None:
    datasets = jsna("show", demonstration, "--json").json()["datasets"]
    kinds = Counter(dataset["kind"] for dataset in datasets)
    assert (kinds["roads"], kinds["services"], kinds["assets"], kinds["raster"]) == (1, 2, 1, 2)
    assert all(dataset["fictional"] for dataset in datasets)
    rows = {dataset["id"]: dataset["rows"] for dataset in datasets}
    assert rows["assets"] == 400
    assert 50_000 < rows["roads.open_roads"] < 60_000
    assert {"raster.pm25", "raster.green"} <= set(rows)
    problems = {dataset["id"]: dataset["problems"] for dataset in datasets}
    # Clean but for what was put in: services that are not open.
    for clean in ("roads.open_roads", "assets", "raster.pm25", "raster.green"):
        assert problems[clean] == []
    assert [p["rows"] for p in problems["services.local_services_fictional"]] == [4]
