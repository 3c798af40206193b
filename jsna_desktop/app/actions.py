"""Everything that can be done, each with its key."""

from PySide6.QtGui import QAction, QActionGroup, QKeySequence, QUndoStack
from PySide6.QtWidgets import QMenu, QWidget

from jsna_desktop.app.panels.tabs import TABS
from jsna_desktop.app.theme import CONTRAST, DARK, LIGHT, SYSTEM, TEXT_SIZES, Look

TOOLS = (
    ("select", "Select areas", "V"),
    ("polygon", "Draw a line", "D"),
    ("rectangle", "Select by a rectangle", "R"),
    ("lasso", "Select by a lasso", "L"),
    ("edit", "Change the line", "E"),
)
_MODES = ((SYSTEM, "As the system"), (LIGHT, "Light"), (DARK, "Dark"), (CONTRAST, "High contrast"))


class Actions:
    """The window's actions by name; who triggers them is the window's business."""

    def __init__(self, window: QWidget, undo_stack: QUndoStack) -> None:
        self._window = window
        self.new = self._make("New workspace …", QKeySequence.StandardKey.New)
        self.open = self._make("Open …", QKeySequence.StandardKey.Open)
        self.save_as = self._make("Save a copy as …", "Ctrl+Shift+S")
        self.encrypt = self._make("Encrypt, or change the password …")
        self.unlock = self._make("Show true figures of sensitive data")
        self.unlock.setCheckable(True)
        self.unlock.setEnabled(False)
        self.demonstration = self._make("Open the demonstration county")
        self.close = self._make("Close the workspace", "Ctrl+W")
        self.quit = self._make("Quit", "Ctrl+Q")
        self.add = self._make("Add data", "Ctrl+D")
        self.import_places = self._make("Places from a file …", "Ctrl+I")
        self.pack = self._make("Make a pack", "Ctrl+P")
        self.find = self._make("Find", QKeySequence.StandardKey.Find)
        self.colour = self._make("Colour the map by …", "C")
        self.compare = self._make("Compare the place with …", "K")
        self.new_place = self._make("New place", "N")
        self.rename = self._make("Rename", "F2")
        self.delete = self._make("Delete", "Delete")
        self.merge = self._make("Merge with …", "M")
        self.subtract = self._make("Take away …", "T")
        self.intersect = self._make("Keep what is shared with …", "S")
        self.snap = self._make("Snap to whole areas", "W")
        self.history = self._make("History …", "H")
        self.new_from = self._make("New place from …", "Shift+N")
        self.check_set = self._make("Check the set …", "Shift+C")
        self.views: dict[str, QAction] = {}
        for number, (key, text) in enumerate(TABS, start=1):
            self.views[key] = self._make(text, f"Ctrl+{number}")
        self.zoom_in = self._make("Zoom in")
        self.zoom_out = self._make("Zoom out")
        self.fit = self._make("Show everything", "Ctrl+0")
        self.keys = self._make("Keys", "F1")
        self.undo = undo_stack.createUndoAction(window, "Undo")
        self.undo.setShortcut(QKeySequence("Ctrl+Z"))
        self.redo = undo_stack.createRedoAction(window, "Redo")
        self.redo.setShortcuts([QKeySequence("Ctrl+Y"), QKeySequence("Ctrl+Shift+Z")])
        window.addActions([self.undo, self.redo])
        for action, word in ((self.undo, "Undo"), (self.redo, "Redo")):
            action.setIconText(word)  # its text goes on to name the step
        self.tools: dict[str, QAction] = {}
        group = QActionGroup(window)
        for name, text, key in TOOLS:
            action = self._make(text, key)
            action.setCheckable(True)
            group.addAction(action)
            self.tools[name] = action
        self.tools["select"].setChecked(True)

    def _make(self, text: str, key: str | QKeySequence.StandardKey = "") -> QAction:
        action = QAction(text, self._window)
        if key:
            action.setShortcut(QKeySequence(key))
        self._window.addAction(action)
        return action

    def at_work(self) -> list[QAction]:
        """Actions that need an open workspace."""
        return [
            self.save_as, self.encrypt, self.close, self.add, self.import_places, self.pack, self.find, self.colour,
            self.compare,
            *self.of_place(), self.new_from, self.check_set,
            self.new_place, self.rename, self.delete, self.zoom_in, self.zoom_out, self.fit, *self.tools.values(),
            *self.views.values(),
        ]  # fmt: skip

    def of_place(self) -> list[QAction]:
        """What can be done to a place that is kept, apart from its name and its line."""
        return [self.merge, self.subtract, self.intersect, self.snap, self.history]

    def every(self) -> list[QAction]:
        """All of them with a key, for the list of keys."""
        mine = [value for value in vars(self).values() if isinstance(value, QAction)]
        named = (*mine, *self.views.values(), *self.tools.values())
        return [action for action in named if not action.shortcut().isEmpty()]

    def menu(self, look: Look) -> QMenu:
        """The workspace menu."""
        menu = QMenu(self._window)
        menu.addActions([self.new, self.open, self.save_as, self.encrypt, self.demonstration])
        menu.addSeparator()
        menu.addActions([self.add, self.import_places, self.pack, self.colour, self.compare])
        menu.addSeparator()
        place = menu.addMenu("Place")
        place.addActions([self.new_place, self.new_from])
        place.addSeparator()
        place.addActions([self.rename, *self.of_place()])
        place.addSeparator()
        place.addAction(self.check_set)
        view = menu.addMenu("View")
        view.addActions([*self.views.values()])
        view.addSeparator()
        view.addActions([self.zoom_in, self.zoom_out, self.fit, self.unlock])
        view.addSeparator()
        colours = QActionGroup(menu)
        for mode, text in _MODES:
            entry = view.addAction(text)
            entry.setCheckable(True)
            entry.setChecked(look.mode == mode)
            entry.setActionGroup(colours)
            entry.triggered.connect(lambda _checked=False, chosen=mode: look.set_mode(chosen))
        sizes = menu.addMenu("Text size")
        size_group = QActionGroup(menu)
        for percent in TEXT_SIZES:
            entry = sizes.addAction(f"{percent} %")
            entry.setCheckable(True)
            entry.setChecked(look.text_percent == percent)
            entry.setActionGroup(size_group)
            entry.triggered.connect(lambda _checked=False, chosen=percent: look.set_text_percent(chosen))
        menu.addAction(self.keys)
        menu.addSeparator()
        menu.addActions([self.close, self.quit])
        return menu
