"""One locality → one pack; many → a batch."""

import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from jsna_desktop.errors import UsageProblem
from jsna_desktop.packs.findings import Findings
from jsna_desktop.packs.pdf import write_pdf

WRITERS: dict[str, Callable[[Findings, Path], None]] = {"pdf": write_pdf}

LONGEST_NAME = 100
# What Windows, the strictest of the systems that a pack is copied to, refuses in a file name.
_REFUSED = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f]+')
_DEVICES = {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))}


def build(
    findings: Iterable[Findings],
    out_dir: Path,
    formats: Sequence[str] = ("pdf",),
    progress: Callable[[str, float | None], None] | None = None,
    total: int | None = None,
) -> list[Path]:
    """Write a pack of each format for each locality's findings; gives their paths, in order.

    Findings may come from a generator (with `total`, if known), so that a batch holds one locality at
    a time. Files are named by locality; two of the same name get a number. An earlier pack of the same
    name is replaced. UsageProblem for a format that cannot be made, before anything is written.
    """
    for format_ in formats:
        if format_ not in WRITERS:
            raise UsageProblem(
                f"a pack cannot be made as {format_}",
                expected=f"one of: {', '.join(WRITERS)}",
                todo="Choose a format from that list",
            )
    if total is None and isinstance(findings, Sequence):
        total = len(findings)
    taken: set[str] = set()
    paths = []
    for done, one in enumerate(findings):
        if progress is not None:
            counter = f"{done + 1} of {total}" if total else str(done + 1)
            progress(f"Pack {counter}: {one.locality}", done / total if total else None)
        name = file_name(one.locality, taken)
        taken.add(name.casefold())
        for format_ in formats:
            path = out_dir / f"{name}.{format_}"
            WRITERS[format_](one, path)
            paths.append(path)
    if progress is not None and paths:
        progress(f"Made {len(paths)} pack{'' if len(paths) == 1 else 's'}", 1.0)
    return paths


def file_name(locality: str, taken: set[str]) -> str:
    """A file name (without its ending) that every system accepts, not among `taken` (casefolded)."""
    name = " ".join(_REFUSED.sub(" ", locality).split()).strip(". ")
    name = name.encode()[:LONGEST_NAME].decode(errors="ignore").rstrip(". ") or "Locality"
    if name.split(".")[0].strip().casefold() in _DEVICES:
        name = f"{name} area"
    unique, number = name, 1
    while unique.casefold() in taken:
        number += 1
        unique = f"{name} ({number})"
    return unique
