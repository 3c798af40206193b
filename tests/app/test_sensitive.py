"""Sensitive counts on the screen: as they may leave, unless true figures are unlocked, which is recorded."""

import pytest

from jsna_desktop.app.follow import Subject, place_view
from jsna_desktop.jobs import audit

PATIENCE_MS = 60_000


@pytest.fixture
def secret(qtbot, at_work, recognised, settled, tmp_path):
    """The window with a sensitive count of three falls in every small area."""
    codes = at_work.session.contents.blocks.codes
    path = tmp_path / "falls.csv"
    path.write_text("area_code,indicator,period,numerator\n" + "\n".join(f"{c},falls,2025,3" for c in codes) + "\n")
    recognised(path)
    at_work.sheet.sensitive.setChecked(True)
    at_work.sheet.go.click()
    qtbot.waitUntil(lambda: at_work.sheet is None, timeout=PATIENCE_MS)
    settled()
    return at_work


def _falls(window) -> dict:
    place = window.session.places()[0]
    rows = place_view(window.session, Subject(place)).rows
    return next(row for row in rows if row["indicator"] == "local.falls")


def test_counts_are_seen_rounded_and_true_figures_only_when_unlocked(secret):
    place = secret.session.places()[0]
    true = 3 * len(place.blocks)
    seen = _falls(secret)
    assert seen["value"] == 5 * ((true + 2.5) // 5)
    assert "rounded to 5" in seen["note"]
    secret.actions_.unlock.setChecked(True)
    assert _falls(secret)["value"] == true
    assert "rounded and withheld as ever" in secret.map.banner.text.text()
    assert audit.entries(secret.session.store)[-1].action == audit.UNLOCKED
    secret.actions_.unlock.setChecked(False)
    assert _falls(secret)["value"] == seen["value"]


def _in_panel(window) -> float | None:
    return next(row for row in window.profile._view.rows if row["indicator"] == "local.falls")["value"]


def test_the_panel_follows_and_view_and_chosen_areas_stay(secret, settled, click_block):
    canvas = secret.map.canvas
    canvas.zoom(1.5)
    click_block(0)
    settled()
    view = canvas.view
    assert _in_panel(secret) is None  # three: withheld
    secret.actions_.unlock.setChecked(True)
    settled()
    assert _in_panel(secret) == 3
    assert canvas.view == view
    assert canvas.selection.tolist() == [0]
    secret.actions_.unlock.setChecked(False)
    settled()
    assert _in_panel(secret) is None


def test_small_areas_with_small_counts_are_hatched_and_say_so(secret):
    falls = next(i for i in secret.session.colourable() if i.id == "local.falls")
    secret.colouring.choose(falls)
    assert (secret.map.canvas._classes == -2).all()
    assert "withheld" in secret.colouring._said_of(0)
