"""Packs for one locality or many."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from jsna_desktop.areas.locality import Locality
from jsna_desktop.errors import UsageProblem
from jsna_desktop.jobs import audit
from jsna_desktop.jobs.asset_findings import with_strengths
from jsna_desktop.jobs.figures import load_figures
from jsna_desktop.jobs.findings import all_findings
from jsna_desktop.jobs.progress import Progress
from jsna_desktop.packs.build import build
from jsna_desktop.packs.findings import Findings
from jsna_desktop.workspace.store import Store


def make_packs(
    store: Store,
    places: Sequence[Locality],
    out_dir: Path,
    formats: Sequence[str] = ("pdf",),
    progress: Progress | None = None,
) -> list[Path]:
    """A pack of each format for each locality, in `out_dir`; the paths written, in order."""
    progress = progress or Progress()
    if not places:
        raise UsageProblem("there are no localities to make packs for", todo="Draw, select or import one first")
    progress("Loading the figures", None)
    figures = load_figures(store)
    left_out: list[int] = []

    def counted() -> Iterator[Findings]:
        for one in with_strengths(store, list(places), all_findings(figures, list(places))):
            left_out.append(sum(": withheld" in said for said in one.left_out))
            yield one

    made = build(counted(), Path(out_dir), formats, progress, total=len(places))
    said = {"packs": len(made), "localities": [place.name for place in places], "withheld": sum(left_out)}
    audit.record_leaving(store, audit.PACKED, str(out_dir), **said)
    return made
