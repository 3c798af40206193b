"""Several sheets of one workbook on the same areas, brought into the order of the first."""

import numpy as np

from jsna_desktop.sources.areas import AreaColumns, checked_codes
from jsna_desktop.sources.dataset import MAX_EXAMPLES, Problem
from jsna_desktop.sources.reading import Peek
from jsna_desktop.sources.sheets import Sheet
from jsna_desktop.sources.table import Table, read_table


class Joined:
    """The areas of the first sheet read; later sheets' columns are brought to them, NaN or "" where they have none."""

    def __init__(self, geography: str = "") -> None:
        self._said = geography
        self.codes = np.zeros(0, dtype="U1")
        self.geography = ""
        self.problems: list[Problem] = []
        self._places: np.ndarray | None = None

    def read(self, peek: Peek, sheet: Sheet, area: AreaColumns) -> Table:
        """The table of one sheet, its codes checked: its columns may then be brought by `bring`."""
        table = read_table(peek, text=[h.text for h in (*area.codes, *area.names)], sheet=sheet)
        codes, geography = checked_codes(table, area.main, geography=self._said)
        if not len(self.codes):
            self.codes, self.geography, self._places = codes, geography, None
        elif np.array_equal(codes, self.codes):
            self._places = None
        else:
            self._places = self._aligned(codes, sheet.name)
        return table

    def take(self, table: Table) -> None:
        """Keep the problems of a table that is done with, each once though every sheet has it."""
        self.problems += [problem for problem in table.problems if problem not in self.problems]

    def bring(self, values: np.ndarray) -> np.ndarray:
        """A column of the table read last, in the order of the areas."""
        if self._places is None:
            return values
        if values.dtype.kind == "U":
            return np.where(self._places >= 0, values[self._places], "")
        return np.where(self._places >= 0, values[self._places].astype(np.float64), np.nan)

    def _aligned(self, codes: np.ndarray, sheet: str) -> np.ndarray:
        order = np.argsort(codes)
        found = np.minimum(np.searchsorted(codes[order], self.codes), len(codes) - 1)
        places = np.where(codes[order][found] == self.codes, order[found], -1)
        for strangers, message in (
            (self.codes[places < 0], f"sheet “{sheet}” lacks areas that the first sheet has; missing there"),
            (np.setdiff1d(codes, self.codes), f"sheet “{sheet}” has areas that the first sheet lacks; left out"),
        ):
            if len(strangers):
                self.problems.append(Problem(message, len(strangers), tuple(strangers[:MAX_EXAMPLES].tolist())))
        return places
