"""Keeping a workspace secret: its password, and true figures of sensitive data on this screen."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from jsna_desktop.app.dialogs.new_workspace import file_name
from jsna_desktop.app.dialogs.password import ChoosePassword

if TYPE_CHECKING:
    from jsna_desktop.app.window import MainWindow


class Secrecy(QObject):
    """Belongs to the window, whose sheets it opens."""

    def __init__(self, window: "MainWindow") -> None:
        super().__init__(window)
        self._window = window

    def encrypt_copy(self) -> None:
        """An encrypted copy of the workspace, or another password for one that is encrypted."""
        window = self._window
        if window.session is None:
            return
        if window.session.store.encrypted:
            done = "The password was changed. The old one opens the workspace no more."
            lead = "The workspace is written anew under it; copies and backups keep the old one."
            sheet = ChoosePassword(
                window.look, window, "Another password", lead, "Change it",
                lambda password: window.workspace.change_password(password, lambda: window.tell(done)),
            )  # fmt: skip
        else:
            path = window.choose.save("Save an encrypted copy", f"{file_name(window.session.name)} (encrypted).jsna")
            if path is None:
                return
            lead = f"{path.name} will hold everything, and be opened in place of this one. Delete this one afterwards."
            sheet = ChoosePassword(
                window.look, window, "Encrypted copy", lead, "Make it",
                lambda password: window.workspace.encrypt_copy(path, password),
            )  # fmt: skip
        window.open_sheet(sheet)
        sheet.start()

    def unlock(self, on: bool) -> None:
        """True figures of sensitive data on this screen, or no more."""
        window = self._window
        if window.session is None or window.desk is None or window.session.unlocked == on:
            return
        window.session.unlock(on)
        window.desk.profile_again()
        if window.views is not None:
            window.views.refresh()
        if on:
            window.say(
                "True figures are shown on this screen. What leaves the program is rounded and withheld as ever."
            )
