"""Readers of shapes, roads and rasters, each against files made hostile."""

from pathlib import Path

import pytest

from tests.fuzz.seeds import SEEDS
from tests.fuzz.test_fuzz_tables import TABLES
from tests.fuzz.trial import tried


@pytest.mark.parametrize("reader", [name for name in SEEDS if name not in TABLES])
def test_a_hostile_layer(reader: str, tmp_path: Path) -> None:
    tried(reader, tmp_path)
