"""What a place may be compared with, and its profile beside it."""

from collections.abc import Sequence
from dataclasses import dataclass

from jsna_desktop.app.panels.choice_list import Choice
from jsna_desktop.app.session import Session
from jsna_desktop.areas.locality import Locality
from jsna_desktop.jobs.profile import Others, profile
from jsna_desktop.jobs.release import released_rows

_LEVELS = {"district": "Local authorities", "region": "Regions"}


@dataclass(frozen=True)
class Other:
    """A locality, or a larger area by (code, name)."""

    name: str
    locality: Locality | None = None
    area: tuple[str, str] | None = None


def choices(session: Session, place: Locality) -> list[Choice]:
    """Other places, set by set, then the larger areas that the workspace knows."""
    found = [
        Choice(other.name, "", other.set, Other(other.name, locality=other))
        for other in session.places()
        if other.id != place.id
    ]
    for table in session.contents.people.tables.values():
        for level, title in _LEVELS.items():
            hierarchy = table.hierarchies.get(level)
            if hierarchy is None:
                continue
            named = sorted(zip(hierarchy.names.tolist(), hierarchy.codes.tolist(), strict=True))
            found += [Choice(name, code, title, Other(name, area=(code, name))) for name, code in named if name]
    return list({(choice.group, choice.text): choice for choice in found}.values())


def beside(session: Session, place: Locality, other: Other) -> Sequence[dict]:
    """The rows of a place with the other among their comparators, as they may be seen."""
    others = Others(
        localities=(other.locality,) if other.locality is not None else (),
        areas=(other.area,) if other.area is not None else (),
    )
    with session.gate:
        figures = session.contents.figures
        made = profile(figures, [place], compare_with=(), others=others)
        return list(made.rows()) if session.unlocked else released_rows(figures, made, leaving=False)
