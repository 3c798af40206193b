"""Workspaces of both kinds: what holds of one holds of the other."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from jsna_desktop.workspace.store import Store

PASSWORD = "crème brûlée ’neath"


@pytest.fixture(params=["plain", "encrypted"])
def password(request: pytest.FixtureRequest) -> str | None:
    """None for a plain workspace, a password for an encrypted one: each test runs on both drivers."""
    return PASSWORD if request.param == "encrypted" else None


@pytest.fixture
def store(tmp_path: Path, password: str | None) -> Iterator[Store]:
    with Store.create(tmp_path / "county.jsna", password=password) as made:
        yield made


@pytest.fixture
def reopened(password: str | None) -> Callable[..., Store]:
    """Open another connection to a workspace, with its password where it has one."""

    def opened(path: Path, **how) -> Store:
        return Store.open(path, password=password, **how)

    return opened
