"""The profile of whatever is drawn, clicked or selected, made off the window's thread, the newest only."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import shapely
from PySide6.QtCore import QObject, Signal

from jsna_desktop.app import words
from jsna_desktop.app.panels.profile import PlaceView
from jsna_desktop.app.session import Session
from jsna_desktop.app.tasks import Latest
from jsna_desktop.areas import geography
from jsna_desktop.areas.locality import POLYGON, SELECTION, Locality
from jsna_desktop.errors import UserError
from jsna_desktop.jobs.drag import Drag
from jsna_desktop.jobs.figures import Figures
from jsna_desktop.jobs.profile import Summary, profile, profile_of_shape
from jsna_desktop.jobs.release import released_rows
from jsna_desktop.measures.standout import stands_out

NEW = "New place"
NOTHING_KNOWN = "Nothing is known of its areas yet. Add residents, deprivation or indicators."


@dataclass(frozen=True)
class Subject:
    """What the profile is of: a stored place, or one that is being made (`locality.id` 0)."""

    locality: Locality

    @property
    def stored(self) -> bool:
        return self.locality.id > 0


def of_blocks(blocks: str, codes: np.ndarray) -> Subject:
    return Subject(Locality(0, NEW, "", SELECTION, blocks, np.unique(codes.astype(str))))


def of_shape(shape: shapely.Geometry) -> Subject:
    return Subject(Locality(0, NEW, "", POLYGON, shape=shape))


class Follower(QObject):
    """`ready` brings the view of the newest subject asked for."""

    ready = Signal(object, object)  # Subject, PlaceView
    failed = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._latest = Latest(self)
        self._latest.finished.connect(self._show)
        self._latest.failed.connect(self.failed.emit)
        self._drags = Drags()

    @property
    def busy(self) -> bool:
        return self._latest.busy

    def follow(self, session: Session, subject: Subject) -> None:
        self._latest.ask(lambda _progress: (subject, place_view(session, subject, self._drags)))

    def follow_change(self, session: Session, shown: Subject, shape: shapely.Geometry) -> None:
        """The profile that a stored place would have with this line; the place itself stays the subject."""
        place = shown.locality
        moved = Subject(Locality(0, place.name, place.set, POLYGON, shape=shape))
        self._latest.ask(lambda _progress: (shown, replace(place_view(session, moved, self._drags), stored=True)))

    def forget(self) -> None:
        self._latest.forget()

    def stop(self) -> None:
        self._latest.stop()

    def _show(self, made: tuple[Subject, PlaceView]) -> None:
        self.ready.emit(*made)


class Drags:
    """What the weights of the line that is being drawn are made from, kept for as long as the numbers are the same."""

    def __init__(self) -> None:
        self._of: tuple[Figures, Drag] | None = None

    def of(self, figures: Figures) -> Drag:
        """To be asked for where the session is held (`Session.gate`)."""
        if self._of is None or self._of[0] is not figures:
            self._of = figures, Drag(figures.store)
        return self._of[1]


def place_view(session: Session, subject: Subject, drags: Drags | None = None) -> PlaceView:
    """What the panel shows of a subject. A line that crosses itself is said, not an error."""
    contents, place = session.contents, subject.locality
    try:
        with session.gate:
            made = (
                profile(contents.figures, [place])
                if subject.stored or place.shape is None
                else profile_of_shape(
                    contents.figures, place.shape, place.name, (drags or Drags()).of(contents.figures)
                )
            )
    except UserError as error:
        return PlaceView(place.name, "", stored=subject.stored, warning=error.message)
    shown = made.rows() if session.unlocked else released_rows(contents.figures, made, leaving=False)
    rows = [row for row in shown if row["value"] is not None or row["note"]]
    subtitle = _subtitle(made.summaries[0], rows, _blocks_name(contents.blocks.geography if contents.blocks else ""))
    if not rows:
        subtitle = f"{subtitle} · {NOTHING_KNOWN}" if subtitle else NOTHING_KNOWN
    findings = [(f.mark, f.lead, f.rest) for f in stands_out([row for row in rows if not row["detail"]])]
    chance = made.chance()[0]
    clear = sum(row["clear_after_many"] is True for row in rows)
    return PlaceView(
        place.name,
        subtitle,
        rows,
        findings,
        stored=subject.stored,
        chance=words.chance(chance.compared, chance.expected, clear),
        source=lambda row: source_line(row, row["source"]),
    )


def source_line(row: Mapping[str, Any], title: str) -> str:
    """The source with its period, said once: Census 2021; Mid-year estimates, 2024."""
    period = str(row["period"]).replace("-", "–")
    if not title:
        return period
    return title if period[-4:] in title else f"{title}, {period}"


def _blocks_name(blocks: str) -> str:
    """LSOAs, from `LSOAs 2021`."""
    return geography.name(blocks).rstrip(" 0123456789") if blocks else "small areas"


def _subtitle(summary: Summary, rows: list[dict], blocks: str) -> str:
    parts = []
    if summary.residents is not None:
        said = f"{words.count(summary.residents)} residents"
        if summary.residents_range is not None and summary.residents_cut > 0:
            low, high = summary.residents_range
            if round(low) != round(high):
                said += f" ({words.count(low)} to {words.count(high)} by method)"
        parts.append(said)
    if summary.blocks:
        kind = "whole" if summary.residents_cut == 0 else "whole or part"
        parts.append(
            f"{words.count(summary.blocks)} {kind} {blocks.removesuffix('s') if summary.blocks == 1 else blocks}"
        )
    score = next((row for row in rows if row["indicator"].endswith("imd2025.average_score")), None)
    if score is not None and score["value"] is not None:
        parts.append(f"IMD average score {words.plain(score['value'])}")
    return " · ".join(parts)
