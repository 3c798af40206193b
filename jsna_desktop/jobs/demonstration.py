"""The demonstration county: a fictional place to try everything on, built by the same readers as real files."""

import shutil
from pathlib import Path

from jsna_desktop.errors import WorkspaceProblem
from jsna_desktop.jobs.add import add, recognise
from jsna_desktop.jobs.localities import import_file
from jsna_desktop.jobs.progress import Progress
from jsna_desktop.resources import resource
from jsna_desktop.workspace.store import Store

SET = "Community areas"


def build(folder: Path, progress: Progress | None = None) -> Path:
    """Write `folder`/demo.jsna and, beside it, the files that it was built from; the workspace's path."""
    progress = progress or Progress()
    target = folder / "demo.jsna"
    if target.exists():
        raise WorkspaceProblem(
            "there is a demonstration here already", where=str(target), todo="Open it, or choose another folder"
        )
    files = folder / "files"
    files.mkdir(parents=True, exist_ok=True)
    for source in sorted(resource("demonstration").iterdir()):
        shutil.copyfile(source, files / source.name)
    part = folder / "demo.jsna.part"
    part.unlink(missing_ok=True)
    with Store.create(part, name=_name(files)) as store:
        fill(store, files, progress)
    part.replace(target)
    return target


def _name(files: Path) -> str:
    return next(iter(files.glob("COUNTY_NAME")), None) and (files / "COUNTY_NAME").read_text().strip() or "Demonstration"


def fill(store: Store, files: Path, progress: Progress) -> None:
    """Add the demonstration's files and its community areas to an empty workspace."""
    paths = [p for p in sorted(files.iterdir()) if p.suffix != ".md"]
    add(store, recognise(paths, store, progress), progress)
    table = next(p for p in paths if "community_area" in p.name.lower())
    import_file(store, table, SET, progress=progress)
