"""A person at a terminal."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from jsna_desktop.cli import main


@dataclass(frozen=True)
class Said:
    code: int
    out: str
    err: str

    def json(self) -> dict:
        return json.loads(self.out)


@pytest.fixture
def jsna(capsys: pytest.CaptureFixture[str]) -> Callable[..., Said]:
    """Run a command as the terminal would: its exit code and what it printed."""

    def run(*arguments: str | Path) -> Said:
        capsys.readouterr()
        try:
            code = main([str(argument) for argument in arguments])
        except SystemExit as stop:
            code = stop.code if isinstance(stop.code, int) else 1
        told = capsys.readouterr()
        assert "Traceback" not in told.err
        return Said(code, told.out, told.err)

    return run


@pytest.fixture(scope="session")
def demonstration(county_built: Path) -> Path:
    """The demonstration county; tests that change it work on a copy."""
    return county_built
