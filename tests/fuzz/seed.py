"""A sound file from which hostile ones are made."""

import csv
import gzip
import io
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

SAMPLES = Path(__file__).parents[1] / "unit" / "sources" / "samples"


@dataclass(frozen=True)
class Seed:
    """A sound file. `form` says of what it consists and so how it is changed: `table`, `json`, `xml`, `zip`, `gpkg` …

    `rows` and `header` (-1 where there is none) are a table's; `make` gives the bytes of any other; `options` are those
    to read it with.
    """

    name: str
    form: str
    make: Callable[[], bytes] = bytes
    rows: tuple[tuple[str, ...], ...] = ()
    header: int = 0
    options: dict[str, str] = field(default_factory=dict)

    @property
    def content(self) -> bytes:
        return _made(self.make)

    @property
    def files(self) -> dict[str, bytes]:
        """The seed itself as a file."""
        if self.form != "table":
            return {self.name: self.content}
        text = io.StringIO(newline="")
        csv.writer(text).writerows(self.rows)
        return {self.name: text.getvalue().encode()}


@cache
def _made(make: Callable[[], bytes]) -> bytes:
    return make()


def table(text: str, header: int = 0, **options: str) -> Seed:
    """A seed from the text of a table; its heading is row `header` from 0, -1 where it has none."""
    rows = tuple(tuple(row) for row in csv.reader(io.StringIO(text)))
    return Seed("table.csv", "table", rows=rows, header=header, options=options)


def sample(name: str, header: int = 0, **options: str) -> Seed:
    """A seed from a sample file of the readers' own tests."""
    content = (SAMPLES / name).read_bytes()
    return table((gzip.decompress(content) if name.endswith(".gz") else content).decode("utf-8"), header, **options)
