"""The data files among what was dropped: folders are opened, and the parts of a layer go with its main file."""

from collections.abc import Sequence
from pathlib import Path

from jsna_desktop.errors import UsageProblem
from jsna_desktop.sources.vector import PARTS, is_geodatabase

# More than this was not meant: somebody dropped a whole drive.
MOST_FILES = 500
_NOT_DATA = ("thumbs.db", "desktop.ini")


def gather(paths: Sequence[Path]) -> list[Path]:
    """Files to read, each once: those given, in their order, and what lies in the folders given, by name.

    A File Geodatabase is one file. Hidden files, Office's lock files and the parts of a shapefile or MapInfo table
    whose main file is there are left out; links to folders are not followed. UsageProblem for over 500 files.
    """
    found: dict[Path, None] = {}
    for path in paths:
        for file in _inside(path) if _is_folder(path) else [path]:
            found[file] = None
            if len(found) > MOST_FILES:
                raise UsageProblem(
                    f"this folder holds more than {MOST_FILES} files",
                    where=str(path),
                    todo="Choose the folder that your downloads are in, or the files themselves",
                )
    there = {str(path).lower() for path in found}
    return [path for path in found if not _is_part(path, there)]


def _is_folder(path: Path) -> bool:
    return path.is_dir() and not is_geodatabase(path)


def _inside(folder: Path) -> list[Path]:
    files: list[Path] = []
    for path in sorted(folder.iterdir(), key=lambda one: one.name.lower()):
        hidden = path.name.startswith((".", "~$")) or path.name.lower() in _NOT_DATA
        if hidden or (path.is_dir() and path.is_symlink()):
            continue
        files += _inside(path) if _is_folder(path) else [path]
        if len(files) > MOST_FILES:
            break
    return files


def _is_part(path: Path, there: set[str]) -> bool:
    """Whether a file is read with another that is in the list too."""
    stem, ending = str(path.with_suffix("")).lower(), path.suffix.lower()
    return any(
        ending in (*needed, *more) and stem + main in there and ending != main for main, (needed, more) in PARTS.items()
    )
