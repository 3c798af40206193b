"""Readers of tables, each against tables made hostile."""

from pathlib import Path

import pytest

from tests.fuzz.seeds import SEEDS
from tests.fuzz.trial import tried

TABLES = [name for name, seeds in SEEDS.items() if all(seed.form in ("table", "text", "zip") for seed in seeds)]


@pytest.mark.parametrize("reader", TABLES)
def test_a_hostile_table(reader: str, tmp_path: Path) -> None:
    tried(reader, tmp_path)
