"""The wide view of inequality: any indicator over groups by deprivation, by mouse and by keys."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from jsna_desktop.app.panels.tabs import INEQUALITY
from jsna_desktop.jobs.gradient_findings import AROUND, OWN, Question, gradient_findings

PATIENCE_MS = 60_000


@pytest.fixture
def unequal(tab):
    """The view of the first place."""
    return tab(INEQUALITY).bench.view


def _found(window, asked: Question):
    session = window.session
    return gradient_findings(session.store, window.desk.subject.locality, session.places(), asked)


def test_it_opens_on_a_rate_of_the_officers_own_and_says_what_the_job_finds(at_work, unequal):
    found = _found(at_work, Question("local.smoking"))
    assert unequal.sentence.text() == found.sentence
    assert unequal.indicator.accessibleName() == "Indicator: Smoking, adults"
    assert [unequal.measures.item(row, 0).text() for row in range(unequal.measures.rowCount())] == [
        m.name for m in found.measures
    ]
    assert unequal.funnel.isVisible()


def test_another_indicator_is_found_by_typing_and_other_groups_are_chosen(at_work, unequal, drawn, qtbot):
    unequal.indicator.click()
    popup = unequal.popup
    QTest.keyClicks(popup.field, "emergency")
    QTest.keyClick(popup.field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "Emergency" in unequal.sentence.text(), timeout=PATIENCE_MS)
    next(e for e in unequal.groups.menu_of().actions() if e.text() == "Tenths").trigger()
    qtbot.waitUntil(lambda: "tenths" in unequal.title.text(), timeout=PATIENCE_MS)
    next(e for e in unequal.scope.menu_of().actions() if e.text() == "Aldminster").trigger()
    qtbot.waitUntil(lambda: "Aldminster" in unequal.title.text(), timeout=PATIENCE_MS)
    drawn()
    assert unequal.sentence.text() == _found(at_work, Question("local.emergency_admissions", OWN, groups=10)).sentence
    assert unequal.table.rowCount() == 10


def test_deaths_have_a_slope_over_time_that_keys_go_through(unequal, drawn, qtbot):
    unequal.question.emit(Question("deaths.dsr", AROUND))
    qtbot.waitUntil(lambda: unequal.sentence.text().startswith("Deaths"), timeout=PATIENCE_MS)
    drawn()
    picture = unequal.over_time.picture
    assert picture.isVisible()
    picture.setFocus()
    QTest.keyClick(picture, Qt.Key.Key_Home)
    assert unequal.over_time.words.text().startswith("Slope index, 2015: −")


def test_a_workspace_without_rates_says_so(qtbot, window, tmp_path):
    from jsna_desktop.workspace.store import Store

    path = tmp_path / "empty.jsna"
    Store.create(path, "Empty").close()
    window.open_path(path)
    qtbot.waitUntil(lambda: window.session is not None, timeout=PATIENCE_MS)
    window.actions_.views[INEQUALITY].trigger()
    assert "no rate, share or life expectancy yet" in window.bench.view.sentence.text()
    assert not window.bench.view.gradient.isVisible()


def test_true_figures_are_shown_only_while_unlocked(at_work, unequal, monkeypatch, qtbot, drawn):
    from jsna_desktop.app.views import inequality_asker

    seen = []

    def told(*_args, true_figures: bool):
        seen.append(true_figures)
        return gradient_findings(*_args, true_figures=true_figures)

    monkeypatch.setattr(inequality_asker, "gradient_findings", told)
    at_work.secrecy.unlock(True)
    drawn()
    at_work.secrecy.unlock(False)
    drawn()
    assert seen == [True, False]
