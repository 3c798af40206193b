"""The window: start screen or workbench, the workspace's file, files dropped on it, and the sheets over it."""

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QSettings, QSize, QStandardPaths, Qt
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QUndoStack
from PySide6.QtWidgets import QMainWindow, QStackedWidget, QVBoxLayout, QWidget

from jsna_desktop.app import words
from jsna_desktop.app.actions import Actions
from jsna_desktop.app.building import Building
from jsna_desktop.app.chooser import Chooser
from jsna_desktop.app.collector import Collector
from jsna_desktop.app.colouring import Colouring
from jsna_desktop.app.comparing import Comparing
from jsna_desktop.app.desk import Desk
from jsna_desktop.app.dialogs.add_data import AddData
from jsna_desktop.app.dialogs.columns import ask_column
from jsna_desktop.app.dialogs.explain import explain, tell_how
from jsna_desktop.app.dialogs.keys import show_keys
from jsna_desktop.app.dialogs.new_workspace import NewWorkspace, file_name
from jsna_desktop.app.dialogs.pack import MakePack
from jsna_desktop.app.dialogs.password import AskPassword
from jsna_desktop.app.dialogs.problem import show_problem
from jsna_desktop.app.dialogs.rename import ask_name
from jsna_desktop.app.dialogs.sheet import Sheet
from jsna_desktop.app.dialogs.where import ask_where
from jsna_desktop.app.map_area import MapArea
from jsna_desktop.app.open_workspace import OpenWorkspace
from jsna_desktop.app.panels.busy import BusyCard
from jsna_desktop.app.panels.choice_list import Choice
from jsna_desktop.app.panels.header import Header
from jsna_desktop.app.panels.places import PlacesPanel
from jsna_desktop.app.panels.profile import ProfilePanel
from jsna_desktop.app.panels.start import StartScreen
from jsna_desktop.app.panels.tabs import PROFILE
from jsna_desktop.app.recent import Recent
from jsna_desktop.app.search import Hit
from jsna_desktop.app.secrecy import Secrecy
from jsna_desktop.app.session import Session
from jsna_desktop.app.tab_order import set_tab_order
from jsna_desktop.app.tasks import Tasks
from jsna_desktop.app.theme import Look
from jsna_desktop.app.views.keeper import Keeper
from jsna_desktop.app.widgets import Banner
from jsna_desktop.app.workbench import Workbench
from jsna_desktop.areas.locality import Locality
from jsna_desktop.errors import Cancelled, UsageProblem, UserError, WorkspaceProblem
from jsna_desktop.jobs.gather import gather
from jsna_desktop.jobs.import_localities import Imported
from jsna_desktop.jobs.passwords import advice
from jsna_desktop.sources.dataset import Dataset

_PASSING_S = 15.0  # of news of what does not last, long enough to be read twice
_FILES = "Workspaces (*.jsna)"
_TOOLS = (("select", "polygon", "rectangle", "lasso", "edit"),)


