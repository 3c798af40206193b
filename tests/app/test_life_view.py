"""The wide view of life expectancy: the same numbers as the job's, by mouse and by keys, at every size."""

import re

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from jsna_desktop.app.panels.tabs import LIFE, PROFILE
from jsna_desktop.app.theme import CONTRAST, DARK
from jsna_desktop.jobs import life_findings
from jsna_desktop.jobs.life_findings import AROUND, REST, Question
from jsna_desktop.jobs.mortality import load_mortality
from jsna_desktop.workspace.store import Store

PATIENCE_MS = 60_000


@pytest.fixture
def life(tab):
    """The view of the first place."""
    return tab(LIFE).bench.view


def _asked(window, question: Question):
    session, place = window.session, window.desk.subject.locality
    start = life_findings.ground(session.store, load_mortality(session.store, causes=True), place, session.places())
    return life_findings.life_findings(start, question)


def test_it_says_what_the_job_finds_and_goes_from_place_to_place(at_work, life, drawn, qtbot):
    assert not at_work.map.isVisible()
    assert life.title.text() == "Life expectancy in Aldminster"
    assert life.sentence.text() == _asked(at_work, Question(REST)).sentence
    other = next(place for place in at_work.session.places() if place.name == "Kelderford")
    at_work.desk.choose_place(other.id)
    qtbot.waitUntil(lambda: "Kelderford" in life.title.text(), timeout=PATIENCE_MS)
    drawn()
    assert life.sentence.text() == _asked(at_work, Question(REST)).sentence
    assert life.table.item(0, 0).text() == "Kelderford"


def test_what_is_chosen_stays_and_the_table_has_the_same_numbers(at_work, life, drawn, qtbot):
    menu = life.way.menu_of()
    next(entry for entry in menu.actions() if entry.text() == "Fifths of Marrowshire").trigger()
    qtbot.waitUntil(lambda: "fifths" in life.title.text(), timeout=PATIENCE_MS)
    next(entry for entry in life.sex.menu_of().actions() if entry.text() == "Males").trigger()
    qtbot.waitUntil(lambda: life.sentence.text().startswith("Men"), timeout=PATIENCE_MS)
    drawn()
    found = _asked(at_work, Question(AROUND, "male"))
    assert life.sentence.text() == found.sentence
    shown = [[life.table.item(row, at).text() for at in range(3)] for row in range(life.table.rowCount())]
    assert shown == [[g.name, f"{g.value:.1f}", f"{g.lower:.1f} to {g.upper:.1f}"] for g in found.groups]
    life.parts_by.click()
    qtbot.waitUntil(lambda: "ages" in life.parts.heading.text(), timeout=PATIENCE_MS)
    assert life.parts_by.text() == "By cause"


def test_a_chart_is_gone_through_by_keys_and_is_there_as_a_table(at_work, life, drawn):
    picture = life.over_time.picture
    picture.setFocus()
    QTest.keyClick(picture, Qt.Key.Key_Right)
    first = life.over_time.words.text()
    assert re.fullmatch(r"The rest of Marrowshire, 2015–2019: [\d.]+ \([\d.]+ to [\d.]+\)", first)
    QTest.keyClick(picture, Qt.Key.Key_End)
    assert life.over_time.words.text().startswith("Aldminster, 2020–2024: ")
    QTest.keyClick(picture, Qt.Key.Key_Escape)
    assert life.over_time.words.text().startswith("Hollow marks")
    assert "Line chart" in picture.accessibleDescription()
    life.over_time.as_table.click()
    table = life.over_time.table
    assert table.isVisible()
    assert not picture.isVisible()
    assert table.item(0, 0).text() == "2015–19"
    assert table.item(0, 1).text() in first
    life.over_time.as_table.click()
    assert picture.isVisible()


def test_the_mouse_tells_the_point_under_it(at_work, life, drawn):
    picture = life.gradient.picture
    spot = picture.drawn.spots[0]
    QTest.mouseMove(picture, picture._place(spot).toPoint())
    assert life.gradient.words.text() == spot.words


def test_how_it_is_made_is_told_and_escape_goes_back(at_work, life, qtbot):
    life.how.click()
    qtbot.waitUntil(lambda: at_work.sheet is not None)
    assert at_work.sheet.title.text() == life.title.text()
    QTest.keyClick(at_work.sheet, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: at_work.sheet is None)


def test_tabs_go_back_to_the_profile_and_so_does_drawing(at_work, life, qtbot, settled):
    life.tabs.setFocus()
    QTest.keyClick(life.tabs, Qt.Key.Key_Left)
    assert at_work.bench.view is None
    assert at_work.map.isVisible()
    assert at_work.profile.isVisible()
    assert at_work.profile.tabs.currentIndex() == 0
    at_work.actions_.views[LIFE].trigger()
    assert at_work.bench.view is life
    at_work.actions_.tools["polygon"].trigger()
    assert at_work.bench.view is None
    settled()


@pytest.mark.parametrize(("mode", "width", "height", "text"), [
    (DARK, 1366, 768, 100), (CONTRAST, 1366, 768, 100), ("light", 683, 384, 100), ("light", 1366, 768, 200),
])  # fmt: skip
def test_nothing_is_wider_than_the_view(at_work, life, drawn, mode, width, height, text, qtbot):
    at_work.look.set_mode(mode)
    at_work.look.set_text_percent(text)
    at_work.resize(width, height)
    drawn()
    for part in (life.sentence, life.over_time, life.gradient, life.parts, life.table, life.choosers, life.tabs):
        left = part.mapTo(life, part.rect().topLeft()).x()
        assert left >= 0
        assert left + part.width() <= life.width(), part
    for chart in life.charts:
        assert chart.picture.drawn.image.deviceIndependentSize().toSize() == chart.picture.size()


def test_without_deaths_it_says_what_to_add(qtbot, window, tmp_path, settled):
    path = tmp_path / "empty.jsna"
    Store.create(path, "Empty").close()
    window.open_path(path)
    qtbot.waitUntil(lambda: window.session is not None, timeout=PATIENCE_MS)
    window.actions_.views[LIFE].trigger()
    qtbot.waitUntil(lambda: bool(window.bench.view.sentence.text()), timeout=PATIENCE_MS)
    assert "no deaths by area, sex and age" in window.bench.view.sentence.text()
    assert not window.bench.view.over_time.isVisible()
    window.actions_.views[PROFILE].trigger()
    assert window.bench.view is None


def test_closing_the_workspace_lets_go_of_the_view(at_work, life):
    at_work.close_workspace()
    assert at_work.views is None
    assert at_work.bench.view is None
