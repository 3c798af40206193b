from pathlib import Path

import keyring
import numpy as np
import pytest
from keyring.backend import KeyringBackend

from jsna_desktop.cli import main
from jsna_desktop.errors import PasswordNeeded, PasswordWrong, WorkspaceProblem
from jsna_desktop.jobs import passwords
from jsna_desktop.workspace.store import Store
from tests.worlds import dataset, keep, residents

WORD = "three words of it"


class Kept(KeyringBackend):
    """A keyring that keeps passwords, as a system's does."""

    priority = 5  # pyright: ignore[reportAssignmentType]

    def __init__(self) -> None:
        super().__init__()
        self.known: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.known.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.known[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.known[service, username]


@pytest.fixture(autouse=True)
def nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """No password in the environment, and a system without a keyring."""
    from keyring.backends import fail

    monkeypatch.delenv("JSNA_PASSWORD", raising=False)
    monkeypatch.setattr(keyring, "get_keyring", fail.Keyring)


@pytest.fixture
def system_keyring(monkeypatch: pytest.MonkeyPatch) -> Kept:
    kept = Kept()
    monkeypatch.setattr(keyring, "get_keyring", lambda: kept)
    return kept


@pytest.fixture
def sealed(tmp_path: Path) -> Path:
    path = tmp_path / "sealed.jsna"
    Store.create(path, password=WORD).close()
    return path


def in_file(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    path = folder / "password.txt"
    path.write_bytes(text.encode(encoding))
    return path


@pytest.mark.parametrize("text", [WORD, f"{WORD}\n", f"{WORD}\r\n", f"{WORD}\nand a note"])
def test_a_password_file_is_its_first_line(sealed: Path, tmp_path: Path, text: str) -> None:
    passwords.open_workspace(sealed, in_file(tmp_path, text)).close()
    passwords.open_workspace(sealed, in_file(tmp_path, text, "utf-8-sig")).close()


def test_a_password_file_that_says_nothing_is_refused(sealed: Path, tmp_path: Path) -> None:
    with pytest.raises(PasswordNeeded, match="is empty"):
        passwords.open_workspace(sealed, in_file(tmp_path, "\n"))
    with pytest.raises(PasswordNeeded, match="cannot be read"):
        passwords.open_workspace(sealed, tmp_path / "none.txt")
    with pytest.raises(PasswordNeeded, match="cannot be read"):
        passwords.open_workspace(sealed, in_file(tmp_path, "crème", "cp1252"))


def test_the_environment_is_looked_at_after_the_file(sealed: Path, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("JSNA_PASSWORD", WORD)
    passwords.open_workspace(sealed).close()
    with pytest.raises(PasswordWrong):
        passwords.open_workspace(sealed, in_file(tmp_path, "another"))


def test_the_person_is_asked_last_and_three_times(sealed: Path) -> None:
    asked: list[str] = []

    def ask(answers: list[str]):
        def answer(question: str) -> str:
            asked.append(question)
            return answers.pop(0)

        return answer

    passwords.open_workspace(sealed, ask=ask(["no", "never", WORD])).close()
    assert len(asked) == 3 and asked[1].startswith("That is not the password")
    with pytest.raises(PasswordWrong):
        passwords.open_workspace(sealed, ask=ask(["no", "never", "neither"]))
    with pytest.raises(PasswordNeeded):
        passwords.open_workspace(sealed, ask=lambda _question: None)


def test_a_plain_workspace_asks_nobody(tmp_path: Path) -> None:
    Store.create(tmp_path / "plain.jsna").close()

    def ask(_question: str) -> str:
        raise AssertionError

    passwords.open_workspace(tmp_path / "plain.jsna", ask=ask).close()


def test_the_keyring_keeps_it_only_when_asked_and_knows_no_path(sealed: Path, system_keyring: Kept) -> None:
    with pytest.raises(PasswordNeeded):
        passwords.open_workspace(sealed)
    passwords.remember(sealed, WORD)
    assert not any("sealed" in part or "/" in part for names in system_keyring.known for part in names)
    moved = sealed.rename(sealed.with_name("moved.jsna"))
    passwords.open_workspace(moved).close()
    passwords.forget(moved)
    assert system_keyring.known == {}
    with pytest.raises(PasswordNeeded):
        passwords.open_workspace(moved)


def test_a_system_without_a_keyring_says_so(sealed: Path) -> None:
    assert passwords.remembered(sealed) is None
    with pytest.raises(WorkspaceProblem, match="no keyring"):
        passwords.remember(sealed, WORD)


def test_a_new_password_is_typed_twice(tmp_path: Path) -> None:
    answers = iter(["one", "other", "same", "same"])
    with pytest.raises(PasswordWrong, match="differ"):
        passwords.chosen(None, lambda _q: next(answers))
    assert passwords.chosen(None, lambda _q: next(answers)) == "same"
    with pytest.raises(PasswordNeeded):
        passwords.chosen(None, None)
    assert passwords.advice_on_password("short") and not passwords.advice_on_password(WORD)


def test_sensitive_data_advise_a_password_where_there_is_none(tmp_path: Path) -> None:
    secret = dataset("secret", "indicator", sensitive=True)
    with Store.create(tmp_path / "plain.jsna") as plain, Store.create(tmp_path / "s.jsna", password=WORD) as sealed:
        advised = passwords.advice(plain, [secret, dataset("open", "indicator")])
        assert advised is not None
        assert (advised.rows, advised.examples) == (1, ("secret",))
        assert passwords.advice(sealed, [secret]) is None
        assert passwords.advice(plain, [dataset("open", "indicator")]) is None


def test_at_the_terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str], system_keyring: Kept) -> None:
    first, second = tmp_path / "first.txt", tmp_path / "second.txt"
    first.write_text(WORD)
    second.write_text("another three words")
    w, sealed = str(tmp_path / "w.jsna"), str(tmp_path / "sealed.jsna")
    with Store.create(Path(w)) as store:
        keep(store, residents(np.arange(36.0)))
    assert main(["encrypt", w, sealed, "--new-password-file", str(first)]) == 0
    assert main(["encrypt", w, sealed, "--new-password-file", str(first)]) == 4, "nothing is written over"
    capsys.readouterr()
    for command in (["show"], ["check"], ["audit"], ["localities", "list"], ["profile"]):
        assert main([*command, sealed]) == 4
        said = capsys.readouterr().err
        assert "needs its password" in said and said.count("\n") == 1
        assert main([*command, sealed, "--password-file", str(second)]) == 4
        said = capsys.readouterr().err
        assert "password is wrong" in said and said.count("\n") == 1
        assert main([*command, sealed, "--password-file", str(first)]) == (2 if command == ["profile"] else 0)
        capsys.readouterr()
    change = ["password", sealed, "--password-file", str(first), "--new-password-file", str(second), "--remember"]
    assert main(change) == 0
    assert main(["show", sealed, "--password-file", str(first)]) == 4
    assert main(["show", sealed]) == 0, "the keyring has the new one"
    assert main(["password", sealed, "--forget"]) == 0
    assert main(["show", sealed]) == 4
    assert main(["password", w, "--new-password-file", str(second)]) == 4
    assert main(["new", str(tmp_path / "n.jsna"), "--encrypt"]) == 4
    assert not (tmp_path / "n.jsna").exists()
    assert main(["new", str(tmp_path / "n.jsna"), "--encrypt", "--password-file", str(first)]) == 0
    assert main(["check", str(tmp_path / "n.jsna"), "--password-file", str(first)]) == 0


def test_a_password_of_the_keyring_that_does_not_fit_is_asked_for(sealed: Path, system_keyring: Kept) -> None:
    """A keyring may have one that somebody kept for this file and then changed on another computer."""
    passwords.remember(sealed, "another password")
    with pytest.raises(PasswordWrong):
        passwords.open_workspace(sealed)
    asked: list[str] = []

    def ask(question: str) -> str:
        asked.append(question)
        return WORD

    passwords.open_workspace(sealed, ask=ask).close()
    assert len(asked) == 1
