"""What the sheet for a new place asks for, and the draft that follows from it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from jsna_desktop.app.panels.choice_list import Choice
from jsna_desktop.app.session import Session
from jsna_desktop.areas import geography
from jsna_desktop.errors import FileProblem, UserError
from jsna_desktop.jobs import building, larger_areas
from jsna_desktop.jobs.building import Draft
from jsna_desktop.jobs.points import PointLayer
from jsna_desktop.jobs.progress import Progress
from jsna_desktop.jobs.whereabouts import described
from jsna_desktop.workspace.store import Store

AREAS, POSTCODES, AROUND = "areas", "postcodes", "around"
_BETWEEN = re.compile(r"[\n\r,;\t]+")
# Small areas are chosen on the map; of a county's output areas a list would be endless.
_SMALL = ("oa", "lsoa")


@dataclass(frozen=True)
class Wanted:
    """One of the three ways. `areas` are (level, code), `centre` a postcode, a service or the key of every service."""

    way: str
    areas: tuple[tuple[str, str], ...] = ()
    postcodes: tuple[str, ...] = ()
    at_least: int = 1
    centre: str = ""
    metres: float = 0.0

    @property
    def is_complete(self) -> bool:
        if self.way == AREAS:
            return bool(self.areas)
        return bool(self.postcodes) if self.way == POSTCODES else bool(self.centre and self.metres > 0)


@dataclass(frozen=True)
class Preview:
    """The draft of a request by its number, with sentences on it; or why there is none."""

    number: int
    draft: Draft | None
    said: tuple[str, ...] = field(default=())


def preview(session: Session, number: int, wanted: Wanted, progress: Progress) -> Preview:
    """Make the draft, on a worker's thread. What a person can put right is said in the sheet, as they type."""
    progress("Making the place", None)
    with session.gate:
        try:
            draft = made(session.store, wanted)
        except UserError as error:
            return Preview(number, None, (error.message,))
        told = described(session.store, [replace(draft.place, name="The place")])
    return Preview(number, draft, (*draft.notes, *told))


def made(store: Store, wanted: Wanted) -> Draft:
    if wanted.way == AREAS:
        return building.from_areas(store, [larger_areas.find(store, code, level) for level, code in wanted.areas])
    if wanted.way == POSTCODES:
        return building.from_postcodes(store, wanted.postcodes, at_least=wanted.at_least)[0]
    return building.around(store, [wanted.centre], wanted.metres)


def area_choices(store: Store) -> list[Choice]:
    """Every larger area, level by level, those of few areas first; the value is (level, code)."""
    levels = [name for name in larger_areas.levels(store) if not name.startswith(_SMALL)]
    found = [(level, larger_areas.every(store, level)) for level in levels]
    return [
        Choice(area.name, geography.name(level), value=(level, area.code))
        for level, areas in sorted(found, key=lambda one: len(one[1]))
        for area in areas
    ]


def services(layers: Sequence[PointLayer]) -> dict[str, str]:
    """What can be measured from besides postcodes: the words of the list → what the job understands.

    Without those of sensitive data, which the job refuses: what is built around them would tell where they are.
    """
    every = {f"All: {layer.title}": layer.key for layer in layers if not layer.secret.all()}
    return every | {str(name): str(name) for layer in layers for name in layer.names[~layer.secret] if str(name)}


def split_postcodes(text: str) -> tuple[str, ...]:
    """Postcodes of pasted text: one a line, or between commas, semicolons or tabs."""
    return tuple(part.strip() for part in _BETWEEN.split(text) if part.strip())


def postcodes_of(path: Path, progress: Progress) -> tuple[str, ...]:
    """The postcodes of a file, read in a process of its own."""
    from jsna_desktop.sources.child import Reader

    with Reader() as reader:
        listed = reader.read_postcode_list(path, progress=progress)
    if not len(listed.postcodes):
        raise FileProblem("there are no postcodes in it", where=path.name)
    return tuple(listed.postcodes.tolist())
