"""The one workspace that is open: opened, made, copied, loaded afresh and closed, always off the window's thread."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, QStandardPaths, Signal

from jsna_desktop.app.session import Contents, Session, load_contents
from jsna_desktop.app.tasks import Tasks
from jsna_desktop.errors import PasswordNeeded, UsageProblem, WorkspaceProblem
from jsna_desktop.jobs import passwords
from jsna_desktop.jobs.import_localities import Imported, import_file
from jsna_desktop.jobs.progress import Progress
from jsna_desktop.jobs.raster_values import bring_up_to_date
from jsna_desktop.workspace import driver
from jsna_desktop.workspace.store import Store

_PATIENCE_S = 0.25  # places are changed on the window's thread: it must not stand still for another program

_COLUMNS = "columns "  # how the reader of places begins what it found


@dataclass(frozen=True)
class Asked:
    """A workspace that is to be made: its file and name, its council's code or "", its password or None."""

    path: Path
    name: str
    council: str = ""
    password: str | None = None


class OpenWorkspace(QObject):
    """`opened` comes with a Session, `closing` before it goes, `reloaded` when its contents are others."""

    opened = Signal(object)
    closing = Signal()
    reloaded = Signal()
    imported = Signal(object)  # Imported
    columns_asked = Signal(Path, object)  # a table of places that does not say which of its columns (list) names them
    refused = Signal(Path, object)  # a path that could not be opened, and why
    password_asked = Signal(Path, bool)  # an encrypted workspace; whether a wrong password was given

    def __init__(self, tasks: Tasks, parent: QObject) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self.session: Session | None = None

    def open_path(self, path: Path, password: str | None = None, keep: bool = False) -> None:
        """Open a workspace; the one that is open stays until this one is loaded.

        Of an encrypted one the password is taken from the keyring or the environment where none is given; `keep` puts
        the given one into the keyring.
        """
        if self.session is not None and self.session.store.is_at(path):
            self.reload()  # opened a second time it could only be read
            return
        if self.session is not None and self.session.path == path:
            self.session.store.let_go()  # another file lies there now, and is to be opened for changes

        def work(progress: Progress) -> tuple[Store, Contents]:
            progress(f"Opening {path.name}", None)
            given = password
            if given is None and path.is_file() and driver.encrypted(path):
                given = passwords.told(None) or passwords.remembered(path)
            made = _loaded(Store.open(path, patience=_PATIENCE_S, password=given), progress)
            if keep and password is not None:
                passwords.remember(path, password)
            return made

        def fail(error: Exception) -> None:
            if isinstance(error, PasswordNeeded):
                self.password_asked.emit(path, password is not None)
            else:
                self.refused.emit(path, error)

        self._tasks.run(f"Opening {path.name}", work, self._take, fail)

    def make(self, asked: Asked, then: Callable[[], None] | None = None) -> None:
        """Make a workspace, with what ships of its council where one is named; open it, and go on with `then`."""

        def take(made: tuple[Store, Contents]) -> None:
            self._take(made)
            if then is not None:
                then()

        def work(progress: Progress) -> tuple[Store, Contents]:
            if asked.council:
                from jsna_desktop.jobs.reference import new_for_council

                new_for_council(asked.path, asked.council, progress, name=asked.name, password=asked.password)
                return _loaded(Store.open(asked.path, password=asked.password), progress)
            return _loaded(Store.create(asked.path, asked.name, password=asked.password), progress)

        self._tasks.run("Making the workspace", work, take)

    def open_demonstration(self) -> None:
        """Build the demonstration county the first time, then open it."""
        from jsna_desktop.jobs import demonstration

        home = Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.AppDataLocation))
        folder = home / "demonstration"

        def work(progress: Progress) -> Path:
            built = folder / "demo.jsna"
            if not built.exists():
                folder.mkdir(parents=True, exist_ok=True)
                built = demonstration.build(folder, progress)
            return built

        self._tasks.run("Building the demonstration county", work, self.open_path)

    def save_copy(self, path: Path) -> None:
        """Write a complete copy, named as its file, and go on in it."""
        session = self.session
        if session is None:
            return
        if path.exists() and path.samefile(session.path):
            raise WorkspaceProblem(
                "this is the workspace itself", where=path.name, todo="It is always saved; give the copy another name"
            )

        def work(_progress: Progress) -> Path:
            with session.gate:
                session.store.save_copy(path, path.stem)
            return path

        self._tasks.run("Saving a copy", work, self.open_path)

    def encrypt_copy(self, path: Path, password: str) -> None:
        """Write a complete encrypted copy, and go on in it."""
        session = self.session
        if session is None:
            return

        def work(_progress: Progress) -> Path:
            with session.gate:
                session.store.encrypt_copy(path, password)
            return path

        self._tasks.run("Encrypting a copy", work, lambda made: self.open_path(made, password))

    def change_password(self, password: str, then: Callable[[], None]) -> None:
        session = self.session
        if session is None:
            return

        def work(_progress: Progress) -> None:
            with session.gate:
                session.store.rekey(password)
                passwords.forget(session.path)

        self._tasks.run("Changing the password", work, lambda _none: then())

    def reload(self, chosen: str | None = None) -> None:
        """Load the contents again: data were added, or another geography (`chosen`) is to be painted."""
        session = self.session
        if session is None:
            return

        def work(progress: Progress) -> Contents:
            with session.gate:
                return load_contents(session.store, progress, chosen)

        def show(contents: Contents) -> None:
            if self.session is session:
                session.take_contents(contents)
                self.reloaded.emit()

        self._tasks.run("Loading", work, show)

    def import_places(self, path: Path, name_field: str | None = None, code_field: str | None = None) -> None:
        """Places from polygons or a table of codes, a set of the file's name; `imported` tells what was made."""
        session = self.session
        if session is None:
            return

        def work(progress: Progress) -> Imported:
            with session.gate:
                return import_file(session.store, path, name_field=name_field, code_field=code_field, progress=progress)

        def show(made: Imported) -> None:
            if self.session is session:
                session.read_places()
                self.imported.emit(made)

        def fail(error: Exception) -> None:
            if isinstance(error, UsageProblem) and error.found.startswith(_COLUMNS) and name_field is None:
                if self.session is session:
                    self.columns_asked.emit(path, error.found.removeprefix(_COLUMNS).rstrip(".").split(", "))
            else:
                self._tasks.failed.emit(error)

        self._tasks.run(f"Reading {path.name}", work, show, fail)

    def close(self) -> None:
        if self.session is not None:
            self.closing.emit()
            self.session.close()
            self.session.deleteLater()
            self.session = None

    def _take(self, made: tuple[Store, Contents]) -> None:
        self.close()
        self.session = Session(*made, self)
        self.opened.emit(self.session)


def _loaded(store: Store, progress: Progress) -> tuple[Store, Contents]:
    try:
        bring_up_to_date(store, progress)
        return store, load_contents(store, progress)
    except BaseException:
        store.close()
        raise
