"""Care and health services registered with the Care Quality Commission (CQC), from either of its two files.

The *care directory* (CSV, title lines above its heading) has one column of service types; the *care directory with
filters* (`HSCA_Active_Locations`) has a column for each, filled with Y, and the beds of care homes.
"""

import re

import numpy as np

from jsna_desktop.errors import FileProblem
from jsna_desktop.sources import cells, known, places
from jsna_desktop.sources.dataset import Problem, Reading
from jsna_desktop.sources.reading import Options, Peek, Recognised
from jsna_desktop.sources.table import Table, read_table

_DIRECTORY = ("name", "postcode", "service types", "location url")
_FILTERS = ("location id", "location name", "location postal code")
_TYPE = "service type - "
_LINES = ("location street address", "location address line 2", "location city", "location county")
# Adult social care, in the words of both files.
_CARE = re.compile(
    r"nursing home|residential home|care home|home ?care|domiciliary|supported (living|housing)|extra care|"
    r"shared lives",
    re.IGNORECASE,
)


def recognise(peek: Peek) -> Recognised | None:
    """A table with the CQC's own headings of either file."""
    sheet = peek.sheet
    if sheet is None:
        return None
    headings = set(sheet.lowered())
    if set(_DIRECTORY) <= headings and any(heading.startswith("cqc location") for heading in headings):
        return Recognised("services", "CQC care directory", "", "CQC care directory: column “Service types”")
    if set(_FILTERS) <= headings and any(heading.startswith(_TYPE) for heading in headings):
        reason = "CQC care directory with filters: a column for each service type"
        return Recognised("services", "CQC care directory", "", reason)
    return None


def read(peek: Peek, found: Recognised, options: Options) -> Reading:
    """Registered locations (n,): `category` is all their service types, `capacity` the beds of a care home.

    `service` is `care` for adult social care, and for health services the slug of their first type: a dentist is no
    care home. Dormant ones, and the second of two registrations of one place, are left out and counted. The names of
    managers are not read.
    """
    sheet = peek.sheet
    assert sheet is not None
    own = {heading.strip().lower(): heading for heading in sheet.headings}
    wide = set(_FILTERS) <= set(own)
    table = _filters(peek, own) if wide else _directory(peek, own)
    if not len(table):
        raise FileProblem("the file has no active service", where=peek.where, todo="Choose another file")
    codes = table.text(_first(own, "location id", "cqc location"))
    names = table.text(own["location name" if wide else "name"])
    places.check_once(table, codes, "location")
    codes = places.numbered(codes)
    postcode = places.postcodes(table, own["location postal code" if wide else "postcode"])
    where = places.nowhere(len(codes))
    if {"location longitude", "location latitude"} <= set(own):
        where = places.coordinates(table, own["location longitude"], own["location latitude"], degrees=True)
    places.without_place(table, "service", codes, postcode, where)
    types = _types(table, own, wide)
    columns = places.columns(
        np.array([_service(kinds) for kinds in types], dtype=np.str_),
        postcode,
        where,
        category=np.array(["; ".join(kinds) for kinds in types], dtype=np.str_),
        capacity=places.capacities(table, own["care homes beds"]) if "care homes beds" in own else None,
        address=places.joined(table, [own[line] for line in (_LINES if wide else ("address",)) if line in own]),
    )
    care = int((columns["service"] == "care").sum())
    dataset = known.describe(
        peek,
        id="services.care",
        title="Care and health services (CQC)",
        kind="services",
        geography="",
        period=_period(sheet.titles),
        publisher=known.CQC,
        reason=f"{found.reason}; {known.counted(len(codes), 'location')}, {care:,} of them social care",
        codes=codes,
        problems=table.problems,
        fictional=places.fictional(postcode),
    )
    return Reading(dataset, codes, columns, names)


def _first(own: dict[str, str], *starts: str) -> str:
    """The heading that begins with one of these words; the directory's has had three spellings."""
    return next(heading for start in starts for plain, heading in own.items() if plain.startswith(start))


def _directory(peek: Peek, own: dict[str, str]) -> Table:
    used = [own[plain] for plain in (*_DIRECTORY[:3], "address") if plain in own]
    location = _first(own, "cqc location")
    return read_table(peek, text=[location], columns=[*used, location])


def _filters(peek: Peek, own: dict[str, str]) -> Table:
    wanted = (*_FILTERS, *_LINES, "dormant (y/n)", "care homes beds", "location longitude", "location latitude")
    primary = next((plain for plain in own if plain.startswith("primary id")), "")
    used = [heading for plain, heading in own.items() if plain in wanted or plain.startswith(_TYPE) or plain == primary]
    table = read_table(peek, text=[own["location id"]], columns=used)
    dormant = np.zeros(len(table), dtype=bool)
    if "dormant (y/n)" in own:
        dormant = np.char.upper(table.text(own["dormant (y/n)"])) == "Y"
    second = np.zeros(len(table), dtype=bool)
    if primary:
        other = table.text(own[primary])
        # "-" stands for none in the CQC's files.
        second = (np.char.find(other, "1-") == 0) & (other != table.text(own["location id"])) & ~dormant
    for mask, what in ((dormant, "dormant"), (second, "a second registration of a place that is listed already")):
        if mask.any():
            table.problems.append(
                Problem(f"{known.counted(int(mask.sum()), 'location')}: {what}; left out", int(mask.sum()))
            )
    table.keep(~dormant & ~second)
    return table


def _types(table: Table, own: dict[str, str], wide: bool) -> list[list[str]]:
    """The service types of each location, in the file's words and order."""
    if not wide:
        return [[kind.strip() for kind in text.split("|") if kind.strip()] for text in _lines(table, own)]
    found: list[list[str]] = [[] for _ in range(len(table))]
    for plain, heading in own.items():
        if plain.startswith(_TYPE):
            for row in np.flatnonzero(np.char.upper(table.text(heading)) == "Y").tolist():
                found[row].append(heading.strip()[len(_TYPE) :])
    return found


def _lines(table: Table, own: dict[str, str]) -> list[str]:
    return table.text(own["service types"]).tolist()


def _service(kinds: list[str]) -> str:
    if any(_CARE.search(kind) for kind in kinds):
        return "care"
    return cells.slug(kinds[0]) if kinds else "other"


def _period(titles: tuple[str, ...]) -> str:
    """The year of “This data was produced on 1 May 2025”; "" where no title line has one."""
    year = re.search(r"\b(20\d\d)\b", " ".join(titles))
    return year[1] if year else ""
