import getpass
import json
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from jsna_desktop.cli import main
from jsna_desktop.jobs import audit
from jsna_desktop.jobs.export import export_localities
from jsna_desktop.jobs.localities import add_selection, localities, remove, restore
from jsna_desktop.workspace.store import Store
from tests.worlds import CODES, boundaries, keep, residents


@pytest.fixture
def world(tmp_path: Path) -> Path:
    path = tmp_path / "w.jsna"
    with Store.create(path) as store:
        keep(store, boundaries(), residents(np.arange(36.0)))
        add_selection(store, "Places", "North", "lsoa2021", CODES[30:])
    return path


def actions(path: Path) -> list[tuple[str, str]]:
    with Store.open(path, read_only=True) as store:
        return [(entry.action, entry.subject) for entry in audit.entries(store)]


def test_who_when_and_what_came_in(world: Path) -> None:
    with Store.open(world) as store:
        first = audit.entries(store)[0]
    assert (first.who, first.action, first.subject) == (getpass.getuser(), "data added", "boundaries.lsoa2021")
    assert first.detail["checksum"] == "boundaries.lsoa2021"
    assert abs((datetime.now(UTC) - datetime.fromisoformat(first.at)).total_seconds()) < 120


def test_an_unknown_user_is_said_so(world: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody() -> str:
        raise OSError("No username set in the environment")

    monkeypatch.setattr("getpass.getuser", nobody)
    with Store.open(world) as store:
        audit.record(store, "tried", "something", count=3)
        assert audit.entries(store)[-1].who == "unknown"
        assert audit.entries(store)[-1].detail == {"count": 3}


def test_what_fails_is_not_recorded(world: Path) -> None:
    with Store.open(world) as store:
        before = audit.entries(store)
        with pytest.raises(ZeroDivisionError), store.transaction():
            audit.record(store, audit.ADDED, "half")
            raise ZeroDivisionError
        assert audit.entries(store) == before


def test_places_taken_out_and_brought_back_are_recorded(world: Path) -> None:
    with Store.open(world) as store:
        restore(store, remove(store, localities(store)[0].id))
    assert actions(world)[-2:] == [("locality removed", "North"), ("locality restored", "North")]


def test_what_leaves_is_recorded_with_the_rows_that_were_suppressed(world: Path, tmp_path: Path, capsys) -> None:
    table = tmp_path / "referrals.csv"
    rows = "\n".join(f"{code},referrals,2024,{place % 2},1500" for place, code in enumerate(CODES))
    table.write_text(f"area_code,indicator,period,numerator,denominator\n{rows}\n")
    assert main(["add", str(world), str(table), "--sensitive"]) == 0
    assert "not encrypted" in capsys.readouterr().out
    out, places, packs = tmp_path / "out.json", tmp_path / "places.csv", tmp_path / "packs"
    assert main(["profile", str(world), "--format", "json", "--out", str(out)]) == 0
    assert main(["localities", "export", str(world), str(places)]) == 0
    assert main(["pack", str(world), "--out", str(packs)]) == 0
    with Store.open(world) as store:
        written, exported, packed = audit.entries(store)[-3:]
    left = json.loads(out.read_text())["rows"]
    assert (written.action, written.subject) == ("profile written", str(out))
    assert written.detail["rows"] == len(left)
    assert written.detail["withheld"] == sum(row["value"] is None for row in left) == 1
    assert (exported.action, exported.subject) == ("localities exported", str(places))
    assert (packed.action, packed.detail["packs"], packed.detail["localities"]) == ("packs written", 1, ["North"])
    assert packed.detail["withheld"] >= 1


def test_reading_a_workspace_that_cannot_be_written_goes_on_without_a_note(world: Path, tmp_path: Path) -> None:
    before = actions(world)
    with Store.open(world):
        assert main(["profile", str(world), "--format", "csv", "--out", str(tmp_path / "out.csv")]) == 0
    assert (tmp_path / "out.csv").exists()
    with Store.open(world, read_only=True) as store:
        export_localities(store, localities(store), tmp_path / "places.csv")
    assert actions(world) == before


def test_the_command_lists_it(world: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert main(["audit", str(world), "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)
    assert [entry["action"] for entry in listed] == ["data added", "data added", "locality made"]
    assert set(listed[0]) == {"at", "who", "action", "subject", "detail"}
    assert main(["audit", str(world)]) == 0
    assert "boundaries.lsoa2021" in capsys.readouterr().out
