"""An encrypted workspace: nothing of it in clear on the disk, its password changed, and plain ones sealed."""

import os
import random
import signal
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from jsna_desktop.cli import main
from jsna_desktop.errors import PasswordNeeded, PasswordWrong, WorkspaceProblem
from jsna_desktop.jobs.localities import add_selection, remove
from jsna_desktop.workspace import driver
from jsna_desktop.workspace.store import Store
from tests.unit.workspace.conftest import PASSWORD
from tests.worlds import CODES, boundaries, keep, residents

MARKER = "Zanzibar Crescent befindet"


def holds(folder: Path, marker: str = MARKER) -> list[str]:
    """Files below a folder in which the marker can be read, in any encoding that a program writes text in."""
    forms = [marker.encode(encoding) for encoding in ("utf-8", "utf-16-le", "utf-16-be", "utf-32-le")]
    return [
        str(path.relative_to(folder))
        for path in sorted(folder.rglob("*"))
        if path.is_file() and any(form in path.read_bytes() for form in forms)
    ]


@pytest.fixture
def watched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that everything of this process and its children goes to: the workspace, temporary files, the home."""
    place = tmp_path / "watched"
    for name in ("work", "tmp", "home"):
        (place / name).mkdir(parents=True)
    for variable in ("TMPDIR", "TEMP", "TMP", "SQLITE_TMPDIR"):
        monkeypatch.setenv(variable, str(place / "tmp"))
    for variable in ("HOME", "USERPROFILE", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"):
        monkeypatch.setenv(variable, str(place / "home"))
    monkeypatch.setattr("tempfile.tempdir", None)
    return place


def test_the_watch_would_see_the_marker_in_a_plain_workspace(watched: Path) -> None:
    with Store.create(watched / "work" / "plain.jsna", MARKER):
        assert holds(watched) == ["work/plain.jsna"]


def test_nothing_in_clear_through_the_work_of_a_day(watched: Path, tmp_path: Path, monkeypatch, capsys) -> None:
    from jsna_desktop.jobs import demonstration

    monkeypatch.setenv("JSNA_PASSWORD", PASSWORD)
    county = demonstration.build(tmp_path / "demo")
    work = watched / "work"
    w = str(work / "w.jsna")
    assert main(["new", w, "--encrypt", "--name", MARKER]) == 0
    files = sorted(
        path for path in (county.parent / "files").iterdir() if "LSOA_2021" in path.name or "csv" in path.name
    )
    secret = tmp_path / "secret.csv"
    codes = [f"X0100{number:04d}" for number in range(1, 339)]
    rows = "\n".join(f"{code},{MARKER},2024,{place % 5},1500" for place, code in enumerate(codes))
    secret.write_text(f"area_code,indicator,period,numerator,denominator\n{rows}\n")
    assert main(["add", w, *map(str, files)]) == 0
    seen = holds(watched)
    assert main(["add", w, str(secret), "--sensitive", "--geography", "lsoa2021"]) == 0
    with Store.open(Path(w), password=PASSWORD) as store:
        made = add_selection(store, MARKER, f"{MARKER} 2", "lsoa2021", np.array(codes[:30]))
        seen += holds(watched)
        with store.transaction():
            # More than the cache holds: the file and the journal are written before the change is complete.
            store._connection.execute("PRAGMA cache_size = 2")
            for number in range(50):
                store.run("INSERT INTO meta VALUES (?, ?)", [f"{MARKER} {number}", MARKER * 1000])
            assert list(work.glob("*-journal")), "a journal is there to be looked at"
            seen += holds(watched)
            store.all("SELECT * FROM meta ORDER BY value || key")  # sorted outside the cache
            seen += holds(watched)
        store.save_copy(work / "copy.jsna", f"{MARKER} copy")
        seen += holds(watched)
        remove(store, made.id)
        store.rekey(PASSWORD + " 2")
        seen += holds(watched)
    monkeypatch.setenv("JSNA_PASSWORD", PASSWORD + " 2")
    assert main(["profile", w, "--locality", "nobody"]) == 2
    assert main(["show", w]) == 0
    assert MARKER in capsys.readouterr().out, "the person reads it"
    assert main(["check", w]) == 0
    assert main(["audit", w]) == 0
    assert seen + holds(watched) == []


@pytest.mark.skipif(sys.platform == "win32", reason="a writer is forked and killed, which Windows cannot")
def test_nothing_in_clear_beside_a_writer_that_is_killed(watched: Path) -> None:
    path = watched / "work" / "w.jsna"
    with Store.create(path, password=PASSWORD) as store:
        keep(store, boundaries(), residents(np.arange(36.0)))
    moments = random.Random(5)
    journals = 0
    for _ in range(6):
        hears, told = os.pipe()
        child = os.fork()
        if child == 0:
            try:
                with Store.open(path, password=PASSWORD) as store:
                    store._connection.execute("PRAGMA cache_size = 2")
                    os.write(told, b"open")
                    with store.transaction():
                        for number in range(100_000):
                            store.run("INSERT OR REPLACE INTO meta VALUES (?, ?)", [f"{MARKER} {number}", MARKER * 999])
            finally:
                os._exit(1)
        os.close(told)
        os.read(hears, 4)
        time.sleep(moments.uniform(0.02, 0.1))  # the moment of the kill is what is tried here
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        os.close(hears)
        journals += len(list(path.parent.glob("*-journal")))
        assert holds(watched) == []
        with Store.open(path, password=PASSWORD) as store:
            assert store.check() == []
            assert store.all("SELECT 1 FROM meta WHERE key LIKE ?", [f"{MARKER}%"]) == []
    assert journals, "some were killed in the middle of a change"


@pytest.fixture
def sealed(tmp_path: Path) -> Path:
    path = tmp_path / "sealed.jsna"
    with Store.create(path, password=PASSWORD) as store:
        keep(store, boundaries(), residents(np.arange(36.0)))
    return path


def test_without_the_password_or_with_another_it_stays_shut(sealed: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(PasswordNeeded, match="needs its password"):
        Store.open(sealed)
    with pytest.raises(PasswordNeeded, match="needs its password"):
        Store.open(sealed, password="")
    for wrong in ("guess", PASSWORD.upper(), PASSWORD + " "):
        with pytest.raises(PasswordWrong, match="password is wrong"):
            Store.open(sealed, password=wrong)
    assert capfd.readouterr().err == "", "the library says nothing of its own"


def test_a_password_is_the_same_however_its_letters_are_put_together(sealed: Path) -> None:
    import unicodedata

    with Store.open(sealed, password=unicodedata.normalize("NFD", PASSWORD)) as store:
        assert store.encrypted


def test_keys_are_derived_strongly_and_pages_sealed(sealed: Path) -> None:
    with Store.open(sealed, password=PASSWORD) as store:
        settings = {row[0] for row in store.all("PRAGMA cipher_settings")}
        assert {
            "PRAGMA kdf_iter = 256000;",
            "PRAGMA cipher_kdf_algorithm = PBKDF2_HMAC_SHA512;",
            "PRAGMA cipher_hmac_algorithm = HMAC_SHA512;",
            "PRAGMA cipher_use_hmac = 1;",
        } <= settings
        assert store.one("PRAGMA cipher_memory_security") == ("1",)
        assert int(store.one("PRAGMA temp_store")[0]) == 2
    first = sealed.read_bytes()
    assert len(set(first[:4096])) > 200


def test_one_changed_byte_is_found(sealed: Path) -> None:
    raw = bytearray(sealed.read_bytes())
    raw[len(raw) // 2] ^= 1
    sealed.write_bytes(raw)
    with Store.open(sealed, password=PASSWORD) as store:
        try:
            assert store.check() != []
        except WorkspaceProblem as problem:
            assert "damaged" in str(problem)


def test_the_password_changes_and_the_file_goes_on(sealed: Path) -> None:
    sealed.chmod(0o600)
    with Store.open(sealed, password=PASSWORD) as store:
        store.rekey("another one")
        add_selection(store, "Places", "After", "lsoa2021", CODES[:3])
        assert store.check() == []
    with pytest.raises(PasswordWrong):
        Store.open(sealed, password=PASSWORD)
    with Store.open(sealed, password="another one") as store:
        assert store.all("SELECT name FROM locality") == [("After",)]
    assert sealed.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in sealed.parent.iterdir()] == ["sealed.jsna"]


@pytest.mark.skipif(sys.platform == "win32", reason="a writer is forked and killed, which Windows cannot")
def test_a_kill_while_the_password_changes_leaves_one_of_the_two(sealed: Path) -> None:
    moments = random.Random(3)
    words, opened = [PASSWORD, "another one"], set()
    start = time.perf_counter()
    with Store.open(sealed, password=words[0]) as store:
        store.rekey(words[0])
    whole = time.perf_counter() - start
    for _ in range(12):
        child = os.fork()
        if child == 0:
            try:
                with Store.open(sealed, password=words[0]) as store:
                    store.rekey(words[1])
            finally:
                os._exit(0)
        time.sleep(moments.uniform(0.4, 1.2) * whole)  # the moment of the kill is what is tried here
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        try:
            store = Store.open(sealed, password=words[0])
        except PasswordWrong:
            words.reverse()
            store = Store.open(sealed, password=words[0])
            opened.add("new")
        else:
            opened.add("old")
        assert store.check() == []
        assert not store.read_only
        store.close()
    assert opened == {"old", "new"}


def test_a_plain_workspace_is_sealed_in_a_copy_and_a_sealed_one_under_another_password(tmp_path: Path) -> None:
    plain, sealed, again = (tmp_path / name for name in ("plain.jsna", "sealed.jsna", "again.jsna"))
    with Store.create(plain, MARKER) as store:
        keep(store, boundaries(), residents(np.arange(36.0)))
        add_selection(store, "Places", "North", "lsoa2021", CODES[30:])
        store.encrypt_copy(sealed, PASSWORD)
        with pytest.raises(WorkspaceProblem, match="not encrypted"):
            store.rekey("anything")
        with pytest.raises(WorkspaceProblem, match="password is empty"):
            store.encrypt_copy(again, "")
    assert holds(tmp_path) == ["plain.jsna"]
    with Store.open(sealed, password=PASSWORD) as store:
        assert store.check() == []
        assert store.name == MARKER
        store.encrypt_copy(again, "another one")
    with Store.open(again, password="another one") as store:
        assert store.all("SELECT name FROM locality") == [("North",)]
        assert store.check() == []


def test_a_password_that_is_not_needed_is_not_looked_at(tmp_path: Path) -> None:
    Store.create(tmp_path / "plain.jsna").close()
    with Store.open(tmp_path / "plain.jsna", password="whatever") as store:
        assert not store.encrypted


@pytest.mark.parametrize(
    "content", [b"a,b\n1,2\n" * 4096, os.urandom(5000), b"PK\x03\x04" + b"text " * 9830, bytes(16_384)]
)
def test_other_files_are_not_taken_for_sealed_workspaces(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "other.jsna").write_bytes(content)
    assert not driver.encrypted(tmp_path / "other.jsna")
    with pytest.raises(WorkspaceProblem) as refused:
        Store.open(tmp_path / "other.jsna")
    assert not isinstance(refused.value, PasswordNeeded)


def test_replaced_data_of_a_sealed_workspace_are_sealed_too(sealed: Path) -> None:
    from jsna_desktop.jobs.add import READY, Found, add

    newer = residents(np.arange(36.0) + 1)
    newer = replace(newer, dataset=replace(newer.dataset, checksum=MARKER, filename=f"{MARKER}.csv"))
    with Store.open(sealed, password=PASSWORD) as store:
        add(store, [Found(Path("newer.csv"), READY, "", "", reading=newer)], replacing={MARKER})
    assert holds(sealed.parent) == []
