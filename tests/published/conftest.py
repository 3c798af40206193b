"""Published statistics lie beside the project, never in it: tests that need them skip where absent."""

from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[3] / "shared"


@pytest.fixture(scope="session")
def data() -> Path:
    folder = SHARED / "data"
    if not folder.is_dir():
        pytest.skip("the published statistics (../shared/data) are not here")
    return folder


@pytest.fixture(scope="session")
def golden() -> Path:
    folder = SHARED / "golden"
    if not folder.is_dir():
        pytest.skip("the reference software's expected values (../shared/golden) are not here")
    return folder
