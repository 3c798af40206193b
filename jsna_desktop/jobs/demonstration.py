"""The demonstration county: a fictional place to try everything on, built by the same readers as real files."""

import shutil
from pathlib import Path

from jsna_desktop.errors import FileProblem, WorkspaceProblem
from jsna_desktop.jobs.add import LEFT_OUT, add, recognise
from jsna_desktop.jobs.import_localities import import_file
from jsna_desktop.jobs.progress import Progress
from jsna_desktop.resources import resource
from jsna_desktop.workspace import catalogue
from jsna_desktop.workspace.store import Store

SET = "Community areas"
# What it says of itself, and what its deaths were drawn from.
_NOT_DATA = (".md", ".json")


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
    with Store.create(part) as store:
        fill(store, files, progress)
    part.replace(target)
    return target


def fill(store: Store, files: Path, progress: Progress) -> None:
    """Add the demonstration's files and its community areas to an empty workspace, and name it for the county."""
    paths = [p for p in sorted(files.iterdir()) if p.suffix not in _NOT_DATA]
    found = recognise(paths, store, progress)
    for item in found:
        if item.status == LEFT_OUT:
            raise FileProblem("a file of the demonstration cannot be read", where=item.path.name, found=item.error)
    add(store, found, progress)
    table = next(p for p in paths if "Community_Area" in p.name)
    import_file(store, table, SET, name_field="CA24NM", code_field="CA24CD", progress=progress)
    key, _, codes, names = catalogue.lookups(store, "district")[0]
    county = catalogue.column(store, key, names or codes)[0]
    with store.transaction():
        store.run("UPDATE meta SET value = ? WHERE key = 'name'", [f"{county} community areas"])
