"""A pack's page of getting to services: every type of service measured once for all the packs of a batch."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from jsna_desktop.areas.geography import align
from jsna_desktop.areas.locality import Locality
from jsna_desktop.areas.roads import DRIVE, STRAIGHT
from jsna_desktop.errors import UsageProblem
from jsna_desktop.jobs import services_words as words
from jsna_desktop.jobs.access import USUAL, Access, Prepared, prepare, reach, road_datasets
from jsna_desktop.jobs.access_people import DEPRIVATION, WHOLE, residents_of
from jsna_desktop.jobs.access_rows import block_means, method, released_access, rows
from jsna_desktop.jobs.access_words import called
from jsna_desktop.jobs.localities import localities
from jsna_desktop.jobs.measured_places import Choice
from jsna_desktop.jobs.origins import BY_POSTCODE
from jsna_desktop.jobs.outlines import Outlines
from jsna_desktop.jobs.points import title
from jsna_desktop.jobs.service_places import service_types
from jsna_desktop.packs.findings import Source
from jsna_desktop.packs.services_page import JourneyMap, ServiceLine, ServicesPage
from jsna_desktop.workspace import catalogue
from jsna_desktop.workspace.store import Store

# The types that are shown by deprivation and on the map, where they are loaded; else the first others by name.
_FIRST = ("gp", "pharmacy", "dentist", "hospital")
_FEW = 3


@dataclass(frozen=True)
class _Measured:
    """Rows of one type of service by place, as they may leave the program."""

    service: str
    held: dict[int, list[dict]]
    withheld: bool

    def whole(self, at: int) -> dict:
        return next(row for row in self.held[at] if row["dimension"] == WHOLE)


@dataclass(frozen=True)
class _Shown:
    """What the map shows: the mean (blocks,) of each block's residents, and where the services (k, 2) are."""

    service: str
    means: np.ndarray
    places: np.ndarray


