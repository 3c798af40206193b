"""Assets: what is strong in a place. The plain table that partners fill in, a row a group, network, activity or space.

`name, kind, theme` and a place (`postcode`, `easting, northing` or `longitude, latitude`), with `place`, `contact`,
`last_checked`, `source`, `address`, `code` where it has them.
"""

import difflib
from datetime import UTC, datetime

import numpy as np

from jsna_desktop.errors import FileProblem
from jsna_desktop.sources import dates, known, places
from jsna_desktop.sources.dataset import MAX_EXAMPLES, Reading
from jsna_desktop.sources.reading import Options, Peek, Recognised
from jsna_desktop.sources.services import located, place_headings
from jsna_desktop.sources.table import Table, read_table

KINDS = ("group", "network", "activity", "space", "service")
_NEEDED = ("name", "kind", "theme")
_OPTIONAL = ("code", "place", "contact", "last_checked", "source", "address")
_PLURALS = {"activities": "activity"} | {f"{kind}s": kind for kind in KINDS if kind != "activity"}


def recognise(peek: Peek) -> Recognised | None:
    """A table with the plain headings."""
    own = _own(peek)
    place = place_headings(own)
    if place is None or not set(_NEEDED) <= set(own):
        return None
    return Recognised("assets", "Assets", "", f"Assets: plain table, columns name, kind, theme, {', '.join(place)}")


def _own(peek: Peek) -> dict[str, str]:
    return (
        {} if peek.sheet is None else {h.strip().lower().replace(" ", "_"): h for h in peek.sheet.headings if h.strip()}
    )


def read(peek: Peek, found: Recognised, options: Options) -> Reading:
    """Assets (n,): where they are (`postcode`, `easting`, `northing`) and text columns as the table has them.

    `kind` is one of KINDS, "" where it is another word (said); `last_checked` an ISO date or the first parts of one.
    """
    own = _own(peek)
    place = place_headings(own)
    assert place is not None
    used = [own[plain] for plain in (*_NEEDED, *place, *_OPTIONAL) if plain in own]
    words = [own[h] for h in (*_NEEDED, *_OPTIONAL) if h in own]
    table = read_table(peek, text=words, columns=used)
    others = [heading for heading in own.values() if heading not in used]
    if others:
        table.note(f"columns that are not used: {', '.join(others[:12])}{' …' if len(others) > 12 else ''}")
    _keep_named(table, own)
    _note_twins(table, own, place)
    given = _text(table, own, "code")
    places.check_once(table, given, "asset")
    codes, names = places.numbered(given), table.text(own["name"])
    postcode, where = located(table, own, place)
    places.without_place(table, "asset", names, postcode, where)
    columns = {
        "kind": _kinds(table, own["kind"]),
        "theme": table.text(own["theme"]),
        "postcode": postcode,
        "easting": where[:, 0],
        "northing": where[:, 1],
        "place": _text(table, own, "place"),
        "contact": _text(table, own, "contact"),
        "last_checked": _checked(table, own, peek),
        "source": _text(table, own, "source"),
        "address": _text(table, own, "address"),
    }
    themes = [theme for theme in np.unique(columns["theme"]).tolist() if theme]
    shown = f", themes {', '.join(themes[:4])}{' …' if len(themes) > 4 else ''}" if themes else ""
    dataset = known.describe(
        peek,
        id="assets",
        title="Assets",
        kind="assets",
        geography="",
        period="",
        publisher=known.LOCAL,
        reason=f"{found.reason}: {known.counted(len(codes), 'asset')}{shown}",
        codes=codes,
        problems=table.problems,
        fictional=places.fictional(postcode),
    )
    return Reading(dataset, codes, columns, names)


def _text(table: Table, own: dict[str, str], plain: str) -> np.ndarray:
    return table.text(own[plain]) if plain in own else np.full(len(table), "")


def _keep_named(table: Table, own: dict[str, str]) -> None:
    repeated = table.frame.duplicated().to_numpy()
    if repeated.any():
        table.problem("a row that repeats another; left out", np.flatnonzero(repeated))
        table.keep(~repeated)
    nameless = table.text(own["name"]) == ""
    if nameless.any():
        table.problem("an asset without a name; left out", np.flatnonzero(nameless))
        table.keep(~nameless)
    if not len(table):
        raise FileProblem("no asset has a name", where=table.where, todo="Fill in the column name")


def _note_twins(table: Table, own: dict[str, str], place: tuple[str, ...]) -> None:
    """Record names that stand twice in one place: perhaps one asset in two lists. Both rows are kept."""
    import pandas as pd

    where = {heading: np.char.replace(np.char.lower(table.text(own[heading])), " ", "") for heading in place}
    names = table.text(own["name"])
    twins = pd.DataFrame({"name": np.char.lower(names), **where}).duplicated(keep=False).to_numpy()
    if twins.any():
        what = "an asset of the same name in the same place as another; both are kept"
        table.problem(what, np.flatnonzero(twins), names[twins][:MAX_EXAMPLES].tolist())


def _kinds(table: Table, heading: str) -> np.ndarray:
    index, distinct = table.factor(heading)
    lowered = [text.lower() for text in distinct.tolist()]
    known_words = [_PLURALS.get(word, word) for word in lowered]
    kinds = np.array([word if word in KINDS else "" for word in known_words] or [""])
    odd = (kinds == "")[index]
    if odd.any():
        table.problem(
            f"a kind that is none of {', '.join(KINDS)}; left blank",
            np.flatnonzero(odd),
            [_nearest(word) for word in distinct[index][odd][:MAX_EXAMPLES].tolist()],
        )
    return kinds[index]


def _nearest(word: str) -> str:
    near = difflib.get_close_matches(word.lower(), (*KINDS, *_PLURALS), 1)
    meant = f"; did you mean {_PLURALS.get(near[0], near[0])}?" if near else ""
    return f"“{word[:40]}”{meant}" if word else "blank"


def _checked(table: Table, own: dict[str, str], peek: Peek) -> np.ndarray:
    if "last_checked" not in own:
        return np.full(len(table), "")
    index, distinct = table.factor(own["last_checked"])
    found = np.array([dates.day(text) for text in distinct.tolist()] or [""])
    odd = ((found == "") & (distinct != ""))[index]
    if odd.any():
        said = [f"“{text[:40]}”" for text in distinct[index][odd][:MAX_EXAMPLES].tolist()]
        table.problem("a date that is none, such as 3/5/2025 or May 2025; left blank", np.flatnonzero(odd), said)
    saved = datetime.fromtimestamp(peek.path.stat().st_mtime, UTC).date().isoformat()
    late = (found > saved)[index]
    if late.any():
        said = found[index][late][:MAX_EXAMPLES].tolist()
        table.problem("checked on a day after the file was saved", np.flatnonzero(late), said)
    return found[index]
