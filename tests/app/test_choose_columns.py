"""A folder of mixed files, a table whose columns a person names, and a newer file in the place of an older one."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QLineEdit

from jsna_desktop.app.column_choice import AS_PERIOD, Choice
from jsna_desktop.app.dialogs.choose_columns import ChooseColumns
from jsna_desktop.sources.columns import Proposal

PATIENCE_MS = 60_000


def _proposal(**more) -> Proposal:
    headings = ("Area", "2022", "2023", "Base")
    return Proposal(headings, (("E01000001", "1", "2", "9"),), "indicator", "lsoa2021", **more)


def test_a_choice_begins_with_what_the_table_seems_to_be() -> None:
    said = _proposal(
        columns={"area_code": "Area"}, wide={"means": "period", "holds": "value", "headings": ["2022", "2023"]}
    )
    choice = Choice.of(said)
    assert choice.roles == {"Area": "area_code", "2022": AS_PERIOD, "2023": AS_PERIOD}
    assert choice.lacking == ("indicator", "kind of figure")
    full = choice.with_value("indicator", " smoking ").with_value("kind", "rate")
    assert full.lacking == ()
    assert full.as_map() == {
        "area_code": "Area",
        "values": {"indicator": "smoking", "kind": "rate"},
        "wide": {"means": "period", "holds": "value", "headings": ["2022", "2023"]},
        "table": {"kind": "indicator", "geography": "lsoa2021"},
    }


def test_a_role_belongs_to_one_column() -> None:
    choice = Choice.of(_proposal(columns={"area_code": "Area", "value": "2022"})).with_role("2023", "value")
    assert choice.roles == {"Area": "area_code", "2023": "value"}
    assert choice.with_role("Area", "").roles == {"2023": "value"}
    assert "area code" in choice.with_role("Area", "").lacking


def test_another_kind_of_table_asks_for_other_things() -> None:
    choice = Choice.of(_proposal(columns={"area_code": "Area"})).with_kind("services")
    assert choice.roles == {}
    assert "postcode, or easting and northing" in choice.lacking
    assert "wide:period" not in choice.possible


@pytest.fixture
def survey(at_work, tmp_path) -> Path:
    codes = at_work.session.contents.blocks.codes
    path = tmp_path / "smoking_survey.csv"
    rows = [f"{code},{10 + at % 9},{100 + at % 7},Autumn" for at, code in enumerate(codes)]
    path.write_text("Neighbourhood,Smokers,Asked,Wave\n" + "\n".join(rows) + "\n", encoding="utf-8")
    return path


def _dialog(window) -> ChooseColumns:
    return next(sheet for sheet in window.findChildren(ChooseColumns) if sheet.isVisible())


def test_columns_are_chosen_and_remembered_for_the_next_file(qtbot, at_work, settled, survey, recognised, tmp_path):
    sheet = recognised(survey)
    assert sheet.found[0].status == "choose"
    assert sheet.lead.text() == "0 recognised, 1 needs a choice. Nothing has been changed yet."
    sheet._rows[0].choosing.emit()
    dialog = _dialog(at_work)
    assert not dialog.go.isEnabled()
    box = dialog.roles["Smokers"]
    box.setCurrentIndex(dialog.choice.possible.index("numerator"))
    box.activated.emit(box.currentIndex())
    other = dialog.roles["Asked"]
    other.setCurrentIndex(dialog.choice.possible.index("denominator"))
    other.activated.emit(other.currentIndex())
    for name, text in (("indicator", "smoking"), ("period", "2024")):
        field = dialog.fields[name]
        assert isinstance(field, QLineEdit)
        field.setText(text)
    assert dialog.go.isEnabled(), dialog.problem.text()
    dialog.go.click()
    qtbot.waitUntil(lambda: sheet._task is None, timeout=PATIENCE_MS)
    assert sheet.found[0].status == "ready", (sheet.lead.text(), sheet.found[0].error)
    assert sheet.go.text() == "Add 1 now"
    QTest.keyClick(sheet.go, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: at_work.sheet is None, timeout=PATIENCE_MS)
    settled()
    assert any(i.id == "local.smoking" and i.period == "2024" for i in at_work.session.contents.indicators)
    again = tmp_path / "smoking_survey_2025.csv"
    again.write_text(survey.read_text(encoding="utf-8").replace("Autumn", "Spring"), encoding="utf-8")
    sheet = recognised(again)
    assert sheet.found[0].status == "ready"
    assert "column map remembered" in sheet.found[0].detail


def test_cancelling_the_choice_changes_nothing(at_work, survey, recognised):
    sheet = recognised(survey)
    sheet._rows[0].choosing.emit()
    QTest.keyClick(_dialog(at_work), Qt.Key.Key_Escape)
    assert sheet.found[0].status == "choose"
    assert at_work.sheet is sheet


def test_the_kind_of_figure_is_asked_for_values_alone(at_work, survey, recognised):
    sheet = recognised(survey)
    sheet._rows[0].choosing.emit()
    dialog = _dialog(at_work)
    box = dialog.roles["Smokers"]
    box.setCurrentIndex(dialog.choice.possible.index("value"))
    box.activated.emit(box.currentIndex())
    assert isinstance(dialog.fields["kind"], QComboBox)
    assert "kind of figure" in dialog.problem.text()


def test_a_folder_of_twenty_mixed_files(qtbot, at_work, recognised, survey, tmp_path):
    folder = tmp_path / "downloads"
    folder.mkdir()
    codes = at_work.session.contents.blocks.codes
    for number in range(17):
        rows = "\n".join(f"{code},walks{number},2025,{20 + at % 5},90" for at, code in enumerate(codes[:40]))
        (folder / f"walks{number}.csv").write_text(f"area_code,indicator,period,numerator,denominator\n{rows}\n")
    survey.rename(folder / survey.name)
    (folder / "notes.docx").write_text("minutes of a meeting")
    (folder / "empty.csv").touch()
    before = at_work.session.contents
    sheet = recognised(folder)
    assert len(sheet.found) == 20
    assert sheet.lead.text() == "17 recognised, 1 needs a choice, 2 left out. Nothing has been changed yet."
    QTest.keyClick(sheet, Qt.Key.Key_Escape)
    assert at_work.sheet is None
    assert at_work.session.contents is before
    assert len(at_work.session.contents.datasets) == len(before.datasets)


def test_a_newer_file_takes_the_place_of_the_older(qtbot, at_work, settled, recognised, tmp_path):
    codes = at_work.session.contents.blocks.codes
    text = (
        "area_code,indicator,period,numerator,denominator\n" + "\n".join(f"{c},walks,2025,20,90" for c in codes) + "\n"
    )
    (tmp_path / "walks.csv").write_text(text)
    sheet = recognised(tmp_path / "walks.csv")
    sheet.go.click()
    qtbot.waitUntil(lambda: at_work.sheet is None, timeout=PATIENCE_MS)
    settled()
    (tmp_path / "newer").mkdir()
    newer = tmp_path / "newer" / "walks.csv"
    newer.write_text(text.replace(",20,90", ",21,90", 3))
    sheet = recognised(newer)
    assert sheet._rows[0].replaces
    sheet.go.click()
    qtbot.waitUntil(lambda: at_work.sheet is None, timeout=PATIENCE_MS)
    settled()
    replaced = at_work.session.store.all("SELECT COUNT(*) FROM dataset WHERE replaced_by IS NOT NULL")[0][0]
    assert replaced == 1


def test_sensitive_files_are_marked_and_encryption_is_advised(qtbot, at_work, settled, recognised, tmp_path):
    codes = at_work.session.contents.blocks.codes
    path = tmp_path / "falls.csv"
    path.write_text("area_code,indicator,period,numerator\n" + "\n".join(f"{c},falls,2025,3" for c in codes) + "\n")
    sheet = recognised(path)
    sheet.sensitive.setChecked(True)
    sheet.go.click()
    qtbot.waitUntil(lambda: at_work.sheet is None, timeout=PATIENCE_MS)
    settled()
    assert any(d.sensitive for d in at_work.session.contents.datasets)
    assert "not encrypted" in at_work.map.banner.text.text()
    assert at_work.actions_.unlock.isEnabled()
