"""A question before something is done that would take the place of something else."""

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from jsna_desktop.app.dialogs.sheet import Sheet
from jsna_desktop.app.theme import Look
from jsna_desktop.app.widgets import Button


class Sure(Sheet):
    """`then` is what is done if it is meant; the answer that changes nothing has the focus."""

    def __init__(
        self, look: Look, window: QWidget, title: str, lead: str, verb: str, then: Callable[[], None]
    ) -> None:  # fmt: skip
        super().__init__(look, window, title, lead, width=460)
        self.no = Button(look, "Cancel")
        self.no.clicked.connect(self.close_sheet)
        self.yes = Button(look, verb, kind="primary")

        def give() -> None:
            self.close_sheet()
            then()

        self.yes.clicked.connect(give)
        self.foot.addStretch(1)
        self.foot.addWidget(self.no)
        self.foot.addWidget(self.yes)

    def start(self) -> None:
        self.open(self.no)