class MainWindow(QMainWindow):
    """Everything that a person sees. `choose` asks for paths; tests replace it."""

    def __init__(self, look: Look, settings: QSettings) -> None:
        super().__init__()
        self.look, self.settings = look, settings
        self.choose = Chooser(self)
        self.recent = Recent(settings)
        self._collector = Collector(self)
        self.tasks = Tasks(self)
        self.tasks.failed.connect(self.show_problem)
        self.undo_stack = QUndoStack(self)
        self.actions_ = Actions(self, self.undo_stack)
        self.workspace = OpenWorkspace(self.tasks, self)
        self.workspace.opened.connect(self._opened)
        self.workspace.closing.connect(self._closing)
        self.workspace.reloaded.connect(self._reloaded)
        self.workspace.imported.connect(self._imported)
        self.workspace.refused.connect(self._refused)
        self.workspace.password_asked.connect(self._ask_password)
        self.workspace.columns_asked.connect(self._ask_column)
        self.desk: Desk | None = None
        self.colouring: Colouring | None = None
        self.building: Building | None = None
        self.views: Keeper | None = None
        self.sheet: Sheet | None = None
        self.setAcceptDrops(True)
        self.setMinimumSize(QSize(320, 240))
        self._build()
        self._connect()
        self._show_start()

    @property
    def session(self) -> Session | None:
        return self.workspace.session

    # ---- building

    def _build(self) -> None:
        look, actions = self.look, self.actions_
        self.header = Header(look, actions.menu(look), actions.add, actions.pack, self._search)
        self.start = StartScreen(look)
        groups = [[(actions.tools[name], name) for name in _TOOLS[0]], [(actions.undo, "undo"), (actions.redo, "redo")]]
        self.map = MapArea(look, groups)
        self.profile = ProfilePanel(look)
        self.places = PlacesPanel(look, actions.new_place)
        self.bench = Workbench(look, self.map, self.places, self.profile)
        self.pages = QStackedWidget()
        self.pages.addWidget(self.start)
        self.pages.addWidget(self.bench)
        ground = QWidget()
        ground.setObjectName("ground")
        layout = QVBoxLayout(ground)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.header)
        layout.addWidget(self.pages, 1)
        self.setCentralWidget(ground)
        self.busy = BusyCard(look, ground)
        self.comparing = Comparing(self)
        self.secrecy = Secrecy(self)
        self.profile.compare_button.clicked.connect(actions.compare.trigger)
        set_tab_order(self.header, self.start, self.bench)

    def _connect(self) -> None:
        actions, start = self.actions_, self.start
        actions.new.triggered.connect(lambda _checked=False: self.new_workspace())
        actions.open.triggered.connect(self.ask_open)
        actions.save_as.triggered.connect(self.save_copy)
        actions.unlock.toggled.connect(self.secrecy.unlock)
        actions.encrypt.triggered.connect(self.secrecy.encrypt_copy)
        actions.demonstration.triggered.connect(self.workspace.open_demonstration)
        actions.close.triggered.connect(self.close_workspace)
        actions.quit.triggered.connect(self.close)
        actions.add.triggered.connect(lambda _checked=False: self.ask_files())
        actions.import_places.triggered.connect(self.ask_places)
        actions.pack.triggered.connect(self.make_pack)
        actions.find.triggered.connect(self.header.find_box.begin)
        actions.colour.triggered.connect(self.map.colour_by.open)
        actions.compare.triggered.connect(self.comparing.ask)
        actions.keys.triggered.connect(lambda: self.open_sheet(show_keys(self.look, self, actions.every())))
        actions.new_place.triggered.connect(lambda: self.desk and self.desk.new_place())
        actions.rename.triggered.connect(lambda: self.desk and self.desk.rename_place())
        actions.delete.triggered.connect(lambda: self.desk and self.desk.delete_place())
        for action, start_it in (
            (actions.merge, Building.merge), (actions.subtract, Building.subtract),
            (actions.intersect, Building.intersect), (actions.snap, Building.snap),
            (actions.history, Building.show_history), (actions.new_from, Building.new_place),
            (actions.check_set, Building.check_set),
        ):  # fmt: skip
            action.triggered.connect(lambda _checked=False, go=start_it: self.building and go(self.building))
        actions.zoom_in.triggered.connect(lambda: self.map.canvas.zoom(1.5))
        actions.zoom_out.triggered.connect(lambda: self.map.canvas.zoom(1 / 1.5))
        actions.fit.triggered.connect(lambda _checked=False: self.map.canvas.fit())
        for key, action in actions.views.items():
            action.triggered.connect(lambda _checked=False, tab=key: self.views and self.views.show_view(tab))
        for name, action in actions.tools.items():
            action.triggered.connect(lambda _checked=False, tool=name: self._take_tool(tool))
        # Delete takes a corner away while a line is drawn, so the place's own Delete belongs to the list.
        actions.delete.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        self.removeAction(actions.delete)
        self.places.addAction(actions.delete)
        start.council_asked.connect(self.new_workspace)
        start.files_asked.connect(self.ask_files)
        start.draw_asked.connect(self.workspace.open_demonstration)
        start.demonstration_asked.connect(self.workspace.open_demonstration)
        start.open_asked.connect(self.ask_open)
        start.recent_asked.connect(self.open_path)
        self.header.places.clicked.connect(self.bench.toggle_drawer)
        self.header.find_box.taken.connect(self._go_to)
        self.bench.narrowed.connect(self.header.show_drawer)
        self.header.show_drawer(self.bench.is_narrow)
        self.profile.explain.connect(self._explain)
        self.tasks.started.connect(self._watch)
        self.look.changed.connect(self._keep_look)
        self.undo_stack.indexChanged.connect(lambda _index: self._end_news())

    def _keep_look(self) -> None:
        self.settings.setValue("mode", self.look.mode)
        self.settings.setValue("text", self.look.text_percent)

    def _watch(self, task) -> None:
        if self.sheet is None:  # a sheet shows its own progress
            self.busy.watch(task)

    # ---- the workspace's file

    def _show_start(self) -> None:
        self.pages.setCurrentWidget(self.start)
        self.header.show_at_work(False)
        self.start.show_recent(self.recent.paths())
        for action in self.actions_.at_work():
            action.setEnabled(False)
        self.actions_.add.setEnabled(True)
        self.setWindowTitle("JSNA Desktop")
        self.start.council.setFocus()

    def open_path(self, path: Path) -> None:
        self.workspace.open_path(path)

    def _ask_password(self, path: Path, wrong: bool) -> None:
        def give(password: str, keep: bool) -> None:
            self.workspace.open_path(path, password, keep)

        sheet = AskPassword(self.look, self, path.name, give, wrong=wrong)
        self.open_sheet(sheet)
        sheet.start()

    def say(self, message: str) -> None:
        """A warning over what is shown: the map, or the wide view."""
        self._banner.say(message)

    def tell(self, message: str, seconds: float = 0.0) -> None:
        """News there, which the next step ends, or another tab, or some seconds."""
        self._banner.say(message, news=True, seconds=seconds)

    def _pass_on(self, message: str) -> None:
        self.tell(message, _PASSING_S)

    def _end_news(self) -> None:
        self._banner.end_news()
        self.map.banner.end_news()

    @property
    def _banner(self) -> Banner:
        return self.map.banner if self.bench.view is None else self.bench.view.banner

    def _refused(self, path: Path, error: Exception) -> None:
        if isinstance(error, UserError):
            self.recent.forget(path)
            self.start.show_recent(self.recent.paths())
        self.show_problem(error)

    def _opened(self, session: Session) -> None:
        self.desk = Desk(session, self.bench, self.actions_, self.undo_stack)
        self.colouring = Colouring(session, self.desk, self.bench, self.look)
        self.building = Building(session, self.desk, self.tasks, self)
        self.building.said.connect(self.tell)
        self.building.sheet_made.connect(self.open_sheet)
        self.views = Keeper(session, self.desk, self.bench, self.look, self.colouring)
        self.views.said.connect(self._pass_on)
        self.views.turned.connect(self._end_news)
        self.views.task_asked.connect(self.tasks.run)
        self.views.where_asked.connect(self._ask_where)
        self.views.name_asked.connect(self._ask_scenario)
        self.views.problem.connect(self.show_problem)
        self.views.how_asked.connect(self._tell_how)
        self.views.sheet_made.connect(self.open_sheet)
        self.views.file_asked.connect(lambda title, name, take: take(self.choose.save(title, name)))
        self.desk.problem.connect(self.show_problem)
        self.desk.renaming.connect(self._rename)
        self.colouring.geography_asked.connect(self.workspace.reload)
        session.saved.connect(self.header.show_saved)
        for action in self.actions_.at_work():
            action.setEnabled(True)
        self.recent.remember(session.path)
        self.pages.setCurrentWidget(self.bench)
        self.header.show_at_work(True)
        self._show_name(session)
        self.header.show_saved(words.when(datetime.fromtimestamp(session.path.stat().st_mtime), datetime.now()))
        self.desk.begin()
        self.colouring.load()
        self.map.canvas.setFocus()
        self.actions_.unlock.setChecked(False)
        self.actions_.unlock.setEnabled(session.sensitive)
        if session.store.read_only:
            self.say(f"This workspace can only be read: {session.store.read_only_reason}.")

    def _show_name(self, session: Session) -> None:
        self.setWindowTitle(f"{session.name} – JSNA Desktop")
        self.header.show_workspace(
            session.name,
            fictional=session.contents.fictional,
            read_only=session.store.read_only,
            path=str(session.path),
        )

    def _reloaded(self) -> None:
        if self.session is not None and self.desk is not None:
            self._show_name(self.session)
            self.header.show_saved(words.when(datetime.now(), datetime.now()))
            self.desk.take_contents()
            self.actions_.unlock.setEnabled(self.session.sensitive)

    def _closing(self) -> None:
        assert self.desk is not None and self.colouring is not None
        self.colouring.leave()
        if self.building is not None:
            self.building.leave()
        if self.views is not None:
            self.views.leave()
        self.desk.leave()
        self.undo_stack.clear()
        self.actions_.unlock.setEnabled(False)
        self.desk = self.colouring = self.building = self.views = None

    def close_workspace(self) -> None:
        self.workspace.close()
        self._show_start()

    def new_workspace(self, then: Callable[[], None] | None = None) -> None:
        """Ask for a name and a folder, make the workspace, open it, and go on with `then`."""
        documents = Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation))
        folder = documents if documents.is_dir() else Path.home()
        sheet = NewWorkspace(
            self.look, self, folder, self.choose.folder, lambda asked: self.workspace.make(asked, then)
        )
        self.tasks.run("Reading the list of councils", lambda _progress: _councils(), sheet.offer)
        self.open_sheet(sheet)
        sheet.start()

    def ask_open(self) -> None:
        path = self.choose.open("Open a workspace", _FILES)
        if path:
            self.open_path(path[0])

    def save_copy(self) -> None:
        if self.session is None:
            return
        path = self.choose.save("Save a copy of the workspace", f"{file_name(self.session.name)}.jsna")
        if path is None:
            return
        try:
            if path.suffix.lower() != ".jsna":
                path = path.with_name(f"{path.name}.jsna")
                if path.exists():  # nobody was asked about this name
                    raise WorkspaceProblem(
                        "there is already a file of this name", where=path.name, todo="Choose another name"
                    )
            self.workspace.save_copy(path)
        except UserError as error:
            self.show_problem(error)

    # ---- data and packs

    def ask_files(self, title: str = "Add data") -> None:
        paths = self.choose.open(title, "", many=True)
        if paths:
            self.add_files(paths)

    def add_files(self, paths: Sequence[Path]) -> None:
        """What was dropped or chosen: workspaces are opened, files are shown before they are added."""
        workspaces = [path for path in paths if path.suffix.lower() == ".jsna"]
        if workspaces:
            self.open_path(workspaces[0])
            return
        if self.session is None:
            self.new_workspace(lambda: self.add_files(paths))
            return
        try:
            files = gather(paths)
        except UserError as error:
            self.show_problem(error)
            return
        if not files:
            self.show_problem(UsageProblem("the folder holds no files", where=paths[0].name, todo="Choose another"))
            return
        sheet = AddData(self.look, self, self.session, self.tasks, files)
        sheet.added.connect(self._added)
        sheet.broke.connect(self.show_problem)
        self.open_sheet(sheet)
        sheet.start()

    def _added(self, datasets: Sequence[Dataset]) -> None:
        self.workspace.reload()
        said = advice(self.session.store, tuple(datasets)) if self.session is not None else None
        if said is not None:
            self.say(f"{said.message} The menu has “{self.actions_.encrypt.text()}”.")

    def ask_places(self) -> None:
        paths = self.choose.open("Places from a file: outlines, or a table of codes", "")
        if paths:
            self.workspace.import_places(paths[0])

    def _ask_column(self, path: Path, columns: list[str]) -> None:
        self.open_sheet(
            ask_column(
                self.look,
                self,
                path.name,
                columns,
                lambda name, code: self.workspace.import_places(path, name, code),
            )
        )

    def _imported(self, made: Imported) -> None:
        assert self.desk is not None
        self.desk.choose_set(made.set)
        self.header.show_saved(words.when(datetime.now(), datetime.now()))
        self.tell(" ".join([f"{words.count(made.made)} places were added as {made.set}.", *made.notes]))

    def make_pack(self) -> None:
        if self.session is None or self.desk is None:
            return
        places = self.session.places(self.desk.in_set)
        if not places:
            self.say("There are no places yet to make a pack for. Select areas or draw a line, and name it.")
            return
        subject = self.desk.subject
        chosen = subject.locality.id if subject is not None and subject.stored else None
        folder = self.session.path.parent / f"{self.session.path.stem} packs"
        sheet = MakePack(self.look, self, self.session, self.tasks, places, chosen, self.choose.folder, folder)
        sheet.broke.connect(self.show_problem)
        self.open_sheet(sheet)
        sheet.start()

    # ---- sheets

    def open_sheet(self, sheet: Sheet) -> None:
        """One sheet at a time."""
        if self.sheet is not None:
            self.sheet.close_sheet()
        self.sheet = sheet
        self.setAcceptDrops(False)

        def wake() -> None:
            if self.sheet is sheet:
                self.sheet = None
            self.setAcceptDrops(True)

        sheet.closed.connect(wake)

    def show_problem(self, error: BaseException) -> None:
        if not isinstance(error, Cancelled):
            self.open_sheet(show_problem(self.look, self, error, self.choose.save))

    def _explain(self, row: dict) -> None:
        source = self.session.contents.sources.get(row["indicator"], "") if self.session is not None else ""
        self.open_sheet(explain(self.look, self, row, source))

    def _tell_how(self, title: str, parts: Sequence[tuple[str, str]]) -> None:
        self.open_sheet(tell_how(self.look, self, title, parts))

    def _ask_where(self, title: str, name: str | None, ways: tuple) -> None:
        self.open_sheet(ask_where(self.look, self, title, name, *ways))

    def _ask_scenario(self, then: Callable[[str], None]) -> None:
        self.open_sheet(ask_name(self.look, self, "", then, "Keep this scenario", "Keep", "Name of the scenario"))

    def _rename(self, place: Locality) -> None:
        desk = self.desk
        if desk is not None:
            self.open_sheet(ask_name(self.look, self, place.name, lambda name: desk.rename(place, name)))

    # ---- small things

    def _search(self, text: str) -> Sequence[Choice]:
        return self.desk.search(text) if self.desk is not None else []

    def _go_to(self, hit: Hit) -> None:
        if self.desk is not None:
            if hit.place is None and self.views is not None:
                self.views.show_view(PROFILE)  # what was found is on the map
            self.desk.go_to(hit)
            self.map.canvas.setFocus()  # what is typed next is meant for the map

    def _take_tool(self, name: str) -> None:
        if name != "select" and self.views is not None:
            self.views.show_view(PROFILE)  # lines are drawn on the map
        subject = self.desk.subject if self.desk is not None else None
        if name == "edit":
            if subject is not None and subject.stored and subject.locality.shape is not None:
                self.map.canvas.edit(subject.locality.shape)
            return
        self.map.canvas.set_tool(name)
        self.map.canvas.setFocus()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        paths = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
        event.acceptProposedAction()
        if paths:
            self.add_files(paths)

    def closeEvent(self, event: QCloseEvent) -> None:
        self.tasks.stop()
        self.settings.setValue("geometry", self.saveGeometry())
        self.workspace.close()
        self._collector.stop()
        super().closeEvent(event)


def _councils() -> list[tuple[str, str]]:
    """(name, code) of every council that ships with the program; reading the list is no work for this thread."""
    from jsna_desktop.jobs import reference

    return [(council.name, council.code) for council in reference.councils()]
