"""Services and where they are: the reports of the NHS, schools, care, and the plain table of services.

The plain table has `name, service` and a place: `postcode`, `easting, northing` or `longitude, latitude`; and it may
have `code`, `capacity`, `status`, `category`, `opening`, `address`.
"""

from collections.abc import Callable
from pathlib import PurePath
from types import ModuleType

import numpy as np

from jsna_desktop.errors import FileProblem
from jsna_desktop.sources import care, cells, known, ods, places, schools
from jsna_desktop.sources.dataset import MAX_EXAMPLES, Reading
from jsna_desktop.sources.places import POSTCODE, normal_postcode  # noqa: F401 - known from here to other readers
from jsna_desktop.sources.reading import Options, Peek, Recognised
from jsna_desktop.sources.table import Table, read_table

_PUBLISHED: dict[str, ModuleType] = {"ods": ods, "schools": schools, "care": care}
_OPTIONAL = ("code", "capacity", "status", "category", "opening", "address")
# Words for a service that is not to be had: now, or yet.
_CLOSED = (
    "closed", "c", "inactive", "dormant", "d", "proposed", "p", "planned", "ceased", "no", "n", "false", "not open",
    "permanently closed", "temporarily closed",
)  # fmt: skip
_OPEN = ("", "open", "a", "active", "o", "yes", "y", "true", "current", "operational", "open, but proposed to close")


def recognise(peek: Peek) -> Recognised | None:
    """A published file of services, or a table with the plain headings."""
    for reader, module in _PUBLISHED.items():
        found: Recognised | None = module.recognise(peek)
        if found is not None:
            return Recognised(found.kind, found.title, "", found.reason, {**found.details, "reader": reader})
    own = _own(peek)
    if not {"name", "service"} <= set(own):
        return None
    place = place_headings(own)
    if place is None:
        return None
    return Recognised("services", "Services", "", f"Services: plain table, columns name, service, {', '.join(place)}")


def _own(peek: Peek) -> dict[str, str]:
    """Headings of the file by their lower case; {} where it is no table."""
    return {} if peek.sheet is None else {h.strip().lower(): h for h in peek.sheet.headings if h.strip()}


def place_headings(own: dict[str, str]) -> tuple[str, ...] | None:
    """Which of the lower-case headings `own` say where a row is: `postcode` and a pair of coordinates, or either."""
    pairs = (("easting", "northing"), ("longitude", "latitude"), ("lon", "lat"), ("long", "lat"))
    pair = next((pair for pair in pairs if set(pair) <= set(own)), ())
    return (("postcode",) if "postcode" in own else ()) + pair or None


def read(peek: Peek, found: Recognised, options: Options) -> Reading:
    """Open services (n,), whatever file they are from; columns as `places.columns`."""
    reader = found.details.get("reader")
    if reader:
        published: Callable[..., Reading] = _PUBLISHED[reader].read
        return published(peek, found, options)
    return _plain(peek, found)


def _plain(peek: Peek, found: Recognised) -> Reading:
    own = _own(peek)
    place = place_headings(own)
    assert place is not None
    used = [own[plain] for plain in ("name", "service", *place, *_OPTIONAL) if plain in own]
    table = read_table(peek, text=[own[h] for h in ("name", "service", "code", "opening") if h in own], columns=used)
    others = [heading for heading in own.values() if heading not in used]
    if others:
        table.note(f"columns that are not used: {', '.join(others[:12])}{' …' if len(others) > 12 else ''}")
    _keep_open(table, own)
    _without_repeats(table)
    _keep_named(table, own)
    if not len(table):
        raise FileProblem("the table has no open service", where=peek.where, todo="Choose another file")
    given = table.text(own["code"]) if "code" in own else np.full(len(table), "")
    places.check_once(table, given, "service")
    codes = places.numbered(given)
    postcode, where = located(table, own, place)
    names, service = table.text(own["name"]), _slugs(table.text(own["service"]))
    places.without_place(table, "service", names, postcode, where)
    _note_twins(table, names, service, postcode, where)
    optional = {name: table.text(own[name]) for name in ("category", "opening", "address") if name in own}
    capacity = places.capacities(table, own["capacity"]) if "capacity" in own else None
    kinds = np.unique(service).tolist()
    dataset = known.describe(
        peek,
        id=f"services.{kinds[0] if len(kinds) == 1 else cells.slug(PurePath(peek.where).stem) or 'local'}",
        title=f"Services: {', '.join(kinds[:4])}{' …' if len(kinds) > 4 else ''}",
        kind="services",
        geography="",
        period="",
        publisher=known.LOCAL,
        reason=f"{found.reason}: {known.counted(len(codes), 'service')} of {known.counted(len(kinds), 'kind')}",
        codes=codes,
        problems=table.problems,
        fictional=places.fictional(postcode),
    )
    return Reading(dataset, codes, places.columns(service, postcode, where, capacity=capacity, **optional), names)


def located(table: Table, own: dict[str, str], place: tuple[str, ...]) -> tuple[np.ndarray, np.ndarray]:
    """Postcodes (n,) and coordinates (n, 2) of the columns that `place_headings` found."""
    count = len(table)
    postcode = places.postcodes(table, own["postcode"]) if "postcode" in place else np.full(count, "")
    pair = place[-2:] if len(place) > 1 else ()
    where = places.nowhere(count)
    if pair:
        where = places.coordinates(table, own[pair[0]], own[pair[1]], degrees=pair[0] != "easting")
    return postcode, where


def _keep_open(table: Table, own: dict[str, str]) -> None:
    if "status" not in own:
        return
    status = np.char.lower(table.text(own["status"]))
    closed = np.isin(status, _CLOSED)
    strange = ~closed & ~np.isin(status, _OPEN)
    if strange.any():
        said = [f"“{text[:40]}”" for text in status[strange][:MAX_EXAMPLES].tolist()]
        table.problem("a status that is neither open nor closed; taken as open", np.flatnonzero(strange), said)
    if closed.any():
        said = [f"“{text}”" for text in status[closed][:MAX_EXAMPLES].tolist()]
        table.problem("a service that is not open; left out", np.flatnonzero(closed), said)
        table.keep(~closed)


def _without_repeats(table: Table) -> None:
    """Leave out rows that repeat another to the last cell."""
    repeated = table.frame.duplicated().to_numpy()
    if repeated.any():
        table.problem("a row that repeats another; left out", np.flatnonzero(repeated))
        table.keep(~repeated)


def _keep_named(table: Table, own: dict[str, str]) -> None:
    bare = _slugs(table.text(own["service"])) == ""
    if bare.any():
        table.problem("a row that does not say which service it is; left out", np.flatnonzero(bare))
        table.keep(~bare)


def _slugs(texts: np.ndarray) -> np.ndarray:
    return np.array([cells.slug(text) for text in texts.tolist()], dtype=np.str_)


def _note_twins(
    table: Table, names: np.ndarray, service: np.ndarray, postcode: np.ndarray, where: np.ndarray
) -> None:  # fmt: skip
    """Record services of one kind, name and place under two rows: they may be two, so both are kept."""
    import pandas as pd

    keys = pd.DataFrame({"name": np.char.lower(names), "service": service, "postcode": postcode})
    keys["x"], keys["y"] = np.rint(where[:, 0]), np.rint(where[:, 1])
    twins = keys.duplicated(keep=False).to_numpy() & (names != "")
    if twins.any():
        what = "a service of the same name in the same place as another; both are kept"
        table.problem(what, np.flatnonzero(twins), names[twins][:MAX_EXAMPLES].tolist())
