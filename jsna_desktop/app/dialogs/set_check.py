"""Whether the places of a set cover their district once: gaps, overlaps, and which two overlap, in sentences."""

from PySide6.QtWidgets import QWidget

from jsna_desktop.app.dialogs.sheet import Sheet
from jsna_desktop.app.theme import Look
from jsna_desktop.app.widgets import Button, Text
from jsna_desktop.jobs.measure_set import SetMeasure, sentences


class SetCheck(Sheet):
    """`said` are the sentences below the heading; those of pairs stand together."""

    def __init__(self, look: Look, window: QWidget, made: SetMeasure) -> None:
        head, *self.said = sentences(made)
        super().__init__(look, window, "Check of the set", head, width=600)
        pairs: list[str] = []
        for sentence in self.said:
            if sentence.startswith(" "):
                pairs.append(sentence.strip())
                continue
            self._add(pairs)
            pairs = []
            # What the command line would be told is of no use here.
            self.body.addWidget(Text(look, sentence.replace(" (say --within)", ""), wrap=True))
        self._add(pairs)
        self.close_button = Button(look, "Close", kind="primary")
        self.close_button.clicked.connect(self.close_sheet)
        self.foot.addStretch(1)
        self.foot.addWidget(self.close_button)

    def _add(self, pairs: list[str]) -> None:
        """One label for all of them: overlapping circles have thousands of pairs."""
        if pairs:
            self.body.addWidget(Text(self.look, "\n".join(pairs), "small", "muted", wrap=True))

    def start(self) -> None:
        self.open(self.close_button)
