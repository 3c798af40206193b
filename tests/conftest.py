"""What a window leaves behind goes before the tests of another file begin."""

import gc
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def county_built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demonstration county's workspace, built once; what changes it works on a copy."""
    from jsna_desktop.jobs.demonstration import build

    return build(tmp_path_factory.mktemp("county_built"))


@pytest.fixture(scope="module", autouse=True)
def no_widgets_left_for_other_files() -> Iterator[None]:
    """Widgets wait for the event loop to be deleted. Left to Python's collector they would go whenever it runs: in the

    tests of a file that works on several threads, on one of these, which Qt does not survive (app/collector.py).
    """
    yield
    if "PySide6.QtWidgets" not in sys.modules:
        return
    from PySide6.QtCore import QEvent
    from PySide6.QtWidgets import QApplication

    app = QApplication.instance()
    if app is not None:
        for _ in range(3):
            app.sendPostedEvents(None, QEvent.Type.DeferredDelete)
            app.processEvents()
            gc.collect()
