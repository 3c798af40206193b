"""Every reader is tried, with files that it really takes; and the watch sees what it is there to see."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from jsna_desktop import sources
from jsna_desktop.errors import FileProblem
from jsna_desktop.sources.child import ReaderFault
from jsna_desktop.sources.dataset import Reading
from jsna_desktop.sources.reading import Peek
from tests.fuzz import watch
from tests.fuzz.seeds import SEEDS, readers
from tests.fuzz.watch import Fault, Watch, sound


def test_every_reader_has_seeds_and_no_seed_is_of_no_reader() -> None:
    assert set(SEEDS) == set(readers())
    assert all(SEEDS.values())


@pytest.mark.parametrize(("reader", "number"), [(name, n) for name, seeds in SEEDS.items() for n in range(len(seeds))])
def test_a_seed_is_read_by_its_own_reader(reader: str, number: int, tmp_path: Path) -> None:
    seed = SEEDS[reader][number]
    for name, content in seed.files.items():
        (tmp_path / name).write_bytes(content)
    path = tmp_path / next(iter(seed.files))
    peek, kind = Peek(path), seed.options.get("kind")
    taking = [each for each in sources.READERS if (kind is None or kind in each.kinds) and each.recognise(peek)]
    assert taking[0].read.__module__.endswith(f".{reader}")
    sound(sources.read(path, kind=kind))


@pytest.fixture(scope="module")
def good() -> Iterator[Reading]:
    yield _good()


def _good() -> Reading:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "table.csv"
        path.write_text(
            "area_code,indicator,period,numerator,denominator\nE01000001,a,2024,1,10\nE01000002,a,2024,2,10\n"
        )
        return sources.read(path)


def test_the_watch_refuses_what_a_reading_may_not_be(good: Reading) -> None:
    sound(good)
    name = next(iter(good.columns))
    with pytest.raises(Fault, match="comes twice"):
        sound(replace(good, codes=np.array(["E01000001", "E01000001"])))
    with pytest.raises(Fault, match="infinite"):
        sound(replace(good, columns=good.columns | {name: np.array([1.0, np.inf])}))
    with pytest.raises(Fault, match="does not fit"):
        sound(replace(good, columns=good.columns | {name: np.array([1.0])}))
    with pytest.raises(Fault, match="names"):
        sound(replace(good, names=np.array(["A"])))


def test_the_watch_sees_exceptions_crashes_and_words_of_programs() -> None:
    error = FileProblem("the file could not be read", found="the reader stopped")
    with pytest.raises(Fault):
        watch._refused(error)
    error = FileProblem("odd", found="ValueError in site-packages")
    with pytest.raises(Fault, match="programmer"):
        watch._refused(error)
    error = FileProblem("odd")
    error.__cause__ = ReaderFault("Traceback")
    with pytest.raises(Fault, match="no sentence"):
        watch._refused(error)
    watch._refused(FileProblem("the table has no rows", where="a.csv"))


def test_the_watch_sees_time_and_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seeds = SEEDS["indicators"]
    content = seeds[0].files
    watching = Watch(seeds)
    try:
        assert watching.check(tmp_path, content) == "read"
        with monkeypatch.context() as patched:
            patched.setattr(watch, "MEMORY_BYTES", 1 << 20)
            with pytest.raises(Fault, match="MB of memory"):
                watching.check(tmp_path, content)
        monkeypatch.setattr(watch, "SECONDS", -1.0)
        with pytest.raises(Fault, match="seconds"):
            watching.check(tmp_path, content)
    finally:
        watching.close()
