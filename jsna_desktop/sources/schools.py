"""Schools: the establishment fields of *Get information about schools* (DfE, `edubasealldata….csv`), or a part of them.

Column names are the register's own: `URN`, `EstablishmentStatus (name)`, `PhaseOfEducation (name)`, `SchoolCapacity` ….
"""

import re

import numpy as np

from jsna_desktop.errors import FileProblem
from jsna_desktop.sources import known, places
from jsna_desktop.sources.dataset import MAX_EXAMPLES, Problem, Reading
from jsna_desktop.sources.reading import Options, Peek, Recognised
from jsna_desktop.sources.table import Table, read_table

_NEEDED = ("urn", "establishmentname", "establishmentstatus (name)", "postcode")
_ADDRESS = ("street", "locality", "address3", "town", "county (name)")
_TEXT = ("typeofestablishment (name)", "phaseofeducation (name)", *_ADDRESS)
_NUMBERS = ("schoolcapacity", "numberofpupils", "easting", "northing")
# "Open, but proposed to close" is open until it does.
_OPEN = ("open", "open, but proposed to close")
_NO_PHASE = ("", "not applicable", "not recorded")
# Kinds that the register lists too, which are no school of a place in England or Wales.
_NO_SCHOOL = re.compile(
    r"children.s centre|offshore|overseas|higher education|online provider|service children", re.IGNORECASE
)


def recognise(peek: Peek) -> Recognised | None:
    """A table with the register's own headings for its number, name and status."""
    sheet = peek.sheet
    if sheet is None or not set(_NEEDED) <= set(sheet.lowered()):
        return None
    reason = "Get information about schools: columns URN, EstablishmentName, EstablishmentStatus (name)"
    return Recognised("services", "Schools", "", reason)


def read(peek: Peek, found: Recognised, options: Options) -> Reading:
    """Open schools (n,): `category` is the phase (the type where there is none), `capacity` places, `pupils` on roll.

    Closed and proposed ones, and what is no school of a place (children's centres, schools overseas), are counted.
    """
    sheet = peek.sheet
    assert sheet is not None
    own = {heading.strip().lower(): heading for heading in sheet.headings}
    used = [own[plain] for plain in (*_NEEDED, *_TEXT, *_NUMBERS) if plain in own]
    table = read_table(peek, text=[own["urn"]], columns=used)
    _keep_schools(table, own)
    if not len(table):
        raise FileProblem("the file has no open school", where=peek.where, todo="Choose another file")
    codes, names = table.text(own["urn"]), table.text(own["establishmentname"])
    unknown = codes == ""
    if unknown.any():
        table.problem(
            "a school without a number (URN); numbered here", np.flatnonzero(unknown), names[unknown].tolist()
        )
    places.check_once(table, codes, "school")
    codes = places.numbered(codes)
    postcode = places.postcodes(table, own["postcode"])
    where = places.nowhere(len(table))
    if {"easting", "northing"} <= set(own):
        where = places.coordinates(table, own["easting"], own["northing"])
    places.without_place(table, "school", codes, postcode, where)
    kind, phase = _text(table, own, "typeofestablishment (name)"), _text(table, own, "phaseofeducation (name)")
    columns = places.columns(
        np.full(len(codes), "school"),
        postcode,
        where,
        category=np.where(np.isin(np.char.lower(phase), _NO_PHASE), kind, phase),
        capacity=_numbers(table, own, "schoolcapacity"),
        address=places.joined(table, [own[line] for line in _ADDRESS if line in own]),
    )
    columns |= {"type": kind, "pupils": _numbers(table, own, "numberofpupils")}
    dataset = known.describe(
        peek,
        id="services.school",
        title="Schools",
        kind="services",
        geography="",
        period="",
        publisher=known.DFE,
        reason=f"{found.reason}; {known.counted(len(codes), 'open school')}",
        codes=codes,
        problems=table.problems,
        fictional=places.fictional(postcode),
    )
    return Reading(dataset, codes, columns, names)


def _keep_schools(table: Table, own: dict[str, str]) -> None:
    status = np.char.lower(table.text(own["establishmentstatus (name)"]))
    kind = _text(table, own, "typeofestablishment (name)")
    is_open = np.isin(status, _OPEN)
    other = np.array([_NO_SCHOOL.search(text) is not None for text in kind.tolist()], dtype=bool)
    left_out = (
        (~is_open, status, "schools that are closed or not open yet"),
        (is_open & other, kind, "establishments that are no school of a place (children's centres, schools overseas)"),
    )
    for mask, words, what in left_out:
        if mask.any():
            distinct, counts = np.unique(words[mask], return_counts=True)
            said = tuple(
                f"{word or 'blank'}: {n:,}" for word, n in zip(distinct.tolist(), counts.tolist(), strict=True)
            )
            table.problems.append(
                Problem(f"{int(mask.sum()):,} {what}; left out", int(mask.sum()), said[:MAX_EXAMPLES])
            )
    table.keep(is_open & ~other)


def _text(table: Table, own: dict[str, str], plain: str) -> np.ndarray:
    return table.text(own[plain]) if plain in own else np.full(len(table), "")


def _numbers(table: Table, own: dict[str, str], plain: str) -> np.ndarray:
    return places.capacities(table, own[plain]) if plain in own else np.full(len(table), np.nan)