class ServicesPages:
    """The pages of a workspace's localities, from one preparation of its roads and one sweep a type of service."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._types = service_types(store)
        self._found: list[_Measured] = []
        self._shown: _Shown | None = None
        self._prepared: Prepared | None = None
        self._ids: list[int] = []
        self._unplaced: list[str] = []
        self._problems: list[str] = []
        self._method = ""
        self.why_not = ""
        if not self._types:
            return
        try:
            people = residents_of(store, Choice(), groups=True)
            self._prepared = prepare(store, people, DRIVE if road_datasets(store) else None)
        except UsageProblem as problem:
            self.why_not = f"Getting to services: {problem.what}"
            return
        self._ids = [place.id for place in localities(store)]
        for service in sorted(self._types, key=_order):
            try:
                made = reach(self._prepared, service, (USUAL[self._prepared.unit],))
            except UsageProblem as problem:
                self._unplaced.append(problem.what)
                continue
            self._keep(made)
        if not self._found:
            self.why_not = f"Getting to services: {'; '.join(self._unplaced)}"

    def _keep(self, made: Access) -> None:
        people = made.prepared.residents
        told = released_access(rows(made), sensitive=made.sensitive)
        held: dict[int, list[dict]] = {}
        for row, one in zip(people.rows, told, strict=True):
            held.setdefault(row.place, []).append(one)
        self._found.append(_Measured(made.services.service, held, made.sensitive))
        if made.sensitive:
            return
        self._method = method(made)
        self._problems += made.services.problems
        if self._shown is None:
            self._shown = _Shown(made.services.service, block_means(made), made.services.places[made.used])

    def page(self, place: Locality) -> ServicesPage | None:
        """None where there is no service or nobody whose journeys are known, or where the place is not kept."""
        if self._prepared is None or not self._found or place.id not in self._ids:
            return None
        at = self._count_of_districts + self._ids.index(place.id)
        around = self._district(at)
        district = "" if around is None else str(self._found[0].whole(around)["locality"])
        lines = [self._line(one, at, around) for one in self._found]
        lines.sort(key=lambda line: (line.mean is None, line.mean or 0.0))
        by_road, unit = self._prepared.mode != STRAIGHT, self._prepared.unit
        wholes = {one.service: one.whole(at) for one in self._found}
        if all(line.mean is None for line in lines):
            sentence = words.nothing(place.name, lines[0].reason)
            return ServicesPage(sentence, unit, by_road, USUAL[unit], "", ())
        few = [one for one in self._found if one.whole(at)["mean"] is not None][:_FEW]
        return ServicesPage(
            words.page_sentence(place.name, district, wholes, lines, unit, by_road=by_road, usual=USUAL[unit]),
            unit,
            by_road,
            USUAL[unit],
            district,
            tuple(lines),
            tuple(words.capital(called(one.service)) for one in few),
            _fifths(few, at),
            self._map(at),
            tuple(words.page_notes(wholes, lines, district, by_road=by_road, unplaced=self._unplaced)),
        )

    def left_out(self) -> list[str]:
        """Sentences on what the pages do not tell."""
        hidden = [f"{title(f'service:{one.service}')}: {one.held[0][0]['note']}" for one in self._found if one.withheld]
        return [*([self.why_not] if self.why_not else []), *hidden]

    def methods(self) -> tuple[tuple[str, str], ...]:
        """The heading and the paragraph on how journeys were measured."""
        if self._prepared is None or not self._method:
            return ()
        residents = [one for one in self._prepared.residents.notes if not one.startswith("not by")]
        amiss = [*residents, *self._prepared.notes, *words.few_of(self._problems)]
        return (("Getting to services", words.page_method(self._method, amiss, self._prepared.mode)),)

    def sources(self) -> tuple[Source, ...]:
        """The services, the roads and the postcodes that the pages are made from."""
        if self._prepared is None or not self._found:
            return ()
        kinds = ["services"] + (["roads"] if self._prepared.graph is not None else [])
        kinds += ["postcodes"] if (self._prepared.residents.origins.by == BY_POSTCODE).any() else []
        used = [one for _, one in catalogue.keyed_datasets(self._store) if one.kind in kinds]
        return tuple(Source(one.title, one.period, one.source, "As published") for one in used)

    @cached_property
    def _count_of_districts(self) -> int:
        return len(self._found[0].held) - len(self._ids)

    @cached_property
    def _whole_rows(self) -> np.ndarray:
        """Row of all residents of each place (places,) in the matrix of residents."""
        people = self._prepared.residents.rows if self._prepared is not None else ()
        return np.array([at for at, row in enumerate(people) if row.dimension == WHOLE])

    def _district(self, at: int) -> int | None:
        """The district that holds most of a place's residents."""
        assert self._prepared is not None
        matrix = self._prepared.residents.matrix[self._whole_rows]
        held = slice(matrix.indptr[at], matrix.indptr[at + 1])
        own = np.zeros(matrix.shape[1])
        own[matrix.indices[held]] = matrix.data[held]
        shared = (matrix[: self._count_of_districts] > 0).astype(float) @ own
        return int(np.argmax(shared)) if shared.any() else None

    def _line(self, one: _Measured, at: int, around: int | None) -> ServiceLine:
        row = one.whole(at)
        share = row["within"][0]["share"]
        district = None if around is None else one.whole(around)["mean"]
        reason = row["note"] if row["mean"] is None else ""
        name = words.capital(called(one.service))
        return ServiceLine(one.service, name, row["mean"], row["p90"], share, row["edge_share"], district, reason)

    def _map(self, at: int) -> JourneyMap | None:
        if self._shown is None or self._prepared is None or self._outlines is None:
            return None
        people = self._prepared.residents
        blocks = people.blocks_of(self._whole_rows[at])
        positions = align(people.people.codes[blocks], self._outlines.codes)
        blocks, positions = blocks[positions >= 0], positions[positions >= 0]
        if not len(blocks):
            return None
        service = self._shown.service
        shapes = self._outlines.shapes(positions)
        means = self._shown.means[blocks]
        return JourneyMap(called(service), title(f"service:{service}"), shapes, means, self._shown.places)

    @cached_property
    def _outlines(self) -> Outlines | None:
        return None if self._prepared is None else Outlines.of(self._store, self._prepared.residents.people.geography)


def _order(service: str) -> tuple[int, str]:
    return (_FIRST.index(service) if service in _FIRST else len(_FIRST), service)


def _fifths(few: Sequence[_Measured], at: int) -> tuple[tuple[str, tuple[float | None, ...]], ...]:
    """Mean journeys of the place's groups by deprivation to a few types, most deprived first, then of all."""
    by_type = [[row for row in one.held[at] if row["dimension"] == DEPRIVATION] for one in few]
    if not by_type or all(row["mean"] is None for held in by_type for row in held):
        return ()
    every = [one.whole(at)["mean"] for one in few]
    found = [(words.fifth(held[0]["group"]), tuple(row["mean"] for row in held)) for held in zip(*by_type, strict=True)]
    return (*found, ("All residents", tuple(every)))
