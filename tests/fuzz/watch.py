"""Reads a hostile file in the real child process and says what is wrong with how it was taken.

A file may be read or refused with a sentence. Anything else is a fault: another exception, a crash of the child, more
than SECONDS, more than MEMORY_BYTES of it resident, a reading whose arrays do not fit each other.
"""

import re
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import shapely

from jsna_desktop.errors import FileProblem, UserError
from jsna_desktop.sources.child import Reader, ReaderFault
from jsna_desktop.sources.dataset import MAX_EXAMPLES, Reading
from tests.fuzz.seed import Seed

SECONDS = 5.0
MEMORY_BYTES = 1 << 30
LONGEST_MESSAGE = 4000
# What an officer must never see: words of a programmer's report.
_TRACEBACK = re.compile(r'Traceback|File "|site-packages|\.py\b|<class |object at 0x|Exception\b|\bdtype\b|errno', re.I)


class Fault(AssertionError):
    """What is wrong with how a file was taken."""


class Watch:
    """Files into a child of this process, one after the other. `close` it at the end.

    `seeds` are sound files that are read first, whatever time it takes.
    """

    def __init__(self, seeds: Sequence[Seed]) -> None:
        self._seeds = seeds
        self._reader = Reader()
        self._folder = tempfile.TemporaryDirectory()
        self._read_seeds()

    def turn_to(self, seeds: Sequence[Seed]) -> None:
        """Other seeds, in the same child: the libraries that it imported are there already."""
        self._seeds = seeds
        self._read_seeds()

    def _begin(self) -> None:
        """A child that has imported what it needs: only from then on are its seconds counted."""
        if self._reader._process is None or not self._reader._process.is_alive():
            self._read_seeds()

    def _read_seeds(self) -> None:
        self._reader._seconds = 120.0
        for seed in self._seeds:
            for name, content in seed.files.items():
                path = Path(self._folder.name) / name
                path.write_bytes(content)
                self._reader.read(path, **seed.options)
        self._reader._seconds = SECONDS

    def close(self) -> None:
        self._reader.close()
        self._folder.cleanup()

    def check(self, folder: Path, files: Mapping[str, bytes], **options: str) -> str:
        """Write `files` into `folder`, read the first; "read" or "refused". Raises Fault."""
        for name, content in files.items():
            (folder / name).write_bytes(content)
        self._begin()
        begun = time.monotonic()

        def late(_message: str, _fraction: float | None) -> None:
            if time.monotonic() - begun > SECONDS:
                raise Fault(f"more than {SECONDS:g} seconds")

        try:
            reading = self._reader.read(folder / next(iter(files)), progress=late, **options)
        except UserError as error:
            _refused(error)
            return "refused"
        finally:
            for name in files:
                (folder / name).unlink()
            self._resident()
        sound(reading)
        return "read"

    def _resident(self) -> None:
        """Raises Fault where the child ever held too much; ends it, so that the next file starts afresh."""
        if not sys.platform.startswith("linux") or self._reader._process is None:
            return
        status = Path(f"/proc/{self._reader._process.pid}/status").read_text("utf-8")
        most = re.search(r"VmHWM:\s+(\d+) kB", status)
        if most and int(most[1]) << 10 > MEMORY_BYTES:
            self._reader.close()
            raise Fault(f"{int(most[1]) >> 10} MB of memory")


def _refused(error: UserError) -> None:
    if isinstance(error.__cause__, ReaderFault):
        raise Fault(f"no sentence but an exception: {error.__cause__}") from error
    stopped = isinstance(error, FileProblem) and error.found == "the reader stopped"
    if stopped or error.what == "reading the file takes too long":
        raise Fault(error.message) from error
    if len(error.message) > LONGEST_MESSAGE:
        raise Fault(f"a message of {len(error.message):,} characters: {error.message[:200]}")
    if _TRACEBACK.search(error.message):
        raise Fault(f"a programmer's words: {error.message}")


def _must(holds: bool, what: str) -> None:
    if not holds:
        raise Fault(what)


def sound(reading: Reading) -> None:
    """Raises Fault where the parts of a reading contradict what `Reading` promises."""
    n = len(reading.codes)
    _must(reading.codes.dtype.kind == "U" and reading.codes.shape == (n,), "codes are no text")
    _must(len(np.unique(reading.codes)) == n, "a code comes twice")
    _must(reading.names is None or reading.names.shape == (n,), "names do not fit the codes")
    for name, column in reading.columns.items():
        _must(len(column) == n and column.ndim <= 2, f"column {name} does not fit the codes")
        _numbers(name, column)
        if column.ndim == 2:
            _must(len(reading.labels[name]) == column.shape[1], f"labels of {name} do not fit")
    for name, column in reading.withheld.items():
        _must(name in reading.columns and column.shape == (n,) and column.dtype == bool, f"withheld {name}")
    for table, columns in reading.tables.items():
        _must(len({len(column) for column in columns.values()}) <= 1, f"columns of table {table} differ in length")
        for name, column in columns.items():
            _numbers(f"{table}.{name}", column)
    ids = [(i.id, i.period, i.sex, i.age, i.geography) for i in reading.indicators]
    _must(len(set(ids)) == len(ids), "an indicator comes twice")
    for indicator in reading.indicators:
        for part in (indicator.numerator, indicator.denominator, indicator.value, indicator.lower, indicator.upper):
            _must(not part or part in reading.columns or part in reading.tables, f"{indicator.id} has no {part}")
        _must(bool(np.isfinite(indicator.multiplier)), f"multiplier of {indicator.id}")
    for lookup in reading.lookups:
        _must(lookup.codes in reading.columns and lookup.names in ("", *reading.columns), f"lookup {lookup.level}")
    if reading.geometry is not None:
        shapes = shapely.from_wkb(reading.geometry)
        _must(len(shapes) == n, "shapes do not fit the codes")
        _must(bool(np.isfinite(shapely.get_coordinates(shapes)).all()), "a coordinate is no number")
        _must(bool(shapely.is_valid(shapes).all() and not shapely.is_empty(shapes).any()), "a shape is not valid")
    if reading.grid is not None:
        for cells in reading.grid.tiles.values():
            _numbers("grid", cells)
    _said(reading)


def _numbers(name: str, column: np.ndarray) -> None:
    _must(column.dtype.kind in "iufbU", f"column {name} is of type {column.dtype}")
    _must(column.dtype.kind != "f" or not np.isinf(column).any(), f"column {name} is infinite")


def _said(reading: Reading) -> None:
    """The words of a reading: all there, none of a program's, none too long to be read."""
    about = reading.dataset
    for part in ("id", "title", "kind", "filename", "reason"):
        text = getattr(about, part)
        _must(isinstance(text, str) and 0 < len(text) <= LONGEST_MESSAGE, f"{part}: {text!r:.200}")
    for problem in about.problems:
        _must(isinstance(problem.message, str) and problem.message != "" and problem.rows >= 0, f"{problem!r:.200}")
        _must(len(problem.examples) <= MAX_EXAMPLES, f"{len(problem.examples)} examples: {problem.message}")
        for text in (problem.message, *problem.examples):
            _must(isinstance(text, str) and len(text) <= LONGEST_MESSAGE, f"{len(text):,} characters: {text[:200]}")
